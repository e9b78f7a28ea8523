//! Imported files of other tools: the items, their revisions, and what they say.

use crate::{
    ImportedFile, Result, StoreError,
    row::{count, json, parsed, parsed_option, small, word},
};
use evidence::{Digest, EvidenceId, Finding, IntegrationId, Review, Timestamp};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

/// An item with its newest revision: what one tool says of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportItem {
    /// Its id.
    pub id: EvidenceId,
    /// A label for people.
    pub label: String,
    /// The connection it is about, where there is one.
    pub integration_id: Option<IntegrationId>,
    /// When the item was made.
    pub created_at: Timestamp,
    /// Its newest revision.
    pub newest: ImportRevision,
}

/// One imported file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportRevision {
    /// The entry that records it.
    pub seq: u64,
    /// From 1.
    pub revision: u32,
    /// The file.
    pub file: ImportedFile,
    /// When it was imported.
    pub imported_at: Timestamp,
    /// Who imported it.
    pub by: String,
    /// The newest review.
    pub review: Review,
    /// Who reviewed it.
    pub reviewed_by: Option<String>,
    /// When.
    pub reviewed_at: Option<Timestamp>,
    /// Why.
    pub review_why: Option<String>,
}

/// What an imported file says for one check.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedFinding {
    /// The entry that records it.
    pub seq: u64,
    /// The item.
    pub import_id: EvidenceId,
    /// What the file says.
    pub finding: Finding,
    /// Whether the file is the newest of its item.
    pub current: bool,
}

const COLUMNS: &str = "imports.id, imports.tool, imports.provider, imports.account, imports.account_name, imports.label,
    imports.integration_id, imports.created_at, r.revision, r.seq, r.format, r.tool_version, r.file_name, r.sha256,
    r.bytes, r.row_count, r.made_at, r.imported_at, r.by_name, r.review, r.reviewed_by, r.reviewed_at, r.review_why";

fn revision(row: &SqliteRow) -> Result<ImportRevision> {
    Ok(ImportRevision {
        seq: count(row, "seq")?,
        revision: small(row, "revision")?,
        file: ImportedFile {
            tool: row.try_get("tool")?,
            tool_version: row.try_get("tool_version")?,
            format: row.try_get("format")?,
            provider: row.try_get("provider")?,
            account: row.try_get("account")?,
            account_name: row.try_get("account_name")?,
            name: row.try_get("file_name")?,
            sha256: parsed(row, "sha256")?,
            bytes: count(row, "bytes")?,
            rows: count(row, "row_count")?,
            made_at: parsed(row, "made_at")?,
        },
        imported_at: parsed(row, "imported_at")?,
        by: row.try_get("by_name")?,
        review: word(row, "review")?,
        reviewed_by: row.try_get("reviewed_by")?,
        reviewed_at: parsed_option(row, "reviewed_at")?,
        review_why: row.try_get("review_why")?,
    })
}

fn item(row: &SqliteRow) -> Result<ImportItem> {
    Ok(ImportItem {
        id: parsed(row, "id")?,
        label: row.try_get("label")?,
        integration_id: parsed_option(row, "integration_id")?,
        created_at: parsed(row, "created_at")?,
        newest: revision(row)?,
    })
}

/// Every item, by label.
///
/// # Errors
/// What the database says.
pub async fn list(connection: &mut SqliteConnection) -> Result<Vec<ImportItem>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM imports JOIN import_revisions r ON r.import_id = imports.id
         AND r.revision = imports.revision ORDER BY imports.label, imports.id"
    ));
    sqlx::query(sql)
        .fetch_all(connection)
        .await?
        .iter()
        .map(item)
        .collect()
}

/// One item; `None` when the id is not of an imported file.
///
/// # Errors
/// What the database says.
pub async fn get(connection: &mut SqliteConnection, id: EvidenceId) -> Result<Option<ImportItem>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM imports JOIN import_revisions r ON r.import_id = imports.id
         AND r.revision = imports.revision WHERE imports.id = ?1"
    ));
    let row = sqlx::query(sql)
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref().map(item).transpose()
}

/// The item of a tool and an account.
///
/// # Errors
/// What the database says.
pub async fn of(
    connection: &mut SqliteConnection,
    tool: &str,
    provider: &str,
    account: &str,
) -> Result<Option<ImportItem>> {
    let id: Option<String> = sqlx::query_scalar(
        "SELECT id FROM imports WHERE tool = ?1 AND provider = ?2 AND account = ?3",
    )
    .bind(tool)
    .bind(provider)
    .bind(account)
    .fetch_optional(&mut *connection)
    .await?;
    match id {
        None => Ok(None),
        Some(id) => {
            let id = id
                .parse()
                .map_err(|_| StoreError::damaged("column id can't be read"))?;
            get(connection, id).await
        }
    }
}

/// The item and revision that a file with this digest is, if it was imported.
///
/// # Errors
/// What the database says.
pub async fn imported(
    connection: &mut SqliteConnection,
    sha256: Digest,
) -> Result<Option<(EvidenceId, u32)>> {
    let row = sqlx::query("SELECT import_id, revision FROM import_revisions WHERE sha256 = ?1")
        .bind(sha256.to_string())
        .fetch_optional(connection)
        .await?;
    row.as_ref()
        .map(|row| Ok((parsed(row, "import_id")?, small(row, "revision")?)))
        .transpose()
}

/// Every revision of an item, newest first.
///
/// # Errors
/// What the database says.
pub async fn revisions(
    connection: &mut SqliteConnection,
    id: EvidenceId,
) -> Result<Vec<ImportRevision>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM imports JOIN import_revisions r ON r.import_id = imports.id
         WHERE imports.id = ?1 ORDER BY r.revision DESC"
    ));
    sqlx::query(sql)
        .bind(id.to_string())
        .fetch_all(connection)
        .await?
        .iter()
        .map(revision)
        .collect()
}

/// What imported files say: of the newest one of each item, or with `history` of all; of one item where it is named. In
/// the order of the record and of the file.
///
/// # Errors
/// What the database says.
pub async fn findings(
    connection: &mut SqliteConnection,
    id: Option<EvidenceId>,
    history: bool,
) -> Result<Vec<ImportedFinding>> {
    let rows = sqlx::query(
        "SELECT seq, import_id, finding, current FROM imported_findings
         WHERE (?1 OR current = 1) AND (?2 IS NULL OR import_id = ?2) ORDER BY seq, place",
    )
    .bind(history)
    .bind(id.map(|id| id.to_string()))
    .fetch_all(connection)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(ImportedFinding {
                seq: count(row, "seq")?,
                import_id: parsed(row, "import_id")?,
                finding: json(row, "finding")?,
                current: row.try_get("current")?,
            })
        })
        .collect()
}
