//! A proxy before the bundled mock: a registry that is honest, and hostile at one stage of a release.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use mock_registry::MockRegistry;
use serde_json::{Value, json};

use super::request::Request;
use super::ways::Hostility;

/// Content sources that a release is given.
const SOURCES: usize = 20_000;

/// What is answered in the hostile way; all else is the mock's answer.
#[derive(Clone, Copy)]
pub(crate) enum Stage {
    /// Every publish.
    Publish,
    /// Every publish and every read of a release.
    Release,
    /// Every download of content.
    Download,
    /// Every download of content, of which every release has thousands of sources.
    Sources,
}

/// The proxy and the mock behind it, which ends with it.
pub(crate) struct Proxy {
    pub(crate) url: String,
    _mock: MockRegistry,
    _runtime: tokio::runtime::Runtime,
}

impl Proxy {
    pub(crate) fn start(stage: Stage, hostility: Hostility) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let network = mock_registry::Network {
            external_url: Some(url.clone()),
            ..mock_registry::Network::default()
        };
        let mock = runtime
            .block_on(MockRegistry::builder().network(network).start())
            .expect("the mock starts");
        let mock_address = SocketAddr::from(([127, 0, 0, 1], mock.port()));
        let base: Arc<str> = url.clone().into();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let base = Arc::clone(&base);
                thread::spawn(move || {
                    let _ = serve(stream, mock_address, &base, stage, hostility);
                });
            }
        });
        Self {
            url,
            _mock: mock,
            _runtime: runtime,
        }
    }
}

/// One request, and the end of the connection.
fn serve(
    mut client: TcpStream,
    mock: SocketAddr,
    base: &str,
    stage: Stage,
    hostility: Hostility,
) -> std::io::Result<()> {
    let Some(request) = Request::begin(&client) else {
        return Ok(());
    };
    let asked = request.line().map(|(method, path)| Asked::of(method, path));
    let is_hostile = matches!(
        (stage, asked),
        (Stage::Publish | Stage::Release, Some(Asked::Publish))
            | (Stage::Release, Some(Asked::Release))
            | (Stage::Download | Stage::Sources, Some(Asked::Content))
    );
    if is_hostile {
        let mut rest = (&client).take(u64::try_from(request.missing()).unwrap_or(u64::MAX));
        std::io::copy(&mut rest, &mut std::io::sink())?;
        return hostility(&mut client);
    }
    let mut server = TcpStream::connect(mock)?;
    server.write_all(&closing(&request.head))?;
    server.write_all(&request.body)?;
    let (mut from, mut to) = (client.try_clone()?, server.try_clone()?);
    thread::spawn(move || {
        let _ = std::io::copy(&mut from, &mut to);
        let _ = to.shutdown(Shutdown::Write);
    });
    let has_sources = matches!(
        (stage, asked),
        (Stage::Sources, Some(Asked::Publish | Asked::Release))
    );
    if has_sources {
        let mut answer = Vec::new();
        server.read_to_end(&mut answer)?;
        client.write_all(&with_sources(answer, base))?;
    } else {
        std::io::copy(&mut server, &mut client)?;
    }
    client.shutdown(Shutdown::Both)
}

/// What a request is about, as far as a stage tells it.
#[derive(Clone, Copy)]
enum Asked {
    Publish,
    Release,
    Content,
    Else,
}

impl Asked {
    fn of(method: &str, path: &str) -> Self {
        let segments: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (method, segments.as_slice()) {
            ("POST", ["components", _, _]) => Self::Publish,
            ("GET", ["components", _, _]) => Self::Release,
            ("GET", ["components", _, _, last]) if last.starts_with("content") => Self::Content,
            _ => Self::Else,
        }
    }
}

/// A head that asks for the end of the connection after the answer.
fn closing(head: &[u8]) -> Vec<u8> {
    let mut head = head.to_vec();
    if let Some(end) = head.windows(2).position(|pair| pair == b"\r\n") {
        head.splice(end..end, *b"\r\nConnection: close");
    }
    head
}

/// The answer with thousands of sources in the place of its own, if it is a release.
fn with_sources(answer: Vec<u8>, base: &str) -> Vec<u8> {
    let Some(end) = answer.windows(4).position(|octets| octets == b"\r\n\r\n") else {
        return answer;
    };
    let Ok(mut document) = serde_json::from_slice::<Value>(&answer[end + 4..]) else {
        return answer;
    };
    if document.get("releaseSignature").is_none() {
        return answer;
    }
    let sources: Vec<Value> = (0..SOURCES)
        .map(|number| json!({"url": format!("{base}components/a:b/v1.0.0/content?{number}")}))
        .collect();
    document["contentSources"] = sources.into();
    let body = document.to_string();
    let head = String::from_utf8_lossy(&answer[..end]);
    let kept: String = head
        .split("\r\n")
        .filter(|line| !line.to_ascii_lowercase().starts_with("content-length:"))
        .flat_map(|line| [line, "\r\n"])
        .collect();
    format!("{kept}Content-Length: {}\r\n\r\n{body}", body.len()).into_bytes()
}
