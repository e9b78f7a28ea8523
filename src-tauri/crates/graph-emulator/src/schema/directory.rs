//! Users, groups, roles, applications and the organisation.

use super::{Entity, PLAIN};

pub(crate) const USER: Entity = Entity {
    name: "user",
    properties: &[
        "id",
        "deletedDateTime",
        "accountEnabled",
        "ageGroup",
        "assignedLicenses",
        "businessPhones",
        "city",
        "companyName",
        "country",
        "createdDateTime",
        "creationType",
        "department",
        "displayName",
        "employeeId",
        "employeeType",
        "externalUserState",
        "externalUserStateChangeDateTime",
        "givenName",
        "jobTitle",
        "lastPasswordChangeDateTime",
        "mail",
        "mailNickname",
        "mobilePhone",
        "officeLocation",
        "onPremisesDomainName",
        "onPremisesImmutableId",
        "onPremisesLastSyncDateTime",
        "onPremisesSyncEnabled",
        "otherMails",
        "passwordPolicies",
        "preferredLanguage",
        "proxyAddresses",
        "signInActivity",
        "surname",
        "usageLocation",
        "userPrincipalName",
        "userType",
    ],
    default: Some(USER_DEFAULT),
    order_by: &["displayName", "userPrincipalName"],
    directory: true,
    ..PLAIN
};

/// The eleven properties of a user that come unasked.
pub(crate) const USER_DEFAULT: &[&str] = &[
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
];

pub(crate) const GROUP: Entity = Entity {
    name: "group",
    properties: &[
        "id",
        "deletedDateTime",
        "classification",
        "createdDateTime",
        "creationOptions",
        "description",
        "displayName",
        "expirationDateTime",
        "groupTypes",
        "isAssignableToRole",
        "mail",
        "mailEnabled",
        "mailNickname",
        "membershipRule",
        "membershipRuleProcessingState",
        "onPremisesLastSyncDateTime",
        "onPremisesSyncEnabled",
        "preferredDataLocation",
        "proxyAddresses",
        "renewedDateTime",
        "resourceProvisioningOptions",
        "securityEnabled",
        "securityIdentifier",
        "theme",
        "uniqueName",
        "visibility",
    ],
    order_by: &["displayName"],
    directory: true,
    ..PLAIN
};

/// Members may be of several types: any property of any of them can be selected.
pub(crate) const DIRECTORY_OBJECT: Entity = Entity {
    name: "directoryObject",
    properties: &[
        "id",
        "deletedDateTime",
        "accountEnabled",
        "appId",
        "assignedLicenses",
        "businessPhones",
        "createdDateTime",
        "description",
        "displayName",
        "givenName",
        "groupTypes",
        "isAssignableToRole",
        "jobTitle",
        "mail",
        "mailEnabled",
        "mobilePhone",
        "officeLocation",
        "onPremisesSyncEnabled",
        "preferredLanguage",
        "securityEnabled",
        "servicePrincipalType",
        "surname",
        "userPrincipalName",
        "userType",
        "visibility",
    ],
    default: Some(USER_DEFAULT),
    directory: true,
    ..PLAIN
};

pub(crate) const DIRECTORY_ROLE: Entity = Entity {
    name: "directoryRole",
    properties: &[
        "id",
        "deletedDateTime",
        "description",
        "displayName",
        "roleTemplateId",
    ],
    directory: true,
    ..PLAIN
};

pub(crate) const ROLE_DEFINITION: Entity = Entity {
    name: "unifiedRoleDefinition",
    properties: &[
        "id",
        "description",
        "displayName",
        "isBuiltIn",
        "isEnabled",
        "resourceScopes",
        "templateId",
        "version",
        "rolePermissions",
        "inheritsPermissionsFrom",
    ],
    ..PLAIN
};

pub(crate) const ROLE_ASSIGNMENT: Entity = Entity {
    name: "unifiedRoleAssignment",
    properties: &[
        "id",
        "appScopeId",
        "condition",
        "directoryScopeId",
        "principalId",
        "resourceScope",
        "roleDefinitionId",
    ],
    expand: &["principal", "roleDefinition", "directoryScope"],
    ..PLAIN
};

pub(crate) const ROLE_ASSIGNMENT_INSTANCE: Entity = Entity {
    name: "unifiedRoleAssignmentScheduleInstance",
    properties: &[
        "id",
        "appScopeId",
        "assignmentType",
        "directoryScopeId",
        "endDateTime",
        "memberType",
        "principalId",
        "roleAssignmentOriginId",
        "roleAssignmentScheduleId",
        "roleDefinitionId",
        "startDateTime",
    ],
    expand: &["principal", "roleDefinition", "directoryScope"],
    ..PLAIN
};

pub(crate) const ROLE_ELIGIBILITY_INSTANCE: Entity = Entity {
    name: "unifiedRoleEligibilityScheduleInstance",
    properties: &[
        "id",
        "appScopeId",
        "directoryScopeId",
        "endDateTime",
        "memberType",
        "principalId",
        "roleDefinitionId",
        "roleEligibilityScheduleId",
        "startDateTime",
    ],
    expand: &["principal", "roleDefinition", "directoryScope"],
    ..PLAIN
};

pub(crate) const ORGANIZATION: Entity = Entity {
    name: "organization",
    properties: &[
        "id",
        "assignedPlans",
        "businessPhones",
        "city",
        "country",
        "countryLetterCode",
        "createdDateTime",
        "defaultUsageLocation",
        "deletedDateTime",
        "displayName",
        "marketingNotificationEmails",
        "mobileDeviceManagementAuthority",
        "onPremisesLastSyncDateTime",
        "onPremisesSyncEnabled",
        "partnerTenantType",
        "postalCode",
        "preferredLanguage",
        "privacyProfile",
        "provisionedPlans",
        "securityComplianceNotificationMails",
        "securityComplianceNotificationPhones",
        "state",
        "street",
        "technicalNotificationMails",
        "tenantType",
        "verifiedDomains",
    ],
    directory: true,
    ..PLAIN
};

pub(crate) const DOMAIN: Entity = Entity {
    name: "domain",
    properties: &[
        "id",
        "authenticationType",
        "availabilityStatus",
        "isAdminManaged",
        "isDefault",
        "isInitial",
        "isRoot",
        "isVerified",
        "manufacturer",
        "model",
        "passwordNotificationWindowInDays",
        "passwordValidityPeriodInDays",
        "state",
        "supportedServices",
    ],
    directory: true,
    ..PLAIN
};

pub(crate) const SKU: Entity = Entity {
    name: "subscribedSku",
    properties: &[
        "id",
        "accountId",
        "accountName",
        "appliesTo",
        "capabilityStatus",
        "consumedUnits",
        "prepaidUnits",
        "servicePlans",
        "skuId",
        "skuPartNumber",
        "subscriptionIds",
    ],
    directory: true,
    ..PLAIN
};

pub(crate) const APPLICATION: Entity = Entity {
    name: "application",
    properties: &[
        "id",
        "appId",
        "createdDateTime",
        "deletedDateTime",
        "description",
        "disabledByMicrosoftStatus",
        "displayName",
        "identifierUris",
        "isFallbackPublicClient",
        "keyCredentials",
        "passwordCredentials",
        "publisherDomain",
        "requiredResourceAccess",
        "signInAudience",
        "tags",
    ],
    order_by: &["displayName"],
    directory: true,
    ..PLAIN
};

pub(crate) const SERVICE_PRINCIPAL: Entity = Entity {
    name: "servicePrincipal",
    properties: &[
        "id",
        "accountEnabled",
        "appDisplayName",
        "appId",
        "appOwnerOrganizationId",
        "appRoleAssignmentRequired",
        "appRoles",
        "deletedDateTime",
        "description",
        "displayName",
        "keyCredentials",
        "oauth2PermissionScopes",
        "passwordCredentials",
        "servicePrincipalNames",
        "servicePrincipalType",
        "signInAudience",
        "tags",
    ],
    order_by: &["displayName"],
    directory: true,
    ..PLAIN
};

pub(crate) const PERMISSION_GRANT: Entity = Entity {
    name: "oAuth2PermissionGrant",
    properties: &[
        "id",
        "clientId",
        "consentType",
        "principalId",
        "resourceId",
        "scope",
    ],
    directory: true,
    ..PLAIN
};
