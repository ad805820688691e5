//! A client of the Publish API: `publish-client publish` and `publish-client fetch`, input from `CONFORMANCE_*` variables.
//!
//! Exit 0: done; 89: not implemented; else failed, the reason on stderr.

mod content;
mod failure;
mod fetch;
mod json;
mod publish;
mod signature;
mod transport;

use std::env;
use std::process::ExitCode;
use std::time::Duration;

use serde_json::Value;

use failure::Failure;
use transport::Session;

const NOT_IMPLEMENTED: u8 = 89;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let token = env::var("CONFORMANCE_TOKEN").unwrap_or_default();
    match run(&token).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure, &token);
            ExitCode::from(match failure {
                Failure::Unsupported(_) => NOT_IMPLEMENTED,
                _ => 1,
            })
        }
    }
}

async fn run(token: &str) -> Result<(), Failure> {
    let arguments: Vec<_> = env::args().skip(1).collect();
    let [operation] = arguments.as_slice() else {
        return Err(usage());
    };
    let session = Session::new(&variable("URL")?, token, deadline()?)?;
    let (name, version) = (variable("NAME")?, variable("VERSION")?);
    match operation.as_str() {
        "publish" => {
            let sources = env::var("CONFORMANCE_SOURCES").unwrap_or_default();
            let sources: Vec<_> = sources.split_whitespace().collect();
            let (path, key) = (variable("CONTENT")?, read_json(&variable("KEY")?)?);
            publish::publish(&session, &name, &version, &path, &sources, &key).await
        }
        "fetch" => {
            let trusted = read_json(&variable("TRUSTED_KEYS")?)?;
            let output = variable("OUTPUT")?;
            fetch::fetch(&session, &name, &version, &trusted, output.as_ref()).await
        }
        _ => Err(usage()),
    }
}

fn usage() -> Failure {
    Failure::because("usage: publish-client publish | fetch")
}

fn variable(name: &str) -> Result<String, Failure> {
    let name = format!("CONFORMANCE_{name}");
    env::var(&name).map_err(|_| Failure::because(format!("{name} is not set")))
}

fn deadline() -> Result<Duration, Failure> {
    let text = env::var("CONFORMANCE_DEADLINE").unwrap_or_default();
    let text = if text.is_empty() { "60" } else { &text };
    text.parse()
        .ok()
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| Failure::because("CONFORMANCE_DEADLINE is no number of seconds"))
}

fn read_json(path: &str) -> Result<Value, Failure> {
    Ok(serde_json::from_slice(&std::fs::read(path)?)?)
}

/// A registry may quote what it was sent; a log is no place for a token, nor for control characters.
fn complain(failure: &Failure, token: &str) {
    let mut reason = failure.to_string();
    if !token.is_empty() {
        reason = reason.replace(token, "[token]");
    }
    eprintln!("{}", reason.replace(char::is_control, " "));
}
