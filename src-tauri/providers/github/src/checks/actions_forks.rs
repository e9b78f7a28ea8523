//! A pull request from a fork brings a workflow that a stranger wrote.

use super::{
    jury::Jury,
    population::{Answers, Forks, public, repositories, told},
    told::Told,
};
use crate::datasets::{FORK_APPROVAL, ForkApproval};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

/// The rule. Each public repository is judged:
///
/// | `approval_policy` | it |
/// | --- | --- |
/// | `all_external_contributors` | passes |
/// | `first_time_contributors`, `first_time_contributors_new_to_github` | fails |
/// | null, absent or another word | unknown |
/// | GitHub answers 404 | unknown: a server before 3.19 does not know it |
/// | no answer about the repository | unknown |
///
/// A repository that does not say who can see it is unknown. Without a public one, all having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "github.actions.fork_approval",
    alias: "GITHUB-24",
    version: 1,
    title: "A stranger's workflow runs only after somebody approved it.",
    objectives: &["3.14.2[b]", "3.4.5[h]"],
    severity: Severity::Low,
    remedy: "Settings > Actions > General of each listed repository: require approval for all external contributors.",
    console: console!(
        "repositories/managing-your-repositorys-settings-and-features/enabling-features-for-your-repository/managing-github-actions-settings-for-a-repository"
    ),
    reperform: Reperform {
        portal: "Settings > Actions > General of each public repository: approval for running workflows from contributors.",
        command: "gh api repos/ORG/REPO/actions/permissions/fork-pr-contributor-approval --jq .approval_policy",
    },
    datasets: &["github.repositories", "github.fork_approval"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut jury = Jury::new();
    let repos = repositories(collected, &mut jury, Forks::Out);
    let policies = Answers::<ForkApproval>::needed(collected, &mut jury, FORK_APPROVAL.id);
    for repo in &repos {
        if public(&mut jury, repo) {
            let told = told(
                policies.about(repo),
                |_| {
                    Told::Unclear(Reason::new(
                        UnknownCode::NotInThisCloud,
                        "GitHub does not know this setting; a server does from 3.19 on.",
                    ))
                },
                |policy| match policy.approval_policy.as_deref() {
                    Some("all_external_contributors") => Told::Yes,
                    Some("first_time_contributors") => {
                        Told::no("Whoever contributed once needs no approval.")
                    }
                    Some("first_time_contributors_new_to_github") => {
                        Told::no("Only newcomers to GitHub need an approval.")
                    }
                    _ => Told::silent("GitHub does not say who needs an approval."),
                },
            );
            jury.repository(repo, told);
        }
    }
    jury.conclude(WhenEmpty::NotApplicable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Org, repository};
    use evidence::Outcome::{Fail, NotApplicable, Pass, Unknown};
    use serde_json::{Value, json};

    fn org(repo: Value, status: u16, answer: Value) -> Org {
        Org::new()
            .repositories(&[repository("site", repo)])
            .about(&FORK_APPROVAL, &[("harbor/site", status, answer)])
    }

    #[test]
    fn everybody_from_outside_needs_an_approval() {
        let open = || json!({"visibility": "public", "private": false});
        let malformed = (Unknown, Some(UnknownCode::MalformedAnswer));
        for (policy, expected) in [
            (json!("all_external_contributors"), (Pass, None)),
            (json!("first_time_contributors"), (Fail, None)),
            (json!("first_time_contributors_new_to_github"), (Fail, None)),
            (json!("nobody"), malformed),
            (json!(null), malformed),
        ] {
            let org = org(open(), 200, json!({"approval_policy": policy}));
            assert_eq!(org.says(&CHECK), expected, "{policy}");
        }
        let older = org(open(), 404, json!({"message": "Not Found"}));
        assert_eq!(
            older.says(&CHECK),
            (Unknown, Some(UnknownCode::NotInThisCloud))
        );
        let other = Org::new()
            .repositories(&[repository("site", open())])
            .about(&FORK_APPROVAL, &[]);
        assert_eq!(
            other.says(&CHECK),
            (Unknown, Some(UnknownCode::NotCollected))
        );
        let private = org(
            json!({}),
            200,
            json!({"approval_policy": "first_time_contributors"}),
        );
        assert_eq!(private.says(&CHECK), (NotApplicable, None));
        let silent = org(json!({"visibility": null, "private": null}), 200, json!({}));
        assert_eq!(silent.says(&CHECK), malformed);
    }
}
