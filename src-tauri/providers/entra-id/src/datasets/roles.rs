//! Who administers the tenant: role definitions, assignments, eligibility, and the members of groups that hold roles.

use super::{Pace, Shape, Source, group_members, list, listed_groups, object, value_of};
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::{Value, json};

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
    query: ASSIGNABLE_GROUPS,
    shape: Shape::RoleGroups,
    pace: Pace::Directory,
};

/// The role-assignable groups.
const ASSIGNABLE_GROUPS: &str =
    "$filter=isAssignableToRole%20eq%20true&$select=id,displayName,isAssignableToRole&$top=999";

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

/// Who may become a member of the groups that can hold roles.
pub(crate) static GROUP_ELIGIBILITY: Dataset = Dataset {
    id: "entra-id.role-group-eligibility",
    title: "Eligible members of role-assignable groups",
    what: "Who may become a member of a group that can hold administrator roles when needed (Privileged Identity Management for Groups).",
    permissions: &[
        "PrivilegedEligibilitySchedule.Read.AzureADGroup",
        "GroupMember.Read.All",
    ],
    licence: Some("Microsoft Entra ID P2 or ID Governance"),
    key: &["/groupId", "/id"],
    records: Reader::Page(group_eligibility),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.5[a]"],
};

pub(crate) const GROUP_ELIGIBILITY_SOURCE: Source = Source {
    dataset: &GROUP_ELIGIBILITY,
    // The list of groups; who may become a member of each is asked for at `GROUP_ELIGIBILITY_PATH`.
    path: "/v1.0/groups",
    query: ASSIGNABLE_GROUPS,
    shape: Shape::GroupEligibility,
    pace: Pace::Directory,
};

/// Where it is asked, with a filter for one group: the service refuses to answer for all groups at once.
pub(crate) const GROUP_ELIGIBILITY_PATH: &str =
    "/v1.0/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances";

/// A page about a group says who may become a member of it; one about nothing lists the role-assignable groups.
/// A group of which nobody may gives one record that says so: that is not the same as a group nobody asked about.
fn group_eligibility(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    let mut records = value_of(&mut object(page.body)?)?;
    let Some(group) = page.origin.subject.as_deref() else {
        return listed_groups(records);
    };
    if records.is_empty() {
        records.push(json!({"id": "", "empty": true}));
    }
    for record in &mut records {
        let own = record["groupId"].as_str();
        if own.is_some_and(|own| !own.eq_ignore_ascii_case(group)) {
            return Err(Malformed("a record is about another group".to_owned()));
        }
        if let Value::Object(members) = record {
            members.insert("groupId".to_owned(), Value::String(group.to_owned()));
        }
    }
    Ok(records)
}

/// Somebody who may become a member or an owner of a group that can hold roles, that there is nobody, or that the group is
/// listed as one.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct EligibleMember {
    pub(crate) group_id: Option<String>,
    pub(crate) principal_id: Option<String>,
    /// `member` or `owner`.
    pub(crate) access_id: Option<String>,
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use provider_kit::Origin;

    fn read(subject: Option<&str>, body: &Value) -> Result<Vec<Value>, Malformed> {
        let origin = Origin {
            subject: subject.map(str::to_owned),
            ..Origin::default()
        };
        group_eligibility(&RawPage {
            body: body.to_string().as_bytes(),
            origin: &origin,
        })
    }

    #[test]
    fn eligible_members_carry_their_group_and_having_none_is_seen() {
        let page = json!({"value": [{"id": "e", "principalId": "u"}]});
        assert_eq!(
            read(Some("g"), &page).unwrap(),
            [json!({"id": "e", "principalId": "u", "groupId": "g"})]
        );
        assert_eq!(
            read(Some("g"), &json!({"value": []})).unwrap(),
            [json!({"id": "", "empty": true, "groupId": "g"})]
        );
        let listing = json!({"value": [{"id": "g", "isAssignableToRole": true}]});
        assert_eq!(read(None, &listing).unwrap().len(), 1);
        assert!(read(None, &page).is_err(), "no list of groups");
        let another = json!({"value": [{"id": "e", "groupId": "h"}]});
        assert!(read(Some("g"), &another).is_err());
    }
}
