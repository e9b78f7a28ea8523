//! What checks said: now, and before.

use crate::{
    Result,
    row::{count, json, json_option, parsed, parsed_option},
};
use evidence::{Finding, IntegrationId, Outcome, RunId, Timestamp};
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

/// A finding in the record.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredFinding {
    /// The entry that records it.
    pub seq: u64,
    /// The run that first said so.
    pub run_id: RunId,
    /// What the check said. Its `collected_at`, `snapshots` and `last_known` are those of the newest confirmation.
    pub finding: Finding,
    /// When it was first said.
    pub recorded_at: Timestamp,
    /// When it was last said again on newer data.
    pub confirmed_at: Option<Timestamp>,
    /// Whether it is what the check says now.
    pub current: bool,
}

/// Which findings to list. The default is every current one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this connection.
    pub integration: Option<IntegrationId>,
    /// Of this check.
    pub check: Option<String>,
    /// With this outcome.
    pub outcome: Option<Outcome>,
    /// That say something about this requirement, e.g. `3.5.3`.
    pub requirement: Option<String>,
    /// That say something about this objective, e.g. `3.5.3[a]`.
    pub objective: Option<String>,
    /// Only of connections that were not removed.
    pub connected_only: bool,
    /// Also those that are no longer current.
    pub history: bool,
}

impl Filter {
    fn admits(&self, finding: &Finding) -> bool {
        self.requirement
            .as_ref()
            .is_none_or(|wanted| finding.requirements.contains(wanted))
            && self
                .objective
                .as_ref()
                .is_none_or(|wanted| finding.objectives.contains(wanted))
            && self.outcome.is_none_or(|wanted| finding.outcome == wanted)
    }
}

fn read(row: &SqliteRow) -> Result<StoredFinding> {
    let recorded: Finding = json(row, "finding")?;
    Ok(StoredFinding {
        seq: count(row, "seq")?,
        run_id: parsed(row, "run_id")?,
        finding: Finding {
            collected_at: parsed(row, "collected_at")?,
            snapshots: json(row, "snapshots")?,
            last_known: json_option(row, "last_known")?,
            ..recorded
        },
        recorded_at: parsed(row, "recorded_at")?,
        confirmed_at: parsed_option(row, "confirmed_at")?,
        current: row.try_get("current")?,
    })
}

/// The findings that `filter` admits, by check, connection and, with history, oldest first.
///
/// # Errors
/// What the database says.
pub async fn list(
    connection: &mut SqliteConnection,
    filter: &Filter,
) -> Result<Vec<StoredFinding>> {
    let rows = sqlx::query(
        "SELECT findings.* FROM findings JOIN integrations ON integrations.id = integration_id
         WHERE (?1 OR current = 1) AND (?2 IS NULL OR integration_id = ?2) AND (?3 IS NULL OR check_id = ?3)
         AND (NOT ?4 OR integrations.status <> 'disconnected')
         ORDER BY check_id, integration_id, seq",
    )
    .bind(filter.history)
    .bind(filter.integration.map(|id| id.to_string()))
    .bind(filter.check.as_deref())
    .bind(filter.connected_only)
    .fetch_all(connection)
    .await?;
    let mut findings = Vec::new();
    for row in &rows {
        let stored = read(row)?;
        if filter.admits(&stored.finding) {
            findings.push(stored);
        }
    }
    Ok(findings)
}

/// What a check says now of one connection.
///
/// # Errors
/// What the database says.
pub async fn current(
    connection: &mut SqliteConnection,
    integration: IntegrationId,
    check: &str,
) -> Result<Option<StoredFinding>> {
    let row = sqlx::query(
        "SELECT * FROM findings WHERE integration_id = ?1 AND check_id = ?2 AND current = 1",
    )
    .bind(integration.to_string())
    .bind(check)
    .fetch_optional(connection)
    .await?;
    row.as_ref().map(read).transpose()
}
