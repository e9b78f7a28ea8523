//! ENTRA-13. Whoever takes over the on-premises directory does not get the cloud with it.

use super::console;
use crate::privileged::Privileged;
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

/// Per holder of a highly privileged role, active or eligible:
///
/// | synchronized from on-premises | verdict |
/// | --- | --- |
/// | yes | fail |
/// | no, or never was (the service says null) | pass |
/// | not said | unknown |
///
/// A group whose members were not read, or a missing dataset, makes it unknown.
pub(crate) static CHECK: Check = Check {
    id: "entra-id.roles.privileged_accounts_cloud_only",
    alias: "ENTRA-13",
    version: 3,
    title: "Privileged accounts exist in the cloud only.",
    objectives: &["3.1.5[b]", "3.13.3[c]"],
    severity: Severity::High,
    remedy: "Create a separate cloud-only account for each listed administrator, move the roles to it, and take them from the \
             synchronized account.",
    console: console!("Microsoft_AAD_IAM/RolesManagementMenuBlade/~/AllRoles"),
    reperform: Reperform {
        portal: "Entra admin center > Roles & admins: open each privileged role, then each holder: On-premises sync enabled.",
        command: "Get-MgUser -UserId <holder> -Property userPrincipalName,onPremisesSyncEnabled | Select-Object UserPrincipalName, OnPremisesSyncEnabled",
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
        let (key, label) = (holder.user.key(), holder.user.label());
        match holder.user.on_premises_sync_enabled {
            Some(Some(true)) => {
                let note = format!(
                    "is synchronized from on-premises and holds {}",
                    holder.role_names()
                );
                judge.fail(key, label, "user", note);
            }
            Some(Some(false) | None) => judge.pass(),
            None => judge.unknown(key, label, "user", "whether it is synchronized is not said"),
        }
    }
    judge.conclude(WhenEmpty::Unknown(
        "No privileged account was found, which can't be.".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::{Bench, tell};
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    #[test]
    fn a_synchronized_administrator_fails() {
        tell(
            &CHECK,
            &[
                (
                    "synchronized",
                    "users",
                    "/0/value/0/onPremisesSyncEnabled",
                    json!(true),
                    Fail,
                ),
                (
                    "no longer synchronized",
                    "users",
                    "/0/value/0/onPremisesSyncEnabled",
                    json!(false),
                    Pass,
                ),
                (
                    "a synchronized person without role",
                    "users",
                    "/0/value/2/onPremisesSyncEnabled",
                    json!(true),
                    Pass,
                ),
                (
                    "a holder nobody knows",
                    "role-eligibility",
                    "/0/value/0/principalId",
                    json!("gone"),
                    Unknown,
                ),
            ],
        );
    }

    #[test]
    fn a_member_that_was_not_sent_is_unknown() {
        assert_eq!(
            Bench::good()
                .cut("users", "/0/value/0/onPremisesSyncEnabled")
                .outcome(&CHECK),
            Unknown
        );
    }
}
