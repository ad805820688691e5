//! The endpoints of control, as they are matched, listed and described.

use http::Method;

/// One method of one endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    /// Method.
    pub method: Method,
    /// Path below `__admin/`; `{id}` and `{name}` stand for one segment.
    pub path: &'static str,
    /// What it does, in a line.
    pub what: &'static str,
}

macro_rules! endpoints {
    ($($method:ident $path:literal $what:literal;)*) => {
        /// Every endpoint. `HEAD` goes with every `GET`.
        pub(crate) const ENDPOINTS: &[Endpoint] = &[$(Endpoint {
            method: Method::$method,
            path: $path,
            what: $what,
        },)*];
    };
}

endpoints! {
    GET "" "This list.";
    GET "health" "Whether it serves.";
    GET "version" "Versions of the program and of the profile.";
    GET "openapi.json" "OpenAPI 3.1 description of the Publish API and of control.";
    GET "state" "All releases, without secrets.";
    POST "reset" "Forgets all releases, requests, changes of the clock, faults and canned answers.";
    POST "process" "Lets the outcome of everything that is processed show.";
    GET "clock" "The session's time.";
    PUT "clock" "Freezes, advances or resets the session's time.";
    GET "requests" "The journal: requests with their answers, oldest first.";
    DELETE "requests" "Clears the journal.";
    POST "requests/find" "The requests that match.";
    POST "requests/count" "How many requests match, and whether that is what was expected.";
    GET "faults" "The faults that are set, in order, with what they have met.";
    POST "faults" "Sets a fault, or an array of them, behind those that are set.";
    DELETE "faults" "Takes all faults away; requests that they hold go on.";
    GET "faults/{id}" "One fault.";
    DELETE "faults/{id}" "Takes a fault away; requests that it alone could hold go on.";
    GET "holds" "The names under which faults hold requests, with who waits.";
    GET "holds/{name}" "Who waits under a name.";
    POST "holds/{name}/release" "Lets all requests go on that are held under a name, and those that come later.";
    GET "answers" "The canned answers that are set, in order, with what they were served for.";
    POST "answers" "Sets a canned answer, or an array of them, behind those that are set.";
    DELETE "answers" "Takes all canned answers away.";
    GET "answers/{id}" "One canned answer.";
    DELETE "answers/{id}" "Takes a canned answer away.";
    GET "metrics" "Numbers for Prometheus.";
    GET "sessions" "The sessions.";
    POST "sessions" "Makes a session: a registry of its own.";
    GET "sessions/{id}" "One session.";
    DELETE "sessions/{id}" "Ends a session and frees its memory.";
}
