//! A new repository starts with the features that find flaws and secrets.

use super::{
    jury::Jury,
    org_two_factor::owners_only,
    population::{Answers, Forks, Repo, repositories, told, unexpected},
    repo_secrets::{self, Scan},
    told::Told,
};
use crate::datasets::{
    ORGANIZATION, Organization, REPOSITORY_SETTINGS, Repository, Says, Switch, VULNERABILITY_ALERTS,
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

/// The rule, over the four settings for new repositories (Dependabot alerts, dependency graph, secret scanning, push
/// protection):
///
/// | settings | the repositories there are | it |
/// | --- | --- | --- |
/// | all `true` | any | passes |
/// | one `false` | all have what these settings are about | unknown: a configuration may do it now, which a person has to see |
/// | one `false` | one has it not, or there is none | fails |
/// | one `false` | can't be told | unknown |
/// | none `false`, one null or absent | any | unknown |
///
/// GitHub is replacing these settings by security configurations, which a token that only reads can't see; so `false`
/// alone does not show that new repositories start without.
pub static CHECK: Check = Check {
    id: "github.org.new_repo_defaults",
    alias: "GITHUB-13",
    version: 1,
    title: "New repositories start with Dependabot, secret scanning and push protection.",
    objectives: &["3.4.2[b]", "3.11.2[c]"],
    severity: Severity::Low,
    remedy: "Organization settings > Code security > Configurations: make a configuration with Dependabot alerts, dependency graph, secret scanning and push protection the default for new repositories.",
    console: console!("code-security/securing-your-organization"),
    reperform: Reperform {
        portal: "Organization settings > Code security > Configurations: the default for new repositories.",
        command: "gh api orgs/ORG --jq '[.dependabot_alerts_enabled_for_new_repositories, .dependency_graph_enabled_for_new_repositories, .secret_scanning_enabled_for_new_repositories, .secret_scanning_push_protection_enabled_for_new_repositories]'",
    },
    datasets: &[
        "github.organization",
        "github.repositories",
        "github.repository_settings",
        "github.vulnerability_alerts",
    ],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let organization: Organization = match collected.one(ORGANIZATION.id) {
        Ok(organization) => organization,
        Err(reason) => return reason.into(),
    };
    let settings = [
        (
            "Dependabot alerts",
            organization.dependabot_alerts_enabled_for_new_repositories,
        ),
        (
            "dependency graph",
            organization.dependency_graph_enabled_for_new_repositories,
        ),
        (
            "secret scanning",
            organization.secret_scanning_enabled_for_new_repositories,
        ),
        (
            "push protection",
            organization.secret_scanning_push_protection_enabled_for_new_repositories,
        ),
    ];
    let name = organization.login.unwrap_or_default();
    let off: Vec<&str> = settings
        .iter()
        .filter(|(_, on)| *on == Some(false))
        .map(|(what, _)| *what)
        .collect();
    let mut jury = Jury::new();
    let told = if !off.is_empty() {
        let off = off.join(", ");
        match everywhere(collected) {
            Told::Yes => Told::for_a_person(format!(
                "Off for new repositories: {off}. Every repository has them, so a security configuration may switch them on."
            )),
            Told::No(why) => Told::no(format!("Off for new repositories: {off}. {why}")),
            unclear => unclear,
        }
    } else if settings.iter().any(|(_, on)| on.is_none()) {
        Told::Unclear(owners_only())
    } else {
        Told::Yes
    };
    jury.told("organization", &name, &name, told);
    jury.conclude(WhenEmpty::Unknown(
        "GitHub tells of one organization.".to_owned(),
    ))
}

/// Whether every repository has what the settings are about.
fn everywhere(collected: &Collected<'_>) -> Told {
    let mut look = Jury::new();
    let repos = repositories(collected, &mut look, Forks::Out);
    let settings = Answers::<Repository>::needed(collected, &mut look, REPOSITORY_SETTINGS.id);
    let alerts = Answers::<Switch>::needed(collected, &mut look, VULNERABILITY_ALERTS.id);
    let lacking = Told::all(repos.iter().map(|repo| has_all(repo, &settings, &alerts)));
    // What could not be read of the repositories is missing here, unless one was seen that lacks something.
    let missing = look.conclude(WhenEmpty::Passes).reason;
    match (lacking, missing) {
        (Told::No(_), _) => Told::no("Not every repository has them either."),
        (_, Some(reason)) => Told::Unclear(reason),
        (Told::Yes, None) if repos.is_empty() => Told::no("There is no repository that has them."),
        (told, None) => told,
    }
}

fn has_all(repo: &Repo, settings: &Answers<Repository>, alerts: &Answers<Switch>) -> Told {
    let features = repo_secrets::features(repo, settings);
    let dependabot = told(
        alerts.about(repo),
        |says| match says {
            Says::Off => Told::no("Off."),
            says => unexpected(says),
        },
        |switch| {
            Told::of(
                switch.enabled,
                "Off.",
                "GitHub does not say whether it is on.",
            )
        },
    );
    Told::all([
        dependabot,
        repo_secrets::is_on(&features, Scan::Secrets),
        repo_secrets::is_on(&features, Scan::Pushes),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Org, repository};
    use evidence::{
        Outcome::{Fail, Pass, Unknown},
        UnknownCode,
    };
    use serde_json::{Value, json};

    fn flags(value: Value) -> Value {
        json!({
            "dependabot_alerts_enabled_for_new_repositories": value,
            "dependency_graph_enabled_for_new_repositories": true,
            "secret_scanning_enabled_for_new_repositories": true,
            "secret_scanning_push_protection_enabled_for_new_repositories": true,
        })
    }

    fn on(status: &str) -> Value {
        json!({"security_and_analysis": {
            "secret_scanning": {"status": "enabled"},
            "secret_scanning_push_protection": {"status": status},
        }})
    }

    fn org(flag: Value, push: &str, alerts: u16) -> Org {
        Org::new()
            .organization(flags(flag))
            .repositories(&[repository("erp", json!({}))])
            .about(&REPOSITORY_SETTINGS, &[("harbor/erp", 200, on(push))])
            .about(
                &VULNERABILITY_ALERTS,
                &[("harbor/erp", alerts, json!(null))],
            )
    }

    #[test]
    fn the_settings_decide_where_all_are_on_and_the_repositories_where_one_is_off() {
        assert_eq!(org(json!(true), "disabled", 404).says(&CHECK), (Pass, None));
        assert_eq!(
            org(json!(null), "enabled", 204).says(&CHECK),
            (Unknown, Some(UnknownCode::PermissionMissing))
        );
        let person = (Unknown, Some(UnknownCode::NeedsJudgement));
        assert_eq!(org(json!(false), "enabled", 204).says(&CHECK), person);
        assert_eq!(
            org(json!(false), "disabled", 204).says(&CHECK),
            (Fail, None)
        );
        assert_eq!(org(json!(false), "enabled", 404).says(&CHECK), (Fail, None));
        assert_eq!(
            org(json!(false), "perhaps", 204).says(&CHECK),
            (Unknown, Some(UnknownCode::MalformedAnswer))
        );
        let none = org(json!(false), "enabled", 204).repositories(&[]);
        assert_eq!(none.says(&CHECK), (Fail, None));
    }

    #[test]
    fn what_is_missing_of_the_repositories_is_missing() {
        for dataset in [
            &REPOSITORY_SETTINGS,
            &VULNERABILITY_ALERTS,
            &crate::datasets::REPOSITORIES,
        ] {
            let without = org(json!(false), "enabled", 204).without(dataset);
            assert_eq!(
                without.says(&CHECK),
                (Unknown, Some(UnknownCode::PermissionMissing))
            );
            let all_on = org(json!(true), "enabled", 204).without(dataset);
            assert_eq!(all_on.says(&CHECK), (Pass, None));
        }
        let seen = org(json!(false), "disabled", 204).without(&VULNERABILITY_ALERTS);
        assert_eq!(
            seen.says(&CHECK).0,
            Fail,
            "a repository without it was seen"
        );
    }
}
