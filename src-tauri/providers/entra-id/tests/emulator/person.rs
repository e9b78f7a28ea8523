//! A person signs in: in the browser and with a code, against the emulator, as the engine has it done.

use super::bench::*;
use graph_emulator::{Emulator, Fault, Options, Tenant};
use provider_entra_id::PROVIDER;
use provider_kit::{
    Ask, Connection, ErrorClass, Expects, GrantState, HttpClient, MemoryLog, Provider,
    ProviderError, Session,
    auth::{Attempt, DECLINED, MemorySink, SIGN_IN_AGAIN, SIGNED_IN, SystemClock, Tokens},
    manifest::SignInRequest,
};
use secrecy::ExposeSecret;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use url::Url;

fn http() -> HttpClient {
    HttpClient::new(quick(), Arc::new(MemoryLog::default())).unwrap()
}

fn signing_in(emulator: &Emulator, method: &str) -> (BTreeMap<String, String>, SignInRequest) {
    let mut config = connection(emulator, |_| {}).config;
    config.insert("auth".to_owned(), method.to_owned());
    config.insert("cloud".to_owned(), "custom".to_owned());
    let manifest = PROVIDER.manifest();
    let cloud = manifest.cloud(&config).unwrap();
    let request = manifest
        .sign_in_request(method, &cloud, &config, PROVIDER.refusal())
        .unwrap()
        .unwrap();
    (config, request)
}

async fn begin(emulator: &Emulator, method: &str) -> Result<Attempt, ProviderError> {
    let (_, request) = signing_in(emulator, method);
    let cancel = CancellationToken::new();
    Attempt::begin(http(), Arc::new(SystemClock), request, &cancel).await
}

/// A browser that goes where it is sent.
async fn browse(address: Url) -> (u16, String) {
    let (http, cancel) = (http(), CancellationToken::new());
    let mut address = address;
    loop {
        let ask = Ask::get(address.clone())
            .expects(Expects::Any)
            .handing_over_redirects();
        let answer = http.send(ask, &cancel).await.unwrap();
        match answer.header("location") {
            Some(next) => address = address.join(next).unwrap(),
            None => {
                return (
                    answer.status,
                    String::from_utf8(answer.body.to_vec()).unwrap(),
                );
            }
        }
    }
}

/// A person does what the prompt says.
async fn sign_in(emulator: &Emulator, method: &str) -> Result<Tokens, ProviderError> {
    let attempt = begin(emulator, method).await?;
    let prompt = attempt.prompt();
    let waiting = tokio::spawn(async move { attempt.wait(&CancellationToken::new()).await });
    match &prompt.user_code {
        Some(code) => assert!(emulator.enter_code(code, true)),
        None => assert!(
            browse(prompt.address)
                .await
                .1
                .contains("Go back to CMMCPro")
        ),
    }
    waiting.await.unwrap()
}

fn as_person(emulator: &Emulator, method: &str, tokens: &Tokens) -> (Connection, Arc<MemorySink>) {
    let sink = Arc::new(MemorySink::new(tokens.secrets().unwrap()));
    let connection = connection(emulator, |connection| {
        connection.config = signing_in(emulator, method).0;
        connection.secrets = sink.secrets();
        connection.renewed = sink.clone();
    });
    (connection, sink)
}

async fn open(emulator: &Emulator, method: &str) -> (Box<dyn Session>, Arc<MemorySink>) {
    let tokens = sign_in(emulator, method).await.unwrap();
    let (connection, sink) = as_person(emulator, method, &tokens);
    (PROVIDER.sign_in(connection).await.unwrap(), sink)
}

fn kept(sink: &MemorySink) -> String {
    sink.secrets()[SIGNED_IN].expose_secret().to_owned()
}

fn posts(emulator: &Emulator) -> usize {
    let token = |path: &str| path.ends_with("/oauth2/v2.0/token");
    emulator.log().iter().filter(|one| token(&one.path)).count()
}

#[tokio::test]
async fn both_ways_lead_to_a_session_that_reads_and_renews() {
    for method in ["browser", "device"] {
        let emulator = small();
        let (session, sink) = open(&emulator, method).await;
        assert_eq!(session.identity().id, emulator.tenant().id);
        let grants = session.grants().await.unwrap();
        let granted = |name: &str| {
            grants
                .iter()
                .any(|one| one.permission == name && one.state == GrantState::Granted)
        };
        assert!(
            granted("AuditLog.Read.All") && granted("User.Read.All"),
            "{grants:?}"
        );
        assert!(grants.iter().all(|one| one.permission != "openid"));
        let (pages, completeness) = collect(session.as_ref(), "users").await.unwrap();
        assert!(completeness.complete && pages.rows > 0);
        // Asking what is granted took a new token, which came with a new refresh token: both are kept.
        let before = kept(&sink);
        session.grants().await.unwrap();
        assert_ne!(kept(&sink), before);
        // What was kept is what works: another process goes on with it.
        let mut again = as_person(
            &emulator,
            method,
            &sign_in(&emulator, method).await.unwrap(),
        )
        .0;
        again.secrets = sink.secrets();
        let session = PROVIDER.sign_in(again).await.unwrap();
        session.grants().await.unwrap();
        for request in emulator.log() {
            assert!(
                request.method == "GET" || request.path.contains("/oauth2/v2.0/"),
                "{}",
                request.path
            );
        }
    }
}

#[tokio::test]
async fn a_refused_access_token_is_renewed_once() {
    let emulator = small();
    let (session, _) = open(&emulator, "device").await;
    let before = posts(&emulator);
    emulator
        .faults()
        .set("/v1.0/users", Fault::Unauthorized { times: 1 });
    let (_, completeness) = collect(session.as_ref(), "users").await.unwrap();
    assert!(completeness.complete);
    assert_eq!(posts(&emulator), before + 1);
}

#[tokio::test]
async fn a_revoked_sign_in_asks_for_a_person() {
    let emulator = small();
    let (session, sink) = open(&emulator, "browser").await;
    let before = kept(&sink);
    emulator.revoke_sign_ins();
    let error = session.grants().await.unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.class),
        (SIGN_IN_AGAIN, ErrorClass::Authentication)
    );
    assert!(error.why.contains("ended or was revoked"), "{}", error.why);
    assert!(error.detail.unwrap().contains("AADSTS50173"));
    assert_eq!(kept(&sink), before);
}

#[tokio::test]
async fn excess_scopes_are_named_and_missing_ones_ask_for_delegated_permissions() {
    let options = Options {
        roles: vec!["User.Read.All".to_owned(), "Mail.ReadWrite".to_owned()],
        ..Options::default()
    };
    let emulator = Emulator::start(Tenant::sized(5), options).unwrap();
    let (session, _) = open(&emulator, "device").await;
    let grants = session.grants().await.unwrap();
    let of = |name: &str| grants.iter().find(|one| one.permission == name).unwrap();
    assert_eq!(of("User.Read.All").state, GrantState::Granted);
    assert_eq!(of("Mail.ReadWrite").state, GrantState::Excess);
    assert!(of("Policy.Read.All").fix.contains("delegated permission"));
    let error = collect(session.as_ref(), "conditional-access-policies")
        .await
        .err()
        .unwrap();
    assert_eq!(error.class, ErrorClass::Permission);
    assert!(
        error
            .why
            .contains("the delegated permission Policy.Read.All"),
        "{}",
        error.why
    );
}

#[tokio::test]
async fn a_person_who_refuses_is_told_as_such_in_both_ways() {
    let emulator = small();
    emulator.people_decline(true);
    let attempt = begin(&emulator, "browser").await.unwrap();
    let address = attempt.prompt().address;
    let waiting = tokio::spawn(async move { attempt.wait(&CancellationToken::new()).await });
    assert!(browse(address).await.1.contains("did not sign you in"));
    assert_eq!(waiting.await.unwrap().unwrap_err().code, DECLINED);
    let attempt = begin(&emulator, "device").await.unwrap();
    let code = attempt.prompt().user_code.unwrap();
    assert!(emulator.enter_code(&code, false));
    let error = attempt.wait(&CancellationToken::new()).await.unwrap_err();
    assert_eq!(error.code, DECLINED);
    assert_eq!(
        posts(&emulator),
        1,
        "no code came back, so none was exchanged in the browser's way"
    );
}

#[tokio::test]
async fn a_code_that_nobody_entered_ends() {
    let emulator = small();
    let attempt = begin(&emulator, "device").await.unwrap();
    assert!(
        emulator
            .waiting_codes()
            .contains(&attempt.prompt().user_code.unwrap())
    );
    emulator.advance_clock(Duration::from_secs(901));
    let error = attempt.wait(&CancellationToken::new()).await.unwrap_err();
    assert_eq!(error.code, provider_kit::auth::TOO_LATE);
}

#[tokio::test]
async fn a_tenant_or_app_that_is_not_there_is_named_before_anybody_is_asked() {
    let emulator = small();
    let (mut config, _) = signing_in(&emulator, "device");
    config.insert("tenant_id".to_owned(), "nowhere.example".to_owned());
    let manifest = PROVIDER.manifest();
    let cloud = manifest.cloud(&config).unwrap();
    let request = manifest
        .sign_in_request("device", &cloud, &config, PROVIDER.refusal())
        .unwrap()
        .unwrap();
    let cancel = CancellationToken::new();
    let begun = Attempt::begin(http(), Arc::new(SystemClock), request, &cancel).await;
    assert_eq!(begun.unwrap_err().code, "unknown_tenant");
}

#[tokio::test]
async fn another_tenants_token_is_refused() {
    let emulator = small();
    let tokens = sign_in(&emulator, "device").await.unwrap();
    let (connection, _) = as_person(&emulator, "device", &tokens);
    emulator.faults().set("/", Fault::WrongTenant);
    let stranger = sign_in(&emulator, "device").await.unwrap();
    emulator.faults().clear_all();
    let (mut other, _) = as_person(&emulator, "device", &stranger);
    other.secrets = stranger.secrets().unwrap();
    let error = PROVIDER.sign_in(other).await.err().unwrap();
    assert_eq!(error.class, ErrorClass::Identity);
    assert!(PROVIDER.sign_in(connection).await.is_ok());
}

#[test]
fn every_cloud_has_its_own_addresses_to_sign_in_at() {
    let manifest = PROVIDER.manifest();
    for (cloud, login, audience) in [
        (
            "global",
            "login.microsoftonline.com",
            "https://graph.microsoft.com",
        ),
        (
            "gcc",
            "login.microsoftonline.com",
            "https://graph.microsoft.com",
        ),
        (
            "gcc-high",
            "login.microsoftonline.us",
            "https://graph.microsoft.us",
        ),
        (
            "dod",
            "login.microsoftonline.us",
            "https://dod-graph.microsoft.us",
        ),
        (
            "china",
            "login.partner.microsoftonline.cn",
            "https://microsoftgraph.chinacloudapi.cn",
        ),
    ] {
        let config = [
            ("cloud", cloud),
            ("tenant_id", "harborpoint.example"),
            ("client_id", "c"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        let resolved = manifest.cloud(&config).unwrap();
        let request = |method| {
            manifest
                .sign_in_request(method, &resolved, &config, PROVIDER.refusal())
                .unwrap()
                .unwrap()
        };
        let SignInRequest::Browser(browser) = request("browser") else {
            panic!("{cloud}");
        };
        let base = format!("https://{login}/harborpoint.example/oauth2/v2.0");
        assert_eq!(browser.authorize.as_str(), format!("{base}/authorize"));
        assert_eq!(browser.token.as_str(), format!("{base}/token"));
        let scope = format!("openid offline_access {audience}/.default");
        assert_eq!(browser.scope.as_deref(), Some(scope.as_str()));
        let SignInRequest::Device(device) = request("device") else {
            panic!("{cloud}");
        };
        assert_eq!(device.device.as_str(), format!("{base}/devicecode"));
        assert_eq!(device.scope.as_deref(), Some(scope.as_str()));
    }
}
