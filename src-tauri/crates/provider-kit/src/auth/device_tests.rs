#![allow(clippy::unwrap_used)]
use super::{super::FixedClock, *};
use crate::{
    ErrorClass, HttpPolicy, MemoryLog,
    http::tests::server::{Reply, Server, json, reply, status},
};
use evidence::Timestamp;

const CODE: &str = r#"{"device_code":"CANARY-device","user_code":"WDJB-MJHT","verification_uri":"https://login.example/device","expires_in":900,"interval":5}"#;
const TOKENS: &str = r#"{"token_type":"bearer","access_token":"CANARY-token","expires_in":28800,"refresh_token":"CANARY-refresh","refresh_token_expires_in":15897600,"scope":"read"}"#;

fn http() -> HttpClient {
    let policy = HttpPolicy {
        pacing: false,
        attempts: 1,
        ..HttpPolicy::default()
    };
    HttpClient::new(policy, Arc::new(MemoryLog::default())).unwrap()
}

fn clock() -> Arc<dyn Clock> {
    Arc::new(FixedClock::at(Timestamp::from_unix(1_700_000_000)))
}

fn own_words(answer: &Answer) -> ProviderError {
    let code = refusal::code(answer).unwrap_or_default();
    let name = if code == "access_denied" {
        "sign_in_refused"
    } else {
        "own_words"
    };
    ProviderError::new(
        ErrorClass::Configuration,
        name,
        "Refused.",
        code,
        "Mend it.",
    )
}

fn request(server: &Server) -> DeviceRequest {
    DeviceRequest {
        device: server.url.clone(),
        token: server.url.clone(),
        client_id: "app".to_owned(),
        scope: Some("read offline_access".to_owned()),
        extra: vec![("audience".to_owned(), "a b".to_owned())],
        refusal: own_words,
    }
}

async fn begin(replies: Vec<Reply>) -> (Server, Result<DeviceFlow, ProviderError>) {
    let server = Server::start(replies).await;
    let flow =
        DeviceFlow::begin(http(), clock(), request(&server), &CancellationToken::new()).await;
    (server, flow)
}

/// A flow whose seconds are milliseconds.
async fn quick(replies: Vec<Reply>) -> (Server, DeviceFlow) {
    let (server, flow) = begin(replies).await;
    let mut flow = flow.unwrap();
    flow.second = Duration::from_millis(1);
    (server, flow)
}

fn refused(code: &str) -> Reply {
    reply(
        "400 Bad Request",
        "content-type: application/json\r\n",
        format!("{{\"error\":\"{code}\"}}"),
    )
}

#[tokio::test]
async fn a_code_is_asked_for_and_shown() {
    let (server, flow) = begin(vec![json(CODE)]).await;
    let flow = flow.unwrap();
    assert_eq!(flow.user_code(), "WDJB-MJHT");
    assert_eq!(flow.verification().as_str(), "https://login.example/device");
    assert_eq!(flow.life(), Duration::from_secs(900));
    let sent = &server.requests()[0];
    assert!(sent.ends_with("client_id=app&scope=read+offline_access&audience=a+b"));
    assert!(sent.to_lowercase().contains("accept: application/json"));
    assert!(!format!("{flow:?}").contains("CANARY"));
}

#[tokio::test]
async fn waiting_ends_with_tokens_after_pending_ones_of_either_kind() {
    let (server, flow) = quick(vec![
        json(CODE),
        refused("authorization_pending"),
        json("{\"error\":\"authorization_pending\"}"),
        refused("slow_down"),
        json(TOKENS),
    ])
    .await;
    let tokens = flow.wait(&CancellationToken::new()).await.unwrap();
    assert_eq!(tokens.access.token.expose_secret(), "CANARY-token");
    assert_eq!(
        tokens.refresh.as_ref().unwrap().expose_secret(),
        "CANARY-refresh"
    );
    assert_eq!(
        tokens.refresh_expires_at.unwrap().unix(),
        1_700_000_000 + 15_897_600
    );
    assert_eq!(server.count(), 5);
    assert!(server.requests()[1].ends_with(
        "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&client_id=app&device_code=CANARY-device"
    ));
    assert!(!format!("{tokens:?}").contains("CANARY"));
}

#[tokio::test]
async fn every_end_has_its_own_error() {
    for (answer, code) in [
        (refused("expired_token"), super::super::TOO_LATE),
        (refused("bad_verification_code"), super::super::TOO_LATE),
        (refused("access_denied"), super::super::DECLINED),
        (
            json("{\"error\":\"access_denied\"}"),
            super::super::DECLINED,
        ),
        (refused("authorization_declined"), "own_words"),
        (refused("invalid_client"), "own_words"),
        (json("{\"error\":\"device_flow_disabled\"}"), "own_words"),
        (
            reply("403 No", "content-type: application/json\r\n", "{}"),
            "own_words",
        ),
        (json("{\"nothing\":1}"), "malformed_answer"),
        (json("{\"access_token\":\"\"}"), "malformed_answer"),
    ] {
        let (server, flow) = quick(vec![json(CODE), answer.clone()]).await;
        let error = flow.wait(&CancellationToken::new()).await.unwrap_err();
        assert_eq!(error.code, code, "{answer:?}");
        assert_eq!(server.count(), 2, "nothing is asked afterwards");
        assert!(!error.fix.is_empty() && !format!("{error:?}").contains("CANARY"));
    }
}

#[tokio::test]
async fn the_code_ends_when_the_service_said_even_if_it_goes_on_saying_pending() {
    let short = CODE.replace("900", "12");
    let (server, flow) = quick(vec![json(&short), refused("authorization_pending")]).await;
    let error = flow.wait(&CancellationToken::new()).await.unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.class),
        (super::super::TOO_LATE, ErrorClass::Authentication)
    );
    assert!(server.count() <= 3, "two questions fit before the end");
}

#[tokio::test]
async fn a_network_that_comes_back_is_no_end_and_one_that_stays_away_is_named() {
    let (_server, flow) = quick(vec![json(CODE), Reply::Close, Reply::Close, json(TOKENS)]).await;
    assert!(flow.wait(&CancellationToken::new()).await.is_ok());
    let short = CODE.replace("900", "40");
    let (_server, flow) = quick(vec![json(&short), Reply::Close]).await;
    let error = flow.wait(&CancellationToken::new()).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::Network);
}

#[tokio::test]
async fn cancelling_ends_the_wait_at_once() {
    let (server, flow) = begin(vec![json(CODE)]).await;
    let cancel = CancellationToken::new();
    let waiting = tokio::spawn({
        let (cancel, flow) = (cancel.clone(), flow.unwrap());
        async move { flow.wait(&cancel).await }
    });
    cancel.cancel();
    let ended = tokio::time::timeout(Duration::from_secs(1), waiting)
        .await
        .unwrap();
    assert_eq!(ended.unwrap().unwrap_err().class, ErrorClass::Cancelled);
    assert_eq!(server.count(), 1);
}

#[tokio::test]
async fn a_code_that_cannot_be_shown_or_leads_elsewhere_is_refused() {
    for odd in [
        CODE.replace("WDJB-MJHT", ""),
        CODE.replace("WDJB-MJHT", "<b>\\u202e"),
        CODE.replace("WDJB-MJHT", &"A".repeat(41)),
        CODE.replace("CANARY-device", ""),
        CODE.replace("https://login.example/device", "javascript:alert(1)"),
        CODE.replace(
            "https://login.example/device",
            "http://login.example/device",
        ),
        CODE.replace(
            "https://login.example/device",
            "https://u:p@login.example/device",
        ),
        CODE.replace("verification_uri", "elsewhere"),
        "[]".to_owned(),
    ] {
        let error = begin(vec![json(&odd)]).await.1.unwrap_err();
        assert_eq!(error.class, ErrorClass::MalformedAnswer, "{odd}");
        assert!(!format!("{error:?}").contains("CANARY"));
    }
    for told in [
        status("401 No", ""),
        refused("unauthorized_client"),
        json("{\"error\":\"device_flow_disabled\"}"),
    ] {
        assert_eq!(begin(vec![told]).await.1.unwrap_err().code, "own_words");
    }
}

#[test]
fn the_pace_is_what_the_service_says_within_reason() {
    assert_eq!(
        Pace::of(None, None),
        Pace {
            interval: 5,
            life: 900
        }
    );
    assert_eq!(
        Pace::of(Some(0), Some(0)),
        Pace {
            interval: 1,
            life: 1
        }
    );
    assert_eq!(
        Pace::of(Some(u64::MAX), Some(u64::MAX)),
        Pace {
            interval: 60,
            life: 1800
        }
    );
    let mut pace = Pace::of(Some(5), None);
    pace.slow_down(None);
    assert_eq!(pace.interval, 10, "five seconds more, for good");
    pace.slow_down(Some(12));
    assert_eq!(pace.interval, 15);
    pace.slow_down(Some(30));
    assert_eq!(pace.interval, 30, "a service that names more is heard");
    pace.back_off();
    pace.back_off();
    assert_eq!(pace.interval, 60);
}

#[test]
fn slow_down_in_an_answer_changes_the_pace_and_pending_does_not() {
    let answer = |text: &str| Answer {
        status: 200,
        headers: http::HeaderMap::new(),
        body: text.to_owned().into(),
        url: Url::parse("https://login.example/").unwrap(),
        tls_issuer: None,
    };
    let request = DeviceRequest {
        device: Url::parse("https://login.example/").unwrap(),
        token: Url::parse("https://login.example/").unwrap(),
        client_id: String::new(),
        scope: None,
        extra: Vec::new(),
        refusal: own_words,
    };
    let mut pace = Pace::of(None, None);
    let mut step = |text: &str| {
        let step = judge(&answer(text), &mut pace, &request, clock().as_ref()).unwrap();
        assert!(matches!(step, Step::Wait));
        pace.interval
    };
    assert_eq!(step("{\"error\":\"authorization_pending\"}"), 5);
    assert_eq!(step("{\"error\":\"slow_down\"}"), 10);
    assert_eq!(step("{\"error\":\"slow_down\",\"interval\":25}"), 25);
    assert_eq!(
        step("{\"error\":\"authorization_pending\",\"interval\":1}"),
        25
    );
}
