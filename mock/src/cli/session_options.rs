//! The options of a session, as a JSON document.

use clap::CommandFactory;
use serde_json::{Map, Value};
use strsim::damerau_levenshtein;

use crate::config::Config;

use super::{Options, OptionsError};

/// Options about the server, its addresses and its files: of no session of its own.
const OF_SERVER: [&str; 15] = [
    "host",
    "port",
    "port-file",
    "external-url",
    "upload-url",
    "upload-bind",
    "base-path",
    "tls",
    "ca-file",
    "trust-ca",
    "keys",
    "max-sessions",
    "max-connections",
    "max-in-flight",
    "idle-timeout",
];
/// Beyond that many wrong letters a word is another word.
const MISSPELT: usize = 3;

/// Options of a session that can not be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionOptionsError {
    /// A member that is no option.
    #[error("failed to read the options of the session: {name:?} is none{}", hint.as_ref().map_or_else(String::new, |hint| format!("; did you mean {hint:?}?")))]
    Unknown {
        /// The member.
        name: String,
        /// What is nearest to it.
        hint: Option<String>,
    },
    /// An option that the server alone has.
    #[error("failed to read the options of the session: {0:?} is an option of the server")]
    OfServer(String),
    /// A value that the option can not have.
    #[error("failed to read the options of the session: {name:?}: {source}")]
    Value {
        /// The option.
        name: String,
        /// What is wrong.
        source: serde_json::Error,
    },
    /// The options can not be used together with the server's.
    #[error(transparent)]
    Unusable(#[from] OptionsError),
}

/// The options of a session: what is not given is the server's.
#[derive(Debug)]
pub(crate) struct SessionOptions(Options);

impl SessionOptions {
    /// Reads the options from the members of a document, by the names of the command line.
    pub(crate) fn read(members: &Map<String, Value>) -> Result<Self, SessionOptionsError> {
        let known = known_names();
        let mut options = Options::default();
        for (name, value) in members.iter().filter(|(_, value)| !value.is_null()) {
            if OF_SERVER.contains(&name.as_str()) {
                return Err(SessionOptionsError::OfServer(name.clone()));
            }
            if !known.iter().any(|known| known == name) {
                return Err(SessionOptionsError::Unknown {
                    name: name.clone(),
                    hint: nearest(name, &of_sessions(&known)),
                });
            }
            let member: Map<String, Value> = [(name.clone(), value.clone())].into_iter().collect();
            let read = serde_json::from_value(Value::Object(member)).map_err(|source| {
                SessionOptionsError::Value {
                    name: name.clone(),
                    source,
                }
            })?;
            options = options.or(read);
        }
        Ok(Self(options))
    }

    /// The names of all of them.
    #[cfg(test)]
    pub(crate) fn names() -> Vec<String> {
        of_sessions(&known_names())
    }

    /// The server's settings with these changed.
    pub(crate) fn apply(&self, config: Config) -> Result<Config, SessionOptionsError> {
        Ok(self.0.apply(config)?)
    }
}

fn of_sessions(names: &[String]) -> Vec<String> {
    let of_session = |name: &&String| !OF_SERVER.contains(&name.as_str());
    names.iter().filter(of_session).cloned().collect()
}

fn known_names() -> Vec<String> {
    let not_in_documents = ["config", "list-defects", "help", "version"];
    Options::command()
        .get_arguments()
        .filter_map(|argument| argument.get_long().map(str::to_owned))
        .filter(|name| !not_in_documents.contains(&name.as_str()))
        .chain(["defects".to_owned(), "identities".to_owned()])
        .collect()
}

/// The name that a misspelt one was perhaps meant for.
pub(super) fn nearest(name: &str, known: &[String]) -> Option<String> {
    // Long names are no slips of the pen, and slow to compare.
    if name.len() > 64 {
        return None;
    }
    let name = name.to_ascii_lowercase().replace('_', "-");
    known
        .iter()
        .map(|known| (damerau_levenshtein(&name, known), known))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= MISSPELT)
        .map(|(_, known)| known.clone())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        config::{ProcessingMode, Verification},
        defect::Defect,
    };

    fn read(document: &Value) -> Result<SessionOptions, SessionOptionsError> {
        SessionOptions::read(document.as_object().unwrap())
    }

    #[test]
    fn what_is_not_given_is_the_servers() {
        let mut server = Config::new().unwrap();
        server.plain = true;
        server.hides = true;
        server.defects = vec![Defect::AcceptsAlgNone];
        server.max_sources = Some(3);
        let options = read(&json!({
            "processing": "polls:2", "verification": "uploads", "max-content": "1 KiB", "max-manifest": 77,
            "expiry": "2s", "plain": false, "deny-private-sources": true, "allow-source": ["127.0.0.1:80"],
            "private-namespace": "a.test", "seed": 7, "retention": null,
        }))
        .unwrap();
        let config = options.apply(server.clone()).unwrap();
        assert_eq!(config.processing, ProcessingMode::Polls(2));
        assert_eq!(config.verification, Verification::Uploads);
        assert_eq!((config.max_content, config.max_manifest), (1024, 77));
        assert_eq!(config.expiry, Some(std::time::Duration::from_secs(2)));
        assert!(!config.plain && config.deny_private_sources && config.hides);
        assert_eq!(config.allow_sources.len(), 1);
        assert_eq!(config.defects, [Defect::AcceptsAlgNone]);
        assert_eq!(config.max_sources, Some(3));
        assert_eq!(config.retention, server.retention);
        assert_eq!(config.seed, Some(7));

        let none = read(&json!({"defects": []}))
            .unwrap()
            .apply(server.clone())
            .unwrap();
        assert_eq!(none.defects, []);
        let other =
            read(&json!({"defect": ["publishes-again"]})).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(other.apply(server).unwrap().defects.len(), 1);
    }

    #[test]
    fn says_which_option_is_wrong() {
        for (document, hint) in [
            (
                json!({"prosessing": "manual"}),
                "did you mean \"processing\"",
            ),
            (json!({"max_content": 1}), "did you mean \"max-content\""),
            (json!({"nonsense": 1}), "\"nonsense\""),
            (json!({"port": 1}), "\"port\" is an option of the server"),
            (
                json!({"keys": "/etc/passwd"}),
                "\"keys\" is an option of the server",
            ),
            (json!({"config": "x"}), "\"config\""),
            (
                json!({"processing": "sometimes"}),
                "\"processing\": failed to read",
            ),
            (json!({"defects": ["none-such"]}), "\"defects\""),
            (json!({"defects": "accepts-alg-none"}), "\"defects\""),
            (json!({"plain": "yes"}), "\"plain\""),
            (json!({"max-sources": -1}), "\"max-sources\""),
            (json!({"expiry": "soon"}), "\"expiry\""),
        ] {
            let error = read(&document).unwrap_err().to_string();
            assert!(error.contains(hint), "{document}: {error}");
        }
    }
}
