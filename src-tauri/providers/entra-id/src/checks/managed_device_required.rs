//! ENTRA-08. Only devices the company manages get to its applications.

use super::console;
use crate::conditional_access::{Access, Reach, managed_device, seek};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict};

/// | Conditional Access | verdict |
/// | --- | --- |
/// | an enforced policy asks all users at all applications for a compliant or domain-joined device | pass |
/// | such a policy for some platforms, by a device filter, or with something that is not understood | unknown |
/// | none | fail |
/// | any dataset not read in full | unknown |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.conditional_access.managed_device_required",
    alias: "ENTRA-08",
    version: 1,
    title: "Access requires a managed device.",
    objectives: &["3.1.1[c]", "3.1.1[f]", "3.5.1[c]", "3.5.2[c]", "3.1.18[b]"],
    severity: Severity::High,
    remedy: "Enroll devices in Intune or join them to the domain, then require a compliant or hybrid joined device for all users and all \
             applications in a Conditional Access policy.",
    console: console!("Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade/~/Policies"),
    reperform: Reperform {
        portal: "Entra admin center > Protection > Conditional Access > Policies: open the policy for devices, Grant > Require device to be marked as compliant.",
        command: "Get-MgIdentityConditionalAccessPolicy -All | Where-Object { $_.GrantControls.BuiltInControls -match 'Device' } | ConvertTo-Json -Depth 8",
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
        platforms_to_judge: true,
        ..Reach::everyone(&access.exempt)
    };
    seek(
        &access.policies,
        managed_device,
        |policy| reach.of(policy),
        "No policy asks for a managed device.",
    )
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::{Bench, narrow, tell};
    use evidence::Outcome::{Fail, Unknown};
    use serde_json::json;

    #[test]
    fn every_sign_in_needs_a_managed_device() {
        narrow(&CHECK, &Bench::good(), 3);
        tell(
            &CHECK,
            &[
                (
                    "MFA instead",
                    "conditional-access-policies",
                    "/0/value/3/grantControls/builtInControls",
                    json!(["compliantDevice", "mfa"]),
                    Fail,
                ),
                (
                    "some platforms",
                    "conditional-access-policies",
                    "/0/value/3/conditions/platforms",
                    json!({"includePlatforms": ["windows"], "excludePlatforms": []}),
                    Unknown,
                ),
                (
                    "platforms not said",
                    "conditional-access-policies",
                    "/0/value/3/conditions/platforms",
                    json!({}),
                    Unknown,
                ),
            ],
        );
    }
}
