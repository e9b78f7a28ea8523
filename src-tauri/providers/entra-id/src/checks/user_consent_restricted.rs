//! ENTRA-23. An application gets at the company's data only when somebody responsible agreed.

use super::console;
use crate::datasets::settings::{AUTHORIZATION, Authorization, CONSENT_REQUESTS, ConsentRequests};
use evidence::{Reason, Severity};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// What starts so lets people consent for themselves.
const SELF: &str = "ManagePermissionGrantsForSelf.";
/// Consent to low-impact permissions of verified publishers only: accepted.
const LOW: &str = "ManagePermissionGrantsForSelf.microsoft-user-default-low";

/// Three settings, each judged by itself:
///
/// | setting | pass | fail | unknown |
/// | --- | --- | --- | --- |
/// | consent by people | none, or low-impact only | any other policy | not said |
/// | consent to risky applications | off | on | not said |
/// | requests to an administrator | on | off | not said |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.applications.user_consent_restricted",
    alias: "ENTRA-23",
    version: 1,
    title: "Consent to applications needs an administrator.",
    objectives: &["3.1.2[b]", "3.1.20[e]", "3.4.9[b]"],
    severity: Severity::High,
    remedy: "Under Enterprise applications > Consent and permissions do not allow user consent (or only for low-impact permissions of \
             verified publishers), and switch on the admin consent workflow.",
    console: console!("Microsoft_AAD_IAM/ConsentPoliciesMenuBlade/~/UserSettings"),
    reperform: Reperform {
        portal: "Entra admin center > Enterprise applications > Consent and permissions: User consent settings and Admin consent settings.",
        command: "(Get-MgPolicyAuthorizationPolicy).DefaultUserRolePermissions.PermissionGrantPoliciesAssigned; (Get-MgPolicyAdminConsentRequestPolicy).IsEnabled",
    },
    datasets: &[
        "entra-id.authorization-policy",
        "entra-id.admin-consent-policy",
    ],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    judge(collected).unwrap_or_else(Verdict::unknown)
}

fn judge(collected: &Collected<'_>) -> Result<Verdict, Reason> {
    let policy = collected.one::<Authorization>(AUTHORIZATION.id)?;
    let mut judge = Judge::new();
    let grants = policy
        .default_user_role_permissions
        .as_ref()
        .and_then(|one| one.permission_grant_policies_assigned.as_ref());
    let (id, name) = ("permissionGrantPoliciesAssigned", "User consent");
    match grants {
        None => judge.unknown(id, name, "setting", "is not said"),
        Some(grants) => match grants
            .iter()
            .find(|grant| grant.starts_with(SELF) && *grant != LOW)
        {
            Some(grant) => judge.fail(
                id,
                name,
                "setting",
                format!("people may consent by themselves ({grant})"),
            ),
            None => judge.pass(),
        },
    }
    match policy.allow_user_consent_for_risky_apps {
        Some(false) => judge.pass(),
        Some(true) => judge.fail(
            "allowUserConsentForRiskyApps",
            "Risky applications",
            "setting",
            "people may consent to them",
        ),
        None => judge.unknown(
            "allowUserConsentForRiskyApps",
            "Risky applications",
            "setting",
            "is not said",
        ),
    }
    match collected.one::<ConsentRequests>(CONSENT_REQUESTS.id) {
        Ok(requests) => match requests.is_enabled {
            Some(true) => judge.pass(),
            Some(false) => judge.fail(
                "adminConsentRequestPolicy",
                "Admin consent workflow",
                "setting",
                "is off",
            ),
            None => judge.unknown(
                "adminConsentRequestPolicy",
                "Admin consent workflow",
                "setting",
                "is not said",
            ),
        },
        Err(reason) => judge.lacks(reason),
    }
    Ok(judge.conclude(WhenEmpty::Unknown(
        "The settings were not looked at.".to_owned(),
    )))
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::tell;
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    #[test]
    fn an_administrator_consents() {
        tell(
            &CHECK,
            &[
                (
                    "by themselves",
                    "authorization-policy",
                    "/0/defaultUserRolePermissions/permissionGrantPoliciesAssigned",
                    json!(["ManagePermissionGrantsForSelf.microsoft-user-default-legacy"]),
                    Fail,
                ),
                (
                    "low impact",
                    "authorization-policy",
                    "/0/defaultUserRolePermissions/permissionGrantPoliciesAssigned",
                    json!(["ManagePermissionGrantsForSelf.microsoft-user-default-low"]),
                    Pass,
                ),
                (
                    "not said",
                    "authorization-policy",
                    "/0/defaultUserRolePermissions/permissionGrantPoliciesAssigned",
                    json!(null),
                    Unknown,
                ),
                (
                    "risky",
                    "authorization-policy",
                    "/0/allowUserConsentForRiskyApps",
                    json!(true),
                    Fail,
                ),
                (
                    "risky not said",
                    "authorization-policy",
                    "/0/allowUserConsentForRiskyApps",
                    json!(null),
                    Unknown,
                ),
                (
                    "no workflow",
                    "admin-consent-policy",
                    "/0/isEnabled",
                    json!(false),
                    Fail,
                ),
                (
                    "workflow not said",
                    "admin-consent-policy",
                    "/0/isEnabled",
                    json!(null),
                    Unknown,
                ),
            ],
        );
    }
}
