//! What a workflow may do with the token that GitHub gives it.

use super::{jury::Jury, population::Answers, told::Told};
use crate::datasets::{ACTIONS_WORKFLOW, REPOSITORY_WORKFLOW_PERMISSIONS, WorkflowPermissions};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

const PAGE: &[(&str, &str)] = console!("organizations/managing-organization-settings");

/// The rule.
///
/// | organization | a repository | it |
/// | --- | --- | --- |
/// | `write` | any | fails |
/// | any | `write` | fails |
/// | `read` | none says `write` | passes: with `read` for the organization no repository can choose more |
/// | null or absent | none says `write` | unknown |
/// | refused | none says `write` | unknown: what new repositories start with is not known |
///
/// The answers of repositories are looked at where they were collected; only the organization's can pass.
pub static READ_ONLY: Check = Check {
    id: "github.actions.token_read_only",
    alias: "GITHUB-19",
    version: 1,
    title: "A workflow's token can only read unless the workflow asks for more.",
    objectives: &["3.1.5[b]", "3.1.2[b]", "3.4.6[b]"],
    severity: Severity::High,
    remedy: "Organization settings > Actions > General > Workflow permissions: choose \"Read repository contents and packages permissions\". Workflows that write name what they need under `permissions`.",
    console: PAGE,
    reperform: Reperform {
        portal: "Organization settings > Actions > General: Workflow permissions.",
        command: "gh api orgs/ORG/actions/permissions/workflow --jq .default_workflow_permissions",
    },
    datasets: &[
        "github.actions_workflow",
        "github.repository_workflow_permissions",
    ],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: read_only,
};

/// The rule: `false` passes, `true` fails, null or absent is unknown.
pub static NO_SELF_APPROVAL: Check = Check {
    id: "github.actions.no_self_approval",
    alias: "GITHUB-20",
    version: 1,
    title: "A workflow can't approve pull requests.",
    objectives: &["3.4.3[c]", "3.1.4[c]"],
    severity: Severity::High,
    remedy: "Organization settings > Actions > General > Workflow permissions: untick \"Allow GitHub Actions to create and approve pull requests\".",
    console: PAGE,
    reperform: Reperform {
        portal: "Organization settings > Actions > General: Workflow permissions.",
        command: "gh api orgs/ORG/actions/permissions/workflow --jq .can_approve_pull_request_reviews",
    },
    datasets: &["github.actions_workflow"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate: no_self_approval,
};

const WRITES: &str = "A workflow's token can write by default.";

fn token(permissions: &WorkflowPermissions) -> Told {
    match permissions.default_workflow_permissions.as_deref() {
        Some("read") => Told::Yes,
        Some("write") => Told::no(WRITES),
        _ => Told::silent("GitHub does not say what a workflow's token can do by default."),
    }
}

fn read_only(collected: &Collected<'_>) -> Verdict {
    let mut jury = Jury::new();
    match collected.one::<WorkflowPermissions>(ACTIONS_WORKFLOW.id) {
        Ok(organization) => jury.told(
            "organization",
            "actions",
            "organization",
            token(&organization),
        ),
        Err(reason) => jury.lacks(reason),
    }
    let repositories =
        Answers::<WorkflowPermissions>::optional(collected, REPOSITORY_WORKFLOW_PERMISSIONS.id);
    for answer in repositories.all() {
        if let Some(told @ Told::No(_)) = answer.answer.as_ref().map(token) {
            jury.told("repository", &answer.repository, &answer.repository, told);
        }
    }
    jury.conclude(WhenEmpty::Unknown("There is always a default.".to_owned()))
}

fn no_self_approval(collected: &Collected<'_>) -> Verdict {
    let permissions: WorkflowPermissions = match collected.one(ACTIONS_WORKFLOW.id) {
        Ok(permissions) => permissions,
        Err(reason) => return reason.into(),
    };
    let told = Told::of(
        permissions.can_approve_pull_request_reviews.map(|can| !can),
        "Workflows can approve pull requests.",
        "GitHub does not say whether workflows can approve pull requests.",
    );
    let mut jury = Jury::new();
    jury.told("organization", "actions", "organization", told);
    jury.conclude(WhenEmpty::Unknown("There is always a setting.".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::Org;
    use evidence::{
        Outcome::{Fail, Pass, Unknown},
        UnknownCode,
    };
    use serde_json::{Value, json};

    fn org(token: Value, repository: Value) -> Org {
        Org::new()
            .list(
                &ACTIONS_WORKFLOW,
                json!({"default_workflow_permissions": token}),
            )
            .about(
                &REPOSITORY_WORKFLOW_PERMISSIONS,
                &[(
                    "harbor/erp",
                    200,
                    json!({"default_workflow_permissions": repository}),
                )],
            )
    }

    #[test]
    fn only_the_organization_passes_and_either_fails() {
        let malformed = (Unknown, Some(UnknownCode::MalformedAnswer));
        for (token, repository, expected) in [
            ("read", json!("read"), (Pass, None)),
            ("read", json!(null), (Pass, None)),
            ("read", json!("write"), (Fail, None)),
            ("write", json!("read"), (Fail, None)),
            ("all", json!("read"), malformed),
        ] {
            assert_eq!(
                org(json!(token), repository).says(&READ_ONLY),
                expected,
                "{token}"
            );
        }
        assert_eq!(org(json!(null), json!("read")).says(&READ_ONLY), malformed);
        let alone = org(json!("read"), json!("read")).without(&REPOSITORY_WORKFLOW_PERMISSIONS);
        assert_eq!(alone.says(&READ_ONLY), (Pass, None));
        let refused = |repository| org(json!("read"), repository).without(&ACTIONS_WORKFLOW);
        let missing = (Unknown, Some(UnknownCode::PermissionMissing));
        assert_eq!(refused(json!("read")).says(&READ_ONLY), missing);
        assert_eq!(
            refused(json!("write")).told(&READ_ONLY),
            (Fail, vec!["harbor/erp".to_owned()])
        );
    }

    #[test]
    fn approving_is_what_the_setting_says() {
        for (value, expected) in [
            (json!(false), Pass),
            (json!(true), Fail),
            (json!(null), Unknown),
        ] {
            let org = Org::new().list(
                &ACTIONS_WORKFLOW,
                json!({"can_approve_pull_request_reviews": value}),
            );
            assert_eq!(org.says(&NO_SELF_APPROVAL).0, expected, "{value}");
        }
    }
}
