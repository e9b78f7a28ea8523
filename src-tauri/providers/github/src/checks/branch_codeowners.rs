//! Whoever answers for a part of the code looks at what changes in it.

use super::{
    effective::Branches,
    jury::Jury,
    population::{Answers, Forks, Repo, repositories, told, unexpected},
    repo_security_policy::present,
    told::Told,
};
use crate::datasets::{CODEOWNERS, CODEOWNERS_ERRORS, CodeownersErrors, Each, File, Says};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

/// The rule. Each default branch; one part that fails decides:
///
/// | part | passes | fails | unknown |
/// | --- | --- | --- | --- |
/// | approval of code owners | classic protection or a pull request rule asks for it | neither does | left out, hidden by the plan, or not collected |
/// | `CODEOWNERS` in `.github`, at the top or in `docs` | in one of them | in none, all having been asked for | in none that was asked for |
/// | its lines | GitHub can use all | it can't use one | not told, or not collected |
///
/// Repositories without a commit, archived ones and forks are not judged. Without a branch, all having been seen: not
/// applicable.
pub static CHECK: Check = Check {
    id: "github.branch.codeowners",
    alias: "GITHUB-32",
    version: 1,
    title: "Code owners are named and have to approve what changes in their part.",
    objectives: &["3.4.3[b]", "3.4.5[g]"],
    severity: Severity::Low,
    remedy: "Add .github/CODEOWNERS to each listed repository, mend the lines that GitHub marks, and tick \"Require review from Code Owners\" in the rule of the default branch.",
    console: console!(
        "repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners"
    ),
    reperform: Reperform {
        portal: "The file CODEOWNERS of each repository, which shows its errors; Settings > Rules > Rulesets: review from Code Owners.",
        command: "gh api repos/ORG/REPO/contents/.github/CODEOWNERS --jq .path; gh api repos/ORG/REPO/codeowners/errors --jq .errors; gh api repos/ORG/REPO/branches/BRANCH/protection --jq .required_pull_request_reviews.require_code_owner_reviews",
    },
    datasets: &[
        "github.repositories",
        "github.branch_protection",
        "github.branch_rules",
        "github.codeowners",
        "github.codeowners_errors",
    ],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut jury = Jury::new();
    let repos = repositories(collected, &mut jury, Forks::Out);
    let branches = Branches::read(collected, &mut jury);
    let files = Answers::<File>::needed(collected, &mut jury, CODEOWNERS.id);
    let errors = Answers::<CodeownersErrors>::needed(collected, &mut jury, CODEOWNERS_ERRORS.id);
    for repo in &repos {
        if let Some(branch) = branches.of(repo) {
            let there = present(
                &files,
                &repo.name,
                "CODEOWNERS",
                "There is no CODEOWNERS file.",
            );
            // Without the file there are no lines of it.
            let lines = match there {
                Told::No(_) => Told::Yes,
                _ => lines(&errors, repo),
            };
            jury.repository(repo, Told::all([branch.codeowner_review(), there, lines]));
        }
    }
    jury.conclude(WhenEmpty::NotApplicable)
}

fn lines(errors: &Answers<CodeownersErrors>, repo: &Repo) -> Told {
    told(
        errors.about(repo),
        |says| match says {
            Says::Off => Told::silent("GitHub finds no CODEOWNERS file to check."),
            says => unexpected(says),
        },
        |answer| match &answer.errors {
            Some(Each(errors)) if errors.is_empty() => Told::Yes,
            Some(Each(errors)) => Told::no(format!(
                "GitHub can't use {} lines of CODEOWNERS.",
                errors.len()
            )),
            None => Told::silent("GitHub does not say whether it can use CODEOWNERS."),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Org, on_branch, protection};
    use evidence::{
        Outcome::{self, Fail, Pass, Unknown},
        UnknownCode,
    };
    use serde_json::{Value, json};

    const PLACES: [&str; 3] = [
        "harbor/erp:.github/CODEOWNERS",
        "harbor/erp:CODEOWNERS",
        "harbor/erp:docs/CODEOWNERS",
    ];

    fn org(review: Value, there: Option<usize>, errors: (u16, Value)) -> Org {
        let pages: Vec<(&str, u16, Value)> = PLACES
            .iter()
            .enumerate()
            .map(|(n, place)| match there == Some(n) {
                true => (*place, 200, json!({"type": "file"})),
                false => (*place, 404, json!({"message": "Not Found"})),
            })
            .collect();
        let asked = protection(
            json!({"required_pull_request_reviews": {"require_code_owner_reviews": review}}),
        );
        on_branch((200, asked), (200, json!([])))
            .about(&CODEOWNERS, &pages)
            .about(&CODEOWNERS_ERRORS, &[("harbor/erp", errors.0, errors.1)])
    }

    fn fine() -> (u16, Value) {
        (200, json!({"errors": []}))
    }

    #[test]
    fn three_things_are_needed() {
        let absent = || (404, json!({"message": "Not Found"}));
        for (review, there, errors, expected) in [
            (json!(true), Some(0), fine(), Pass),
            (json!(true), Some(1), fine(), Pass),
            (json!(true), Some(2), fine(), Pass),
            (json!(false), Some(0), fine(), Fail),
            (json!(null), Some(0), fine(), Unknown),
            (json!(true), None, fine(), Fail),
            (json!(true), None, absent(), Fail),
            (
                json!(true),
                Some(0),
                (200, json!({"errors": [{"line": 3}]})),
                Fail,
            ),
            (json!(true), Some(0), (200, json!({"errors": [7]})), Fail),
            (json!(true), Some(0), (200, json!({})), Unknown),
            (json!(true), Some(0), absent(), Unknown),
        ] {
            let outcome: Outcome = org(review.clone(), there, errors.clone()).says(&CHECK).0;
            assert_eq!(outcome, expected, "{review} {there:?} {errors:?}");
        }
        let rule =
            json!([{"type": "pull_request", "parameters": {"require_code_owner_review": true}}]);
        let ruled = org(json!(false), Some(0), fine())
            .about(&crate::datasets::BRANCH_RULES, &[("harbor/erp", 200, rule)]);
        assert_eq!(ruled.says(&CHECK).0, Pass);
    }

    #[test]
    fn a_place_that_was_not_asked_for_may_hold_the_file() {
        let two = [
            (
                "harbor/erp:.github/CODEOWNERS",
                404,
                json!({"message": "Not Found"}),
            ),
            (
                "harbor/erp:CODEOWNERS",
                404,
                json!({"message": "Not Found"}),
            ),
        ];
        let lacking = org(json!(true), None, fine()).about(&CODEOWNERS, &two);
        assert_eq!(
            lacking.says(&CHECK),
            (Unknown, Some(UnknownCode::NotCollected))
        );
        let unasked = org(json!(true), Some(0), fine()).about(&CODEOWNERS_ERRORS, &[]);
        assert_eq!(
            unasked.says(&CHECK),
            (Unknown, Some(UnknownCode::NotCollected))
        );
    }
}
