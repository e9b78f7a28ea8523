//! The chain: bytes, digests, links, and the head against the one expected.

use super::Problem;
use crate::{
    Event, Result,
    chain::{self, Head, StoredEntry},
    guarded::Guarded,
    open::connect_in_memory,
    project::project,
    schema,
};
use evidence::{Digest, Entry, GENESIS, verify_links};
use sqlx::{Executor as _, SqliteConnection};

/// Entries read at a time.
const BATCH: u32 = 500;

/// What applying every entry again gave.
pub(super) struct Replay {
    /// A database in memory with the projections made again.
    pub(super) database: Guarded,
    /// The head found.
    pub(super) head: Head,
}

/// Walks the chain and applies every entry to a fresh database. Stops at the first break: what follows one proves
/// nothing.
pub(super) async fn check(
    reader: &mut SqliteConnection,
    expected: Option<(u64, Digest)>,
    problems: &mut Vec<Problem>,
) -> Result<Replay> {
    let mut database = connect_in_memory().await?;
    schema::migrate(&mut database).await?;
    database.execute("BEGIN").await?;
    let mut head = Head {
        seq: 0,
        digest: GENESIS,
    };
    let mut at_expected = expected.is_none_or(|(seq, digest)| seq == 0 && digest == GENESIS);
    'chain: loop {
        let batch = chain::entries(reader, head.seq + 1, BATCH).await?;
        if batch.is_empty() {
            break;
        }
        for stored in batch {
            if let Err(what) = step(&mut database, head, &stored).await {
                problems.push(Problem::new(what, format!("entry {}", head.seq + 1)));
                break 'chain;
            }
            head = Head {
                seq: stored.seq,
                digest: stored.digest,
            };
            at_expected |= expected == Some((head.seq, head.digest));
        }
    }
    database.execute("COMMIT").await?;
    let found = chain::head(reader).await?;
    if let Some((seq, _)) = expected
        && !at_expected
        && head == found
    {
        let what = if found.seq < seq {
            format!(
                "the history ends at entry {}, but went on to entry {seq}: an older copy was put back",
                found.seq
            )
        } else {
            "the history is not the one that was expected: it went another way before this entry"
                .to_owned()
        };
        problems.push(Problem::new(what, format!("entry {seq}")));
    }
    Ok(Replay {
        database,
        head: found,
    })
}

/// Checks one entry and applies it; says what is wrong with it.
async fn step(
    database: &mut SqliteConnection,
    before: Head,
    stored: &StoredEntry,
) -> Result<(), String> {
    let entry: Entry = verify_links((before.seq, before.digest), &stored.bytes, stored.digest)
        .map_err(|error| error.to_string())?;
    if entry.seq != stored.seq {
        return Err(format!("the entry is kept under number {}", stored.seq));
    }
    let event: Event =
        serde_json::from_value(entry.body).map_err(|_| "it records nothing known".to_owned())?;
    if event.kind() != entry.kind {
        return Err("its kind and its content differ".to_owned());
    }
    project(database, entry.seq, entry.at, &event)
        .await
        .map_err(|error| format!("it can't be applied: {error}"))
}
