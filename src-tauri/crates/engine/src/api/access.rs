//! What has to be granted for the checks that are wanted, and the scripts that grant it.

use super::DatasetInfo;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks what a provider has to be granted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AccessFor {
    /// Provider id.
    pub integration_type: String,
    /// Cloud id; the provider's first where left out. `custom` is taken for the cloud that it is like by default.
    pub cloud: Option<String>,
    /// Ids or aliases of the checks that are wanted; all of the cloud where left out.
    pub checks: Option<Vec<String>>,
    /// Whether datasets that no check reads are wanted too, as evidence.
    pub evidence: bool,
}

/// The least that has to be granted for what is wanted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Access {
    /// The cloud whose checks and datasets were looked at.
    pub cloud: String,
    /// The permissions, in the order of the manifest.
    pub permissions: Vec<AccessPermission>,
    /// Scripts that grant exactly these. None where there is nothing to grant.
    pub scripts: Vec<AccessScript>,
    /// Every check of the cloud.
    pub checks: Vec<String>,
    /// Datasets of the cloud that no check reads: collected as evidence alone.
    pub evidence_only: Vec<DatasetInfo>,
    /// Checks of the cloud that can't be judged with these permissions. A check that nobody asked for is not among them
    /// where the permissions of the others are enough for it.
    pub lost_checks: Vec<String>,
    /// Datasets of the cloud that can't be read with these permissions.
    pub lost_datasets: Vec<String>,
}

/// One permission that has to be granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AccessPermission {
    /// Its name at the service.
    pub grant: String,
    /// What is read with it, and why.
    pub why: String,
    /// The licence the service wants for what it opens.
    pub licence: Option<String>,
    /// Whether most things work without it.
    pub optional: bool,
    /// Ids of the wanted datasets that can't be read without it.
    pub datasets: Vec<String>,
}

/// A script that is ready to paste.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AccessScript {
    /// What it does.
    pub label: String,
    /// What it is written in.
    pub language: String,
    /// The text.
    pub text: String,
}
