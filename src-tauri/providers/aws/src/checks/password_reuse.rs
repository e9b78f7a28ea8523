//! A password that leaked once must not come back.

use super::{PASSWORD_PAGE, number, password};
use crate::datasets::PasswordPolicy;
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "aws.iam.password_reuse",
    alias: "AWS-15",
    version: 2,
    title: "Old passwords of console users can't be used again.",
    objectives: &["3.5.8[a]", "3.5.8[b]"],
    severity: Severity::Medium,
    remedy: "IAM > Account settings > Password policy > Edit: prevent the reuse of passwords.",
    console: PASSWORD_PAGE,
    reperform: Reperform {
        portal: "IAM > Account settings > Password policy.",
        command: "aws iam get-account-password-policy",
    },
    datasets: &["aws.iam_password_policy", "aws.iam_credential_report"],
    parameters: &["aws.password_reuse"],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let least = match number(collected, "aws.password_reuse") {
        Ok(least) => least,
        Err(reason) => return reason.into(),
    };
    password::judge(collected, |policy: &PasswordPolicy| {
        match policy.password_reuse_prevention {
            Some(value) if value >= least => password::Answer::Right,
            Some(value) => password::Answer::Wrong(format!(
                "{value} earlier passwords are remembered; {least} are asked for."
            )),
            None => password::Answer::Wrong("Every earlier password can be used again.".to_owned()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Outcome;

    fn outcome(policy: &str) -> Outcome {
        Account::case("good").policy(policy).judge(&CHECK).outcome
    }

    #[test]
    fn the_number_decides() {
        assert_eq!(
            outcome("<PasswordReusePrevention>24</PasswordReusePrevention>"),
            Outcome::Pass
        );
        assert_eq!(
            outcome("<PasswordReusePrevention>5</PasswordReusePrevention>"),
            Outcome::Fail
        );
        assert_eq!(
            outcome("<PasswordReusePrevention>long</PasswordReusePrevention>"),
            Outcome::Unknown
        );
        assert_eq!(outcome("<Other>1</Other>"), Outcome::Fail);
        let strict = Account::case("good").with("aws.password_reuse", 25.into());
        assert_eq!(
            strict.judge(&CHECK).outcome,
            Outcome::Fail,
            "the company's number, not ours"
        );
        refused_is_unknown(&CHECK, &crate::datasets::PASSWORD_POLICY);
    }
}
