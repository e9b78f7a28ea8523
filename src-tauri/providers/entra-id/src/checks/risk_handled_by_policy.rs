//! ENTRA-10. When Microsoft sees that an account or a sign-in was taken over, a policy deals with it at once.

use super::console;
use crate::{
    conditional_access::{
        Access, Holds, Reach, Risk, join, remedies_account, remedies_sign_in, seek,
    },
    datasets::policies::{Conditions, Policy},
    licences::{lacking, sees_risk},
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict};

/// Both have to hold, for all users and all applications:
///
/// | at a high risk of | an enforced policy | otherwise |
/// | --- | --- | --- |
/// | the account | blocks, or asks for a new password with MFA or for remediation | fail |
/// | the sign-in | blocks or asks for MFA | fail |
///
/// Unknown where a policy is not understood or any dataset was not read in full; and without a subscription with
/// Microsoft Entra ID P2 that can be used: policies that go by risk do nothing then, and something else may watch.
pub(crate) static CHECK: Check = Check {
    id: "entra-id.conditional_access.risk_handled_by_policy",
    alias: "ENTRA-10",
    version: 1,
    title: "Accounts and sign-ins at high risk are stopped by policy.",
    objectives: &["3.14.6[a]", "3.14.7[b]"],
    severity: Severity::High,
    remedy: "Create two Conditional Access policies for all users and all applications: User risk High > Block or Require password change \
             with MFA; Sign-in risk High > Block or Require MFA. They need Microsoft Entra ID P2.",
    console: console!("Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade/~/Policies"),
    reperform: Reperform {
        portal: "Entra admin center > Protection > Conditional Access > Policies: open each policy that is On, Conditions > User risk and Sign-in risk, Grant.",
        command: "Get-MgIdentityConditionalAccessPolicy -All | Where-Object { $_.Conditions.UserRiskLevels -or $_.Conditions.SignInRiskLevels } | ConvertTo-Json -Depth 8",
    },
    datasets: &[
        "entra-id.conditional-access-policies",
        "entra-id.security-defaults",
        "entra-id.users",
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
    let access = match Access::read(collected) {
        Ok(access) => access,
        Err(reason) => return Verdict::unknown(reason),
    };
    match sees_risk(collected) {
        Ok(true) => {}
        Ok(false) => {
            let what = "without which policies can't go by risk";
            return Verdict::unknown(lacking("Microsoft Entra ID P2", what));
        }
        Err(reason) => return Verdict::unknown(reason),
    }
    let at = |risk| Reach {
        risk,
        ..Reach::everyone(&access.exempt)
    };
    let (user, sign_in) = (at(Risk::HighOfUser), at(Risk::HighOfSignIn));
    join([
        seek(
            &access.policies,
            |policy| about(policy, |all| &all.user_risk_levels, remedies_account),
            |policy| user.of(policy),
            "No policy deals with accounts at high risk.",
        ),
        seek(
            &access.policies,
            |policy| about(policy, |all| &all.sign_in_risk_levels, remedies_sign_in),
            |policy| sign_in.of(policy),
            "No policy deals with sign-ins at high risk.",
        ),
    ])
}

/// Whether a policy does something about a risk. One that is certainly not about it is none that lacks something.
fn about(
    policy: &Policy,
    levels: impl Fn(&Conditions) -> &Option<Vec<String>>,
    remedies: impl Fn(&Policy) -> Holds,
) -> Holds {
    match policy.conditions.as_ref().map(levels) {
        Some(Some(levels)) if levels.is_empty() => Holds::No("is not about risk".to_owned()),
        _ => remedies(policy),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::CHECK;
    use crate::checks::testing::{Bench, tell};
    use evidence::{
        Outcome::{Fail, Pass, Unknown},
        UnknownCode,
    };
    use serde_json::{Value, json};

    const POLICIES: &str = "conditional-access-policies";
    /// Places of the two policies in the good tenant.
    const USER: usize = 6;
    const SIGN_IN: usize = 7;

    #[test]
    fn each_of_the_two_is_needed_and_stops_at_the_high_level() {
        let mut stories: Vec<(String, String, Value, _)> = Vec::new();
        let mut story = |policy: usize, part: &str, value: Value, outcome| {
            let pointer = format!("/0/value/{policy}/{part}");
            stories.push((format!("{part} {value}"), pointer, value, outcome));
        };
        for (policy, levels) in [(USER, "userRiskLevels"), (SIGN_IN, "signInRiskLevels")] {
            let levels = format!("conditions/{levels}");
            story(policy, "state", json!("disabled"), Fail);
            story(
                policy,
                "state",
                json!("enabledForReportingButNotEnforced"),
                Fail,
            );
            story(policy, "state", json!(null), Unknown);
            story(policy, &levels, json!(["low", "medium"]), Fail);
            story(policy, &levels, json!([]), Fail);
            story(policy, &levels, json!(["medium", "high"]), Pass);
            story(policy, &levels, json!(null), Unknown);
            story(
                policy,
                "conditions/insiderRiskLevels",
                json!("elevated"),
                Fail,
            );
            story(
                policy,
                "conditions/users/includeUsers",
                json!(["None"]),
                Fail,
            );
            story(
                policy,
                "conditions/applications/includeApplications",
                json!(["Office365"]),
                Fail,
            );
            story(
                policy,
                "grantControls/builtInControls",
                json!(["compliantDevice"]),
                Fail,
            );
            story(
                policy,
                "grantControls/builtInControls",
                json!(["block"]),
                Pass,
            );
            story(
                policy,
                "grantControls/builtInControls",
                json!(["tomorrow"]),
                Unknown,
            );
            story(policy, "grantControls", json!(null), Unknown);
        }
        story(USER, "conditions/signInRiskLevels", json!(["high"]), Fail);
        story(USER, "grantControls/operator", json!("OR"), Fail);
        story(
            USER,
            "grantControls/builtInControls",
            json!(["passwordChange"]),
            Fail,
        );
        story(USER, "grantControls/builtInControls", json!(["mfa"]), Fail);
        story(
            USER,
            "grantControls/builtInControls",
            json!(["riskRemediation"]),
            Pass,
        );
        let stories: Vec<_> = stories
            .iter()
            .map(|(name, pointer, value, outcome)| {
                (
                    name.as_str(),
                    POLICIES,
                    pointer.as_str(),
                    value.clone(),
                    *outcome,
                )
            })
            .collect();
        tell(&CHECK, &stories);
    }

    #[test]
    fn without_the_license_policies_do_nothing_and_a_missing_one_is_no_failure() {
        let off = |bench: Bench| {
            let state = format!("/0/value/{USER}/state");
            bench.set(POLICIES, &state, json!("disabled"))
        };
        let without = off(Bench::good()).set("licences", "/0/value", json!([]));
        let reason = without.judge(&CHECK).reason.unwrap();
        assert_eq!(reason.code, UnknownCode::LicenceMissing);
        let unread = off(Bench::good()).without("entra-id.licences", UnknownCode::NotCollected);
        assert_eq!(unread.outcome(&CHECK), Unknown);
        for (part, value) in [
            ("/0/value", json!([])),
            ("/0/value/1/capabilityStatus", json!("Suspended")),
            (
                "/0/value/1/servicePlans/0/provisioningStatus",
                json!("Disabled"),
            ),
        ] {
            let policies_only = Bench::good().set("licences", part, value);
            let reason = policies_only.judge(&CHECK).reason.unwrap();
            assert_eq!(reason.code, UnknownCode::LicenceMissing, "{part}");
        }
        let unsaid = Bench::good().set("licences", "/0/value/1/capabilityStatus", json!(null));
        assert_eq!(unsaid.outcome(&CHECK), Unknown);
    }

    #[test]
    fn what_is_missing_is_named() {
        let bench = Bench::good().set(
            POLICIES,
            &format!("/0/value/{SIGN_IN}/state"),
            json!("disabled"),
        );
        assert_eq!(
            bench.notes(&CHECK),
            [": No policy deals with sign-ins at high risk."]
        );
    }
}
