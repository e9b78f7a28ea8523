//! Opening, refusing, and what is in the file.

use crate::support::*;
use sqlx::{Connection as _, Row as _};
use store::{Access, DATABASE_FILE, Store, StoreError, chain, company, verify};
use vault::Secret32;

#[tokio::test]
async fn what_was_written_is_there_after_opening_again() {
    let (dir, store) = filled().await;
    let head = chain::head(&mut store.read().await.unwrap()).await.unwrap();
    store.close().await.unwrap();
    for access in [Access::ReadWrite, Access::ReadOnly] {
        let store = Store::open(dir.path(), &key(), access).await.unwrap();
        assert_eq!(store.access(), access);
        let mut reader = store.read().await.unwrap();
        assert_eq!(chain::head(&mut reader).await.unwrap(), head);
        assert_eq!(
            company::get(&mut reader).await.unwrap().unwrap().profile,
            profile()
        );
    }
}

#[tokio::test]
async fn a_wrong_key_is_told_apart_from_a_missing_file_and_an_existing_one_is_kept() {
    let (dir, store) = filled().await;
    store.close().await.unwrap();
    let wrong = Secret32::from_bytes([7; 32]);
    for access in [Access::ReadWrite, Access::ReadOnly] {
        let refused = Store::open(dir.path(), &wrong, access).await.err();
        assert_eq!(refused, Some(StoreError::WrongKeyOrDamaged));
        let empty = tempfile::tempdir().unwrap();
        assert_eq!(
            Store::open(empty.path(), &key(), access)
                .await
                .err()
                .unwrap()
                .code(),
            "missing"
        );
    }
    let before = bytes_of(&dir.path().join(DATABASE_FILE));
    assert_eq!(
        Store::create(dir.path(), &wrong)
            .await
            .err()
            .unwrap()
            .code(),
        "exists"
    );
    assert_eq!(bytes_of(&dir.path().join(DATABASE_FILE)), before);
}

#[tokio::test]
async fn an_empty_file_and_a_stranger_s_database_are_no_vaults() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join(DATABASE_FILE), b"").unwrap();
    for access in [Access::ReadWrite, Access::ReadOnly] {
        assert_eq!(
            Store::open(dir.path(), &key(), access)
                .await
                .err()
                .unwrap()
                .code(),
            "vault_damaged"
        );
    }
    std::fs::remove_file(dir.path().join(DATABASE_FILE)).unwrap();
    std::fs::File::create(dir.path().join(DATABASE_FILE)).unwrap();
    let mut stranger = raw(dir.path()).await;
    sqlx::query("CREATE TABLE notes (text TEXT)")
        .execute(&mut stranger)
        .await
        .unwrap();
    stranger.close().await.unwrap();
    for access in [Access::ReadWrite, Access::ReadOnly] {
        assert_eq!(
            Store::open(dir.path(), &key(), access)
                .await
                .err()
                .unwrap()
                .code(),
            "vault_damaged"
        );
    }
}

#[tokio::test]
async fn no_plaintext_is_in_any_file() {
    let (dir, store) = filled().await;
    let copy = dir.path().join("copy.db");
    store.copy_to(&copy).await.unwrap();
    let mut seen = 0;
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let path = entry.unwrap().path();
        let bytes = bytes_of(&path);
        assert!(!contains(&bytes, CANARY), "{path:?}");
        assert!(!contains(&bytes, "SQLite format 3"), "{path:?}");
        assert!(!contains(&bytes, "CREATE TABLE"), "{path:?}");
        seen += usize::from(bytes.len() > 4096);
    }
    assert!(
        seen >= 3,
        "the database, its log and the copy are looked at"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn every_file_is_its_owner_s_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let (dir, store) = filled().await;
    store.copy_to(&dir.path().join("copy.db")).await.unwrap();
    for entry in std::fs::read_dir(dir.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{:?}", entry.path());
    }
}

#[tokio::test]
async fn connections_are_set_up_as_the_rules_say() {
    let (dir, store) = filled().await;
    let mut tx = store.begin().await.unwrap();
    for (pragma, expected) in [
        ("PRAGMA journal_mode", "wal"),
        ("PRAGMA synchronous", "2"),
        ("PRAGMA foreign_keys", "1"),
        ("PRAGMA trusted_schema", "0"),
        ("PRAGMA cell_size_check", "1"),
        ("PRAGMA mmap_size", "0"),
        ("PRAGMA busy_timeout", "5000"),
        ("PRAGMA temp_store", "2"),
        ("PRAGMA secure_delete", "1"),
        ("PRAGMA query_only", "0"),
        ("PRAGMA application_id", "1129139523"),
        ("PRAGMA user_version", &store::KNOWN_SCHEMA.to_string()),
    ] {
        assert_eq!(pragma_of(&mut tx, pragma).await, expected, "{pragma}");
    }
    drop(tx);
    // The SQLite inside has the WAL-reset bug, which needs a second connection that writes or checkpoints.
    let mut reader = store.read().await.unwrap();
    for (pragma, expected) in [
        ("PRAGMA query_only", "1"),
        ("PRAGMA wal_autocheckpoint", "0"),
        ("PRAGMA journal_mode", "wal"),
    ] {
        assert_eq!(pragma_of(&mut reader, pragma).await, expected, "{pragma}");
    }
    sqlx::query("UPDATE company SET name = 'x'")
        .execute(&mut *reader)
        .await
        .unwrap_err();
    // Not even after lifting its own restriction: the file itself is open for reading.
    sqlx::query("PRAGMA query_only = OFF")
        .execute(&mut *reader)
        .await
        .unwrap();
    sqlx::query("UPDATE company SET name = 'x'")
        .execute(&mut *reader)
        .await
        .unwrap_err();
    drop((reader, store));
    drop(dir);
}

async fn pragma_of(connection: &mut store::Connection, pragma: &'static str) -> String {
    let row = sqlx::query(pragma).fetch_one(connection).await.unwrap();
    row.try_get::<String, _>(0)
        .or_else(|_| row.try_get::<i64, _>(0).map(|number| number.to_string()))
        .unwrap()
}

#[tokio::test]
async fn every_table_is_strict() {
    let (_dir, store) = empty().await;
    let loose: Vec<String> = sqlx::query_scalar(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND strict = 0
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut *store.read().await.unwrap())
    .await
    .unwrap();
    assert_eq!(loose, Vec::<String>::new());
}

#[tokio::test]
async fn a_newer_vault_is_refused_and_not_touched() {
    let (dir, store) = filled().await;
    store.close().await.unwrap();
    let mut connection = raw(dir.path()).await;
    sqlx::query("PRAGMA user_version = 99")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let files = || {
        let mut files: Vec<_> = std::fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.clone(), bytes_of(&path)))
            .collect();
        files.sort();
        files
    };
    let before = files();
    let refused = Store::open(dir.path(), &key(), Access::ReadWrite)
        .await
        .err();
    assert_eq!(
        refused,
        Some(StoreError::NewerVault {
            found: 99,
            known: store::KNOWN_SCHEMA
        })
    );
    assert_eq!(
        files(),
        before,
        "every file is as it was, and no other was made"
    );
    let refused = Store::open(dir.path(), &key(), Access::ReadOnly)
        .await
        .err();
    assert_eq!(refused.unwrap().code(), "newer_vault");
    assert_eq!(bytes_of(&dir.path().join(DATABASE_FILE)), before[0].1);
}

#[tokio::test]
async fn a_copy_is_a_whole_vault_under_the_same_key_and_replaces_nothing() {
    let (dir, store) = filled().await;
    let other = tempfile::tempdir().unwrap();
    let target = other.path().join(DATABASE_FILE);
    store.copy_to(&target).await.unwrap();
    assert_eq!(
        std::fs::read_dir(other.path()).unwrap().count(),
        1,
        "no partial file is left"
    );
    assert_eq!(store.copy_to(&target).await.unwrap_err().code(), "exists");
    let head = chain::head(&mut store.read().await.unwrap()).await.unwrap();
    let copied = Store::open(other.path(), &key(), Access::ReadWrite)
        .await
        .unwrap();
    let report = verify::verify(&copied, Some((head.seq, head.digest)))
        .await
        .unwrap();
    assert!(report.ok, "{report:?}");
    assert_eq!(report.entries, head.seq);
    drop(dir);
}
