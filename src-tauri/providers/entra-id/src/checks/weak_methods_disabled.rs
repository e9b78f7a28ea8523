//! ENTRA-06. Methods that can be intercepted or talked out of people are off.

use super::console;
use crate::datasets::settings::{METHODS, Methods};
use evidence::{Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

const WEAK: [(&str, &str); 3] = [
    ("Sms", "text message"),
    ("Voice", "voice call"),
    ("Email", "code by e-mail"),
];

/// Per method (text message, voice call, e-mail code):
///
/// | state | verdict |
/// | --- | --- |
/// | disabled | pass |
/// | enabled | fail |
/// | anything else, or not in the policy | unknown |
///
/// As long as the migration to this policy is not complete, the older policies for multifactor authentication and
/// password reset may still allow what is disabled here: unknown then, unless one is enabled.
pub(crate) static CHECK: Check = Check {
    id: "entra-id.authentication_methods.weak_methods_disabled",
    alias: "ENTRA-06",
    version: 2,
    title: "Text message, voice call and e-mail codes are disabled as sign-in methods.",
    objectives: &["3.5.4[a]"],
    severity: Severity::Medium,
    remedy: "Move people to the Authenticator app, passkeys or security keys, then disable SMS, Voice call and Email OTP in the \
             authentication methods policy, and complete the migration from the older policies.",
    console: console!("Microsoft_AAD_IAM/AuthenticationMethodsMenuBlade/~/AdminAuthMethods"),
    reperform: Reperform {
        portal: "Entra admin center > Protection > Authentication methods > Policies: column Enabled; Manage migration.",
        command: "$policy = Get-MgPolicyAuthenticationMethodPolicy; $policy.PolicyMigrationState; $policy.AuthenticationMethodConfigurations | Select-Object Id, State",
    },
    datasets: &["entra-id.authentication-methods-policy"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let policy = match collected.one::<Methods>(METHODS.id) {
        Ok(policy) => policy,
        Err(reason) => return Verdict::unknown(reason),
    };
    let older = policy.older_policies_count();
    let Some(methods) = policy.authentication_method_configurations else {
        return Verdict::unknown(evidence::Reason::new(
            UnknownCode::MalformedAnswer,
            "The authentication methods policy does not list its methods.",
        ));
    };
    let mut judge = Judge::new();
    if let Some(reason) = older {
        judge.lacks(reason);
    }
    for (id, name) in WEAK {
        let method = methods.iter().find(|method| {
            method
                .id
                .as_deref()
                .is_some_and(|other| other.eq_ignore_ascii_case(id))
        });
        match method.map(|method| method.state.as_deref()) {
            Some(Some("disabled")) => judge.pass(),
            Some(Some("enabled")) => judge.fail(id, name, "authenticationMethod", "is enabled"),
            Some(Some(other)) => judge.unknown(
                id,
                name,
                "authenticationMethod",
                format!("is in the state {other}"),
            ),
            Some(None) => judge.unknown(id, name, "authenticationMethod", "its state is not said"),
            None => judge.unknown(id, name, "authenticationMethod", "is not in the policy"),
        }
    }
    judge.conclude(WhenEmpty::Unknown("No method was looked at.".to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::CHECK;
    use crate::checks::testing::{Bench, tell};
    use evidence::Outcome::{Fail, Unknown};
    use evidence::UnknownCode;
    use serde_json::json;

    #[test]
    fn what_is_off_here_may_be_on_in_older_policies() {
        const POLICY: &str = "authentication-methods-policy";
        for (state, code) in [
            (json!("preMigration"), UnknownCode::NeedsJudgement),
            (json!("migrationInProgress"), UnknownCode::NeedsJudgement),
            (json!(null), UnknownCode::MalformedAnswer),
            (json!("ofTomorrow"), UnknownCode::MalformedAnswer),
        ] {
            let bench = Bench::good().set(POLICY, "/0/policyMigrationState", state);
            assert_eq!(bench.judge(&CHECK).reason.unwrap().code, code);
            let sms = "/0/authenticationMethodConfigurations/2/state";
            let seen = bench.set(POLICY, sms, json!("enabled"));
            assert_eq!(seen.outcome(&CHECK), Fail);
        }
    }

    #[test]
    fn each_weak_method_must_be_off() {
        tell(
            &CHECK,
            &[
                (
                    "text messages",
                    "authentication-methods-policy",
                    "/0/authenticationMethodConfigurations/2/state",
                    json!("enabled"),
                    Fail,
                ),
                (
                    "voice calls",
                    "authentication-methods-policy",
                    "/0/authenticationMethodConfigurations/3/state",
                    json!("enabled"),
                    Fail,
                ),
                (
                    "mail",
                    "authentication-methods-policy",
                    "/0/authenticationMethodConfigurations/4/state",
                    json!("enabled"),
                    Fail,
                ),
                (
                    "a state of tomorrow",
                    "authentication-methods-policy",
                    "/0/authenticationMethodConfigurations/2/state",
                    json!("default"),
                    Unknown,
                ),
                (
                    "no state",
                    "authentication-methods-policy",
                    "/0/authenticationMethodConfigurations/2/state",
                    json!(null),
                    Unknown,
                ),
                (
                    "not in the policy",
                    "authentication-methods-policy",
                    "/0/authenticationMethodConfigurations/2/id",
                    json!("Other"),
                    Unknown,
                ),
                (
                    "no methods",
                    "authentication-methods-policy",
                    "/0/authenticationMethodConfigurations",
                    json!(null),
                    Unknown,
                ),
            ],
        );
    }
}
