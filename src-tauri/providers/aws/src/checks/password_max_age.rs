//! Some companies have passwords run out; the requirements do not ask for it.

use super::{PASSWORD_PAGE, number, password};
use crate::datasets::{PASSWORD_POLICY, PasswordPolicy};
use evidence::{Population, Severity};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict};

/// The company's own number of days; 0 where it has none.
const DAYS: &str = "aws.password_max_age_days";

/// The rule.
///
/// | the company's limit | the policy | verdict |
/// | --- | --- | --- |
/// | none (0, as it is at first) | was read | not applicable |
/// | days | no user has a password, and everything was seen | not applicable |
/// | days | none is set | fail |
/// | days | passwords never run out, or later than that | fail |
/// | days | passwords run out in time | pass |
/// | days | does not say whether or when passwords run out | unknown |
pub static CHECK: Check = Check {
    id: "aws.iam.password_max_age",
    alias: "AWS-16",
    version: 1,
    title: "Passwords of console users run out when the company says they do.",
    objectives: &["3.5.6[b]", "3.5.8[b]"],
    severity: Severity::Low,
    remedy: "IAM > Account settings > Password policy > Edit: turn on password expiration and enter the days. If the company does not ask for it, set its limit to 0.",
    console: PASSWORD_PAGE,
    reperform: Reperform {
        portal: "IAM > Account settings > Password policy: Password expiration.",
        command: "aws iam get-account-password-policy",
    },
    datasets: &["aws.iam_password_policy", "aws.iam_credential_report"],
    parameters: &[DAYS],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let days = match number(collected, DAYS) {
        Ok(days) => days,
        Err(reason) => return reason.into(),
    };
    if days == 0 {
        return match collected.one::<PasswordPolicy>(PASSWORD_POLICY.id) {
            Ok(_) => Verdict::not_applicable(Population {
                seen: 0,
                total: Some(0),
                pages: 1,
                complete: true,
            }),
            Err(reason) => reason.into(),
        };
    }
    password::judge(collected, |policy: &PasswordPolicy| {
        use password::Answer::{Right, Unclear, Wrong};
        match (policy.expire_passwords, policy.max_password_age) {
            (Some(true), Some(age)) if (1..=days).contains(&age) => Right,
            (Some(true), Some(age)) if age > days => Wrong(format!(
                "Passwords run out after {age} days; {days} are asked for."
            )),
            (Some(false), _) => Wrong(format!(
                "Passwords never run out; {days} days are asked for."
            )),
            _ => Unclear("The policy does not say whether and when passwords run out.".to_owned()),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Outcome;

    fn with(days: i64, policy: &str) -> Outcome {
        Account::case("good")
            .with(DAYS, days.into())
            .policy(policy)
            .judge(&CHECK)
            .outcome
    }

    #[test]
    fn the_companys_days_decide() {
        let ninety = "<ExpirePasswords>true</ExpirePasswords><MaxPasswordAge>90</MaxPasswordAge>";
        assert_eq!(with(90, ninety), Outcome::Pass);
        assert_eq!(with(89, ninety), Outcome::Fail);
        assert_eq!(
            with(90, "<ExpirePasswords>false</ExpirePasswords>"),
            Outcome::Fail
        );
        for unclear in [
            "<ExpirePasswords>true</ExpirePasswords>",
            "<MaxPasswordAge>90</MaxPasswordAge>",
            "<ExpirePasswords>true</ExpirePasswords><MaxPasswordAge>0</MaxPasswordAge>",
        ] {
            assert_eq!(with(90, unclear), Outcome::Unknown, "{unclear}");
        }
        let mixed = Account::case("mixed").with(DAYS, 90.into());
        assert_eq!(mixed.judge(&CHECK).outcome, Outcome::Fail, "there is none");
    }

    #[test]
    fn without_a_limit_it_does_not_apply_but_nothing_is_concluded_from_nothing() {
        assert_eq!(
            with(0, "<ExpirePasswords>false</ExpirePasswords>"),
            Outcome::NotApplicable
        );
        let refused = Account::case("good")
            .with(DAYS, 0.into())
            .without(&PASSWORD_POLICY);
        assert_eq!(refused.judge(&CHECK).outcome, Outcome::Unknown);
        let unset = Account::case("good").with(DAYS, serde_json::Value::Null);
        assert_eq!(unset.judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &PASSWORD_POLICY);
    }
}
