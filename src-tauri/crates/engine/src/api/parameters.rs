//! Thresholds, exemptions and organisation-defined values.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The parameters of the connected providers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ParameterList {
    /// By key.
    pub parameters: Vec<ParameterEntry>,
}

/// One parameter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ParameterEntry {
    /// Its key.
    pub key: String,
    /// Its name.
    pub label: String,
    /// What it does.
    pub help: String,
    /// `integer, percent, list, text`.
    pub kind: String,
    /// The value that holds now.
    #[ts(type = "unknown")]
    pub value: serde_json::Value,
    /// The value when nobody set one.
    #[ts(type = "unknown")]
    pub default: serde_json::Value,
    /// Who set it, when and why.
    pub set: Option<super::Decided>,
    /// Until when (UTC).
    pub until: Option<String>,
}

/// Sets a parameter by name and reason.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SetParameter {
    /// Its key.
    pub key: String,
    /// Its value; `null` goes back to the default.
    #[ts(type = "unknown")]
    pub value: serde_json::Value,
    /// Who.
    pub by: String,
    /// Why.
    pub why: String,
    /// Until when (UTC date or moment).
    pub until: Option<String>,
}
