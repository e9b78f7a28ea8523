//! Applications of the tenant and the identities they act with. Secret values never come back from the service.

use super::{Pace, Shape, Source, list, single};
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

/// An enterprise application.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServicePrincipal {
    pub(crate) id: Option<String>,
    pub(crate) app_id: Option<String>,
    /// The tenant whose application it is.
    pub(crate) app_owner_organization_id: Option<String>,
}

/// What the ids of permissions mean.
pub(crate) static GRAPH_PERMISSIONS: Dataset = Dataset {
    id: "entra-id.graph-permissions",
    title: "Permissions of Microsoft Graph",
    what: "The names of the permissions that applications can be given in Microsoft Graph.",
    permissions: &["Application.Read.All"],
    licence: None,
    key: &[],
    records: Reader::Body(single),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.1[b]"],
};

pub(crate) const GRAPH_PERMISSIONS_SOURCE: Source = Source {
    dataset: &GRAPH_PERMISSIONS,
    path: "/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')",
    query: "$select=id,appId,displayName,appRoles",
    shape: Shape::Single,
    pace: Pace::Directory,
};

/// The record of [`GRAPH_PERMISSIONS`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GraphPermissions {
    pub(crate) app_roles: Option<Vec<AppRole>>,
}

/// A permission.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppRole {
    pub(crate) id: Option<String>,
    /// Its name, e.g. `Directory.ReadWrite.All`.
    pub(crate) value: Option<String>,
}

/// What applications may do by themselves.
pub(crate) static APP_PERMISSIONS: Dataset = Dataset {
    id: "entra-id.app-permissions",
    title: "Permissions of applications",
    what: "Which applications may do what through Microsoft Graph by themselves, without a person signed in.",
    permissions: &["Application.Read.All"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.1[b]", "3.1.1[e]", "3.1.5[b]"],
};

pub(crate) const APP_PERMISSIONS_SOURCE: Source = Source {
    dataset: &APP_PERMISSIONS,
    path: "/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')/appRoleAssignedTo",
    query: "$top=999",
    shape: Shape::List,
    pace: Pace::Directory,
};

/// A permission that an application was given.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AppPermission {
    pub(crate) app_role_id: Option<String>,
    pub(crate) principal_id: Option<String>,
    pub(crate) principal_display_name: Option<String>,
}
