#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;
use crate::{
    Answer, ErrorClass, HttpClient, HttpPolicy, MemoryLog, ProviderError,
    http::tests::server::{Reply, Server, json, status},
};
use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der},
    rsa::KeySize,
    signature::{KeyPair, RSA_PSS_2048_8192_SHA256, RsaKeyPair, UnparsedPublicKey},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use evidence::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

const NOW: i64 = 1_700_000_000;

fn pem(kind: &str, der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let lines: Vec<&str> = text
        .as_bytes()
        .chunks(64)
        .map(|line| std::str::from_utf8(line).unwrap())
        .collect();
    format!(
        "-----BEGIN {kind}-----\n{}\n-----END {kind}-----\n",
        lines.join("\n")
    )
}

/// A key, and bytes that stand for its certificate: all that is looked for in them is the public key.
fn key(size: KeySize) -> (RsaKeyPair, Vec<u8>, Vec<u8>) {
    let key = RsaKeyPair::generate(size).unwrap();
    let public: PublicKeyX509Der<'_> = key.public_key().as_der().unwrap();
    let certificate = [b"certificate of ".as_slice(), public.as_ref(), b" signed"].concat();
    let private: Pkcs8V1Der<'_> = key.as_der().unwrap();
    let private = private.as_ref().to_vec();
    (key, certificate, private)
}

#[test]
fn an_assertion_says_who_asks_whom_and_is_signed() {
    let (key, certificate, private) = key(KeySize::Rsa2048);
    let text = pem("PRIVATE KEY", &private) + &pem("CERTIFICATE", &certificate);
    let signer = CertificateKey::from_pem(&SecretString::from(text)).unwrap();
    assert_eq!(
        signer.thumbprint(),
        URL_SAFE_NO_PAD.encode(Sha256::digest(&certificate))
    );
    let token = signer
        .assertion(
            "client",
            "https://login.example/t",
            Timestamp::from_unix(NOW),
        )
        .unwrap();
    let token = token.expose_secret();
    let parts: Vec<&str> = token.split('.').collect();
    let read = |part: &str| -> Value {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
    };
    let header = read(parts[0]);
    assert_eq!(
        (&header["alg"], &header["typ"]),
        (&"PS256".into(), &"JWT".into())
    );
    assert_eq!(header["x5t#S256"], signer.thumbprint());
    let claims = read(parts[1]);
    assert_eq!(
        (&claims["iss"], &claims["sub"], &claims["aud"]),
        (
            &"client".into(),
            &"client".into(),
            &"https://login.example/t".into()
        )
    );
    assert_eq!(
        (&claims["nbf"], &claims["iat"], &claims["exp"]),
        (&(NOW - 60).into(), &NOW.into(), &(NOW + 540).into())
    );
    let again = signer
        .assertion("client", "x", Timestamp::from_unix(NOW))
        .unwrap();
    assert_ne!(
        read(again.expose_secret().split('.').nth(1).unwrap())["jti"],
        claims["jti"],
        "each has its own id"
    );
    let signed = format!("{}.{}", parts[0], parts[1]);
    let signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
    let public = UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, key.public_key().as_ref());
    public.verify(signed.as_bytes(), &signature).unwrap();
    assert!(!format!("{signer:?}").contains("key:"));
}

#[test]
fn what_does_not_fit_is_named() {
    let (_, certificate, private) = key(KeySize::Rsa2048);
    let (_, stranger, _) = key(KeySize::Rsa2048);
    let read = |text: String| CertificateKey::from_pem(&SecretString::from(text)).unwrap_err();
    let (cert, private) = (
        pem("CERTIFICATE", &certificate),
        pem("PRIVATE KEY", &private),
    );
    assert_eq!(read(private.clone()), SigningKeyError::NoCertificate);
    assert_eq!(read(cert.clone()), SigningKeyError::NoKey);
    assert_eq!(
        read(cert.clone() + &pem("ENCRYPTED PRIVATE KEY", b"x")),
        SigningKeyError::NoKey
    );
    assert_eq!(
        read(cert.clone() + &pem("PRIVATE KEY", b"not a key")),
        SigningKeyError::NotRsa
    );
    assert_eq!(
        read(pem("CERTIFICATE", &stranger) + &private),
        SigningKeyError::Mismatch
    );
    assert_eq!(read(String::new()), SigningKeyError::NoCertificate);
}

fn source(server: &Server, clock: Arc<FixedClock>, credential: ClientCredential) -> TokenSource {
    let policy = HttpPolicy {
        pacing: false,
        backoff_base: Duration::from_millis(1),
        ..HttpPolicy::default()
    };
    let client = HttpClient::new(policy, Arc::new(MemoryLog::default())).unwrap();
    let request = TokenRequest {
        endpoint: server.url.clone(),
        client_id: "app".to_owned(),
        scope: Some("https://graph.example/.default".to_owned()),
        extra: Vec::new(),
        refusal: |answer: &Answer| {
            ProviderError::new(
                ErrorClass::Authentication,
                "wrong_secret",
                "Refused.",
                answer.status.to_string(),
                "Fix it.",
            )
        },
    };
    TokenSource::new(client, clock, request, credential)
}

fn secret() -> ClientCredential {
    ClientCredential::Secret(SecretString::from("s&=+ CANARY"))
}

fn token(token: &str, life: &str) -> Reply {
    json(&format!(
        "{{\"token_type\":\"Bearer\",\"expires_in\":{life},\"access_token\":\"{token}\"}}"
    ))
}

#[tokio::test]
async fn a_token_is_kept_and_renewed_five_minutes_early() {
    let server = Server::start(vec![
        token("one", "3599"),
        token("two", "\"3599\""),
        token("three", "60"),
    ])
    .await;
    let clock = Arc::new(FixedClock::at(Timestamp::from_unix(NOW)));
    let source = source(&server, clock.clone(), secret());
    let cancel = CancellationToken::new();
    let get = async || source.token(&cancel).await.unwrap();
    assert_eq!(get().await.token.expose_secret(), "one");
    assert!(server.requests()[0].ends_with(
        "grant_type=client_credentials&client_id=app&scope=https%3A%2F%2Fgraph.example%2F.default&client_secret=s%26%3D%2B+CANARY"
    ));
    clock.advance(3298);
    assert_eq!(get().await.token.expose_secret(), "one");
    clock.advance(1);
    let two = get().await;
    assert_eq!(
        (two.token.expose_secret(), two.expires_at.unix()),
        ("two", NOW + 3299 + 3599)
    );
    source.forget(&two).await;
    assert_eq!(
        get().await.token.expose_secret(),
        "three",
        "a refused one is not used again"
    );
    clock.advance(29);
    assert_eq!(get().await.token.expose_secret(), "three");
    source.forget(&two).await;
    assert_eq!(
        get().await.token.expose_secret(),
        "three",
        "the newer one stays"
    );
    clock.advance(1);
    get().await;
    assert_eq!(server.count(), 4, "a short life is renewed at its half");
    assert!(
        !format!("{source:?} {two:?}").contains("CANARY") && !format!("{two:?}").contains("two")
    );
}

#[tokio::test]
async fn many_askers_at_once_make_one_request() {
    let server = Server::start(vec![token("one", "3599")]).await;
    let source = source(
        &server,
        Arc::new(FixedClock::at(Timestamp::from_unix(NOW))),
        secret(),
    );
    let cancel = CancellationToken::new();
    let all = futures::future::join_all((0..20).map(|_| source.token(&cancel))).await;
    assert!(all.iter().all(Result::is_ok));
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_certificate_signs_in_with_an_assertion() {
    let (_, certificate, private) = key(KeySize::Rsa2048);
    let text = SecretString::from(pem("CERTIFICATE", &certificate) + &pem("PRIVATE KEY", &private));
    let key = Arc::new(CertificateKey::from_pem(&text).unwrap());
    let server = Server::start(vec![token("one", "3599")]).await;
    let source = source(
        &server,
        Arc::new(FixedClock::at(Timestamp::from_unix(NOW))),
        ClientCredential::Certificate(key),
    );
    source.token(&CancellationToken::new()).await.unwrap();
    let request = &server.requests()[0];
    assert!(request.contains("client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=ey"));
    assert!(!request.contains("client_secret"));
}

#[tokio::test]
async fn refusals_are_explained_and_odd_answers_are_malformed_without_repeating_them() {
    let clock = || Arc::new(FixedClock::at(Timestamp::from_unix(NOW)));
    let server = Server::start(vec![status("401 No", "")]).await;
    let error = source(&server, clock(), secret())
        .token(&CancellationToken::new())
        .await
        .unwrap_err();
    assert_eq!((error.code.as_str(), server.count()), ("wrong_secret", 1));
    for odd in [
        "{\"token_type\":\"mac\",\"access_token\":\"CANARY\"}",
        "{\"access_token\":\"\"}",
        "{\"access_token\":\"CANARY\\n\"}",
        "{\"access_token\":7}",
        "{\"token\":\"CANARY\"}",
        "[]",
    ] {
        let server = Server::start(vec![json(odd)]).await;
        let error = source(&server, clock(), secret())
            .token(&CancellationToken::new())
            .await
            .unwrap_err();
        assert_eq!(error.class, ErrorClass::MalformedAnswer, "{odd}");
        assert!(!format!("{error:?}").contains("CANARY"));
    }
}
