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
    let reach = Reach::everyone(&access.exempt);
    let verdict = seek(
        &access.policies,
        mfa,
        |policy| reach.of(policy),
        "No policy asks all users for multifactor authentication.",
    );
    if access.security_defaults && verdict.outcome != Outcome::Pass {
        return Verdict::unknown(Reason::new(
            UnknownCode::NeedsJudgement,
            "Security defaults are on: Microsoft asks for a second factor when it deems that necessary. A person has to judge whether that is enough.",
        ));
    }
    verdict
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::CHECK;
    use crate::checks::testing::{Bench, narrow, tell};
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    #[test]
    fn one_narrowing_is_enough() {
        narrow(&CHECK, &Bench::good(), 0);
        tell(
            &CHECK,
            &[
                (
                    "not all users",
                    "conditional-access-policies",
                    "/0/value/0/conditions/users/includeUsers",
                    json!(["None"]),
                    Fail,
                ),
                (
                    "guests left out",
                    "conditional-access-policies",
                    "/0/value/0/conditions/users/excludeGuestsOrExternalUsers",
                    json!({"guestOrExternalUserTypes": "b2bCollaborationGuest"}),
                    Fail,
                ),
                (
                    "browsers only",
                    "conditional-access-policies",
                    "/0/value/0/conditions/clientAppTypes",
                    json!(["browser"]),
                    Fail,
                ),
                (
                    "browsers and apps",
                    "conditional-access-policies",
                    "/0/value/0/conditions/clientAppTypes",
                    json!(["browser", "mobileAppsAndDesktopClients"]),
                    Pass,
                ),
                (
                    "one platform only",
                    "conditional-access-policies",
                    "/0/value/0/conditions/platforms",
                    json!({"includePlatforms": ["iOS"], "excludePlatforms": []}),
                    Fail,
                ),
                (
                    "transferred sign-ins only",
                    "conditional-access-policies",
                    "/0/value/0/conditions/authenticationFlows",
                    json!({"transferMethods": "deviceCodeFlow"}),
                    Fail,
                ),
                (
                    "a device instead of MFA",
                    "conditional-access-policies",
                    "/0/value/0/grantControls/builtInControls",
                    json!(["mfa", "compliantDevice"]),
                    Fail,
                ),
                (
                    "a device as well as MFA",
                    "conditional-access-policies",
                    "/0/value/0/grantControls",
                    json!({"operator": "AND", "builtInControls": ["mfa", "compliantDevice"], "customAuthenticationFactors": [], "termsOfUse": [], "authenticationStrength": null}),
                    Pass,
                ),
                (
                    "terms of use instead of MFA",
                    "conditional-access-policies",
                    "/0/value/0/grantControls/termsOfUse",
                    json!(["00000000-0000-4000-8000-000000000001"]),
                    Fail,
                ),
                (
                    "a control of tomorrow instead of MFA",
                    "conditional-access-policies",
                    "/0/value/0/grantControls/builtInControls",
                    json!(["mfa", "unknownFutureValue"]),
                    Unknown,
                ),
                (
                    "an operator of tomorrow",
                    "conditional-access-policies",
                    "/0/value/0/grantControls/operator",
                    json!("XOR"),
                    Unknown,
                ),
                (
                    "a strength that is multifactor",
                    "conditional-access-policies",
                    "/0/value/0/grantControls",
                    json!({"operator": "OR", "builtInControls": [], "authenticationStrength": {"requirementsSatisfied": "mfa"}}),
                    Pass,
                ),
                (
                    "a strength that is not",
                    "conditional-access-policies",
                    "/0/value/0/grantControls",
                    json!({"operator": "OR", "builtInControls": [], "authenticationStrength": {"requirementsSatisfied": "none"}}),
                    Fail,
                ),
                (
                    "a strength that does not say",
                    "conditional-access-policies",
                    "/0/value/0/grantControls",
                    json!({"operator": "OR", "builtInControls": [], "authenticationStrength": {}}),
                    Unknown,
                ),
                (
                    "security defaults not said",
                    "security-defaults",
                    "/0/isEnabled",
                    json!(null),
                    Unknown,
                ),
            ],
        );
    }

    #[test]
    fn security_defaults_alone_are_for_a_person_to_judge() {
        let bench = Bench::good()
            .set("security-defaults", "/0/isEnabled", json!(true))
            .set("conditional-access-policies", "/0/value", json!([]));
        let verdict = bench.judge(&CHECK);
        assert_eq!(verdict.outcome, Unknown);
        assert_eq!(
            verdict.reason.unwrap().code,
            evidence::UnknownCode::NeedsJudgement
        );
    }

    #[test]
    fn no_policy_at_all_fails_and_says_so() {
        let bench = Bench::good().set("conditional-access-policies", "/0/value", json!([]));
        assert_eq!(
            bench.notes(&CHECK),
            [": No policy asks all users for multifactor authentication."]
        );
        assert_eq!(bench.outcome(&CHECK), Fail);
    }

    #[test]
    fn an_emergency_account_may_be_left_out_only_while_it_is_declared() {
        let bench = Bench::good().parameter(crate::parameters::BREAK_GLASS, json!([]));
        assert_eq!(
            bench.notes(&CHECK),
            [
                "CA01 MFA for everyone: leaves out emergency.one@northfieldmachining.example, which is not an exempt account",
                "CA03 Strong sign-in for administrators: does not apply to all users",
                "CA07 Accounts at risk: leaves out emergency.one@northfieldmachining.example, which is not an exempt account",
                "CA08 Sign-ins at risk: leaves out emergency.one@northfieldmachining.example, which is not an exempt account",
            ]
        );
        let by_id = Bench::good().parameter(
            crate::parameters::BREAK_GLASS,
            json!(["affec3b6-4cf9-4492-877a-8114c86fc093"]),
        );
        assert_eq!(by_id.outcome(&CHECK), Pass);
    }

    #[test]
    fn a_member_that_was_not_sent_is_not_the_same_as_null() {
        for member in [
            "locations",
            "platforms",
            "devices",
            "users/excludeGuestsOrExternalUsers",
        ] {
            let pointer = format!("/0/value/0/conditions/{member}");
            assert_eq!(
                Bench::good()
                    .cut("conditional-access-policies", &pointer)
                    .outcome(&CHECK),
                Unknown,
                "{member}"
            );
        }
    }
}
