//! An organization can forbid its accounts what no account should do.

use super::console::console;
use crate::datasets::{ORGANIZATION, Organization};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// Where organizations are.
pub(super) const ORGANIZATIONS_PAGE: &[(&str, &str)] = console!("organizations/v2/home");

/// The rule.
///
/// | AWS's answer | verdict |
/// | --- | --- |
/// | an organization with all features | pass |
/// | an organization that shares bills only | fail |
/// | the account is in no organization | not applicable: a company of one account needs none |
/// | an organization that does not say its features | unknown |
pub static CHECK: Check = Check {
    id: "aws.org.member",
    alias: "AWS-79",
    version: 1,
    title: "The organization that the account is in has all features.",
    objectives: &["3.1.5[b]", "3.4.2[b]"],
    severity: Severity::Info,
    remedy: "AWS Organizations > Create an organization, or accept the invitation of the company's management account; then Settings > Enable all features. For a single account it is a way to set limits that not even its administrators can lift, and costs nothing.",
    console: ORGANIZATIONS_PAGE,
    reperform: Reperform {
        portal: "AWS Organizations > Settings: Feature set.",
        command: "aws organizations describe-organization",
    },
    datasets: &["aws.org_organization"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let organization = match collected.one::<Organization>(ORGANIZATION.id) {
        Ok(organization) => organization,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::new();
    let id = organization.id.as_deref().unwrap_or("organization");
    let (name, kind) = ("organization", "organization");
    match (organization.not_used, organization.feature_set.as_deref()) {
        (false, Some("ALL")) => judge.pass(),
        (false, Some("CONSOLIDATED_BILLING")) => {
            let note = "It shares bills only, and can forbid nothing.";
            judge.fail(id, name, kind, note);
        }
        (true, None) => return judge.conclude(WhenEmpty::NotApplicable),
        _ => judge.unknown(id, name, kind, "AWS does not say which features it has."),
    }
    judge.conclude(WhenEmpty::Unknown(
        "There is always an answer about the organization.".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome};

    fn outcome(status: u16, body: &str) -> Outcome {
        let pages = vec![(origin(status, "us-east-1", None), body.as_bytes().to_vec())];
        Account::new()
            .pages(&ORGANIZATION, pages, Completeness::complete())
            .judge(&CHECK)
            .outcome
    }

    #[test]
    fn all_features_count_and_no_organization_is_an_answer() {
        let with = |set: &str| {
            let body = format!(r#"{{"Organization":{{"Id":"o-1","FeatureSet":"{set}"}}}}"#);
            outcome(200, &body)
        };
        assert_eq!(with("ALL"), Outcome::Pass);
        assert_eq!(with("CONSOLIDATED_BILLING"), Outcome::Fail);
        assert_eq!(with("SOME"), Outcome::Unknown);
        assert_eq!(
            outcome(200, r#"{"Organization":{"Id":"o-1"}}"#),
            Outcome::Unknown
        );
        let none = r#"{"__type":"AWSOrganizationsNotInUseException","Message":"m"}"#;
        assert_eq!(outcome(400, none), Outcome::NotApplicable);
        let denied = r#"{"__type":"AccessDeniedException"}"#;
        assert_eq!(outcome(400, denied), Outcome::Unknown);
        refused_is_unknown(&CHECK, &ORGANIZATION);
    }
}
