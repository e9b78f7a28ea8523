//! Files of other tools: the item, its revision, what it says, its reviews.

use super::{Place, one};
use crate::{
    Event, ImportedFile, Result, StoreError,
    row::{to_column, to_json, to_word},
};
use evidence::{EvidenceId, Finding, IntegrationId};
use sqlx::SqliteConnection;

/// What is imported says so: it can't be taken for a finding of the product's own checks.
pub(super) fn marked(findings: &[Finding]) -> Result<()> {
    let all = findings
        .iter()
        .all(|finding| finding.imported.is_some() && finding.check.starts_with("import."));
    if all && !findings.is_empty() {
        return Ok(());
    }
    Err(StoreError::refused(
        "An imported file records what it says, marked as imported.",
    ))
}

pub(super) async fn project(
    connection: &mut SqliteConnection,
    place: &Place,
    event: &Event,
) -> Result<()> {
    let Event::FileImported {
        evidence_id,
        revision,
        label,
        integration_id,
        file,
        by,
        findings,
    } = event
    else {
        return Ok(());
    };
    item(
        connection,
        place,
        *evidence_id,
        *revision,
        label,
        *integration_id,
        file,
    )
    .await?;
    sqlx::query(
        "INSERT INTO import_revisions (import_id, revision, seq, format, tool_version, file_name, sha256, bytes,
         row_count, made_at, imported_at, by_name, review)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'to_review')",
    )
    .bind(evidence_id.to_string())
    .bind(revision)
    .bind(place.seq)
    .bind(&file.format)
    .bind(&file.tool_version)
    .bind(&file.name)
    .bind(file.sha256.to_string())
    .bind(to_column(file.bytes)?)
    .bind(to_column(file.rows)?)
    .bind(file.made_at.to_string())
    .bind(&place.at)
    .bind(by)
    .execute(&mut *connection)
    .await?;
    sqlx::query("UPDATE imported_findings SET current = 0 WHERE import_id = ?1 AND current = 1")
        .bind(evidence_id.to_string())
        .execute(&mut *connection)
        .await?;
    for (at, finding) in (0_i64..).zip(findings) {
        sqlx::query(
            "INSERT INTO imported_findings (seq, place, import_id, check_id, outcome, finding, current)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)",
        )
        .bind(place.seq)
        .bind(at)
        .bind(evidence_id.to_string())
        .bind(&finding.check)
        .bind(to_word(&finding.outcome)?)
        .bind(to_json(finding)?)
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// Makes the item with its first revision, or moves it to its next one. Its tool and account never change.
async fn item(
    connection: &mut SqliteConnection,
    place: &Place,
    id: EvidenceId,
    revision: u32,
    label: &str,
    integration: Option<IntegrationId>,
    file: &ImportedFile,
) -> Result<()> {
    if revision <= 1 {
        sqlx::query(
            "INSERT INTO imports (id, tool, provider, account, account_name, label, integration_id, revision, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        )
        .bind(id.to_string())
        .bind(&file.tool)
        .bind(&file.provider)
        .bind(&file.account)
        .bind(&file.account_name)
        .bind(label)
        .bind(integration.map(|id| id.to_string()))
        .bind(revision)
        .bind(&place.at)
        .execute(connection)
        .await?;
        return Ok(());
    }
    let changed = sqlx::query(
        "UPDATE imports SET revision = ?5, label = ?6, integration_id = ?7, account_name = ?8
         WHERE id = ?1 AND tool = ?2 AND provider = ?3 AND account = ?4 AND revision = ?5 - 1",
    )
    .bind(id.to_string())
    .bind(&file.tool)
    .bind(&file.provider)
    .bind(&file.account)
    .bind(revision)
    .bind(label)
    .bind(integration.map(|id| id.to_string()))
    .bind(&file.account_name)
    .execute(connection)
    .await?;
    one(&changed, "imported file to follow")
}

/// A review of an imported file's revision.
pub(super) struct Review<'a> {
    pub id: EvidenceId,
    pub revision: u32,
    pub review: &'a str,
    pub by: &'a str,
    pub why: Option<&'a str>,
}

/// Applies a review, if it is of an imported file.
pub(super) async fn review(
    connection: &mut SqliteConnection,
    place: &Place,
    given: &Review<'_>,
) -> Result<bool> {
    let known: bool = sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM imports WHERE id = ?1)")
        .bind(given.id.to_string())
        .fetch_one(&mut *connection)
        .await?;
    if !known {
        return Ok(false);
    }
    let changed = sqlx::query(
        "UPDATE import_revisions SET review = ?3, reviewed_by = ?4, reviewed_at = ?5, review_why = ?6
         WHERE import_id = ?1 AND revision = ?2",
    )
    .bind(given.id.to_string())
    .bind(given.revision)
    .bind(given.review)
    .bind(given.by)
    .bind(&place.at)
    .bind(given.why)
    .execute(&mut *connection)
    .await?;
    one(&changed, "evidence revision")?;
    sqlx::query(
        "INSERT INTO import_reviews (seq, import_id, revision, review, by_name, why, at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )
    .bind(place.seq)
    .bind(given.id.to_string())
    .bind(given.revision)
    .bind(given.review)
    .bind(given.by)
    .bind(given.why)
    .bind(&place.at)
    .execute(connection)
    .await?;
    Ok(true)
}
