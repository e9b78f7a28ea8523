//! Where the organization manages root users, its accounts need no root password that could be stolen.

use super::console::console;
use crate::datasets::{
    NO_ORGANIZATION, NO_TRUSTED_ACCESS, NOT_ALL_FEATURES, NOT_MANAGEMENT, ORGANIZATIONS_FEATURES,
    OrganizationsFeatures,
};
use evidence::{Population, Severity};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The feature by which accounts have no root credentials of their own.
const MANAGED: &str = "RootCredentialsManagement";
const LOOK: &str =
    "Only the organization's management account is told. Look there: IAM > Root access management.";

/// The rule.
///
/// | AWS's answer | verdict |
/// | --- | --- |
/// | features, with `RootCredentialsManagement` among them | pass |
/// | features without it | fail |
/// | IAM has no access to the organization, or the organization shares bills only: it can't be on | fail |
/// | this is not the management account, nor one that stands in for it | unknown: a person looks there |
/// | the account is in no organization | not applicable |
/// | neither features nor one of these answers | unknown |
pub static CHECK: Check = Check {
    id: "aws.iam.root_central_mgmt",
    alias: "AWS-05",
    version: 1,
    title: "The organization manages the root users of its accounts.",
    objectives: &["3.1.5[b]", "3.1.7[c]"],
    severity: Severity::Low,
    remedy: "In the management account: IAM > Root access management > Enable, with root credentials management. Then delete the root credentials of the member accounts there.",
    console: console!("iam/home#/organization"),
    reperform: Reperform {
        portal: "In the management account: IAM > Root access management.",
        command: "aws iam list-organizations-features",
    },
    datasets: &["aws.iam_organizations_features"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let features = match collected.one::<OrganizationsFeatures>(ORGANIZATIONS_FEATURES.id) {
        Ok(features) => features,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::new();
    let (id, name, kind) = ("organization", "organization", "organization");
    let mut looks = 0;
    match (&features.enabled_features, features.code.as_deref()) {
        (Some(enabled), None) if enabled.iter().any(|one| one == MANAGED) => judge.pass(),
        (Some(_), None) => judge.fail(id, name, kind, "Root users are not managed centrally."),
        (None, Some(NO_TRUSTED_ACCESS)) => {
            let note = "IAM has no access to the organization, so that it can manage no root user.";
            judge.fail(id, name, kind, note);
        }
        (None, Some(NOT_ALL_FEATURES)) => {
            let note = "The organization shares bills only, so that it can manage no root user.";
            judge.fail(id, name, kind, note);
        }
        (None, Some(NOT_MANAGEMENT)) => {
            looks = 1;
            judge.unknown(id, name, kind, LOOK);
        }
        (None, Some(NO_ORGANIZATION)) => {
            return Verdict::not_applicable(Population {
                seen: 0,
                total: Some(0),
                pages: 1,
                complete: true,
            });
        }
        _ => judge.unknown(id, name, kind, "AWS does not say which features are on."),
    }
    super::for_a_person::conclude(
        judge,
        looks,
        WhenEmpty::Unknown("There is always an answer about the features.".to_owned()),
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome, UnknownCode};

    fn judge(status: u16, body: String) -> Verdict {
        let pages = vec![(origin(status, "us-east-1", None), body.into_bytes())];
        Account::new()
            .pages(&ORGANIZATIONS_FEATURES, pages, Completeness::complete())
            .judge(&CHECK)
    }

    fn features(members: &str) -> Outcome {
        judge(
            200,
            format!(
                "<ListOrganizationsFeaturesResponse><ListOrganizationsFeaturesResult><OrganizationId>o</OrganizationId>{members}\
                 </ListOrganizationsFeaturesResult></ListOrganizationsFeaturesResponse>"
            ),
        )
        .outcome
    }

    #[test]
    fn the_feature_decides() {
        let list =
            |name: &str| format!("<EnabledFeatures><member>{name}</member></EnabledFeatures>");
        assert_eq!(features(&list(MANAGED)), Outcome::Pass);
        assert_eq!(features(&list("RootSessions")), Outcome::Fail);
        assert_eq!(features("<EnabledFeatures/>"), Outcome::Fail);
        assert_eq!(features(""), Outcome::Unknown);
    }

    #[test]
    fn each_documented_refusal_has_its_meaning() {
        let refused = |code: &str| {
            judge(
                403,
                format!("<ErrorResponse><Error><Code>{code}</Code></Error></ErrorResponse>"),
            )
        };
        for (code, outcome) in [
            (NO_ORGANIZATION, Outcome::NotApplicable),
            (NO_TRUSTED_ACCESS, Outcome::Fail),
            (NOT_ALL_FEATURES, Outcome::Fail),
            (NOT_MANAGEMENT, Outcome::Unknown),
            ("AccessDenied", Outcome::Unknown),
        ] {
            assert_eq!(refused(code).outcome, outcome, "{code}");
        }
        assert_eq!(
            refused(NOT_MANAGEMENT).reason.unwrap().code,
            UnknownCode::NeedsJudgement
        );
        assert_eq!(
            refused("AccessDenied").reason.unwrap().code,
            UnknownCode::MalformedAnswer
        );
        refused_is_unknown(&CHECK, &ORGANIZATIONS_FEATURES);
    }
}
