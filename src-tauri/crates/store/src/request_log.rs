//! Every request that went out, as it can be shown: never a header, never a secret. The newest ones are kept.

use crate::{
    Result, Tx,
    row::{count, parsed, parsed_option, small, to_column},
};
use evidence::{IntegrationId, PageRequest, RunId, Timestamp};
use sqlx::{Row as _, SqliteConnection};

/// How many requests are kept: the oldest go first.
pub const KEPT: u32 = 20_000;

/// One request that went out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// When.
    pub at: Timestamp,
    /// The connection it was for; `None` before one is made.
    pub integration_id: Option<IntegrationId>,
    /// The run it was part of, if any.
    pub run_id: Option<RunId>,
    /// What was asked, with secret parts as `***`.
    pub request: PageRequest,
    /// The answer's status; `None` without an answer.
    pub status: Option<u16>,
    /// Bytes of the answer's decoded body.
    pub bytes: u64,
    /// How long it took.
    pub duration_ms: u64,
    /// Why there was no answer, in plain words.
    pub error: Option<String>,
}

/// Adds requests and drops the oldest beyond [`KEPT`].
///
/// # Errors
/// What the database says.
pub async fn add(tx: &mut Tx, requests: &[Request]) -> Result<()> {
    tx.check()?;
    let added = add_and_trim(tx, requests).await;
    tx.note(added)
}

async fn add_and_trim(tx: &mut Tx, requests: &[Request]) -> Result<()> {
    for request in requests {
        sqlx::query(
            "INSERT INTO request_log (at, integration_id, run_id, method, host, path, query, status, bytes,
             duration_ms, error) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )
        .bind(request.at.to_string())
        .bind(request.integration_id.map(|id| id.to_string()))
        .bind(request.run_id.map(|id| id.to_string()))
        .bind(&request.request.method)
        .bind(&request.request.host)
        .bind(&request.request.path)
        .bind(&request.request.query)
        .bind(request.status)
        .bind(to_column(request.bytes)?)
        .bind(to_column(request.duration_ms)?)
        .bind(&request.error)
        .execute(&mut **tx)
        .await?;
    }
    sqlx::query("DELETE FROM request_log WHERE id <= (SELECT max(id) FROM request_log) - ?1")
        .bind(KEPT)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The newest requests first, of one connection or of all.
///
/// # Errors
/// What the database says.
pub async fn list(
    connection: &mut SqliteConnection,
    integration: Option<IntegrationId>,
    limit: u32,
) -> Result<Vec<Request>> {
    sqlx::query("SELECT * FROM request_log WHERE ?1 IS NULL OR integration_id = ?1 ORDER BY id DESC LIMIT ?2")
        .bind(integration.map(|id| id.to_string()))
        .bind(limit)
        .fetch_all(connection)
        .await?
        .iter()
        .map(|row| {
            let status: Option<i64> = row.try_get("status")?;
            Ok(Request {
                at: parsed(row, "at")?,
                integration_id: parsed_option(row, "integration_id")?,
                run_id: parsed_option(row, "run_id")?,
                request: PageRequest {
                    method: row.try_get("method")?,
                    host: row.try_get("host")?,
                    path: row.try_get("path")?,
                    query: row.try_get("query")?,
                },
                status: status.map(|_| small(row, "status")).transpose()?,
                bytes: count(row, "bytes")?,
                duration_ms: count(row, "duration_ms")?,
                error: row.try_get("error")?,
            })
        })
        .collect()
}
