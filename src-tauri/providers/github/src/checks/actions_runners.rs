//! A self-hosted runner is a machine of the company that runs what stands in a pull request. In a public repository
//! anybody can write one.

use super::{
    jury::Jury,
    population::{Forks, public, repositories},
    told::Told,
};
use crate::datasets::{RUNNER_GROUPS, RUNNERS, Runner, RunnerGroup};
use evidence::{Reason, Severity};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeMap;

/// The rule. Each runner is judged by its group, where there is a public repository that is not archived:
///
/// | public repositories | the runner's group | it |
/// | --- | --- | --- |
/// | none | any | passes |
/// | some | does not allow public repositories | passes, but for the runners of repositories |
/// | some | allows public repositories | fails |
/// | some | was refused, or does not say | unknown, for that reason |
/// | can't be told | allows them, or can't be told | unknown |
///
/// Runners of single repositories are not read, so that a public one, or one that may be, leaves it unknown where nothing
/// fails. Without any runner and any public repository, all having been seen: not applicable. Forks count: what is in one can be changed like anywhere.
pub static CHECK: Check = Check {
    id: "github.actions.runners",
    alias: "GITHUB-23",
    version: 1,
    title: "No public repository can use a self-hosted runner.",
    objectives: &["3.13.5[b]", "3.1.3[e]"],
    severity: Severity::Medium,
    remedy: "Organization settings > Actions > Runner groups: untick \"Allow public repositories\" in the group of each listed runner.",
    console: console!("actions/hosting-your-own-runners"),
    reperform: Reperform {
        portal: "Organization settings > Actions > Runner groups: \"Allow public repositories\" of each group.",
        command: "gh api orgs/ORG/actions/runners --jq '.runners[] | [.name, .runner_group_id]'; gh api orgs/ORG/actions/runner-groups --jq '.runner_groups[] | [.id, .allows_public_repositories]'",
    },
    datasets: &[
        "github.runners",
        "github.runner_groups",
        "github.repositories",
    ],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut jury = Jury::new();
    let runners = jury.rows::<Runner>(collected, RUNNERS.id);
    let (groups, missing) = groups(collected);
    let reachable = reachable(collected);
    for runner in &runners {
        let id = runner.id.map(|id| id.to_string()).unwrap_or_default();
        let name = runner
            .name
            .clone()
            .unwrap_or_else(|| format!("runner {id}"));
        let open = runner.runner_group_id.and_then(|group| groups.get(&group));
        let told = match (&reachable, open) {
            (Told::Yes, _) | (_, Some(false)) => Told::Yes,
            (Told::No(why), Some(true)) => {
                Told::no(format!("Its group allows public repositories. {why}"))
            }
            (Told::No(_), None) => match &missing {
                Some(reason) => Told::Unclear(reason.clone()),
                None => Told::silent(
                    "GitHub does not say whether its group allows public repositories.",
                ),
            },
            (Told::Unclear(reason), _) => Told::Unclear(reason.clone()),
        };
        jury.told("runner", &id, &name, told);
    }
    // The list is the organization's: machines that a repository or the enterprise brings along are in none that is read.
    if let own @ (Told::No(_) | Told::Unclear(_)) = reachable {
        let told = match own {
            Told::No(why) => Told::for_a_person(format!(
                "{why} Whether a repository has runners of its own is not read: look under its Settings > Actions > Runners."
            )),
            unclear => unclear,
        };
        jury.told(
            "organization",
            "ownRunners",
            "runners of repositories",
            told,
        );
    }
    jury.conclude(WhenEmpty::NotApplicable)
}

/// Whether each group allows public repositories, and what is missing of that.
fn groups(collected: &Collected<'_>) -> (BTreeMap<u64, bool>, Option<Reason>) {
    match collected.rows::<RunnerGroup>(RUNNER_GROUPS.id) {
        Ok(groups) => {
            let allows = |group: &RunnerGroup| Some((group.id?, group.allows_public_repositories?));
            (
                groups.rows.iter().filter_map(allows).collect(),
                groups.missing,
            )
        }
        Err(reason) => (BTreeMap::new(), Some(reason)),
    }
}

/// Whether no repository is public.
fn reachable(collected: &Collected<'_>) -> Told {
    let mut look = Jury::new();
    let repos = repositories(collected, &mut look, Forks::In);
    let names: Vec<&str> = repos
        .iter()
        .filter(|repo| public(&mut look, repo))
        .map(|repo| repo.name.as_str())
        .collect();
    match (names.first(), look.conclude(WhenEmpty::Passes).reason) {
        (Some(_), _) => Told::no(format!("Public: {}.", names.join(", "))),
        (None, Some(reason)) => Told::Unclear(reason),
        (None, None) => Told::Yes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Org, repository};
    use crate::datasets::REPOSITORIES;
    use evidence::{
        Outcome::{Fail, NotApplicable, Pass, Unknown},
        UnknownCode,
    };
    use serde_json::{Value, json};

    fn org(repo: Value, allows: Value) -> Org {
        Org::new()
            .list(
                &RUNNERS,
                json!({"runners": [{"id": 7, "name": "build-1", "runner_group_id": 1}]}),
            )
            .list(
                &RUNNER_GROUPS,
                json!({"runner_groups": [{"id": 1, "allows_public_repositories": allows}, {}]}),
            )
            .repositories(&[repository("erp", repo)])
    }

    fn open() -> Value {
        json!({"visibility": "public", "private": false})
    }

    #[test]
    fn a_public_repository_and_a_group_that_allows_it() {
        assert_eq!(
            org(open(), json!(true)).told(&CHECK),
            (
                Fail,
                vec!["build-1".to_owned(), "runners of repositories".to_owned()]
            )
        );
        let person = (Unknown, Some(UnknownCode::NeedsJudgement));
        assert_eq!(org(open(), json!(false)).says(&CHECK), person);
        assert_eq!(org(json!({}), json!(true)).says(&CHECK), (Pass, None));
        let malformed = (Unknown, Some(UnknownCode::MalformedAnswer));
        assert_eq!(org(open(), json!(null)).says(&CHECK), malformed);
        let refused = org(open(), json!(true)).without(&RUNNER_GROUPS);
        assert_eq!(
            refused.says(&CHECK),
            (Unknown, Some(UnknownCode::PermissionMissing))
        );
        let half = org(open(), json!(true)).half(&RUNNER_GROUPS, json!({"runner_groups": []}));
        assert_eq!(half.says(&CHECK), (Unknown, Some(UnknownCode::Partial)));
        let mut archived = open();
        archived["archived"] = json!(true);
        assert_eq!(org(archived, json!(true)).says(&CHECK), (Pass, None));
        let mut fork = open();
        fork["fork"] = json!(true);
        assert_eq!(org(fork, json!(true)).says(&CHECK), (Fail, None));
    }

    #[test]
    fn what_is_not_known_of_repositories_is_not_public_and_not_private() {
        let silent = json!({"visibility": null, "private": null});
        assert_eq!(
            org(silent, json!(true)).says(&CHECK),
            (Unknown, Some(UnknownCode::MalformedAnswer))
        );
        let refused = org(json!({}), json!(true)).without(&REPOSITORIES);
        assert_eq!(
            refused.says(&CHECK),
            (Unknown, Some(UnknownCode::PermissionMissing))
        );
        let closed = org(json!({}), json!(false)).without(&REPOSITORIES);
        assert_eq!(
            closed.says(&CHECK),
            (Unknown, Some(UnknownCode::PermissionMissing)),
            "a repository may have runners of its own"
        );
    }

    #[test]
    fn no_runner_no_question() {
        let none = |org: Org| org.list(&RUNNERS, json!({"runners": []}));
        assert_eq!(
            none(org(open(), json!(true))).says(&CHECK),
            (Unknown, Some(UnknownCode::NeedsJudgement)),
            "a public repository may have runners of its own"
        );
        assert_eq!(
            none(org(json!({}), json!(true))).says(&CHECK),
            (NotApplicable, None)
        );
        assert_eq!(none(Org::new()).says(&CHECK).0, Unknown);
        let half = org(open(), json!(true)).half(&RUNNERS, json!({"runners": []}));
        assert_eq!(half.says(&CHECK), (Unknown, Some(UnknownCode::Partial)));
    }
}
