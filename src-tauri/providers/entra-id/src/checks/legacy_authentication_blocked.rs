//! ENTRA-05. Protocols that can't ask for a second factor are refused.

use super::console;
use crate::conditional_access::{Access, Reach, blocks, join, seek};
use evidence::{Outcome, Population, Severity};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict};

/// | security defaults | Conditional Access | verdict |
/// | --- | --- | --- |
/// | on | any | pass: they refuse older protocols |
/// | off | enforced policies block Exchange ActiveSync and other older clients for all users and applications (one policy or two) | pass |
/// | off | a policy might, but something on it is not understood | unknown |
/// | off | one of the two kinds of client is not blocked | fail |
/// | any dataset not read in full | | unknown |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.conditional_access.legacy_authentication_blocked",
    alias: "ENTRA-05",
    version: 1,
    title: "Sign-ins by protocols without multifactor authentication are blocked.",
    objectives: &["3.5.3[d]", "3.5.4[a]", "3.4.7[l]"],
    severity: Severity::Critical,
    remedy: "Create a Conditional Access policy for all users and all applications with the client apps \"Exchange ActiveSync\" and \
             \"Other clients\" that blocks access, and switch it on.",
    console: console!("Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade/~/Policies"),
    reperform: Reperform {
        portal: "Entra admin center > Protection > Conditional Access > Policies: open the policy that blocks older clients, Conditions > Client apps.",
        command: "Get-MgIdentityConditionalAccessPolicy -All | Where-Object { $_.Conditions.ClientAppTypes -contains 'other' } | ConvertTo-Json -Depth 8",
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
    if access.security_defaults {
        let population = Population {
            seen: 1,
            total: Some(1),
            pages: 1,
            complete: true,
        };
        return Verdict {
            outcome: Outcome::Pass,
            reason: None,
            resources: Vec::new(),
            population,
        };
    }
    let kinds = [
        (
            "exchangeActiveSync",
            "No policy blocks Exchange ActiveSync for all users.",
        ),
        (
            "other",
            "No policy blocks older mail and office clients for all users.",
        ),
    ];
    join(kinds.map(|(kind, absence)| {
        let clients = [kind];
        let reach = Reach {
            clients: &clients,
            ..Reach::everyone(&access.exempt)
        };
        seek(&access.policies, blocks, |policy| reach.of(policy), absence)
    }))
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::{Bench, narrow, tell};
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    #[test]
    fn both_kinds_must_be_blocked_everywhere() {
        narrow(&CHECK, &Bench::good(), 1);
        tell(
            &CHECK,
            &[
                (
                    "one kind only",
                    "conditional-access-policies",
                    "/0/value/1/conditions/clientAppTypes",
                    json!(["exchangeActiveSync"]),
                    Fail,
                ),
                (
                    "kinds not said",
                    "conditional-access-policies",
                    "/0/value/1/conditions/clientAppTypes",
                    json!(null),
                    Unknown,
                ),
                (
                    "MFA instead of block",
                    "conditional-access-policies",
                    "/0/value/1/grantControls/builtInControls",
                    json!(["mfa"]),
                    Fail,
                ),
                (
                    "controls not said",
                    "conditional-access-policies",
                    "/0/value/1/grantControls/builtInControls",
                    json!(null),
                    Unknown,
                ),
            ],
        );
    }

    #[test]
    fn security_defaults_or_two_policies_do_as_well() {
        let bench = Bench::good()
            .set("conditional-access-policies", "/0/value", json!([]))
            .set("security-defaults", "/0/isEnabled", json!(true));
        assert_eq!(bench.outcome(&CHECK), Pass);
        let two = Bench::good()
            .set(
                "conditional-access-policies",
                "/0/value/1/conditions/clientAppTypes",
                json!(["other"]),
            )
            .set(
                "conditional-access-policies",
                "/0/value/4/conditions/authenticationFlows",
                json!(null),
            )
            .set(
                "conditional-access-policies",
                "/0/value/4/conditions/clientAppTypes",
                json!(["exchangeActiveSync"]),
            );
        assert_eq!(two.outcome(&CHECK), Pass);
    }
}
