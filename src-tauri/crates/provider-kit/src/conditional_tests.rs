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
async fn a_request_that_could_be_read_as_another_is_never_taken_for_it() {
    for query in ["a=b%26c=d", "a=b%3Dc"] {
        let server = Server::start(vec![tagged("\"a\"", "", "[1]")]).await;
        let mut url = server.url.clone();
        url.set_query(Some(query));
        let told = once(&url, &mut Keeper::default()).await.unwrap();
        assert_eq!(told.tag, None, "{query}");
    }
}

#[tokio::test]
async fn a_page_whose_next_link_holds_a_cursor_is_sent_whole_each_time() {
    let link = "link: </v1/items?$skiptoken=secret>; rel=\"next\"\r\n";
    let server = Server::start(vec![tagged("\"a\"", link, "[1]")]).await;
    let told = once(&server.url, &mut Keeper::default()).await.unwrap();
    assert_eq!((told.tag, told.next.is_some()), (None, true));
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

/// How often a last page with so many rows is offered again, asked for with this query.
async fn offered_again(rows: usize, query: &str, link: &str, wrapped: bool) -> bool {
    let items = vec!["1"; rows].join(",");
    let body = match wrapped {
        true => format!("{{\"total_count\":{rows},\"items\":[{items}]}}"),
        false => format!("[{items}]"),
    };
    let server = Server::start(vec![tagged("\"a\"", link, &body), unchanged("")]).await;
    let mut url = server.url.clone();
    url.set_query(Some(query));
    let mut keeper = Keeper::default();
    once(&url, &mut keeper).await.unwrap();
    // Without an offer, a 304 is an answer that nobody asked for.
    let again = once(&url, &mut keeper).await;
    again.is_ok_and(|told| told.tag.is_some_and(|tag| tag.confirmed))
}

#[tokio::test]
async fn a_full_last_page_is_never_confirmed_because_more_may_be_behind_it() {
    for (rows, query, link, wrapped, offered) in [
        (99, "per_page=100", "", false, true),
        (100, "per_page=100", "", false, false),
        (100, "per_page=100", "", true, false),
        (100, "per_page=100", LINK, false, true),
        (0, "per_page=100", "", false, true),
        (30, "x=1", "", false, false),
        (31, "x=1", "", false, true),
        (7, "per_page=7", "", false, false),
        (5, "per_page=many", "", false, false),
    ] {
        let found = offered_again(rows, query, link, wrapped).await;
        assert_eq!(found, offered, "{rows} {query} {link} {wrapped}");
    }
}
