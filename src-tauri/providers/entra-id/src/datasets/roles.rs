//! Who administers the tenant: role definitions, assignments, eligibility, and the members of groups that hold roles.

use super::{Pace, Shape, Source, group_members, list};
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;

/// Members of an expanded principal that nobody needs here.
const PERSONAL: &[&str] = &[
    "/principal/businessPhones",
    "/principal/mobilePhone",
    "/principal/officeLocation",
    "/principal/preferredLanguage",
    "/principal/givenName",
    "/principal/surname",
    "/principal/otherMails",
    "/principal/imAddresses",
    "/principal/streetAddress",
    "/principal/city",
    "/principal/state",
    "/principal/postalCode",
    "/principal/country",
    "/principal/proxyAddresses",
    "/principal/faxNumber",
    "/principal/identities",
    "/principal/assignedPlans",
    "/principal/provisionedPlans",
    "/principal/keyCredentials",
    "/principal/passwordCredentials",
];

/// Members of an expanded principal that change by themselves.
const MOVING: &[&str] = &[
    "/principal/refreshTokensValidFromDateTime",
    "/principal/signInSessionsValidFromDateTime",
    "/principal/onPremisesLastSyncDateTime",
];

/// Built-in and custom roles.
pub(crate) static DEFINITIONS: Dataset = Dataset {
    id: "entra-id.role-definitions",
    title: "Role definitions",
    what: "Which administrator roles exist, built-in and custom.",
    permissions: &["RoleManagement.Read.Directory"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.5[c]"],
};

pub(crate) const DEFINITIONS_SOURCE: Source = Source {
    dataset: &DEFINITIONS,
    path: "/v1.0/roleManagement/directory/roleDefinitions",
    query: "$select=id,displayName,isBuiltIn,isEnabled,templateId",
    shape: Shape::List,
    pace: Pace::Directory,
};

/// Who holds which role now.
pub(crate) static ASSIGNMENTS: Dataset = Dataset {
    id: "entra-id.role-assignments",
    title: "Role assignments",
    what: "Who holds an administrator role now, directly or through a group.",
    permissions: &["RoleManagement.Read.Directory"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(list),
    volatile: MOVING,
    removed: PERSONAL,
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.5[a]", "3.5.3[a]"],
};

pub(crate) const ASSIGNMENTS_SOURCE: Source = Source {
    dataset: &ASSIGNMENTS,
    path: "/v1.0/roleManagement/directory/roleAssignments",
    query: "$expand=principal",
    shape: Shape::List,
    pace: Pace::Directory,
};

/// A role given to a principal: an assignment, or the right to activate one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Assignment {
    pub(crate) principal_id: Option<String>,
    pub(crate) role_definition_id: Option<String>,
    /// `/` for the whole tenant, else an administrative unit or one object.
    pub(crate) directory_scope_id: Option<String>,
    pub(crate) principal: Option<Principal>,
}

/// Who holds it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Principal {
    #[serde(rename = "@odata.type")]
    pub(crate) kind: Option<String>,
    pub(crate) display_name: Option<String>,
}

/// The members of the groups that can hold roles.
pub(crate) static GROUP_MEMBERS: Dataset = Dataset {
    id: "entra-id.role-group-members",
    title: "Members of role-assignable groups",
    what: "Who administers the tenant through membership of a group.",
    permissions: &["GroupMember.Read.All"],
    licence: None,
    key: &["/groupId", "/id"],
    records: Reader::Body(group_members),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.5[a]"],
};

pub(crate) const GROUP_MEMBERS_SOURCE: Source = Source {
    dataset: &GROUP_MEMBERS,
    // The list of groups; the members of each are asked for with `MEMBERS_QUERY`.
    path: "/v1.0/groups",
    query: "$filter=isAssignableToRole%20eq%20true&$select=id,displayName,isAssignableToRole&$top=999",
    shape: Shape::RoleGroups,
    pace: Pace::Directory,
};

/// What is asked of each group.
pub(crate) const MEMBERS_QUERY: &str =
    "$select=id,userPrincipalName,displayName,accountEnabled,userType&$count=true&$top=999";

/// A member of a group that can hold roles, that there is none, or that the group is listed as one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GroupMember {
    pub(crate) group_id: Option<String>,
    pub(crate) id: Option<String>,
    pub(crate) empty: Option<bool>,
    pub(crate) listed: Option<bool>,
}

/// Who may activate which role.
pub(crate) static ELIGIBILITY: Dataset = Dataset {
    id: "entra-id.role-eligibility",
    title: "Eligible role assignments",
    what: "Who may activate an administrator role when needed (Privileged Identity Management).",
    permissions: &["RoleManagement.Read.Directory"],
    licence: Some("Microsoft Entra ID P2 or ID Governance"),
    key: &["/id"],
    records: Reader::Body(list),
    volatile: MOVING,
    removed: PERSONAL,
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.5[a]"],
};

pub(crate) const ELIGIBILITY_SOURCE: Source = Source {
    dataset: &ELIGIBILITY,
    path: "/v1.0/roleManagement/directory/roleEligibilityScheduleInstances",
    query: "$expand=principal",
    shape: Shape::List,
    pace: Pace::Directory,
};

/// Assignments with how they came about.
pub(crate) static SCHEDULES: Dataset = Dataset {
    id: "entra-id.role-assignment-schedules",
    title: "Role assignments over time",
    what: "Which administrator roles are held permanently and which were activated for a while.",
    permissions: &["RoleManagement.Read.Directory"],
    licence: Some("Microsoft Entra ID P2 or ID Governance"),
    key: &["/id"],
    records: Reader::Body(list),
    volatile: MOVING,
    removed: PERSONAL,
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.5[b]"],
};

pub(crate) const SCHEDULES_SOURCE: Source = Source {
    dataset: &SCHEDULES,
    path: "/v1.0/roleManagement/directory/roleAssignmentScheduleInstances",
    query: "$expand=principal",
    shape: Shape::List,
    pace: Pace::Directory,
};

/// An assignment with its kind and end.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ScheduledAssignment {
    pub(crate) principal_id: Option<String>,
    pub(crate) role_definition_id: Option<String>,
    pub(crate) assignment_type: Option<String>,
    pub(crate) end_date_time: Option<String>,
    pub(crate) principal: Option<Principal>,
}

/// What activating each role asks for (Privileged Identity Management).
pub(crate) static POLICIES: Dataset = Dataset {
    id: "entra-id.role-policies",
    title: "Rules for activating roles",
    what: "What activating each administrator role asks for: approval, multifactor authentication, a reason, and for how long.",
    permissions: &["RoleManagement.Read.Directory"],
    licence: Some("Microsoft Entra ID P2 or ID Governance"),
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &["/policy/lastModifiedDateTime"],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.5[b]", "3.1.7[c]"],
};

pub(crate) const POLICIES_SOURCE: Source = Source {
    dataset: &POLICIES,
    path: "/v1.0/policies/roleManagementPolicyAssignments",
    query: "$filter=scopeId%20eq%20'/'%20and%20scopeType%20eq%20'DirectoryRole'&$expand=policy($expand=rules)",
    shape: Shape::List,
    pace: Pace::Directory,
};

/// The rules for one role.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RolePolicy {
    pub(crate) role_definition_id: Option<String>,
    pub(crate) policy: Option<RoleRules>,
}

/// They, as a policy.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoleRules {
    pub(crate) rules: Option<Vec<RoleRule>>,
}

/// One rule; which members it has depends on its kind.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RoleRule {
    pub(crate) id: Option<String>,
    /// Of the rule for approval.
    pub(crate) setting: Option<ApprovalSetting>,
    /// Of the rule for what to prove: `MultiFactorAuthentication`, `Justification`, `Ticketing`.
    pub(crate) enabled_rules: Option<Vec<String>>,
    /// Of the rule for an authentication context.
    pub(crate) is_enabled: Option<bool>,
    pub(crate) claim_value: Option<String>,
}

/// Whether somebody has to approve.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApprovalSetting {
    pub(crate) is_approval_required: Option<bool>,
}
