//! Conditional Access, named locations, authentication methods and the other tenant-wide policies.

use serde_json::{Value, json};

use super::seed::{before, guid};
use super::{GLOBAL_ADMINISTRATOR, Tenant};

pub(super) fn fill(tenant: &mut Tenant) {
    conditional_access(tenant);
    methods(tenant);
    tenant_wide(tenant);
}

/// A policy for all users and all applications; callers narrow it.
fn policy(tenant: &Tenant, number: u64, name: &str, state: &str, controls: &[&str]) -> Value {
    json!({
        "id": guid("caPolicy", number),
        "templateId": null,
        "displayName": name,
        "createdDateTime": before(tenant.reference, 420, 0),
        "modifiedDateTime": before(tenant.reference, 40, 0),
        "state": state,
        "conditions": {
            "applications": {
                "applicationFilter": null,
                "excludeApplications": [],
                "includeApplications": ["All"],
                "includeAuthenticationContextClassReferences": [],
                "includeUserActions": [],
            },
            "authenticationFlows": null,
            "clientAppTypes": ["all"],
            "clientApplications": null,
            "devices": null,
            "insiderRiskLevels": null,
            "locations": null,
            "platforms": null,
            "servicePrincipalRiskLevels": [],
            "signInRiskLevels": [],
            "userRiskLevels": [],
            "users": {
                "excludeGroups": [],
                "excludeGuestsOrExternalUsers": null,
                "excludeRoles": [],
                "excludeUsers": [tenant.break_glass_id()],
                "includeGroups": [],
                "includeGuestsOrExternalUsers": null,
                "includeRoles": [],
                "includeUsers": ["All"],
            },
        },
        "grantControls": {
            "operator": "OR",
            "builtInControls": controls,
            "customAuthenticationFactors": [],
            "termsOfUse": [],
            "authenticationStrength": null,
        },
        "sessionControls": null,
    })
}

fn conditional_access(tenant: &mut Tenant) {
    let mut legacy = policy(
        tenant,
        1,
        "CA01 Block older sign-in protocols",
        "enabled",
        &["block"],
    );
    legacy["conditions"]["clientAppTypes"] = json!(["exchangeActiveSync", "other"]);
    let mut admins = policy(
        tenant,
        2,
        "CA02 MFA for administrators",
        "enabled",
        &["mfa"],
    );
    admins["conditions"]["users"]["includeUsers"] = json!([]);
    admins["conditions"]["users"]["includeRoles"] = json!([GLOBAL_ADMINISTRATOR]);
    // The wish that was never switched on: reports, enforces nothing.
    let everyone = policy(
        tenant,
        3,
        "CA03 MFA for everyone",
        "enabledForReportingButNotEnforced",
        &["mfa"],
    );
    let mut away = policy(tenant, 4, "CA04 MFA outside the plant", "enabled", &["mfa"]);
    away["conditions"]["locations"] =
        json!({"includeLocations": ["All"], "excludeLocations": ["AllTrusted"]});
    away["sessionControls"] = json!({
        "applicationEnforcedRestrictions": null,
        "cloudAppSecurity": null,
        "disableResilienceDefaults": null,
        "persistentBrowser": null,
        "signInFrequency": {
            "authenticationType": "primaryAndSecondaryAuthentication",
            "frequencyInterval": "timeBased",
            "isEnabled": true,
            "type": "hours",
            "value": 12,
        },
    });
    tenant
        .conditional_access_policies
        .extend([legacy, admins, everyone, away]);

    let dates = (
        before(tenant.reference, 420, 0),
        before(tenant.reference, 41, 0),
    );
    tenant.named_locations.push(json!({
        "@odata.type": "#microsoft.graph.ipNamedLocation",
        "id": guid("location", 1),
        "displayName": "Plant network",
        "createdDateTime": dates.0,
        "modifiedDateTime": dates.1,
        "isTrusted": true,
        "ipRanges": [{"@odata.type": "#microsoft.graph.iPv4CidrRange", "cidrAddress": "198.51.100.0/24"}],
    }));
    tenant.named_locations.push(json!({
        "@odata.type": "#microsoft.graph.countryNamedLocation",
        "id": guid("location", 2),
        "displayName": "Where we work",
        "createdDateTime": dates.0,
        "modifiedDateTime": dates.1,
        "countriesAndRegions": ["US"],
        "countryLookupMethod": "clientIpAddress",
        "includeUnknownCountriesAndRegions": false,
    }));
}

fn methods(tenant: &mut Tenant) {
    let everyone =
        json!([{"id": "all_users", "isRegistrationRequired": false, "targetType": "group"}]);
    let method = |id: &str, kind: &str, state: &str| {
        json!({
            "@odata.type": format!("#microsoft.graph.{kind}AuthenticationMethodConfiguration"),
            "id": id,
            "state": state,
            "excludeTargets": [],
            "includeTargets": everyone,
        })
    };
    tenant.authentication_methods_policy = json!({
        "id": "authenticationMethodsPolicy",
        "description": "Which ways to sign in people may use.",
        "displayName": "Authentication Methods Policy",
        "lastModifiedDateTime": before(tenant.reference, 75, 0),
        "policyVersion": "1.5",
        "policyMigrationState": "migrationComplete",
        "reconfirmationInDays": null,
        "registrationEnforcement": {
            "authenticationMethodsRegistrationCampaign": {
                "excludeTargets": [],
                "includeTargets": [],
                "snoozeDurationInDays": 1,
                "state": "default",
            },
        },
        "authenticationMethodConfigurations": [
            method("Fido2", "fido2", "enabled"),
            method("MicrosoftAuthenticator", "microsoftAuthenticator", "enabled"),
            method("Sms", "sms", "enabled"),
            method("Voice", "voice", "disabled"),
            method("Email", "email", "disabled"),
            method("TemporaryAccessPass", "temporaryAccessPass", "disabled"),
            method("SoftwareOath", "softwareOath", "enabled"),
            method("X509Certificate", "x509Certificate", "disabled"),
        ],
    });
    for (number, name, combinations) in [
        (
            2_u64,
            "Multifactor authentication",
            json!([
                "password,microsoftAuthenticatorPush",
                "password,sms",
                "fido2"
            ]),
        ),
        (
            4,
            "Phishing-resistant MFA",
            json!([
                "windowsHelloForBusiness",
                "fido2",
                "x509CertificateMultiFactor"
            ]),
        ),
    ] {
        tenant.authentication_strengths.push(json!({
            "id": format!("00000000-0000-0000-0000-{number:012}"),
            "allowedCombinations": combinations,
            "combinationConfigurations": [],
            "createdDateTime": before(tenant.reference, 1800, 0),
            "description": format!("Built-in strength: {name}."),
            "displayName": name,
            "modifiedDateTime": before(tenant.reference, 1800, 0),
            "policyType": "builtIn",
            "requirementsSatisfied": "mfa",
        }));
    }
}

fn tenant_wide(tenant: &mut Tenant) {
    tenant.security_defaults = json!({
        "id": "00000000-0000-0000-0000-000000000005",
        "description": "Basic protection for the whole organisation.",
        "displayName": "Security Defaults",
        "isEnabled": false,
    });
    tenant.authorization_policy = json!({
        "id": "authorizationPolicy",
        "allowEmailVerifiedUsersToJoinOrganization": false,
        "allowInvitesFrom": "everyone",
        "allowUserConsentForRiskyApps": false,
        "allowedToSignUpEmailBasedSubscriptions": true,
        "allowedToUseSSPR": true,
        "blockMsolPowerShell": null,
        "defaultUserRolePermissions": {
            "allowedToCreateApps": true,
            "allowedToCreateSecurityGroups": true,
            "allowedToCreateTenants": true,
            "allowedToReadBitlockerKeysForOwnedDevice": true,
            "allowedToReadOtherUsers": true,
            "permissionGrantPoliciesAssigned": ["ManagePermissionGrantsForSelf.microsoft-user-default-legacy"],
        },
        "deletedDateTime": null,
        "description": "Settings for who may do what in the directory.",
        "displayName": "Authorization Policy",
        "guestUserRoleId": "10dae51f-b6af-4016-8d66-8c2a99b929b3",
    });
    tenant.admin_consent_request_policy = json!({
        "isEnabled": false,
        "notifyReviewers": false,
        "remindersEnabled": false,
        "requestDurationInDays": 0,
        "reviewers": [],
        "version": 0,
    });
    let value = |name: &str, value: &str| json!({"name": name, "value": value});
    tenant.group_settings.push(json!({
        "id": guid("groupSetting", 1),
        "displayName": "Password Rule Settings",
        "templateId": "5cf42378-d67d-4f36-ba46-e8b86229381d",
        "values": [
            value("BannedPasswordCheckOnPremisesMode", "Audit"),
            value("EnableBannedPasswordCheckOnPremises", "False"),
            value("EnableBannedPasswordCheck", "True"),
            value("LockoutDurationInSeconds", "60"),
            value("LockoutThreshold", "10"),
            value("BannedPasswordList", "halyard\tprecision"),
        ],
    }));
}
