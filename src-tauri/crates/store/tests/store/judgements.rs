//! What the query functions answer about findings, evidence, decisions and parameters.

use crate::support::*;
use catalog::Determination;
use evidence::{Outcome, Review};
use store::{
    Event, determinations,
    evidence_items::{self, ReviewState},
    findings, parameters,
};

#[tokio::test]
async fn the_current_finding_is_the_newest_and_history_keeps_the_others() {
    let (_dir, store) = filled().await;
    let mut reader = store.read().await.unwrap();
    let now = findings::current(&mut reader, integration(1), "entra-id.users.mfa")
        .await
        .unwrap()
        .unwrap();
    assert_eq!((now.recorded_at, now.confirmed_at), (at(2), Some(at(4))));
    assert_eq!(now.finding.collected_at, at(3), "of the confirmation");
    assert!(now.finding.last_known.is_some());
    let worse = finding(1, Outcome::Fail, now.finding.snapshots.clone());
    record(
        &store,
        &[Event::FindingRecorded {
            run_id: run(2),
            finding: Box::new(worse.clone()),
        }],
    )
    .await;
    let current = findings::list(&mut reader, &findings::Filter::default())
        .await
        .unwrap();
    assert_eq!(
        current
            .iter()
            .map(|stored| &stored.finding)
            .collect::<Vec<_>>(),
        [&worse]
    );
    let history = findings::Filter {
        history: true,
        ..findings::Filter::default()
    };
    let all = findings::list(&mut reader, &history).await.unwrap();
    assert_eq!(
        all.iter().map(|stored| stored.current).collect::<Vec<_>>(),
        [false, true]
    );
    assert_eq!(all[0].finding, now.finding);

    let base = || findings::Filter {
        integration: Some(integration(1)),
        ..findings::Filter::default()
    };
    for (filter, expected) in [
        (base(), 1),
        (
            findings::Filter {
                integration: Some(integration(2)),
                ..base()
            },
            0,
        ),
        (
            findings::Filter {
                check: Some("entra-id.users.mfa".into()),
                ..base()
            },
            1,
        ),
        (
            findings::Filter {
                check: Some("entra-id.users".into()),
                ..base()
            },
            0,
        ),
        (
            findings::Filter {
                outcome: Some(Outcome::Fail),
                ..base()
            },
            1,
        ),
        (
            findings::Filter {
                outcome: Some(Outcome::Pass),
                ..base()
            },
            0,
        ),
        (
            findings::Filter {
                outcome: Some(Outcome::Pass),
                history: true,
                ..base()
            },
            1,
        ),
        (
            findings::Filter {
                requirement: Some("3.5.3".into()),
                ..base()
            },
            1,
        ),
        (
            findings::Filter {
                requirement: Some("3.5".into()),
                ..base()
            },
            0,
        ),
        (
            findings::Filter {
                objective: Some("3.5.3[b]".into()),
                ..base()
            },
            1,
        ),
        (
            findings::Filter {
                objective: Some("3.5.3[a]".into()),
                ..base()
            },
            0,
        ),
        (
            findings::Filter {
                connected_only: true,
                ..base()
            },
            1,
        ),
    ] {
        assert_eq!(
            findings::list(&mut reader, &filter).await.unwrap().len(),
            expected,
            "{filter:?}"
        );
    }
    record(
        &store,
        &[Event::IntegrationRemoved {
            integration_id: integration(1),
        }],
    )
    .await;
    let connected = findings::Filter {
        connected_only: true,
        ..findings::Filter::default()
    };
    assert!(
        findings::list(&mut reader, &connected)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn evidence_items_have_revisions_reviews_and_computed_states() {
    let (_dir, store) = filled().await;
    let mut reader = store.read().await.unwrap();
    let found = evidence_items::get(&mut reader, item(1)).await.unwrap();
    assert_eq!(
        (found.newest.revision, found.newest.review, found.created_at),
        (2, Review::ToReview, at(1))
    );
    assert_eq!(found.newest.confirmed.unwrap().run_id, run(2));
    assert_eq!(found.newest.seen_at(), at(4));
    let revisions = evidence_items::revisions(&mut reader, item(1))
        .await
        .unwrap();
    assert_eq!(
        revisions.iter().map(|r| r.revision).collect::<Vec<_>>(),
        [2, 1]
    );
    assert_eq!(revisions[0], found.newest);
    assert_eq!(
        (revisions[1].review, revisions[1].reviewed_by.as_deref()),
        (Review::Approved, Some("Pat Doe"))
    );
    assert_eq!(revisions[1].state(None), ReviewState::Superseded);
    assert_eq!(found.newest.state(None), ReviewState::ToReview);
    record(&store, &[reviewed(2, 1, Review::Approved, None)]).await;
    let approved = evidence_items::get(&mut reader, item(1))
        .await
        .unwrap()
        .newest;
    assert_eq!(approved.state(None), ReviewState::Approved);
    assert_eq!(
        approved.state(Some(at(5))),
        ReviewState::Approved,
        "at the limit it still counts"
    );
    assert_eq!(approved.state(Some(at(6))), ReviewState::Expired);
    record(
        &store,
        &[reviewed(2, 1, Review::Rejected, Some("Wrong tenant."))],
    )
    .await;
    let rejected = evidence_items::get(&mut reader, item(1))
        .await
        .unwrap()
        .newest;
    assert_eq!(
        (rejected.state(Some(at(6))), rejected.review_why.as_deref()),
        (ReviewState::Rejected, Some("Wrong tenant."))
    );
    let reviews = evidence_items::reviews(&mut reader, item(1)).await.unwrap();
    let given: Vec<_> = reviews
        .iter()
        .map(|given| (given.revision, given.review))
        .collect();
    assert_eq!(
        given,
        [
            (1, Review::Approved),
            (2, Review::Approved),
            (2, Review::Rejected)
        ]
    );

    assert_eq!(
        evidence_items::get(&mut reader, item(9))
            .await
            .unwrap_err()
            .code(),
        "missing"
    );
    let of = evidence_items::of_dataset(&mut reader, integration(1), "entra-id.users")
        .await
        .unwrap();
    assert_eq!(of.unwrap().id, item(1));
    assert_eq!(
        evidence_items::of_dataset(&mut reader, integration(2), "entra-id.users")
            .await
            .unwrap(),
        None
    );
    for (filter, expected) in [
        (evidence_items::Filter::default(), 1),
        (
            evidence_items::Filter {
                review: Some(Review::Rejected),
                ..Default::default()
            },
            1,
        ),
        (
            evidence_items::Filter {
                review: Some(Review::Approved),
                ..Default::default()
            },
            0,
        ),
        (
            evidence_items::Filter {
                dataset: Some("entra-id.groups".into()),
                ..Default::default()
            },
            0,
        ),
    ] {
        assert_eq!(
            evidence_items::list(&mut reader, &filter)
                .await
                .unwrap()
                .len(),
            expected,
            "{filter:?}"
        );
    }
    record(
        &store,
        &[Event::IntegrationRemoved {
            integration_id: integration(1),
        }],
    )
    .await;
    let connected = evidence_items::Filter {
        connected_only: true,
        ..Default::default()
    };
    assert!(
        evidence_items::list(&mut reader, &connected)
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn decisions_and_parameters_keep_who_when_why_and_their_history() {
    let (_dir, store) = filled().await;
    record(
        &store,
        &[
            determined("3.1.1[a]", Determination::NotMet),
            determined("3.1.10[a]", Determination::Met),
        ],
    )
    .await;
    let mut reader = store.read().await.unwrap();
    let current = determinations::current(&mut reader).await.unwrap();
    let named: Vec<_> = current
        .iter()
        .map(|d| (d.objective.to_string(), d.determination))
        .collect();
    assert_eq!(
        named,
        [
            ("3.1.1[a]".to_owned(), Determination::NotMet),
            ("3.1.10[a]".to_owned(), Determination::Met),
            ("3.5.3[b]".to_owned(), Determination::Met),
        ]
    );
    assert_eq!((current[2].by.as_str(), current[2].at), ("Pat Doe", at(4)));
    assert_eq!(current[2].why.as_deref(), Some("Seen in the tenant."));
    let history = determinations::history(&mut reader, Some("3.5.3[b]".parse().unwrap()))
        .await
        .unwrap();
    let decided: Vec<_> = history.iter().map(|d| d.determination).collect();
    assert_eq!(decided, [Determination::NotMet, Determination::Met]);
    assert_eq!(
        determinations::history(&mut reader, None)
            .await
            .unwrap()
            .len(),
        4
    );

    let [threshold] = &parameters::current(&mut reader).await.unwrap()[..] else {
        panic!("one is set")
    };
    assert_eq!(
        (threshold.key.as_str(), &threshold.value),
        ("mfa.threshold", &serde_json::json!(0.9))
    );
    assert!(
        threshold.in_force(at(999)) && !threshold.in_force(at(1000)),
        "it expires at its moment"
    );
    record(
        &store,
        &[parameter("mfa.threshold", serde_json::Value::Null, None)],
    )
    .await;
    assert!(
        !parameters::current(&mut reader).await.unwrap()[0].in_force(at(0)),
        "back to the default"
    );
    assert_eq!(
        parameters::history(&mut reader, Some("mfa.threshold"))
            .await
            .unwrap()
            .len(),
        2
    );
    assert!(
        parameters::history(&mut reader, Some("other"))
            .await
            .unwrap()
            .is_empty()
    );
}
