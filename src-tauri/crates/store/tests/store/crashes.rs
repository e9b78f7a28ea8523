//! What is there after a process was killed, and in folders that can't be written.

use crate::support::*;
use std::path::Path;
use store::{Access, DATABASE_FILE, Event, Store, StoreError, chain, verify};
use tempfile::TempDir;

const LOG_FILE: &str = "vault.db-wal";

/// The files as a killed process leaves them: the log was never emptied.
async fn killed() -> (TempDir, chain::Head) {
    let (dir, store) = filled().await;
    let head = chain::head(&mut store.read().await.unwrap()).await.unwrap();
    let left = tempfile::tempdir().unwrap();
    for name in [DATABASE_FILE, LOG_FILE] {
        std::fs::copy(dir.path().join(name), left.path().join(name)).unwrap();
    }
    assert!(
        bytes_of(&left.path().join(LOG_FILE)).len() > 4096,
        "what was committed is in the log"
    );
    (left, head)
}

#[tokio::test]
async fn what_was_committed_before_a_kill_is_there() {
    for access in [Access::ReadWrite, Access::ReadOnly] {
        let (dir, head) = killed().await;
        let store = Store::open(dir.path(), &key(), access).await.unwrap();
        let report = verify::verify(&store, Some((head.seq, head.digest)))
            .await
            .unwrap();
        assert!(report.ok, "{report:?}");
    }
}

#[tokio::test]
async fn a_reader_leaves_the_database_and_its_log_as_they_are() {
    let (dir, head) = killed().await;
    let before = (
        bytes_of(&dir.path().join(DATABASE_FILE)),
        bytes_of(&dir.path().join(LOG_FILE)),
    );
    let store = Store::open(dir.path(), &key(), Access::ReadOnly)
        .await
        .unwrap();
    assert_eq!(
        chain::head(&mut store.read().await.unwrap()).await.unwrap(),
        head
    );
    drop(store.snapshot().await.unwrap());
    store.close().await.unwrap();
    let after = (
        bytes_of(&dir.path().join(DATABASE_FILE)),
        bytes_of(&dir.path().join(LOG_FILE)),
    );
    assert!(before == after, "a reader must never checkpoint");
}

#[tokio::test]
async fn a_damaged_log_is_reported_against_the_expected_head() {
    let (dir, head) = killed().await;
    let log = bytes_of(&dir.path().join(LOG_FILE));
    for n in 0..12 {
        let mut changed = log.clone();
        let at = 40 + n * (log.len() / 12);
        changed[at] ^= 0x10;
        let copy = tempfile::tempdir().unwrap();
        std::fs::copy(
            dir.path().join(DATABASE_FILE),
            copy.path().join(DATABASE_FILE),
        )
        .unwrap();
        std::fs::write(copy.path().join(LOG_FILE), &changed).unwrap();
        match Store::open(copy.path(), &key(), Access::ReadWrite).await {
            Err(_) => {}
            Ok(store) => {
                let report = verify::verify(&store, Some((head.seq, head.digest)))
                    .await
                    .unwrap();
                // A frame that a later one replaces is not read; then nothing is lost, and the head is the right one.
                assert!(
                    !report.ok || report.head == head.digest,
                    "byte {at} of the log"
                );
            }
        }
    }
}

#[tokio::test]
async fn a_vault_whose_making_was_killed_can_be_made_again() {
    let dir = tempfile::tempdir().unwrap();
    for name in ["vault.db.new", "vault.db.new-wal", "vault.db.new-shm"] {
        std::fs::write(dir.path().join(name), b"half").unwrap();
    }
    let absent = Store::open(dir.path(), &key(), Access::ReadWrite)
        .await
        .err()
        .unwrap();
    assert_eq!(absent.code(), "missing", "half a vault is none");
    let store = Store::create(dir.path(), &key()).await.unwrap();
    fill(&store).await;
    store.close().await.unwrap();
    let names: Vec<_> = std::fs::read_dir(dir.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(names, [DATABASE_FILE]);
}

#[tokio::test]
async fn a_dropped_vault_is_closed_when_the_drop_returns() {
    // A thread that still closes the file while the process ends makes it end with a memory fault.
    for _ in 0..10 {
        let (dir, store) = filled().await;
        let reader = store.read().await.unwrap();
        assert!(dir.path().join(LOG_FILE).exists());
        drop((reader, store));
        assert!(
            !dir.path().join(LOG_FILE).exists(),
            "the last one to close removes the log"
        );
    }
}

#[tokio::test]
async fn a_dropped_future_leaves_no_transaction_open() {
    let (_dir, store) = filled().await;
    let before = chain::head(&mut store.read().await.unwrap()).await.unwrap();
    for polls in 0..30 {
        let change = async {
            let mut tx = store.begin().await?;
            chain::record(&mut tx, at(9), &parameter("k", serde_json::json!(1), None)).await?;
            // Never reached within the few polls given.
            std::future::pending::<()>().await;
            tx.commit().await
        };
        let mut change = Box::pin(change);
        for _ in 0..polls {
            let _ = futures::poll!(change.as_mut());
            tokio::task::yield_now().await;
        }
    }
    assert_eq!(
        chain::head(&mut store.read().await.unwrap()).await.unwrap(),
        before
    );
    record(&store, &[parameter("k", serde_json::json!(2), None)]).await;
    assert!(verify::verify(&store, None).await.unwrap().ok);
}

#[tokio::test]
async fn a_transaction_in_which_a_step_failed_can_t_be_committed() {
    let (_dir, store) = filled().await;
    let before = chain::head(&mut store.read().await.unwrap()).await.unwrap();
    let mut tx = store.begin().await.unwrap();
    say(&mut tx, 9, &parameter("k", serde_json::json!(1), None)).await;
    chain::record(
        &mut tx,
        at(9),
        &Event::CompanyCreated {
            company_id: company(),
            profile: profile(),
        },
    )
    .await
    .unwrap_err();
    let late = chain::record(&mut tx, at(9), &parameter("k", serde_json::json!(2), None)).await;
    assert_eq!(late.unwrap_err().code(), "refused");
    assert_eq!(tx.commit().await.unwrap_err().code(), "refused");
    assert_eq!(
        chain::head(&mut store.read().await.unwrap()).await.unwrap(),
        before
    );
}

/// Makes a folder read-only; says whether that means anything here (it does not for root).
#[cfg(unix)]
fn lock_folder(dir: &Path, locked: bool) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = if locked { 0o500 } else { 0o700 };
    std::fs::set_permissions(dir, std::fs::Permissions::from_mode(mode)).unwrap();
    let probe = dir.join("probe");
    let writable = std::fs::write(&probe, b"").is_ok();
    let _ = std::fs::remove_file(probe);
    writable != locked
}

#[cfg(unix)]
#[tokio::test]
async fn a_folder_that_can_t_be_written_is_read_and_named() {
    let (dir, store) = filled().await;
    let head = chain::head(&mut store.read().await.unwrap()).await.unwrap();
    store.close().await.unwrap();
    if lock_folder(dir.path(), true) {
        let reading = Store::open(dir.path(), &key(), Access::ReadOnly)
            .await
            .unwrap();
        let report = verify::verify(&reading, Some((head.seq, head.digest)))
            .await
            .unwrap();
        assert!(report.ok, "{report:?}");
        let writing = Store::open(dir.path(), &key(), Access::ReadWrite).await;
        assert_eq!(writing.err(), Some(StoreError::ReadOnly));
        let copy = reading.copy_to(&dir.path().join("copy.db")).await;
        assert_eq!(copy.err(), Some(StoreError::ReadOnly));
        let elsewhere = tempfile::tempdir().unwrap();
        reading
            .copy_to(&elsewhere.path().join(DATABASE_FILE))
            .await
            .unwrap();
    }
    lock_folder(dir.path(), false);
    Store::open(dir.path(), &key(), Access::ReadWrite)
        .await
        .unwrap();
    let empty = tempfile::tempdir().unwrap();
    if lock_folder(empty.path(), true) {
        assert_eq!(
            Store::create(empty.path(), &key()).await.err(),
            Some(StoreError::ReadOnly)
        );
    }
    lock_folder(empty.path(), false);
}
