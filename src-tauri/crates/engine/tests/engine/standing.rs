//! What the tray reads: how things stand at a glance.

use crate::{
    fake::{Answer, SignIn, USERS},
    support::{Bench, named},
};
use engine::{
    api::{Nothing, SetSchedule, SyncIntegration, UpdateProfile},
    companies, connect, schedule, silent,
    standing::{CompanyStanding, Standing, standing},
    sync,
};
use provider_kit::ErrorClass;
use std::time::Duration;

async fn company(bench: &Bench) -> CompanyStanding {
    match standing(&bench.app).await.unwrap() {
        Standing::Open(company) => company,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn nothing_locked_and_open_are_told_apart() {
    let bench = Bench::empty();
    assert_eq!(standing(&bench.app).await.unwrap(), Standing::NoCompany);
    bench.create("Acme").await.unwrap();
    let open = company(&bench).await;
    assert_eq!(
        (open.name.as_str(), open.connections, open.last_sync),
        ("Acme", 0, None)
    );
    assert!(!open.collecting && !open.partly);
    bench.lock().await;
    assert_eq!(standing(&bench.app).await.unwrap(), Standing::Locked);
}

#[tokio::test]
async fn a_sync_a_partial_one_and_a_refused_one_are_told_apart() {
    let bench = Bench::connected().await;
    let new = company(&bench).await;
    assert_eq!((new.connections, new.failing, new.partly), (1, 0, true));
    bench.sync().await;
    let synced = company(&bench).await;
    assert_eq!((synced.failing, synced.partly), (0, false));
    assert!(synced.last_sync.is_some());

    bench
        .fake
        .answer(USERS.id, Answer::Refused(ErrorClass::Permission));
    assert_eq!(bench.sync().await.state, "partial");
    let partial = company(&bench).await;
    assert_eq!((partial.failing, partial.partly), (0, true));

    bench
        .fake
        .sign_in_as(SignIn::Refused(ErrorClass::Authentication));
    assert_eq!(bench.sync().await.state, "failed");
    let failed = company(&bench).await;
    assert_eq!(failed.failing, 1);
    assert_eq!(failed.last_sync, partial.last_sync);

    // What was removed needs nobody any more.
    let id = connect::list(&bench.app, engine::api::ListIntegrations { all: false })
        .await
        .unwrap()
        .integrations[0]
        .id
        .clone();
    connect::remove(&bench.app, named(&id)).await.unwrap();
    let removed = company(&bench).await;
    assert_eq!((removed.connections, removed.failing), (0, 0));
}

#[tokio::test]
async fn collecting_is_seen_while_it_lasts() {
    let bench = Bench::connected().await;
    bench.fake.answer(USERS.id, Answer::Hangs);
    let app = bench.app.clone();
    let work = tokio::spawn(async move {
        sync::sync(&app, SyncIntegration { ids: Vec::new() }, &silent()).await
    });
    for _ in 0..500 {
        if company(&bench).await.collecting {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(company(&bench).await.collecting);
    bench.app.company().unwrap().stop_work();
    work.await.unwrap().unwrap();
    assert!(!company(&bench).await.collecting);
}

#[tokio::test]
async fn times_are_local_and_no_run_is_planned_while_the_schedule_is_off() {
    let bench = Bench::synced().await;
    let mut profile = companies::app_state(&bench.app, Nothing {})
        .await
        .unwrap()
        .company
        .unwrap()
        .profile;
    profile.zone = "America/New_York".to_owned();
    companies::update_profile(&bench.app, UpdateProfile { profile })
        .await
        .unwrap();
    let there = company(&bench).await;
    let last = there.last_sync.unwrap();
    assert_eq!(last.format("%H:%M %Z").to_string(), "09:00 EST");
    let next = there.next_run.unwrap();
    assert_eq!(next.format("%d %H:%M %Z").to_string(), "24 09:00 EST");
    let off = SetSchedule {
        enabled: false,
        daily_at: "09:00".to_owned(),
    };
    schedule::set(&bench.app, off).await.unwrap();
    assert_eq!(company(&bench).await.next_run, None);
}
