//! Evidence items, their revisions, their raw pages.

use evidence::{IdentityStamp, PageRecord};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which findings to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ListFindings {
    /// Id or label of a connection.
    pub integration: Option<String>,
    /// Check id or alias.
    pub check: Option<String>,
    /// Control id.
    pub requirement: Option<String>,
    /// `pass, fail, not_applicable, unknown`.
    pub outcome: Option<String>,
    /// Past ones too, newest first.
    #[serde(default)]
    pub history: bool,
    /// Judge the stored snapshots again instead of showing what was recorded.
    #[serde(default)]
    pub reevaluate: bool,
}

/// Findings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Findings {
    /// The findings: of the product's own checks, then of imported files, which name their file in `imported`.
    #[ts(type = "Array<Finding>")]
    pub findings: Vec<evidence::Finding>,
    /// What judging again shows; absent where nothing was judged again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub changes: Option<Vec<super::FindingChange>>,
}

/// Which evidence to list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ListEvidence {
    /// Id or label of a connection.
    pub integration: Option<String>,
    /// Control id.
    pub requirement: Option<String>,
    /// `to_review, approved, rejected`.
    pub review: Option<String>,
    /// `never, current, partial, stale, failed`.
    pub state: Option<String>,
}

/// Evidence items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EvidenceList {
    /// The items.
    pub evidence: Vec<EvidenceItem>,
}

/// One evidence item at its newest revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EvidenceItem {
    /// Its id.
    pub id: String,
    /// Its name.
    pub title: String,
    /// What an assessor sees in it.
    pub what: String,
    /// The connection.
    pub integration_id: String,
    /// Its label.
    pub integration_label: String,
    /// Provider id.
    pub integration_type: String,
    /// The dataset.
    pub dataset: String,
    /// Objectives it supports.
    pub objectives: Vec<String>,
    /// The newest revision.
    pub revision: u32,
    /// When that revision's content was first seen (UTC).
    pub collected_at: String,
    /// When that content was last seen (UTC).
    pub confirmed_at: String,
    /// `current, partial, stale, failed`.
    pub state: String,
    /// `to_review, approved, rejected`.
    pub review: String,
    /// Rows.
    #[ts(type = "number")]
    pub rows: u64,
    /// Pages.
    #[ts(type = "number")]
    pub pages: u64,
    /// Digest of its records.
    pub content_sha256: String,
    /// The snapshot.
    pub snapshot: String,
    /// The host of a custom endpoint.
    pub custom_host: Option<String>,
    /// The tool, file and person, where the item is an imported file. Its connection's id is empty where it has none.
    pub imported: Option<super::ImportOrigin>,
}

/// Names an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EvidenceRef {
    /// Its id.
    pub id: String,
}

/// One item whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EvidenceDetail {
    /// The item.
    pub item: EvidenceItem,
    /// Who answered.
    #[ts(type = "IdentityStamp")]
    pub identity: IdentityStamp,
    /// The requests and digests of its pages.
    #[ts(type = "Array<PageRecord>")]
    pub pages: Vec<PageRecord>,
    /// Why it is not everything.
    pub incomplete: Option<String>,
    /// The first records, as a table would show them (at most 200).
    #[ts(type = "Array<Record<string, unknown>>")]
    pub records: Vec<serde_json::Value>,
    /// Its revisions, newest first.
    pub revisions: Vec<EvidenceRevision>,
    /// How to re-perform the collection by hand.
    pub reperform: Vec<String>,
}

/// One revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct EvidenceRevision {
    /// 1 for the first.
    pub revision: u32,
    /// When it was collected (UTC).
    pub collected_at: String,
    /// When its content was last seen (UTC).
    pub confirmed_at: String,
    /// The snapshot.
    pub snapshot: String,
    /// Digest of its records.
    pub content_sha256: String,
    /// `to_review, approved, rejected`.
    pub review: String,
    /// Who reviewed it, when and why.
    pub reviewed: Option<super::Decided>,
}

/// One raw page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct GetPage {
    /// Digest of the page, as in its record.
    pub page: String,
    /// Bytes to skip.
    #[ts(type = "number")]
    #[serde(default)]
    pub offset: u64,
}

/// A part of a raw page (at most 256 KiB), as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PageText {
    /// The text.
    pub text: String,
    /// Bytes in all.
    #[ts(type = "number")]
    pub bytes: u64,
    /// Where the next part begins; `null` at the end.
    #[ts(type = "number | null")]
    pub next_offset: Option<u64>,
}

/// A named person's review of the newest revision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReviewEvidence {
    /// The item.
    pub id: String,
    /// The revision looked at: a newer one must be looked at first.
    pub revision: u32,
    /// `approved, rejected`.
    pub review: String,
    /// Who.
    pub by: String,
    /// Why: required for a rejection.
    pub why: Option<String>,
}
