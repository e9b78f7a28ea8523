//! ENTRA-07. The Authenticator app shows which application asks, and from where, so that people notice a prompt that is
//! not theirs.

use super::console;
use crate::datasets::settings::{Feature, METHODS, Methods};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The target that means everybody.
const EVERYBODY: &str = "all_users";
/// The target that means nobody.
const NOBODY: &str = "00000000-0000-0000-0000-000000000000";

/// With the Authenticator disabled: not applicable, once the migration to this policy is complete; before that unknown,
/// because older policies may still allow it. Otherwise each of the two (the application, the place):
///
/// | state | for | verdict |
/// | --- | --- | --- |
/// | enabled | everybody, nobody left out | pass |
/// | enabled | others | fail |
/// | disabled | any | fail |
/// | default | any | unknown: Microsoft decides, and changes its mind; a person has to look |
/// | not said, or of another kind | any | unknown |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.authentication_methods.authenticator_context_shown",
    alias: "ENTRA-07",
    version: 1,
    title: "The Authenticator app shows the application and the place of a sign-in.",
    objectives: &["3.5.4[a]"],
    severity: Severity::Low,
    remedy: "In the settings of Microsoft Authenticator set \"Show application name\" and \"Show geographic location\" to Enabled for all \
             users.",
    console: console!("Microsoft_AAD_IAM/AuthenticationMethodsMenuBlade/~/AdminAuthMethods"),
    reperform: Reperform {
        portal: "Entra admin center > Protection > Authentication methods > Policies > Microsoft Authenticator > Configure.",
        command: "(Get-MgPolicyAuthenticationMethodPolicyAuthenticationMethodConfiguration -AuthenticationMethodConfigurationId MicrosoftAuthenticator).AdditionalProperties.featureSettings | ConvertTo-Json -Depth 4",
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
    let methods = policy.authentication_method_configurations;
    let app = methods.into_iter().flatten().find(|method| {
        let id = method.id.as_deref();
        id.is_some_and(|id| id.eq_ignore_ascii_case("MicrosoftAuthenticator"))
    });
    let Some(app) = app else {
        return Verdict::unknown(malformed("does not name Microsoft Authenticator"));
    };
    match app.state.as_deref() {
        Some("enabled") => {}
        Some("disabled") => {
            return match older {
                None => Judge::new().conclude(WhenEmpty::NotApplicable),
                Some(reason) => Verdict::unknown(reason),
            };
        }
        _ => return Verdict::unknown(malformed("does not say whether the app may be used")),
    }
    let features = app.feature_settings;
    let parts = features.map(|features| {
        [
            features.display_app_information_required_state,
            features.display_location_information_required_state,
        ]
    });
    let mut judge = Judge::new();
    let names = ["the application", "the place"];
    for (name, feature) in names.into_iter().zip(parts.unwrap_or_default()) {
        one(&mut judge, name, feature);
    }
    judge.conclude(WhenEmpty::Unknown("Nothing was looked at.".to_owned()))
}

fn malformed(what: &str) -> Reason {
    let detail = format!("The authentication methods policy {what}.");
    Reason::new(UnknownCode::MalformedAnswer, detail)
}

fn one(judge: &mut Judge, name: &str, feature: Option<Feature>) {
    let id = format!("MicrosoftAuthenticator: {name}");
    let kind = "authenticationMethod";
    let Some(feature) = feature else {
        judge.unknown(id, name, kind, "whether it is shown is not said");
        return;
    };
    let included = feature.include_target.and_then(|target| target.id);
    let excluded = feature.exclude_target.and_then(|target| target.id);
    match (
        feature.state.as_deref(),
        included.as_deref(),
        excluded.as_deref(),
    ) {
        (Some("disabled"), ..) => judge.fail(id, name, kind, "is not shown"),
        (Some("default"), ..) => {
            judge.ask(
                id,
                name,
                kind,
                "is left to Microsoft's default, which changes; what people see has to be looked at",
            );
        }
        (Some("enabled"), Some(EVERYBODY), Some(NOBODY)) => judge.pass(),
        (Some("enabled"), Some(_), Some(_)) => {
            judge.fail(id, name, kind, "is shown to some people only");
        }
        (Some("enabled"), ..) => judge.unknown(id, name, kind, "to whom it is shown is not said"),
        _ => judge.unknown(id, name, kind, "whether it is shown is not said"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::CHECK;
    use crate::checks::testing::{Bench, tell};
    use evidence::Outcome::{Fail, NotApplicable, Unknown};
    use evidence::UnknownCode;
    use serde_json::{Value, json};

    const POLICY: &str = "authentication-methods-policy";
    const APP: &str = "/0/authenticationMethodConfigurations/1";

    #[test]
    fn both_are_shown_to_everybody() {
        let at = |part: &str| format!("{APP}/featureSettings/{part}");
        let shown = at("displayAppInformationRequiredState");
        let place = at("displayLocationInformationRequiredState");
        let story = |name, pointer: &str, value: Value, outcome| {
            (name, POLICY, pointer.to_owned(), value, outcome)
        };
        let stories = [
            story("off", &format!("{shown}/state"), json!("disabled"), Fail),
            story(
                "place off",
                &format!("{place}/state"),
                json!("disabled"),
                Fail,
            ),
            story(
                "default",
                &format!("{shown}/state"),
                json!("default"),
                Unknown,
            ),
            story(
                "another state",
                &format!("{shown}/state"),
                json!("soon"),
                Unknown,
            ),
            story("no state", &format!("{shown}/state"), json!(null), Unknown),
            story(
                "some",
                &format!("{shown}/includeTarget/id"),
                json!("g-1"),
                Fail,
            ),
            story(
                "left out",
                &format!("{place}/excludeTarget/id"),
                json!("g-1"),
                Fail,
            ),
            story(
                "nobody said",
                &format!("{shown}/includeTarget"),
                json!(null),
                Unknown,
            ),
            story("none said", &shown, json!(null), Unknown),
            story(
                "no settings",
                &format!("{APP}/featureSettings"),
                json!(null),
                Unknown,
            ),
            story(
                "app off",
                &format!("{APP}/state"),
                json!("disabled"),
                NotApplicable,
            ),
            story("app unsaid", &format!("{APP}/state"), json!(null), Unknown),
            story("no app", &format!("{APP}/id"), json!("Other"), Unknown),
        ];
        let stories: Vec<_> = stories
            .iter()
            .map(|(name, dataset, pointer, value, outcome)| {
                (*name, *dataset, pointer.as_str(), value.clone(), *outcome)
            })
            .collect();
        tell(&CHECK, &stories);
    }

    #[test]
    fn the_app_is_off_only_once_older_policies_count_no_more() {
        let off = Bench::good().set(POLICY, &format!("{APP}/state"), json!("disabled"));
        for (state, code) in [
            (json!("preMigration"), UnknownCode::NeedsJudgement),
            (json!(null), UnknownCode::MalformedAnswer),
        ] {
            let bench = off.clone().set(POLICY, "/0/policyMigrationState", state);
            assert_eq!(bench.judge(&CHECK).reason.unwrap().code, code);
        }
        let default = format!("{APP}/featureSettings/displayAppInformationRequiredState/state");
        let default = Bench::good().set(POLICY, &default, json!("default"));
        let reason = default.judge(&CHECK).reason.unwrap();
        assert_eq!(reason.code, UnknownCode::NeedsJudgement);
    }

    #[test]
    fn a_failure_says_which_of_the_two() {
        let pointer =
            format!("{APP}/featureSettings/displayLocationInformationRequiredState/state");
        let bench = Bench::good().set(POLICY, &pointer, json!("disabled"));
        assert_eq!(bench.notes(&CHECK), ["the place: is not shown"]);
    }
}
