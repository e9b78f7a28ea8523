//! ENTRA-01. Every holder of a highly privileged role must use multifactor authentication.

use super::console;
use crate::{
    conditional_access::{Access, Reach, mfa, seek},
    privileged::{Privileged, role_names},
};
use evidence::{Outcome, Population, Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict};

/// | security defaults | Conditional Access | verdict |
/// | --- | --- | --- |
/// | on | any, and every privileged role in use is one that security defaults ask for MFA at every sign-in | pass |
/// | on | any, and another privileged role is in use | unknown: a person has to judge |
/// | off | an enforced policy asks for MFA at every application and reaches all users, or all privileged roles in use | pass |
/// | off | a policy might, but something on it is not understood, it leaves out guests, or it goes by a role that somebody holds for a part of the directory only | unknown |
/// | off | none | fail |
/// | any dataset not read in full | | unknown |
///
/// A policy that leaves out an account, group or role counts only when the company has declared that exempt.
pub(crate) static CHECK: Check = Check {
    id: "entra-id.conditional_access.admin_mfa_enforced",
    alias: "ENTRA-01",
    version: 3,
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

fn judge(collected: &Collected<'_>) -> Result<Verdict, Reason> {
    let access = Access::read(collected)?;
    let privileged = Privileged::read(collected)?;
    // Which roles are in use decides what a policy has to reach.
    if let Some(reason) = privileged.missing() {
        return Ok(Verdict::unknown(reason));
    }
    if access.security_defaults {
        let beyond = privileged.beyond_security_defaults();
        if !beyond.is_empty() {
            // No policy can add to it: security defaults and Conditional Access exclude each other.
            let detail = format!(
                "Security defaults are on, and Microsoft does not list {} among the roles that they ask for multifactor authentication at every sign-in.",
                role_names(beyond)
            );
            return Ok(Verdict::unknown(Reason::new(
                UnknownCode::NeedsJudgement,
                detail,
            )));
        }
        let population = Population {
            seen: 1,
            total: Some(1),
            pages: 1,
            complete: true,
        };
        return Ok(Verdict {
            outcome: Outcome::Pass,
            reason: None,
            resources: Vec::new(),
            population,
        });
    }
    let reach = Reach::holders(&access.exempt, &privileged);
    Ok(seek(
        &access.policies,
        mfa,
        |policy| reach.of(policy),
        "No policy asks administrators for multifactor authentication.",
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::CHECK;
    use crate::checks::testing::{Bench, narrow, reach_by_role};
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    /// The good tenant without the policy for everyone: only the one for administrators is left.
    fn roles_only() -> Bench {
        Bench::good().cut("conditional-access-policies", "/0/value/0")
    }

    #[test]
    fn a_policy_for_the_roles_in_use_is_enough() {
        assert_eq!(roles_only().outcome(&CHECK), Pass);
        let used = roles_only().set(
            "conditional-access-policies",
            "/0/value/1/conditions/users/includeRoles",
            json!([
                "62e90394-69f5-4237-9190-012177145e10",
                "e8611ab8-c189-46e8-94e1-60213ab1f814",
                "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
            ]),
        );
        assert_eq!(used.outcome(&CHECK), Pass);
    }

    #[test]
    fn the_policy_has_to_reach_every_holder_at_every_sign_in() {
        narrow(&CHECK, &roles_only(), 1);
        reach_by_role(&CHECK, &roles_only(), 1);
    }

    #[test]
    fn a_role_in_use_without_policy_fails() {
        let bench = roles_only().set(
            "conditional-access-policies",
            "/0/value/1/conditions/users/includeRoles",
            json!(["62e90394-69f5-4237-9190-012177145e10"]),
        );
        assert_eq!(bench.outcome(&CHECK), Fail);
        assert_eq!(
            bench.notes(&CHECK),
            [
                "CA03 Strong sign-in for administrators: does not apply to Application Administrator, Privileged Role Administrator",
                "CA07 Accounts at risk: applies only when Microsoft sees a risk",
                "CA08 Sign-ins at risk: applies only when Microsoft sees a risk",
            ]
        );
    }

    #[test]
    fn chosen_groups_are_for_a_person_to_judge() {
        let bench = roles_only()
            .set(
                "conditional-access-policies",
                "/0/value/1/conditions/users/includeRoles",
                json!([]),
            )
            .set(
                "conditional-access-policies",
                "/0/value/1/conditions/users/includeGroups",
                json!(["g"]),
            );
        assert_eq!(bench.outcome(&CHECK), Unknown);
    }

    #[test]
    fn security_defaults_are_enough_and_nothing_is_not() {
        let none = Bench::good().set("conditional-access-policies", "/0/value", json!([]));
        assert_eq!(none.outcome(&CHECK), Fail);
        assert_eq!(
            none.set("security-defaults", "/0/isEnabled", json!(true))
                .outcome(&CHECK),
            Pass
        );
    }

    #[test]
    fn security_defaults_do_not_ask_for_mfa_in_a_role_outside_microsofts_list() {
        let hybrid = Bench::good()
            .set("conditional-access-policies", "/0/value", json!([]))
            .set("security-defaults", "/0/isEnabled", json!(true))
            .set(
                "role-assignments",
                "/0/value/2/roleDefinitionId",
                json!("8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2"),
            );
        let reason = hybrid.judge(&CHECK).reason.unwrap();
        assert_eq!(reason.code, evidence::UnknownCode::NeedsJudgement);
        assert!(
            reason.detail.contains("Hybrid Identity Administrator")
                && !reason.detail.contains("Global Administrator"),
            "{reason:?}"
        );
    }
}
