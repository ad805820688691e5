//! What faults put on the wire, seen through sockets of our own: plain, within TLS, and on the origin of uploads.

use std::{io, time::Duration};

use mock_registry::{ConnectionFault, Fault, MockRegistry, Operation};
use reqwest::Url;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_native_tls::native_tls;

use crate::support::{EMPTY_COMPONENT, Harness, OWNER, manifest};

/// Longer than anything here takes.
const PATIENCE: Duration = Duration::from_secs(20);

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Wire for S {}

/// All that comes until the connection ends, and how it ends.
struct Received {
    bytes: Vec<u8>,
    /// What each read brought.
    reads: Vec<usize>,
    end: io::Result<()>,
}

impl Received {
    fn head(&self) -> String {
        let text = String::from_utf8_lossy(&self.bytes);
        text.split("\r\n\r\n").next().unwrap().to_ascii_lowercase()
    }

    fn body(&self) -> &[u8] {
        let end = self
            .bytes
            .windows(4)
            .position(|window| window == b"\r\n\r\n")
            .unwrap();
        &self.bytes[end + 4..]
    }

    fn declared_length(&self) -> usize {
        let head = self.head();
        let value = head.split("content-length: ").nth(1).unwrap();
        value.split("\r\n").next().unwrap().parse().unwrap()
    }

    fn was_reset(&self) -> bool {
        self.end
            .as_ref()
            .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionReset)
    }
}

async fn connect(registry: &MockRegistry, url: &Url) -> Box<dyn Wire> {
    let address = (url.host_str().unwrap(), url.port().unwrap());
    let stream = TcpStream::connect(address).await.unwrap();
    let Some(ca) = registry.ca_pem().filter(|_| url.scheme() == "https") else {
        return Box::new(stream);
    };
    let connector = native_tls::TlsConnector::builder()
        .disable_built_in_roots(true)
        .add_root_certificate(native_tls::Certificate::from_pem(ca).unwrap())
        .build()
        .unwrap();
    let connector = tokio_native_tls::TlsConnector::from(connector);
    Box::new(connector.connect("127.0.0.1", stream).await.unwrap())
}

fn head(method: &str, url: &Url, body: &[u8]) -> Vec<u8> {
    let mut request = format!(
        "{method} {} HTTP/1.1\r\nhost: {}\r\nconnection: close\r\nauthorization: Bearer {OWNER}\r\n",
        url.path(),
        url.authority()
    );
    if !body.is_empty() {
        request.push_str("content-length: ");
        request.push_str(&body.len().to_string());
        request.push_str("\r\n");
        if url.path().ends_with("/releases") {
            request += "content-type: application/json\r\n";
        }
    }
    format!("{request}\r\n").into_bytes()
}

/// Sends a request, and reads until the connection ends.
async fn exchange(registry: &MockRegistry, method: &str, url: &Url, body: &[u8]) -> Received {
    let mut stream = connect(registry, url).await;
    let request = [head(method, url, body), body.to_vec()].concat();
    stream.write_all(&request).await.unwrap();
    read_to_end(&mut stream).await
}

async fn read_to_end(stream: &mut Box<dyn Wire>) -> Received {
    let mut received = Received {
        bytes: Vec::new(),
        reads: Vec::new(),
        end: Ok(()),
    };
    let mut buffer = vec![0; 64 << 10];
    loop {
        match timeout(PATIENCE, stream.read(&mut buffer)).await.unwrap() {
            Ok(0) => return received,
            Ok(read) => {
                received.bytes.extend_from_slice(&buffer[..read]);
                received.reads.push(read);
            }
            Err(error) => {
                received.end = Err(error);
                return received;
            }
        }
    }
}

/// Registries whose every way in is another: plain, with a path, and within TLS.
async fn registries() -> Vec<Harness> {
    vec![
        Harness::start(MockRegistry::builder()).await,
        Harness::start(MockRegistry::builder().base_path("/deep/").plain(true)).await,
        Harness::start(MockRegistry::builder().tls()).await,
    ]
}

fn release(registry: &MockRegistry) -> Url {
    Url::parse(registry.url())
        .unwrap()
        .join("components/a.b:c/v1.0.0")
        .unwrap()
}

#[tokio::test]
async fn connections_end_as_the_fault_says() {
    for harness in registries().await {
        let registry = &harness.registry;
        let url = release(registry);
        let mut garbage = Vec::new();
        for connection in ConnectionFault::ALL {
            registry.clear_faults();
            registry
                .inject(Fault::connection(connection).times(2))
                .unwrap();
            for _ in 0..2 {
                let received = exchange(registry, "GET", &url, b"").await;
                match connection {
                    ConnectionFault::ResetByPeer => {
                        assert!(received.bytes.is_empty() && received.was_reset(), "{url}");
                    }
                    ConnectionFault::EmptyResponse => {
                        assert!(received.bytes.is_empty() && received.end.is_ok(), "{url}");
                    }
                    ConnectionFault::MalformedResponseChunk => {
                        received.end.as_ref().unwrap();
                        assert!(received.head().starts_with("http/1.1 200 ok"));
                        assert!(received.head().contains("transfer-encoding: chunked"));
                        let body = received.body();
                        assert!(body.starts_with(b"9\r\n{\"broken\"\r\n"));
                        assert!(!body[14..].starts_with(b"0\r\n") && body.len() > 14);
                    }
                    ConnectionFault::RandomDataThenClose => {
                        received.end.as_ref().unwrap();
                        assert_eq!(received.bytes.len(), 512);
                        assert!(!received.bytes.starts_with(b"HTTP/"));
                        garbage.push(received.bytes);
                    }
                }
            }
        }
        assert_ne!(garbage[0], garbage[1]);
        // And then all is well.
        let received = exchange(registry, "GET", &url, b"").await;
        assert!(received.head().starts_with("http/1.1 404"), "{url}");
    }
}

impl Harness {
    /// Reads a URL with a client of the system's, which keeps connections open between requests.
    async fn reads(&self, url: &Url) -> Result<u16, reqwest::Error> {
        Ok(self.http.get(url.clone()).send().await?.status().as_u16())
    }
}

#[tokio::test]
async fn a_connection_in_use_can_end_like_a_new_one() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let url = release(&harness.registry);
    for connection in ConnectionFault::ALL {
        assert_eq!(harness.reads(&url).await.unwrap(), 404);
        harness
            .registry
            .inject(Fault::connection(connection))
            .unwrap();
        let result = harness.http.get(url.clone()).send().await;
        match connection {
            ConnectionFault::MalformedResponseChunk => {
                result.unwrap().bytes().await.unwrap_err();
            }
            _ => drop(result.unwrap_err()),
        }
        harness.registry.clear_faults();
    }
    assert_eq!(harness.reads(&url).await.unwrap(), 404);
}

#[tokio::test]
async fn the_work_is_done_after_and_not_before() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let url = Url::parse(&harness.url("releases")).unwrap();
    let faults = [
        Fault::connection(ConnectionFault::ResetByPeer),
        Fault::connection(ConnectionFault::EmptyResponse),
        Fault::connection(ConnectionFault::MalformedResponseChunk),
        Fault::connection(ConnectionFault::RandomDataThenClose),
        Fault::truncate(10),
        Fault::stall(Duration::ZERO),
    ];
    for fault in faults {
        for (fault, expected) in [(fault.clone(), 0), (fault.after(), 1)] {
            harness.registry.reset();
            let shown = fault.to_json();
            harness
                .registry
                .inject(fault.on(Operation::Create))
                .unwrap();
            let body = manifest(EMPTY_COMPONENT).to_string();
            let received = exchange(&harness.registry, "POST", &url, body.as_bytes()).await;
            assert_eq!(harness.releases().len(), expected, "{shown}");
            if received.was_reset() {
                assert_eq!(shown["fault"]["connection"], "CONNECTION_RESET_BY_PEER");
            }
        }
    }
}

#[tokio::test]
async fn a_body_on_its_way_does_not_turn_a_close_into_a_reset() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let url = Url::parse(&harness.url("releases")).unwrap();
    harness
        .registry
        .inject(Fault::connection(ConnectionFault::EmptyResponse))
        .unwrap();
    let body = vec![b' '; 4 << 20];
    let received = exchange(&harness.registry, "POST", &url, &body).await;
    assert!(received.bytes.is_empty() && received.end.is_ok());
}

#[tokio::test]
async fn truncated_answers_have_exactly_so_many_bytes() {
    for harness in registries().await {
        let registry = &harness.registry;
        let url = release(registry);
        let whole = {
            registry.clear_faults();
            registry
                .inject(Fault::dribble(1000.try_into().unwrap(), Duration::ZERO))
                .unwrap();
            exchange(registry, "GET", &url, b"").await
        };
        assert_eq!(whole.declared_length(), whole.body().len());
        let length = whole.body().len();
        for (sent, declared) in [
            (0, length),
            (1, length),
            (100, length),
            (length, length + 1),
            (length + 900, length + 901),
        ] {
            registry.clear_faults();
            registry
                .inject(Fault::truncate(u32::try_from(sent).unwrap()))
                .unwrap();
            let received = exchange(registry, "GET", &url, b"").await;
            received.end.as_ref().unwrap();
            assert_eq!(
                (received.declared_length(), received.body().len()),
                (declared, sent),
                "{url}"
            );
            let own = sent.min(length);
            assert_eq!(received.body()[..own], whole.body()[..own]);
            assert!(received.head().contains("application/problem+json"));
        }
        // Of HEAD there is nothing to cut.
        let received = exchange(registry, "HEAD", &url, b"").await;
        assert_eq!(
            (received.declared_length(), received.body().len()),
            (length, 0)
        );
    }
}

#[tokio::test]
async fn content_is_cut_short() {
    let harness = Harness::start(MockRegistry::builder()).await;
    let manifest = harness.published(EMPTY_COMPONENT).await;
    harness
        .set_faults(&json!({"operation": "content", "fault": {"truncate": 3}}))
        .await;
    let url = format!("{}/content", harness.release_url(&manifest));
    let received = exchange(&harness.registry, "GET", &Url::parse(&url).unwrap(), b"").await;
    assert_eq!(
        (received.declared_length(), received.body()),
        (EMPTY_COMPONENT.len(), &EMPTY_COMPONENT[..3])
    );
    assert!(received.head().contains("content-type: application/wasm"));
}

#[tokio::test]
async fn a_stalled_answer_begins_and_is_silent() {
    for harness in registries().await {
        let registry = &harness.registry;
        let url = release(registry);
        registry
            .inject(Fault::stall(Duration::from_millis(80)))
            .unwrap();
        let begun = std::time::Instant::now();
        let received = exchange(registry, "GET", &url, b"").await;
        received.end.as_ref().unwrap();
        assert!(begun.elapsed() >= Duration::from_millis(80));
        assert!(received.head().starts_with("http/1.1 404"));
        assert!(received.declared_length() > 0 && received.body().is_empty());

        // The head is there while the silence lasts.
        registry.clear_faults();
        registry
            .inject(Fault::stall(Duration::from_hours(1)))
            .unwrap();
        let mut stream = connect(registry, &url).await;
        stream.write_all(&head("GET", &url, b"")).await.unwrap();
        let mut seen = Vec::new();
        while !seen.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            timeout(PATIENCE, stream.read_exact(&mut byte))
                .await
                .unwrap()
                .unwrap();
            seen.push(byte[0]);
        }
    }
}

#[tokio::test]
async fn dribbled_answers_come_whole_in_pieces() {
    for harness in registries().await {
        let registry = &harness.registry;
        let url = release(registry);
        let every = Duration::from_millis(5);
        registry
            .inject(Fault::dribble(16.try_into().unwrap(), every))
            .unwrap();
        let begun = std::time::Instant::now();
        let received = exchange(registry, "GET", &url, b"").await;
        received.end.as_ref().unwrap();
        let length = received.body().len();
        assert_eq!(received.declared_length(), length);
        let document: Value = serde_json::from_slice(received.body()).unwrap();
        assert_eq!(document["status"], 404);
        let pauses = length.div_ceil(16) - 1;
        assert!(begun.elapsed() >= every * u32::try_from(pauses).unwrap());
        // Pieces may arrive together, but not all of them with five milliseconds between.
        assert!(received.reads.len() > 3, "{:?}", received.reads);
    }
}

#[tokio::test]
async fn a_dribbled_create_was_done() {
    let harness = Harness::start(MockRegistry::builder()).await;
    harness
        .set_faults(
            &json!({"operation": "create", "fault": {"dribble": {"bytes": 64, "every": "1ms"}}}),
        )
        .await;
    let created = harness.create(&manifest(EMPTY_COMPONENT)).await.expect(201);
    assert_eq!(created.body["status"], "pending");
    assert_eq!(created.header("connection"), "close");
    assert_eq!(harness.releases(), ["pending"]);
}

#[tokio::test]
async fn uploads_on_another_origin_meet_faults_too() {
    let builder = || MockRegistry::builder().upload_url("http://127.0.0.1:0/up/");
    for harness in [
        Harness::start(builder()).await,
        Harness::start(
            MockRegistry::builder()
                .upload_url("https://127.0.0.1:0/")
                .tls(),
        )
        .await,
    ] {
        let registry = &harness.registry;
        let ca = registry.ca_pem().map(<[u8]>::to_vec);
        let mut client = reqwest::Client::builder().no_proxy();
        if let Some(ca) = ca {
            client = client.add_root_certificate(reqwest::Certificate::from_pem(&ca).unwrap());
        }
        let client = client.build().unwrap();
        let harness = Harness::of(harness.registry, client);
        let registry = &harness.registry;
        let created = harness.create(&manifest(EMPTY_COMPONENT)).await.expect(201);
        let url = Url::parse(created.body["uploadUrl"].as_str().unwrap()).unwrap();
        assert_ne!(url.port(), Url::parse(registry.url()).unwrap().port());

        registry
            .inject(Fault::reset().on(Operation::Upload).times(1))
            .unwrap();
        registry
            .inject(Fault::reset().on(Operation::Upload).times(1).after())
            .unwrap();
        registry
            .inject(Fault::truncate(7).on(Operation::Upload).times(1).after())
            .unwrap();
        for uploaded in [Value::Null, json!(EMPTY_COMPONENT.len())] {
            let received = exchange(registry, "POST", &url, EMPTY_COMPONENT).await;
            assert!(received.was_reset() && received.bytes.is_empty());
            assert_eq!(registry.state()["releases"][0]["uploadedBytes"], uploaded);
        }
        // An answer without a body gets one, to be cut.
        let received = exchange(registry, "POST", &url, EMPTY_COMPONENT).await;
        assert!(received.head().starts_with("http/1.1 200"));
        assert_eq!((received.declared_length(), received.body().len()), (8, 7));
        harness.upload(&created, EMPTY_COMPONENT).await.expect(204);
    }
}

#[tokio::test]
async fn a_stopping_registry_does_not_wait_for_what_is_silent() {
    let registry = MockRegistry::builder().start().await.unwrap();
    let url = release(&registry);
    registry
        .inject(Fault::stall(Duration::from_hours(1)))
        .unwrap();
    let mut stream = connect(&registry, &url).await;
    stream.write_all(&head("GET", &url, b"")).await.unwrap();
    let mut byte = [0];
    stream.read_exact(&mut byte).await.unwrap();
    timeout(PATIENCE, registry.stop()).await.unwrap();
}
