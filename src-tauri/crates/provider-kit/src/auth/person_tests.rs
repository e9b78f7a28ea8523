#![allow(clippy::unwrap_used)]
//! A person's tokens: used, renewed, kept before they are used.

use super::{super::FixedClock, super::SIGN_IN_AGAIN, super::SIGNED_IN, *};
use crate::{
    HttpPolicy, MemoryLog,
    http::tests::server::{Reply, Server, json, reply},
};
use async_trait::async_trait;
use evidence::Timestamp;
use std::{sync::Mutex as Plain, time::Duration};

const NOW: i64 = 1_700_000_000;

/// What was kept, oldest first; refuses as often as told, and can be slow.
#[derive(Default)]
struct Book {
    kept: Plain<Vec<SecretString>>,
    refusals: Plain<u32>,
    slow: Plain<Duration>,
}

#[async_trait]
impl SecretsSink for Book {
    async fn keep(&self, secrets: BTreeMap<String, SecretString>) -> Result<(), ProviderError> {
        let slow = *self.slow.lock().unwrap();
        tokio::time::sleep(slow).await;
        let mut refusals = self.refusals.lock().unwrap();
        if *refusals > 0 {
            *refusals -= 1;
            return Err(ProviderError::new(
                ErrorClass::OurBug,
                "disk_full",
                "",
                "",
                "",
            ));
        }
        self.kept.lock().unwrap().push(secrets[SIGNED_IN].clone());
        Ok(())
    }
}

impl Book {
    fn newest(&self) -> Option<Tokens> {
        let kept = self.kept.lock().unwrap();
        let newest = kept.last()?.clone();
        Tokens::kept(&BTreeMap::from([(SIGNED_IN.to_owned(), newest)])).ok()
    }
}

fn answer(access: &str, refresh: Option<&str>) -> Reply {
    let refresh = refresh.map_or(String::new(), |refresh| {
        format!(",\"refresh_token\":\"{refresh}\"")
    });
    json(&format!(
        "{{\"token_type\":\"Bearer\",\"expires_in\":3600,\"access_token\":\"{access}\"{refresh}}}"
    ))
}

fn tokens(text: &str) -> Tokens {
    let answer = Answer {
        status: 200,
        headers: http::HeaderMap::new(),
        body: text.to_owned().into(),
        url: Url::parse("https://login.example").unwrap(),
        tls_issuer: None,
    };
    Tokens::read(&answer, Timestamp::from_unix(NOW)).unwrap()
}

const FIRST: &str =
    r#"{"access_token":"a0","expires_in":3600,"refresh_token":"CANARY-r0","scope":"read"}"#;

struct Bench {
    server: Server,
    clock: Arc<FixedClock>,
    book: Arc<Book>,
    source: Arc<TokenSource>,
    cancel: CancellationToken,
}

async fn bench(first: &str, replies: Vec<Reply>) -> Bench {
    let server = Server::start(replies).await;
    let policy = HttpPolicy {
        pacing: false,
        attempts: 3,
        backoff_base: Duration::from_millis(1),
        ..HttpPolicy::default()
    };
    let http = HttpClient::new(policy, Arc::new(MemoryLog::default())).unwrap();
    let clock = Arc::new(FixedClock::at(Timestamp::from_unix(NOW)));
    let book = Arc::new(Book::default());
    let request = TokenRequest {
        endpoint: server.url.clone(),
        client_id: "app".to_owned(),
        scope: Some("read offline_access".to_owned()),
        extra: Vec::new(),
        refusal: super::super::refused,
    };
    let secrets = tokens(first).secrets().unwrap();
    let credential = ClientCredential::person(&secrets, book.clone()).unwrap();
    assert!(!format!("{credential:?}").contains("CANARY"));
    let source = Arc::new(TokenSource::new(http, clock.clone(), request, credential));
    Bench {
        server,
        clock,
        book,
        source,
        cancel: CancellationToken::new(),
    }
}

impl Bench {
    async fn get(&self) -> Result<String, ProviderError> {
        let token = self.source.token(&self.cancel).await?;
        Ok(token.token.expose_secret().to_owned())
    }
}

#[tokio::test]
async fn what_was_kept_is_used_until_it_ends_and_then_renewed_and_kept_first() {
    let bench = bench(
        FIRST,
        vec![
            answer("a1", Some("CANARY-r1")),
            answer("a2", None),
            answer("a3", None),
        ],
    )
    .await;
    assert_eq!(bench.get().await.unwrap(), "a0");
    assert_eq!(bench.server.count(), 0);
    bench.clock.advance(3300);
    assert_eq!(bench.get().await.unwrap(), "a1");
    let sent = bench.server.requests();
    assert!(sent[0].ends_with(
        "grant_type=refresh_token&client_id=app&refresh_token=CANARY-r0&scope=read+offline_access"
    ));
    let kept = bench.book.newest().unwrap();
    assert_eq!(kept.refresh.unwrap().expose_secret(), "CANARY-r1");
    assert_eq!(kept.access.token.expose_secret(), "a1");
    assert_eq!(
        kept.scope.as_deref(),
        Some("read"),
        "what was granted stays known"
    );
    bench.clock.advance(3300);
    assert_eq!(bench.get().await.unwrap(), "a2");
    assert!(bench.server.requests()[1].contains("refresh_token=CANARY-r1"));
    let kept = bench.book.newest().unwrap();
    assert_eq!(
        kept.refresh.unwrap().expose_secret(),
        "CANARY-r1",
        "none came, so it stays"
    );
    // A token that the service refuses is renewed like one that ended.
    let refused = bench.source.token(&bench.cancel).await.unwrap();
    bench.source.forget(&refused).await;
    assert_eq!(bench.get().await.unwrap(), "a3");
}

#[tokio::test]
async fn many_askers_renew_once() {
    let bench = bench(FIRST, vec![answer("a1", Some("r1"))]).await;
    bench.clock.advance(4000);
    let all = futures::future::join_all((0..20).map(|_| bench.get())).await;
    assert!(all.iter().all(|one| one.as_deref() == Ok("a1")));
    assert_eq!(
        (bench.server.count(), bench.book.kept.lock().unwrap().len()),
        (1, 1)
    );
}

#[tokio::test]
async fn what_cannot_be_kept_is_not_used_and_is_offered_again() {
    let bench = bench(FIRST, vec![answer("a1", Some("r1"))]).await;
    bench.clock.advance(4000);
    *bench.book.refusals.lock().unwrap() = 2;
    assert_eq!(bench.get().await.unwrap_err().code, "disk_full");
    assert_eq!(bench.get().await.unwrap_err().code, "disk_full");
    assert_eq!(bench.get().await.unwrap(), "a1");
    assert_eq!(
        bench.server.count(),
        1,
        "the old refresh token is not used a second time"
    );
}

#[tokio::test]
async fn work_that_is_stopped_while_renewing_loses_nothing() {
    let bench = bench(FIRST, vec![answer("a1", Some("r1"))]).await;
    bench.clock.advance(4000);
    *bench.book.slow.lock().unwrap() = Duration::from_millis(60);
    let source = Arc::clone(&bench.source);
    let cancel = bench.cancel.child_token();
    let stop = cancel.clone();
    let asking = tokio::spawn(async move { source.token(&stop).await });
    while bench.server.count() == 0 {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    cancel.cancel();
    assert_eq!(
        asking.await.unwrap().unwrap_err().class,
        ErrorClass::Cancelled
    );
    assert_eq!(bench.get().await.unwrap(), "a1");
    assert_eq!(bench.server.count(), 1);
    assert_eq!(
        bench
            .book
            .newest()
            .unwrap()
            .refresh
            .unwrap()
            .expose_secret(),
        "r1"
    );
}

#[tokio::test]
async fn only_a_person_helps_when_the_refresh_token_is_refused() {
    for code in ["invalid_grant", "interaction_required", "bad_refresh_token"] {
        // GitHub says it with status 200.
        for status in ["400 Bad Request", "200 OK"] {
            let told = reply(
                status,
                "content-type: application/json\r\n",
                format!("{{\"error\":\"{code}\",\"error_description\":\"CANARY\"}}"),
            );
            let bench = bench(FIRST, vec![told]).await;
            bench.clock.advance(4000);
            let error = bench.get().await.unwrap_err();
            assert_eq!(
                (error.code.as_str(), error.class),
                (SIGN_IN_AGAIN, ErrorClass::Authentication)
            );
            assert_eq!(error.fix, "Sign in again.");
            assert!(!format!("{error:?}").contains("CANARY"));
            assert!(bench.book.newest().is_none());
        }
    }
    let told = reply(
        "400 No",
        "content-type: application/json\r\n",
        "{\"error\":\"invalid_client\"}",
    );
    let other = bench(FIRST, vec![told]).await;
    other.clock.advance(4000);
    assert_eq!(other.get().await.unwrap_err().code, "sign_in_refused");
}

#[tokio::test]
async fn a_refresh_is_never_sent_twice_by_itself() {
    let bench = bench(FIRST, vec![Reply::Close, answer("a1", None)]).await;
    bench.clock.advance(4000);
    assert_eq!(bench.get().await.unwrap_err().class, ErrorClass::Network);
    assert_eq!(bench.server.count(), 1);
    assert_eq!(
        bench.get().await.unwrap(),
        "a1",
        "the next request tries again"
    );
}

#[tokio::test]
async fn a_token_without_an_end_or_a_successor_is_used_until_it_is_refused() {
    let bench = bench("{\"access_token\":\"forever\"}", vec![answer("x", None)]).await;
    assert_eq!(bench.source.sign_in_ends().await, None);
    bench.clock.advance(10 * 365 * 24 * 3600);
    let token = bench.source.token(&bench.cancel).await.unwrap();
    assert_eq!(token.token.expose_secret(), "forever");
    bench.source.forget(&token).await;
    assert_eq!(bench.get().await.unwrap_err().code, SIGN_IN_AGAIN);
    assert_eq!(bench.server.count(), 0);
}

#[tokio::test]
async fn a_refresh_token_that_ended_is_not_sent() {
    let first = FIRST.replace("\"scope\"", "\"refresh_token_expires_in\":7200,\"scope\"");
    let bench = bench(&first, vec![answer("x", None)]).await;
    let ends = bench.source.sign_in_ends().await.unwrap();
    assert_eq!(
        ends.unix(),
        NOW + 7200,
        "that is known and can be warned of"
    );
    bench.clock.advance(7200);
    assert_eq!(bench.get().await.unwrap_err().code, SIGN_IN_AGAIN);
    assert_eq!(bench.server.count(), 0);
}

#[test]
fn nobody_signed_in_is_said_as_such() {
    for secrets in [
        BTreeMap::new(),
        BTreeMap::from([(SIGNED_IN.to_owned(), SecretString::from("CANARY"))]),
    ] {
        let error = Tokens::kept(&secrets).unwrap_err();
        assert_eq!(error.code, SIGN_IN_AGAIN);
        assert!(!format!("{error:?}").contains("CANARY"));
    }
}

#[test]
fn the_end_of_a_sign_in_is_known_where_the_service_says_so() {
    let ends = |text: &str| tokens(text).ends().map(|at| at.unix() - NOW);
    assert_eq!(ends(r#"{"access_token":"a"}"#), None);
    assert_eq!(
        ends(r#"{"access_token":"a","expires_in":"28800"}"#),
        Some(28800)
    );
    assert_eq!(
        ends(r#"{"access_token":"a","expires_in":60,"refresh_token":"r"}"#),
        None
    );
    assert_eq!(
        ends(r#"{"access_token":"a","refresh_token":"r","refresh_token_expires_in":99}"#),
        Some(99)
    );
}

#[tokio::test]
async fn a_second_session_takes_over_what_the_first_renewed() {
    let server = Server::start(vec![answer("a1", Some("r1")), answer("a2", Some("r2"))]).await;
    let http = HttpClient::new(
        HttpPolicy {
            pacing: false,
            ..HttpPolicy::default()
        },
        Arc::new(MemoryLog::default()),
    )
    .unwrap();
    let clock = Arc::new(FixedClock::at(Timestamp::from_unix(NOW)));
    let sink = Arc::new(super::super::MemorySink::new(
        tokens(FIRST).secrets().unwrap(),
    ));
    let session = || {
        let request = TokenRequest {
            endpoint: server.url.clone(),
            client_id: "app".to_owned(),
            scope: None,
            extra: Vec::new(),
            refusal: super::super::refused,
        };
        let credential = ClientCredential::person(&sink.secrets(), sink.clone()).unwrap();
        TokenSource::new(http.clone(), clock.clone(), request, credential)
    };
    let (one, two) = (session(), session());
    let cancel = CancellationToken::new();
    clock.advance(4000);
    let (first, second) = tokio::join!(one.token(&cancel), two.token(&cancel));
    let (first, second) = (first.unwrap(), second.unwrap());
    assert_eq!(first.token.expose_secret(), "a1");
    assert_eq!(second.token.expose_secret(), "a1");
    assert_eq!(server.count(), 1, "the first refresh token is used once");
    // Refused, it is renewed with the newest refresh token, whoever got it.
    two.forget(&second).await;
    assert_eq!(
        two.token(&cancel).await.unwrap().token.expose_secret(),
        "a2"
    );
    assert!(server.requests()[1].contains("refresh_token=r1"));
}
