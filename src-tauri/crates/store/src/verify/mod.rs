//! Whether the vault is what was recorded: every page, link, byte, row and blob.

mod chain;
mod content;
mod pages;
mod projections;

use crate::{Result, Store};
use evidence::Digest;
use serde::Serialize;

pub(crate) use pages::pages;

/// Problems listed at most; one change can show in very many places.
const MAX_PROBLEMS: usize = 200;

/// One thing that is not as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What is wrong, in plain words.
    pub what: String,
    /// Where: a table and row, an entry, a page.
    #[serde(rename = "where")]
    pub place: String,
}

impl Problem {
    pub(crate) fn new(what: impl Into<String>, place: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            place: place.into(),
        }
    }
}

/// What was verified and what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VerifyReport {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// Entries of the chain.
    pub entries: u64,
    /// The chain's head.
    pub head: Digest,
    /// Snapshots read.
    pub snapshots: u64,
    /// Blobs read, purged ones included.
    pub blobs: u64,
    /// What is wrong, at most 200.
    pub problems: Vec<Problem>,
}

/// Verifies everything, against `expected_head` (number and digest, from the vault's header) where there is one.
///
/// Everything is read from one moment's state, so a writer may go on beside it.
///
/// # Errors
/// Only what keeps it from looking at all, such as [`crate::StoreError::Busy`]; damage is in the report.
pub async fn verify(store: &Store, expected_head: Option<(u64, Digest)>) -> Result<VerifyReport> {
    let mut problems = pages::of_store(store).await?;
    let mut reader = store.snapshot().await?;
    let chain = chain::check(&mut reader, expected_head, &mut problems).await;
    let (mut entries, mut head) = (0, evidence::GENESIS);
    match chain {
        Ok(mut replay) => {
            (entries, head) = (replay.head.seq, replay.head.digest);
            note(
                projections::compare(&mut reader, &mut replay.database, &mut problems).await,
                "tables",
                &mut problems,
            );
        }
        Err(error) => problems.push(Problem::new(error.to_string(), "entries")),
    }
    let mut counts = content::Counts::default();
    note(
        content::check(&mut reader, &mut counts, &mut problems).await,
        "content",
        &mut problems,
    );
    problems.truncate(MAX_PROBLEMS);
    Ok(VerifyReport {
        ok: problems.is_empty(),
        entries,
        head,
        snapshots: counts.snapshots,
        blobs: counts.blobs,
        problems,
    })
}

/// A part that could not be read to its end is a problem, not the end of the verification.
fn note(result: Result<()>, place: &str, problems: &mut Vec<Problem>) {
    if let Err(error) = result {
        problems.push(Problem::new(error.to_string(), place));
    }
}
