//! Faults on the wire.

use std::time::{Duration, Instant};

use github_emulator::{Company, Emulator, Fault, Options, RetryAfter};
use serde_json::Value;
use stand_in::trial::unpacked_size;

use super::{Bench, header, link, read, shape};

const MEMBERS: &str = "orgs/harborpoint-example/members?per_page=3";

#[tokio::test]
async fn refusals_have_their_status_headers_and_count() {
    let bench = Bench::tidy();
    let faults = bench.emulator.faults();
    for (fault, status, name, value) in [
        (
            Fault::Throttle(Some(RetryAfter::Seconds(7))),
            429,
            "retry-after",
            "7",
        ),
        (
            Fault::Throttle(Some(RetryAfter::Text("soon".to_owned()))),
            429,
            "retry-after",
            "soon",
        ),
        (
            Fault::SecondaryLimit {
                status: 403,
                retry_after: Some(9),
            },
            403,
            "retry-after",
            "9",
        ),
        (
            Fault::PrimaryLimit {
                status: 403,
                reset: Duration::from_secs(60),
            },
            403,
            "x-ratelimit-remaining",
            "0",
        ),
        (
            Fault::Unauthorized,
            401,
            "content-type",
            "application/json; charset=utf-8",
        ),
        (
            Fault::Forbidden,
            403,
            "x-accepted-github-permissions",
            "administration=read",
        ),
        (
            Fault::NotFound,
            404,
            "content-type",
            "application/json; charset=utf-8",
        ),
        (Fault::IpAllowList, 403, "server", "github.com"),
        (Fault::Upgrade, 403, "server", "github.com"),
        (Fault::Status(502), 502, "server", "github.com"),
        (
            Fault::Redirect {
                status: 301,
                location: "https://192.0.2.7/".to_owned(),
            },
            301,
            "location",
            "https://192.0.2.7/",
        ),
    ] {
        faults.set_times("/orgs/*/members", fault.clone(), 2);
        for _ in 0..2 {
            let response = bench.get(MEMBERS).await;
            assert_eq!(response.status(), status, "{fault:?}");
            assert_eq!(header(&response, name).as_deref(), Some(value), "{fault:?}");
            assert!(!read(response).await.1.is_empty());
        }
        assert_eq!(bench.get(MEMBERS).await.status(), 200);
        assert_eq!(bench.get("user").await.status(), 200);
        faults.clear_all();
    }
    faults.set("/", Fault::Throttle(None));
    assert!(header(&bench.get(MEMBERS).await, "retry-after").is_none());
    faults.clear("/");
    faults.set("/orgs", Fault::SsoRequired);
    assert!(header(&bench.get(MEMBERS).await, "x-github-sso").is_some());
}

#[tokio::test]
async fn numbered_addresses_count_as_the_named_ones() {
    let bench = Bench::tidy();
    let next = link(&bench.get(MEMBERS).await, "next").unwrap();
    bench
        .emulator
        .faults()
        .set("/orgs/harborpoint-example/members", Fault::NotFound);
    assert_eq!(bench.get(&next).await.status(), 404);
}

#[tokio::test]
async fn bodies_are_spoiled_as_named() {
    let bench = Bench::tidy();
    let faults = bench.emulator.faults();
    let spoiled = async |fault: Fault| {
        faults.clear_all();
        faults.set("/orgs/*/members", fault);
        let response = bench.get(MEMBERS).await;
        assert_eq!(response.status(), 200);
        let kind = header(&response, "content-type").unwrap();
        (kind, response.bytes().await.unwrap())
    };
    let (kind, body) = spoiled(Fault::HtmlPage).await;
    assert!(kind.starts_with("text/html") && body.starts_with(b"<!doctype html>"));
    assert!(spoiled(Fault::EmptyBody).await.1.is_empty());
    let (kind, body) = spoiled(Fault::WrongContentType).await;
    assert_eq!(kind, "text/plain");
    assert!(serde_json::from_slice::<Value>(&body).is_ok());
    assert!(serde_json::from_slice::<Value>(&spoiled(Fault::InvalidJson).await.1).is_err());
    let other: Value = serde_json::from_slice(&spoiled(Fault::OtherShape).await.1).unwrap();
    assert!(other.is_object());
    let large = spoiled(Fault::Oversized { mebibytes: 2 }).await.1;
    assert_eq!(large.len(), 2 * 1024 * 1024 + 14);
    let bomb = spoiled(Fault::GzipBomb { mebibytes: 4 }).await.1;
    assert_eq!(unpacked_size(&bomb).unwrap(), 4 * 1024 * 1024 + 14);
    faults.clear_all();
    faults.set("/orgs/*/members", Fault::NoEtag);
    assert!(header(&bench.get(MEMBERS).await, "etag").is_none());
    faults.clear_all();
    faults.set("/", Fault::AlwaysNotModified);
    assert_eq!(bench.get(MEMBERS).await.status(), 304);
}

#[tokio::test]
async fn links_lie_as_named() {
    let bench = Bench::tidy();
    let faults = bench.emulator.faults();
    let next = async |fault: Fault, path: &str| {
        faults.clear_all();
        faults.set("/orgs/*/members", fault);
        link(&bench.get(path).await, "next")
    };
    let second = format!("{MEMBERS}&page=2");
    let last = format!("{MEMBERS}&page=3");
    let repeated = next(Fault::RepeatNext, &second).await.unwrap();
    assert!(
        repeated.ends_with("/members?per_page=3&page=2"),
        "{repeated}"
    );
    let looped = next(Fault::LoopNext, &last).await.unwrap();
    assert!(looped.ends_with("/members?per_page=3&loop=1"), "{looped}");
    let foreign = Fault::ForeignNext("192.0.2.7".to_owned());
    for path in [MEMBERS, last.as_str()] {
        let foreign = next(foreign.clone(), path).await.unwrap();
        assert!(
            foreign.starts_with("https://192.0.2.7/organizations/"),
            "{foreign}"
        );
    }
    let endless = next(Fault::EndlessNext, &format!("{MEMBERS}&page=9"))
        .await
        .unwrap();
    assert!(endless.ends_with("page=10"), "{endless}");
    assert_eq!(next(Fault::MissingNext, MEMBERS).await, None);
    faults.clear_all();
    faults.set("/", Fault::BrokenLink);
    assert!(
        header(&bench.get(MEMBERS).await, "link")
            .unwrap()
            .contains("nonsense")
    );
}

#[tokio::test]
async fn another_organization_can_answer() {
    let bench = Bench::tidy();
    let id = bench.emulator.company().id;
    bench
        .emulator
        .faults()
        .set("/orgs/*", Fault::WrongOrganization);
    assert_eq!(bench.ask("orgs/harborpoint-example").await.2["id"], id + 1);
}

#[tokio::test]
async fn broken_connections_are_errors_for_the_client() {
    let bench = Bench::tidy();
    let faults = bench.emulator.faults();
    faults.set("/user", Fault::Truncate);
    let response = bench.get("user").await;
    assert_eq!(response.status(), 200);
    assert!(response.bytes().await.is_err());
    faults.clear_all();
    faults.set("/user", Fault::Reset);
    let request = bench.request("user").bearer_auth(bench.emulator.token());
    assert!(request.send().await.is_err());
    let last = bench.emulator.log().pop().unwrap();
    assert_eq!((last.path.as_str(), last.status), ("/user", 0));
    faults.clear_all();
    assert_eq!(bench.get("user").await.status(), 200);
}

#[tokio::test]
async fn slow_answers_take_their_time_and_dropping_ends_them() {
    let bench = Bench::tidy();
    let pause = Duration::from_millis(20);
    bench.emulator.faults().set(
        "/user",
        Fault::Slow {
            delay: 2 * pause,
            piece: 300,
            pause,
        },
    );
    let start = Instant::now();
    let body = bench.get("user").await.bytes().await.unwrap();
    assert!(start.elapsed() > 4 * pause);
    assert!(serde_json::from_slice::<Value>(&body).is_ok());
    bench.emulator.faults().clear_all();
    let (hang, _) = Fault::named("hang").unwrap();
    bench.emulator.faults().set("/user", hang);
    let waiting = tokio::time::timeout(Duration::from_millis(100), bench.get("user")).await;
    assert!(waiting.is_err());
    let address = bench.emulator.url();
    let Bench { emulator, client } = bench;
    emulator.stop();
    assert!(client.get(address).send().await.is_err());
}

#[test]
fn every_name_of_the_command_line_is_a_fault() {
    for name in [
        "throttle",
        "throttle-silent",
        "throttle-date",
        "throttle-forever",
        "secondary",
        "secondary-forever",
        "primary",
        "unauthorized",
        "unauthorized-once",
        "forbidden",
        "not-found",
        "ip-allow-list",
        "sso",
        "upgrade",
        "server-error",
        "server-error-forever",
        "truncate",
        "slow",
        "hang",
        "html",
        "empty-body",
        "wrong-content-type",
        "invalid-json",
        "other-shape",
        "gzip-bomb",
        "oversized",
        "reset",
        "repeat-next",
        "loop-next",
        "foreign-next",
        "endless-next",
        "missing-next",
        "broken-link",
        "redirect",
        "redirect-loop",
        "wrong-organization",
        "no-etag",
        "always-not-modified",
    ] {
        assert!(Fault::named(name).is_some(), "{name}");
    }
    assert!(Fault::named("nonsense").is_none());
}

#[test]
fn it_starts_without_a_runtime_and_on_a_given_port() {
    let start = |port| {
        Emulator::start(
            Company::tidy(&shape()),
            Options {
                port,
                ..Options::default()
            },
        )
    };
    // Somebody else may take the port in the moment when it is free.
    let again = (0..10).any(|_| {
        let first = start(0).unwrap();
        let port: u16 = first.url().rsplit(':').next().unwrap().parse().unwrap();
        assert!(start(port).is_err(), "the port is taken");
        drop(first);
        start(port).is_ok_and(|second| second.url().ends_with(&port.to_string()))
    });
    assert!(again);
}
