//! Which properties each type has in Graph v1.0, which of them come unasked, and what may be expanded or ordered.

/// One Graph type as far as the emulator knows it.
pub(crate) struct Entity {
    /// The name after `microsoft.graph.`.
    pub(crate) name: &'static str,
    /// Every property `$select` and `$filter` may name.
    pub(crate) properties: &'static [&'static str],
    /// What comes when `$select` is absent; `None` means everything.
    pub(crate) default: Option<&'static [&'static str]>,
    /// Navigation properties `$expand` may name, one at a time.
    pub(crate) expand: &'static [&'static str],
    /// Properties `$orderby` may name.
    pub(crate) order_by: &'static [&'static str],
    /// Properties that are never null besides `id`.
    pub(crate) required: &'static [&'static str],
    /// Directory objects refuse `ne`, `not` and `$count` without the eventual consistency header.
    pub(crate) directory: bool,
}

const PLAIN: Entity = Entity {
    name: "", properties: &[], default: None, expand: &[], order_by: &[], required: &[], directory: false,
};

pub(crate) const USER: Entity = Entity {
    name: "user",
    properties: &[
        "id", "deletedDateTime", "accountEnabled", "ageGroup", "assignedLicenses", "businessPhones", "city",
        "companyName", "country", "createdDateTime", "creationType", "department", "displayName", "employeeId",
        "employeeType", "externalUserState", "externalUserStateChangeDateTime", "givenName", "jobTitle",
        "lastPasswordChangeDateTime", "mail", "mailNickname", "mobilePhone", "officeLocation",
        "onPremisesDomainName", "onPremisesImmutableId", "onPremisesLastSyncDateTime", "onPremisesSyncEnabled",
        "otherMails", "passwordPolicies", "preferredLanguage", "proxyAddresses", "signInActivity", "surname",
        "usageLocation", "userPrincipalName", "userType",
    ],
    default: Some(USER_DEFAULT),
    order_by: &["displayName", "userPrincipalName"],
    directory: true,
    ..PLAIN
};

/// The eleven properties of a user that come unasked.
pub(crate) const USER_DEFAULT: &[&str] = &[
    "businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation",
    "preferredLanguage", "surname", "userPrincipalName", "id",
];

pub(crate) const GROUP: Entity = Entity {
    name: "group",
    properties: &[
        "id", "deletedDateTime", "classification", "createdDateTime", "creationOptions", "description", "displayName",
        "expirationDateTime", "groupTypes", "isAssignableToRole", "mail", "mailEnabled", "mailNickname",
        "membershipRule", "membershipRuleProcessingState", "onPremisesLastSyncDateTime", "onPremisesSyncEnabled",
        "preferredDataLocation", "proxyAddresses", "renewedDateTime", "resourceProvisioningOptions",
        "securityEnabled", "securityIdentifier", "theme", "uniqueName", "visibility",
    ],
    order_by: &["displayName"],
    directory: true,
    ..PLAIN
};

/// Members may be of several types: any property of any of them can be selected.
pub(crate) const DIRECTORY_OBJECT: Entity = Entity {
    name: "directoryObject",
    properties: &[
        "id", "deletedDateTime", "accountEnabled", "appId", "assignedLicenses", "businessPhones", "createdDateTime",
        "description", "displayName", "givenName", "groupTypes", "isAssignableToRole", "jobTitle", "mail",
        "mailEnabled", "mobilePhone", "officeLocation", "onPremisesSyncEnabled", "preferredLanguage",
        "securityEnabled", "servicePrincipalType", "surname", "userPrincipalName", "userType", "visibility",
    ],
    default: Some(USER_DEFAULT),
    directory: true,
    ..PLAIN
};

pub(crate) const DIRECTORY_ROLE: Entity = Entity {
    name: "directoryRole",
    properties: &["id", "deletedDateTime", "description", "displayName", "roleTemplateId"],
    directory: true,
    ..PLAIN
};

pub(crate) const ROLE_DEFINITION: Entity = Entity {
    name: "unifiedRoleDefinition",
    properties: &[
        "id", "description", "displayName", "isBuiltIn", "isEnabled", "resourceScopes", "templateId", "version",
        "rolePermissions", "inheritsPermissionsFrom",
    ],
    ..PLAIN
};

pub(crate) const ROLE_ASSIGNMENT: Entity = Entity {
    name: "unifiedRoleAssignment",
    properties: &[
        "id", "appScopeId", "condition", "directoryScopeId", "principalId", "resourceScope", "roleDefinitionId",
    ],
    expand: &["principal", "roleDefinition", "directoryScope"],
    ..PLAIN
};

pub(crate) const ROLE_ASSIGNMENT_INSTANCE: Entity = Entity {
    name: "unifiedRoleAssignmentScheduleInstance",
    properties: &[
        "id", "appScopeId", "assignmentType", "directoryScopeId", "endDateTime", "memberType", "principalId",
        "roleAssignmentOriginId", "roleAssignmentScheduleId", "roleDefinitionId", "startDateTime",
    ],
    expand: &["principal", "roleDefinition", "directoryScope"],
    ..PLAIN
};

pub(crate) const ROLE_ELIGIBILITY_INSTANCE: Entity = Entity {
    name: "unifiedRoleEligibilityScheduleInstance",
    properties: &[
        "id", "appScopeId", "directoryScopeId", "endDateTime", "memberType", "principalId", "roleDefinitionId",
        "roleEligibilityScheduleId", "startDateTime",
    ],
    expand: &["principal", "roleDefinition", "directoryScope"],
    ..PLAIN
};

pub(crate) const REGISTRATION: Entity = Entity {
    name: "userRegistrationDetails",
    properties: &[
        "id", "isAdmin", "isMfaCapable", "isMfaRegistered", "isPasswordlessCapable", "isSsprCapable", "isSsprEnabled",
        "isSsprRegistered", "isSystemPreferredAuthenticationMethodEnabled", "lastUpdatedDateTime",
        "methodsRegistered", "systemPreferredAuthenticationMethods", "userDisplayName",
        "userPreferredMethodForSecondaryAuthentication", "userPrincipalName", "userType",
    ],
    order_by: &["userPrincipalName", "userDisplayName"],
    ..PLAIN
};

pub(crate) const CA_POLICY: Entity = Entity {
    name: "conditionalAccessPolicy",
    properties: &[
        "id", "templateId", "displayName", "createdDateTime", "modifiedDateTime", "state", "conditions",
        "grantControls", "sessionControls",
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
    properties: &["id", "deletedDateTime", "description", "displayName", "isEnabled"],
    required: &["isEnabled"],
    ..PLAIN
};

pub(crate) const AUTHORIZATION_POLICY: Entity = Entity {
    name: "authorizationPolicy",
    properties: &[
        "id", "allowEmailVerifiedUsersToJoinOrganization", "allowInvitesFrom", "allowUserConsentForRiskyApps",
        "allowedToSignUpEmailBasedSubscriptions", "allowedToUseSSPR", "blockMsolPowerShell",
        "defaultUserRolePermissions", "deletedDateTime", "description", "displayName", "guestUserRoleId",
    ],
    ..PLAIN
};

pub(crate) const METHODS_POLICY: Entity = Entity {
    name: "authenticationMethodsPolicy",
    properties: &[
        "id", "description", "displayName", "lastModifiedDateTime", "policyMigrationState", "policyVersion",
        "reconfirmationInDays", "registrationEnforcement", "authenticationMethodConfigurations",
    ],
    ..PLAIN
};

pub(crate) const STRENGTH: Entity = Entity {
    name: "authenticationStrengthPolicy",
    properties: &[
        "id", "allowedCombinations", "combinationConfigurations", "createdDateTime", "description", "displayName",
        "modifiedDateTime", "policyType", "requirementsSatisfied",
    ],
    ..PLAIN
};

pub(crate) const CONSENT_REQUEST_POLICY: Entity = Entity {
    name: "adminConsentRequestPolicy",
    properties: &[
        "id", "isEnabled", "notifyReviewers", "remindersEnabled", "requestDurationInDays", "reviewers", "version",
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
        "id", "appDisplayName", "appId", "appliedConditionalAccessPolicies", "clientAppUsed",
        "conditionalAccessStatus", "correlationId", "createdDateTime", "deviceDetail", "ipAddress", "isInteractive",
        "location", "resourceDisplayName", "resourceId", "riskDetail", "riskEventTypes", "riskEventTypes_v2",
        "riskLevelAggregated", "riskLevelDuringSignIn", "riskState", "status", "userDisplayName", "userId",
        "userPrincipalName",
    ],
    order_by: &["createdDateTime"],
    ..PLAIN
};

pub(crate) const AUDIT: Entity = Entity {
    name: "directoryAudit",
    properties: &[
        "id", "activityDateTime", "activityDisplayName", "additionalDetails", "category", "correlationId",
        "initiatedBy", "loggedByService", "operationType", "result", "resultReason", "targetResources",
    ],
    order_by: &["activityDateTime"],
    ..PLAIN
};

pub(crate) const ORGANIZATION: Entity = Entity {
    name: "organization",
    properties: &[
        "id", "assignedPlans", "businessPhones", "city", "country", "countryLetterCode", "createdDateTime",
        "defaultUsageLocation", "deletedDateTime", "displayName", "marketingNotificationEmails",
        "mobileDeviceManagementAuthority", "onPremisesLastSyncDateTime", "onPremisesSyncEnabled",
        "partnerTenantType", "postalCode", "preferredLanguage", "privacyProfile", "provisionedPlans",
        "securityComplianceNotificationMails", "securityComplianceNotificationPhones", "state", "street",
        "technicalNotificationMails", "tenantType", "verifiedDomains",
    ],
    directory: true,
    ..PLAIN
};

pub(crate) const DOMAIN: Entity = Entity {
    name: "domain",
    properties: &[
        "id", "authenticationType", "availabilityStatus", "isAdminManaged", "isDefault", "isInitial", "isRoot",
        "isVerified", "manufacturer", "model", "passwordNotificationWindowInDays", "passwordValidityPeriodInDays",
        "state", "supportedServices",
    ],
    directory: true,
    ..PLAIN
};

pub(crate) const SKU: Entity = Entity {
    name: "subscribedSku",
    properties: &[
        "id", "accountId", "accountName", "appliesTo", "capabilityStatus", "consumedUnits", "prepaidUnits",
        "servicePlans", "skuId", "skuPartNumber", "subscriptionIds",
    ],
    directory: true,
    ..PLAIN
};

pub(crate) const APPLICATION: Entity = Entity {
    name: "application",
    properties: &[
        "id", "appId", "createdDateTime", "deletedDateTime", "description", "disabledByMicrosoftStatus",
        "displayName", "identifierUris", "isFallbackPublicClient", "keyCredentials", "passwordCredentials",
        "publisherDomain", "requiredResourceAccess", "signInAudience", "tags",
    ],
    order_by: &["displayName"],
    directory: true,
    ..PLAIN
};

pub(crate) const SERVICE_PRINCIPAL: Entity = Entity {
    name: "servicePrincipal",
    properties: &[
        "id", "accountEnabled", "appDisplayName", "appId", "appOwnerOrganizationId", "appRoleAssignmentRequired",
        "appRoles", "deletedDateTime", "description", "displayName", "keyCredentials", "oauth2PermissionScopes",
        "passwordCredentials", "servicePrincipalNames", "servicePrincipalType", "signInAudience", "tags",
    ],
    order_by: &["displayName"],
    directory: true,
    ..PLAIN
};

pub(crate) const PERMISSION_GRANT: Entity = Entity {
    name: "oAuth2PermissionGrant",
    properties: &["id", "clientId", "consentType", "principalId", "resourceId", "scope"],
    directory: true,
    ..PLAIN
};
