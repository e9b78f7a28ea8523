//! What people decided about objectives.

use crate::{
    Result,
    row::{count, parsed, word},
};
use catalog::{Determination, ObjectiveId};
use evidence::Timestamp;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The entry that records it.
    pub seq: u64,
    /// The objective.
    pub objective: ObjectiveId,
    /// What was decided.
    pub determination: Determination,
    /// Whether partial credit is claimed.
    pub partial: bool,
    /// Who decided.
    pub by: String,
    /// Why.
    pub why: Option<String>,
    /// When.
    pub at: Timestamp,
}

fn read(row: &SqliteRow) -> Result<Decision> {
    Ok(Decision {
        seq: count(row, "seq")?,
        objective: parsed(row, "objective")?,
        determination: word(row, "determination")?,
        partial: row.try_get("partial")?,
        by: row.try_get("by_name")?,
        why: row.try_get("why")?,
        at: parsed(row, "at")?,
    })
}

/// The standing decision about each objective that has one, in the catalog's order.
///
/// # Errors
/// What the database says.
pub async fn current(connection: &mut SqliteConnection) -> Result<Vec<Decision>> {
    let rows = sqlx::query("SELECT * FROM determinations WHERE current = 1")
        .fetch_all(connection)
        .await?;
    let mut decisions = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
    decisions.sort_by_key(|decision| decision.objective);
    Ok(decisions)
}

/// Every decision ever taken, of one objective or of all, oldest first.
///
/// # Errors
/// What the database says.
pub async fn history(
    connection: &mut SqliteConnection,
    objective: Option<ObjectiveId>,
) -> Result<Vec<Decision>> {
    sqlx::query("SELECT * FROM determinations WHERE ?1 IS NULL OR objective = ?1 ORDER BY seq")
        .bind(objective.map(|id| id.to_string()))
        .fetch_all(connection)
        .await?
        .iter()
        .map(read)
        .collect()
}
