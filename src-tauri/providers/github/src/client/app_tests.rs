#![allow(clippy::unwrap_used)]
use super::*;
use crate::client::testing::{answer, connection};
use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    signature::{KeyPair, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey},
};
use base64::engine::general_purpose::STANDARD;
use provider_kit::auth::FixedClock;
use wiremock::{
    Mock, MockServer, Request, ResponseTemplate,
    matchers::{body_json, method, path},
};

const NOW: i64 = 1_795_510_800;

fn pem(name: &str, der: &[u8]) -> SecretString {
    SecretString::from(format!(
        "-----BEGIN {name}-----\n{}\n-----END {name}-----\n",
        STANDARD.encode(der)
    ))
}

/// The key of PKCS#8 text without its envelope: version and algorithm take 26 bytes before it in a key of 2048 bits.
fn key() -> (aws_lc_rs::rsa::KeyPair, Vec<u8>, Vec<u8>) {
    let pair = aws_lc_rs::rsa::KeyPair::generate(KeySize::Rsa2048).unwrap();
    let pkcs8 = AsDer::<Pkcs8V1Der<'_>>::as_der(&pair)
        .unwrap()
        .as_ref()
        .to_vec();
    let pkcs1 = pkcs8[26..].to_vec();
    (pair, pkcs8, pkcs1)
}

fn app(server: &MockServer, clock: Arc<FixedClock>) -> App {
    let (_, pkcs8, _) = key();
    let connection = connection(&server.uri());
    let target = Target::of(&crate::MANIFEST, &connection).unwrap();
    let key = SigningKey::from_pem(&pem("PRIVATE KEY", &pkcs8)).unwrap();
    let wanted = crate::client::credential::wanted(&crate::MANIFEST);
    App::new("Iv23li".to_owned(), key, target, wanted, connection.http).with_clock(clock)
}

fn installation_answer(extra: &str) -> ResponseTemplate {
    let body = format!(
        r#"{{"id":7,"repository_selection":"all","suspended_at":null,"permissions":{{"members":"write","issues":"read"}}{extra}}}"#
    );
    ResponseTemplate::new(200).set_body_raw(body, "application/json")
}

fn token_answer(token: &str, ends: &str) -> ResponseTemplate {
    ResponseTemplate::new(201).set_body_raw(
        format!(r#"{{"token":"{token}","expires_at":"{ends}"}}"#),
        "application/json",
    )
}

#[test]
fn both_kinds_of_key_sign_the_same_statement() {
    let (pair, pkcs8, pkcs1) = key();
    for text in [pem("PRIVATE KEY", &pkcs8), pem("RSA PRIVATE KEY", &pkcs1)] {
        let key = SigningKey::from_pem(&text).unwrap();
        let statement = key.statement("Iv23li", Timestamp::from_unix(NOW)).unwrap();
        let parts: Vec<&str> = statement.expose_secret().split('.').collect();
        let read = |part: &str| -> Value {
            serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
        };
        assert_eq!(read(parts[0]), json!({"alg": "RS256", "typ": "JWT"}));
        assert_eq!(
            read(parts[1]),
            json!({"iat": NOW - 60, "exp": NOW + 540, "iss": "Iv23li"})
        );
        let public = UnparsedPublicKey::new(
            &RSA_PKCS1_2048_8192_SHA256,
            pair.public_key().as_ref().to_vec(),
        );
        let signature = URL_SAFE_NO_PAD.decode(parts[2]).unwrap();
        public
            .verify(format!("{}.{}", parts[0], parts[1]).as_bytes(), &signature)
            .unwrap();
        assert!(!format!("{key:?}").contains("BEGIN"));
    }
}

#[test]
fn what_is_no_key_is_refused_without_repeating_it() {
    let odd = |text: SecretString| SigningKey::from_pem(&text).unwrap_err();
    for text in [
        SecretString::from("CANARY".to_owned()),
        pem("PRIVATE KEY", b"CANARY"),
        pem("RSA PRIVATE KEY", b"CANARY"),
        pem("ENCRYPTED PRIVATE KEY", b"CANARY"),
    ] {
        let error = odd(text);
        assert_eq!(error.class, ErrorClass::Configuration);
        assert!(!format!("{error:?}").contains("CANARY"));
    }
}

#[tokio::test]
async fn a_token_only_reads_is_kept_and_renewed_five_minutes_early() {
    let server = MockServer::start().await;
    Mock::given(path("/orgs/acme/installation"))
        .respond_with(installation_answer(""))
        .expect(1)
        .mount(&server)
        .await;
    // Of what the app has, what is wanted, and no more than to read it.
    let tokens = Mock::given(method("POST"))
        .and(path("/app/installations/7/access_tokens"))
        .and(body_json(json!({"permissions": {"members": "read"}})));
    let count = std::sync::atomic::AtomicU8::new(0);
    tokens
        .respond_with(move |_: &Request| {
            let number = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            token_answer(&format!("ghs_{number}"), "2026-11-24T10:00:00Z")
                .insert_header("date", "Tue, 24 Nov 2026 09:00:00 GMT")
        })
        .mount(&server)
        .await;
    // A clock that is an hour off: the token's life is counted by GitHub's.
    let clock = Arc::new(FixedClock::at(Timestamp::from_unix(NOW + 3600)));
    let app = app(&server, clock.clone());
    let cancel = CancellationToken::new();
    let token = async || app.token(&cancel).await.unwrap().expose_secret().to_owned();
    assert_eq!(token().await, "ghs_0");
    clock.advance(3299);
    assert_eq!(token().await, "ghs_0");
    clock.advance(1);
    assert_eq!(token().await, "ghs_1", "at 55 minutes");
    app.forget(&SecretString::from("ghs_0".to_owned())).await;
    assert_eq!(token().await, "ghs_1", "the newer one stays");
    app.forget(&SecretString::from("ghs_1".to_owned())).await;
    assert_eq!(token().await, "ghs_2", "a refused one is not used again");
}

#[tokio::test]
async fn an_app_that_can_not_sign_in_says_why() {
    for (reply, class, code) in [
        (
            ResponseTemplate::new(404),
            ErrorClass::Configuration,
            "app_not_installed",
        ),
        (
            installation_answer(r#","suspended_at":"2026-01-01T00:00:00Z""#),
            ErrorClass::Authentication,
            "app_suspended",
        ),
        (
            ResponseTemplate::new(401)
                .set_body_string(r#"{"message":"A JSON web token could not be decoded"}"#),
            ErrorClass::Authentication,
            "app_refused",
        ),
        (
            ResponseTemplate::new(401).set_body_string(
                r#"{"message":"'Expiration time' claim ('exp') is too far in the future"}"#,
            ),
            ErrorClass::Authentication,
            "clock_wrong",
        ),
        (
            ResponseTemplate::new(200).set_body_raw("[]", "application/json"),
            ErrorClass::MalformedAnswer,
            "malformed_answer",
        ),
    ] {
        let server = MockServer::start().await;
        Mock::given(path("/orgs/acme/installation"))
            .respond_with(reply)
            .mount(&server)
            .await;
        let clock = Arc::new(FixedClock::at(Timestamp::from_unix(NOW)));
        let error = app(&server, clock)
            .token(&CancellationToken::new())
            .await
            .unwrap_err();
        assert_eq!((error.class, error.code.as_str()), (class, code));
        assert!(!error.fix.is_empty());
    }
}

#[test]
fn an_odd_token_is_malformed_and_not_repeated() {
    let (_, pkcs8, _) = key();
    let connection = connection("http://127.0.0.1:1");
    let app = App::new(
        "1".to_owned(),
        SigningKey::from_pem(&pem("PRIVATE KEY", &pkcs8)).unwrap(),
        Target::of(&crate::MANIFEST, &connection).unwrap(),
        Vec::new(),
        connection.http,
    );
    for body in [
        "[]",
        r#"{"token":"CAN ARY","expires_at":"2026-11-24T10:00:00Z"}"#,
        r#"{"token":"CANARY"}"#,
        r#"{"token":"CANARY","expires_at":"soon"}"#,
    ] {
        let error = app.read(&answer(201, body, &[])).err().unwrap();
        assert_eq!(error.class, ErrorClass::MalformedAnswer);
        assert!(!format!("{error:?}").contains("CAN"));
    }
}
