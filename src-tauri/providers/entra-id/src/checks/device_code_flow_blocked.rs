//! ENTRA-09. A sign-in can't be handed to another device by a code, which attackers make people type.

use super::console;
use crate::conditional_access::{Access, Reach, TransferFlow, blocks, seek};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict};

/// | Conditional Access | verdict |
/// | --- | --- |
/// | an enforced policy blocks the device code flow for all users and applications | pass |
/// | a policy might, but something on it is not understood | unknown |
/// | none | fail |
/// | any dataset not read in full | unknown |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.conditional_access.device_code_flow_blocked",
    alias: "ENTRA-09",
    version: 1,
    title: "The device code flow is blocked.",
    objectives: &["3.1.2[b]", "3.4.7[l]"],
    severity: Severity::Medium,
    remedy: "Create a Conditional Access policy for all users and all applications with the condition Authentication flows > Device code \
             flow that blocks access.",
    console: console!("Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade/~/Policies"),
    reperform: Reperform {
        portal: "Entra admin center > Protection > Conditional Access > Policies: open the policy, Conditions > Authentication flows.",
        command: "Get-MgIdentityConditionalAccessPolicy -All | Where-Object { $_.Conditions.AuthenticationFlows.TransferMethods } | ConvertTo-Json -Depth 8",
    },
    datasets: &[
        "entra-id.conditional-access-policies",
        "entra-id.security-defaults",
        "entra-id.users",
    ],
    parameters: &[
        crate::parameters::BREAK_GLASS,
        crate::parameters::CONDITIONAL_ACCESS_EXEMPTIONS,
    ],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let access = match Access::read(collected) {
        Ok(access) => access,
        Err(reason) => return Verdict::unknown(reason),
    };
    let reach = Reach {
        flow: TransferFlow::DeviceCode,
        ..Reach::everyone(&access.exempt)
    };
    seek(
        &access.policies,
        blocks,
        |policy| reach.of(policy),
        "No policy blocks the device code flow.",
    )
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::{Bench, narrow, tell};
    use evidence::Outcome::Fail;
    use serde_json::json;

    #[test]
    fn the_flow_is_blocked_for_everybody() {
        narrow(&CHECK, &Bench::good(), 4);
        tell(
            &CHECK,
            &[
                (
                    "another flow",
                    "conditional-access-policies",
                    "/0/value/4/conditions/authenticationFlows/transferMethods",
                    json!("authenticationTransfer"),
                    Fail,
                ),
                (
                    "not about flows",
                    "conditional-access-policies",
                    "/0/value/4/conditions/authenticationFlows",
                    json!(null),
                    Fail,
                ),
            ],
        );
    }
}
