//! The tenant itself: who it is, its domains, what it has bought.

use super::{Pace, Shape, Source, list, sent};
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;

/// The company as the directory knows it.
pub(crate) static ORGANIZATION: Dataset = Dataset {
    id: "entra-id.organization",
    title: "Organization",
    what: "Which tenant was read, its verified domains, and whether it takes accounts from an on-premises directory.",
    permissions: &["Organization.Read.All"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &["/onPremisesLastSyncDateTime"],
    removed: &[
        "/businessPhones",
        "/street",
        "/postalCode",
        "/city",
        "/securityComplianceNotificationPhones",
        "/marketingNotificationEmails",
    ],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &[],
};

pub(crate) const ORGANIZATION_SOURCE: Source = Source {
    dataset: &ORGANIZATION,
    path: "/v1.0/organization",
    query: "$select=id,displayName,createdDateTime,tenantType,onPremisesSyncEnabled,onPremisesLastSyncDateTime,verifiedDomains,\
            assignedPlans,mobileDeviceManagementAuthority,securityComplianceNotificationMails",
    shape: Shape::List,
    pace: Pace::Directory,
};

/// The record of [`ORGANIZATION`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Organization {
    /// Null for what was never synchronised.
    #[serde(default, deserialize_with = "sent")]
    pub(crate) on_premises_sync_enabled: Option<Option<bool>>,
}

/// Verified and unverified domains.
pub(crate) static DOMAINS: Dataset = Dataset {
    id: "entra-id.domains",
    title: "Domains",
    what: "Which domains people sign in with, and whether another identity provider answers for them.",
    permissions: &["Domain.Read.All"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.5.2[a]"],
};

pub(crate) const DOMAINS_SOURCE: Source = Source {
    dataset: &DOMAINS,
    path: "/v1.0/domains",
    query: "$select=id,authenticationType,isAdminManaged,isDefault,isInitial,isRoot,isVerified,passwordNotificationWindowInDays,\
            passwordValidityPeriodInDays,supportedServices",
    shape: Shape::List,
    pace: Pace::Directory,
};

/// Subscriptions and the service plans in them.
pub(crate) static LICENCES: Dataset = Dataset {
    id: "entra-id.licences",
    title: "Licenses",
    what: "Which Microsoft subscriptions the tenant has, and so which protections can be used at all.",
    permissions: &["Organization.Read.All"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &["/consumedUnits"],
    removed: &["/accountName", "/accountId"],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &[],
};

pub(crate) const LICENCES_SOURCE: Source = Source {
    dataset: &LICENCES,
    path: "/v1.0/subscribedSkus",
    query: "$select=id,skuId,skuPartNumber,appliesTo,capabilityStatus,consumedUnits,prepaidUnits,servicePlans",
    shape: Shape::List,
    pace: Pace::Directory,
};

/// A subscription.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Sku {
    pub(crate) sku_id: Option<String>,
    /// `Enabled` or `Warning` as long as it can be used; else `Suspended`, `Deleted` or `LockedOut`.
    pub(crate) capability_status: Option<String>,
    pub(crate) service_plans: Option<Vec<ServicePlan>>,
}

/// A service within a subscription.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ServicePlan {
    pub(crate) service_plan_id: Option<String>,
    pub(crate) service_plan_name: Option<String>,
    /// `Success`, `Disabled` or one of those that wait for something.
    pub(crate) provisioning_status: Option<String>,
}
