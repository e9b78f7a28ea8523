//! Result files of other tools.

use super::{EvidenceItem, OutcomeCounts};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Imports a result file of another tool.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImportFile {
    /// `prowler-ocsf, prowler-csv, scubagear`.
    pub format: String,
    /// The file's name; a folder before it is dropped.
    pub file_name: String,
    /// Its bytes in base64: at most 16 MiB of them.
    pub content: String,
    /// Id or label of the connection it is about. Where left out, the one to the same account is taken, if there is one.
    pub integration: Option<String>,
    /// A label for people; made from tool and account where left out.
    pub label: Option<String>,
    /// Who imports it.
    pub by: String,
}

/// What an import did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImportDone {
    /// Whether anything was added: not when this very file was imported before.
    pub added: bool,
    /// The item that holds the file.
    pub evidence: EvidenceItem,
    /// The tool's checks, by outcome. They feed no indication.
    pub checks: OutcomeCounts,
    /// How many of them no objective is known for.
    pub unmapped: u32,
    /// Where the tool and the product's own checks say different things.
    pub disagreements: Vec<Disagreement>,
}

/// Where an imported file comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ImportOrigin {
    /// The tool's name: `Prowler`, `ScubaGear`.
    pub tool: String,
    /// Its version, as the file names it.
    pub version: Option<String>,
    /// `prowler-ocsf, prowler-csv, scubagear`.
    pub format: String,
    /// The file's name.
    pub file: String,
    /// Digest of the file.
    pub sha256: String,
    /// Bytes of the file.
    #[ts(type = "number")]
    pub bytes: u64,
    /// The account or tenant it speaks of.
    pub account: String,
    /// When the tool made it (UTC).
    pub made_at: String,
    /// When it was imported (UTC).
    pub imported_at: String,
    /// Who imported it.
    pub by: String,
}

/// A tool and one of the product's own checks say different things of the same subject. Neither outranks the other: a
/// person has to look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Disagreement {
    /// The own check.
    pub check: String,
    /// What it says.
    pub outcome: String,
    /// The tool's check.
    pub imported_check: String,
    /// What the tool says.
    pub imported_outcome: String,
    /// The connection that both are about.
    pub integration_id: String,
    /// Both in a sentence.
    pub what: String,
}
