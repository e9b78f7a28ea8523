//! ENTRA-04. Privileged sign-ins need a method that can't be phished.

use super::console;
use crate::{
    conditional_access::{Access, Reach, phishing_resistant, seek},
    privileged::Privileged,
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict};

/// | Conditional Access | verdict |
/// | --- | --- |
/// | an enforced policy allows all users, or all privileged roles in use, only phishing-resistant combinations | pass |
/// | a policy might, but something on it is not understood, it leaves out guests, or it goes by a role that somebody holds for a part of the directory only | unknown |
/// | none (security defaults never ask for such methods) | fail |
/// | any dataset not read in full | unknown |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.conditional_access.admin_phishing_resistant_mfa",
    alias: "ENTRA-04",
    version: 3,
    title: "Privileged roles sign in only with phishing-resistant methods.",
    objectives: &["3.5.3[c]", "3.5.4[a]"],
    severity: Severity::High,
    remedy: "Give administrators security keys, passkeys, Windows Hello or certificates, then require the authentication strength \
             \"Phishing-resistant MFA\" for all highly privileged roles in a Conditional Access policy.",
    console: console!("Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade/~/Policies"),
    reperform: Reperform {
        portal: "Entra admin center > Protection > Conditional Access > Policies: open the policy for administrators, Grant > Require authentication strength.",
        command: "Get-MgIdentityConditionalAccessPolicy -All | Select-Object DisplayName, State -ExpandProperty GrantControls | ConvertTo-Json -Depth 6",
    },
    datasets: &[
        "entra-id.conditional-access-policies",
        "entra-id.security-defaults",
        "entra-id.users",
        "entra-id.role-assignments",
        "entra-id.role-group-members",
        "entra-id.role-eligibility",
        "entra-id.role-group-eligibility",
        "entra-id.licences",
    ],
    parameters: &[
        crate::parameters::BREAK_GLASS,
        crate::parameters::CONDITIONAL_ACCESS_EXEMPTIONS,
    ],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    judge(collected).unwrap_or_else(Verdict::unknown)
}

fn judge(collected: &Collected<'_>) -> Result<Verdict, evidence::Reason> {
    let access = Access::read(collected)?;
    let privileged = Privileged::read(collected)?;
    if let Some(reason) = privileged.missing() {
        return Ok(Verdict::unknown(reason));
    }
    let reach = Reach::holders(&access.exempt, &privileged);
    let absence = "No policy asks administrators for phishing-resistant methods.";
    Ok(seek(
        &access.policies,
        phishing_resistant,
        |policy| reach.of(policy),
        absence,
    ))
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::{Bench, narrow, reach_by_role, tell};
    use evidence::Outcome::{Fail, Unknown};
    use serde_json::json;

    #[test]
    fn only_methods_that_cannot_be_phished_count() {
        narrow(&CHECK, &Bench::good(), 2);
        reach_by_role(&CHECK, &Bench::good(), 2);
        tell(
            &CHECK,
            &[
                (
                    "a weaker combination",
                    "conditional-access-policies",
                    "/0/value/2/grantControls/authenticationStrength/allowedCombinations",
                    json!(["fido2", "password,sms"]),
                    Fail,
                ),
                (
                    "no combination",
                    "conditional-access-policies",
                    "/0/value/2/grantControls/authenticationStrength/allowedCombinations",
                    json!([]),
                    Unknown,
                ),
                (
                    "combinations not said",
                    "conditional-access-policies",
                    "/0/value/2/grantControls/authenticationStrength/allowedCombinations",
                    json!(null),
                    Unknown,
                ),
                (
                    "or any MFA",
                    "conditional-access-policies",
                    "/0/value/2/grantControls/builtInControls",
                    json!(["mfa"]),
                    Fail,
                ),
            ],
        );
    }
}
