//! Answers that a service can confirm instead of sending them again. Not evidence: the pages are in the snapshots.

use crate::{
    Result, StoreError, Tx,
    row::{count, parsed, to_column},
};
use evidence::{Digest, IntegrationId, PageRequest, Timestamp, canonical_json};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

/// An answer as it was sent last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// What was asked.
    pub request: PageRequest,
    /// The tag that the service gave it.
    pub etag: String,
    /// The address of the page after it.
    pub next: Option<String>,
    /// Its status.
    pub status: u16,
    /// Its bytes as stored.
    pub page: Digest,
    /// When the service last sent it whole.
    pub sent_at: Timestamp,
}

/// The answers of a dataset that this version of the app kept, sent whole at `since` or later.
///
/// # Errors
/// What the database says.
pub async fn list(
    connection: &mut SqliteConnection,
    integration: IntegrationId,
    dataset: &str,
    app_version: &str,
    since: Timestamp,
) -> Result<Vec<KeptAnswer>> {
    sqlx::query(
        "SELECT request, etag, next, status, page, sent_at FROM kept_answers
         WHERE integration_id = ?1 AND dataset = ?2 AND app_version = ?3 AND sent_at >= ?4",
    )
    .bind(integration.to_string())
    .bind(dataset)
    .bind(app_version)
    .bind(since.to_string())
    .fetch_all(connection)
    .await?
    .iter()
    .map(read)
    .collect()
}

fn read(row: &SqliteRow) -> Result<KeptAnswer> {
    let unreadable = || StoreError::damaged("a kept answer can't be read");
    let request: String = row.try_get("request")?;
    Ok(KeptAnswer {
        request: serde_json::from_str(&request).map_err(|_| unreadable())?,
        etag: row.try_get("etag")?,
        next: row.try_get("next")?,
        status: u16::try_from(count(row, "status")?).map_err(|_| unreadable())?,
        page: parsed(row, "page")?,
        sent_at: parsed(row, "sent_at")?,
    })
}

/// Keeps these answers of a dataset. With `all`, they are the whole of it, and others are forgotten.
///
/// # Errors
/// What the database says.
pub async fn put(
    tx: &mut Tx,
    integration: IntegrationId,
    dataset: &str,
    app_version: &str,
    answers: &[KeptAnswer],
    all: bool,
) -> Result<()> {
    tx.check()?;
    let kept = keep(tx, integration, dataset, app_version, answers, all).await;
    tx.note(kept)
}

/// Forgets answers, of whatever dataset, that were last sent whole before this.
///
/// # Errors
/// What the database says.
pub async fn forget_before(tx: &mut Tx, moment: Timestamp) -> Result<()> {
    tx.check()?;
    let forgotten = sqlx::query("DELETE FROM kept_answers WHERE sent_at < ?1")
        .bind(moment.to_string())
        .execute(&mut **tx)
        .await;
    tx.note(forgotten.map_err(StoreError::from))?;
    Ok(())
}

/// Forgets the answers to a connection whose credentials were replaced: others may be shown other things.
///
/// # Errors
/// What the database says.
pub async fn forget(tx: &mut Tx, integration: IntegrationId) -> Result<()> {
    tx.check()?;
    let forgotten = sqlx::query("DELETE FROM kept_answers WHERE integration_id = ?1")
        .bind(integration.to_string())
        .execute(&mut **tx)
        .await;
    tx.note(forgotten.map_err(StoreError::from))?;
    Ok(())
}

async fn keep(
    tx: &mut Tx,
    integration: IntegrationId,
    dataset: &str,
    app_version: &str,
    answers: &[KeptAnswer],
    all: bool,
) -> Result<()> {
    let integration = integration.to_string();
    if all {
        sqlx::query("DELETE FROM kept_answers WHERE integration_id = ?1 AND dataset = ?2")
            .bind(&integration)
            .bind(dataset)
            .execute(&mut **tx)
            .await?;
    }
    for answer in answers {
        let request = String::from_utf8(canonical_json(&answer.request)?)
            .map_err(|_| StoreError::damaged("canonical JSON is not UTF-8"))?;
        sqlx::query(
            "INSERT INTO kept_answers
             (integration_id, dataset, request, etag, next, status, page, sent_at, app_version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
             ON CONFLICT DO UPDATE SET etag = excluded.etag, next = excluded.next, status = excluded.status,
             page = excluded.page, sent_at = excluded.sent_at, app_version = excluded.app_version",
        )
        .bind(&integration)
        .bind(dataset)
        .bind(request)
        .bind(&answer.etag)
        .bind(&answer.next)
        .bind(to_column(u64::from(answer.status))?)
        .bind(answer.page.to_string())
        .bind(answer.sent_at.to_string())
        .bind(app_version)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
