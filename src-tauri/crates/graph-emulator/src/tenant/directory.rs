//! Groups, roles, applications, licences, domains and the organisation itself.

use serde_json::{Value, json};

use super::people::BUSINESS_SKU;
use super::seed::{before, guid};
use super::{GLOBAL_ADMINISTRATOR, P2_PLAN, PREMIUM_PLANS, Tenant};

/// Built-in roles: template id (the same in every tenant) and name.
const ROLES: &[(&str, &str)] = &[
    (GLOBAL_ADMINISTRATOR, "Global Administrator"),
    (
        "e8611ab8-c189-46e8-94e1-60213ab1f814",
        "Privileged Role Administrator",
    ),
    (
        "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
        "Privileged Authentication Administrator",
    ),
    (
        "194ae4cb-b126-40b2-bd5b-6091b380977d",
        "Security Administrator",
    ),
    (
        "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
        "Conditional Access Administrator",
    ),
    ("fe930be7-5e62-47db-91af-98c3a49a38b1", "User Administrator"),
    (
        "29232cdf-9323-42fd-ade2-1d097af3e4de",
        "Exchange Administrator",
    ),
    (
        "f28a1f50-f6e7-4571-818b-6a12f2af6b6c",
        "SharePoint Administrator",
    ),
    (
        "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
        "Application Administrator",
    ),
    (
        "158c047a-c907-4556-b7ef-446551a6b5f7",
        "Cloud Application Administrator",
    ),
    (
        "c4e39bd9-1100-46d3-8c65-fb160da0071f",
        "Authentication Administrator",
    ),
    (
        "729827e3-9c14-49f7-bb1b-9608f156bbb8",
        "Helpdesk Administrator",
    ),
    (
        "966707d0-3269-4727-9be2-8c3a10f19b9d",
        "Password Administrator",
    ),
    (
        "b0f54661-2d74-4c50-afa3-1ec803f12efe",
        "Billing Administrator",
    ),
    ("f2ef992c-3afb-46b9-b7cf-a126ee74c451", "Global Reader"),
];

/// Who holds which role: cast number, index into [`ROLES`].
const HOLDERS: &[(u64, usize)] = &[(0, 0), (1, 0), (2, 0), (3, 3), (4, 5), (5, 6), (23, 14)];

const ADMIN_GROUP: u64 = 0;
const CUI_GROUP: u64 = 1;
const ALL_STAFF: u64 = 2;

pub(super) fn fill(tenant: &mut Tenant) {
    groups(tenant);
    roles(tenant);
    applications(tenant);
    company(tenant);
}

fn groups(tenant: &mut Tenant) {
    let names = [
        ("Role: help desk", true),
        ("CUI program members", false),
        ("All staff", false),
        ("Shop floor", false),
    ];
    for (number, (name, assignable)) in (0_u64..).zip(names) {
        tenant.groups.push(json!({
            "id": guid("group", number),
            "deletedDateTime": null,
            "classification": null,
            "createdDateTime": before(tenant.reference, 900, 0),
            "creationOptions": [],
            "description": format!("{name} at Halyard"),
            "displayName": name,
            "expirationDateTime": null,
            "groupTypes": if number == ALL_STAFF { json!(["DynamicMembership"]) } else { json!([]) },
            "isAssignableToRole": if assignable { json!(true) } else { Value::Null },
            "mail": null,
            "mailEnabled": false,
            "mailNickname": format!("group{number}"),
            "membershipRule": if number == ALL_STAFF { json!("user.userType -eq \"Member\"") } else { Value::Null },
            "membershipRuleProcessingState": if number == ALL_STAFF { json!("On") } else { Value::Null },
            "onPremisesLastSyncDateTime": null,
            "onPremisesSyncEnabled": null,
            "preferredDataLocation": null,
            "proxyAddresses": [],
            "renewedDateTime": before(tenant.reference, 900, 0),
            "resourceProvisioningOptions": [],
            "securityEnabled": true,
            "securityIdentifier": format!("S-1-12-1-{number}"),
            "theme": null,
            "uniqueName": null,
            "visibility": null,
        }));
    }
    let members: Vec<String> = tenant
        .users
        .iter()
        .filter(|user| user["userType"] == "Member")
        .filter_map(|user| user["id"].as_str().map(str::to_owned))
        .collect();
    tenant.group_members.insert(
        guid("group", ADMIN_GROUP),
        vec![guid("user", 4), guid("user", 8)],
    );
    tenant.group_members.insert(
        guid("group", CUI_GROUP),
        vec![
            guid("user", 6),
            guid("user", 7),
            guid("user", 22),
            guid("group", 3),
        ],
    );
    tenant
        .group_members
        .insert(guid("group", ALL_STAFF), members);
    tenant
        .group_members
        .insert(guid("group", 3), vec![guid("user", 9), guid("user", 10)]);
}

fn roles(tenant: &mut Tenant) {
    for (number, (template, name)) in (0_u64..).zip(ROLES) {
        tenant.role_definitions.push(json!({
            "id": template,
            "description": format!("Built-in role {name}."),
            "displayName": name,
            "isBuiltIn": true,
            "isEnabled": true,
            "resourceScopes": ["/"],
            "templateId": template,
            "version": "1",
            "rolePermissions": [{"allowedResourceActions": ["microsoft.directory/standard/read"], "condition": null}],
            "inheritsPermissionsFrom": [],
        }));
        tenant.directory_roles.push(json!({
            "id": guid("directoryRole", number),
            "deletedDateTime": null,
            "description": format!("Built-in role {name}."),
            "displayName": name,
            "roleTemplateId": template,
        }));
    }
    let mut holders: Vec<(String, &str)> = HOLDERS
        .iter()
        .filter_map(|(number, role)| Some((guid("user", *number), ROLES.get(*role)?.0)))
        .collect();
    holders.push((
        guid("group", ADMIN_GROUP),
        "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    ));
    holders.push((
        guid("servicePrincipal", 2),
        "f2ef992c-3afb-46b9-b7cf-a126ee74c451",
    ));
    for (number, (principal, role)) in (0_u64..).zip(holders) {
        let id = guid("assignment", number);
        tenant.role_assignments.push(json!({
            "id": id,
            "appScopeId": null,
            "condition": null,
            "directoryScopeId": "/",
            "principalId": principal,
            "resourceScope": "/",
            "roleDefinitionId": role,
        }));
        tenant.role_assignment_instances.push(json!({
            "id": id,
            "appScopeId": null,
            "assignmentType": "Assigned",
            "directoryScopeId": "/",
            "endDateTime": null,
            "memberType": "Direct",
            "principalId": principal,
            "roleAssignmentOriginId": id,
            "roleAssignmentScheduleId": id,
            "roleDefinitionId": role,
            "startDateTime": before(tenant.reference, 400, 0),
        }));
    }
    tenant.role_eligibility_instances.push(json!({
        "id": guid("eligibility", 0),
        "appScopeId": null,
        "directoryScopeId": "/",
        "endDateTime": null,
        "memberType": "Direct",
        "principalId": guid("user", 3),
        "roleDefinitionId": GLOBAL_ADMINISTRATOR,
        "roleEligibilityScheduleId": guid("eligibility", 0),
        "startDateTime": before(tenant.reference, 60, 0),
    }));
}

fn applications(tenant: &mut Tenant) {
    let now = tenant.reference;
    for (number, name, age, lifetime) in [
        (1_u64, "Quoting tool", 500, 730),
        (2, "Backup agent", 100, 160),
    ] {
        let app_id = guid("appId", number);
        let secret = json!({
            "customKeyIdentifier": null,
            "displayName": "production",
            "endDateTime": before(now, age - lifetime, 0),
            "hint": "abc",
            "keyId": guid("key", number),
            "secretText": null,
            "startDateTime": before(now, age, 0),
        });
        tenant.applications.push(json!({
            "id": guid("application", number),
            "deletedDateTime": null,
            "appId": app_id,
            "createdDateTime": before(now, age, 0),
            "description": null,
            "disabledByMicrosoftStatus": null,
            "displayName": name,
            "identifierUris": [],
            "isFallbackPublicClient": null,
            "keyCredentials": [],
            "passwordCredentials": [secret],
            "publisherDomain": tenant.domain_names.first(),
            "requiredResourceAccess": [{
                "resourceAppId": GRAPH_APP_ID,
                "resourceAccess": [{"id": "df021288-bdef-4463-88db-98f22de89214", "type": "Role"}],
            }],
            "signInAudience": "AzureADMyOrg",
            "tags": [],
        }));
        tenant
            .service_principals
            .push(service_principal(number, &app_id, name, &tenant.id));
    }
    // Microsoft's own directory tenant publishes Graph.
    let mut graph = service_principal(
        9,
        GRAPH_APP_ID,
        "Microsoft Graph",
        "f8cdef31-a31e-4b4a-93e4-5f571e91255a",
    );
    graph["appRoles"] = json!([
        {"id": "df021288-bdef-4463-88db-98f22de89214", "value": "User.Read.All", "displayName": "Read all users",
         "description": "Read all users", "isEnabled": true, "allowedMemberTypes": ["Application"]},
        {"id": "9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8", "value": "RoleManagement.ReadWrite.Directory",
         "displayName": "Manage roles", "description": "Manage roles", "isEnabled": true,
         "allowedMemberTypes": ["Application"]},
    ]);
    tenant.service_principals.push(graph);
    tenant.oauth2_permission_grants.push(json!({
        "id": "grant-1",
        "clientId": guid("servicePrincipal", 1),
        "consentType": "AllPrincipals",
        "principalId": null,
        "resourceId": guid("servicePrincipal", 9),
        "scope": "User.Read openid",
    }));
}

/// The application id of Microsoft Graph, the same in every tenant.
pub(super) const GRAPH_APP_ID: &str = "00000003-0000-0000-c000-000000000000";

fn service_principal(number: u64, app_id: &str, name: &str, owner: &str) -> Value {
    json!({
        "id": guid("servicePrincipal", number),
        "deletedDateTime": null,
        "accountEnabled": true,
        "appDisplayName": name,
        "appId": app_id,
        "appOwnerOrganizationId": owner,
        "appRoleAssignmentRequired": false,
        "appRoles": [],
        "description": null,
        "displayName": name,
        "keyCredentials": [],
        "oauth2PermissionScopes": [],
        "passwordCredentials": [],
        "servicePrincipalNames": [app_id],
        "servicePrincipalType": "Application",
        "signInAudience": "AzureADMyOrg",
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
    })
}

fn company(tenant: &mut Tenant) {
    let now = tenant.reference;
    let plan = |id: &str, name: &str| json!({"appliesTo": "User", "provisioningStatus": "Success", "servicePlanId": id, "servicePlanName": name});
    let consumed = tenant
        .users
        .iter()
        .filter(|user| user["assignedLicenses"] != json!([]))
        .count();
    tenant.subscribed_skus.push(json!({
        "id": format!("{}_{}", tenant.id, guid("sku", BUSINESS_SKU)),
        "accountId": tenant.id,
        "accountName": "halyardprecision",
        "appliesTo": "User",
        "capabilityStatus": "Enabled",
        "consumedUnits": consumed,
        "prepaidUnits": {"enabled": consumed + 5, "lockedOut": 0, "suspended": 0, "warning": 0},
        "servicePlans": [
            plan(PREMIUM_PLANS.first().copied().unwrap_or_default(), "AAD_PREMIUM"),
            plan(P2_PLAN, "AAD_PREMIUM_P2"),
            plan("efb87545-963c-4e0d-99df-69c6916d9eb0", "EXCHANGE_S_ENTERPRISE"),
        ],
        "skuId": guid("sku", BUSINESS_SKU),
        "skuPartNumber": "HALYARD_BUNDLE",
        "subscriptionIds": [guid("subscription", 1)],
    }));
    for (index, name) in tenant.domain_names.iter().enumerate() {
        tenant.domains.push(json!({
            "id": name,
            "authenticationType": "Managed",
            "availabilityStatus": null,
            "isAdminManaged": true,
            "isDefault": index == 0,
            "isInitial": index == 1,
            "isRoot": true,
            "isVerified": true,
            "passwordNotificationWindowInDays": 14,
            "passwordValidityPeriodInDays": 2_147_483_647_u32,
            "state": null,
            "supportedServices": ["Email"],
        }));
    }
    tenant.organization.push(json!({
        "id": tenant.id,
        "deletedDateTime": null,
        "assignedPlans": [{
            "assignedDateTime": before(now, 700, 0),
            "capabilityStatus": "Enabled",
            "service": "AADPremiumService",
            "servicePlanId": P2_PLAN,
        }],
        "businessPhones": ["555-0100"],
        "city": "Marrowport",
        "country": null,
        "countryLetterCode": "US",
        "createdDateTime": before(now, 1800, 0),
        "defaultUsageLocation": null,
        "displayName": "Halyard Precision Works",
        "marketingNotificationEmails": [],
        "mobileDeviceManagementAuthority": null,
        "onPremisesLastSyncDateTime": before(now, 0, 25),
        "onPremisesSyncEnabled": true,
        "partnerTenantType": null,
        "postalCode": "00000",
        "preferredLanguage": "en",
        "privacyProfile": null,
        "provisionedPlans": [],
        "securityComplianceNotificationMails": [],
        "securityComplianceNotificationPhones": [],
        "state": "OH",
        "street": "1 Slipway",
        "technicalNotificationMails": ["it@halyardprecision.example"],
        "tenantType": "AAD",
        "verifiedDomains": tenant.domain_names.iter().enumerate().map(|(index, name)| json!({
            "capabilities": "Email",
            "isDefault": index == 0,
            "isInitial": index == 1,
            "name": name,
            "type": "Managed",
        })).collect::<Vec<_>>(),
    }));
}
