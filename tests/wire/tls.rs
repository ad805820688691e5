//! HTTPS.

use registry_conformance::wire::{
    Client, ClientIdentity, Ending, RawRequest, Request, WireError, WireOptions,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use url::Url;

use super::support::{client, server};

/// A key and a certificate for `localhost` that vouches for itself, in PEM.
fn certificate() -> (Vec<u8>, Vec<u8>) {
    use openssl::{
        asn1::Asn1Time,
        bn::BigNum,
        ec::{EcGroup, EcKey},
        hash::MessageDigest,
        nid::Nid,
        pkey::PKey,
        x509::{
            X509, X509NameBuilder,
            extension::{BasicConstraints, SubjectAlternativeName},
        },
    };
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).expect("a curve");
    let key = PKey::from_ec_key(EcKey::generate(&group).expect("a key")).expect("a key");
    let mut name = X509NameBuilder::new().expect("a name");
    name.append_entry_by_text("CN", "localhost")
        .expect("a name");
    let name = name.build();
    let mut builder = X509::builder().expect("a builder");
    builder.set_version(2).expect("a version");
    let serial = BigNum::from_u32(1)
        .and_then(|serial| serial.to_asn1_integer())
        .expect("a number");
    builder.set_serial_number(&serial).expect("a number");
    builder.set_subject_name(&name).expect("a subject");
    builder.set_issuer_name(&name).expect("an issuer");
    builder.set_pubkey(&key).expect("a key");
    builder
        .set_not_before(&Asn1Time::days_from_now(0).expect("a time"))
        .expect("a time");
    builder
        .set_not_after(&Asn1Time::days_from_now(1).expect("a time"))
        .expect("a time");
    builder
        .append_extension(BasicConstraints::new().critical().ca().build().expect("it"))
        .expect("it");
    let names = SubjectAlternativeName::new()
        .dns("localhost")
        .build(&builder.x509v3_context(None, None))
        .expect("it");
    builder.append_extension(names).expect("it");
    builder
        .sign(&key, MessageDigest::sha256())
        .expect("a signature");
    (
        builder.build().to_pem().expect("PEM"),
        key.private_key_to_pem_pkcs8().expect("PEM"),
    )
}

#[tokio::test]
async fn https_needs_trust_and_then_carries_the_same() {
    use tokio_native_tls::{TlsAcceptor, native_tls};
    let (certificate, key) = certificate();
    let identity = native_tls::Identity::from_pkcs8(&certificate, &key).expect("an identity");
    let acceptor = TlsAcceptor::from(native_tls::TlsAcceptor::new(identity).expect("an acceptor"));
    let plain = server(move |stream| {
        let acceptor = acceptor.clone();
        async move {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                return;
            };
            let mut got = vec![0; 64 * 1024];
            let read = stream.read(&mut got).await.unwrap_or_default();
            let _ = stream
                .write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {read}\r\n\r\n").as_bytes())
                .await;
            let _ = stream.write_all(&got[..read]).await;
            let _ = stream.shutdown().await;
            // Closing with something unread would reset the connection.
            while stream.read(&mut got).await.is_ok_and(|read| read > 0) {}
        }
    })
    .await;
    let port = plain.port().expect("a port");
    let url = Url::parse(&format!("https://localhost:{port}/x")).expect("a URL");
    let request = Request::new("get", "GET", url.clone());
    assert!(matches!(
        client().send(&request).await.answer,
        Err(WireError::Tls { .. })
    ));

    let options = WireOptions {
        ca: Some(certificate.clone()),
        client_identity: Some(ClientIdentity { certificate, key }),
        ..WireOptions::default()
    };
    let client = Client::new(&options).expect("a client");
    let answer = client.send(&request).await.answer.expect("an answer");
    assert!(answer.complete && answer.body.starts_with(b"GET /x HTTP/1.1\r\n"));
    let raw = |ending| RawRequest {
        name: "raw".into(),
        origin: url.clone(),
        pieces: vec!["odd".into()],
        ending,
    };
    let answer = client
        .send_raw(&raw(Ending::HalfClose))
        .await
        .answer
        .expect("an answer");
    assert_eq!(&answer.body[..], b"odd");
    assert_eq!(
        client.send_raw(&raw(Ending::Reset)).await.answer,
        Err(WireError::NotAwaited)
    );
    // The certificate is for another host.
    let elsewhere = Request::new(
        "get",
        "GET",
        Url::parse(&format!("https://127.0.0.1:{port}/")).expect("a URL"),
    );
    assert!(matches!(
        client.send(&elsewhere).await.answer,
        Err(WireError::Tls { .. })
    ));
}

#[test]
fn unusable_certificates_are_refused_at_once() {
    for ca in [
        "",
        "-----BEGIN CERTIFICATE-----\nxx\n-----END CERTIFICATE-----\n",
        "no PEM",
    ] {
        let options = WireOptions {
            ca: Some(ca.into()),
            ..WireOptions::default()
        };
        assert!(Client::new(&options).is_err(), "{ca:?}");
    }
    let client_identity = Some(ClientIdentity {
        certificate: "x".into(),
        key: "y".into(),
    });
    assert!(
        Client::new(&WireOptions {
            client_identity,
            ..WireOptions::default()
        })
        .is_err()
    );
}
