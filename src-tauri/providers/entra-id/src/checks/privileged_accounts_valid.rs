//! ENTRA-17. Privileged roles belong to people of the company who work there.

use super::console;
use crate::privileged::Privileged;
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

/// Per holder of a highly privileged role, active or eligible:
///
/// | account | verdict |
/// | --- | --- |
/// | guest | fail |
/// | disabled | fail: whoever enables it gets the role |
/// | enabled member | pass |
/// | does not say whether it is enabled, or of which type it is | unknown |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.roles.privileged_accounts_valid",
    alias: "ENTRA-17",
    version: 3,
    title: "No guest and no disabled account holds a privileged role.",
    objectives: &["3.1.1[d]", "3.1.5[b]"],
    severity: Severity::High,
    remedy: "Take the role from each listed account. If a guest must administer, give the person a member account.",
    console: console!("Microsoft_AAD_IAM/RolesManagementMenuBlade/~/AllRoles"),
    reperform: Reperform {
        portal: "Entra admin center > Roles & admins: open each privileged role, then each holder: User type and Account status.",
        command: "Get-MgRoleManagementDirectoryRoleAssignment -All -ExpandProperty principal | Select-Object RoleDefinitionId, @{n='User';e={$_.Principal.AdditionalProperties.userPrincipalName}}",
    },
    datasets: &[
        "entra-id.users",
        "entra-id.role-assignments",
        "entra-id.role-group-members",
        "entra-id.role-eligibility",
        "entra-id.role-group-eligibility",
        "entra-id.licences",
    ],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let privileged = match Privileged::read(collected) {
        Ok(privileged) => privileged,
        Err(reason) => return Verdict::unknown(reason),
    };
    let mut judge = privileged.judge();
    for holder in &privileged.holders {
        let (key, label, roles) = (holder.user.key(), holder.user.label(), holder.role_names());
        if holder.user.is_guest() {
            judge.fail(key, label, "user", format!("is a guest and holds {roles}"));
        } else {
            match (holder.user.account_enabled, &holder.user.user_type) {
                (Some(false), _) => {
                    judge.fail(key, label, "user", format!("is disabled and holds {roles}"))
                }
                (Some(true), Some(_)) => judge.pass(),
                (None, _) => judge.unknown(
                    key,
                    label,
                    "user",
                    "whether the account is enabled is not said",
                ),
                (Some(true), None) => {
                    judge.unknown(key, label, "user", "whether it is a guest is not said")
                }
            }
        }
    }
    judge.conclude(WhenEmpty::Unknown(
        "No privileged account was found, which can't be.".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::tell;
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    #[test]
    fn guests_and_disabled_accounts_hold_no_role() {
        tell(
            &CHECK,
            &[
                (
                    "a guest",
                    "users",
                    "/0/value/0/userType",
                    json!("Guest"),
                    Fail,
                ),
                (
                    "disabled",
                    "users",
                    "/0/value/0/accountEnabled",
                    json!(false),
                    Fail,
                ),
                (
                    "enabled not said",
                    "users",
                    "/0/value/0/accountEnabled",
                    json!(null),
                    Unknown,
                ),
                (
                    "type not said",
                    "users",
                    "/0/value/0/userType",
                    json!(null),
                    Unknown,
                ),
                (
                    "a guest without role",
                    "users",
                    "/0/value/2/userType",
                    json!("Guest"),
                    Pass,
                ),
            ],
        );
    }
}
