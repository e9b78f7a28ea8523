//! What is due follows from what is stored.

use crate::{
    fake::{Answer, USERS},
    support::Bench,
};
use engine::{
    api::{DueRun, Nothing, Schedule, SetSchedule, UnlockWith},
    schedule, silent,
};

async fn run_due(bench: &Bench) -> DueRun {
    schedule::run_due(&bench.app, Nothing {}, &silent())
        .await
        .unwrap()
}

async fn shown(bench: &Bench) -> Schedule {
    engine::activity::get(&bench.app, Nothing {})
        .await
        .unwrap()
        .schedule
}

#[tokio::test]
async fn a_due_moment_is_served_once() {
    let bench = Bench::connected().await;
    assert_eq!(
        run_due(&bench).await,
        DueRun {
            due: None,
            missed: 0,
            runs: Vec::new()
        }
    );
    assert_eq!(shown(&bench).await.next[0], "2026-11-24T09:00:00Z");
    bench.at("2026-11-24T08:59:59Z");
    assert_eq!(run_due(&bench).await.due, None);
    bench.at("2026-11-24T09:00:02Z");
    let ran = run_due(&bench).await;
    assert_eq!(
        (ran.due.as_deref(), ran.missed),
        (Some("2026-11-24T09:00:00Z"), 0)
    );
    assert_eq!(
        (ran.runs[0].trigger.as_str(), ran.runs[0].state.as_str()),
        ("schedule", "done")
    );
    assert_eq!(
        ran.runs[0].scheduled_for.as_deref(),
        Some("2026-11-24T09:00:00Z")
    );
    assert_eq!(run_due(&bench).await.due, None);
    let last = shown(&bench).await.last.unwrap();
    assert_eq!(
        (last.due.as_str(), last.ran.as_str()),
        ("2026-11-24T09:00:00Z", "2026-11-24T09:00:02Z")
    );
    // A clock that is set back doubles nothing.
    bench.at("2026-11-24T08:59:00Z");
    assert_eq!(shown(&bench).await.next[0], "2026-11-25T09:00:00Z");
    bench.at("2026-11-24T09:00:30Z");
    assert_eq!(run_due(&bench).await.due, None);
}

#[tokio::test]
async fn missed_days_are_caught_up_once_and_say_so() {
    let bench = Bench::connected().await;
    let id = bench.id();
    bench.lock().await;
    bench.at("2026-11-27T11:42:00Z");
    bench.unlock(&id, UnlockWith::KeyStore).await.unwrap();
    let ran = run_due(&bench).await;
    assert_eq!(
        (ran.due.as_deref(), ran.missed),
        (Some("2026-11-27T09:00:00Z"), 3)
    );
    assert_eq!(
        (ran.runs.len(), ran.runs[0].trigger.as_str()),
        (1, "catch_up")
    );
    assert_eq!(run_due(&bench).await.due, None);
}

#[tokio::test]
async fn a_killed_due_run_is_due_again_and_continued() {
    let bench = Bench::connected().await;
    bench.at("2026-11-24T09:00:00Z");
    bench.fake.answer(USERS.id, Answer::Hangs);
    let app = bench.app.clone();
    let running = tokio::spawn(async move { schedule::run_due(&app, Nothing {}, &silent()).await });
    while bench.fake.asked().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    running.abort();
    let _ = running.await;
    let id = bench.id();
    let next = bench.another();
    drop(bench.app);
    next.unlock(&id, UnlockWith::KeyStore).await.unwrap();
    next.fake.mend();
    next.at("2026-11-24T09:20:00Z");
    let ran = run_due(&next).await;
    assert_eq!(
        (ran.due.as_deref(), ran.runs[0].state.as_str()),
        (Some("2026-11-24T09:00:00Z"), "done")
    );
    assert_eq!(
        ran.runs[0].trigger, "schedule",
        "the run that was begun on time goes on"
    );
    assert_eq!(run_due(&next).await.due, None);
}

#[tokio::test]
async fn the_schedule_is_changed_and_nothing_becomes_due_by_it() {
    let bench = Bench::connected().await;
    let set = async |enabled, at: &str| {
        schedule::set(
            &bench.app,
            SetSchedule {
                enabled,
                daily_at: at.to_owned(),
            },
        )
        .await
    };
    let changed = set(true, "13:00").await.unwrap();
    assert_eq!(
        (changed.daily_at.as_str(), changed.next[0].as_str()),
        ("13:00", "2026-11-24T13:00:00Z")
    );
    assert_eq!(run_due(&bench).await.due, None, "13:00 has passed today");
    bench.at("2026-11-24T13:00:00Z");
    assert!(run_due(&bench).await.due.is_some());
    let off = set(false, "13:00").await.unwrap();
    assert!(off.next.is_empty());
    bench.at("2026-11-26T13:00:00Z");
    assert_eq!(run_due(&bench).await.due, None);
    for wrong in ["25:00", "9", "noon", ""] {
        assert_eq!(
            set(true, wrong).await.unwrap_err().field.as_deref(),
            Some("dailyAt")
        );
    }
}

#[tokio::test]
async fn a_change_made_while_the_run_goes_on_is_kept() {
    let bench = Bench::connected().await;
    bench.at("2026-11-24T09:00:00Z");
    bench.fake.answer(USERS.id, Answer::Hangs);
    let app = bench.app.clone();
    let running = tokio::spawn(async move { schedule::run_due(&app, Nothing {}, &silent()).await });
    while bench.fake.asked().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    schedule::set(
        &bench.app,
        SetSchedule {
            enabled: true,
            daily_at: "07:30".into(),
        },
    )
    .await
    .unwrap();
    engine::commands::cancel_work(&bench.app, Nothing {})
        .await
        .unwrap();
    running.await.unwrap().unwrap();
    assert_eq!(shown(&bench).await.daily_at, "07:30");
}

/// Runs the ticker over `bench` and hands every run that it makes to the receiver.
fn ticking(
    bench: &Bench,
) -> (
    tokio_util::sync::CancellationToken,
    tokio::sync::mpsc::UnboundedReceiver<DueRun>,
) {
    let stop = tokio_util::sync::CancellationToken::new();
    let (told, hears) = tokio::sync::mpsc::unbounded_channel();
    let made = move |ran: Result<DueRun, engine::api::ApiError>| {
        let _ = told.send(ran.unwrap());
    };
    tokio::spawn(engine::ticker::keep_schedule(
        bench.app.clone(),
        silent(),
        stop.clone(),
        made,
    ));
    (stop, hears)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_ticker_catches_up_at_once_and_ticks_the_next_due_minute() {
    let bench = Bench::connected().await;
    bench.at("2026-11-24T08:59:58Z");
    let (stop, mut hears) = ticking(&bench);
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(hears.try_recv().is_err(), "nothing is due yet");
    bench.at("2026-11-24T09:00:00Z");
    let ran = tokio::time::timeout(std::time::Duration::from_secs(30), hears.recv())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ran.due.as_deref(), Some("2026-11-24T09:00:00Z"));
    assert_eq!(ran.runs[0].trigger, "schedule");
    stop.cancel();
    // Another start, days later: what was missed is run at once.
    bench.at("2026-11-27T15:00:00Z");
    let (stop, mut hears) = ticking(&bench);
    let ran = tokio::time::timeout(std::time::Duration::from_secs(30), hears.recv())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((ran.missed, ran.runs[0].trigger.as_str()), (2, "catch_up"));
    stop.cancel();
}
