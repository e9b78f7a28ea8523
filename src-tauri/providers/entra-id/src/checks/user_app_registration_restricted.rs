//! ENTRA-22. Registering applications and making tenants is administration.

use super::console;
use crate::datasets::settings::{AUTHORIZATION, Authorization};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// Per setting (register applications, create tenants):
///
/// | members may | verdict |
/// | --- | --- |
/// | no | pass |
/// | yes | fail |
/// | not said | unknown |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.settings.user_app_registration_restricted",
    alias: "ENTRA-22",
    version: 1,
    title: "Members can neither register applications nor create tenants.",
    objectives: &["3.1.2[b]", "3.1.7[c]", "3.4.9[b]"],
    severity: Severity::Medium,
    remedy: "In Users > User settings set \"Users can register applications\" to No and \"Restrict non-admin users from creating tenants\" to Yes.",
    console: console!("Microsoft_AAD_UsersAndTenants/UserManagementMenuBlade/~/UserSettings"),
    reperform: Reperform {
        portal: "Entra admin center > Users > User settings > Default user role permissions.",
        command: "(Get-MgPolicyAuthorizationPolicy).DefaultUserRolePermissions | Select-Object AllowedToCreateApps, AllowedToCreateTenants",
    },
    datasets: &["entra-id.authorization-policy"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let policy = match collected.one::<Authorization>(AUTHORIZATION.id) {
        Ok(policy) => policy,
        Err(reason) => return Verdict::unknown(reason),
    };
    let allowed = policy.default_user_role_permissions.as_ref();
    let mut judge = Judge::new();
    for (id, name, may) in [
        (
            "allowedToCreateApps",
            "Register applications",
            allowed.and_then(|one| one.allowed_to_create_apps),
        ),
        (
            "allowedToCreateTenants",
            "Create tenants",
            allowed.and_then(|one| one.allowed_to_create_tenants),
        ),
    ] {
        match may {
            Some(false) => judge.pass(),
            Some(true) => judge.fail(id, name, "setting", "every member may"),
            None => judge.unknown(id, name, "setting", "is not said"),
        }
    }
    judge.conclude(WhenEmpty::Unknown(
        "The settings were not looked at.".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::tell;
    use evidence::Outcome::{Fail, Unknown};
    use serde_json::json;

    #[test]
    fn members_make_neither_apps_nor_tenants() {
        tell(
            &CHECK,
            &[
                (
                    "apps",
                    "authorization-policy",
                    "/0/defaultUserRolePermissions/allowedToCreateApps",
                    json!(true),
                    Fail,
                ),
                (
                    "tenants",
                    "authorization-policy",
                    "/0/defaultUserRolePermissions/allowedToCreateTenants",
                    json!(true),
                    Fail,
                ),
                (
                    "not said",
                    "authorization-policy",
                    "/0/defaultUserRolePermissions/allowedToCreateTenants",
                    json!(null),
                    Unknown,
                ),
                (
                    "nothing said",
                    "authorization-policy",
                    "/0/defaultUserRolePermissions",
                    json!(null),
                    Unknown,
                ),
            ],
        );
    }
}
