//! Providers, connections, syncs.

use super::{Nothing, OutcomeCounts};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use std::collections::BTreeMap;

/// The providers that work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Providers {
    /// In the order of the cards.
    pub providers: Vec<ProviderCard>,
}

/// One provider: its manifest, and what it can support.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ProviderCard {
    /// The manifest as the provider kit gives it.
    #[ts(type = "Manifest")]
    pub manifest: serde_json::Value,
    /// Objectives its checks and datasets say something about.
    pub objectives: Vec<String>,
    /// Requirements of those objectives.
    pub requirements: Vec<String>,
    /// Its datasets.
    pub datasets: Vec<DatasetInfo>,
    /// Its checks.
    pub checks: Vec<CheckInfo>,
}

/// A dataset for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DatasetInfo {
    /// `entra-id.users`.
    pub id: String,
    /// Its name.
    pub title: String,
    /// What an assessor sees in it.
    pub what: String,
    /// Permissions it needs.
    pub permissions: Vec<String>,
    /// Licence it needs.
    pub licence: Option<String>,
    /// At most so many rows are read.
    #[ts(type = "number | null")]
    pub row_cap: Option<u64>,
}

/// A check for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CheckInfo {
    /// `entra-id.mfa.admins_registered`.
    pub id: String,
    /// `ENTRA-01`.
    pub alias: String,
    /// The secure state.
    pub title: String,
    /// `info, low, medium, high, critical`.
    pub severity: String,
    /// Objectives it says something about.
    pub objectives: Vec<String>,
    /// How to mend a failure.
    pub remedy: String,
    /// Where, per cloud id (`*` for any).
    pub console: BTreeMap<String, String>,
    /// How to re-perform it in the service's console.
    pub reperform_portal: String,
    /// How to re-perform it by a read-only command.
    pub reperform_command: String,
    /// The datasets it reads.
    pub datasets: Vec<String>,
    /// The parameters it reads.
    pub parameters: Vec<String>,
}

/// Connects a service. Saved when sign-in works and the identity is read; otherwise nothing is saved.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConnectIntegration {
    /// Provider id.
    pub integration_type: String,
    /// A label unique in the company; made from the identity where left out.
    pub label: Option<String>,
    /// Plain fields, with `cloud` and, for a custom endpoint, its hosts and `like`.
    pub config: BTreeMap<String, String>,
    /// Secret fields.
    pub credentials: BTreeMap<String, String>,
}

/// A saved connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Connected {
    /// The integration.
    pub integration: Integration,
    /// How each permission stands.
    pub permissions: Vec<PermissionState>,
    /// What was cleaned in the input ("Trailing spaces were removed from the client id.").
    pub notices: Vec<String>,
}

/// Signs in anew with a saved connection: as a person where its way to sign in wants that, else with other secrets.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ReconnectIntegration {
    /// Id or label.
    pub id: String,
    /// Secret fields; none where a person signs in.
    #[serde(default)]
    pub credentials: BTreeMap<String, String>,
}

/// Tests a saved connection, or one that is being entered.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct TestIntegration {
    /// A saved one.
    pub id: Option<String>,
    /// Or a provider id ...
    pub integration_type: Option<String>,
    /// ... with plain fields ...
    #[serde(default)]
    pub config: BTreeMap<String, String>,
    /// ... and secret fields.
    #[serde(default)]
    pub credentials: BTreeMap<String, String>,
}

/// What a test gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Tested {
    /// Tenant or account id.
    pub identity_id: String,
    /// Its name.
    pub identity_name: String,
    /// The host of a custom endpoint: shown wherever its evidence appears.
    pub custom_host: Option<String>,
    /// How each permission stands.
    pub permissions: Vec<PermissionState>,
    /// Sentences to read before saving: excess rights, a secret that expires soon, ...
    pub warnings: Vec<String>,
    /// What was cleaned in the input.
    pub notices: Vec<String>,
}

/// How one permission stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct PermissionState {
    /// Its name at the service.
    pub permission: String,
    /// `granted, missing, excess, unknown`.
    pub state: String,
    /// What it is for, or what an excess one could do.
    pub why: String,
    /// What to do about it.
    pub fix: String,
}

/// Lists connections.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ListIntegrations {
    /// Disconnected ones too.
    #[serde(default)]
    pub all: bool,
}

/// Connections.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Integrations {
    /// By label.
    pub integrations: Vec<Integration>,
}

/// A connection. Credentials never leave the vault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Integration {
    /// Its id.
    pub id: String,
    /// The company.
    pub company_id: String,
    /// Provider id.
    pub integration_type: String,
    /// Its label.
    pub label: String,
    /// `connected, error, disconnected`.
    pub status: String,
    /// Cloud id.
    pub cloud: String,
    /// Plain fields.
    pub config: BTreeMap<String, String>,
    /// Tenant or account id.
    pub identity_id: String,
    /// Its name.
    pub identity_name: String,
    /// The host of a custom endpoint.
    pub custom_host: Option<String>,
    /// When the last run ended (UTC).
    pub last_sync_at: Option<String>,
    /// When the next run is due (UTC).
    pub next_sync_at: Option<String>,
    /// What is wrong, in plain words.
    pub error_message: Option<String>,
    /// When its credentials end, where the service says so.
    pub credential_expiry: Option<CredentialExpiry>,
    /// Checks by outcome.
    pub checks: OutcomeCounts,
    /// Current evidence items.
    pub evidence_count: u32,
    /// When it was made (UTC).
    pub created_at: String,
    /// When it was last changed (UTC).
    pub updated_at: String,
}

/// When the credentials of a connection end, as its service says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CredentialExpiry {
    /// What ends ("This token").
    pub what: String,
    /// When (UTC).
    pub at: String,
    /// A sentence where it is near or past.
    pub warning: Option<String>,
    /// What to do before then.
    pub fix: String,
}

/// Names a connection: its id or its label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct IntegrationRef {
    /// Id or label.
    pub id: String,
}

/// Everything about a connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct IntegrationDetail {
    /// The connection.
    pub integration: Integration,
    /// Its datasets with their state.
    pub datasets: Vec<DatasetState>,
    /// Current findings of its checks.
    #[ts(type = "Array<Finding>")]
    pub findings: Vec<evidence::Finding>,
    /// Its newest runs.
    pub runs: Vec<RunReport>,
}

/// How collecting a dataset stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DatasetState {
    /// The dataset.
    pub dataset: DatasetInfo,
    /// `never, current, partial, stale, failed`.
    pub state: String,
    /// Why it is not current.
    pub reason: Option<String>,
    /// When it was last collected (UTC).
    pub collected_at: Option<String>,
    /// Rows of the newest snapshot.
    #[ts(type = "number | null")]
    pub rows: Option<u64>,
    /// Pages of it.
    #[ts(type = "number | null")]
    pub pages: Option<u64>,
}

/// Syncs one connection, or all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SyncIntegration {
    /// Ids or labels; empty means all.
    #[serde(default)]
    pub ids: Vec<String>,
}

/// What a sync gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Synced {
    /// One per connection.
    pub runs: Vec<RunReport>,
}

/// One run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RunReport {
    /// Its id.
    pub run_id: String,
    /// The connection.
    pub integration_id: String,
    /// Its label.
    pub label: String,
    /// `running, done, partial, failed, cancelled, interrupted`.
    pub state: String,
    /// `person, schedule, catch_up, demo`.
    pub trigger: String,
    /// When it was due (UTC), for scheduled ones.
    pub scheduled_for: Option<String>,
    /// When it began (UTC).
    pub started_at: String,
    /// When it ended (UTC).
    pub finished_at: Option<String>,
    /// What stopped it.
    pub error: Option<super::ApiError>,
    /// Its datasets.
    pub datasets: Vec<DatasetRun>,
    /// Requests sent; only in the answer of the sync itself.
    #[ts(type = "number | null")]
    pub requests: Option<u64>,
    /// Bytes of answers that this sync read, decoded.
    #[ts(type = "number | null")]
    pub bytes: Option<u64>,
}

/// One dataset of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DatasetRun {
    /// `entra-id.users`.
    pub id: String,
    /// How collecting it went: `current, partial, failed`, or `never` where the run did not reach it.
    pub state: String,
    /// Whether its content is what it was before.
    pub unchanged: bool,
    /// Why, where it is not collected in full.
    pub reason: Option<DatasetReason>,
    /// Rows.
    #[ts(type = "number")]
    pub rows: u64,
    /// Pages.
    #[ts(type = "number")]
    pub pages: u64,
    /// Of those, how many the service confirmed as unchanged instead of sending them.
    #[ts(type = "number")]
    pub confirmed: u64,
}

/// Why a dataset was not collected in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DatasetReason {
    /// `permission_missing, licence_missing, ...`.
    pub code: String,
    /// A sentence.
    pub detail: String,
}

/// Progress of a sync, a collection or a sign-in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[ts(export)]
pub enum Progress {
    /// A connection's run began; `ticket` cancels it.
    Started {
        /// The run.
        run_id: String,
        /// The connection.
        integration_id: String,
        /// Its label.
        label: String,
        /// Datasets to read.
        datasets: u32,
    },
    /// A dataset is being read.
    Reading {
        /// The connection.
        integration_id: String,
        /// The dataset's name.
        dataset: String,
        /// Its title.
        title: String,
        /// Rows so far.
        #[ts(type = "number")]
        rows: u64,
        /// Pages so far.
        #[ts(type = "number")]
        pages: u64,
    },
    /// A dataset is kept.
    Kept {
        /// The connection.
        integration_id: String,
        /// What became of it.
        dataset: DatasetRun,
        /// Datasets done so far.
        done: u32,
        /// Datasets in all.
        total: u32,
    },
    /// A connection's run ended.
    Finished {
        /// The run.
        run_id: String,
        /// The connection.
        integration_id: String,
        /// `done, partial, failed, cancelled`.
        state: String,
    },
    /// A person has to sign in now. `open_sign_in` opens the page, `cancel_sign_in` gives it up.
    SignIn {
        /// `browser`: on this computer. `device`: with the code, in any browser.
        method: String,
        /// The page.
        address: String,
        /// The code to enter there.
        user_code: Option<String>,
        /// Until when (UTC).
        expires_at: String,
        /// Whether the app opens the page; else the person does, having looked at the address.
        may_open: bool,
    },
    /// The person signed in; the connection is tried out now.
    SignedIn {},
}

/// Stops whatever is being collected in this company.
pub type CancelWork = Nothing;
