//! A publisher to test the registry with: it speaks plain HTTP and JSON and uses nothing of the registry's own code.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::{
    jwk::Jwk,
    jws::{ES256, EdDSA, JwsSigner},
};
use mock_registry::{MockRegistry, MockRegistryBuilder};
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256, Sha512};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    sync::Semaphore,
};

pub(crate) const OWNER: &str = "conformance-owner";
pub(crate) const OTHER: &str = "conformance-other";
pub(crate) const READER: &str = "conformance-reader";
pub(crate) const MANIFEST_READER: &str = "conformance-manifest-reader";
pub(crate) const NAMESPACE: &str = "conformance-owner.test";

const PRIVATE_KEYS: &str = include_str!("private-keys.jwks");

/// The smallest component.
pub(crate) const EMPTY_COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// A component with a custom section that holds these bytes (at most 100).
pub(crate) fn component(bytes: &[u8]) -> Vec<u8> {
    let mut component = EMPTY_COMPONENT.to_vec();
    let length = |length: usize| {
        u8::try_from(length)
            .ok()
            .filter(|&length| length < 128)
            .unwrap()
    };
    component.extend([0, length(bytes.len() + 2), 1, b'x']);
    component.extend(bytes);
    component
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Digest of the content index (section 2 of the profile).
pub(crate) fn index_digest(entries: &[(&str, &[u8])]) -> String {
    let mut entries = entries.to_vec();
    entries.sort();
    let mut index = Vec::new();
    for (path, bytes) in entries {
        index.extend(Sha256::digest(bytes));
        index.extend(u16::try_from(path.len()).unwrap().to_le_bytes());
        index.extend(path.as_bytes());
    }
    sha256(&index)
}

/// The same with SHA-512.
pub(crate) fn index_digest_512(entries: &[(&str, &[u8])]) -> String {
    let mut index = Vec::new();
    for (path, bytes) in entries {
        index.extend(Sha512::digest(bytes));
        index.extend(u16::try_from(path.len()).unwrap().to_le_bytes());
        index.extend(path.as_bytes());
    }
    hex::encode(Sha512::digest(&index))
}

pub(crate) fn component_digest(content: &[u8]) -> String {
    index_digest(&[("component.wasm", content)])
}

/// A manifest with a fresh name, for this content.
pub(crate) fn manifest(content: &[u8]) -> Value {
    manifest_in(NAMESPACE, content)
}

pub(crate) fn manifest_in(namespace: &str, content: &[u8]) -> Value {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    json!({
        "packageType": "component",
        "name": format!("{namespace}:package-{number}"),
        "version": "1.0.0",
        "contentDigest": {"sha256": component_digest(content)},
    })
}

/// One entry of `signatures`.
pub(crate) fn signature(kid: &str, payload: &[u8]) -> Value {
    let alg = if kid.ends_with("es256") {
        "ES256"
    } else {
        "EdDSA"
    };
    signature_with_header(kid, &json!({"alg": alg, "kid": kid}), payload)
}

pub(crate) fn signature_with_header(signer: &str, header: &Value, payload: &[u8]) -> Value {
    let keys: Value = serde_json::from_str(PRIVATE_KEYS).unwrap();
    let key = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["kid"] == signer)
        .unwrap();
    let jwk = Jwk::from_map(key.as_object().cloned().unwrap_or_else(Map::new)).unwrap();
    let signer: Box<dyn JwsSigner> = if signer.ends_with("es256") {
        Box::new(ES256.signer_from_jwk(&jwk).unwrap())
    } else {
        Box::new(EdDSA.signer_from_jwk(&jwk).unwrap())
    };
    let protected = URL_SAFE_NO_PAD.encode(header.to_string());
    let input = format!("{protected}.{}", URL_SAFE_NO_PAD.encode(payload));
    let signature = signer.sign(input.as_bytes()).unwrap();
    json!({"protected": protected, "signature": URL_SAFE_NO_PAD.encode(signature)})
}

pub(crate) fn jws(kids: &[&str], payload: &[u8]) -> Value {
    let signatures: Vec<Value> = kids.iter().map(|kid| signature(kid, payload)).collect();
    json!({"payload": URL_SAFE_NO_PAD.encode(payload), "signatures": signatures})
}

/// An answer with its JSON body, `null` where there is none.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// Name of the problem, empty where the answer is none.
    pub(crate) fn problem(&self) -> &str {
        if self.header("content-type") != "application/problem+json" {
            return "";
        }
        assert_eq!(self.body["status"], self.status.as_u16(), "{:?}", self.body);
        self.body["type"]
            .as_str()
            .unwrap()
            .strip_prefix("urn:publish-api:problem:")
            .unwrap()
    }

    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Self {
        assert_eq!(
            self.status,
            status,
            "{}",
            String::from_utf8_lossy(&self.bytes)
        );
        self
    }

    #[track_caller]
    pub(crate) fn expect_problem(self, status: u16, name: &str) -> Self {
        assert_eq!(
            (self.status.as_u16(), self.problem()),
            (status, name),
            "{}",
            String::from_utf8_lossy(&self.bytes)
        );
        self
    }
}

/// A registry and an HTTP client for it.
pub(crate) struct Harness {
    pub(crate) registry: Arc<MockRegistry>,
    /// In the place of the registry's own.
    pub(crate) session_url: Option<String>,
    pub(crate) http: reqwest::Client,
}

impl Harness {
    pub(crate) async fn start(builder: MockRegistryBuilder) -> Self {
        let registry = builder.seed(1).start().await.unwrap();
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        Self::of(registry, http)
    }

    /// This client of this registry.
    pub(crate) fn of(registry: impl Into<Arc<MockRegistry>>, http: reqwest::Client) -> Self {
        Self {
            registry: registry.into(),
            session_url: None,
            http,
        }
    }

    /// The same client for a session of the registry.
    pub(crate) fn in_session(&self, url: &str) -> Self {
        Self {
            registry: self.registry.clone(),
            session_url: Some(url.to_owned()),
            http: self.http.clone(),
        }
    }

    pub(crate) fn base(&self) -> &str {
        self.session_url
            .as_deref()
            .unwrap_or_else(|| self.registry.url())
    }

    /// Makes a session with these options.
    pub(crate) async fn session(&self, options: &Value) -> Self {
        let created = self.admin("POST", "sessions", options).await.expect(201);
        self.in_session(created.body["url"].as_str().unwrap())
    }

    /// Asks control for something.
    pub(crate) async fn admin(&self, method: &str, path: &str, body: &Value) -> Answer {
        let body = match body {
            Value::Null => String::new(),
            body => body.to_string(),
        };
        let url = self.url(&format!("__admin/{path}"));
        self.request(
            method.parse().unwrap(),
            &url,
            None,
            "application/json",
            body,
        )
        .await
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base())
    }

    pub(crate) fn resolve(&self, reference: &str) -> String {
        reqwest::Url::parse(self.base())
            .unwrap()
            .join(reference)
            .unwrap()
            .into()
    }

    pub(crate) async fn send(&self, request: reqwest::RequestBuilder) -> Answer {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = response.bytes().await.unwrap().to_vec();
        let body = serde_json::from_slice(&bytes).unwrap_or_default();
        Answer {
            status,
            headers,
            bytes,
            body,
        }
    }

    pub(crate) async fn request(
        &self,
        method: Method,
        url: &str,
        token: Option<&str>,
        content_type: &str,
        body: impl Into<Vec<u8>>,
    ) -> Answer {
        let mut request = self
            .http
            .request(method, url)
            .header("content-type", content_type)
            .body(body.into());
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        self.send(request).await
    }

    pub(crate) async fn get(&self, url: &str, token: Option<&str>) -> Answer {
        let mut request = self.http.get(url);
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        self.send(request).await
    }

    pub(crate) async fn post_json(&self, url: &str, token: Option<&str>, body: &Value) -> Answer {
        self.request(
            Method::POST,
            url,
            token,
            "application/json",
            body.to_string(),
        )
        .await
    }

    pub(crate) async fn create(&self, manifest: &Value) -> Answer {
        self.post_json(&self.url("releases"), Some(OWNER), manifest)
            .await
    }

    pub(crate) fn release_url(&self, manifest: &Value) -> String {
        let text = |member: &str| manifest[member].as_str().unwrap().to_owned();
        self.url(&format!("components/{}/v{}", text("name"), text("version")))
    }

    pub(crate) async fn upload(&self, created: &Answer, content: &[u8]) -> Answer {
        let url = self.resolve(created.body["uploadUrl"].as_str().unwrap());
        self.request(Method::POST, &url, Some(OWNER), "application/wasm", content)
            .await
    }

    pub(crate) async fn add_sources(&self, manifest: &Value, sources: &Value) -> Answer {
        let url = format!("{}/content-sources", self.release_url(manifest));
        self.post_json(&url, Some(OWNER), &json!({"contentSources": sources}))
            .await
    }

    /// Publishes with a good signature.
    pub(crate) async fn publish(&self, manifest: &Value) -> Answer {
        self.publish_signed(
            manifest,
            &jws(&["owner-es256"], manifest.to_string().as_bytes()),
        )
        .await
    }

    pub(crate) async fn publish_signed(&self, manifest: &Value, signature: &Value) -> Answer {
        self.post_json(
            &self.release_url(manifest),
            Some(OWNER),
            &json!({"releaseSignature": signature}),
        )
        .await
    }

    /// Creates and uploads; publish is next.
    pub(crate) async fn prepared(&self, content: &[u8]) -> (Value, Answer) {
        let manifest = manifest(content);
        let created = self.create(&manifest).await.expect(201);
        self.upload(&created, content).await.expect(204);
        (manifest, created)
    }

    /// Creates, uploads and publishes, synchronously.
    pub(crate) async fn published(&self, content: &[u8]) -> Value {
        let (manifest, _) = self.prepared(content).await;
        self.publish(&manifest).await.expect(201);
        manifest
    }

    pub(crate) async fn status(&self, manifest: &Value) -> Answer {
        self.get(
            &format!("{}/unpublished", self.release_url(manifest)),
            Some(OWNER),
        )
        .await
    }

    /// The status once it is none of pending and processing.
    pub(crate) async fn settled(&self, manifest: &Value) -> Answer {
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
        loop {
            let answer = self.status(manifest).await;
            if !matches!(answer.body["status"].as_str(), Some("processing")) {
                return answer;
            }
            assert!(std::time::Instant::now() < deadline, "still processing");
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
    }
}

/// A host that holds its answer back until it is told to give it.
pub(crate) struct HeldHost {
    pub(crate) url: String,
    arrived: Arc<Semaphore>,
    released: Arc<Semaphore>,
}

impl HeldHost {
    pub(crate) async fn start(content: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/held", listener.local_addr().unwrap());
        let (arrived, released) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
        let host = Self {
            url,
            arrived: arrived.clone(),
            released: released.clone(),
        };
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (arrived, released) = (arrived.clone(), released.clone());
                let content = content.clone();
                tokio::spawn(async move {
                    let mut head = [0; 4096];
                    let _ = stream.read(&mut head).await;
                    arrived.add_permits(1);
                    released.acquire().await.unwrap().forget();
                    let head = format!(
                        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
                        content.len()
                    );
                    let _ = stream.write_all(head.as_bytes()).await;
                    let _ = stream.write_all(&content).await;
                });
            }
        });
        host
    }

    /// Returns once a request is there.
    pub(crate) async fn arrival(&self) {
        self.arrived.acquire().await.unwrap().forget();
    }

    /// Lets one request have its answer.
    pub(crate) fn release(&self) {
        self.released.add_permits(1);
    }
}
