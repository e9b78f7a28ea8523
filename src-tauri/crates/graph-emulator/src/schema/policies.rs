//! Policies, reports and logs.

use super::{Entity, PLAIN};

pub(crate) const REGISTRATION: Entity = Entity {
    name: "userRegistrationDetails",
    properties: &[
        "id",
        "isAdmin",
        "isMfaCapable",
        "isMfaRegistered",
        "isPasswordlessCapable",
        "isSsprCapable",
        "isSsprEnabled",
        "isSsprRegistered",
        "isSystemPreferredAuthenticationMethodEnabled",
        "lastUpdatedDateTime",
        "methodsRegistered",
        "systemPreferredAuthenticationMethods",
        "userDisplayName",
        "userPreferredMethodForSecondaryAuthentication",
        "userPrincipalName",
        "userType",
    ],
    order_by: &["userPrincipalName", "userDisplayName"],
    ..PLAIN
};

pub(crate) const CA_POLICY: Entity = Entity {
    name: "conditionalAccessPolicy",
    properties: &[
        "id",
        "templateId",
        "displayName",
        "createdDateTime",
        "modifiedDateTime",
        "state",
        "conditions",
        "grantControls",
        "sessionControls",
    ],
    ..PLAIN
};

pub(crate) const NAMED_LOCATION: Entity = Entity {
    name: "namedLocation",
    properties: &["id", "displayName", "createdDateTime", "modifiedDateTime"],
    ..PLAIN
};

pub(crate) const SECURITY_DEFAULTS: Entity = Entity {
    name: "identitySecurityDefaultsEnforcementPolicy",
    properties: &[
        "id",
        "deletedDateTime",
        "description",
        "displayName",
        "isEnabled",
    ],
    required: &["isEnabled"],
    ..PLAIN
};

pub(crate) const AUTHORIZATION_POLICY: Entity = Entity {
    name: "authorizationPolicy",
    properties: &[
        "id",
        "allowEmailVerifiedUsersToJoinOrganization",
        "allowInvitesFrom",
        "allowUserConsentForRiskyApps",
        "allowedToSignUpEmailBasedSubscriptions",
        "allowedToUseSSPR",
        "blockMsolPowerShell",
        "defaultUserRolePermissions",
        "deletedDateTime",
        "description",
        "displayName",
        "guestUserRoleId",
    ],
    ..PLAIN
};

pub(crate) const METHODS_POLICY: Entity = Entity {
    name: "authenticationMethodsPolicy",
    properties: &[
        "id",
        "description",
        "displayName",
        "lastModifiedDateTime",
        "policyMigrationState",
        "policyVersion",
        "reconfirmationInDays",
        "registrationEnforcement",
        "authenticationMethodConfigurations",
    ],
    ..PLAIN
};

pub(crate) const STRENGTH: Entity = Entity {
    name: "authenticationStrengthPolicy",
    properties: &[
        "id",
        "allowedCombinations",
        "combinationConfigurations",
        "createdDateTime",
        "description",
        "displayName",
        "modifiedDateTime",
        "policyType",
        "requirementsSatisfied",
    ],
    ..PLAIN
};

pub(crate) const CONSENT_REQUEST_POLICY: Entity = Entity {
    name: "adminConsentRequestPolicy",
    properties: &[
        "id",
        "isEnabled",
        "notifyReviewers",
        "remindersEnabled",
        "requestDurationInDays",
        "reviewers",
        "version",
    ],
    required: &["isEnabled"],
    ..PLAIN
};

pub(crate) const GROUP_SETTING: Entity = Entity {
    name: "groupSetting",
    properties: &["id", "displayName", "templateId", "values"],
    ..PLAIN
};

pub(crate) const SIGN_IN: Entity = Entity {
    name: "signIn",
    properties: &[
        "id",
        "appDisplayName",
        "appId",
        "appliedConditionalAccessPolicies",
        "clientAppUsed",
        "conditionalAccessStatus",
        "correlationId",
        "createdDateTime",
        "deviceDetail",
        "ipAddress",
        "isInteractive",
        "location",
        "resourceDisplayName",
        "resourceId",
        "riskDetail",
        "riskEventTypes",
        "riskEventTypes_v2",
        "riskLevelAggregated",
        "riskLevelDuringSignIn",
        "riskState",
        "status",
        "userDisplayName",
        "userId",
        "userPrincipalName",
    ],
    order_by: &["createdDateTime"],
    ..PLAIN
};

pub(crate) const AUDIT: Entity = Entity {
    name: "directoryAudit",
    properties: &[
        "id",
        "activityDateTime",
        "activityDisplayName",
        "additionalDetails",
        "category",
        "correlationId",
        "initiatedBy",
        "loggedByService",
        "operationType",
        "result",
        "resultReason",
        "targetResources",
    ],
    order_by: &["activityDateTime"],
    ..PLAIN
};
