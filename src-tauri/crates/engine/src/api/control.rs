//! Status, score, determinations, and everything about one control.

use super::{CheckInfo, EvidenceItem};
use evidence::Finding;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks for the status of all requirements or of one control.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct GetStatus {
    /// `3.5.3`, `IA.L2-3.5.3`, `IA.1.076`; all where left out.
    pub control_id: Option<String>,
}

/// The status of requirements.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Status {
    /// In catalogue order.
    pub requirements: Vec<RequirementStatus>,
}

/// The status of one requirement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RequirementStatus {
    /// `3.5.3`.
    pub id: String,
    /// Points; `null` for 3.12.4.
    pub weight: Option<u8>,
    /// `never, current, partial, stale, failed`.
    pub collection_state: String,
    /// `compliant, non_compliant, inconclusive`: what the checks point to.
    pub indication: String,
    /// `met, not_met, not_applicable, not_assessed`: what people decided.
    pub determination: String,
    /// Whether partial credit counts.
    pub partial: bool,
    /// Its objectives.
    pub objectives: Vec<ObjectiveStatus>,
    /// Checks of the connected integrations that map to it, by outcome.
    pub checks: OutcomeCounts,
    /// Checks of imported files that map to it, by outcome. They feed no indication.
    pub imported: OutcomeCounts,
    /// Current evidence items.
    pub evidence_count: u32,
}

/// The status of one objective.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ObjectiveStatus {
    /// `3.5.3[b]`.
    pub id: String,
    /// What a person decided.
    pub determination: String,
    /// Whether partial credit is claimed.
    pub partial: bool,
    /// Who, when, why; `null` while not assessed.
    pub decided: Option<Decided>,
    /// Whether evidence is newer than the decision and says something else.
    pub evidence_changed: bool,
}

/// Who decided, when and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Decided {
    /// Who.
    pub by: String,
    /// When (UTC).
    pub at: String,
    /// Why.
    pub why: Option<String>,
}

/// Checks by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OutcomeCounts {
    /// Passing.
    pub pass: u32,
    /// Failing.
    pub fail: u32,
    /// That do not apply.
    pub not_applicable: u32,
    /// That can't tell.
    pub unknown: u32,
}

/// The score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ScoreReport {
    /// 110 minus the deductions; `null` until 3.12.4 is met, and for Level 1.
    pub score: Option<i32>,
    /// Whether all 110 are assessed.
    #[serde(rename = "final")]
    pub is_final: bool,
    /// Requirements assessed.
    pub assessed: u32,
    /// Requirements in all: 110, or 15 for Level 1.
    pub total: u32,
    /// Why there is no number.
    pub reason: Option<String>,
    /// What was subtracted, and why.
    pub deductions: Vec<Deduction>,
    /// Level 1: requirements met, of 15.
    pub level_one_met: Option<u32>,
    /// Whether a Conditional status is open: at least 88, and every gap may stand on a POA&M.
    pub conditional: bool,
    /// Requirements that keep it from being so.
    pub blocking: Vec<String>,
    /// What the score would be if the checks are right: never the score.
    pub projected: Projected,
}

/// One deduction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Deduction {
    /// `3.5.3`.
    pub requirement: String,
    /// 1, 3 or 5.
    pub points: u8,
    /// In plain words.
    pub why: String,
}

/// The score if the checks are right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Projected {
    /// The number; `null` where there is none.
    pub score: Option<i32>,
    /// What it rests on, in a sentence.
    pub label: String,
    /// Requirements where the checks suggest something else than what people decided.
    pub differing: Vec<String>,
}

/// A determination by a named person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Determine {
    /// `3.5.3[b]`.
    pub objective: String,
    /// `met, not_met, not_applicable, not_assessed`.
    pub determination: String,
    /// Partial credit (3.5.3 and 3.13.11 only).
    #[serde(default)]
    pub partial: bool,
    /// Who decides.
    pub by: String,
    /// Why: required for met and not_applicable.
    pub why: Option<String>,
}

/// Asks for one control.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct GetControl {
    /// `3.5.3`, `IA.L2-3.5.3`, `IA.1.076`.
    pub control_id: String,
}

/// Everything about one control.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ControlDetail {
    /// Its status.
    pub status: RequirementStatus,
    /// Current findings of every check that maps to it.
    #[ts(type = "Array<Finding>")]
    pub findings: Vec<Finding>,
    /// What imported files say about it, beside the findings above and never among them.
    #[ts(type = "Array<Finding>")]
    pub imported: Vec<Finding>,
    /// Where an imported file and an own check say different things.
    pub disagreements: Vec<super::Disagreement>,
    /// The checks behind them: remedy, console, how to re-perform.
    pub checks: Vec<CheckInfo>,
    /// Evidence items that support it.
    pub evidence: Vec<EvidenceItem>,
    /// Past decisions, newest first.
    pub history: Vec<DecisionEntry>,
    /// Integrations whose checks or datasets map to it.
    pub integrations: Vec<String>,
}

/// A past decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DecisionEntry {
    /// `3.5.3[b]`.
    pub objective: String,
    /// What was decided.
    pub determination: String,
    /// Whether partial credit was claimed.
    pub partial: bool,
    /// Who, when, why.
    pub decided: Decided,
}

/// Collects what the checks of a control need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CollectEvidence {
    /// `3.5.3`, `IA.L2-3.5.3`, `IA.1.076`.
    pub control_id: String,
}

/// What collecting for a control gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Collected {
    /// The requirement that the control stands for.
    pub requirement: String,
    /// Current items that support it.
    pub evidence_count: u32,
    /// `compliant, non_compliant, inconclusive`.
    pub compliance_status: String,
    /// How much the data can carry. In JSON only: screens show strength and counts.
    pub confidence: ConfidenceReport,
    /// The findings.
    #[ts(type = "Array<Finding>")]
    pub findings: Vec<Finding>,
    /// For `IA.1.076`: the share that the old rule looked at. It feeds no indication.
    pub legacy_rule: Option<LegacyRule>,
    /// What was asked, per integration.
    pub runs: Vec<super::RunReport>,
}

/// How much the data can carry.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConfidenceReport {
    /// 0 to 1.
    pub value: f64,
    /// What holds it down.
    pub reasons: Vec<String>,
}

/// The share of enabled members with MFA registered, against a threshold.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct LegacyRule {
    /// Registered of eligible, 0 to 1; `null` without the report.
    pub share: Option<f64>,
    /// The threshold, 0 to 1.
    pub threshold: f64,
    /// Enabled members with MFA registered.
    #[ts(type = "number")]
    pub registered: u64,
    /// Enabled members.
    #[ts(type = "number")]
    pub eligible: u64,
    /// `compliant, non_compliant, inconclusive` by the old rule alone.
    pub compliance_status: String,
}
