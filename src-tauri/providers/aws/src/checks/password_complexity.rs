//! A password of one kind of character is guessed sooner.

use super::{PASSWORD_PAGE, password};
use crate::datasets::PasswordPolicy;
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict};

/// The rule.
pub static CHECK: Check = Check {
    id: "aws.iam.password_complexity",
    alias: "AWS-14",
    version: 2,
    title: "Passwords of console users mix letters, numbers and symbols.",
    objectives: &["3.5.7[a]", "3.5.7[c]", "3.5.7[d]"],
    severity: Severity::Medium,
    remedy: "IAM > Account settings > Password policy > Edit: tick upper case, lower case, number and symbol.",
    console: PASSWORD_PAGE,
    reperform: Reperform {
        portal: "IAM > Account settings > Password policy.",
        command: "aws iam get-account-password-policy",
    },
    datasets: &["aws.iam_password_policy", "aws.iam_credential_report"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    password::judge(collected, |policy: &PasswordPolicy| {
        let rules = [
            ("upper-case letter", policy.require_uppercase_characters),
            ("lower-case letter", policy.require_lowercase_characters),
            ("number", policy.require_numbers),
            ("symbol", policy.require_symbols),
        ];
        let named = |wanted: Option<bool>| -> Vec<&str> {
            rules
                .iter()
                .filter(|(_, rule)| *rule == wanted)
                .map(|(name, _)| *name)
                .collect()
        };
        let (off, silent) = (named(Some(false)), named(None));
        if !off.is_empty() {
            password::Answer::Wrong(format!("Not asked for: {}.", off.join(", ")))
        } else if !silent.is_empty() {
            password::Answer::Unclear(format!(
                "The policy does not say whether it asks for: {}.",
                silent.join(", ")
            ))
        } else {
            password::Answer::Right
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
    fn all_four_are_needed() {
        let all = "<RequireSymbols>true</RequireSymbols><RequireNumbers>true</RequireNumbers>\
                   <RequireUppercaseCharacters>true</RequireUppercaseCharacters>\
                   <RequireLowercaseCharacters>true</RequireLowercaseCharacters>";
        assert_eq!(outcome(all), Outcome::Pass);
        assert_eq!(
            outcome(&all.replace("<RequireNumbers>true", "<RequireNumbers>false")),
            Outcome::Fail
        );
        assert_eq!(
            outcome(&all.replace("<RequireNumbers>true</RequireNumbers>", "")),
            Outcome::Unknown
        );
        refused_is_unknown(&CHECK, &crate::datasets::PASSWORD_POLICY);
    }
}
