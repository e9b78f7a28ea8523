//! Changes made with the key, past every rule: each is named with its place.

use crate::support::*;
use store::{
    Access, Store, chain,
    verify::{self, Problem},
};

/// Tampers with a filled vault and verifies it.
async fn verified_after(sql: &'static str) -> Vec<Problem> {
    let (dir, store) = filled().await;
    let head = chain::head(&mut store.read().await.unwrap()).await.unwrap();
    store.close().await.unwrap();
    tamper(dir.path(), sql).await;
    let store = Store::open(dir.path(), &key(), Access::ReadWrite)
        .await
        .unwrap();
    let report = verify::verify(&store, Some((head.seq, head.digest)))
        .await
        .unwrap();
    assert!(!report.ok, "not noticed: {sql}");
    report.problems
}

async fn named(sql: &'static str, place: &str) {
    let problems = verified_after(sql).await;
    assert!(
        problems.iter().any(|problem| problem.place.contains(place)),
        "{sql}: {problems:?}"
    );
}

#[tokio::test]
async fn an_untouched_vault_verifies() {
    let (_dir, store) = filled().await;
    let head = chain::head(&mut store.read().await.unwrap()).await.unwrap();
    let report = verify::verify(&store, Some((head.seq, head.digest)))
        .await
        .unwrap();
    assert_eq!(report.problems, []);
    assert_eq!(
        (report.ok, report.entries, report.head),
        (true, head.seq, head.digest)
    );
    assert_eq!((report.snapshots, report.blobs), (2, 5));
}

#[tokio::test]
async fn a_changed_row_of_any_projection_is_named() {
    for (sql, place) in [
        ("UPDATE company SET name = 'Other'", "table company, row "),
        ("UPDATE integrations SET status = 'error' WHERE label = 'tenant 2'", "table integrations, row 0000"),
        ("UPDATE integrations SET identity_name = identity_name || char(0)", "table integrations, row 0000"),
        ("UPDATE runs SET finished_at = '2030-01-01T00:00:00Z'", "table runs, row 0000"),
        ("UPDATE dataset_attempts SET row_count = row_count + 1", "table dataset_attempts, row 5"),
        ("UPDATE datasets SET complete = NULL", "table datasets, row 0000"),
        ("UPDATE findings SET outcome = 'fail'", "table findings, row 7"),
        ("UPDATE findings SET finding = replace(finding, 'pass', 'fail')", "table findings, row 7"),
        ("UPDATE evidence_items SET revision = 1", "table evidence_items, row 0000"),
        ("UPDATE evidence_revisions SET review = 'approved'", "table evidence_revisions, row 0000"),
        ("UPDATE evidence_reviews SET by_name = 'Sam Roe'", "table evidence_reviews, row 1"),
        ("UPDATE determinations SET determination = 'met' WHERE current = 0", "table determinations, row 1"),
        ("UPDATE parameters SET value = '0.1'", "table parameters, row "),
        ("UPDATE purges SET why = 'no reason'", "table purges, row "),
        ("UPDATE imports SET account = '210987654321'", "table imports, row 0000"),
        ("UPDATE import_revisions SET made_at = '2030-01-01T00:00:00Z' WHERE revision = 1", "table import_revisions, row 0000"),
        ("UPDATE imported_findings SET outcome = 'pass' WHERE current = 1", "table imported_findings, row 2"),
        ("UPDATE imported_findings SET finding = replace(finding, 'fail', 'pass')", "table imported_findings, row 2"),
        ("UPDATE import_reviews SET by_name = 'Sam Roe'", "table import_reviews, row 2"),
        ("UPDATE restorations SET found_seq = 40", "table restorations, row "),
        ("DELETE FROM determinations WHERE current = 0", "table determinations, row 1"),
        (
            "INSERT INTO determinations (seq, objective, determination, partial, by_name, at, current)
             VALUES (900, '3.1.1[a]', 'met', 0, 'Nobody', '2026-01-01T00:00:00Z', 1)",
            "table determinations, row 900",
        ),
        ("UPDATE integrations SET credentials_encrypted = NULL WHERE label = 'tenant 2'", "table integrations, row 0000"),
    ] {
        named(sql, place).await;
    }
}

#[tokio::test]
async fn a_changed_removed_or_added_entry_is_named() {
    for (sql, place) in [
        (
            "UPDATE entries SET bytes = CAST(bytes || ' ' AS BLOB) WHERE seq = 4",
            "entry 4",
        ),
        (
            "UPDATE entries SET bytes = CAST('[' || substr(bytes, 2) AS BLOB) WHERE seq = 9",
            "entry 9",
        ),
        (
            "UPDATE entries SET digest = replace(digest, substr(digest, 10, 1), 'x') WHERE seq = 3",
            "entries",
        ),
        ("DELETE FROM entries WHERE seq = 6", "entry 6"),
        ("DELETE FROM entries WHERE seq = 1", "entry 1"),
        ("DELETE FROM entries WHERE seq >= 15", "entry 2"),
        (
            "UPDATE entries SET seq = seq + 1000 WHERE seq = (SELECT max(seq) FROM entries)",
            "entry 2",
        ),
        (
            "INSERT INTO entries SELECT seq + 1, digest, bytes FROM entries ORDER BY seq DESC LIMIT 1",
            "entry 2",
        ),
    ] {
        named(sql, place).await;
    }
}

#[tokio::test]
async fn a_changed_blob_or_snapshot_is_named() {
    for (sql, place) in [
        (
            "UPDATE blobs SET bytes = CAST(bytes || 'x' AS BLOB) WHERE purged = 0 AND length = 12",
            "table blobs, row sha256:",
        ),
        (
            "UPDATE blobs SET bytes = (SELECT bytes FROM blobs WHERE length = 12) WHERE purged = 0 AND length > 12",
            "table blobs, row sha256:",
        ),
        (
            "UPDATE blobs SET length = length + 1 WHERE purged = 0",
            "table blobs, row sha256:",
        ),
        (
            "UPDATE blobs SET bytes = NULL, purged = 1 WHERE length = 12",
            "table blobs, row sha256:",
        ),
        (
            "UPDATE blobs SET bytes = x'00', purged = 0 WHERE purged = 1",
            "table blobs, row sha256:",
        ),
        (
            "DELETE FROM blobs WHERE length = 12",
            "table snapshots, row sha256:",
        ),
        (
            "UPDATE snapshots SET bytes = CAST(bytes || ' ' AS BLOB)",
            "table snapshots, row sha256:",
        ),
        (
            "DELETE FROM snapshots",
            "table evidence_revisions, row 0000",
        ),
        ("DELETE FROM snapshots", "table dataset_attempts, row 5"),
        ("DELETE FROM snapshots", "table findings, row 7"),
    ] {
        named(sql, place).await;
    }
}

#[tokio::test]
async fn a_trigger_or_view_that_is_too_many_is_named() {
    let (dir, store) = filled().await;
    store.close().await.unwrap();
    let mut connection = raw(dir.path()).await;
    sqlx::query(
        "CREATE TRIGGER quiet AFTER INSERT ON determinations BEGIN
         UPDATE determinations SET determination = 'met' WHERE seq = NEW.seq; END",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    sqlx::Connection::close(connection).await.unwrap();
    let store = Store::open(dir.path(), &key(), Access::ReadWrite)
        .await
        .unwrap();
    let report = verify::verify(&store, None).await.unwrap();
    assert_eq!(
        report
            .problems
            .iter()
            .map(|problem| problem.place.as_str())
            .collect::<Vec<_>>(),
        ["schema"]
    );
}

#[tokio::test]
async fn an_older_copy_and_a_forked_history_are_told_apart() {
    let (dir, store) = filled().await;
    let old = tempfile::tempdir().unwrap();
    store.copy_to(&old.path().join("vault.db")).await.unwrap();
    record(&store, &[parameter("k", serde_json::json!(1), None)]).await;
    let head = chain::head(&mut store.read().await.unwrap()).await.unwrap();
    let restored = Store::open(old.path(), &key(), Access::ReadWrite)
        .await
        .unwrap();
    let report = verify::verify(&restored, Some((head.seq, head.digest)))
        .await
        .unwrap();
    assert_eq!(report.problems.len(), 1, "{report:?}");
    assert!(report.problems[0].what.contains("older copy"), "{report:?}");

    record(&restored, &[parameter("k", serde_json::json!(2), None)]).await;
    let report = verify::verify(&restored, Some((head.seq, head.digest)))
        .await
        .unwrap();
    assert_eq!(report.problems.len(), 1, "{report:?}");
    assert!(
        report.problems[0].what.contains("another way"),
        "{report:?}"
    );

    // The header is written after the commit, so a vault may be ahead of it.
    record(&store, &[parameter("k", serde_json::json!(3), None)]).await;
    assert!(
        verify::verify(&store, Some((head.seq, head.digest)))
            .await
            .unwrap()
            .ok
    );
    drop(dir);
}
