//! People who sign in: every refusal that a careless client would meet.

use super::Bench;
use graph_emulator::{Options, Tenant};
use reqwest::Response;
use serde_json::Value;
use std::{collections::BTreeMap, time::Duration};

const SCOPE: &str = "openid offline_access https://graph.microsoft.com/User.Read.All";
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT: &str = "http://localhost:1234";

fn form(fields: &[(&str, &str)]) -> String {
    url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(fields)
        .finish()
}

fn address(bench: &Bench, endpoint: &str) -> String {
    let tenant = bench.emulator.tenant().id;
    format!(
        "{}/{tenant}/oauth2/v2.0/{endpoint}",
        bench.emulator.login_url()
    )
}

async fn post(bench: &Bench, endpoint: &str, fields: &[(&str, &str)]) -> (u16, Value) {
    let client = bench.emulator.options().client_id.clone();
    let mut all = vec![("client_id", client.as_str())];
    all.extend(fields);
    let response = bench
        .client
        .post(address(bench, endpoint))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form(&all))
        .send()
        .await
        .unwrap();
    let status = response.status().as_u16();
    let body = response.bytes().await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

/// What `authorize` answers, with some fields changed; the redirect is not followed.
async fn authorize(bench: &Bench, changed: &[(&str, &str)]) -> Response {
    let client = bench.emulator.options().client_id.clone();
    let mut fields = BTreeMap::from([
        ("client_id", client.as_str()),
        ("response_type", "code"),
        ("redirect_uri", REDIRECT),
        ("scope", SCOPE),
        ("state", "s&1"),
        ("nonce", "n"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    fields.extend(changed.iter().copied());
    let fields: Vec<_> = fields.into_iter().collect();
    let client = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .build()
        .unwrap();
    let address = format!("{}?{}", address(bench, "authorize"), form(&fields));
    client.get(address).send().await.unwrap()
}

async fn code(bench: &Bench) -> String {
    let response = authorize(bench, &[]).await;
    assert_eq!(response.status().as_u16(), 302);
    let location = response.headers()["location"].to_str().unwrap().to_owned();
    let location = url::Url::parse(&location).unwrap();
    assert_eq!(
        (location.host_str(), location.port(), location.path()),
        (Some("localhost"), Some(1234), "/")
    );
    let back: BTreeMap<_, _> = location.query_pairs().into_owned().collect();
    assert_eq!(back["state"], "s&1");
    back["code"].clone()
}

async fn exchange(bench: &Bench, code: &str, changed: &[(&str, &str)]) -> (u16, Value) {
    let mut fields = BTreeMap::from([
        ("grant_type", "authorization_code"),
        ("code", code),
        ("redirect_uri", REDIRECT),
        ("code_verifier", VERIFIER),
    ]);
    fields.extend(changed.iter().copied());
    let fields: Vec<_> = fields.into_iter().collect();
    post(bench, "token", &fields).await
}

async fn refresh(bench: &Bench, token: &str) -> (u16, Value) {
    post(
        bench,
        "token",
        &[("grant_type", "refresh_token"), ("refresh_token", token)],
    )
    .await
}

#[tokio::test]
async fn a_code_gives_tokens_that_name_scopes_and_work_at_graph() {
    let mut bench = Bench::new(
        Tenant::small(),
        Options {
            roles: vec!["Policy.Read.All".to_owned()],
            ..Options::default()
        },
    );
    let code = code(&bench).await;
    let (status, body) = exchange(&bench, &code, &[]).await;
    assert_eq!(status, 200, "{body}");
    let scope = body["scope"].as_str().unwrap();
    assert!(scope.contains("/User.Read.All") && scope.contains("/Policy.Read.All"));
    assert!(body["id_token"].is_string());
    bench.token = body["access_token"].as_str().unwrap().to_owned();
    assert_eq!(bench.ask("users?$top=1").await.0, 200);
    assert_eq!(
        bench.ask("auditLogs/signIns").await.0,
        403,
        "it was not asked for"
    );
    let (status, again) = exchange(&bench, &code, &[]).await;
    assert_eq!(
        (status, again["error_codes"][0].as_u64()),
        (400, Some(54005))
    );
}

#[tokio::test]
async fn a_careless_exchange_is_refused() {
    let bench = Bench::small();
    for (changed, number) in [
        (
            (
                "code_verifier",
                "another-verifier-another-verifier-another-verif",
            ),
            501_481,
        ),
        (("redirect_uri", "http://localhost:9"), 500_112),
        (("code", "nonsense"), 9_002_313),
        (("code_verifier", ""), 900_144),
        (("client_secret", "x"), 700_025),
    ] {
        let code = code(&bench).await;
        let (_, body) = exchange(&bench, &code, &[changed]).await;
        assert_eq!(body["error_codes"][0], number, "{changed:?}");
    }
    let late = code(&bench).await;
    bench.emulator.advance_clock(Duration::from_secs(601));
    assert_eq!(
        exchange(&bench, &late, &[]).await.1["error_codes"][0],
        70008
    );
}

#[tokio::test]
async fn a_careless_page_is_shown_and_not_sent_back() {
    let bench = Bench::small();
    for changed in [
        ("redirect_uri", "https://evil.example/"),
        ("redirect_uri", "http://127.0.0.1:1234"),
        ("redirect_uri", "http://localhost:1234/callback"),
        ("code_challenge_method", "plain"),
        ("code_challenge", "short"),
        ("response_type", "token"),
        ("client_id", "nobody"),
        ("scope", "https://graph.microsoft.us/User.Read.All"),
    ] {
        let response = authorize(&bench, &[changed]).await;
        assert_eq!(response.status().as_u16(), 400, "{changed:?}");
        assert!(response.text().await.unwrap().contains("AADSTS"));
    }
    bench.emulator.people_decline(true);
    let location = authorize(&bench, &[]).await.headers()["location"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(location.contains("error=access_denied") && location.contains("state=s%261"));
    assert!(!location.contains("code="));
}

#[tokio::test]
async fn a_refresh_token_works_once_and_not_after_it_was_revoked() {
    let bench = Bench::small();
    let code = code(&bench).await;
    let first = exchange(&bench, &code, &[]).await.1["refresh_token"]
        .as_str()
        .unwrap()
        .to_owned();
    let (status, body) = refresh(&bench, &first).await;
    assert_eq!(status, 200);
    let second = body["refresh_token"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    let (status, body) = refresh(&bench, &first).await;
    assert_eq!(
        (status, body["error"].as_str()),
        (400, Some("invalid_grant"))
    );
    assert_eq!(
        bench.emulator.refresh_tokens(),
        std::slice::from_ref(&second)
    );
    bench.emulator.revoke_sign_ins();
    assert_eq!(refresh(&bench, &second).await.1["error_codes"][0], 50173);
}

#[tokio::test]
async fn a_device_code_waits_for_its_person() {
    let bench = Bench::small();
    let (status, body) = post(&bench, "devicecode", &[("scope", SCOPE)]).await;
    assert_eq!(status, 200);
    assert_eq!(
        (body["interval"].as_u64(), body["expires_in"].as_u64()),
        (Some(1), Some(900))
    );
    let (device, user) = (
        body["device_code"].as_str().unwrap(),
        body["user_code"].as_str().unwrap(),
    );
    let grant = "urn:ietf:params:oauth:grant-type:device_code";
    let poll = async |device: &str| {
        post(
            &bench,
            "token",
            &[("grant_type", grant), ("device_code", device)],
        )
        .await
    };
    assert_eq!(poll(device).await.1["error"], "authorization_pending");
    assert_eq!(poll("other").await.1["error"], "bad_verification_code");
    assert!(!bench.emulator.enter_code("other", true));
    assert_eq!(bench.emulator.waiting_codes(), [user]);
    assert!(bench.emulator.enter_code(user, true));
    let (status, tokens) = poll(device).await;
    assert_eq!(status, 200);
    assert!(tokens["refresh_token"].is_string());
    assert_eq!(
        poll(device).await.1["error"],
        "bad_verification_code",
        "it works once"
    );
    let (_, body) = post(&bench, "devicecode", &[("scope", SCOPE)]).await;
    let (device, user) = (
        body["device_code"].as_str().unwrap(),
        body["user_code"].as_str().unwrap(),
    );
    assert!(bench.emulator.enter_code(user, false));
    assert_eq!(poll(device).await.1["error"], "authorization_declined");
    let (_, body) = post(&bench, "devicecode", &[("scope", SCOPE)]).await;
    bench.emulator.advance_clock(Duration::from_secs(901));
    let device = body["device_code"].as_str().unwrap();
    assert_eq!(poll(device).await.1["error"], "expired_token");
}
