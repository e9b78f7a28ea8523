//! Applications of the tenant and the identities they act with. Secret values never come back from the service.

use super::{Pace, Shape, Source, list};
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;

/// Applications registered here.
pub(crate) static APPLICATIONS: Dataset = Dataset {
    id: "entra-id.applications",
    title: "App registrations",
    what: "Which applications are registered here, what they ask for, and until when their secrets and certificates are valid.",
    permissions: &["Application.Read.All"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &[],
    // The first characters of a secret, and key bytes, are nobody's business.
    removed: &[
        "/passwordCredentials/*/hint",
        "/passwordCredentials/*/secretText",
        "/keyCredentials/*/key",
    ],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.1[b]", "3.5.1[b]"],
};

pub(crate) const APPLICATIONS_SOURCE: Source = Source {
    dataset: &APPLICATIONS,
    path: "/v1.0/applications",
    query: "$select=id,appId,displayName,createdDateTime,signInAudience,passwordCredentials,keyCredentials,requiredResourceAccess&$top=999",
    shape: Shape::List,
    pace: Pace::Directory,
};

/// An app registration.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Application {
    pub(crate) id: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) password_credentials: Option<Vec<Credential>>,
    pub(crate) key_credentials: Option<Vec<Credential>>,
}

/// A secret or certificate, without its value.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Credential {
    pub(crate) display_name: Option<String>,
    pub(crate) key_id: Option<String>,
    pub(crate) start_date_time: Option<String>,
    pub(crate) end_date_time: Option<String>,
}

/// Identities of applications, ours and others'.
pub(crate) static SERVICE_PRINCIPALS: Dataset = Dataset {
    id: "entra-id.service-principals",
    title: "Enterprise applications",
    what: "Which applications can act in the tenant, whose they are, and whether they are enabled.",
    permissions: &["Application.Read.All"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &[],
    removed: &[
        "/passwordCredentials/*/hint",
        "/passwordCredentials/*/secretText",
        "/keyCredentials/*/key",
    ],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.1[b]", "3.5.1[b]"],
};

pub(crate) const SERVICE_PRINCIPALS_SOURCE: Source = Source {
    dataset: &SERVICE_PRINCIPALS,
    path: "/v1.0/servicePrincipals",
    query: "$select=id,appId,displayName,accountEnabled,appOwnerOrganizationId,servicePrincipalType,passwordCredentials,keyCredentials,tags&$top=999",
    shape: Shape::List,
    pace: Pace::Directory,
};
