//! A sync: what is kept, what is judged, what stays when something fails.

use crate::{
    fake::{
        ADMINS, ADMINS_HAVE_MFA, Answer, EVERYBODY_HAS_MFA, Fake, NOTHING_ODD_LOGGED,
        SETTINGS_LOCKED, SignIn, USERS, page, user,
    },
    support::{Bench, app_over, connection, count, new_company},
};
use engine::{
    FixedClock,
    api::{IntegrationRef, ListFindings, Progress, RunReport, SyncIntegration},
    companies, connect, findings, sync,
};
use evidence::Outcome;
use provider_kit::ErrorClass;
use std::sync::{Arc, Mutex};
use store::Event;
use vault::MemoryKeyring;

fn states(run: &RunReport) -> Vec<(&str, &str)> {
    run.datasets
        .iter()
        .map(|dataset| (dataset.id.as_str(), dataset.state.as_str()))
        .collect()
}

fn is_finding(event: &Event) -> bool {
    matches!(event, Event::FindingRecorded { .. })
}

fn is_revision(event: &Event) -> bool {
    matches!(event, Event::EvidenceRevised { .. })
}

#[tokio::test]
async fn the_first_sync_keeps_everything_once() {
    let bench = Bench::connected().await;
    let run = bench.sync().await;
    assert_eq!(run.state, "done");
    assert_eq!(
        states(&run),
        [
            ("fake.users", "current"),
            ("fake.admins", "current"),
            ("fake.settings", "current"),
            ("fake.logs", "partial")
        ]
    );
    assert_eq!((run.datasets[0].rows, run.datasets[0].pages), (3, 2));
    assert_eq!(
        bench.fake.asked(),
        ["fake.admins", "fake.logs", "fake.settings", "fake.users"]
    );
    let events = bench.events().await;
    assert_eq!(count(&events, is_revision), 4);
    assert_eq!(
        count(&events, is_finding),
        4,
        "each check is judged once, when its last dataset is there"
    );
    for dataset in ["fake.users", "fake.admins", "fake.settings", "fake.logs"] {
        let item = bench.item(dataset).await;
        assert_eq!((item.revision, item.review.as_str()), (1, "to_review"));
    }
    let outcomes: Vec<_> = bench
        .findings()
        .await
        .into_iter()
        .map(|finding| (finding.check, finding.outcome))
        .collect();
    assert_eq!(
        outcomes,
        [
            (NOTHING_ODD_LOGGED.id.to_owned(), Outcome::Unknown),
            (ADMINS_HAVE_MFA.id.to_owned(), Outcome::Pass),
            (EVERYBODY_HAS_MFA.id.to_owned(), Outcome::Pass),
            (SETTINGS_LOCKED.id.to_owned(), Outcome::Pass),
        ]
    );
    assert_eq!(bench.finding(ADMINS_HAVE_MFA.id).await.snapshots.len(), 2);
    assert!(bench.verify().await.ok);
}

#[tokio::test]
async fn unchanged_answers_are_confirmed_and_recorded_as_nothing_new() {
    let bench = Bench::synced().await;
    let before = bench.events().await;
    bench.at("2026-11-24T14:00:00Z");
    let run = bench.sync().await;
    assert_eq!(states(&run)[0], ("fake.users", "current"));
    assert!(run.datasets[0].unchanged);
    let new = &bench.events().await[before.len()..];
    assert_eq!((count(new, is_revision), count(new, is_finding)), (0, 0));
    assert_eq!(
        count(new, |event| matches!(
            event,
            Event::EvidenceConfirmed { .. }
        )),
        4
    );
    assert!(
        count(new, |event| matches!(
            event,
            Event::FindingsConfirmed { .. }
        )) > 0
    );
    let item = bench.item("fake.users").await;
    assert_eq!(
        (item.revision, item.collected_at.as_str()),
        (1, "2026-11-23T14:00:00Z")
    );
    assert_eq!(item.confirmed_at, "2026-11-24T14:00:00Z");
    assert_eq!(
        bench
            .finding(EVERYBODY_HAS_MFA.id)
            .await
            .collected_at
            .to_string(),
        "2026-11-24T14:00:00Z"
    );
    assert!(bench.verify().await.ok);
}

#[tokio::test]
async fn volatile_members_change_nothing_and_removed_ones_are_not_kept() {
    let bench = Bench::synced().await;
    let mut ada = user("ada", true);
    ada["seen"] = 2.into();
    ada["phone"] = "555-0199".into();
    bench.fake.answer(
        USERS.id,
        Answer::Pages(vec![page(&[ada, user("bob", true), user("cy", true)])]),
    );
    bench.sync().await;
    let item = bench.item("fake.users").await;
    assert_eq!(item.revision, 1);
    let shown = engine::evidence_view::show(&bench.app, engine::api::EvidenceRef { id: item.id })
        .await
        .unwrap();
    assert_eq!(
        shown.records[0]["seen"], 2,
        "the newest confirmation is shown"
    );
    let text = serde_json::to_string(&shown).unwrap();
    assert!(
        !text.contains("555-01"),
        "declared removals never reach the vault"
    );
}

#[tokio::test]
async fn a_change_makes_a_revision_and_a_finding() {
    let bench = Bench::synced().await;
    let before = bench.events().await.len();
    bench.fake.answer(
        USERS.id,
        Answer::Pages(vec![page(&[user("ada", true), user("dan", false)])]),
    );
    let run = bench.sync().await;
    assert_eq!(states(&run)[0], ("fake.users", "current"));
    let new = &bench.events().await[before..];
    assert_eq!(count(new, is_revision), 1);
    assert_eq!(bench.item("fake.users").await.revision, 2);
    let finding = bench.finding(EVERYBODY_HAS_MFA.id).await;
    assert_eq!(
        (
            finding.outcome,
            finding.resources.len(),
            finding.resources[0].id.as_str()
        ),
        (Outcome::Fail, 1, "dan")
    );
    assert_eq!(
        bench.finding(ADMINS_HAVE_MFA.id).await.outcome,
        Outcome::Pass
    );
    let history = findings::list(
        &bench.app,
        ListFindings {
            check: Some("fake-01".into()),
            history: true,
            ..Default::default()
        },
    )
    .await
    .unwrap();
    assert_eq!(history.findings.len(), 2);
}

#[tokio::test]
async fn judging_again_offline_gives_the_same_bytes() {
    let bench = Bench::connected().await;
    let again = async || {
        let stored = bench.findings().await;
        let request = ListFindings {
            reevaluate: true,
            ..Default::default()
        };
        let again = findings::list(&bench.app, request).await.unwrap().findings;
        assert_eq!(again.len(), 4);
        for (stored, again) in stored.iter().zip(&again) {
            assert_eq!(
                serde_json::to_string(stored).unwrap(),
                serde_json::to_string(again).unwrap()
            );
        }
    };
    bench.sync().await;
    again().await;
    // The same records in other pages, a failure, a cut, another day.
    bench.at("2026-11-24T14:00:00Z");
    bench.fake.answer(
        USERS.id,
        Answer::Pages(vec![page(&[
            user("ada", true),
            user("bob", true),
            user("cy", true),
        ])]),
    );
    bench.sync().await;
    again().await;
    bench
        .fake
        .answer(ADMINS.id, Answer::Refused(ErrorClass::Licence));
    bench.fake.answer(
        USERS.id,
        Answer::Cut(vec![page(&[user("ada", false)])], ErrorClass::Throttled),
    );
    bench.sync().await;
    again().await;
    bench.fake.sign_in_as(SignIn::Refused(ErrorClass::Network));
    bench.at("2026-11-25T14:00:00Z");
    bench.sync().await;
    bench.at("2026-12-25T14:00:00Z");
    again().await;
}

#[tokio::test]
async fn findings_are_filtered() {
    let bench = Bench::synced().await;
    let checks = async |request: ListFindings| -> Vec<String> {
        findings::list(&bench.app, request)
            .await
            .unwrap()
            .findings
            .into_iter()
            .map(|finding| finding.check)
            .collect()
    };
    let all = ListFindings::default;
    assert_eq!(
        checks(ListFindings {
            requirement: Some("IA.L2-3.5.3".into()),
            ..all()
        })
        .await
        .len(),
        2
    );
    assert_eq!(
        checks(ListFindings {
            outcome: Some("unknown".into()),
            ..all()
        })
        .await,
        [NOTHING_ODD_LOGGED.id]
    );
    assert_eq!(
        checks(ListFindings {
            outcome: Some("unknown".into()),
            reevaluate: true,
            ..all()
        })
        .await,
        [NOTHING_ODD_LOGGED.id]
    );
    assert_eq!(
        checks(ListFindings {
            integration: Some("shop".into()),
            check: Some(SETTINGS_LOCKED.id.into()),
            ..all()
        })
        .await,
        [SETTINGS_LOCKED.id]
    );
    for wrong in [
        ListFindings {
            outcome: Some("good".into()),
            ..all()
        },
        ListFindings {
            requirement: Some("9.9.9".into()),
            ..all()
        },
        ListFindings {
            check: Some("x".into()),
            ..all()
        },
        ListFindings {
            integration: Some("x".into()),
            ..all()
        },
    ] {
        assert_eq!(
            findings::list(&bench.app, wrong).await.unwrap_err().class,
            "usage"
        );
    }
}

#[tokio::test]
async fn progress_tells_what_happens_in_order() {
    let bench = Bench::connected().await;
    let heard: Arc<Mutex<Vec<Progress>>> = Arc::default();
    let ear = Arc::clone(&heard);
    let sink: engine::ProgressSink = Arc::new(move |progress| ear.lock().unwrap().push(progress));
    sync::sync(
        &bench.app,
        SyncIntegration {
            ids: vec!["shop".into()],
        },
        &sink,
    )
    .await
    .unwrap();
    let heard = heard.lock().unwrap();
    assert!(matches!(&heard[0], Progress::Started { datasets: 4, label, .. } if label == "shop"));
    assert!(matches!(heard.last(), Some(Progress::Finished { state, .. }) if state == "done"));
    let done: Vec<u32> = heard
        .iter()
        .filter_map(|progress| match progress {
            Progress::Kept { done, total: 4, .. } => Some(*done),
            _ => None,
        })
        .collect();
    assert_eq!(done, [1, 2, 3, 4]);
    assert!(heard.iter().any(|progress| matches!(progress, Progress::Reading { dataset, rows: 3, pages: 2, .. } if dataset == "fake.users")));
}

#[tokio::test]
async fn naming_a_connection_twice_syncs_it_once() {
    let bench = Bench::connected().await;
    let id = connect::list(&bench.app, Default::default())
        .await
        .unwrap()
        .integrations[0]
        .id
        .clone();
    let request = SyncIntegration {
        ids: vec!["shop".into(), id, "shop".into()],
    };
    assert_eq!(
        sync::sync(&bench.app, request, &engine::silent())
            .await
            .unwrap()
            .runs
            .len(),
        1
    );
    let unknown = SyncIntegration {
        ids: vec!["nothing".into()],
    };
    assert_eq!(
        sync::sync(&bench.app, unknown, &engine::silent())
            .await
            .err()
            .unwrap()
            .class,
        "usage"
    );
}

#[tokio::test]
async fn several_connections_of_one_provider_are_judged_apart() {
    let bench = Bench::synced().await;
    bench.fake.sign_in_as(SignIn::As("t-2"));
    bench.connect("second").await.unwrap();
    bench
        .fake
        .answer(USERS.id, Answer::Pages(vec![page(&[user("ada", false)])]));
    let run = sync::sync(
        &bench.app,
        SyncIntegration {
            ids: vec!["second".into()],
        },
        &engine::silent(),
    )
    .await
    .unwrap();
    assert_eq!(run.runs[0].state, "done");
    let outcomes: Vec<Outcome> = bench
        .findings()
        .await
        .into_iter()
        .filter(|finding| finding.check == EVERYBODY_HAS_MFA.id)
        .map(|finding| finding.outcome)
        .collect();
    assert!(outcomes.contains(&Outcome::Pass) && outcomes.contains(&Outcome::Fail));
    let detail = connect::detail(
        &bench.app,
        IntegrationRef {
            id: "second".into(),
        },
    )
    .await
    .unwrap();
    assert_eq!(
        (
            detail.findings.len(),
            detail.runs.len(),
            detail.datasets.len()
        ),
        (4, 1, 4)
    );
    assert_eq!(detail.integration.checks.fail, 2);
}

#[tokio::test]
async fn two_vaults_with_the_same_answers_hold_the_same_findings() {
    let mut written = Vec::new();
    for _ in 0..2 {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::at("2026-11-23T14:00:00Z".parse().unwrap()));
        let app = app_over(
            dir.path(),
            Arc::new(MemoryKeyring::new()),
            clock,
            vec![Fake::leaked()],
        );
        companies::create(&app, new_company("Acme")).await.unwrap();
        let id = connect::connect(&app, connection(Some("shop"), crate::fake::SECRET))
            .await
            .unwrap()
            .integration
            .id;
        sync::sync(&app, SyncIntegration { ids: Vec::new() }, &engine::silent())
            .await
            .unwrap();
        let findings = findings::list(&app, ListFindings::default()).await.unwrap();
        written.push(
            serde_json::to_string(&findings)
                .unwrap()
                .replace(&id, "the connection"),
        );
    }
    assert_eq!(written[0], written[1]);
}
