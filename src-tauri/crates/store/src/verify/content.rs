//! What is addressed by its content: snapshots and blobs; and what the record says about them.

use super::Problem;
use crate::{
    Result,
    blobs::Blob,
    row::{count, parsed},
};
use evidence::{Digest, Snapshot, canonical_json};
use sqlx::{Row as _, SqliteConnection};
use std::collections::{BTreeMap, BTreeSet};

#[derive(Default)]
pub(super) struct Counts {
    pub(super) snapshots: u64,
    pub(super) blobs: u64,
}

pub(super) async fn check(
    reader: &mut SqliteConnection,
    counts: &mut Counts,
    problems: &mut Vec<Problem>,
) -> Result<()> {
    let purged: Vec<String> = sqlx::query_scalar("SELECT payload FROM purges")
        .fetch_all(&mut *reader)
        .await?;
    let purged: BTreeSet<String> = purged.into_iter().collect();
    let lengths = blobs(reader, &purged, counts, problems).await?;
    snapshots(reader, &lengths, counts, problems).await?;
    references(reader, problems).await
}

/// Every blob decompresses to bytes with its digest, or was purged by an entry. Returns the lengths.
async fn blobs(
    reader: &mut SqliteConnection,
    purged: &BTreeSet<String>,
    counts: &mut Counts,
    problems: &mut Vec<Problem>,
) -> Result<BTreeMap<String, u64>> {
    let mut lengths = BTreeMap::new();
    let names: Vec<String> = sqlx::query_scalar("SELECT digest FROM blobs ORDER BY digest")
        .fetch_all(&mut *reader)
        .await?;
    for name in names {
        counts.blobs += 1;
        let row = sqlx::query("SELECT digest, length, bytes FROM blobs WHERE digest = ?1")
            .bind(&name)
            .fetch_one(&mut *reader)
            .await?;
        let read = (|| {
            Ok::<_, crate::StoreError>(Blob {
                digest: parsed(&row, "digest")?,
                length: count(&row, "length")?,
                compressed: row.try_get("bytes")?,
            })
        })();
        let place = format!("table blobs, row {name}");
        let problem = match read {
            Err(error) => Some(error.to_string()),
            Ok(blob) => {
                lengths.insert(name.clone(), blob.length);
                match (&blob.compressed, purged.contains(&name)) {
                    (None, true) => None,
                    (None, false) => {
                        Some("a page's bytes are gone and no entry says why".to_owned())
                    }
                    (Some(_), true) => Some("a purged page's bytes are still there".to_owned()),
                    (Some(_), false) => blob.bytes().err().map(|error| error.to_string()),
                }
            }
        };
        problems.extend(problem.map(|what| Problem::new(what, place)));
    }
    Ok(lengths)
}

/// Every snapshot has its id and its pages.
async fn snapshots(
    reader: &mut SqliteConnection,
    lengths: &BTreeMap<String, u64>,
    counts: &mut Counts,
    problems: &mut Vec<Problem>,
) -> Result<()> {
    let names: Vec<String> = sqlx::query_scalar("SELECT id FROM snapshots ORDER BY id")
        .fetch_all(&mut *reader)
        .await?;
    for name in names {
        counts.snapshots += 1;
        let bytes: Vec<u8> = sqlx::query_scalar("SELECT bytes FROM snapshots WHERE id = ?1")
            .bind(&name)
            .fetch_one(&mut *reader)
            .await?;
        let place = || format!("table snapshots, row {name}");
        if Digest::of(&bytes).to_string() != name {
            problems.push(Problem::new("a snapshot does not have its id", place()));
            continue;
        }
        let snapshot = serde_json::from_slice::<Snapshot>(&bytes).ok();
        let Some(snapshot) =
            snapshot.filter(|snapshot| canonical_json(snapshot).is_ok_and(|again| again == bytes))
        else {
            problems.push(Problem::new("a snapshot can't be read", place()));
            continue;
        };
        for page in &snapshot.pages {
            if lengths.get(&page.page_sha256.to_string()) != Some(&page.bytes) {
                problems.push(Problem::new(
                    format!("its page {} is missing", page.page_sha256),
                    place(),
                ));
            }
        }
    }
    Ok(())
}

/// What the record names is kept: the snapshots of attempts, revisions, confirmations and findings.
async fn references(reader: &mut SqliteConnection, problems: &mut Vec<Problem>) -> Result<()> {
    let missing: Vec<(String, String, String)> = sqlx::query_as(
        "WITH named (what, place, id) AS (
            SELECT 'an attempt', 'table dataset_attempts, row ' || seq, snapshot FROM dataset_attempts
            WHERE snapshot IS NOT NULL
            UNION ALL SELECT 'an evidence revision', 'table evidence_revisions, row ' || evidence_id || ' ' || revision,
            snapshot FROM evidence_revisions
            UNION ALL SELECT 'an evidence revision', 'table evidence_revisions, row ' || evidence_id || ' ' || revision,
            confirmed_snapshot FROM evidence_revisions WHERE confirmed_snapshot IS NOT NULL
            UNION ALL SELECT 'a finding', 'table findings, row ' || seq, value FROM findings, json_each(snapshots)
        ) SELECT what, place, id FROM named WHERE id NOT IN (SELECT id FROM snapshots) LIMIT 200",
    )
    .fetch_all(&mut *reader)
    .await?;
    problems.extend(missing.into_iter().map(|(what, place, id)| {
        Problem::new(format!("the snapshot {id} of {what} is missing"), place)
    }));
    let files: Vec<(String, String)> = sqlx::query_as(
        "SELECT 'table import_revisions, row ' || import_id || ' ' || revision, sha256 FROM import_revisions
         WHERE NOT EXISTS (SELECT 1 FROM blobs WHERE digest = sha256 AND length = import_revisions.bytes) LIMIT 200",
    )
    .fetch_all(reader)
    .await?;
    problems.extend(
        files
            .into_iter()
            .map(|(place, id)| Problem::new(format!("the imported file {id} is missing"), place)),
    );
    Ok(())
}
