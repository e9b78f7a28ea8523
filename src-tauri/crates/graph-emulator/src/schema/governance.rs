//! Risk, devices, permissions of applications, rules for roles, access reviews.

use super::{Entity, PLAIN};

macro_rules! entity {
    ($const:ident, $name:literal, [$($property:literal),* $(,)?] $(, $member:ident: $value:expr)*) => {
        pub(crate) const $const: Entity = Entity {
            name: $name,
            properties: &[$($property),*],
            $($member: $value,)*
            ..PLAIN
        };
    };
}

entity!(
    RISKY_USER,
    "riskyUser",
    [
        "id",
        "isDeleted",
        "isProcessing",
        "riskDetail",
        "riskLastUpdatedDateTime",
        "riskLevel",
        "riskState",
        "userDisplayName",
        "userPrincipalName",
    ]
);
entity!(
    RISK_DETECTION,
    "riskDetection",
    [
        "id",
        "activity",
        "activityDateTime",
        "detectedDateTime",
        "lastUpdatedDateTime",
        "location",
        "riskDetail",
        "riskEventType",
        "riskLevel",
        "riskState",
        "userId",
    ]
);
entity!(
    RISKY_SERVICE_PRINCIPAL,
    "riskyServicePrincipal",
    [
        "id",
        "appId",
        "displayName",
        "isEnabled",
        "isProcessing",
        "riskDetail",
        "riskLevel",
        "riskState",
    ]
);
entity!(
    SECURE_SCORE,
    "secureScore",
    [
        "id",
        "activeUserCount",
        "averageComparativeScores",
        "azureTenantId",
        "controlScores",
        "createdDateTime",
        "currentScore",
        "enabledServices",
        "licensedUserCount",
        "maxScore",
        "vendorInformation",
    ]
);
entity!(
    DEVICE_REGISTRATION,
    "deviceRegistrationPolicy",
    [
        "id",
        "azureADJoin",
        "azureADRegistration",
        "description",
        "displayName",
        "localAdminPassword",
        "multiFactorAuthConfiguration",
        "userDeviceQuota",
    ]
);
entity!(DEVICE, "device", [
    "id", "accountEnabled", "approximateLastSignInDateTime", "deviceId", "deviceOwnership", "displayName",
    "isCompliant", "isManaged", "operatingSystem", "operatingSystemVersion", "profileType",
    "registrationDateTime", "trustType",
], order_by: &["displayName"], directory: true);
entity!(
    APP_ROLE_ASSIGNMENT,
    "appRoleAssignment",
    [
        "id",
        "appRoleId",
        "createdDateTime",
        "deletedDateTime",
        "principalDisplayName",
        "principalId",
        "principalType",
        "resourceDisplayName",
        "resourceId",
    ]
);
entity!(
    CROSS_TENANT,
    "crossTenantAccessPolicyConfigurationDefault",
    ["inboundTrust", "isServiceDefault"]
);
entity!(
    APP_MANAGEMENT,
    "tenantAppManagementPolicy",
    [
        "id",
        "applicationRestrictions",
        "description",
        "displayName",
        "isEnabled",
        "servicePrincipalRestrictions",
    ]
);
entity!(ROLE_POLICY, "unifiedRoleManagementPolicyAssignment", [
    "id", "policy", "policyId", "roleDefinitionId", "scopeId", "scopeType",
], default: Some(&["id", "policyId", "roleDefinitionId", "scopeId", "scopeType"]), expand: &["policy"]);
entity!(
    ACCESS_REVIEW,
    "accessReviewScheduleDefinition",
    [
        "id",
        "createdDateTime",
        "displayName",
        "lastModifiedDateTime",
        "scope",
        "settings",
        "status",
    ]
);
entity!(
    GROUP_ELIGIBILITY,
    "privilegedAccessGroupEligibilityScheduleInstance",
    [
        "id",
        "accessId",
        "eligibilityScheduleId",
        "endDateTime",
        "groupId",
        "memberType",
        "principalId",
        "startDateTime",
    ]
);
entity!(
    ACCESS_REVIEW_INSTANCE,
    "accessReviewInstance",
    ["id", "endDateTime", "startDateTime", "status"]
);
