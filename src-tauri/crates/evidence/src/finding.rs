//! A check's result for one integration: the JSON contract of `cmmc findings` and of the window.

use crate::{Digest, IntegrationId, Outcome, Reason, Severity, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// How many things the check looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Population {
    /// Resources judged.
    pub seen: u64,
    /// Resources there are, where the service says so or all pages were read.
    pub total: Option<u64>,
    /// Pages read.
    pub pages: u64,
    /// Whether nothing is missing: an incomplete population never passes.
    pub complete: bool,
}

impl Population {
    /// Nothing was seen.
    #[must_use]
    pub const fn nothing() -> Self {
        Self {
            seen: 0,
            total: None,
            pages: 0,
            complete: false,
        }
    }
}

/// One judged resource. Findings list the failing and unknown ones; passing ones are only counted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// The service's own identifier.
    pub id: String,
    /// The name a person knows it by.
    pub name: String,
    /// What it is: `user`, `accessKey`, `policy`, ...
    #[serde(rename = "type")]
    pub kind: String,
    /// What was found for it.
    pub outcome: Outcome,
    /// Why, in a few words.
    pub note: String,
}

/// The last outcome before an attempt failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LastKnown {
    /// What it was.
    pub outcome: Outcome,
    /// When the data behind it was collected.
    pub collected_at: Timestamp,
}

/// Where an imported finding comes from: another tool's result file, as a person handed it over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Imported {
    /// `prowler` or `scubagear`.
    pub tool: String,
    /// The tool's version, as the file names it.
    pub version: Option<String>,
    /// The file's name, without its folder.
    pub file: String,
    /// Digest of the file's bytes, which are kept.
    pub sha256: Digest,
    /// When it was imported. When the tool looked is the finding's `collectedAt`.
    pub at: Timestamp,
}

/// A check's result for one integration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The check's id, e.g. `aws.iam.root_mfa`.
    pub check: String,
    /// The check's version: a changed rule is a new version.
    pub check_version: u32,
    /// Which connection it is about; of an imported finding without a connection, the evidence item that holds its file.
    pub integration_id: IntegrationId,
    /// The answer.
    pub outcome: Outcome,
    /// Why it is unknown; `null` otherwise.
    pub reason: Option<Reason>,
    /// The secure state the check looks for.
    pub title: String,
    /// How much a failure matters.
    pub severity: Severity,
    /// Requirements of the objectives below.
    pub requirements: Vec<String>,
    /// Objectives the check says something about.
    pub objectives: Vec<String>,
    /// Every parameter and exemption the check used, with its value.
    pub parameters: BTreeMap<String, serde_json::Value>,
    /// Every failing and every unknown resource, sorted.
    pub resources: Vec<Resource>,
    /// What was looked at.
    pub population: Population,
    /// The snapshots it was judged on.
    pub snapshots: Vec<Digest>,
    /// The newest collection time among those snapshots, or of the failed attempt.
    pub collected_at: Timestamp,
    /// Whether the answers came from a custom endpoint.
    pub custom: bool,
    /// The imported file that says it; `None` for the product's own checks. Such a finding never feeds an indication.
    pub imported: Option<Imported>,
    /// The last outcome before the attempts began to fail.
    pub last_known: Option<LastKnown>,
}
