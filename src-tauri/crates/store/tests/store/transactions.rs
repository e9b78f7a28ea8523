//! All or nothing, one writer, readers beside it, and a full disk.

use crate::support::*;
use std::time::Duration;
use store::{Access, Event, Store, StoreError, chain, company, integrations, settings, verify};

fn created() -> Event {
    Event::CompanyCreated {
        company_id: company(),
        profile: profile(),
    }
}

#[tokio::test]
async fn a_dropped_transaction_leaves_nothing() {
    let (_dir, store) = empty().await;
    let mut tx = store.begin().await.unwrap();
    say(&mut tx, 0, &created()).await;
    settings::set(&mut tx, "k", &1).await.unwrap();
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    assert_eq!(chain::head(&mut tx).await.unwrap().seq, 0);
    assert_eq!(company::get(&mut tx).await.unwrap(), None);
    assert_eq!(settings::get::<i32>(&mut tx, "k").await.unwrap(), None);
    say(&mut tx, 0, &created()).await;
    tx.commit().await.unwrap();
    assert_eq!(
        chain::head(&mut store.read().await.unwrap())
            .await
            .unwrap()
            .seq,
        1
    );
}

#[tokio::test]
async fn a_refused_event_leaves_nothing_even_if_the_rest_is_dropped_late() {
    let (_dir, store) = filled().await;
    let before = chain::head(&mut store.read().await.unwrap()).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    say(&mut tx, 9, &started(3, 1)).await;
    let refused = chain::record(&mut tx, at(9), &started(3, 1))
        .await
        .unwrap_err();
    assert_eq!(refused.code(), "refused", "a second run with the same id");
    drop(tx);
    assert_eq!(
        chain::head(&mut store.read().await.unwrap()).await.unwrap(),
        before
    );
    assert!(verify::verify(&store, None).await.unwrap().ok);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_take_turns() {
    let (_dir, store) = empty().await;
    record(&store, &[created()]).await;
    let mut tasks = Vec::new();
    for writer in 0..8 {
        let store = store.clone();
        tasks.push(tokio::spawn(async move {
            for _ in 0..10 {
                let mut tx = store.begin().await.unwrap();
                let count: i64 = settings::get(&mut tx, "count").await.unwrap().unwrap_or(0);
                tokio::task::yield_now().await;
                settings::set(&mut tx, "count", &(count + 1)).await.unwrap();
                say(
                    &mut tx,
                    writer,
                    &parameter("p", serde_json::json!(count), None),
                )
                .await;
                tx.commit().await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    let mut reader = store.read().await.unwrap();
    assert_eq!(
        settings::get::<i64>(&mut reader, "count").await.unwrap(),
        Some(80)
    );
    assert_eq!(chain::head(&mut reader).await.unwrap().seq, 81);
    assert!(verify::verify(&store, None).await.unwrap().ok);
}

#[tokio::test]
async fn a_second_writer_waits_for_the_first() {
    let (_dir, store) = empty().await;
    let first = store.begin().await.unwrap();
    let second = tokio::time::timeout(Duration::from_millis(50), store.begin()).await;
    assert!(second.is_err(), "it waits");
    first.commit().await.unwrap();
    store.begin().await.unwrap();
}

#[tokio::test]
async fn readers_see_what_is_committed_and_a_snapshot_keeps_its_moment() {
    let (dir, store) = empty().await;
    record(&store, &[created()]).await;
    // Another process that only reads.
    let beside = Store::open(dir.path(), &key(), Access::ReadOnly)
        .await
        .unwrap();
    let mut moment = store.snapshot().await.unwrap();
    let mut tx = store.begin().await.unwrap();
    say(&mut tx, 1, &connected(1)).await;
    for reading in [&store, &beside] {
        let mut reader = reading.read().await.unwrap();
        assert!(
            integrations::list(&mut reader, true)
                .await
                .unwrap()
                .is_empty(),
            "not yet committed"
        );
    }
    tx.commit().await.unwrap();
    for reading in [&store, &beside] {
        let mut reader = reading.read().await.unwrap();
        assert_eq!(
            integrations::list(&mut reader, true).await.unwrap().len(),
            1
        );
    }
    assert!(
        integrations::list(&mut moment, true)
            .await
            .unwrap()
            .is_empty(),
        "its moment was before"
    );
    drop(moment);
    assert_eq!(beside.begin().await.err(), Some(StoreError::ReadOnly));
}

#[tokio::test]
async fn a_full_disk_is_named_keeps_what_was_committed_and_ends_when_there_is_space() {
    let (dir, store) = filled().await;
    let before = chain::head(&mut store.read().await.unwrap()).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count")
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    // The same result code as a full disk, at a size we choose.
    let limit = sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {}", pages + 2));
    sqlx::query(limit).fetch_one(&mut *tx).await.unwrap();
    let mut failed = None;
    for n in 0..100 {
        let big = parameter("big", serde_json::json!("x".repeat(4000)), None);
        if let Err(error) = chain::record(&mut tx, at(n), &big).await {
            failed = Some(error);
            break;
        }
    }
    assert_eq!(failed, Some(StoreError::NoSpace));
    drop(tx);
    let mut tx = store.begin().await.unwrap();
    sqlx::query("PRAGMA max_page_count = 1000000")
        .fetch_one(&mut *tx)
        .await
        .unwrap();
    assert_eq!(chain::head(&mut tx).await.unwrap(), before);
    say(&mut tx, 0, &parameter("small", serde_json::json!(1), None)).await;
    tx.commit().await.unwrap();
    store.close().await.unwrap();
    let store = Store::open(dir.path(), &key(), Access::ReadWrite)
        .await
        .unwrap();
    let report = verify::verify(&store, None).await.unwrap();
    assert!(report.ok, "{report:?}");
    assert_eq!(report.entries, before.seq + 1);
}

#[tokio::test]
async fn a_folder_that_does_not_exist_or_can_t_be_written_is_an_error_in_words() {
    let dir = tempfile::tempdir().unwrap();
    let nowhere = dir.path().join("nowhere");
    assert_eq!(
        Store::create(&nowhere, &key()).await.err().unwrap().code(),
        "missing"
    );
    let (source, store) = filled().await;
    let target = nowhere.join("copy.db");
    assert!(store.copy_to(&target).await.is_err());
    assert!(!target.exists());
    // A vault is readable without its write-ahead files, as in a folder that can't be written.
    store.close().await.unwrap();
    let store = Store::open(source.path(), &key(), Access::ReadOnly)
        .await
        .unwrap();
    assert_eq!(store.begin().await.err(), Some(StoreError::ReadOnly));
}

#[test]
fn a_use_case_can_run_on_any_thread() {
    fn sendable<T: Send>(value: T) -> T {
        value
    }
    drop(sendable(async {
        let (_dir, store) = filled().await;
        let mut tx = store.begin().await?;
        chain::record(&mut tx, at(0), &created()).await?;
        tx.commit().await?;
        verify::verify(&store, None).await
    }));
}
