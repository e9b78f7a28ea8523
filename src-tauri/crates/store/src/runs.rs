//! Runs: one sync of one connection each.

use crate::{
    Result, RunState, StoreError, Trigger,
    datasets::{self, Attempt},
    row::{json, parsed, parsed_option, word, word_option},
};
use evidence::{IntegrationId, RunId, Timestamp};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

/// One run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its id.
    pub id: RunId,
    /// The connection.
    pub integration_id: IntegrationId,
    /// What made it start.
    pub trigger: Trigger,
    /// When it was due, for scheduled runs.
    pub scheduled_for: Option<Timestamp>,
    /// The datasets asked for.
    pub datasets: Vec<String>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended; `None` while it runs, or after it was killed.
    pub finished_at: Option<Timestamp>,
    /// How it ended.
    pub state: Option<RunState>,
    /// The error that stopped it, in plain words.
    pub error: Option<String>,
}

fn read(row: &SqliteRow) -> Result<Run> {
    Ok(Run {
        id: parsed(row, "id")?,
        integration_id: parsed(row, "integration_id")?,
        trigger: word(row, "started_by")?,
        scheduled_for: parsed_option(row, "scheduled_for")?,
        datasets: json(row, "datasets")?,
        started_at: parsed(row, "started_at")?,
        finished_at: parsed_option(row, "finished_at")?,
        state: word_option(row, "state")?,
        error: row.try_get("error")?,
    })
}

/// The newest runs first, of one connection or of all.
///
/// # Errors
/// What the database says.
pub async fn list(
    connection: &mut SqliteConnection,
    integration: Option<IntegrationId>,
    limit: u32,
) -> Result<Vec<Run>> {
    sqlx::query(
        "SELECT * FROM runs WHERE ?1 IS NULL OR integration_id = ?1 ORDER BY seq DESC LIMIT ?2",
    )
    .bind(integration.map(|id| id.to_string()))
    .bind(limit)
    .fetch_all(connection)
    .await?
    .iter()
    .map(read)
    .collect()
}

/// One run.
///
/// # Errors
/// [`StoreError::Missing`] when there is none.
pub async fn get(connection: &mut SqliteConnection, id: RunId) -> Result<Run> {
    let row = sqlx::query("SELECT * FROM runs WHERE id = ?1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    read(&row.ok_or_else(|| StoreError::missing("The run"))?)
}

/// What a run did with each dataset, in order.
///
/// # Errors
/// What the database says.
pub async fn datasets(connection: &mut SqliteConnection, id: RunId) -> Result<Vec<Attempt>> {
    datasets::attempts_of_run(connection, id).await
}

/// Runs that began and never ended, oldest first: killed ones, or those of a process at work.
///
/// # Errors
/// What the database says.
pub async fn unfinished(connection: &mut SqliteConnection) -> Result<Vec<Run>> {
    sqlx::query("SELECT * FROM runs WHERE finished_at IS NULL ORDER BY seq")
        .fetch_all(connection)
        .await?
        .iter()
        .map(read)
        .collect()
}
