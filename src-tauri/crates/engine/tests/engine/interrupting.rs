//! Cancelling, killing and continuing.

use crate::{
    fake::{
        ADMINS, ADMINS_HAVE_MFA, Answer, EVERYBODY_HAS_MFA, LOGS, SETTINGS, SignIn, USERS, page,
        user,
    },
    support::{Bench, count},
};
use engine::{
    api::{CollectEvidence, Nothing, RunReport, SyncIntegration, UnlockWith},
    collect, companies, silent, sync,
};
use evidence::Outcome;
use provider_kit::ErrorClass;
use std::time::{Duration, Instant};
use store::Event;
use tokio::task::JoinHandle;

/// Starts a sync and waits until `datasets` are kept.
async fn under_way(bench: &Bench, kept: usize) -> JoinHandle<RunReport> {
    let app = bench.app.clone();
    let before = bench.events().await.len();
    let running = tokio::spawn(async move {
        sync::sync(&app, SyncIntegration { ids: Vec::new() }, &silent())
            .await
            .unwrap()
            .runs
            .remove(0)
    });
    let is_kept = |event: &Event| {
        matches!(
            event,
            Event::DatasetCollected { .. } | Event::DatasetFailed { .. }
        )
    };
    loop {
        let new = bench.events().await.split_off(before);
        if count(&new, is_kept) == kept
            && count(&new, |event| matches!(event, Event::RunStarted { .. })) == 1
        {
            break running;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// As if the process were killed: the work is dropped where it stands, and another program starts.
async fn killed(bench: Bench, running: JoinHandle<RunReport>) -> Bench {
    running.abort();
    assert!(running.await.unwrap_err().is_cancelled());
    let id = bench.id();
    let next = bench.another();
    drop(bench.app);
    next.unlock(&id, UnlockWith::KeyStore).await.unwrap();
    next
}

fn state(run: &RunReport, dataset: &str) -> String {
    run.datasets
        .iter()
        .find(|run| run.id == dataset)
        .unwrap()
        .state
        .clone()
}

#[tokio::test]
async fn cancelling_ends_a_sync_at_once_and_keeps_what_was_read() {
    let bench = Bench::connected().await;
    bench.fake.answer(USERS.id, Answer::Hangs);
    let running = under_way(&bench, 3).await;
    let begun = Instant::now();
    engine::commands::cancel_work(&bench.app, Nothing {})
        .await
        .unwrap();
    let run = tokio::time::timeout(Duration::from_secs(2), running)
        .await
        .unwrap()
        .unwrap();
    assert!(begun.elapsed() < Duration::from_secs(2));
    assert_eq!(run.state, "cancelled");
    assert_eq!(run.error.as_ref().unwrap().code, "cancelled");
    assert_eq!(
        (state(&run, SETTINGS.id), state(&run, USERS.id)),
        ("current".to_owned(), "failed".to_owned())
    );
    assert_eq!(bench.item("fake.settings").await.revision, 1);
    assert!(bench.verify().await.ok);
    bench.fake.mend();
    assert_eq!(
        bench.sync().await.state,
        "done",
        "a cancelled run is over: the next one is new"
    );
}

#[tokio::test]
async fn cancelling_a_sign_in_changes_no_finding() {
    let bench = Bench::synced().await;
    bench.fake.sign_in_as(SignIn::Hangs);
    let running = under_way(&bench, 0).await;
    engine::commands::cancel_work(&bench.app, Nothing {})
        .await
        .unwrap();
    let run = tokio::time::timeout(Duration::from_secs(2), running)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(run.state, "cancelled");
    assert!(run.datasets.iter().all(|dataset| dataset.state == "never"));
    assert_eq!(
        bench.finding(EVERYBODY_HAS_MFA.id).await.outcome,
        Outcome::Pass
    );
    assert_eq!(bench.item("fake.users").await.state, "current");
}

#[tokio::test]
async fn what_is_not_reached_leaves_no_check_on_older_data_than_is_there() {
    let bench = Bench::synced().await;
    // Administrators come new, users never: what is judged must be judged on the new administrators.
    bench
        .fake
        .answer(ADMINS.id, Answer::Refused(ErrorClass::Permission));
    bench.fake.answer(USERS.id, Answer::Hangs);
    let running = under_way(&bench, 3).await;
    assert_eq!(
        bench.finding(ADMINS_HAVE_MFA.id).await.outcome,
        Outcome::Unknown,
        "at once: a kill must not leave a pass"
    );
    engine::commands::cancel_work(&bench.app, Nothing {})
        .await
        .unwrap();
    running.await.unwrap();
    let stored = bench.findings().await;
    let request = engine::api::ListFindings {
        reevaluate: true,
        ..Default::default()
    };
    assert_eq!(
        engine::findings::list(&bench.app, request)
            .await
            .unwrap()
            .findings,
        stored
    );
}

#[tokio::test]
async fn locking_ends_a_sync() {
    let bench = Bench::connected().await;
    let id = bench.id();
    bench.fake.answer(USERS.id, Answer::Hangs);
    let running = under_way(&bench, 3).await;
    tokio::time::timeout(Duration::from_secs(2), bench.lock())
        .await
        .unwrap();
    assert_eq!(running.await.unwrap().state, "cancelled");
    bench.unlock(&id, UnlockWith::KeyStore).await.unwrap();
    assert!(bench.verify().await.ok);
}

#[tokio::test]
async fn one_collection_at_a_time() {
    let bench = Bench::connected().await;
    bench.fake.answer(USERS.id, Answer::Hangs);
    let running = under_way(&bench, 3).await;
    let busy = sync::sync(&bench.app, SyncIntegration { ids: Vec::new() }, &silent())
        .await
        .err()
        .unwrap();
    assert_eq!(busy.code, "busy");
    let activity = engine::activity::get(&bench.app, Nothing {}).await.unwrap();
    assert_eq!(activity.runs[0].state, "running");
    engine::commands::cancel_work(&bench.app, Nothing {})
        .await
        .unwrap();
    running.await.unwrap();
    assert_eq!(
        engine::activity::get(&bench.app, Nothing {})
            .await
            .unwrap()
            .runs[0]
            .state,
        "cancelled"
    );
}

#[tokio::test]
async fn a_killed_run_is_continued_with_what_is_missing() {
    let bench = Bench::connected().await;
    bench.fake.answer(USERS.id, Answer::Hangs);
    let running = under_way(&bench, 3).await;
    let bench = killed(bench, running).await;
    let interrupted = engine::activity::get(&bench.app, Nothing {})
        .await
        .unwrap()
        .runs
        .remove(0);
    assert_eq!(
        (
            interrupted.state.as_str(),
            state(&interrupted, USERS.id).as_str()
        ),
        ("interrupted", "never")
    );
    assert!(bench.verify().await.ok);
    bench.fake.asked();
    bench.fake.mend();
    bench.at("2026-11-23T14:30:00Z");
    let run = bench.sync().await;
    assert_eq!(run.run_id, interrupted.run_id);
    assert_eq!(run.state, "done");
    // What met its row cap was not read to its end, so it is read again.
    assert_eq!(bench.fake.asked(), [LOGS.id, USERS.id]);
    assert_eq!(state(&run, SETTINGS.id), "current");
    assert_eq!(
        bench
            .findings()
            .await
            .iter()
            .filter(|finding| finding.outcome == Outcome::Pass)
            .count(),
        3
    );
    assert_eq!(
        count(&bench.events().await, |event| matches!(
            event,
            Event::RunStarted { .. }
        )),
        1
    );
    assert!(bench.verify().await.ok);
}

#[tokio::test]
async fn a_run_killed_long_ago_is_ended_and_judged_and_a_new_one_begins() {
    let bench = Bench::synced().await;
    bench.fake.answer(
        ADMINS.id,
        Answer::Pages(vec![page(&[serde_json::json!({"id": "bob"})])]),
    );
    bench.fake.answer(USERS.id, Answer::Hangs);
    let running = under_way(&bench, 3).await;
    let bench = killed(bench, running).await;
    bench.at("2026-11-24T14:00:00Z");
    bench.fake.mend();
    bench.fake.answer(
        ADMINS.id,
        Answer::Pages(vec![page(&[serde_json::json!({"id": "bob"})])]),
    );
    // Another control is collected; what the killed run left is settled all the same.
    let collected = collect::collect(
        &bench.app,
        CollectEvidence {
            control_id: "3.3.1".into(),
        },
        &silent(),
    )
    .await
    .unwrap();
    assert_eq!(collected.runs[0].state, "done");
    let runs = engine::activity::get(&bench.app, Nothing {})
        .await
        .unwrap()
        .runs;
    assert_eq!((runs.len(), runs[1].state.as_str()), (3, "partial"));
    let request = engine::api::ListFindings {
        reevaluate: true,
        ..Default::default()
    };
    assert_eq!(
        engine::findings::list(&bench.app, request)
            .await
            .unwrap()
            .findings,
        bench.findings().await
    );
    assert!(bench.verify().await.ok);
}

#[tokio::test]
async fn dropping_the_app_at_any_moment_loses_nothing_acknowledged() {
    let bench = Bench::connected().await;
    let id = bench.id();
    bench
        .fake
        .answer(USERS.id, Answer::Pages(vec![page(&[user("ada", false)])]));
    bench.sync().await;
    let acknowledged = serde_json::to_string(&bench.findings().await).unwrap();
    let next = bench.another();
    drop(bench.app);
    let open = companies::open(
        &next.app,
        id.parse().unwrap(),
        UnlockWith::KeyStore,
        store::Access::ReadWrite,
    )
    .await
    .unwrap();
    drop(open);
    assert_eq!(
        serde_json::to_string(&next.findings().await).unwrap(),
        acknowledged
    );
    assert!(next.verify().await.ok);
}

#[tokio::test]
async fn a_run_that_began_by_another_clock_is_not_continued() {
    let bench = Bench::synced().await;
    bench.fake.answer(USERS.id, Answer::Hangs);
    let running = under_way(&bench, 3).await;
    let bench = killed(bench, running).await;
    // The clock was a day ahead when the run was killed.
    bench.at("2026-11-22T14:00:00Z");
    bench.fake.mend();
    bench.fake.asked();
    assert_eq!(bench.sync().await.state, "done");
    assert_eq!(bench.fake.asked().len(), 4, "everything is read");
}
