#![allow(clippy::unwrap_used, clippy::expect_used)]
use super::*;
use crate::{
    ErrorClass, HttpPolicy, MemoryLog, Page,
    http::tests::server::{Reply, Server, json, reply, status},
};
use async_trait::async_trait;
use std::{sync::Arc, time::Duration};
use url::Url;

#[derive(Default)]
struct Kept(Vec<Page>);

#[async_trait]
impl PageSink for Kept {
    async fn page(&mut self, page: Page) -> Result<(), ProviderError> {
        self.0.push(page);
        Ok(())
    }

    fn rows(&self) -> u64 {
        2 * self.0.len() as u64
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

fn refusal(answer: &Answer) -> ProviderError {
    ProviderError::new(
        ErrorClass::Permission,
        "refused",
        "Refused.",
        answer.status.to_string(),
        "Ask.",
    )
}

fn page(next: Option<&str>) -> Reply {
    match next {
        Some(next) => json(&format!(
            "{{\"value\":[1,2],\"@odata.nextLink\":\"{next}\"}}"
        )),
        None => json("{\"value\":[1,2]}"),
    }
}

async fn run(server: &Server, cap: Option<u64>) -> (Result<Completeness, ProviderError>, Kept) {
    let mut kept = Kept::default();
    let ask = Ask::get(server.url.clone()).header(
        http::header::ACCEPT,
        http::HeaderValue::from_static("application/json"),
    );
    let result = follow(
        &client(),
        ask,
        odata_next,
        refusal,
        &mut kept,
        cap,
        &CancellationToken::new(),
    )
    .await;
    (result, kept)
}

#[tokio::test]
async fn pages_are_followed_to_the_end_with_the_same_headers() {
    let server = Server::start(vec![
        page(Some("/v1/items?$skiptoken=a")),
        page(Some("?$skiptoken=b")),
        page(None),
    ])
    .await;
    let (result, kept) = run(&server, None).await;
    assert_eq!(result.unwrap(), Completeness::complete());
    let queries: Vec<&str> = kept
        .0
        .iter()
        .map(|page| page.request.query.as_str())
        .collect();
    assert_eq!(queries, ["x=1", "$skiptoken=***", "$skiptoken=***"]);
    assert!(
        server
            .requests()
            .iter()
            .all(|request| request.to_lowercase().contains("accept: application/json"))
    );
    assert!(server.requests()[2].starts_with("GET /v1/items?$skiptoken=b "));
}

#[tokio::test]
async fn a_link_to_another_origin_is_not_asked() {
    let elsewhere = Server::start(vec![page(None)]).await;
    let other_scheme = elsewhere.url.as_str().replacen("http", "https", 1);
    for link in [
        elsewhere.url.as_str(),
        "http://169.254.169.254/latest",
        "//h.example/x",
        &other_scheme,
        "file:///etc/hosts",
    ] {
        let server = Server::start(vec![page(Some(link))]).await;
        let (result, _) = run(&server, None).await;
        assert_eq!(
            result.unwrap_err().class,
            ErrorClass::MalformedAnswer,
            "{link}"
        );
        assert_eq!((server.count(), elsewhere.count()), (1, 0), "{link}");
    }
}

#[tokio::test]
async fn a_repeated_link_is_an_error_within_two_pages() {
    let server = Server::start(vec![page(Some("/v1/items?x=1"))]).await;
    let (result, _) = run(&server, None).await;
    assert_eq!(
        (result.unwrap_err().class, server.count()),
        (ErrorClass::MalformedAnswer, 1)
    );
    let server = Server::start(vec![page(Some("/v1/items?p=2"))]).await;
    let (result, _) = run(&server, None).await;
    assert_eq!(
        (result.unwrap_err().class, server.count()),
        (ErrorClass::MalformedAnswer, 2)
    );
}

#[tokio::test]
async fn a_cap_makes_it_partial_unless_that_was_all() {
    let server = Server::start(vec![page(Some("/a")), page(Some("/b")), page(Some("/c"))]).await;
    let (result, kept) = run(&server, Some(4)).await;
    let reason = result.unwrap().reason.unwrap();
    assert_eq!((reason.code, kept.0.len()), (UnknownCode::Partial, 2));
    assert!(reason.detail.contains("first 4 rows"), "{reason}");
    let server = Server::start(vec![page(Some("/a")), page(None)]).await;
    assert!(
        run(&server, Some(4)).await.0.unwrap().complete,
        "nothing is missing"
    );
    let server = Server::start((0..9).map(|n| page(Some(&format!("/{n}")))).collect()).await;
    let client = client();
    let pages = Pages::new(&client, odata_next, refusal).page_cap(3);
    let mut kept = Kept::default();
    let completeness = pages
        .follow(
            Ask::get(server.url.clone()),
            &mut kept,
            &CancellationToken::new(),
        )
        .await
        .unwrap();
    assert_eq!((completeness.complete, server.count()), (false, 3));
}

#[tokio::test]
async fn refusals_are_the_providers_to_explain_and_earlier_pages_stay_with_the_sink() {
    let server = Server::start(vec![page(Some("/a")), status("403 No", "")]).await;
    let (result, kept) = run(&server, None).await;
    assert_eq!(
        (result.unwrap_err().code.as_str(), kept.0.len()),
        ("refused", 1)
    );
}

#[tokio::test]
async fn a_next_link_that_is_no_text_is_never_the_end() {
    for link in ["7", "{}", "[\"/a\"]", "true"] {
        let body = format!("{{\"value\":[1,2],\"@odata.nextLink\":{link}}}");
        let server = Server::start(vec![json(&body)]).await;
        let (result, kept) = run(&server, None).await;
        assert_eq!(
            result.unwrap_err().class,
            ErrorClass::MalformedAnswer,
            "{link}"
        );
        assert_eq!(kept.0.len(), 1, "the page was seen");
    }
    let server = Server::start(vec![json("{\"value\":[1],\"@odata.nextLink\":null}")]).await;
    assert!(run(&server, None).await.0.unwrap().complete);
}

#[tokio::test]
async fn every_request_is_prepared() {
    let server = Server::start(vec![page(Some("/a")), page(None)]).await;
    let client = client();
    let pages = Pages::new(&client, odata_next, refusal);
    let count = std::sync::atomic::AtomicU64::new(0);
    let prepare = async |ask: Ask| {
        let n = count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ok(ask.bearer(&secrecy::SecretString::from(format!("t{n}"))))
    };
    let first = Ask::get(server.url.clone());
    pages
        .follow_with(
            first,
            &mut Kept::default(),
            &CancellationToken::new(),
            prepare,
        )
        .await
        .unwrap();
    assert!(
        server.requests()[0].contains("Bearer t0") && server.requests()[1].contains("Bearer t1")
    );
}

#[tokio::test]
async fn same_origin_knows_default_ports() {
    let same = |a: &str, b: &str| same_origin(&Url::parse(a).unwrap(), &Url::parse(b).unwrap());
    assert!(same("https://h.example/a", "https://H.example:443/b"));
    assert!(!same("https://h.example/", "http://h.example/"));
    assert!(!same("https://h.example/", "https://h.example:444/"));
    assert!(!same("https://h.example/", "https://h.example.evil/"));
}

fn linked(values: &[&str]) -> Result<Option<String>, Malformed> {
    let mut headers = HeaderMap::new();
    for value in values {
        headers.append(header::LINK, value.parse().unwrap());
    }
    link_next(&headers)
}

#[test]
fn the_next_page_is_read_from_link_headers() {
    let next = |values: &[&str]| linked(values).unwrap();
    let some = |address: &str| Some(address.to_owned());
    assert_eq!(next(&[]), None);
    assert_eq!(
        next(&["<https://h/x?page=2>; rel=\"next\""]),
        some("https://h/x?page=2")
    );
    assert_eq!(
        next(&["<https://h/x?page=2>; rel=\"next\", <https://h/x?page=9>; rel=\"last\""]),
        some("https://h/x?page=2")
    );
    assert_eq!(
        next(&["<https://h/1>; rel=\"prev\"", "<https://h/3>; rel=next"]),
        some("https://h/3")
    );
    assert_eq!(
        next(&["<https://h/1>; title=\"a, b\"; rel=\"NEXT last\""]),
        some("https://h/1")
    );
    assert_eq!(next(&["<https://h/1>; rel=\"first\"; rel=\"next\""]), None);
    assert_eq!(
        next(&["<https://h/a,b>; rel=\"next\""]),
        some("https://h/a,b")
    );
    assert_eq!(next(&["<https://h/1>; rel=\"nextish\""]), None);
}

#[test]
fn link_headers_that_leave_a_doubt_are_malformed() {
    for values in [
        &["https://h/1; rel=\"next\""][..],
        &["<https://h/1"],
        &["<https://h/1>; rel=\"next\", nothing"],
        &["<https://h/1>; rel=\"next\"", "<https://h/2>; rel=\"next\""],
    ] {
        assert!(linked(values).is_err(), "{values:?}");
    }
}

fn with_link(next: Option<&str>, status: &str) -> Reply {
    let link = next.map_or(String::new(), |next| {
        format!("link: <{next}>; rel=\"next\"\r\n")
    });
    reply(
        status,
        &format!("content-type: application/json\r\n{link}"),
        "[1,2]",
    )
}

async fn along_headers(server: &Server) -> (Result<Completeness, ProviderError>, Kept) {
    let mut kept = Kept::default();
    let result = Pages::by_link(&client(), refusal)
        .about("harbor/boats")
        .follow(
            Ask::get(server.url.clone()),
            &mut kept,
            &CancellationToken::new(),
        )
        .await;
    (result, kept)
}

#[tokio::test]
async fn pages_are_followed_along_their_headers_and_say_what_they_are_about() {
    let server = Server::start(vec![
        with_link(Some("/v1/items?page=2"), "200 OK"),
        with_link(None, "200 OK"),
    ])
    .await;
    let (result, kept) = along_headers(&server).await;
    assert_eq!(result.unwrap(), Completeness::complete());
    assert_eq!(kept.0.len(), 2);
    assert!(
        kept.0
            .iter()
            .all(|page| page.origin.subject.as_deref() == Some("harbor/boats"))
    );
}

#[tokio::test]
async fn header_links_elsewhere_in_circles_and_behind_refusals_are_errors() {
    let elsewhere = Server::start(vec![with_link(None, "200 OK")]).await;
    let server = Server::start(vec![with_link(Some(elsewhere.url.as_str()), "200 OK")]).await;
    let (result, kept) = along_headers(&server).await;
    assert_eq!(result.unwrap_err().class, ErrorClass::MalformedAnswer);
    assert_eq!((kept.0.len(), elsewhere.count()), (1, 0));
    let server = Server::start(vec![with_link(Some("/v1/items?page=2"), "200 OK")]).await;
    let (result, kept) = along_headers(&server).await;
    assert_eq!(result.unwrap_err().class, ErrorClass::MalformedAnswer);
    assert_eq!(kept.0.len(), 2);
    let server = Server::start(vec![with_link(None, "403 Forbidden")]).await;
    assert_eq!(along_headers(&server).await.0.unwrap_err().code, "refused");
}
