//! Whatever goes wrong has its class, and nothing is taken for complete.

use crate::support::*;
use github_emulator::{Company, Emulator, Fault, Options, RetryAfter, Shape};
use provider_github::PROVIDER;
use provider_kit::{ErrorClass, Provider};
use std::{sync::Arc, time::Duration};

const MEMBERS: &str = "/orgs/*/members";

/// A list of three pages.
fn many() -> Emulator {
    let shape = Shape {
        members: 230,
        repos: 3,
        ..shape()
    };
    Emulator::start(Company::tidy(&shape), Options::default()).unwrap()
}

#[tokio::test]
async fn many_members_come_page_by_page() {
    let emulator = many();
    let (read, completeness) = collect(open(&emulator).await.as_ref(), "members")
        .await
        .unwrap();
    assert_eq!((read.pages.len(), read.rows), (3, 230));
    assert!(completeness.complete);
}

#[tokio::test]
async fn whatever_goes_wrong_in_a_list_has_its_class() {
    let emulator = many();
    let session = open(&emulator).await;
    let hour = Duration::from_secs(3600);
    for (fault, class) in [
        (
            Fault::Throttle(Some(RetryAfter::Seconds(3600))),
            ErrorClass::Throttled,
        ),
        (
            Fault::SecondaryLimit {
                status: 403,
                retry_after: Some(3600),
            },
            ErrorClass::Throttled,
        ),
        (
            Fault::SecondaryLimit {
                status: 403,
                retry_after: None,
            },
            ErrorClass::Throttled,
        ),
        (
            Fault::SecondaryLimit {
                status: 429,
                retry_after: None,
            },
            ErrorClass::Throttled,
        ),
        (
            Fault::PrimaryLimit {
                status: 403,
                reset: hour,
            },
            ErrorClass::Throttled,
        ),
        (
            Fault::PrimaryLimit {
                status: 429,
                reset: hour,
            },
            ErrorClass::Throttled,
        ),
        (Fault::Unauthorized, ErrorClass::Authentication),
        (Fault::Forbidden, ErrorClass::Permission),
        (Fault::NotFound, ErrorClass::Permission),
        (Fault::IpAllowList, ErrorClass::Permission),
        (Fault::SsoRequired, ErrorClass::Permission),
        (Fault::Upgrade, ErrorClass::Licence),
        (Fault::Status(500), ErrorClass::ServiceOutage),
        (Fault::Status(503), ErrorClass::ServiceOutage),
        (Fault::Status(451), ErrorClass::ServiceOutage),
        (Fault::Truncate, ErrorClass::Network),
        (Fault::Reset, ErrorClass::Network),
        (Fault::HtmlPage, ErrorClass::Proxy),
        (Fault::EmptyBody, ErrorClass::MalformedAnswer),
        (Fault::InvalidJson, ErrorClass::MalformedAnswer),
        (Fault::OtherShape, ErrorClass::MalformedAnswer),
        (
            Fault::GzipBomb { mebibytes: 256 },
            ErrorClass::MalformedAnswer,
        ),
        (Fault::RepeatNext, ErrorClass::MalformedAnswer),
        (Fault::LoopNext, ErrorClass::MalformedAnswer),
        (
            Fault::ForeignNext("192.0.2.7".to_owned()),
            ErrorClass::MalformedAnswer,
        ),
        (Fault::EndlessNext, ErrorClass::MalformedAnswer),
        (Fault::BrokenLink, ErrorClass::MalformedAnswer),
        (
            Fault::Redirect {
                status: 301,
                location: "https://192.0.2.7/".to_owned(),
            },
            ErrorClass::Proxy,
        ),
        (
            Fault::Redirect {
                status: 302,
                location: String::new(),
            },
            ErrorClass::Proxy,
        ),
        (Fault::AlwaysNotModified, ErrorClass::MalformedAnswer),
    ] {
        emulator.faults().set(MEMBERS, fault.clone());
        let error = failure(session.as_ref(), "members").await;
        assert_eq!(error.class, class, "{fault:?}: {error:?}");
        assert!(!error.what.is_empty() && !error.why.is_empty() && !error.fix.is_empty());
        assert!(!format!("{error:?}").contains(&emulator.token()));
        emulator.faults().clear_all();
    }
}

#[tokio::test]
async fn what_goes_wrong_for_a_moment_is_waited_for() {
    let emulator = many();
    let session = open(&emulator).await;
    for (fault, times) in [
        (Fault::Throttle(Some(RetryAfter::Seconds(1))), 1),
        (
            Fault::SecondaryLimit {
                status: 403,
                retry_after: Some(1),
            },
            1,
        ),
        (
            Fault::SecondaryLimit {
                status: 403,
                retry_after: None,
            },
            1,
        ),
        (
            Fault::PrimaryLimit {
                status: 403,
                reset: Duration::from_secs(1),
            },
            1,
        ),
        (Fault::Status(502), 2),
        (Fault::Truncate, 1),
        (Fault::InvalidJson, 1),
        (Fault::WrongContentType, u32::MAX),
        (Fault::NoEtag, u32::MAX),
        (
            Fault::Slow {
                delay: Duration::from_millis(20),
                piece: 0,
                pause: Duration::ZERO,
            },
            u32::MAX,
        ),
    ] {
        emulator.faults().set_times(MEMBERS, fault.clone(), times);
        let (read, completeness) = collect(session.as_ref(), "members")
            .await
            .unwrap_or_else(|error| panic!("{fault:?}: {error:?}"));
        assert!(completeness.complete && read.rows == 230, "{fault:?}");
        emulator.faults().clear_all();
    }
}

#[tokio::test]
async fn what_was_seen_before_a_failure_stays_seen() {
    let emulator = many();
    let session = open(&emulator).await;
    // The second page on is refused.
    emulator.faults().set(MEMBERS, Fault::RepeatNext);
    let (read, result) = collect_with(session.as_ref(), dataset("members"), &Arc::default()).await;
    assert!(result.is_err() && read.rows >= 100, "{} rows", read.rows);
}

#[tokio::test]
async fn every_dataset_says_why_it_could_not_be_read() {
    let emulator = tidy();
    for (fault, class) in [
        (Fault::Forbidden, ErrorClass::Permission),
        (Fault::Unauthorized, ErrorClass::Authentication),
        (Fault::Truncate, ErrorClass::Network),
        (Fault::HtmlPage, ErrorClass::Proxy),
        (
            Fault::Throttle(Some(RetryAfter::Seconds(3600))),
            ErrorClass::Throttled,
        ),
        (Fault::Status(503), ErrorClass::ServiceOutage),
    ] {
        // Most of a sync has a list already when something begins to fail; whoever reads the list has none.
        let (begun, fresh) = (open(&emulator).await, open(&emulator).await);
        collect(begun.as_ref(), "deploy_keys").await.unwrap();
        for dataset in served() {
            // The organization was read at sign-in; an answer without a body has nothing to cut.
            let bodiless = dataset.id == "github.vulnerability_alerts" && fault == Fault::Truncate;
            if dataset.id == "github.organization" || bodiless {
                continue;
            }
            let session = match dataset.id {
                "github.repositories" => &fresh,
                _ => &begun,
            };
            emulator.faults().set("/", fault.clone());
            let (read, result) = collect_with(session.as_ref(), dataset, &Arc::default()).await;
            emulator.faults().clear_all();
            let error = result
                .err()
                .unwrap_or_else(|| panic!("{} was collected with {fault:?}", dataset.id));
            assert_eq!(
                error.class, class,
                "{} with {fault:?}: {error:?}",
                dataset.id
            );
            assert!(read.pages.is_empty(), "{}", dataset.id);
        }
    }
}

#[tokio::test]
async fn a_stop_is_heard_at_once() {
    let emulator = tidy();
    let connection = connection(&emulator, |_| {});
    let cancel = connection.cancel.clone();
    let session = PROVIDER.sign_in(connection).await.unwrap();
    emulator.faults().set(
        "/repos",
        Fault::Slow {
            delay: Duration::from_secs(600),
            piece: 0,
            pause: Duration::ZERO,
        },
    );
    let stopping = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        cancel.cancel();
    };
    let started = std::time::Instant::now();
    let (result, ()) = tokio::join!(collect(session.as_ref(), "deploy_keys"), stopping);
    assert_eq!(result.err().unwrap().class, ErrorClass::Cancelled);
    assert!(started.elapsed() < Duration::from_millis(500));
}
