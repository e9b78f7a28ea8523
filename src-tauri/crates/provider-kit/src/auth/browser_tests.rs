#![allow(clippy::unwrap_used)]
use super::{super::FixedClock, *};
use crate::{
    ErrorClass, HttpPolicy, MemoryLog,
    http::tests::server::{Reply, Server, json, reply},
};
use evidence::Timestamp;
use std::collections::BTreeMap;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const NOW: i64 = 1_700_000_000;
const TOKENS: &str = r#"{"token_type":"Bearer","access_token":"CANARY-token","expires_in":3599,"refresh_token":"CANARY-refresh"}"#;

fn own_words(answer: &Answer) -> ProviderError {
    let told = super::super::refused(answer);
    match refusal::code(answer).as_deref() {
        Some("blocked") => ProviderError::new(
            ErrorClass::Authentication,
            "own_words",
            "Blocked.",
            answer.json().unwrap()["error_description"].to_string(),
            "Ask.",
        ),
        Some("access_denied") => ProviderError {
            code: "sign_in_refused".to_owned(),
            ..told
        },
        _ => told,
    }
}

struct Try {
    server: Server,
    address: Url,
    query: BTreeMap<String, String>,
    waiting: tokio::task::JoinHandle<Result<Tokens, ProviderError>>,
    cancel: CancellationToken,
}

async fn begin(replies: Vec<Reply>, edit: impl FnOnce(&mut BrowserRequest)) -> Try {
    let server = Server::start(replies).await;
    let policy = HttpPolicy {
        pacing: false,
        attempts: 1,
        ..HttpPolicy::default()
    };
    let http = HttpClient::new(policy, Arc::new(MemoryLog::default())).unwrap();
    let clock = Arc::new(FixedClock::at(Timestamp::from_unix(NOW)));
    let mut request = BrowserRequest {
        authorize: Url::parse("https://login.example/authorize?fixed=1").unwrap(),
        token: server.url.clone(),
        client_id: "app".to_owned(),
        scope: Some("read offline_access".to_owned()),
        redirect: Redirect::Literal,
        extra: vec![("prompt".to_owned(), "select_account".to_owned())],
        issuer: Some("https://login.example/".to_owned()),
        limit: LIMIT,
        refusal: own_words,
    };
    edit(&mut request);
    let flow = BrowserFlow::begin(http, clock, request).await.unwrap();
    let address = flow.address().clone();
    let query = address.query_pairs().into_owned().collect();
    assert!(!format!("{flow:?}").contains("state"));
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    Try {
        server,
        address,
        query,
        waiting: tokio::spawn(async move { flow.wait(&stop).await }),
        cancel,
    }
}

impl Try {
    fn redirect(&self) -> Url {
        Url::parse(&self.query["redirect_uri"]).unwrap()
    }

    fn host(&self) -> String {
        let redirect = self.redirect();
        format!(
            "{}:{}",
            redirect.host_str().unwrap(),
            redirect.port().unwrap()
        )
    }

    /// What the service's page makes the browser ask for.
    fn back(&self, more: &str) -> String {
        let redirect = self.redirect();
        format!("{}?state={}&{more}", redirect.path(), self.query["state"])
    }

    /// Sends a request as it stands, and gives the answer.
    async fn raw(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.redirect().port().unwrap()))
            .await
            .unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer).await;
        answer
    }

    async fn get(&self, target: &str) -> String {
        self.raw(&format!(
            "GET {target} HTTP/1.1\r\nHost: {}\r\n\r\n",
            self.host()
        ))
        .await
    }

    async fn end(self) -> (Server, Result<Tokens, ProviderError>) {
        let ended = tokio::time::timeout(Duration::from_secs(5), self.waiting).await;
        (self.server, ended.unwrap().unwrap())
    }
}

#[tokio::test]
async fn a_sign_in_goes_out_with_a_challenge_and_comes_back_with_the_verifier() {
    let one = begin(vec![json(TOKENS)], |_| {}).await;
    let query = &one.query;
    assert!(
        one.address
            .as_str()
            .starts_with("https://login.example/authorize?fixed=1&")
    );
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["client_id"], "app");
    assert_eq!(query["scope"], "read offline_access");
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["prompt"], "select_account");
    assert!(
        !query.contains_key("nonce"),
        "no identity token was asked for"
    );
    let redirect = one.redirect();
    assert_eq!(
        (redirect.host_str(), redirect.path()),
        (Some("127.0.0.1"), "/callback")
    );
    let page = one
        .get(&one.back("code=CANARY-code&iss=https%3A%2F%2Flogin.example%2F"))
        .await;
    assert!(page.starts_with("HTTP/1.1 200 OK\r\n"));
    for header in [
        "Connection: close",
        "Cache-Control: no-store",
        "Referrer-Policy: no-referrer",
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
        "Content-Type: text/html; charset=utf-8",
    ] {
        assert!(page.contains(header), "{header}");
    }
    assert!(!page.contains("<script") && !page.contains("CANARY") && !page.contains("http://"));
    let (redirect_uri, challenge) = (
        query["redirect_uri"].clone(),
        query["code_challenge"].clone(),
    );
    let (server, tokens) = one.end().await;
    assert_eq!(tokens.unwrap().access.token.expose_secret(), "CANARY-token");
    let sent = &server.requests()[0];
    let form: BTreeMap<String, String> =
        url::form_urlencoded::parse(sent.split("\r\n\r\n").nth(1).unwrap().as_bytes())
            .into_owned()
            .collect();
    assert_eq!(form["grant_type"], "authorization_code");
    assert_eq!(form["code"], "CANARY-code");
    assert_eq!(form["redirect_uri"], redirect_uri);
    assert!(!form.contains_key("client_secret"));
    let verifier = SecretString::from(form["code_verifier"].as_str());
    assert_eq!(pkce::challenge(&verifier), challenge);
}

#[tokio::test]
async fn everything_but_the_one_right_request_is_refused_and_changes_nothing() {
    let one = begin(vec![json(TOKENS)], |_| {}).await;
    let host = one.host();
    let right = one.back("code=c");
    for (request, status) in [
        (
            format!("GET /callback?state=wrong&code=c HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            "400",
        ),
        (
            format!("GET /callback?code=c HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            "400",
        ),
        (
            format!("GET {right}&state=other HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            "400",
        ),
        (
            format!("GET {right}&code=d HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            "400",
        ),
        (
            format!(
                "GET {} HTTP/1.1\r\nHost: {host}\r\n\r\n",
                one.back("nothing=1")
            ),
            "400",
        ),
        (
            format!("GET /favicon.ico HTTP/1.1\r\nHost: {host}\r\n\r\n"),
            "404",
        ),
        (
            format!(
                "GET /Callback{} HTTP/1.1\r\nHost: {host}\r\n\r\n",
                &right[9..]
            ),
            "404",
        ),
        (
            format!("GET {right} HTTP/1.1\r\nHost: rebound.example\r\n\r\n"),
            "421",
        ),
        (
            format!("GET {right} HTTP/1.1\r\nHost: localhost\r\n\r\n"),
            "421",
        ),
        (format!("GET {right} HTTP/1.1\r\n\r\n"), "400"),
        (
            format!("GET {right} HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n"),
            "400",
        ),
        (
            format!("POST {right} HTTP/1.1\r\nHost: {host}\r\nContent-Length: 0\r\n\r\n"),
            "405",
        ),
        ("nonsense\r\n\r\n".to_owned(), "400"),
    ] {
        let answer = one.raw(&request).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{request}: {answer}"
        );
        assert!(!answer.contains(&one.query["state"]));
    }
    // Too much is not read at all.
    let long = format!("GET {right} HTTP/1.1\r\nX: {}\r\n", "a".repeat(9000));
    assert!(!one.raw(&long).await.contains("200"));
    // A connection that never asks keeps nobody waiting.
    let _silent = TcpStream::connect(("127.0.0.1", one.redirect().port().unwrap()))
        .await
        .unwrap();
    assert!(!one.waiting.is_finished());
    assert!(one.get(&right).await.contains("200 OK"));
    let port = one.redirect().port().unwrap();
    let (server, tokens) = one.end().await;
    assert!(tokens.is_ok());
    assert_eq!(server.count(), 1);
    assert!(
        TcpStream::connect(("127.0.0.1", port)).await.is_err(),
        "the port is closed"
    );
}

#[tokio::test]
async fn of_two_callbacks_the_first_counts() {
    let one = begin(vec![json(TOKENS)], |_| {}).await;
    let (first, second) = (one.back("code=first"), one.back("code=second"));
    // Both are connected before either asks.
    let port = one.redirect().port().unwrap();
    let mut early = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let mut late = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    tokio::time::sleep(Duration::from_millis(20)).await;
    let host = one.host();
    let ask = |target: &str| format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
    early.write_all(ask(&first).as_bytes()).await.unwrap();
    let mut answer = String::new();
    early.read_to_string(&mut answer).await.unwrap();
    assert!(answer.contains("200 OK"));
    let _ = late.write_all(ask(&second).as_bytes()).await;
    let mut answer = String::new();
    let _ = late.read_to_string(&mut answer).await;
    assert!(!answer.contains("200 OK"), "{answer}");
    let (server, tokens) = one.end().await;
    assert!(tokens.is_ok());
    assert_eq!(server.count(), 1);
    assert!(server.requests()[0].contains("code=first"));
}

#[tokio::test]
async fn localhost_takes_either_family_and_has_no_path() {
    let one = begin(vec![json(TOKENS)], |request| {
        request.redirect = Redirect::Localhost
    })
    .await;
    let redirect = one.query["redirect_uri"].clone();
    let port = one.redirect().port().unwrap();
    assert_eq!(redirect, format!("http://localhost:{port}"));
    let target = one.back("code=c");
    assert!(target.starts_with("/?state="));
    if let Ok(mut six) = TcpStream::connect(("::1", port)).await {
        six.write_all(format!("GET /x HTTP/1.1\r\nHost: [::1]:{port}\r\n\r\n").as_bytes())
            .await
            .unwrap();
        let mut answer = String::new();
        six.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    }
    assert!(one.get(&target).await.contains("200 OK"));
    assert!(one.end().await.1.is_ok());
}

#[tokio::test]
async fn a_refusal_is_told_in_the_providers_words_without_asking_for_tokens() {
    for (more, code) in [
        (
            "error=access_denied&error_description=no",
            super::super::DECLINED,
        ),
        ("error=blocked&error_description=AADSTS53003", "own_words"),
        ("error=server_error", "service_error"),
        ("error=%3Cscript%3E", "sign_in_refused"),
        ("code=&x=1", "malformed_answer"),
        ("code=c&iss=https%3A%2F%2Fother.example", "malformed_answer"),
    ] {
        let one = begin(vec![json(TOKENS)], |_| {}).await;
        let page = one.get(&one.back(more)).await;
        assert!(page.contains("200 OK") && !page.contains("AADSTS") && !page.contains("script"));
        let (server, error) = one.end().await;
        let error = error.unwrap_err();
        assert_eq!(error.code, code, "{more}");
        assert!(!format!("{error:?}").contains('<'));
        assert_eq!(server.count(), 0);
    }
    // Without the right state even a refusal is nobody's.
    let one = begin(vec![json(TOKENS)], |_| {}).await;
    assert!(
        one.get("/callback?error=access_denied&state=x")
            .await
            .contains("400")
    );
    assert!(!one.waiting.is_finished());
    one.cancel.cancel();
    assert_eq!(one.end().await.1.unwrap_err().class, ErrorClass::Cancelled);
}

#[tokio::test]
async fn the_exchange_can_be_refused_too() {
    let no = reply(
        "400 Bad Request",
        "content-type: application/json\r\n",
        "{\"error\":\"invalid_grant\",\"error_description\":\"CANARY\"}",
    );
    let one = begin(vec![no], |_| {}).await;
    one.get(&one.back("code=c")).await;
    let (server, error) = one.end().await;
    let error = error.unwrap_err();
    assert_eq!(
        (error.code.as_str(), server.count()),
        ("sign_in_refused", 1)
    );
    assert!(!format!("{error:?}").contains("CANARY"));
}

#[tokio::test]
async fn nobody_in_time_is_too_late_and_cancelling_closes_the_port() {
    let one = begin(vec![json(TOKENS)], |request| {
        request.limit = Duration::from_millis(50)
    })
    .await;
    let port = one.redirect().port().unwrap();
    assert_eq!(one.end().await.1.unwrap_err().code, super::super::TOO_LATE);
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
    let one = begin(vec![json(TOKENS)], |_| {}).await;
    let port = one.redirect().port().unwrap();
    one.cancel.cancel();
    assert_eq!(one.end().await.1.unwrap_err().class, ErrorClass::Cancelled);
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
}

fn identity(claims: &serde_json::Value) -> SecretString {
    let body = URL_SAFE_NO_PAD.encode(claims.to_string());
    SecretString::from(format!("e30.{body}.signature"))
}

#[tokio::test]
async fn a_nonce_goes_out_where_openid_is_asked_for() {
    let one = begin(vec![json(TOKENS)], |request| {
        request.scope = Some("openid read".to_owned());
    })
    .await;
    assert_eq!(one.query["nonce"].len(), 43);
    one.get(&one.back("code=c")).await;
    // The answer holds no identity token.
    assert_eq!(
        one.end().await.1.unwrap_err().class,
        ErrorClass::MalformedAnswer
    );
}

#[test]
fn an_identity_token_must_be_this_sign_ins_own() {
    let nonce = SecretString::from("n");
    let good = serde_json::json!({"aud": "app", "nonce": "n", "exp": NOW + 60});
    let check =
        |claims: &serde_json::Value| check_identity(Some(&identity(claims)), &nonce, "app", NOW);
    assert!(check(&good).is_ok());
    let with = |name: &str, value: serde_json::Value| {
        let mut claims = good.clone();
        claims[name] = value;
        check(&claims)
    };
    assert!(with("aud", serde_json::json!(["other", "app"])).is_ok());
    assert!(with("exp", (NOW - 299).into()).is_ok(), "clocks differ");
    for (name, value) in [
        ("aud", serde_json::json!("other")),
        ("aud", serde_json::Value::Null),
        ("nonce", serde_json::json!("m")),
        ("nonce", serde_json::Value::Null),
        ("exp", (NOW - 301).into()),
        ("exp", serde_json::Value::Null),
    ] {
        assert!(with(name, value).is_err(), "{name}");
    }
    for odd in ["", "a.b", "a.e30.c", "opaque"] {
        assert!(check_identity(Some(&SecretString::from(odd)), &nonce, "app", NOW).is_err());
    }
    assert!(check_identity(None, &nonce, "app", NOW).is_err());
}
