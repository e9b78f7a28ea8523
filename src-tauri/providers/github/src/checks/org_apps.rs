//! An app with write access to everything is as strong as an administrator, and nobody's face is on it.

use super::{jury::Jury, told::Told};
use crate::datasets::{INSTALLATIONS, Installation};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

const APPROVED: &str = "github.approved_apps";

/// Permissions with which an app can change code, settings or people.
const STRONG: [&str; 5] = [
    "administration",
    "contents",
    "organization_administration",
    "members",
    "workflows",
];

/// The rule. Each installed app that is not suspended is judged:
///
/// | it reaches | with write or admin on a strong permission | the company's list | it |
/// | --- | --- | --- | --- |
/// | selected repositories | any | any | passes |
/// | all repositories | no | any | passes |
/// | all repositories | yes | names it | passes |
/// | all repositories | yes | is empty | unknown: for a person to judge |
/// | all repositories | yes | names others | fails |
///
/// Strong are `administration`, `contents`, `organization_administration`, `members` and `workflows`; a permission that an
/// app's list does not name is one it has not. An app whose reach or permissions GitHub leaves out is unknown.
/// Without any app, all having been seen: passes.
pub static CHECK: Check = Check {
    id: "github.org.apps_reviewed",
    alias: "GITHUB-15",
    version: 1,
    title: "Every app that can change all repositories is on the company's list.",
    objectives: &["3.1.1[b]", "3.1.1[e]", "3.1.20[b]", "3.1.5[b]"],
    severity: Severity::Medium,
    remedy: "Organization settings > GitHub Apps > Configure: uninstall what nobody needs, limit the others to the repositories they are for, and enter those that need everything in the list, with who approved it.",
    console: console!("apps/using-github-apps/reviewing-and-modifying-installed-github-apps"),
    reperform: Reperform {
        portal: "Organization settings > GitHub Apps > Configure: repository access and permissions of each.",
        command: "gh api --paginate orgs/ORG/installations --jq '.installations[] | [.app_slug, .repository_selection, .permissions]'",
    },
    datasets: &["github.installations"],
    parameters: &[APPROVED],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let approved = collected.parameters.list(APPROVED);
    let mut jury = Jury::new();
    for app in jury.rows::<Installation>(collected, INSTALLATIONS.id) {
        if app.suspended_at.is_some() {
            continue;
        }
        let id = app.id.map(|id| id.to_string()).unwrap_or_default();
        let name = app
            .app_slug
            .clone()
            .unwrap_or_else(|| format!("installation {id}"));
        jury.told("app", &id, &name, rule(&app, &approved));
    }
    jury.conclude(WhenEmpty::Passes)
}

fn rule(app: &Installation, approved: &[String]) -> Told {
    let Some(permissions) = &app.permissions else {
        return Told::silent("GitHub does not say what it may do.");
    };
    let mut strong = Vec::new();
    for name in STRONG {
        match permissions.get(name).map(Option::as_deref) {
            Some(Some("write" | "admin")) => strong.push(name),
            Some(Some("read" | "none")) | None => {}
            Some(_) => return Told::silent(format!("GitHub does not say how far {name} goes.")),
        }
    }
    match app.repository_selection.as_deref() {
        _ if strong.is_empty() => Told::Yes,
        Some("selected") => Told::Yes,
        Some("all") => {
            let may = format!("Can write {} in all repositories", strong.join(", "));
            match &app.app_slug {
                _ if approved.is_empty() => Told::for_a_person(format!(
                    "{may}. Nobody has entered yet whether that is approved (parameter {APPROVED})."
                )),
                None => Told::silent("GitHub does not name this app."),
                Some(slug) if approved.contains(&slug.to_lowercase()) => Told::Yes,
                Some(_) => Told::no(format!("{may}, and is not on the list of approved apps.")),
            }
        }
        _ => Told::silent("GitHub does not say which repositories it reaches."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::Org;
    use evidence::{
        Outcome::{self, Fail, Pass, Unknown},
        UnknownCode,
    };
    use serde_json::{Value, json};

    fn org(app: Value) -> Org {
        Org::new().list(
            &INSTALLATIONS,
            json!({"total_count": 1, "installations": [app]}),
        )
    }

    fn with_list(app: Value) -> Outcome {
        org(app).with(APPROVED, json!(["Harbor-CI"])).says(&CHECK).0
    }

    #[test]
    fn reach_and_permissions_make_an_app_strong() {
        let app = |slug: &str, reach: Value, permissions: Value| json!({"id": 1, "app_slug": slug, "repository_selection": reach, "permissions": permissions, "suspended_at": null});
        for name in STRONG {
            for level in ["write", "admin"] {
                let strong = app("other", json!("all"), json!({ name: level }));
                assert_eq!(with_list(strong), Fail, "{name} {level}");
            }
        }
        for (slug, reach, permissions, expected) in [
            (
                "other",
                json!("all"),
                json!({"contents": "read", "issues": "write"}),
                Pass,
            ),
            ("other", json!("all"), json!({}), Pass),
            (
                "other",
                json!("selected"),
                json!({"contents": "write"}),
                Pass,
            ),
            (
                "harbor-ci",
                json!("all"),
                json!({"contents": "write"}),
                Pass,
            ),
            ("other", json!(null), json!({"contents": "write"}), Unknown),
            ("other", json!("all"), json!({"contents": null}), Unknown),
            ("other", json!("all"), json!({"contents": "full"}), Unknown),
            ("other", json!("all"), json!(null), Unknown),
            ("other", json!("all"), json!({"contents": 7}), Unknown),
        ] {
            let app = app(slug, reach, permissions);
            assert_eq!(with_list(app.clone()), expected, "{app}");
        }
        let nameless =
            json!({"id": 1, "repository_selection": "all", "permissions": {"contents": "write"}});
        assert_eq!(with_list(nameless), Unknown);
    }

    #[test]
    fn suspended_apps_do_nothing_and_an_empty_list_is_for_a_person() {
        let strong = json!({"id": 1, "app_slug": "other", "repository_selection": "all", "permissions": {"contents": "write"}});
        assert_eq!(
            org(strong.clone()).says(&CHECK),
            (Unknown, Some(UnknownCode::NeedsJudgement))
        );
        let mut asleep = strong;
        asleep["suspended_at"] = json!("2026-01-01T00:00:00Z");
        assert_eq!(with_list(asleep), Pass);
        let none = Org::new().list(&INSTALLATIONS, json!({"installations": []}));
        assert_eq!(none.says(&CHECK), (Pass, None));
        let half = Org::new().half(&INSTALLATIONS, json!({"installations": []}));
        assert_eq!(half.says(&CHECK), (Unknown, Some(UnknownCode::Partial)));
    }
}
