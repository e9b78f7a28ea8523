//! Requirements and objectives in plain words: the same for every company.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The whole catalogue.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Catalogue {
    /// The 14 families in order.
    pub families: Vec<FamilyEntry>,
    /// The 110 requirements in order.
    pub requirements: Vec<RequirementEntry>,
    /// The 15 requirements of Level 1.
    pub level_one: Vec<LevelOneEntry>,
}

/// A family.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct FamilyEntry {
    /// `AC`.
    pub code: String,
    /// `Access Control`.
    pub name: String,
    /// `3.1`.
    pub number: String,
}

/// A requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RequirementEntry {
    /// `3.5.3`.
    pub id: String,
    /// `IA`.
    pub family: String,
    /// `IA.L2-3.5.3`.
    pub cmmc_id: String,
    /// `IA.L1-b.1.v`, where Level 1 has it.
    pub level_one_id: Option<String>,
    /// The practice id of CMMC 1.02: no standing today.
    pub legacy_id: String,
    /// The CMMC short name.
    pub name: String,
    /// A plain title.
    pub title: String,
    /// What it asks, in plain words.
    pub says: String,
    /// Points lost when not met; `null` for 3.12.4.
    pub weight: Option<u8>,
    /// Points lost with partial credit.
    pub partial_weight: Option<u8>,
    /// `allowed, when_partial, never`.
    pub poam: String,
    /// Its objectives.
    pub objectives: Vec<ObjectiveEntry>,
}

/// An objective.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ObjectiveEntry {
    /// `3.5.3[b]`.
    pub id: String,
    /// `b`.
    pub letter: String,
    /// What it asks, in plain words.
    pub says: String,
    /// Whether Level 1 asks it too.
    pub level_one: bool,
    /// Best that any service can show: `full, partial, supporting, none`.
    pub coverage: String,
}

/// A Level 1 requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LevelOneEntry {
    /// `AC.L1-b.1.i`.
    pub id: String,
    /// `(b)(1)(i)` of FAR 52.204-21.
    pub far: String,
    /// Its name.
    pub title: String,
    /// The requirements it corresponds to.
    pub requirements: Vec<String>,
}
