//! Connections of the company to providers.

use crate::{
    Result, StoreError, Tx,
    row::{json, parsed, parsed_option, small, word},
};
use evidence::{CompanyId, IntegrationId, Timestamp};
use serde::{Deserialize, Serialize};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};
use std::collections::BTreeMap;

/// How a connection stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntegrationStatus {
    /// It works.
    Connected,
    /// Its newest run failed.
    Error,
    /// It was removed: no credentials, evidence kept.
    Disconnected,
}

/// One connection, without its credentials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Integration {
    /// Its id.
    pub id: IntegrationId,
    /// The company.
    pub company_id: CompanyId,
    /// Provider id.
    pub provider: String,
    /// A label unique among the company's connections that were not removed.
    pub label: String,
    /// Cloud id.
    pub cloud: String,
    /// How it stands.
    pub status: IntegrationStatus,
    /// When a run last collected something.
    pub last_sync_at: Option<Timestamp>,
    /// What stopped the newest run, in plain words.
    pub error_message: Option<String>,
    /// Plain fields, by name.
    pub config: BTreeMap<String, String>,
    /// Tenant or account id.
    pub identity_id: String,
    /// Its name.
    pub identity_name: String,
    /// Host of a custom endpoint.
    pub custom_host: Option<String>,
    /// Version of the credentials, from 1.
    pub credential_version: u32,
    /// When it was connected.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

// `credentials_encrypted` is read by `credentials` alone.
const COLUMNS: &str =
    "id, company_id, integration_type, label, cloud, status, last_sync_at, error_message, config,
    identity_id, identity_name, custom_host, credential_version, created_at, updated_at";

fn read(row: &SqliteRow) -> Result<Integration> {
    Ok(Integration {
        id: parsed(row, "id")?,
        company_id: parsed(row, "company_id")?,
        provider: row.try_get("integration_type")?,
        label: row.try_get("label")?,
        cloud: row.try_get("cloud")?,
        status: word(row, "status")?,
        last_sync_at: parsed_option(row, "last_sync_at")?,
        error_message: row.try_get("error_message")?,
        config: json(row, "config")?,
        identity_id: row.try_get("identity_id")?,
        identity_name: row.try_get("identity_name")?,
        custom_host: row.try_get("custom_host")?,
        credential_version: small(row, "credential_version")?,
        created_at: parsed(row, "created_at")?,
        updated_at: parsed(row, "updated_at")?,
    })
}

/// Every connection by label; removed ones only when `removed` is set.
///
/// # Errors
/// What the database says.
pub async fn list(connection: &mut SqliteConnection, removed: bool) -> Result<Vec<Integration>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM integrations WHERE ?1 OR status <> 'disconnected' ORDER BY label, created_at, id"
    ));
    sqlx::query(sql)
        .bind(removed)
        .fetch_all(connection)
        .await?
        .iter()
        .map(read)
        .collect()
}

/// One connection, removed or not.
///
/// # Errors
/// [`StoreError::Missing`] when there is none.
pub async fn get(connection: &mut SqliteConnection, id: IntegrationId) -> Result<Integration> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM integrations WHERE id = ?1"));
    let row = sqlx::query(sql)
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    read(&row.ok_or_else(|| StoreError::missing("The connection"))?)
}

/// The connection that a person names: by id (removed or not), or by the label of one that was not removed.
///
/// # Errors
/// [`StoreError::Missing`] when there is none.
pub async fn find(connection: &mut SqliteConnection, name: &str) -> Result<Integration> {
    if let Ok(id) = name.parse() {
        match get(&mut *connection, id).await {
            Err(StoreError::Missing { .. }) => {}
            found => return found,
        }
    }
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM integrations WHERE label = ?1 AND status <> 'disconnected'"
    ));
    let row = sqlx::query(sql)
        .bind(name)
        .fetch_optional(connection)
        .await?;
    read(&row.ok_or_else(|| StoreError::missing(format!("The connection {name}")))?)
}

/// Whether another connection that was not removed has this label.
///
/// # Errors
/// What the database says.
pub async fn label_taken(
    connection: &mut SqliteConnection,
    label: &str,
    but: Option<IntegrationId>,
) -> Result<bool> {
    Ok(sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM integrations WHERE label = ?1 AND status <> 'disconnected' AND id IS NOT ?2)",
    )
    .bind(label)
    .bind(but.map(|id| id.to_string()))
    .fetch_one(connection)
    .await?)
}

/// Keeps the sealed credentials of a connection, in the transaction that records its making or change. Every
/// connection that was not removed has some, if only a sealed nothing: `verify` reports one without.
///
/// # Errors
/// [`StoreError::Missing`] for one that is not there or was removed.
pub async fn set_credentials(tx: &mut Tx, id: IntegrationId, sealed: &[u8]) -> Result<()> {
    tx.check()?;
    let sealed = keep_credentials(tx, id, sealed).await;
    tx.note(sealed)
}

async fn keep_credentials(tx: &mut Tx, id: IntegrationId, sealed: &[u8]) -> Result<()> {
    let changed = sqlx::query(
        "UPDATE integrations SET credentials_encrypted = ?2 WHERE id = ?1 AND status <> 'disconnected'",
    )
    .bind(id.to_string())
    .bind(sealed)
    .execute(&mut **tx)
    .await?;
    if changed.rows_affected() == 1 {
        Ok(())
    } else {
        Err(StoreError::missing("The connection"))
    }
}

/// The sealed credentials of a connection; `None` once it was removed.
///
/// # Errors
/// [`StoreError::Missing`] when there is no such connection.
pub async fn credentials(
    connection: &mut SqliteConnection,
    id: IntegrationId,
) -> Result<Option<Vec<u8>>> {
    let row = sqlx::query("SELECT credentials_encrypted FROM integrations WHERE id = ?1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?
        .ok_or_else(|| StoreError::missing("The connection"))?;
    Ok(row.try_get(0)?)
}
