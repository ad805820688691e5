//! The endpoints of control, as they are matched, listed and described.

use http::Method;

/// One method of one endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Endpoint {
    /// Method.
    pub method: Method,
    /// Path below `__admin/`; `{id}` stands for one segment.
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
    POST "reset" "Forgets all releases, requests and changes of the clock.";
    POST "process" "Lets the outcome of everything that is processed show.";
    GET "clock" "The session's time.";
    PUT "clock" "Freezes, advances or resets the session's time.";
    GET "requests" "The journal: requests with their answers, oldest first.";
    DELETE "requests" "Clears the journal.";
    POST "requests/find" "The requests that match.";
    POST "requests/count" "How many requests match, and whether that is what was expected.";
    GET "metrics" "Numbers for Prometheus.";
    GET "sessions" "The sessions.";
    POST "sessions" "Makes a session: a registry of its own.";
    GET "sessions/{id}" "One session.";
    DELETE "sessions/{id}" "Ends a session and frees its memory.";
}
