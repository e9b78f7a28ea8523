//! ENTRA-01. Every holder of a highly privileged role must use multifactor authentication.

use super::console;
use crate::{
    conditional_access::{Access, Reach, mfa, seek},
    privileged::Privileged,
};
use evidence::{Outcome, Population, Severity};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict};

/// | security defaults | Conditional Access | verdict |
/// | --- | --- | --- |
/// | on | any | pass |
/// | off | an enforced policy asks for MFA at every application and reaches all users, or all privileged roles in use | pass |
/// | off | a policy might, but something on it is not understood | unknown |
/// | off | none | fail |
/// | any dataset not read in full | | unknown |
///
/// A policy that leaves out an account, group or role counts only when the company has declared that exempt.
pub(crate) static CHECK: Check = Check {
    id: "entra-id.conditional_access.admin_mfa_enforced",
    alias: "ENTRA-01",
    version: 1,
    title: "Multifactor authentication is enforced for every privileged role.",
    objectives: &["3.5.3[a]", "3.5.3[c]", "3.7.5[a]"],
    severity: Severity::Critical,
    remedy: "Create a Conditional Access policy for all highly privileged roles and all applications that requires multifactor \
             authentication, exclude only your emergency accounts, and switch it on. Without Entra ID P1, switch on security defaults.",
    console: console!("Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade/~/Policies"),
    reperform: Reperform {
        portal: "Entra admin center > Protection > Conditional Access > Policies: open each policy that is On and compare users, target resources, conditions and grant.",
        command: "Get-MgIdentityConditionalAccessPolicy -All | Where-Object State -eq enabled | ConvertTo-Json -Depth 8",
    },
    datasets: &[
        "entra-id.conditional-access-policies", "entra-id.security-defaults", "entra-id.users", "entra-id.role-assignments",
        "entra-id.role-group-members", "entra-id.role-eligibility", "entra-id.licences",
    ],
    parameters: &[crate::parameters::BREAK_GLASS, crate::parameters::CONDITIONAL_ACCESS_EXEMPTIONS],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    judge(collected).unwrap_or_else(Verdict::unknown)
}

fn judge(collected: &Collected<'_>) -> Result<Verdict, evidence::Reason> {
    let access = Access::read(collected)?;
    let privileged = Privileged::read(collected)?;
    // Which roles are in use decides what a policy has to reach.
    if let Some(reason) = privileged.missing() {
        return Ok(Verdict::unknown(reason));
    }
    if access.security_defaults {
        let population = Population { seen: 1, total: Some(1), pages: 1, complete: true };
        return Ok(Verdict { outcome: Outcome::Pass, reason: None, resources: Vec::new(), population });
    }
    let reach = Reach::holders(&access.exempt, &privileged.roles_in_use);
    Ok(seek(&access.policies, mfa, |policy| reach.of(policy), "No policy asks administrators for multifactor authentication."))
}
