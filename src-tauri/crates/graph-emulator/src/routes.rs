//! The table of v1.0 addresses.

use std::collections::HashMap;

use serde_json::Value;

use crate::route::{Denial, Licence, Route, Row, Shape};
use crate::schema;
use crate::tenant::Tenant;

const PAGE_999: Shape = Shape::Paged {
    default: 100,
    max: 999,
};
const PAGE_500: Shape = Shape::Paged {
    default: 100,
    max: 500,
};
const PAGE_100: Shape = Shape::Paged {
    default: 100,
    max: 100,
};
const PAGE_1000: Shape = Shape::Paged {
    default: 1000,
    max: 1000,
};
const USERS: &[&str] = &["User.Read.All", "Directory.Read.All"];
const MEMBERS: &[&str] = &[
    "GroupMember.Read.All",
    "Group.Read.All",
    "Directory.Read.All",
];
const ROLES: &[&str] = &[
    "RoleManagement.Read.Directory",
    "RoleManagement.Read.All",
    "Directory.Read.All",
];
const PIM: &[&str] = &["RoleManagement.Read.Directory", "RoleManagement.Read.All"];
const AUDIT: &[&str] = &["AuditLog.Read.All"];
const POLICY: &[&str] = &["Policy.Read.All"];
const METHODS: &[&str] = &["Policy.Read.AuthenticationMethod", "Policy.Read.All"];
const ORGANISATION: &[&str] = &["Organization.Read.All", "Directory.Read.All"];
const LICENCES: &[&str] = &[
    "LicenseAssignment.Read.All",
    "Organization.Read.All",
    "Directory.Read.All",
];
const DOMAINS: &[&str] = &["Domain.Read.All", "Directory.Read.All"];
const APPS: &[&str] = &["Application.Read.All", "Directory.Read.All"];
const SETTINGS: &[&str] = &["GroupSettings.Read.All", "Directory.Read.All"];
const GRANTS: &[&str] = &["Directory.Read.All"];
const RISKY_USERS: &[&str] = &["IdentityRiskyUser.Read.All"];
const RISK_EVENTS: &[&str] = &["IdentityRiskEvent.Read.All"];
const RISKY_APPS: &[&str] = &["IdentityRiskyServicePrincipal.Read.All"];
const SCORES: &[&str] = &["SecurityEvents.Read.All"];
const DEVICE_RULES: &[&str] = &["Policy.Read.DeviceConfiguration"];
const DEVICES: &[&str] = &["Device.Read.All", "Directory.Read.All"];
const GROUP_PIM: &[&str] = &["PrivilegedEligibilitySchedule.Read.AzureADGroup"];
const REVIEWS: &[&str] = &["AccessReview.Read.All"];

macro_rules! route {
    ($path:literal, $entity:ident, $shape:expr, $perms:ident, $denial:ident, $licence:ident, $load:expr) => {
        Route {
            path: $path,
            entity: &schema::$entity,
            shape: $shape,
            permissions: $perms,
            denial: Denial::$denial,
            licence: Licence::$licence,
            load: $load,
        }
    };
}

/// Every address under `/v1.0/`.
pub(crate) static ROUTES: &[Route] = &[
    route!("users", USER, PAGE_999, USERS, Directory, None, |t, _| all(
        &t.users
    )),
    route!(
        "users/*",
        USER,
        Shape::Single,
        USERS,
        Directory,
        None,
        |t, id| {
            one(&t.users, |user| {
                user["id"] == id || user["userPrincipalName"] == id
            })
        }
    ),
    route!(
        "groups",
        GROUP,
        PAGE_999,
        MEMBERS,
        Directory,
        None,
        |t, _| all(&t.groups)
    ),
    route!(
        "groups/*",
        GROUP,
        Shape::Single,
        MEMBERS,
        Directory,
        None,
        |t, id| one(&t.groups, |row| row["id"] == id)
    ),
    route!(
        "groups/*/members",
        DIRECTORY_OBJECT,
        PAGE_999,
        MEMBERS,
        Directory,
        None,
        |t, id| {
            known_group(t, id).then(|| {
                principals(
                    t,
                    t.group_members
                        .get(id)
                        .into_iter()
                        .flatten()
                        .map(String::as_str),
                )
            })
        }
    ),
    route!(
        "groups/*/transitiveMembers",
        DIRECTORY_OBJECT,
        PAGE_999,
        MEMBERS,
        Directory,
        None,
        |t, id| {
            known_group(t, id)
                .then(|| principals(t, t.transitive_members(id).iter().map(String::as_str)))
        }
    ),
    route!(
        "groups/*/transitiveMembers/microsoft.graph.user",
        USER,
        PAGE_999,
        MEMBERS,
        Directory,
        None,
        |t, id| {
            known_group(t, id).then(|| {
                let mut rows = principals(t, t.transitive_members(id).iter().map(String::as_str));
                rows.retain(|(kind, _)| *kind == Some("#microsoft.graph.user"));
                rows
            })
        }
    ),
    route!(
        "directoryRoles",
        DIRECTORY_ROLE,
        Shape::Whole,
        ROLES,
        Directory,
        None,
        |t, _| all(&t.directory_roles)
    ),
    route!(
        "directoryRoles/*/members",
        DIRECTORY_OBJECT,
        Shape::Whole,
        ROLES,
        Directory,
        None,
        |t, id| {
            let role = t.directory_roles.iter().find(|role| role["id"] == id)?;
            let holders = t
                .role_assignments
                .iter()
                .filter(|row| row["roleDefinitionId"] == role["roleTemplateId"]);
            Some(principals(
                t,
                holders.filter_map(|row| row["principalId"].as_str()),
            ))
        }
    ),
    route!(
        "roleManagement/directory/roleDefinitions",
        ROLE_DEFINITION,
        Shape::Whole,
        ROLES,
        Directory,
        None,
        |t, _| { all(&t.role_definitions) }
    ),
    route!(
        "roleManagement/directory/roleAssignments",
        ROLE_ASSIGNMENT,
        PAGE_999,
        ROLES,
        Directory,
        None,
        |t, _| { all(&t.role_assignments) }
    ),
    route!(
        "roleManagement/directory/roleAssignmentScheduleInstances",
        ROLE_ASSIGNMENT_INSTANCE,
        PAGE_999,
        PIM,
        Directory,
        P2,
        |t, _| all(&t.role_assignment_instances)
    ),
    route!(
        "roleManagement/directory/roleEligibilityScheduleInstances",
        ROLE_ELIGIBILITY_INSTANCE,
        PAGE_999,
        PIM,
        Directory,
        P2,
        |t, _| all(&t.role_eligibility_instances)
    ),
    route!(
        "reports/authenticationMethods/userRegistrationDetails",
        REGISTRATION,
        PAGE_999,
        AUDIT,
        Reports,
        Premium,
        |t, _| { all(&t.registration_details) }
    ),
    route!(
        "identity/conditionalAccess/policies",
        CA_POLICY,
        PAGE_999,
        POLICY,
        Scopes,
        None,
        |t, _| { all(&t.conditional_access_policies) }
    ),
    route!(
        "identity/conditionalAccess/namedLocations",
        NAMED_LOCATION,
        PAGE_999,
        POLICY,
        Scopes,
        None,
        |t, _| { all(&t.named_locations) }
    ),
    route!(
        "policies/identitySecurityDefaultsEnforcementPolicy",
        SECURITY_DEFAULTS,
        Shape::Single,
        POLICY,
        Scopes,
        None,
        |t, _| { single(&t.security_defaults) }
    ),
    route!(
        "policies/authorizationPolicy",
        AUTHORIZATION_POLICY,
        Shape::Single,
        POLICY,
        Directory,
        None,
        |t, _| { single(&t.authorization_policy) }
    ),
    route!(
        "policies/authenticationMethodsPolicy",
        METHODS_POLICY,
        Shape::Single,
        METHODS,
        Scopes,
        None,
        |t, _| { single(&t.authentication_methods_policy) }
    ),
    route!(
        "policies/authenticationStrengthPolicies",
        STRENGTH,
        Shape::Whole,
        METHODS,
        Scopes,
        None,
        |t, _| { all(&t.authentication_strengths) }
    ),
    route!(
        "policies/adminConsentRequestPolicy",
        CONSENT_REQUEST_POLICY,
        Shape::Single,
        POLICY,
        Scopes,
        None,
        |t, _| { single(&t.admin_consent_request_policy) }
    ),
    route!(
        "groupSettings",
        GROUP_SETTING,
        Shape::Whole,
        SETTINGS,
        Directory,
        None,
        |t, _| all(&t.group_settings)
    ),
    route!(
        "auditLogs/signIns",
        SIGN_IN,
        PAGE_1000,
        AUDIT,
        Reports,
        Premium,
        |t, _| all(&t.sign_ins)
    ),
    route!(
        "auditLogs/directoryAudits",
        AUDIT,
        PAGE_1000,
        AUDIT,
        Reports,
        None,
        |t, _| all(&t.directory_audits)
    ),
    route!(
        "organization",
        ORGANIZATION,
        Shape::Whole,
        ORGANISATION,
        Directory,
        None,
        |t, _| all(&t.organization)
    ),
    route!(
        "domains",
        DOMAIN,
        PAGE_999,
        DOMAINS,
        Directory,
        None,
        |t, _| all(&t.domains)
    ),
    route!(
        "subscribedSkus",
        SKU,
        Shape::Whole,
        LICENCES,
        Directory,
        None,
        |t, _| all(&t.subscribed_skus)
    ),
    route!(
        "applications",
        APPLICATION,
        PAGE_999,
        APPS,
        Directory,
        None,
        |t, _| all(&t.applications)
    ),
    route!(
        "applications/*",
        APPLICATION,
        Shape::Single,
        APPS,
        Directory,
        None,
        |t, id| { one(&t.applications, |row| row["id"] == id) }
    ),
    route!(
        "servicePrincipals",
        SERVICE_PRINCIPAL,
        PAGE_999,
        APPS,
        Directory,
        None,
        |t, _| all(&t.service_principals)
    ),
    route!(
        "servicePrincipals/*",
        SERVICE_PRINCIPAL,
        Shape::Single,
        APPS,
        Directory,
        None,
        |t, id| { one(&t.service_principals, |row| row["id"] == id) }
    ),
    route!(
        "oauth2PermissionGrants",
        PERMISSION_GRANT,
        PAGE_999,
        GRANTS,
        Directory,
        None,
        |t, _| { all(&t.oauth2_permission_grants) }
    ),
    route!(
        "identityProtection/riskyUsers",
        RISKY_USER,
        PAGE_500,
        RISKY_USERS,
        Scopes,
        P2,
        |t, _| { all(&t.governance.risky_users) }
    ),
    route!(
        "identityProtection/riskDetections",
        RISK_DETECTION,
        PAGE_500,
        RISK_EVENTS,
        Scopes,
        P2,
        |t, _| { all(&t.governance.risk_detections) }
    ),
    route!(
        "identityProtection/riskyServicePrincipals",
        RISKY_SERVICE_PRINCIPAL,
        PAGE_500,
        RISKY_APPS,
        Scopes,
        P2,
        |t, _| { all(&t.governance.risky_service_principals) }
    ),
    route!(
        "security/secureScores",
        SECURE_SCORE,
        PAGE_999,
        SCORES,
        Scopes,
        None,
        |t, _| { all(&t.governance.secure_scores) }
    ),
    route!(
        "policies/deviceRegistrationPolicy",
        DEVICE_REGISTRATION,
        Shape::Single,
        DEVICE_RULES,
        Scopes,
        None,
        |t, _| { single(&t.governance.device_registration_policy) }
    ),
    route!(
        "devices",
        DEVICE,
        PAGE_999,
        DEVICES,
        Directory,
        None,
        |t, _| { all(&t.governance.devices) }
    ),
    route!(
        "servicePrincipals/*/appRoleAssignedTo",
        APP_ROLE_ASSIGNMENT,
        PAGE_999,
        APPS,
        Directory,
        None,
        |t, id| {
            let resource = |row: &&Value| row["resourceId"] == id;
            let rows = t.governance.app_role_assignments.iter();
            Some(rows.filter(resource).map(|row| (None, row)).collect())
        }
    ),
    route!(
        "policies/crossTenantAccessPolicy/default",
        CROSS_TENANT,
        Shape::Single,
        POLICY,
        Scopes,
        None,
        |t, _| { single(&t.governance.cross_tenant_access) }
    ),
    route!(
        "policies/defaultAppManagementPolicy",
        APP_MANAGEMENT,
        Shape::Single,
        POLICY,
        Scopes,
        None,
        |t, _| { single(&t.governance.app_management_policy) }
    ),
    route!(
        "policies/roleManagementPolicyAssignments",
        ROLE_POLICY,
        PAGE_999,
        PIM,
        Directory,
        P2,
        |t, _| { all(&t.governance.role_policies) }
    ),
    route!(
        "identityGovernance/privilegedAccess/group/eligibilityScheduleInstances",
        GROUP_ELIGIBILITY,
        PAGE_999,
        GROUP_PIM,
        Scopes,
        P2,
        |t, _| { all(&t.governance.group_eligibility_instances) }
    ),
    route!(
        "identityGovernance/accessReviews/definitions",
        ACCESS_REVIEW,
        PAGE_100,
        REVIEWS,
        Scopes,
        P2,
        |t, _| { all(&t.governance.access_reviews) }
    ),
    route!(
        "identityGovernance/accessReviews/definitions/*/instances",
        ACCESS_REVIEW_INSTANCE,
        PAGE_100,
        REVIEWS,
        Scopes,
        P2,
        |t, id| { all(t.governance.access_review_instances.get(id)?) }
    ),
];

fn all(list: &[Value]) -> Option<Vec<Row<'_>>> {
    Some(list.iter().map(|row| (None, row)).collect())
}

fn single(object: &Value) -> Option<Vec<Row<'_>>> {
    Some(vec![(None, object)])
}

fn one(list: &[Value], wanted: impl Fn(&Value) -> bool) -> Option<Vec<Row<'_>>> {
    list.iter()
        .find(|row| wanted(row))
        .map(|row| vec![(None, row)])
}

fn known_group(tenant: &Tenant, id: &str) -> bool {
    tenant.groups.iter().any(|group| group["id"] == id)
}

fn principals<'a, 'b>(tenant: &'a Tenant, ids: impl Iterator<Item = &'b str>) -> Vec<Row<'a>> {
    let lists: [(&'static str, &'a Vec<Value>); 3] = [
        ("#microsoft.graph.user", &tenant.users),
        ("#microsoft.graph.group", &tenant.groups),
        (
            "#microsoft.graph.servicePrincipal",
            &tenant.service_principals,
        ),
    ];
    let mut index: HashMap<&str, Row<'a>> = HashMap::new();
    for (kind, list) in lists {
        for row in list {
            if let Some(id) = row["id"].as_str() {
                index.insert(id, (Some(kind), row));
            }
        }
    }
    ids.filter_map(|id| index.get(id).copied()).collect()
}
