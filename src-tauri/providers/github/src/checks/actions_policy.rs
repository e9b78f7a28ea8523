//! Which actions may run: an action is somebody else's program, in the middle of the company's own.

use super::{jury::Jury, told::Told};
use crate::datasets::{
    ACTIONS_PERMISSIONS, ACTIONS_SELECTED, ActionsPermissions, Each, SelectedActions, Setting,
};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

const PAGE: &[(&str, &str)] = console!("organizations/managing-organization-settings");

/// The rule.
///
/// | repositories | allowed actions | patterns | it |
/// | --- | --- | --- | --- |
/// | `none` | any | any | not applicable: nothing runs |
/// | others | `local_only` | any | passes |
/// | others | `selected` | none allows any owner's | passes |
/// | others | `selected` | one starts with `*`: any owner's | fails |
/// | others | `selected` | absent, unreadable or not collected | unknown |
/// | others | `all` | any | fails |
/// | null or absent, or another word | | | unknown |
pub static ALLOWED: Check = Check {
    id: "github.actions.allowed",
    alias: "GITHUB-21",
    version: 1,
    title: "Only chosen actions can run.",
    objectives: &["3.4.8[c]", "3.4.7[c]"],
    severity: Severity::Medium,
    remedy: "Organization settings > Actions > General > Policies: allow the organization's own actions and selected others, and name the owners of those.",
    console: PAGE,
    reperform: Reperform {
        portal: "Organization settings > Actions > General: Policies.",
        command: "gh api orgs/ORG/actions/permissions; gh api orgs/ORG/actions/permissions/selected-actions",
    },
    datasets: &["github.actions_permissions", "github.actions_selected"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| policy(collected, allowed),
};

/// The rule.
///
/// | repositories | `sha_pinning_required` | it |
/// | --- | --- | --- |
/// | `none` | any | not applicable: nothing runs |
/// | others | `true` | passes |
/// | others | `false` | fails |
/// | others | null or absent | unknown: an older server does not know it |
/// | null or absent | any | unknown |
pub static SHA_PINNING: Check = Check {
    id: "github.actions.sha_pinning",
    alias: "GITHUB-22",
    version: 1,
    title: "Actions run only in the version that was looked at.",
    objectives: &["3.4.8[c]", "3.14.2[b]"],
    severity: Severity::Low,
    remedy: "Organization settings > Actions > General > Policies: tick \"Require actions to be pinned to a full-length commit SHA\".",
    console: PAGE,
    reperform: Reperform {
        portal: "Organization settings > Actions > General: Policies.",
        command: "gh api orgs/ORG/actions/permissions --jq .sha_pinning_required",
    },
    datasets: &["github.actions_permissions"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| policy(collected, pinning),
};

fn policy(
    collected: &Collected<'_>,
    rule: impl FnOnce(&Collected<'_>, &ActionsPermissions) -> Told,
) -> Verdict {
    let permissions: ActionsPermissions = match collected.one(ACTIONS_PERMISSIONS.id) {
        Ok(permissions) => permissions,
        Err(reason) => return reason.into(),
    };
    let mut jury = Jury::new();
    let told = match permissions.enabled_repositories.as_deref() {
        Some("none") => None,
        Some("all" | "selected") => Some(rule(collected, &permissions)),
        _ => Some(Told::silent("GitHub does not say where actions may run.")),
    };
    if let Some(told) = told {
        jury.told("organization", "actions", "organization", told);
    }
    jury.conclude(WhenEmpty::NotApplicable)
}

fn allowed(collected: &Collected<'_>, permissions: &ActionsPermissions) -> Told {
    match permissions.allowed_actions.as_deref() {
        Some("local_only") => Told::Yes,
        Some("all") => Told::no("Any action of anybody can run."),
        Some("selected") => match collected.one::<Setting<SelectedActions>>(ACTIONS_SELECTED.id) {
            Ok(setting) => patterns(setting.answer.and_then(|answer| answer.patterns_allowed)),
            Err(reason) => Told::Unclear(reason),
        },
        _ => Told::silent("GitHub does not say which actions may run."),
    }
}

fn patterns(patterns: Option<Each<String>>) -> Told {
    let Some(Each(patterns)) = patterns else {
        return Told::silent("GitHub does not say which actions were selected.");
    };
    Told::all(patterns.iter().map(|pattern| match pattern {
        Some(pattern) if pattern.trim().starts_with('*') => Told::no(format!(
            "The pattern {pattern:?} allows actions of anybody."
        )),
        Some(_) => Told::Yes,
        None => Told::silent("A pattern can't be read."),
    }))
}

fn pinning(_: &Collected<'_>, permissions: &ActionsPermissions) -> Told {
    match permissions.sha_pinning_required {
        Some(true) => Told::Yes,
        Some(false) => Told::no("Actions can run by a name that somebody else can move."),
        None => Told::Unclear(Reason::new(
            UnknownCode::NotInThisCloud,
            "GitHub does not say whether actions have to be pinned; an older server does not know it.",
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::Org;
    use evidence::Outcome::{Fail, NotApplicable, Pass, Unknown};
    use serde_json::{Value, json};

    fn org(repositories: Value, actions: Value, patterns: Value) -> Org {
        Org::new()
            .list(
                &ACTIONS_PERMISSIONS,
                json!({"enabled_repositories": repositories, "allowed_actions": actions}),
            )
            .list(&ACTIONS_SELECTED, json!({"patterns_allowed": patterns}))
    }

    #[test]
    fn which_actions_may_run() {
        let malformed = (Unknown, Some(UnknownCode::MalformedAnswer));
        for (repositories, actions, patterns, expected) in [
            (
                json!("none"),
                json!("all"),
                json!(["*"]),
                (NotApplicable, None),
            ),
            (
                json!("all"),
                json!("local_only"),
                json!(["*"]),
                (Pass, None),
            ),
            (
                json!("selected"),
                json!("selected"),
                json!(["harbor/*"]),
                (Pass, None),
            ),
            (json!("all"), json!("selected"), json!([]), (Pass, None)),
            (
                json!("all"),
                json!("selected"),
                json!(["harbor/*", "*"]),
                (Fail, None),
            ),
            (
                json!("all"),
                json!("selected"),
                json!([" */*"]),
                (Fail, None),
            ),
            (
                json!("all"),
                json!("selected"),
                json!(["harbor/*", null]),
                malformed,
            ),
            (json!("all"), json!("selected"), json!(null), malformed),
            (json!("all"), json!("all"), json!([]), (Fail, None)),
            (json!("all"), json!(null), json!([]), malformed),
            (json!("all"), json!("some"), json!([]), malformed),
            (json!(null), json!("local_only"), json!([]), malformed),
        ] {
            let org = org(repositories.clone(), actions.clone(), patterns.clone());
            assert_eq!(
                org.says(&ALLOWED),
                expected,
                "{repositories} {actions} {patterns}"
            );
        }
    }

    #[test]
    fn selected_actions_have_to_be_known_where_they_count() {
        let refused =
            |actions| org(json!("all"), json!(actions), json!([])).without(&ACTIONS_SELECTED);
        assert_eq!(
            refused("selected").says(&ALLOWED),
            (Unknown, Some(UnknownCode::PermissionMissing))
        );
        assert_eq!(refused("local_only").says(&ALLOWED), (Pass, None));
        let conflict = org(json!("all"), json!("selected"), json!([])).refused(
            &ACTIONS_SELECTED,
            409,
            json!({"message": "Conflict"}),
        );
        assert_eq!(
            conflict.says(&ALLOWED),
            (Unknown, Some(UnknownCode::MalformedAnswer))
        );
    }

    #[test]
    fn pinning_is_what_the_setting_says() {
        for (repositories, pinned, expected) in [
            ("all", json!(true), (Pass, None)),
            ("all", json!(false), (Fail, None)),
            (
                "all",
                json!(null),
                (Unknown, Some(UnknownCode::NotInThisCloud)),
            ),
            ("none", json!(false), (NotApplicable, None)),
            (
                "most",
                json!(true),
                (Unknown, Some(UnknownCode::MalformedAnswer)),
            ),
        ] {
            let org = Org::new().list(
                &ACTIONS_PERMISSIONS,
                json!({"enabled_repositories": repositories, "sha_pinning_required": pinned}),
            );
            assert_eq!(org.says(&SHA_PINNING), expected, "{repositories} {pinned}");
        }
    }
}
