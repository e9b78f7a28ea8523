//! What the chain can record. Every change of a projected table is made by applying one of these, so that the tables
//! can be made again from the entries alone (`vault verify` does).

use catalog::{Determination, ObjectiveId};
use evidence::{
    CompanyId, Digest, EntryKind, EvidenceId, Finding, IntegrationId, LastKnown, Reason, Review,
    RunId, Timestamp,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A company's profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CompanyProfile {
    /// The company's name.
    pub name: String,
    /// The level it prepares for: 1 or 2.
    pub level: u8,
    /// IANA zone of its local time, e.g. `America/New_York`.
    pub zone: String,
    /// CAGE code, where entered.
    pub cage_code: Option<String>,
    /// Unique Entity Identifier, where entered.
    pub uei: Option<String>,
    /// What the assessed system is, in a sentence.
    pub scope: Option<String>,
    /// Whether this is the made-up demo company.
    pub demo: bool,
}

/// What made a run start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trigger {
    /// A person asked for it.
    Person,
    /// The schedule's due time.
    Schedule,
    /// A due time that was missed, caught up.
    CatchUp,
    /// The demo company's bundled answers.
    Demo,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Every dataset was collected.
    Done,
    /// Some datasets were not.
    Partial,
    /// Nothing was collected.
    Failed,
    /// It was stopped.
    Cancelled,
}

/// An evaluated check whose content is as before: only its data is newer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ConfirmedFinding {
    /// The check.
    pub check: String,
    /// When the data was collected.
    pub collected_at: Timestamp,
    /// The snapshots judged.
    pub snapshots: Vec<Digest>,
    /// The last outcome before attempts began to fail.
    pub last_known: Option<LastKnown>,
}

// Serde's `skip_serializing_if` hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// A result file of another tool, as it was handed over. Its bytes are a blob.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportedFile {
    /// The tool: `prowler`, `scubagear`.
    pub tool: String,
    /// The tool's version, as the file names it.
    pub tool_version: Option<String>,
    /// The format: `prowler-ocsf`, ...
    pub format: String,
    /// Whose service it speaks of, as the tool calls it.
    pub provider: String,
    /// The account or tenant it speaks of.
    pub account: String,
    /// Its name, where the file has one.
    pub account_name: String,
    /// The file's name, without its folder.
    pub name: String,
    /// Digest of its bytes.
    pub sha256: Digest,
    /// Its length.
    pub bytes: u64,
    /// Results in it.
    pub rows: u64,
    /// When the tool made it.
    pub made_at: Timestamp,
}

/// One recorded fact.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(
    tag = "event",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
pub enum Event {
    /// The company was created.
    CompanyCreated {
        /// Its id.
        company_id: CompanyId,
        /// Its profile.
        profile: CompanyProfile,
    },
    /// Its profile was changed.
    CompanyChanged {
        /// The new profile.
        profile: CompanyProfile,
    },
    /// A connection was made.
    IntegrationConnected {
        /// Its id.
        integration_id: IntegrationId,
        /// Provider id.
        provider: String,
        /// A label unique in the company.
        label: String,
        /// Cloud id.
        cloud: String,
        /// Plain fields, by name.
        config: BTreeMap<String, String>,
        /// Tenant or account id.
        identity_id: String,
        /// Its name.
        identity_name: String,
        /// Host of a custom endpoint.
        custom_host: Option<String>,
    },
    /// A connection's label, fields or credentials changed.
    IntegrationChanged {
        /// Its id.
        integration_id: IntegrationId,
        /// The label.
        label: String,
        /// Plain fields, by name.
        config: BTreeMap<String, String>,
        /// Version of the credentials, raised at each change.
        credential_version: u32,
    },
    /// A connection was removed; its credentials were destroyed, its evidence is kept.
    IntegrationRemoved {
        /// Its id.
        integration_id: IntegrationId,
    },
    /// A run of one integration began.
    RunStarted {
        /// Its id.
        run_id: RunId,
        /// The integration.
        integration_id: IntegrationId,
        /// What made it start.
        trigger: Trigger,
        /// When it was due, for scheduled runs.
        scheduled_for: Option<Timestamp>,
        /// The datasets asked for.
        datasets: Vec<String>,
    },
    /// A dataset was fetched.
    DatasetCollected {
        /// The run.
        run_id: RunId,
        /// The integration.
        integration_id: IntegrationId,
        /// The dataset.
        dataset: String,
        /// The snapshot.
        snapshot: Digest,
        /// Digest of its records.
        content_sha256: Digest,
        /// Records.
        rows: u64,
        /// Pages.
        pages: u64,
        /// Why it is not everything; `None` when it is.
        partial: Option<Reason>,
        /// Of its pages, how many the service confirmed as unchanged instead of sending them.
        #[serde(default, skip_serializing_if = "is_zero")]
        confirmed: u64,
    },
    /// A dataset could not be fetched.
    DatasetFailed {
        /// The run.
        run_id: RunId,
        /// The integration.
        integration_id: IntegrationId,
        /// The dataset.
        dataset: String,
        /// Why.
        reason: Reason,
    },
    /// A check said something new.
    FindingRecorded {
        /// The run.
        run_id: RunId,
        /// What it said.
        finding: Box<Finding>,
    },
    /// Checks were run on newer data and said the same.
    FindingsConfirmed {
        /// The run.
        run_id: RunId,
        /// The integration.
        integration_id: IntegrationId,
        /// The checks.
        findings: Vec<ConfirmedFinding>,
    },
    /// An evidence item got a revision (the first one makes the item).
    EvidenceRevised {
        /// The item.
        evidence_id: EvidenceId,
        /// The integration.
        integration_id: IntegrationId,
        /// The dataset.
        dataset: String,
        /// 1 for the first.
        revision: u32,
        /// The run.
        run_id: RunId,
        /// The snapshot.
        snapshot: Digest,
        /// Digest of its records.
        content_sha256: Digest,
    },
    /// An item's content was seen unchanged.
    EvidenceConfirmed {
        /// The item.
        evidence_id: EvidenceId,
        /// The revision that still holds.
        revision: u32,
        /// The run.
        run_id: RunId,
        /// The newest snapshot with that content.
        snapshot: Digest,
    },
    /// A person reviewed a revision.
    EvidenceReviewed {
        /// The item.
        evidence_id: EvidenceId,
        /// The revision.
        revision: u32,
        /// The review.
        review: Review,
        /// Who.
        by: String,
        /// Why; required for a rejection.
        why: Option<String>,
    },
    /// A result file of another tool was imported: an item's next revision (the first one makes the item).
    FileImported {
        /// The item.
        evidence_id: EvidenceId,
        /// 1 for the first.
        revision: u32,
        /// A label for people.
        label: String,
        /// The connection it is about, where there is one.
        integration_id: Option<IntegrationId>,
        /// The file.
        file: ImportedFile,
        /// Who imported it.
        by: String,
        /// What it says.
        findings: Vec<Finding>,
    },
    /// A payload was removed; its digest stays.
    PayloadPurged {
        /// The page's digest.
        payload: Digest,
        /// Who.
        by: String,
        /// Why.
        why: String,
    },
    /// A person decided an objective.
    DeterminationMade {
        /// The objective.
        objective: ObjectiveId,
        /// The decision.
        determination: Determination,
        /// Whether partial credit is claimed.
        partial: bool,
        /// Who.
        by: String,
        /// Why.
        why: Option<String>,
    },
    /// A person set a parameter or exemption; `null` goes back to the default.
    ParameterSet {
        /// Its key.
        key: String,
        /// Its value.
        value: Value,
        /// Who.
        by: String,
        /// Why.
        why: String,
        /// Until when; `None` for always.
        until: Option<Timestamp>,
    },
    /// A run ended.
    RunFinished {
        /// The run.
        run_id: RunId,
        /// The integration.
        integration_id: IntegrationId,
        /// How.
        state: RunState,
        /// The error that stopped it, in plain words.
        error: Option<String>,
    },
    /// The history was found older than the marker kept outside the vault.
    HistoryRestored {
        /// The head that was expected, as sequence number.
        expected_seq: u64,
        /// The head found.
        found_seq: u64,
    },
}

impl Event {
    /// The kind of entry that records it.
    #[must_use]
    pub const fn kind(&self) -> EntryKind {
        match self {
            Self::CompanyCreated { .. } => EntryKind::CompanyCreated,
            Self::CompanyChanged { .. } => EntryKind::CompanyChanged,
            Self::IntegrationConnected { .. } => EntryKind::IntegrationConnected,
            Self::IntegrationChanged { .. } => EntryKind::IntegrationChanged,
            Self::IntegrationRemoved { .. } => EntryKind::IntegrationRemoved,
            Self::RunStarted { .. } => EntryKind::RunStarted,
            Self::RunFinished { .. } => EntryKind::RunFinished,
            Self::DatasetCollected { .. } => EntryKind::DatasetCollected,
            Self::DatasetFailed { .. } => EntryKind::DatasetFailed,
            Self::FindingRecorded { .. } => EntryKind::FindingRecorded,
            Self::FindingsConfirmed { .. } => EntryKind::FindingsConfirmed,
            Self::EvidenceRevised { .. } => EntryKind::EvidenceRevised,
            Self::EvidenceConfirmed { .. } => EntryKind::EvidenceConfirmed,
            Self::EvidenceReviewed { .. } => EntryKind::EvidenceReviewed,
            Self::FileImported { .. } => EntryKind::FileImported,
            Self::PayloadPurged { .. } => EntryKind::PayloadPurged,
            Self::DeterminationMade { .. } => EntryKind::DeterminationMade,
            Self::ParameterSet { .. } => EntryKind::ParameterSet,
            Self::HistoryRestored { .. } => EntryKind::HistoryRestored,
        }
    }
}
