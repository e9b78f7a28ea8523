//! The append-only chain: what happened, in order, each entry naming the one before.

use crate::{
    Event, Result, StoreError, Tx, blobs,
    project::{admit, project},
    row::{count, parsed, to_column},
};
use evidence::{Digest, Entry, GENESIS, Timestamp, verify_links};
use sqlx::{Row as _, SqliteConnection};

/// The newest entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number; 0 for an empty chain.
    pub seq: u64,
    /// Its digest; [`GENESIS`] for an empty chain.
    pub digest: Digest,
}

/// An entry as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntry {
    /// Its number.
    pub seq: u64,
    /// Its digest.
    pub digest: Digest,
    /// Its exact canonical bytes.
    pub bytes: Vec<u8>,
}

impl StoredEntry {
    /// What it says.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the bytes are not an entry.
    pub fn entry(&self) -> Result<Entry> {
        serde_json::from_slice(&self.bytes).map_err(|_| unreadable(self.seq))
    }

    /// What it records.
    ///
    /// # Errors
    /// [`StoreError::Damaged`] when the bytes are not an entry that records an event.
    pub fn event(&self) -> Result<(Timestamp, Event)> {
        let entry = self.entry()?;
        let event = serde_json::from_value(entry.body).map_err(|_| unreadable(self.seq))?;
        Ok((entry.at, event))
    }
}

fn unreadable(seq: u64) -> StoreError {
    StoreError::damaged(format!("entry {seq} can't be read"))
}

/// Appends `event` and applies it to the projected tables, in the caller's transaction.
///
/// # Errors
/// [`StoreError::Refused`] when the event breaks a rule of the record or contradicts it; after any error the
/// transaction must be dropped.
pub async fn record(tx: &mut Tx, at: Timestamp, event: &Event) -> Result<Head> {
    tx.check()?;
    let recorded = append(tx, at, event).await;
    tx.note(recorded)
}

async fn append(tx: &mut Tx, at: Timestamp, event: &Event) -> Result<Head> {
    admit(event)?;
    let last = head(tx).await?;
    let body = serde_json::to_value(event)
        .map_err(|_| StoreError::refused("The event can't be recorded: it has no exact form."))?;
    let (entry, bytes, digest) = Entry::next((last.seq, last.digest), at, event.kind(), body)?;
    // What is applied is what is kept: the event is read back from the bytes before it enters the record.
    let recorded = verify_links((last.seq, last.digest), &bytes, digest)
        .ok()
        .and_then(|entry| serde_json::from_value::<Event>(entry.body).ok())
        .ok_or_else(|| StoreError::refused("The event can't be recorded: it has no exact form."))?;
    sqlx::query("INSERT INTO entries (seq, digest, bytes) VALUES (?1, ?2, ?3)")
        .bind(to_column(entry.seq)?)
        .bind(digest.to_string())
        .bind(bytes)
        .execute(&mut **tx)
        .await?;
    project(tx, entry.seq, at, &recorded).await?;
    if let Event::PayloadPurged { payload, .. } = &recorded {
        blobs::erase(tx, *payload).await?;
    }
    Ok(Head {
        seq: entry.seq,
        digest,
    })
}

/// The newest entry.
///
/// # Errors
/// What the database says.
pub async fn head(connection: &mut SqliteConnection) -> Result<Head> {
    let row = sqlx::query("SELECT seq, digest FROM entries ORDER BY seq DESC LIMIT 1")
        .fetch_optional(connection)
        .await?;
    match row {
        Some(row) => Ok(Head {
            seq: count(&row, "seq")?,
            digest: parsed(&row, "digest")?,
        }),
        None => Ok(Head {
            seq: 0,
            digest: GENESIS,
        }),
    }
}

/// At most `limit` entries in order, beginning with number `from`.
///
/// # Errors
/// What the database says.
pub async fn entries(
    connection: &mut SqliteConnection,
    from: u64,
    limit: u32,
) -> Result<Vec<StoredEntry>> {
    sqlx::query("SELECT seq, digest, bytes FROM entries WHERE seq >= ?1 ORDER BY seq LIMIT ?2")
        .bind(to_column(from)?)
        .bind(limit)
        .fetch_all(connection)
        .await?
        .iter()
        .map(|row| {
            Ok(StoredEntry {
                seq: count(row, "seq")?,
                digest: parsed(row, "digest")?,
                bytes: row.try_get("bytes")?,
            })
        })
        .collect()
}
