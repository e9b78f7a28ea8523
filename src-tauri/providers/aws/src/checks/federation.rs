//! Where people sign in by the company's own sign-on, leaving the company takes the way to AWS along.

use super::{USERS_PAGE, for_a_person, number, report, rights::filled, told};
use crate::datasets::{Flag, ROLES, Role, SAML_PROVIDERS, SamlProvider};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// So many people may have a password of their own.
const MOST: &str = "aws.most_console_users";

/// The rule. It informs and never fails: nobody has to federate.
///
/// | a SAML provider, or a role of IAM Identity Center (below `/aws-reserved/sso.amazonaws.com/`) | IAM users with a console password | verdict |
/// | --- | --- | --- |
/// | there is one | any | pass |
/// | there is none | no more than the parameter allows | pass |
/// | there is none | more | unknown: a person decides whether that is how it should be |
/// | there is none | perhaps more, as the report does not say of some | unknown |
///
/// What is missing of the three datasets makes it unknown.
pub static CHECK: Check = Check {
    id: "aws.iam.federation",
    alias: "AWS-25",
    version: 1,
    title: "People reach AWS by the company's sign-on, or few have a password of their own.",
    objectives: &["3.5.1[a]", "3.5.2[a]"],
    severity: Severity::Info,
    remedy: "Set up IAM Identity Center (IAM Identity Center > Enable) and connect the company's sign-on to it; then take the console passwords off the IAM users. If that is not wanted, raise the number of people that may have one.",
    console: USERS_PAGE,
    reperform: Reperform {
        portal: "IAM > Identity providers, and IAM > Users: the column Console access.",
        command: "aws iam list-saml-providers; aws iam list-roles --path-prefix /aws-reserved/sso.amazonaws.com/",
    },
    datasets: &[
        "aws.iam_saml_providers",
        "aws.iam_roles",
        "aws.iam_credential_report",
    ],
    parameters: &[MOST],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    let providers = told::also::<SamlProvider>(collected, &mut judge, SAML_PROVIDERS.id);
    let roles = told::also::<Role>(collected, &mut judge, ROLES.id);
    let users = match report::rows(collected) {
        Ok(report) => {
            judge.also(&report);
            report.rows
        }
        Err(reason) => {
            judge.lacks(reason);
            Vec::new()
        }
    };
    let most = match number(collected, MOST) {
        Ok(most) => most,
        Err(reason) => return reason.into(),
    };
    let federated = providers.iter().any(|one| filled(&one.arn).is_some())
        || roles.iter().any(|role| {
            filled(&role.path)
                .is_some_and(|path| path.starts_with("/aws-reserved/sso.amazonaws.com/"))
        });
    let with = |flag: Flag| {
        let users = users
            .iter()
            .filter(|row| !row.is_root() && row.has_password() == flag);
        i64::try_from(users.count()).unwrap_or(i64::MAX)
    };
    let (sure, perhaps) = (with(Flag::Yes), with(Flag::Unclear));
    let (id, name) = ("console-users", "people with a console password");
    if federated || sure.saturating_add(perhaps) <= most {
        judge.pass();
        return judge.conclude(WhenEmpty::Passes);
    }
    if sure > most {
        let note = format!(
            "{sure} IAM users have one, {most} may, and there is no other sign-on. Decide whether that is how it should be."
        );
        judge.unknown(id, name, "people", note);
        return for_a_person::conclude(judge, 1, WhenEmpty::Passes);
    }
    let note = format!(
        "{sure} IAM users have one; of {perhaps} more the credential report does not say. {most} may."
    );
    judge.unknown(id, name, "people", note);
    judge.conclude(WhenEmpty::Passes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use crate::datasets::CREDENTIAL_REPORT;
    use evidence::{Outcome, UnknownCode};

    fn account(providers: &str, path: &str, passwords: &[&str]) -> Account {
        let saml = format!(
            "<ListSAMLProvidersResponse><ListSAMLProvidersResult><SAMLProviderList>{providers}</SAMLProviderList>\
             </ListSAMLProvidersResult></ListSAMLProvidersResponse>"
        );
        let roles = format!(
            "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult><RoleDetailList><member>\
             <Path>{path}</Path><RoleName>r</RoleName><Arn>a</Arn></member></RoleDetailList>\
             </GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>"
        );
        let rows: Vec<String> = passwords
            .iter()
            .enumerate()
            .map(|(number, word)| format!("u{number},{number},{word}"))
            .collect();
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        Account::new()
            .page(&SAML_PROVIDERS, saml.into_bytes())
            .page(&ROLES, roles.into_bytes())
            .report("user,arn,password_enabled", &rows)
            .with(MOST, 1.into())
    }

    const PROVIDER: &str =
        "<member><Arn>arn:aws:iam::123456789012:saml-provider/company</Arn></member>";

    #[test]
    fn a_sign_on_or_few_passwords_pass() {
        let outcome = |providers, path, passwords: &[&str]| {
            account(providers, path, passwords).judge(&CHECK).outcome
        };
        let two = ["true", "true"];
        assert_eq!(outcome(PROVIDER, "/", &two), Outcome::Pass);
        let center = "/aws-reserved/sso.amazonaws.com/us-east-1/";
        assert_eq!(outcome("", center, &two), Outcome::Pass);
        assert_eq!(outcome("", "/", &["true", "false"]), Outcome::Pass);
        assert_eq!(outcome("<member/>", "/", &two), Outcome::Unknown);
    }

    #[test]
    fn many_passwords_are_for_a_person() {
        let verdict = account("", "/", &["true", "true", "perhaps"]).judge(&CHECK);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::NeedsJudgement);
        let verdict = account("", "/", &["true", "perhaps"]).judge(&CHECK);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::MalformedAnswer);
        let unset = account("", "/", &[]).with(MOST, serde_json::Value::Null);
        assert_eq!(unset.judge(&CHECK).outcome, Outcome::Unknown);
    }

    #[test]
    fn all_three_datasets_are_needed() {
        for dataset in [&SAML_PROVIDERS, &ROLES, &CREDENTIAL_REPORT] {
            refused_is_unknown(&CHECK, dataset);
        }
    }
}
