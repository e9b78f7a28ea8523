//! Who can sign in to the organization's code with a password alone.

use super::{jury::Jury, told::Told};
use crate::datasets::{
    MEMBERS_INSECURE_2FA, MEMBERS_WITHOUT_2FA, ORGANIZATION, OUTSIDE_WITHOUT_2FA, Organization,
    Person,
};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

const PAGE: &[(&str, &str)] = console!("organizations/keeping-your-organization-secure");

/// The parameter that names who asks for the second factor instead of GitHub.
const ELSEWHERE: &str = "github.identity_provider_mfa";

/// The rule.
///
/// | `two_factor_requirement_enabled` | the company names an identity provider | it |
/// | --- | --- | --- |
/// | `true` | either way | passes |
/// | `false` | no | fails |
/// | `false` | yes | unknown: a person has to judge whether that one asks everybody for a second factor |
/// | null or absent | either way | unknown: only an owner's token sees it |
///
/// What the company says of its identity provider is no collected data, so it makes nothing not applicable.
pub static REQUIRED: Check = Check {
    id: "github.org.mfa_required",
    alias: "GITHUB-1",
    version: 1,
    title: "The organization requires two-factor authentication of everybody.",
    objectives: &["3.5.3[c]", "3.5.3[d]", "3.5.2[a]"],
    severity: Severity::Critical,
    remedy: "Organization settings > Authentication security: tick \"Require two-factor authentication for everyone\". Members without one lose access until they set it up, so tell them first.",
    console: PAGE,
    reperform: Reperform {
        portal: "Organization settings > Authentication security: \"Require two-factor authentication for everyone\".",
        command: "gh api orgs/ORG --jq .two_factor_requirement_enabled",
    },
    datasets: &["github.organization"],
    parameters: &[ELSEWHERE],
    clouds: Clouds::All,
    evaluate: required,
};

/// The rule: every listed member fails; an empty list, read to its end, passes. The list is refused to anybody but an
/// owner, which is unknown.
pub static MEMBERS: Check = Check {
    id: "github.org.members_2fa",
    alias: "GITHUB-2",
    version: 1,
    title: "Every member has a second factor.",
    objectives: &["3.5.3[c]", "3.5.3[d]"],
    severity: Severity::Critical,
    remedy: "Have each listed member set up two-factor authentication, or remove them. Then require it for the whole organization.",
    console: PAGE,
    reperform: Reperform {
        portal: "Organization > People: filter \"Two-factor authentication: Disabled\".",
        command: "gh api --paginate 'orgs/ORG/members?filter=2fa_disabled' --jq '.[].login'",
    },
    datasets: &["github.members_without_2fa"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| nobody(collected, MEMBERS_WITHOUT_2FA.id, "Has no second factor."),
};

/// The rule: every listed member fails; an empty list, read to its end, passes. A server that does not know the filter
/// refuses it, which is unknown.
pub static INSECURE: Check = Check {
    id: "github.org.members_2fa_insecure",
    alias: "GITHUB-3",
    version: 1,
    title: "No member's second factor is a text message.",
    objectives: &["3.5.3[d]", "3.5.4[a]"],
    severity: Severity::Medium,
    remedy: "Have each listed member replace text messages with an authenticator app, a security key or a passkey. Then choose \"Only allow secure two-factor methods\" under Authentication security.",
    console: PAGE,
    reperform: Reperform {
        portal: "Organization > People: filter \"Two-factor authentication: Insecure\".",
        command: "gh api --paginate 'orgs/ORG/members?filter=2fa_insecure' --jq '.[].login'",
    },
    datasets: &["github.members_insecure_2fa"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| {
        nobody(
            collected,
            MEMBERS_INSECURE_2FA.id,
            "Can use a text message as the second factor.",
        )
    },
};

/// The rule: every listed outside collaborator fails; an empty list, read to its end, passes.
pub static OUTSIDE: Check = Check {
    id: "github.org.outside_2fa",
    alias: "GITHUB-4",
    version: 1,
    title: "Every outside collaborator has a second factor.",
    objectives: &["3.5.3[d]", "3.1.20[c]", "3.1.20[d]"],
    severity: Severity::Critical,
    remedy: "Remove each listed person from the repositories, or have them set up two-factor authentication.",
    console: PAGE,
    reperform: Reperform {
        portal: "Organization > People > Outside collaborators: filter \"Two-factor authentication: Disabled\".",
        command: "gh api --paginate 'orgs/ORG/outside_collaborators?filter=2fa_disabled' --jq '.[].login'",
    },
    datasets: &["github.outside_without_2fa"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| nobody(collected, OUTSIDE_WITHOUT_2FA.id, "Has no second factor."),
};

fn required(collected: &Collected<'_>) -> Verdict {
    let organization: Organization = match collected.one(ORGANIZATION.id) {
        Ok(organization) => organization,
        Err(reason) => return reason.into(),
    };
    let provider = collected.parameters.get(ELSEWHERE);
    let provider = provider.as_ref().and_then(|value| value.as_str());
    let provider = provider.map(str::trim).filter(|name| !name.is_empty());
    let told = match (organization.two_factor_requirement_enabled, provider) {
        (Some(true), _) => Told::Yes,
        (Some(false), None) => Told::no("Two-factor authentication is not required."),
        (Some(false), Some(provider)) => Told::for_a_person(format!(
            "GitHub requires no second factor; the company says that {provider} does for everybody who signs in."
        )),
        (None, _) => Told::Unclear(owners_only()),
    };
    let name = organization.login.unwrap_or_default();
    let mut jury = Jury::new();
    jury.told("organization", &name, &name, told);
    jury.conclude(WhenEmpty::Unknown(
        "GitHub tells of one organization.".to_owned(),
    ))
}

/// GitHub shows a setting to owners only.
pub(super) fn owners_only() -> Reason {
    Reason::new(
        UnknownCode::PermissionMissing,
        "GitHub shows this setting only to an owner: it needs an organization owner's token.",
    )
}

fn nobody(collected: &Collected<'_>, dataset: &str, note: &str) -> Verdict {
    let mut jury = Jury::new();
    for person in jury.rows::<Person>(collected, dataset) {
        let id = person.id.map(|id| id.to_string()).unwrap_or_default();
        jury.told("user", &id, &person.name(), Told::no(note));
    }
    jury.conclude(WhenEmpty::Passes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::Org;
    use evidence::Outcome::{Fail, Pass, Unknown};
    use provider_kit::Dataset;
    use serde_json::json;

    #[test]
    fn the_requirement_is_what_the_setting_says() {
        for (value, provider, expected) in [
            (json!(true), "", (Pass, None)),
            (json!(true), "Entra ID", (Pass, None)),
            (json!(false), "", (Fail, None)),
            (json!(false), " ", (Fail, None)),
            (
                json!(false),
                "Entra ID",
                (Unknown, Some(UnknownCode::NeedsJudgement)),
            ),
            (
                json!(null),
                "",
                (Unknown, Some(UnknownCode::PermissionMissing)),
            ),
            (
                json!("yes"),
                "",
                (Unknown, Some(UnknownCode::MalformedAnswer)),
            ),
        ] {
            let org = Org::new()
                .organization(json!({"two_factor_requirement_enabled": value}))
                .with(ELSEWHERE, json!(provider));
            assert_eq!(org.says(&REQUIRED), expected, "{value} {provider}");
        }
        let absent = Org::new().organization(json!({}));
        assert_eq!(
            absent.says(&REQUIRED),
            (Unknown, Some(UnknownCode::PermissionMissing))
        );
    }

    #[test]
    fn everybody_on_a_list_fails_and_half_a_list_shows_nobody() {
        let lists: [(&Check, &'static Dataset); 3] = [
            (&MEMBERS, &MEMBERS_WITHOUT_2FA),
            (&INSECURE, &MEMBERS_INSECURE_2FA),
            (&OUTSIDE, &OUTSIDE_WITHOUT_2FA),
        ];
        for (check, dataset) in lists {
            let org = |rows| Org::new().list(dataset, rows);
            assert_eq!(org(json!([])).says(check), (Pass, None));
            let two = org(json!([{"id": 1, "login": "dreyes"}, {"id": 2}])).told(check);
            assert_eq!(
                two,
                (Fail, vec!["dreyes".to_owned(), "number 2".to_owned()])
            );
            assert_eq!(org(json!([{}])).told(check).1, ["without a name"]);
            let half = Org::new().half(dataset, json!([]));
            assert_eq!(half.says(check), (Unknown, Some(UnknownCode::Partial)));
            let some = Org::new().half(dataset, json!([{"id": 1}])).judge(check);
            assert_eq!((some.outcome, some.population.complete), (Fail, false));
            let odd = org(json!([7])).says(check);
            assert_eq!(odd, (Unknown, Some(UnknownCode::MalformedAnswer)));
        }
    }
}
