//! A registry that answers at once, and remembers what it was asked.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// The server as a process of its own.
pub(crate) struct Child {
    child: std::process::Child,
    pub(crate) url: String,
}

impl Child {
    pub(crate) fn start(recording: &Path) -> Self {
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .arg("serve")
            .arg(recording)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut url = String::new();
        let stdout = child.stdout.take().expect("a pipe");
        BufReader::new(stdout).read_line(&mut url).expect("its URL");
        Self {
            child,
            url: url.trim().to_owned(),
        }
    }

    /// Writes what was asked so far to the file, once.
    pub(crate) fn save(&self) {
        let answer = std::net::TcpStream::connect(
            self.url.trim_start_matches("http://").trim_end_matches('/'),
        )
        .and_then(|mut stream| {
            stream.write_all(b"GET /save HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")?;
            std::io::copy(&mut stream, &mut std::io::sink())
        });
        answer.expect("it is saved");
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A request as it came, for the loop to send again.
type Asked = Value;

#[derive(Default)]
struct State {
    releases: HashMap<String, Bytes>,
    /// Until they are saved.
    asked: Option<Vec<Asked>>,
}

pub(crate) fn serve(recording: &Path) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let state = Arc::new(Mutex::new(State {
        asked: Some(Vec::new()),
        ..State::default()
    }));
    let recording: Arc<Path> = recording.into();
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}/", listener.local_addr().expect("an address"));
        println!("{base}");
        let base: Arc<str> = base.into();
        loop {
            let Ok((stream, _)) = listener.accept().await else {
                continue;
            };
            let _ = stream.set_nodelay(true);
            let (state, base, recording) = (
                Arc::clone(&state),
                Arc::clone(&base),
                Arc::clone(&recording),
            );
            tokio::spawn(async move {
                let service = service_fn(move |request| {
                    answer(
                        request,
                        Arc::clone(&state),
                        Arc::clone(&base),
                        Arc::clone(&recording),
                    )
                });
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
}

async fn answer(
    request: Request<Incoming>,
    state: Arc<Mutex<State>>,
    base: Arc<str>,
    recording: Arc<Path>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let (head, body) = request.into_parts();
    let body = body
        .collect()
        .await
        .map(http_body_util::Collected::to_bytes)
        .unwrap_or_default();
    let path = head.uri.path().to_owned();
    let mut state = state.lock().expect("no panic before");
    if path == "/save" {
        if let Some(asked) = state.asked.take() {
            std::fs::write(recording, Value::from(asked).to_string()).expect("a file");
        }
        return Ok(Response::new(Full::default()));
    }
    if let Some(asked) = &mut state.asked {
        let fields: Vec<_> = head
            .headers
            .iter()
            .map(|(name, value)| json!([name.as_str(), value.to_str().unwrap_or_default()]))
            .collect();
        asked.push(json!({
            "method": head.method.as_str(),
            "url": format!("{}{}", base.trim_end_matches('/'), path),
            "fields": fields,
            "body": URL_SAFE_NO_PAD.encode(&body),
        }));
    }
    let (status, location, document) = match (head.method.as_str(), path.as_str()) {
        ("POST", "/releases") => {
            let manifest: Value = serde_json::from_slice(&body).unwrap_or_default();
            let place = place_of(&manifest);
            let document = json!({
                "release": manifest,
                "creator": "owner",
                "status": "pending",
                "contentSources": [],
                "uploadUrl": format!("{base}upload{place}"),
            });
            (
                201,
                Some(format!("{place}/unpublished")),
                document.to_string().into(),
            )
        }
        ("POST", path) if path.starts_with("/upload") => (204, None, Bytes::new()),
        ("POST", path) => {
            let request: Value = serde_json::from_slice(&body).unwrap_or_default();
            let signature = &request["releaseSignature"];
            let payload = signature["payload"].as_str().unwrap_or_default();
            let manifest = URL_SAFE_NO_PAD.decode(payload).unwrap_or_default();
            let manifest: Value = serde_json::from_slice(&manifest).unwrap_or_default();
            let document: Bytes = json!({
                "release": manifest,
                "releaseSignature": signature,
                "creator": "owner",
                "contentSources": [{"url": format!("{base}content")}],
            })
            .to_string()
            .into();
            state.releases.insert(path.to_owned(), document.clone());
            (201, Some(path.to_owned()), document)
        }
        (_, path) => match state.releases.get(path) {
            Some(document) => (200, None, document.clone()),
            None => (
                404,
                None,
                Bytes::from_static(b"{\"type\": \"urn:publish-api:problem:not-found\"}"),
            ),
        },
    };
    let mut response = Response::builder().status(status).header(
        "Content-Type",
        if status == 404 {
            "application/problem+json"
        } else {
            "application/json"
        },
    );
    if let Some(location) = location {
        response = response.header("Location", location);
    }
    Ok(response.body(Full::new(document)).expect("a response"))
}

/// The path of a release, as clients build it.
fn place_of(manifest: &Value) -> String {
    let member = |name: &str| manifest[name].as_str().unwrap_or_default();
    format!("/components/{}/v{}", member("name"), member("version"))
}
