//! The stored data judged again: the same result to the byte, and where it is another one, why.

use crate::{
    fake::{ADMINS_HAVE_MFA, Answer, EVERYBODY_HAS_MFA, USERS, page, user},
    support::Bench,
};
use engine::{
    api::{FindingChange, Findings, ListFindings, UnlockWith},
    companies, findings,
};
use evidence::{Digest, Finding, Outcome, RunId};
use provider_kit::Provider as _;
use serde_json::json;
use store::{Access, Event, RunState, Trigger, blobs::Prepared, chain, snapshots};

async fn again(bench: &Bench) -> Findings {
    let request = ListFindings {
        reevaluate: true,
        ..Default::default()
    };
    findings::list(&bench.app, request).await.unwrap()
}

async fn changes(bench: &Bench) -> Vec<FindingChange> {
    again(bench).await.changes.unwrap()
}

fn of<'a>(findings: &'a Findings, check: &str) -> &'a Finding {
    findings
        .findings
        .iter()
        .find(|finding| finding.check == check)
        .unwrap()
}

fn codes(change: &FindingChange) -> Vec<&str> {
    change.why.iter().map(|cause| cause.code.as_str()).collect()
}

/// Records events past the engine, as a process that was killed after its commit leaves them.
async fn record(bench: &Bench, events: &[Event]) {
    let open = bench.app.opened().unwrap();
    let mut tx = open.store.begin().await.unwrap();
    for event in events {
        chain::record(&mut tx, bench.app.now(), event)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

/// A company whose user `dan` has no MFA.
async fn with_dan() -> Bench {
    let bench = Bench::connected().await;
    bench.fake.answer(
        USERS.id,
        Answer::Pages(vec![page(&[user("ada", true), user("dan", false)])]),
    );
    bench.sync().await;
    bench.fake.asked();
    bench
}

/// Another run in which the users are this page, kept but not judged.
async fn kept_without_judging(bench: &Bench, body: &serde_json::Value) {
    let bytes = serde_json::to_vec(body).unwrap();
    let open = bench.app.opened().unwrap();
    let mut tx = open.store.begin().await.unwrap();
    let integration = store::integrations::find(&mut tx, "shop").await.unwrap().id;
    let status = store::datasets::get(&mut tx, integration, USERS.id)
        .await
        .unwrap()
        .unwrap();
    let before = status.attempt.collected.unwrap().snapshot;
    let mut snapshot = snapshots::get(&mut tx, before).await.unwrap();
    snapshot.pages.truncate(1);
    snapshot.pages[0].page_sha256 = Digest::of(&bytes);
    snapshot.pages[0].bytes = bytes.len() as u64;
    snapshot.content_sha256 = Digest::of(&bytes);
    let id = snapshots::put_prepared(&mut tx, &snapshot, &[Prepared::new(&bytes).unwrap()])
        .await
        .unwrap();
    let run_id = RunId::random();
    let collected: Event = serde_json::from_value(json!({
        "event": "dataset_collected", "runId": run_id, "integrationId": integration, "dataset": USERS.id,
        "snapshot": id, "contentSha256": snapshot.content_sha256, "rows": 2, "pages": 1, "partial": null,
        "confirmedPages": 0,
    }))
    .unwrap();
    for event in [
        Event::RunStarted {
            run_id,
            integration_id: integration,
            trigger: Trigger::Person,
            scheduled_for: None,
            datasets: vec![USERS.id.to_owned()],
        },
        collected,
        Event::RunFinished {
            run_id,
            integration_id: integration,
            state: RunState::Done,
            error: None,
        },
    ] {
        chain::record(&mut tx, bench.app.now(), &event)
            .await
            .unwrap();
    }
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn the_same_data_gives_the_same_findings_byte_for_byte_and_asks_nobody() {
    let bench = with_dan().await;
    let recorded = serde_json::to_vec(&bench.findings().await).unwrap();
    let entries = bench.events().await.len();
    let judged = again(&bench).await;
    assert_eq!(serde_json::to_vec(&judged.findings).unwrap(), recorded);
    assert_eq!(judged.changes.as_deref(), Some(&[][..]));
    assert!(findings::is_intact(&judged));
    assert!(bench.fake.asked().is_empty());
    assert_eq!(bench.events().await.len(), entries, "nothing is written");
    // Also after an attempt that failed, when findings are unknown with what was known before.
    bench.fake.answer(
        USERS.id,
        Answer::Refused(provider_kit::ErrorClass::Permission),
    );
    bench.sync().await;
    let recorded = bench.findings().await;
    assert!(recorded.iter().any(|finding| finding.last_known.is_some()));
    let judged = again(&bench).await;
    assert_eq!(judged.findings, recorded);
    assert_eq!(judged.changes.as_deref(), Some(&[][..]));
    let plain = findings::list(&bench.app, ListFindings::default())
        .await
        .unwrap();
    assert!(
        !serde_json::to_string(&plain).unwrap().contains("changes"),
        "only judging again names changes"
    );
}

#[tokio::test]
async fn a_reader_beside_the_app_can_judge_again() {
    let bench = with_dan().await;
    let other = bench.another();
    companies::open(
        &other.app,
        bench.id().parse().unwrap(),
        UnlockWith::KeyStore,
        Access::ReadOnly,
    )
    .await
    .unwrap();
    let judged = again(&other).await;
    assert_eq!(judged.findings, bench.findings().await);
    assert_eq!(judged.changes.as_deref(), Some(&[][..]));
}

#[tokio::test]
async fn a_parameter_that_changed_is_named_with_who_and_when() {
    let bench = with_dan().await;
    record(
        &bench,
        &[Event::ParameterSet {
            key: "fake.exempt".into(),
            value: json!(["dan"]),
            by: "Ada".into(),
            why: "In the safe.".into(),
            until: Some("2026-11-30T00:00:00Z".parse().unwrap()),
        }],
    )
    .await;
    let judged = again(&bench).await;
    assert_eq!(of(&judged, EVERYBODY_HAS_MFA.id).outcome, Outcome::Pass);
    let all = judged.changes.as_ref().unwrap();
    let change = all
        .iter()
        .find(|one| one.check == EVERYBODY_HAS_MFA.id)
        .unwrap();
    assert_eq!(codes(change), ["parameter"]);
    let (before, after) = (
        change.before.as_ref().unwrap(),
        change.after.as_ref().unwrap(),
    );
    assert_eq!(
        (before.outcome.as_str(), after.outcome.as_str()),
        ("fail", "pass")
    );
    let parameter = &change.parameters[0];
    assert_eq!(parameter.key, "fake.exempt");
    assert_eq!(
        (&parameter.before, &parameter.after),
        (&json!([]), &json!(["dan"]))
    );
    assert_eq!(parameter.set.as_ref().unwrap().by, "Ada");
    assert_eq!(
        parameter.set.as_ref().unwrap().why.as_deref(),
        Some("In the safe.")
    );
    assert_eq!(change.resources_gone.len(), 1);
    assert_eq!(change.resources_gone[0].id, "dan");
    assert!(change.why[0].what.contains("Ada"));
    assert!(findings::is_intact(&judged), "a parameter is no damage");
    assert!(
        all.iter().all(|one| one.check != ADMINS_HAVE_MFA.id),
        "what does not read it is the same"
    );
    // It runs out: the recorded finding holds again.
    bench.at("2026-12-01T00:00:00Z");
    assert_eq!(changes(&bench).await, []);
}

#[tokio::test]
async fn a_setting_that_ran_out_says_so() {
    let bench = with_dan().await;
    engine::parameters::set(
        &bench.app,
        engine::api::SetParameter {
            key: "fake.exempt".into(),
            value: json!(["dan"]),
            by: "Ada".into(),
            why: "In the safe.".into(),
            until: Some("2026-11-30T00:00:00Z".into()),
        },
    )
    .await
    .unwrap();
    assert_eq!(changes(&bench).await, []);
    bench.at("2026-12-01T00:00:00Z");
    let all = changes(&bench).await;
    let change = all
        .iter()
        .find(|one| one.check == EVERYBODY_HAS_MFA.id)
        .unwrap();
    assert_eq!(change.after.as_ref().unwrap().outcome, "fail");
    assert!(
        change.why[0]
            .what
            .contains("counted until 2026-11-30T00:00:00Z")
    );
    assert_eq!(change.resources_added.len(), 1);
}

#[tokio::test]
async fn a_page_recorded_anew_changes_the_result() {
    let bench = with_dan().await;
    kept_without_judging(&bench, &page(&[user("ada", true), user("dan", true)])).await;
    let judged = again(&bench).await;
    assert_eq!(of(&judged, EVERYBODY_HAS_MFA.id).outcome, Outcome::Pass);
    let all = judged.changes.as_ref().unwrap();
    let change = all
        .iter()
        .find(|one| one.check == EVERYBODY_HAS_MFA.id)
        .unwrap();
    assert_eq!(codes(change), ["newer_data"]);
    assert_ne!(
        change.before.as_ref().unwrap().snapshots,
        change.after.as_ref().unwrap().snapshots
    );
    assert!(findings::is_intact(&judged));
    assert!(bench.verify().await.ok, "it is part of the record");
}

#[tokio::test]
async fn an_altered_page_is_damage_by_its_digest_and_is_never_judged() {
    let bench = with_dan().await;
    let altered = serde_json::to_vec(&page(&[user("ada", true), user("dan", true)])).unwrap();
    let open = bench.app.opened().unwrap();
    let mut tx = open.store.begin().await.unwrap();
    let integration = store::integrations::find(&mut tx, "shop").await.unwrap().id;
    let snapshot = store::datasets::get(&mut tx, integration, USERS.id)
        .await
        .unwrap()
        .unwrap()
        .attempt
        .collected
        .unwrap()
        .snapshot;
    let digest = snapshots::get(&mut tx, snapshot).await.unwrap().pages[0].page_sha256;
    // Another content under the same name: bytes that are well-formed and would pass.
    let name = Digest::of(&altered);
    store::blobs::put(&mut tx, &Prepared::new(&altered).unwrap())
        .await
        .unwrap();
    sqlx::query(
        "UPDATE blobs SET (length, bytes) = (SELECT length, bytes FROM blobs WHERE digest = ?1) WHERE digest = ?2",
    )
    .bind(name.to_string())
    .bind(digest.to_string())
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();

    let judged = again(&bench).await;
    let finding = of(&judged, EVERYBODY_HAS_MFA.id);
    assert_eq!(finding.outcome, Outcome::Unknown);
    let reason = &finding.reason.as_ref().unwrap().detail;
    assert!(reason.contains(&digest.to_string()), "{reason}");
    assert_eq!(finding.last_known.as_ref().unwrap().outcome, Outcome::Fail);
    let all = judged.changes.as_ref().unwrap();
    let change = all
        .iter()
        .find(|one| one.check == EVERYBODY_HAS_MFA.id)
        .unwrap();
    assert_eq!(codes(change), ["damaged"]);
    assert_eq!(
        change.why[0].digest.as_deref(),
        Some(digest.to_string().as_str())
    );
    assert!(!findings::is_intact(&judged));
    let untouched = bench
        .app_checks()
        .iter()
        .find(|check| !check.datasets.contains(&USERS.id))
        .unwrap();
    assert!(all.iter().all(|one| one.check != untouched.id));

    // Gone altogether, and nobody purged it: damage as well.
    let mut tx = open.store.begin().await.unwrap();
    sqlx::query("DELETE FROM blobs WHERE digest = ?1")
        .bind(digest.to_string())
        .execute(&mut *tx)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let judged = again(&bench).await;
    assert_eq!(of(&judged, EVERYBODY_HAS_MFA.id).outcome, Outcome::Unknown);
    assert!(!findings::is_intact(&judged));
}

#[tokio::test]
async fn a_purged_page_is_no_damage_but_can_t_be_judged() {
    let bench = with_dan().await;
    let item = bench.item(USERS.id).await;
    let shown = engine::evidence_view::show(&bench.app, engine::api::EvidenceRef { id: item.id })
        .await
        .unwrap();
    let digest = shown.pages[0].page_sha256;
    record(
        &bench,
        &[Event::PayloadPurged {
            payload: digest,
            by: "Ada".into(),
            why: "It held CUI.".into(),
        }],
    )
    .await;
    let judged = again(&bench).await;
    assert_eq!(of(&judged, EVERYBODY_HAS_MFA.id).outcome, Outcome::Unknown);
    let all = judged.changes.as_ref().unwrap();
    let change = all
        .iter()
        .find(|one| one.check == EVERYBODY_HAS_MFA.id)
        .unwrap();
    assert_eq!(codes(change), ["purged"]);
    assert!(findings::is_intact(&judged));
    assert!(bench.verify().await.ok);
}

#[tokio::test]
async fn another_version_a_check_that_is_gone_and_one_that_never_judged_are_named() {
    let bench = with_dan().await;
    let recorded = bench.finding(EVERYBODY_HAS_MFA.id).await;
    let run = bench
        .events()
        .await
        .iter()
        .find_map(|event| match event {
            Event::RunStarted { run_id, .. } => Some(*run_id),
            _ => None,
        })
        .unwrap();
    let old = Finding {
        check_version: 0,
        outcome: Outcome::Pass,
        resources: Vec::new(),
        ..recorded.clone()
    };
    let gone = Finding {
        check: "fake.of_yesterday".into(),
        ..recorded.clone()
    };
    let same_but = Finding {
        check: ADMINS_HAVE_MFA.id.into(),
        title: "Made-up words.".into(),
        ..bench.finding(ADMINS_HAVE_MFA.id).await
    };
    record(
        &bench,
        &[old, gone, same_but].map(|finding| Event::FindingRecorded {
            run_id: run,
            finding: Box::new(finding),
        }),
    )
    .await;
    let judged = again(&bench).await;
    let all = judged.changes.as_ref().unwrap();
    let code = |check: &str| codes(all.iter().find(|one| one.check == check).unwrap());
    assert_eq!(code(EVERYBODY_HAS_MFA.id), ["check_version"]);
    assert_eq!(code("fake.of_yesterday"), ["check_gone"]);
    assert_eq!(code(ADMINS_HAVE_MFA.id), ["wording"]);
    assert!(findings::is_intact(&judged));
    assert_eq!(of(&judged, EVERYBODY_HAS_MFA.id), &recorded);

    // The same version that said something else on the same data can't be explained: that is no good sign.
    record(
        &bench,
        &[Event::FindingRecorded {
            run_id: run,
            finding: Box::new(Finding {
                outcome: Outcome::Pass,
                resources: Vec::new(),
                ..recorded
            }),
        }],
    )
    .await;
    let judged = again(&bench).await;
    let all = judged.changes.as_ref().unwrap();
    let change = all
        .iter()
        .find(|one| one.check == EVERYBODY_HAS_MFA.id)
        .unwrap();
    assert_eq!(codes(change), ["not_reproducible"]);
    assert!(!findings::is_intact(&judged));
}

#[tokio::test]
async fn filters_pick_what_is_judged_again() {
    let bench = with_dan().await;
    let whole = again(&bench).await.findings;
    let ask = async |request: ListFindings| {
        findings::list(
            &bench.app,
            ListFindings {
                reevaluate: true,
                ..request
            },
        )
        .await
        .unwrap()
        .findings
    };
    let by_alias = ask(ListFindings {
        check: Some("FAKE-01".into()),
        ..Default::default()
    })
    .await;
    assert_eq!(by_alias.len(), 1);
    let failing = ask(ListFindings {
        outcome: Some("fail".into()),
        ..Default::default()
    })
    .await;
    assert!(!failing.is_empty() && failing.len() < whole.len());
    let here = ask(ListFindings {
        integration: Some("shop".into()),
        ..Default::default()
    })
    .await;
    assert_eq!(here, whole);
    assert!(bench.fake.manifest().id == "fake");
}
