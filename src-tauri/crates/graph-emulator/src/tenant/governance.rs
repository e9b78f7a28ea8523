//! What watches over the company: risk, devices, permissions of applications, rules for roles, access reviews.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::seed::{before, guid};
use super::{GLOBAL_ADMINISTRATOR, Tenant};

/// The application id of Microsoft Graph, the same in every tenant.
const GRAPH: &str = "00000003-0000-0000-c000-000000000000";

/// Permissions that an application can hold here.
const PERMISSIONS: [&str; 4] = [
    "User.Read.All",
    "Mail.ReadWrite",
    "Sites.ReadWrite.All",
    "Directory.ReadWrite.All",
];

/// Lists and objects as the addresses below answer them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Governance {
    /// `/identityProtection/riskyUsers` (needs P2).
    pub risky_users: Vec<Value>,
    /// `/identityProtection/riskDetections` (needs P2), newest first.
    pub risk_detections: Vec<Value>,
    /// `/identityProtection/riskyServicePrincipals` (needs P2).
    pub risky_service_principals: Vec<Value>,
    /// `/security/secureScores`, newest first.
    pub secure_scores: Vec<Value>,
    /// `/policies/deviceRegistrationPolicy`.
    pub device_registration_policy: Value,
    /// `/devices`.
    pub devices: Vec<Value>,
    /// `/servicePrincipals/{id}/appRoleAssignedTo`, by their `resourceId`.
    pub app_role_assignments: Vec<Value>,
    /// `/policies/crossTenantAccessPolicy/default`.
    pub cross_tenant_access: Value,
    /// `/policies/defaultAppManagementPolicy`.
    pub app_management_policy: Value,
    /// `/policies/roleManagementPolicyAssignments` with their policies and rules (needs P2).
    pub role_policies: Vec<Value>,
    /// `/identityGovernance/privilegedAccess/group/eligibilityScheduleInstances`, by their `groupId` (needs P2).
    pub group_eligibility_instances: Vec<Value>,
    /// `/identityGovernance/accessReviews/definitions` (needs P2).
    pub access_reviews: Vec<Value>,
    /// Definition id to its instances.
    pub access_review_instances: BTreeMap<String, Vec<Value>>,
}

fn permission_id(name: &str) -> String {
    guid(
        "permission",
        PERMISSIONS
            .iter()
            .position(|known| *known == name)
            .unwrap_or_default() as u64
            + 1,
    )
}

fn feature(state: &str) -> Value {
    json!({
        "state": state,
        "includeTarget": {"targetType": "group", "id": "all_users"},
        "excludeTarget": {"targetType": "group", "id": "00000000-0000-0000-0000-000000000000"},
    })
}

/// The usual gaps: somebody at risk for weeks, an application that may change sites, roles without approval, no review.
pub(super) fn fill(tenant: &mut Tenant) {
    let now = tenant.reference;
    let user = |number: u64, name: &str| {
        let id = guid("user", number);
        tenant
            .users
            .iter()
            .find(|user| user["id"] == id.as_str())
            .map_or(Value::Null, |user| user[name].clone())
    };
    let mut governance = Governance::default();
    governance.risky_users.push(json!({
        "id": guid("user", 2),
        "isDeleted": false,
        "isProcessing": false,
        "riskDetail": "none",
        "riskLastUpdatedDateTime": before(now, 40, 0),
        "riskLevel": "high",
        "riskState": "atRisk",
        "userDisplayName": user(2, "displayName"),
        "userPrincipalName": user(2, "userPrincipalName"),
    }));
    governance.risk_detections.push(json!({
        "id": guid("riskDetection", 1),
        "activity": "signin",
        "activityDateTime": before(now, 40, 1),
        "detectedDateTime": before(now, 40, 0),
        "lastUpdatedDateTime": before(now, 40, 0),
        "location": {"city": "Marrowport", "state": "OH", "countryOrRegion": "US"},
        "riskDetail": "none",
        "riskEventType": "unfamiliarFeatures",
        "riskLevel": "high",
        "riskState": "atRisk",
        "userId": guid("user", 2),
    }));
    governance.secure_scores.push(json!({
        "id": format!("{}_{}", tenant.id, now.format("%Y-%m-%d")),
        "activeUserCount": tenant.users.len(),
        "averageComparativeScores": [],
        "azureTenantId": tenant.id,
        "controlScores": [{"controlCategory": "Identity", "controlName": "AdminMFAV2", "description": "MFA for administrators.", "score": 0.0}],
        "createdDateTime": before(now, 1, 0),
        "currentScore": 31.5,
        "enabledServices": ["HasExchange"],
        "licensedUserCount": tenant.users.len(),
        "maxScore": 120.0,
        "vendorInformation": {"provider": "SecureScore", "vendor": "Microsoft"},
    }));
    governance.device_registration_policy = json!({
        "id": "deviceRegistrationPolicy",
        "azureADJoin": {"isAdminConfigurable": true, "allowedToJoin": {"@odata.type": "#microsoft.graph.allDeviceRegistrationMembership"}},
        "azureADRegistration": {"isAdminConfigurable": true, "allowedToRegister": {"@odata.type": "#microsoft.graph.allDeviceRegistrationMembership"}},
        "description": "Who may register devices.",
        "displayName": "Device Registration Policy",
        "localAdminPassword": {"isEnabled": false},
        "multiFactorAuthConfiguration": "notRequired",
        "userDeviceQuota": 50,
    });
    governance.devices.push(json!({
        "id": guid("device", 1),
        "accountEnabled": true,
        "approximateLastSignInDateTime": before(now, 1, 0),
        "deviceId": guid("deviceId", 1),
        "deviceOwnership": "company",
        "displayName": "HP-LAPTOP-01",
        "isCompliant": true,
        "isManaged": true,
        "operatingSystem": "Windows",
        "operatingSystemVersion": "10.0.26100.4349",
        "profileType": "RegisteredDevice",
        "registrationDateTime": before(now, 300, 0),
        "trustType": "AzureAd",
    }));
    let roles: Vec<Value> = PERMISSIONS
        .iter()
        .map(|name| {
            json!({
                "id": permission_id(name),
                "allowedMemberTypes": ["Application"],
                "description": name,
                "displayName": name,
                "isEnabled": true,
                "origin": "Application",
                "value": name,
            })
        })
        .collect();
    let mut graph = Value::Null;
    for row in &mut tenant.service_principals {
        if row["appId"] == GRAPH {
            row["appRoles"] = json!(roles);
            graph = row["id"].clone();
        }
    }
    let ours = tenant
        .service_principals
        .iter()
        .filter(|row| row["appId"] != GRAPH);
    for (number, (principal, name)) in ours
        .zip(["Sites.ReadWrite.All", "User.Read.All"])
        .enumerate()
    {
        governance.app_role_assignments.push(json!({
            "id": guid("appRoleAssignment", number as u64 + 1),
            "appRoleId": permission_id(name),
            "createdDateTime": before(now, 200, 0),
            "deletedDateTime": null,
            "principalDisplayName": principal["displayName"],
            "principalId": principal["id"],
            "principalType": "ServicePrincipal",
            "resourceDisplayName": "Microsoft Graph",
            "resourceId": graph,
        }));
    }
    governance.cross_tenant_access = json!({
        "inboundTrust": {"isCompliantDeviceAccepted": false, "isHybridAzureADJoinedDeviceAccepted": false, "isMfaAccepted": false},
        "isServiceDefault": true,
    });
    governance.app_management_policy = json!({
        "id": "00000000-0000-0000-0000-000000000000",
        "applicationRestrictions": {"keyCredentials": [], "passwordCredentials": []},
        "description": "What app credentials may be.",
        "displayName": "Default app management tenant policy",
        "isEnabled": false,
        "servicePrincipalRestrictions": {"keyCredentials": [], "passwordCredentials": []},
    });
    governance.role_policies.push(role_policy(tenant, false));
    governance.risky_service_principals.push(json!({
        "id": guid("riskyServicePrincipal", 1),
        "appId": guid("riskyApp", 1),
        "displayName": "Old importer",
        "isEnabled": false,
        "isProcessing": false,
        "riskDetail": "none",
        "riskLevel": "low",
        "riskState": "atRisk",
    }));
    let assignable = tenant
        .groups
        .iter()
        .find(|group| group["isAssignableToRole"] == true);
    if let Some(group) = assignable.and_then(|group| group["id"].as_str()) {
        let schedule = format!("{group}_member_{}", guid("groupEligibility", 1));
        governance.group_eligibility_instances.push(json!({
            "id": schedule,
            "accessId": "member",
            "eligibilityScheduleId": schedule,
            "endDateTime": null,
            "groupId": group,
            "memberType": "direct",
            "principalId": guid("user", 4),
            "startDateTime": before(now, 60, 0),
        }));
    }
    // Somebody looked at the guests once.
    let once = guid("accessReview", 2);
    governance.access_reviews.push(review(
        tenant,
        &once,
        "Guests, once",
        "/users?$filter=(userType%20eq%20'Guest')",
        &Value::Null,
    ));
    governance
        .access_review_instances
        .insert(once, vec![finished(tenant, 2, 500)]);
    tenant.governance = governance;
    set_authenticator(tenant, "default");
}

fn role_policy(tenant: &Tenant, guarded: bool) -> Value {
    let enabled = if guarded {
        json!(["MultiFactorAuthentication", "Justification"])
    } else {
        json!(["Justification"])
    };
    let id = format!("DirectoryRole_{}_{}", tenant.id, guid("rolePolicy", 1));
    json!({
        "id": format!("{id}_{GLOBAL_ADMINISTRATOR}"),
        "policyId": id,
        "policy": {
            "id": id,
            "displayName": "DirectoryRole",
            "isOrganizationDefault": false,
            "lastModifiedDateTime": before(tenant.reference, 90, 0),
            "rules": [
                {
                    "@odata.type": "#microsoft.graph.unifiedRoleManagementPolicyApprovalRule",
                    "id": "Approval_EndUser_Assignment",
                    "setting": {"approvalMode": "SingleStage", "approvalStages": [], "isApprovalRequired": guarded},
                },
                {
                    "@odata.type": "#microsoft.graph.unifiedRoleManagementPolicyEnablementRule",
                    "id": "Enablement_EndUser_Assignment",
                    "enabledRules": enabled,
                },
                {
                    "@odata.type": "#microsoft.graph.unifiedRoleManagementPolicyAuthenticationContextRule",
                    "id": "AuthenticationContext_EndUser_Assignment",
                    "claimValue": null,
                    "isEnabled": false,
                },
            ],
            "scopeId": "/",
            "scopeType": "DirectoryRole",
        },
        "roleDefinitionId": GLOBAL_ADMINISTRATOR,
        "scopeId": "/",
        "scopeType": "DirectoryRole",
    })
}

fn review(tenant: &Tenant, id: &str, name: &str, query: &str, recurrence: &Value) -> Value {
    json!({
        "id": id,
        "createdDateTime": before(tenant.reference, 600, 0),
        "displayName": name,
        "lastModifiedDateTime": before(tenant.reference, 600, 0),
        "scope": {
            "@odata.type": "#microsoft.graph.accessReviewQueryScope",
            "query": query,
            "queryType": "MicrosoftGraph",
        },
        "settings": {"recurrence": recurrence},
        "status": "InProgress",
    })
}

fn finished(tenant: &Tenant, number: u64, days: i64) -> Value {
    json!({
        "id": guid("accessReviewInstance", number),
        "endDateTime": before(tenant.reference, days, 0),
        "startDateTime": before(tenant.reference, days + 14, 0),
        "status": "Completed",
    })
}

fn set_authenticator(tenant: &mut Tenant, state: &str) {
    let methods =
        tenant.authentication_methods_policy["authenticationMethodConfigurations"].as_array_mut();
    for method in methods.into_iter().flatten() {
        if method["id"] == "MicrosoftAuthenticator" {
            method["featureSettings"] = json!({
                "displayAppInformationRequiredState": feature(state),
                "displayLocationInformationRequiredState": feature(state),
            });
        }
    }
}

/// Closes the gaps.
pub(super) fn tidy(tenant: &mut Tenant) {
    let guarded = role_policy(tenant, true);
    let governance = &mut tenant.governance;
    governance.risky_users.clear();
    governance.role_policies = vec![guarded];
    governance
        .app_role_assignments
        .retain(|row| row["appRoleId"] == permission_id("User.Read.All").as_str());
    let policy = &mut governance.device_registration_policy;
    policy["multiFactorAuthConfiguration"] = json!("required");
    policy["userDeviceQuota"] = json!(10);
    policy["localAdminPassword"]["isEnabled"] = json!(true);
    let definition = guid("accessReview", 1);
    let quarterly = json!({"pattern": {"type": "absoluteMonthly", "interval": 3}});
    let review = review(
        tenant,
        &definition,
        "Administrators, every quarter",
        &format!("/roleManagement/directory/roleDefinitions/{GLOBAL_ADMINISTRATOR}"),
        &quarterly,
    );
    let finished = finished(tenant, 1, 30);
    tenant.governance.access_reviews.push(review);
    tenant
        .governance
        .access_review_instances
        .insert(definition, vec![finished]);
    set_authenticator(tenant, "enabled");
    risk_policies(tenant);
}

/// Two policies that go by risk, made from the first one.
fn risk_policies(tenant: &mut Tenant) {
    let Some(first) = tenant.conditional_access_policies.first().cloned() else {
        return;
    };
    for (number, name, levels, operator, controls) in [
        (
            91,
            "Accounts at risk",
            "userRiskLevels",
            "AND",
            json!(["mfa", "passwordChange"]),
        ),
        (
            92,
            "Sign-ins at risk",
            "signInRiskLevels",
            "OR",
            json!(["mfa"]),
        ),
    ] {
        let mut policy = first.clone();
        policy["id"] = json!(guid("conditionalAccessPolicy", number));
        policy["displayName"] = json!(name);
        policy["sessionControls"] = Value::Null;
        policy["conditions"][levels] = json!(["high"]);
        policy["grantControls"]["operator"] = json!(operator);
        policy["grantControls"]["builtInControls"] = controls;
        policy["grantControls"]["authenticationStrength"] = Value::Null;
        tenant.conditional_access_policies.push(policy);
    }
}
