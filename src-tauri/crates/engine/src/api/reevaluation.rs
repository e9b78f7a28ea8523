//! What judging the stored data again shows.

use super::Decided;
use evidence::Resource;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A finding that judging again makes different from the recorded one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FindingChange {
    /// The check.
    pub check: String,
    /// Its title.
    pub title: String,
    /// The connection; of an imported file without one, its evidence item.
    pub integration_id: String,
    /// The connection's label.
    pub integration_label: String,
    /// Why it is different, the weightiest first.
    pub why: Vec<ChangeCause>,
    /// What is recorded; `null` for a check that never judged this data.
    pub before: Option<FindingSide>,
    /// What judging again says; `null` for a check that this version does not have.
    pub after: Option<FindingSide>,
    /// Parameters that have other values than the recorded finding names.
    pub parameters: Vec<ParameterChange>,
    /// Failing and unknown resources that were listed and are not any more.
    #[ts(type = "Finding[\"resources\"]")]
    pub resources_gone: Vec<Resource>,
    /// Failing and unknown resources that are listed now and were not.
    #[ts(type = "Finding[\"resources\"]")]
    pub resources_added: Vec<Resource>,
}

/// One reason for a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ChangeCause {
    /// `damaged` (stored bytes are not what was recorded), `not_reproducible` (same data, version and parameters, another
    /// result), `purged`, `newer_data`, `check_version`, `parameter`, `connection`, `wording`, `check_added`, `check_gone`.
    pub code: String,
    /// In a sentence.
    pub what: String,
    /// The digest that the damaged or purged bytes should have.
    pub digest: Option<String>,
}

/// One side of a difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FindingSide {
    /// `pass, fail, not_applicable, unknown`.
    pub outcome: String,
    /// Why it is unknown.
    pub reason: Option<String>,
    /// The check's version.
    pub check_version: u32,
    /// The snapshots judged.
    pub snapshots: Vec<String>,
    /// When that data was collected (UTC).
    pub collected_at: String,
}

/// A parameter whose value is another one than the recorded finding names.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ParameterChange {
    /// Its key.
    pub key: String,
    /// The value that the recorded finding names.
    #[ts(type = "unknown")]
    pub before: serde_json::Value,
    /// The value that holds now.
    #[ts(type = "unknown")]
    pub after: serde_json::Value,
    /// Who set it last, when and why; `null` where nobody did.
    pub set: Option<Decided>,
    /// Until when that setting counts or counted (UTC).
    pub until: Option<String>,
}
