//! A registry in process and a client for it, on the loopback interface and on one thread.

use std::time::Duration;

use mock_registry::{MockRegistry, MockRegistryBuilder};
use reqwest::{Method, header::HeaderMap};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

/// The owner's token, and the namespace that it writes in.
pub(crate) const OWNER: &str = "conformance-owner";
pub(crate) const NAMESPACE: &str = "conformance-owner.test";

/// A registry, and what drives it: its work goes on only while something is waited for.
pub(crate) struct Served {
    pub(crate) runtime: Runtime,
    pub(crate) registry: MockRegistry,
    pub(crate) http: reqwest::Client,
}

/// An answer of the registry.
pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
}

impl Served {
    /// Starts one. It is never stopped: a thread has one for as long as it lives.
    pub(crate) fn start(builder: MockRegistryBuilder) -> &'static Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime");
        let registry = runtime
            .block_on(builder.seed(1).plain(true).start())
            .expect("a registry");
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(Duration::from_secs(5))
            .build()
            .expect("a client");
        Box::leak(Box::new(Self {
            runtime,
            registry,
            http,
        }))
    }

    /// The URL of a path below the base URL.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.registry.url())
    }

    /// Sends a request as the owner, and reads its answer.
    pub(crate) fn send(
        &self,
        method: Method,
        path: &str,
        fields: &[(&str, &[u8])],
        body: &[u8],
    ) -> Option<Response> {
        let mut request = self
            .http
            .request(method, self.url(path))
            .bearer_auth(OWNER)
            .body(body.to_vec());
        for (name, value) in fields {
            request = request.header(*name, *value);
        }
        self.runtime.block_on(async {
            let response = request.send().await.ok()?;
            Some(Response {
                status: response.status().as_u16(),
                headers: response.headers().clone(),
                bytes: response.bytes().await.ok()?.to_vec(),
            })
        })
    }

    /// Sends a document as the owner.
    pub(crate) fn post(&self, path: &str, document: &Value) -> Response {
        let fields: [(&str, &[u8]); 1] = [("content-type", b"application/json")];
        self.send(Method::POST, path, &fields, document.to_string().as_bytes())
            .expect("an answer")
    }
}

impl Response {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_default()
    }

    pub(crate) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Holds what every answer must be: no failure of the registry's own, and a refusal is a problem document that says its status.
    pub(crate) fn assert_is_an_answer(&self) {
        let text = String::from_utf8_lossy(&self.bytes);
        assert!(
            self.status < 500 || matches!(self.status, 501 | 507),
            "{} {text}",
            self.status
        );
        if self.status >= 400 {
            assert_eq!(
                self.header("content-type"),
                Some("application/problem+json"),
                "{text}"
            );
            assert_eq!(self.json()["status"], json!(self.status), "{text}");
            assert!(self.json()["type"].is_string(), "{text}");
        }
    }
}
