//! ENTRA-02. Everybody must use multifactor authentication, at every application.

use super::console;
use crate::conditional_access::{Access, Reach, mfa, seek};
use evidence::{Outcome, Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict};

/// | Conditional Access | security defaults | verdict |
/// | --- | --- | --- |
/// | an enforced policy asks all users for MFA at all applications, whatever the circumstances | any | pass |
/// | none that demonstrably does | on | unknown: Microsoft decides when it prompts, a person has to judge whether that is enough |
/// | a policy might, but something on it is not understood | off | unknown |
/// | none | off | fail |
/// | any dataset not read in full | | unknown |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.conditional_access.mfa_enforced_for_all",
    alias: "ENTRA-02",
    version: 1,
    title: "Multifactor authentication is enforced for all users and all applications.",
    objectives: &["3.5.2[a]", "3.5.3[d]"],
    severity: Severity::Critical,
    remedy: "Create a Conditional Access policy for all users and all applications that requires multifactor authentication, exclude \
             only your emergency accounts, and move it from report-only to On.",
    console: console!("Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade/~/Policies"),
    reperform: Reperform {
        portal: "Entra admin center > Protection > Conditional Access > Policies: find a policy that is On for all users and all resources, without conditions, that grants access only with multifactor authentication.",
        command: "Get-MgIdentityConditionalAccessPolicy -All | Where-Object State -eq enabled | ConvertTo-Json -Depth 8",
    },
    datasets: &["entra-id.conditional-access-policies", "entra-id.security-defaults", "entra-id.users"],
    parameters: &[crate::parameters::BREAK_GLASS, crate::parameters::CONDITIONAL_ACCESS_EXEMPTIONS],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let access = match Access::read(collected) {
        Ok(access) => access,
        Err(reason) => return Verdict::unknown(reason),
    };
    let reach = Reach::everyone(&access.exempt);
    let verdict = seek(&access.policies, mfa, |policy| reach.of(policy), "No policy asks all users for multifactor authentication.");
    if access.security_defaults && verdict.outcome != Outcome::Pass {
        return Verdict::unknown(Reason::new(
            UnknownCode::NeedsJudgement,
            "Security defaults are on: Microsoft asks for a second factor when it deems that necessary. A person has to judge whether that is enough.",
        ));
    }
    verdict
}
