//! The newest sign-ins and audit events: samples with a cap, which can show that something happened and never that it did not.

use super::{Pace, Shape, Source, list};
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;

/// At most so many rows of a log are kept as evidence.
pub(crate) const LOG_ROWS: u64 = 500;

/// The newest interactive sign-ins.
pub(crate) static SIGN_INS: Dataset = Dataset {
    id: "entra-id.sign-ins",
    title: "Recent sign-ins",
    what: "The newest sign-ins: who, to what, from where, and what Conditional Access decided.",
    permissions: &["AuditLog.Read.All"],
    licence: Some("Microsoft Entra ID P1 or P2"),
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &[],
    removed: &["/location/geoCoordinates", "/location/city"],
    row_cap: Some(LOG_ROWS),
    clouds: Clouds::All,
    objectives: &["3.3.1[d]", "3.3.2[b]"],
};

pub(crate) const SIGN_INS_SOURCE: Source = Source {
    dataset: &SIGN_INS,
    path: "/v1.0/auditLogs/signIns",
    // The operation documents $top and $filter, not $select. Newest first is its own order.
    query: "$top=500",
    shape: Shape::List,
    pace: Pace::Reports,
};

/// A sign-in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignIn {
    pub(crate) id: Option<String>,
    pub(crate) user_principal_name: Option<String>,
    pub(crate) created_date_time: Option<String>,
    pub(crate) client_app_used: Option<String>,
    pub(crate) status: Option<SignInStatus>,
}

/// How a sign-in ended.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignInStatus {
    pub(crate) error_code: Option<i64>,
}

/// The newest changes to the directory.
pub(crate) static AUDITS: Dataset = Dataset {
    id: "entra-id.directory-audits",
    title: "Recent audit events",
    what: "The newest changes to accounts, roles and settings: who changed what, and when.",
    permissions: &["AuditLog.Read.All"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &[],
    removed: &[],
    row_cap: Some(LOG_ROWS),
    clouds: Clouds::All,
    objectives: &["3.3.1[c]", "3.3.1[d]", "3.3.2[b]"],
};

pub(crate) const AUDITS_SOURCE: Source = Source {
    dataset: &AUDITS,
    path: "/v1.0/auditLogs/directoryAudits",
    query: "$top=500",
    shape: Shape::List,
    pace: Pace::Reports,
};

/// An audit event.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Audit {
    pub(crate) id: Option<String>,
    pub(crate) activity_display_name: Option<String>,
    pub(crate) activity_date_time: Option<String>,
    pub(crate) initiated_by: Option<Initiator>,
}

/// Who did it.
#[derive(Debug, Deserialize)]
pub(crate) struct Initiator {
    pub(crate) user: Option<Actor>,
    pub(crate) app: Option<Actor>,
}

/// A person or an application, as far as the log names it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Actor {
    pub(crate) id: Option<String>,
    pub(crate) user_principal_name: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) app_id: Option<String>,
    pub(crate) service_principal_id: Option<String>,
}
