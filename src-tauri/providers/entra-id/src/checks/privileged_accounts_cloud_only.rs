//! ENTRA-13. Whoever takes over the on-premises directory does not get the cloud with it.

use super::console;
use crate::privileged::Privileged;
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

/// Per holder of a highly privileged role, active or eligible:
///
/// | synchronised from on-premises | verdict |
/// | --- | --- |
/// | yes | fail |
/// | no, or never was (the service says null) | pass |
///
/// A group whose members were not read, or a missing dataset, makes it unknown.
pub(crate) static CHECK: Check = Check {
    id: "entra-id.roles.privileged_accounts_cloud_only",
    alias: "ENTRA-13",
    version: 1,
    title: "Privileged accounts exist in the cloud only.",
    objectives: &["3.1.5[b]", "3.13.3[c]"],
    severity: Severity::High,
    remedy: "Create a separate cloud-only account for each listed administrator, move the roles to it, and take them from the \
             synchronised account.",
    console: console!("Microsoft_AAD_IAM/RolesManagementMenuBlade/~/AllRoles"),
    reperform: Reperform {
        portal: "Entra admin center > Roles & admins: open each privileged role, then each holder: On-premises sync enabled.",
        command: "Get-MgUser -UserId <holder> -Property userPrincipalName,onPremisesSyncEnabled | Select-Object UserPrincipalName, OnPremisesSyncEnabled",
    },
    datasets: &[
        "entra-id.users", "entra-id.role-assignments", "entra-id.role-group-members", "entra-id.role-eligibility", "entra-id.licences",
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
        if holder.user.on_premises_sync_enabled == Some(true) {
            let note = format!("is synchronised from on-premises and holds {}", holder.role_names());
            judge.fail(holder.user.key(), holder.user.label(), "user", note);
        } else {
            judge.pass();
        }
    }
    judge.conclude(WhenEmpty::Unknown("No privileged account was found, which can't be.".to_owned()))
}
