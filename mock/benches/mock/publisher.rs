//! A publisher whose requests are made in advance.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::{
    jwk::Jwk,
    jws::{ES256, JwsSigner},
};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::wire::{Answer, Connection, get, request};

const KEYS: &str = include_str!("../../tests/it/private-keys.jwks");
const OWNER: &str = "authorization: Bearer conformance-owner\r\n";
const JSON: &str = "content-type: application/json\r\n";
const EMPTY_COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// The requests of one flow, less the path of the upload, which the registry says.
pub(crate) struct Flow {
    pub(crate) create: Vec<u8>,
    pub(crate) publish: Vec<u8>,
    pub(crate) get: Vec<u8>,
    /// What was signed, and the signature.
    pub(crate) signed: (Vec<u8>, Vec<u8>),
}

pub(crate) struct Publisher {
    signer: Box<dyn JwsSigner>,
    pub(crate) content: Vec<u8>,
    digest: String,
}

impl Publisher {
    /// A publisher of this content.
    pub(crate) fn of(content: Vec<u8>) -> Self {
        let signer = ES256.signer_from_jwk(&key()).expect("a key");
        Self {
            signer: Box::new(signer),
            digest: component_digest(&content),
            content,
        }
    }

    pub(crate) fn flow(&self, name: &str) -> Flow {
        let manifest = json!({
            "packageType": "component",
            "name": format!("conformance-owner.test:{name}"),
            "version": "1.0.0",
            "contentDigest": {"sha256": self.digest},
        })
        .to_string();
        let payload = URL_SAFE_NO_PAD.encode(&manifest);
        let protected = URL_SAFE_NO_PAD.encode(r#"{"alg":"ES256","kid":"owner-es256"}"#);
        let message = format!("{protected}.{payload}").into_bytes();
        let signature = self.signer.sign(&message).expect("a signature");
        let body = json!({"releaseSignature": {
            "payload": payload,
            "signatures": [{"protected": protected, "signature": URL_SAFE_NO_PAD.encode(&signature)}],
        }})
        .to_string();
        let path = format!("/components/conformance-owner.test:{name}/v1.0.0");
        let fields = format!("{OWNER}{JSON}");
        Flow {
            create: request("POST", "/releases", &fields, manifest.as_bytes()),
            publish: request("POST", &path, &fields, body.as_bytes()),
            get: get(&path),
            signed: (message, signature),
        }
    }

    /// The request that uploads the content.
    pub(crate) fn upload(&self, path: &str) -> Vec<u8> {
        let fields = format!("{OWNER}content-type: application/wasm\r\n");
        request("POST", path, &fields, &self.content)
    }

    /// Creates; the request that uploads what belongs to it.
    pub(crate) fn created(&self, flow: &Flow, connection: &mut Connection) -> Vec<u8> {
        self.upload_to(&connection.ask(&flow.create).expect(201))
    }

    fn upload_to(&self, created: &Answer<'_>) -> Vec<u8> {
        let url = created.text_of("uploadUrl").expect("a place to upload to");
        let path = url.splitn(4, '/').nth(3).expect("a path");
        self.upload(&format!("/{path}"))
    }

    /// Creates, uploads, publishes and gets; lengths of the four answers.
    pub(crate) fn carry_out(&self, flow: &Flow, connection: &mut Connection) -> [usize; 4] {
        let created = connection.ask(&flow.create).expect(201);
        let upload = self.upload_to(&created);
        let created = created.octets.len();
        let uploaded = connection.ask(&upload).expect(204).octets.len();
        let published = connection.ask(&flow.publish).expect(201).octets.len();
        let got = connection.ask(&flow.get).expect(200).octets.len();
        [created, uploaded, published, got]
    }
}

/// The key that signs.
pub(crate) fn key() -> Jwk {
    let keys: Value = serde_json::from_str(KEYS).expect("keys");
    let key = keys["keys"]
        .as_array()
        .and_then(|keys| keys.iter().find(|key| key["kid"] == "owner-es256"))
        .and_then(Value::as_object)
        .expect("the owner's key");
    Jwk::from_map(key.clone()).expect("a key")
}

/// A component of about so many bytes: a custom section with nothing in it that compresses.
pub(crate) fn component(bytes: usize) -> Vec<u8> {
    let mut component = EMPTY_COMPONENT.to_vec();
    let Some(filling) = bytes.checked_sub(16).filter(|filling| *filling > 0) else {
        return component;
    };
    component.push(0);
    // A size in LEB128, always of five octets.
    let mut size = filling + 2;
    for last in [false, false, false, false, true] {
        let septet = u8::try_from(size & 0x7f).expect("seven bits");
        component.push(if last { septet } else { septet | 0x80 });
        size >>= 7;
    }
    component.extend(*b"\x01x");
    let mut state = 1_u64;
    component.extend((0..filling).map(|_| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (state >> 56) as u8
    }));
    component
}

/// Digest of the content index of a component alone (section 2 of the profile).
fn component_digest(content: &[u8]) -> String {
    const PATH: &[u8] = b"component.wasm";
    let mut index = Sha256::digest(content).to_vec();
    index.extend(
        u16::try_from(PATH.len())
            .expect("a short path")
            .to_le_bytes(),
    );
    index.extend(PATH);
    hex::encode(Sha256::digest(&index))
}
