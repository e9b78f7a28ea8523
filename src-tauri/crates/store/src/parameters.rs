//! Thresholds, exemptions and organisation-defined values, with who, why and until.

use crate::{
    Result,
    row::{count, json, parsed, parsed_option},
};
use evidence::Timestamp;
use serde_json::Value;
use sqlx::{Row as _, SqliteConnection, sqlite::SqliteRow};

/// One setting of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The entry that records it.
    pub seq: u64,
    /// Its key.
    pub key: String,
    /// Its value; `null` went back to the default.
    pub value: Value,
    /// Who set it.
    pub by: String,
    /// Why.
    pub why: String,
    /// Until when; `None` for always.
    pub until: Option<Timestamp>,
    /// When it was set.
    pub at: Timestamp,
}

impl Parameter {
    /// Whether it counts at `now`: an expired one does not, nor does one that went back to the default.
    #[must_use]
    pub fn in_force(&self, now: Timestamp) -> bool {
        !self.value.is_null() && self.until.is_none_or(|until| now < until)
    }
}

fn read(row: &SqliteRow) -> Result<Parameter> {
    Ok(Parameter {
        seq: count(row, "seq")?,
        key: row.try_get("key")?,
        value: json(row, "value")?,
        by: row.try_get("by_name")?,
        why: row.try_get("why")?,
        until: parsed_option(row, "until")?,
        at: parsed(row, "at")?,
    })
}

/// The newest setting of each parameter by key, expired and reset ones included (see [`Parameter::in_force`]).
///
/// # Errors
/// What the database says.
pub async fn current(connection: &mut SqliteConnection) -> Result<Vec<Parameter>> {
    sqlx::query("SELECT * FROM parameters WHERE current = 1 ORDER BY key")
        .fetch_all(connection)
        .await?
        .iter()
        .map(read)
        .collect()
}

/// Every setting ever made, of one key or of all, oldest first.
///
/// # Errors
/// What the database says.
pub async fn history(
    connection: &mut SqliteConnection,
    key: Option<&str>,
) -> Result<Vec<Parameter>> {
    sqlx::query("SELECT * FROM parameters WHERE ?1 IS NULL OR key = ?1 ORDER BY seq")
        .bind(key)
        .fetch_all(connection)
        .await?
        .iter()
        .map(read)
        .collect()
}
