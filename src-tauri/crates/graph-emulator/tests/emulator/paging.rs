//! Pages and their tokens.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use graph_emulator::{Fault, Options, Tenant};
use serde_json::Value;

use super::Bench;

/// Follows next links to the end: ids in order, and the number of pages.
async fn walk(bench: &Bench, first: &str) -> (Vec<String>, usize) {
    let mut ids = Vec::new();
    let mut pages = 0;
    let mut next = Some(first.to_owned());
    while let Some(path) = next {
        let (status, _, body) = bench.ask(&path).await;
        assert_eq!(status, 200, "{body}");
        pages += 1;
        ids.extend(
            body["value"]
                .as_array()
                .unwrap()
                .iter()
                .map(|row| row["id"].as_str().unwrap().to_owned()),
        );
        next = body["@odata.nextLink"].as_str().map(str::to_owned);
        assert!(pages < 60, "too many pages");
    }
    (ids, pages)
}

#[tokio::test]
async fn pages_cover_everything_exactly_once() {
    let bench = Bench::new(Tenant::sized(1000), Options::default());
    for (path, expected) in [
        ("users?$select=id", 10),
        ("users?$select=id&$top=999", 2),
        ("users?$select=id,signInActivity&$top=999", 2),
        (
            "users?$filter=startswith(displayName,'a') or startswith(displayName,'b')&$top=7",
            0,
        ),
    ] {
        let (ids, pages) = walk(&bench, path).await;
        let distinct: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len(), "{path}");
        if expected > 0 {
            assert_eq!((ids.len(), pages), (1000, expected), "{path}");
        }
    }
    let (ids, pages) = walk(&bench, "auditLogs/signIns").await;
    assert_eq!((ids.len(), pages), (5000, 5));
}

#[tokio::test]
async fn a_page_size_can_be_forced_and_does_not_outrank_the_request() {
    let bench = Bench::new(
        Tenant::small(),
        Options {
            page_size: Some(5),
            ..Options::default()
        },
    );
    assert_eq!(walk(&bench, "users").await.1, 6);
    assert_eq!(walk(&bench, "users?$top=26").await.1, 1);
}

#[tokio::test]
async fn tokens_cannot_be_invented_or_moved() {
    let bench = Bench::new(
        Tenant::small(),
        Options {
            page_size: Some(5),
            ..Options::default()
        },
    );
    let (_, _, body) = bench.ask("users?$select=id").await;
    let link = body["@odata.nextLink"].as_str().unwrap().to_owned();
    assert!(link.starts_with(&bench.emulator.graph_url()));
    assert!(link.contains("$select=id&$skiptoken="));
    let token = link.split("skiptoken=").nth(1).unwrap();
    for path in [
        format!("users?$skiptoken={token}"),
        format!("users?$select=id,mail&$skiptoken={token}"),
        format!("groups?$skiptoken={token}"),
        "users?$select=id&$skiptoken=5".to_owned(),
        "users?$select=id&$skiptoken=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA".to_owned(),
        format!("users?$select=id&$skiptoken={token}x"),
    ] {
        let (status, code, _) = bench.ask(&path).await;
        assert_eq!(
            (status, code.as_str()),
            (400, "Directory_ExpiredPageToken"),
            "{path}"
        );
    }
    assert_eq!(bench.get(&link).await.status(), 200);
}

#[tokio::test]
async fn advanced_queries_need_the_header_on_every_page() {
    let bench = Bench::new(
        Tenant::small(),
        Options {
            page_size: Some(5),
            ..Options::default()
        },
    );
    let get = async |path: &str, eventual: bool| {
        let mut request = bench
            .client
            .get(bench.address(path))
            .bearer_auth(&bench.token);
        if eventual {
            request = request.header("ConsistencyLevel", "eventual");
        }
        super::read(request.send().await.unwrap()).await
    };
    let (_, _, body) = get("users?$count=true&$filter=userType ne 'Guest'", true).await;
    let link = body["@odata.nextLink"].as_str().unwrap().to_owned();
    assert_eq!(get(&link, false).await.0, 400);
    assert_eq!(get(&link, true).await.0, 200);
}

#[tokio::test]
async fn page_faults_do_what_they_say() {
    let bench = Bench::new(
        Tenant::small(),
        Options {
            page_size: Some(5),
            ..Options::default()
        },
    );
    let faults = bench.emulator.faults();
    let next = |body: &Value| body["@odata.nextLink"].as_str().unwrap().to_owned();

    faults.set("/users", Fault::DropPage);
    let (ids, pages) = walk(&bench, "users").await;
    assert_eq!((ids.len(), pages), (21, 5));
    faults.clear_all();

    faults.set("/users", Fault::EmptyPage);
    let (ids, pages) = walk(&bench, "users").await;
    assert_eq!((ids.len(), pages), (26, 7));
    faults.clear_all();

    faults.set("/users", Fault::RepeatNextLink);
    let (_, _, first) = bench.ask("users").await;
    let (_, _, second) = bench.ask(&next(&first)).await;
    assert_eq!(first["value"], second["value"]);
    assert_eq!(next(&first), next(&second));
    faults.clear_all();

    faults.set("/users", Fault::ForeignNextLink("192.0.2.7:99".into()));
    let (_, _, body) = bench.ask("users").await;
    assert!(next(&body).starts_with("http://192.0.2.7:99/v1.0/users?"));
    faults.clear_all();

    faults.set("/users", Fault::NumberNextLink);
    let (_, _, body) = bench.ask("users").await;
    assert_eq!(body["@odata.nextLink"], 7);
}

#[tokio::test]
async fn twenty_thousand_users_are_served_in_reasonable_time() {
    let bench = Bench::new(Tenant::sized(20_000), Options::default());
    let start = Instant::now();
    let (ids, pages) = walk(
        &bench,
        "users?$select=id,userPrincipalName,accountEnabled&$top=999",
    )
    .await;
    assert_eq!((ids.len(), pages), (20_000, 21));
    assert!(start.elapsed() < Duration::from_secs(30));
}
