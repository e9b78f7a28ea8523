//! Short passwords are guessed.

use super::{PASSWORD_PAGE, number, password};
use crate::datasets::PasswordPolicy;
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "aws.iam.password_length",
    alias: "AWS-13",
    version: 2,
    title: "Passwords of console users have a safe minimum length.",
    objectives: &["3.5.7[a]", "3.5.7[c]"],
    severity: Severity::Medium,
    remedy: "IAM > Account settings > Password policy > Edit: set the minimum length.",
    console: PASSWORD_PAGE,
    reperform: Reperform {
        portal: "IAM > Account settings > Password policy.",
        command: "aws iam get-account-password-policy",
    },
    datasets: &["aws.iam_password_policy", "aws.iam_credential_report"],
    parameters: &["aws.password_min_length"],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let least = match number(collected, "aws.password_min_length") {
        Ok(least) => least,
        Err(reason) => return reason.into(),
    };
    password::judge(collected, |policy: &PasswordPolicy| {
        match policy.minimum_password_length {
            Some(value) if value >= least => password::Answer::Right,
            Some(value) => password::Answer::Wrong(format!(
                "{value} characters are enough; {least} are asked for."
            )),
            None => {
                password::Answer::Unclear("The policy does not name a minimum length.".to_owned())
            }
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
            outcome("<MinimumPasswordLength>14</MinimumPasswordLength>"),
            Outcome::Pass
        );
        assert_eq!(
            outcome("<MinimumPasswordLength>8</MinimumPasswordLength>"),
            Outcome::Fail
        );
        assert_eq!(
            outcome("<MinimumPasswordLength>long</MinimumPasswordLength>"),
            Outcome::Unknown
        );
        assert_eq!(outcome("<Other>1</Other>"), Outcome::Unknown);
        let strict = Account::case("good").with("aws.password_min_length", 25.into());
        assert_eq!(
            strict.judge(&CHECK).outcome,
            Outcome::Fail,
            "the company's number, not ours"
        );
        refused_is_unknown(&CHECK, &crate::datasets::PASSWORD_POLICY);
    }
}
