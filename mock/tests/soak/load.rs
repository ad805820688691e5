//! What the clients do: publish, read, make sessions with faults and delete them, and go away in the middle.

use std::{
    io::{self, Write},
    net::SocketAddr,
    sync::atomic::AtomicU64,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::{
    jwk::Jwk,
    jws::{ES256, JwsSigner},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    client::{Answer, Client, request},
    count,
};

const KEYS: &str = include_str!("../it/private-keys.jwks");
const OWNER: &str = "authorization: Bearer conformance-owner\r\n";
const JSON: &str = "content-type: application/json\r\n";
const CONTENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// What was done, and what should not have been.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) requests: AtomicU64,
    /// Without an answer, or with one that is none, where faults are set.
    pub(crate) disturbed: AtomicU64,
    pub(crate) sessions: AtomicU64,
    /// Nothing came for half a minute.
    pub(crate) stuck: AtomicU64,
    /// The same where none are, or 5xx.
    pub(crate) broken: AtomicU64,
}

pub(crate) struct Load<'t> {
    address: SocketAddr,
    tally: &'t Tally,
    signer: Box<dyn JwsSigner>,
    chance: u64,
    worker: u64,
    number: u64,
    connection: Option<Client>,
}

impl<'t> Load<'t> {
    pub(crate) fn new(address: SocketAddr, worker: u64, tally: &'t Tally) -> Self {
        let keys: Value = serde_json::from_str(KEYS).expect("keys");
        let key = keys["keys"]
            .as_array()
            .and_then(|keys| keys.iter().find(|key| key["kid"] == "owner-es256"))
            .and_then(Value::as_object)
            .expect("the owner's key");
        let jwk = Jwk::from_map(key.clone()).expect("a key");
        Self {
            address,
            tally,
            signer: Box::new(ES256.signer_from_jwk(&jwk).expect("a key")),
            chance: worker + 1,
            worker,
            number: 0,
            connection: None,
        }
    }

    /// A number below that, the same in every run.
    fn draw(&mut self, below: u64) -> u64 {
        self.chance = self
            .chance
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.chance >> 33) % below
    }

    /// Does one thing out of all.
    pub(crate) fn go_round(&mut self) {
        if self.draw(100) == 0 {
            // What is kept on purpose would look like a leak. Who publishes meanwhile is told that nothing is there.
            let reset = request("POST", "/__admin/reset", "", b"");
            self.ask(&reset, false);
        }
        match self.draw(8) {
            0..=3 => self.session(),
            4 => self.leave_in_the_middle(),
            5 => self.look_around(),
            _ => {
                self.flow("/", false);
            }
        }
    }

    fn ask(&mut self, octets: &[u8], is_disturbed: bool) -> Option<Answer> {
        count(&self.tally.requests);
        let mut client = match self.connection.take() {
            Some(client) => client,
            None => Client::open(self.address).expect("a connection"),
        };
        match client.ask(octets) {
            Ok(answer) => {
                if answer.status >= 500 && answer.status != 501 && !is_disturbed {
                    eprintln!("{}: {}", answer.status, String::from_utf8_lossy(octets));
                    count(&self.tally.broken);
                }
                if !answer.head.contains("connection: close") {
                    self.connection = Some(client);
                }
                Some(answer)
            }
            Err(error) => {
                let is_stuck = matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut
                );
                if is_stuck {
                    eprintln!("stuck: {}", String::from_utf8_lossy(octets));
                    count(&self.tally.stuck);
                } else if is_disturbed {
                    count(&self.tally.disturbed);
                } else {
                    eprintln!("{error}: {}", String::from_utf8_lossy(octets));
                    count(&self.tally.broken);
                }
                None
            }
        }
    }

    fn post(&mut self, path: &str, body: &Value, is_disturbed: bool) -> Option<Answer> {
        let fields = format!("{OWNER}{JSON}");
        let octets = request("POST", path, &fields, body.to_string().as_bytes());
        self.ask(&octets, is_disturbed)
    }

    /// Create, upload or sources, publish, read, poll, and now and then cancel.
    fn flow(&mut self, base: &str, is_disturbed: bool) -> Option<()> {
        self.number += 1;
        let name = format!("conformance-owner.test:w{}-{}", self.worker, self.number);
        let manifest = json!({
            "packageType": "component", "name": name, "version": "1.0.0",
            "contentDigest": {"sha256": digest()},
        });
        let created = self.post(&format!("{base}releases"), &manifest, is_disturbed)?;
        let release = format!("{base}components/{name}/v1.0.0");
        let created: Value = serde_json::from_slice(&created.body).unwrap_or_default();
        if self.draw(4) == 0 {
            let nobody = json!({"contentSources": [{"url": "http://127.0.0.1:1/nothing"}]});
            self.post(&format!("{release}/content-sources"), &nobody, is_disturbed);
        } else if let Some(url) = created["uploadUrl"].as_str() {
            let path = url.splitn(4, '/').nth(3).unwrap_or_default();
            let fields = format!("{OWNER}content-type: application/wasm\r\n");
            let upload = request("POST", &format!("/{path}"), &fields, CONTENT);
            self.ask(&upload, is_disturbed);
        }
        let signed = json!({"releaseSignature": self.sign(manifest.to_string().as_bytes())});
        self.post(&release, &signed, is_disturbed);
        for _ in 0..=self.draw(4) {
            let status = request("GET", &format!("{release}/unpublished"), OWNER, b"");
            self.ask(&status, is_disturbed);
            let get = request("GET", &release, "", b"");
            self.ask(&get, is_disturbed);
        }
        if self.draw(3) == 0 {
            let cancel = request("DELETE", &format!("{release}/unpublished"), OWNER, b"");
            self.ask(&cancel, is_disturbed);
        }
        Some(())
    }

    fn sign(&self, payload: &[u8]) -> Value {
        let protected = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256","kid":"owner-es256"}"#);
        let payload = URL_SAFE_NO_PAD.encode(payload);
        let message = format!("{protected}.{payload}");
        let signature = self.signer.sign(message.as_bytes()).expect("a signature");
        let signature = URL_SAFE_NO_PAD.encode(signature);
        json!({"payload": payload, "signatures": [{"protected": protected, "signature": signature}]})
    }

    /// A session with a mode and faults of its own, used, looked at and deleted.
    fn session(&mut self) {
        let modes = ["immediate", "polls:2", "delay:50ms", "manual"];
        let mode = modes[usize::try_from(self.draw(4)).unwrap_or(0)];
        let options = json!({"processing": mode, "plain": self.draw(2) == 0});
        let Some(made) = self.post("/__admin/sessions", &options, false) else {
            return;
        };
        count(&self.tally.sessions);
        let made: Value = serde_json::from_slice(&made.body).expect("a document");
        let id = made["id"].as_str().expect("an id").to_owned();
        let base = format!("/s/{id}/");
        let faults: Vec<Value> = (0..self.draw(4)).map(|_| self.fault()).collect();
        let is_disturbed = !faults.is_empty();
        if is_disturbed {
            self.post(&format!("{base}__admin/faults"), &json!(faults), false);
        }
        for _ in 0..=self.draw(4) {
            self.flow(&base, is_disturbed);
        }
        let matcher = json!({"operation": "publish", "status": "2xx"});
        self.post(&format!("{base}__admin/requests/count"), &matcher, false);
        let journal = request("GET", &format!("{base}__admin/requests"), "", b"");
        self.ask(&journal, false);
        let delete = request("DELETE", &format!("/__admin/sessions/{id}"), "", b"");
        self.ask(&delete, false);
    }

    fn fault(&mut self) -> Value {
        let faults = [
            json!({"status": 503, "retry-after": 1}),
            json!({"status": 429, "body": "x".repeat(1000)}),
            json!({"delay": "5ms"}),
            json!({"stall": "5ms"}),
            json!({"connection": "CONNECTION_RESET_BY_PEER"}),
            json!({"connection": "EMPTY_RESPONSE"}),
            json!({"connection": "MALFORMED_RESPONSE_CHUNK"}),
            json!({"connection": "RANDOM_DATA_THEN_CLOSE"}),
            json!({"truncate": 10}),
            json!({"dribble": {"bytes": 64, "every": "1ms"}}),
        ];
        let position = usize::try_from(self.draw(faults.len() as u64)).unwrap_or(0);
        let phase = if self.draw(2) == 0 { "before" } else { "after" };
        json!({"phase": phase, "when": {"probability": 0.3}, "fault": faults[position]})
    }

    /// Begins something and goes away.
    fn leave_in_the_middle(&mut self) {
        let get = request("GET", "/components/a.test:b/v1.0.0", "", b"");
        let beginnings: [Vec<u8>; 5] = [
            Vec::new(),
            b"GET /comp".to_vec(),
            format!(
                "POST /releases HTTP/1.1\r\nhost: a\r\n{OWNER}{JSON}content-length: 99\r\n\r\n{{"
            )
            .into_bytes(),
            get.repeat(50),
            b"\x16\x03\x01no HTTP\r\n\r\n".to_vec(),
        ];
        for beginning in beginnings {
            count(&self.tally.requests);
            let client = Client::open(self.address);
            let _ = client.and_then(|mut client| client.stream.write_all(&beginning));
        }
    }

    /// Asks control for everything there is.
    fn look_around(&mut self) {
        for path in [
            "",
            "health",
            "metrics",
            "faults",
            "clock",
            "requests?limit=100",
        ] {
            let octets = request("GET", &format!("/__admin/{path}"), "", b"");
            self.ask(&octets, false);
        }
    }
}

/// Digest of the content index of the content (section 2 of the profile).
fn digest() -> String {
    let mut index = Sha256::digest(CONTENT).to_vec();
    index.extend([14, 0]);
    index.extend(b"component.wasm");
    hex::encode(Sha256::digest(&index))
}
