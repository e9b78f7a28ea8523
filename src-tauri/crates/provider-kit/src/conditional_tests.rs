#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;
use crate::{
    ErrorClass, HttpPolicy, MemoryLog,
    http::tests::server::{Reply, Server, reply},
};
use async_trait::async_trait;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use url::Url;

type Answers = Arc<Mutex<Vec<(PageRequest, Kept)>>>;

/// Lends what it took before.
#[derive(Default)]
struct Keeper(Answers);

struct Lent(Answers);

#[async_trait]
impl Earlier for Lent {
    async fn kept(&self, request: &PageRequest) -> Option<Kept> {
        let answers = self.0.lock().unwrap();
        let found = answers.iter().find(|(known, _)| known == request);
        found.map(|(_, kept)| kept.clone())
    }
}

#[async_trait]
impl PageSink for Keeper {
    async fn page(&mut self, _: Page) -> Result<(), ProviderError> {
        Ok(())
    }

    fn rows(&self) -> u64 {
        0
    }

    fn earlier(&self) -> Arc<dyn Earlier> {
        Arc::new(Lent(Arc::clone(&self.0)))
    }

    async fn page_with(&mut self, page: Page, tag: Tag) -> Result<(), ProviderError> {
        let kept = Kept {
            etag: tag.etag.clone(),
            next: tag.next.clone(),
            status: page.origin.status,
            body: page.body,
        };
        let mut answers = self.0.lock().unwrap();
        answers.retain(|(known, _)| *known != page.request);
        answers.push((page.request, kept));
        Ok(())
    }
}

fn client() -> HttpClient {
    let policy = HttpPolicy {
        pacing: false,
        backoff_base: Duration::from_millis(1),
        ..HttpPolicy::default()
    };
    HttpClient::new(policy, Arc::new(MemoryLog::default())).unwrap()
}

async fn once(url: &Url, keeper: &mut Keeper) -> Result<Told, ProviderError> {
    let request = Ask::get(url.clone());
    let shown = request.page_request();
    let earlier = keeper.earlier();
    let told = ask(
        &client(),
        request,
        earlier.as_ref(),
        &CancellationToken::new(),
    )
    .await?;
    let copy = told.clone();
    told.hand_over(shown, Origin::default(), keeper).await?;
    Ok(copy)
}

fn tagged(etag: &str, link: &str, body: &str) -> Reply {
    let headers = format!("content-type: application/json\r\netag: {etag}\r\n{link}");
    reply("200 OK", &headers, body)
}

fn unchanged(headers: &str) -> Reply {
    reply("304 Not Modified", headers, "")
}

const LINK: &str = "link: <https://h.example/x?page=2>; rel=\"next\"\r\n";

#[tokio::test]
async fn what_was_kept_is_offered_and_confirmed_with_its_next_page() {
    let server = Server::start(vec![
        tagged("W/\"a\"", LINK, "[1]"),
        unchanged("etag: W/\"a\"\r\n"),
    ])
    .await;
    let mut keeper = Keeper::default();
    let first = once(&server.url, &mut keeper).await.unwrap();
    assert!(!first.tag.unwrap().confirmed);
    let second = once(&server.url, &mut keeper).await.unwrap();
    assert_eq!(second.answer.status, 200);
    assert_eq!(&second.answer.body[..], b"[1]");
    assert_eq!(second.next.as_deref(), Some("https://h.example/x?page=2"));
    assert!(second.tag.unwrap().confirmed);
    let requests = server.requests();
    assert!(!requests[0].to_lowercase().contains("if-none-match"));
    assert!(
        requests[1]
            .to_lowercase()
            .contains("if-none-match: w/\"a\"")
    );
}

#[tokio::test]
async fn something_new_replaces_what_was_kept() {
    let server = Server::start(vec![
        tagged("\"a\"", LINK, "[1]"),
        tagged("\"b\"", "", "[2]"),
        unchanged(""),
    ])
    .await;
    let mut keeper = Keeper::default();
    once(&server.url, &mut keeper).await.unwrap();
    let second = once(&server.url, &mut keeper).await.unwrap();
    assert_eq!(&second.answer.body[..], b"[2]");
    assert_eq!(second.next, None);
    let third = once(&server.url, &mut keeper).await.unwrap();
    assert_eq!(&third.answer.body[..], b"[2]");
    assert!(
        server.requests()[2]
            .to_lowercase()
            .contains("if-none-match: \"b\"")
    );
}

#[tokio::test]
async fn a_confirmation_of_another_tag_is_not_believed() {
    let server = Server::start(vec![
        tagged("\"a\"", "", "[1]"),
        unchanged("etag: \"z\"\r\n"),
        tagged("\"z\"", "", "[9]"),
    ])
    .await;
    let mut keeper = Keeper::default();
    once(&server.url, &mut keeper).await.unwrap();
    let second = once(&server.url, &mut keeper).await.unwrap();
    assert_eq!(&second.answer.body[..], b"[9]");
    assert!(!second.tag.unwrap().confirmed);
    assert!(
        !server.requests()[2]
            .to_lowercase()
            .contains("if-none-match")
    );
}

#[tokio::test]
async fn a_confirmation_that_nobody_asked_for_is_malformed() {
    let server = Server::start(vec![unchanged("")]).await;
    let error = once(&server.url, &mut Keeper::default()).await.unwrap_err();
    assert_eq!(error.class, ErrorClass::MalformedAnswer);
}

#[tokio::test]
async fn a_request_that_is_shown_in_part_is_never_taken_for_another() {
    let server = Server::start(vec![tagged("\"a\"", "", "[1]")]).await;
    let mut url = server.url.clone();
    url.set_query(Some("$skiptoken=secret"));
    let mut keeper = Keeper::default();
    let told = once(&url, &mut keeper).await.unwrap();
    assert_eq!(told.tag, None);
}

#[tokio::test]
async fn only_a_full_answer_is_kept_and_only_with_a_usable_tag() {
    let long = format!("\"{}\"", "a".repeat(LONGEST_TAG));
    for answer in [
        reply("404 Not Found", "etag: \"a\"\r\n", "{}"),
        reply("200 OK", "content-type: application/json\r\n", "{}"),
        tagged(&long, "", "{}"),
    ] {
        let server = Server::start(vec![answer]).await;
        let told = once(&server.url, &mut Keeper::default()).await.unwrap();
        assert_eq!(told.tag, None);
    }
}
