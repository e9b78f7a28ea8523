//! ENTRA-16. Becoming Global Administrator needs somebody's approval and a second factor.

use super::console;
use crate::{
    datasets::roles::{POLICIES, RolePolicy, RoleRule},
    privileged::GLOBAL_ADMINISTRATOR,
};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rules for Global Administrator:
///
/// | rule | pass | fail | unknown |
/// | --- | --- | --- | --- |
/// | approval (`Approval_EndUser_Assignment`) | required | not required | absent, not said |
/// | proof: `MultiFactorAuthentication` in `Enablement_EndUser_Assignment` | asked for | asked for neither it nor an authentication context | absent, not said |
///
/// An authentication context asks for what a Conditional Access policy for it says, which may be anything: where it is
/// the only proof, a person has to look.
///
/// Unknown without a policy for that role, without the license, and where not all policies were read.
pub(crate) static CHECK: Check = Check {
    id: "entra-id.roles.activation_guarded",
    alias: "ENTRA-16",
    version: 1,
    title: "Activating Global Administrator needs approval and multifactor authentication.",
    objectives: &["3.1.5[b]", "3.5.3[c]"],
    severity: Severity::Medium,
    remedy: "In Privileged Identity Management open Global Administrator > Role settings > Edit: require Azure MFA (or an authentication \
             context whose policy asks for it) and approval on activation, and name approvers.",
    console: console!("Microsoft_Azure_PIMCommon/CommonMenuBlade/~/quickStart"),
    reperform: Reperform {
        portal: "Entra admin center > Identity Governance > Privileged Identity Management > Microsoft Entra roles > Settings > Global Administrator.",
        command: "Get-MgPolicyRoleManagementPolicyAssignment -Filter \"scopeId eq '/' and scopeType eq 'DirectoryRole' and roleDefinitionId eq '62e90394-69f5-4237-9190-012177145e10'\" -ExpandProperty 'policy($expand=rules)' | ConvertTo-Json -Depth 8",
    },
    datasets: &["entra-id.role-policies"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let rows = match collected.rows::<RolePolicy>(POLICIES.id) {
        Ok(rows) => rows,
        Err(reason) => return Verdict::unknown(reason),
    };
    let mut judge = Judge::over(&rows);
    let found: Vec<&RolePolicy> = rows
        .rows
        .iter()
        .filter(|row| {
            let role = row.role_definition_id.as_deref();
            role.is_some_and(|role| role.eq_ignore_ascii_case(GLOBAL_ADMINISTRATOR))
        })
        .collect();
    let [policy] = found.as_slice() else {
        let detail = "The rules for Global Administrator were not found exactly once.";
        return Verdict::unknown(Reason::new(UnknownCode::MalformedAnswer, detail));
    };
    let rules = policy
        .policy
        .as_ref()
        .and_then(|policy| policy.rules.as_deref());
    let rule = |id: &str| {
        rules
            .unwrap_or_default()
            .iter()
            .find(|rule| rule.id.as_deref() == Some(id))
    };
    let role = GLOBAL_ADMINISTRATOR;
    let approval = rule("Approval_EndUser_Assignment")
        .and_then(|rule| rule.setting.as_ref()?.is_approval_required);
    match approval {
        Some(true) => judge.pass(),
        Some(false) => judge.fail(role, "Approval", "roleRule", "activation needs no approval"),
        None => judge.unknown(
            role,
            "Approval",
            "roleRule",
            "whether approval is needed is not said",
        ),
    }
    let asked = rule("Enablement_EndUser_Assignment").and_then(|rule| {
        let rules = rule.enabled_rules.as_ref()?;
        Some(rules.iter().any(|rule| rule == "MultiFactorAuthentication"))
    });
    let context = rule("AuthenticationContext_EndUser_Assignment").and_then(context);
    match (asked, context) {
        (Some(true), _) => judge.pass(),
        (Some(false), Some(true)) => judge.ask(
            role,
            "Proof",
            "roleRule",
            "activation asks for an authentication context; whether the policy for it asks for multifactor authentication has to be looked at",
        ),
        (Some(false), Some(false)) => judge.fail(
            role,
            "Proof",
            "roleRule",
            "activation asks neither for multifactor authentication nor for an authentication context",
        ),
        _ => judge.unknown(role, "Proof", "roleRule", "what activation asks for is not said"),
    }
    judge.conclude(WhenEmpty::Unknown("No rule was looked at.".to_owned()))
}

/// Whether an authentication context is asked for; one that is on and named. `None` where that is not said.
fn context(rule: &RoleRule) -> Option<bool> {
    let on = rule.is_enabled?;
    Some(
        on && rule
            .claim_value
            .as_deref()
            .is_some_and(|value| !value.is_empty()),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::CHECK;
    use crate::checks::testing::{Bench, tell};
    use evidence::Outcome::{Fail, Pass, Unknown};
    use evidence::UnknownCode;
    use serde_json::json;

    const RULES: &str = "role-policies";

    #[test]
    fn approval_and_proof_are_both_needed() {
        let rule = |number: usize, part: &str| format!("/0/value/0/policy/rules/{number}/{part}");
        let approval = rule(0, "setting/isApprovalRequired");
        let asked = rule(1, "enabledRules");
        let (on, claim) = (rule(2, "isEnabled"), rule(2, "claimValue"));
        tell(
            &CHECK,
            &[
                ("no approval", RULES, &approval, json!(false), Fail),
                ("approval not said", RULES, &approval, json!(null), Unknown),
                (
                    "another approval rule",
                    RULES,
                    &rule(0, "id"),
                    json!("Other"),
                    Unknown,
                ),
                (
                    "a reason only",
                    RULES,
                    &asked,
                    json!(["Justification"]),
                    Fail,
                ),
                ("not said", RULES, &asked, json!(null), Unknown),
                (
                    "rules not said",
                    RULES,
                    "/0/value/0/policy/rules",
                    json!(null),
                    Unknown,
                ),
                (
                    "no policy",
                    RULES,
                    "/0/value/0/policy",
                    json!(null),
                    Unknown,
                ),
                (
                    "another role",
                    RULES,
                    "/0/value/0/roleDefinitionId",
                    json!("x"),
                    Unknown,
                ),
                (
                    "a context that is on and has no name",
                    RULES,
                    &on,
                    json!(true),
                    Pass,
                ),
                (
                    "a context whose state is not said",
                    RULES,
                    &on,
                    json!(null),
                    Pass,
                ),
                (
                    "a named context that is off",
                    RULES,
                    &claim,
                    json!("c1"),
                    Pass,
                ),
            ],
        );
        let without = Bench::good().set(RULES, &asked, json!([]));
        assert_eq!(without.outcome(&CHECK), Fail);
        let unsaid = without.clone().set(RULES, &on, json!(null));
        assert_eq!(unsaid.outcome(&CHECK), Unknown);
        let nameless = without.clone().set(RULES, &on, json!(true));
        assert_eq!(nameless.outcome(&CHECK), Fail);
        let context = nameless.set(RULES, &claim, json!("c1"));
        let reason = context.judge(&CHECK).reason.unwrap();
        assert_eq!(reason.code, UnknownCode::NeedsJudgement);
        assert_eq!(
            Bench::good()
                .partly("entra-id.role-policies")
                .outcome(&CHECK),
            Unknown
        );
    }
}
