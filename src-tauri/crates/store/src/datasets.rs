//! Where each dataset of each connection stands.

use crate::{
    Result,
    row::{count, json_option, parsed, parsed_option},
};
use evidence::{Digest, IntegrationId, Reason, RunId, Timestamp};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

/// One attempt at a dataset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// The entry that records it.
    pub seq: u64,
    /// The run.
    pub run_id: RunId,
    /// The connection.
    pub integration_id: IntegrationId,
    /// The dataset.
    pub dataset: String,
    /// When.
    pub at: Timestamp,
    /// What was collected; `None` when nothing was.
    pub collected: Option<Collected>,
    /// Why it failed, or why it is partial; `None` when it is everything.
    pub reason: Option<Reason>,
}

/// What an attempt collected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collected {
    /// The snapshot.
    pub snapshot: Digest,
    /// Digest of its records.
    pub content_sha256: Digest,
    /// Records.
    pub rows: u64,
    /// Pages.
    pub pages: u64,
    /// Of those, how many the service confirmed as unchanged instead of sending them.
    pub confirmed: u64,
}

impl Attempt {
    /// Whether everything was collected.
    #[must_use]
    pub const fn complete(&self) -> bool {
        self.collected.is_some() && self.reason.is_none()
    }
}

/// Where one dataset stands: what its collection state follows from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatasetStatus {
    /// The newest attempt.
    pub attempt: Attempt,
    /// The newest one that collected anything.
    pub success: Option<Attempt>,
    /// The newest one that collected everything.
    pub complete: Option<Attempt>,
}

fn read(row: &SqliteRow) -> Result<Attempt> {
    let snapshot: Option<Digest> = parsed_option(row, "snapshot")?;
    let collected = match snapshot {
        Some(snapshot) => Some(Collected {
            snapshot,
            content_sha256: parsed(row, "content_sha256")?,
            rows: count(row, "row_count")?,
            pages: count(row, "page_count")?,
            confirmed: count(row, "confirmed_pages")?,
        }),
        None => None,
    };
    Ok(Attempt {
        seq: count(row, "seq")?,
        run_id: parsed(row, "run_id")?,
        integration_id: parsed(row, "integration_id")?,
        dataset: row.try_get("dataset")?,
        at: parsed(row, "at")?,
        collected,
        reason: json_option(row, "reason")?,
    })
}

/// Every dataset ever attempted, of one connection or of all, by connection and name.
///
/// # Errors
/// What the database says.
pub async fn list(
    connection: &mut SqliteConnection,
    integration: Option<IntegrationId>,
) -> Result<Vec<DatasetStatus>> {
    let rows = sqlx::query(
        "SELECT attempt, success, complete FROM datasets WHERE ?1 IS NULL OR integration_id = ?1
         ORDER BY integration_id, dataset",
    )
    .bind(integration.map(|id| id.to_string()))
    .fetch_all(&mut *connection)
    .await?;
    let mut statuses = Vec::with_capacity(rows.len());
    for row in rows {
        statuses.push(status(&mut *connection, &row).await?);
    }
    Ok(statuses)
}

/// Where one dataset stands; `None` when it was never attempted.
///
/// # Errors
/// What the database says.
pub async fn get(
    connection: &mut SqliteConnection,
    integration: IntegrationId,
    dataset: &str,
) -> Result<Option<DatasetStatus>> {
    let row = sqlx::query("SELECT attempt, success, complete FROM datasets WHERE integration_id = ?1 AND dataset = ?2")
        .bind(integration.to_string())
        .bind(dataset)
        .fetch_optional(&mut *connection)
        .await?;
    match row {
        Some(row) => Ok(Some(status(connection, &row).await?)),
        None => Ok(None),
    }
}

async fn status(connection: &mut SqliteConnection, row: &SqliteRow) -> Result<DatasetStatus> {
    let newest: i64 = row.try_get("attempt")?;
    let attempt = attempt(&mut *connection, newest).await?;
    let mut others = [None, None];
    for (other, column) in others.iter_mut().zip(["success", "complete"]) {
        let seq: Option<i64> = row.try_get(column)?;
        *other = match seq {
            Some(seq) if seq == newest => Some(attempt.clone()),
            Some(seq) => Some(self::attempt(&mut *connection, seq).await?),
            None => None,
        };
    }
    let [success, complete] = others;
    Ok(DatasetStatus {
        attempt,
        success,
        complete,
    })
}

async fn attempt(connection: &mut SqliteConnection, seq: i64) -> Result<Attempt> {
    read(
        &sqlx::query("SELECT * FROM dataset_attempts WHERE seq = ?1")
            .bind(seq)
            .fetch_one(connection)
            .await?,
    )
}

/// The newest attempts at one dataset first.
///
/// # Errors
/// What the database says.
pub async fn history(
    connection: &mut SqliteConnection,
    integration: IntegrationId,
    dataset: &str,
    limit: u32,
) -> Result<Vec<Attempt>> {
    sqlx::query(
        "SELECT * FROM dataset_attempts WHERE integration_id = ?1 AND dataset = ?2 ORDER BY seq DESC LIMIT ?3",
    )
    .bind(integration.to_string())
    .bind(dataset)
    .bind(limit)
    .fetch_all(connection)
    .await?
    .iter()
    .map(read)
    .collect()
}

pub(crate) async fn attempts_of_run(
    connection: &mut SqliteConnection,
    run: RunId,
) -> Result<Vec<Attempt>> {
    sqlx::query("SELECT * FROM dataset_attempts WHERE run_id = ?1 ORDER BY seq")
        .bind(run.to_string())
        .fetch_all(connection)
        .await?
        .iter()
        .map(read)
        .collect()
}
