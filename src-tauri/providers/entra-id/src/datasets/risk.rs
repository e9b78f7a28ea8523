//! What Microsoft's detection says: accounts and applications it holds to be at risk, and the tenant's score.

use super::{Pace, Shape, Source, list};
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;

/// Accounts that are at risk and not dealt with.
pub(crate) static RISKY_USERS: Dataset = Dataset {
    id: "entra-id.risky-users",
    title: "Users at risk",
    what: "Which accounts Microsoft holds to be taken over or at risk, and when the record of each last changed.",
    permissions: &["IdentityRiskyUser.Read.All"],
    licence: Some("Microsoft Entra ID P2"),
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &["/isProcessing"],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.14.7[b]", "3.6.1[b]"],
};

pub(crate) const RISKY_USERS_SOURCE: Source = Source {
    dataset: &RISKY_USERS,
    path: "/v1.0/identityProtection/riskyUsers",
    query: "$filter=riskState%20eq%20'atRisk'%20or%20riskState%20eq%20'confirmedCompromised'&$top=500",
    shape: Shape::List,
    pace: Pace::Protection,
};

/// A user of [`RISKY_USERS`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RiskyUser {
    pub(crate) id: Option<String>,
    pub(crate) is_deleted: Option<bool>,
    pub(crate) user_principal_name: Option<String>,
    /// `low`, `medium`, `high`, `hidden` or `none`.
    pub(crate) risk_level: Option<String>,
    /// `atRisk` or `confirmedCompromised`, as it was asked for; others once somebody dealt with it.
    pub(crate) risk_state: Option<String>,
    /// When the record changed, not since when it is as it is.
    pub(crate) risk_last_updated_date_time: Option<String>,
}

/// Signs of taken-over accounts, in the order the service gives them.
pub(crate) static RISK_DETECTIONS: Dataset = Dataset {
    id: "entra-id.risk-detections",
    title: "Risk detections",
    what: "Events in which Microsoft saw a sign of a taken-over account, some 500 of them.",
    permissions: &["IdentityRiskEvent.Read.All"],
    licence: Some("Microsoft Entra ID P2"),
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &[],
    // Where people are, and what else a detector wrote down, is not needed to tell what it saw.
    removed: &[
        "/location/geoCoordinates",
        "/location/city",
        "/ipAddress",
        "/additionalInfo",
    ],
    row_cap: Some(500),
    clouds: Clouds::All,
    objectives: &["3.14.7[b]", "3.6.1[b]"],
};

pub(crate) const RISK_DETECTIONS_SOURCE: Source = Source {
    dataset: &RISK_DETECTIONS,
    path: "/v1.0/identityProtection/riskDetections",
    query: "$top=500",
    shape: Shape::List,
    pace: Pace::Protection,
};

/// Applications at risk.
pub(crate) static RISKY_APPS: Dataset = Dataset {
    id: "entra-id.risky-service-principals",
    title: "Applications at risk",
    what: "Which applications Microsoft holds to be taken over or at risk.",
    permissions: &["IdentityRiskyServicePrincipal.Read.All"],
    licence: Some("Microsoft Entra Workload ID Premium"),
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &["/isProcessing"],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.14.7[b]"],
};

pub(crate) const RISKY_APPS_SOURCE: Source = Source {
    dataset: &RISKY_APPS,
    path: "/v1.0/identityProtection/riskyServicePrincipals",
    query: "",
    shape: Shape::List,
    pace: Pace::Protection,
};

/// Microsoft's score of the tenant, of the newest day.
pub(crate) static SECURE_SCORE: Dataset = Dataset {
    id: "entra-id.secure-score",
    title: "Secure score",
    what: "The newest score that Microsoft gives the tenant, control by control: a periodic assessment by somebody else.",
    permissions: &["SecurityEvents.Read.All"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.12.1[b]", "3.12.3[a]"],
};

pub(crate) const SECURE_SCORE_SOURCE: Source = Source {
    dataset: &SECURE_SCORE,
    path: "/v1.0/security/secureScores",
    query: "$top=1",
    shape: Shape::Newest,
    pace: Pace::Directory,
};
