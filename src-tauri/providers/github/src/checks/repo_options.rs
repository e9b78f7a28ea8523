//! Options of a repository that a company may want or not: information, of which nothing fails.

use super::{
    jury::Jury,
    optional::{NOT_NEEDED, wanted},
    population::{Answers, Forks, Found, Repo, repositories, told, unexpected},
    told::Told,
};
use crate::datasets::{IMMUTABLE_RELEASES, REPOSITORY_SETTINGS, Repository, Says, Switch};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

/// The rule. It is information: nothing fails.
///
/// | `delete_branch_on_merge`, from the repository or else from the list | it |
/// | --- | --- |
/// | `true` | passes |
/// | `false` | unknown: for a person to judge |
/// | null or absent | unknown: GitHub shows it only with write access |
/// | any, and the company has entered that it does not need it | passes |
///
/// Without a repository, all having been seen: not applicable.
pub static DELETE_ON_MERGE: Check = Check {
    id: "github.repo.delete_on_merge",
    alias: "GITHUB-40",
    version: 1,
    title: "A branch is deleted when it is merged, if the company wants it so.",
    objectives: &["3.4.6[b]"],
    severity: Severity::Info,
    remedy: "Settings > General > Pull requests of each listed repository: tick \"Automatically delete head branches\".",
    console: console!("repositories/configuring-branches-and-merges-in-your-repository"),
    reperform: Reperform {
        portal: "Settings > General > Pull requests of each repository: \"Automatically delete head branches\".",
        command: "gh api repos/ORG/REPO --jq .delete_branch_on_merge",
    },
    datasets: &["github.repositories", "github.repository_settings"],
    parameters: &[NOT_NEEDED],
    clouds: Clouds::All,
    evaluate: delete_on_merge,
};

/// The rule. It is information: nothing fails.
///
/// | GitHub's answer | it |
/// | --- | --- |
/// | `enabled` is `true` | passes |
/// | `enabled` is `false`, or 404, which is documented for "not switched on" | unknown: for a person to judge |
/// | null or absent, or no answer about the repository | unknown |
/// | any, and the company has entered that it does not need it | passes |
///
/// Without a repository, all having been seen: not applicable.
pub static IMMUTABLE_RELEASES_ON: Check = Check {
    id: "github.repo.immutable_releases",
    alias: "GITHUB-50",
    version: 1,
    title: "A release can't be changed once it is published, if the company wants it so.",
    objectives: &["3.14.2[b]", "3.4.3[d]"],
    severity: Severity::Info,
    remedy: "Settings > General > Releases of each listed repository: tick \"Enable release immutability\".",
    console: console!(
        "code-security/supply-chain-security/understanding-your-software-supply-chain/immutable-releases"
    ),
    reperform: Reperform {
        portal: "Settings > General > Releases of each repository.",
        command: "gh api repos/ORG/REPO/immutable-releases --jq .enabled",
    },
    datasets: &["github.repositories", "github.immutable_releases"],
    parameters: &[NOT_NEEDED],
    clouds: Clouds::Only(&["github", "ghe"]),
    evaluate: immutable_releases,
};

fn delete_on_merge(collected: &Collected<'_>) -> Verdict {
    let mut jury = Jury::new();
    let repos = repositories(collected, &mut jury, Forks::Out);
    let settings = Answers::<Repository>::needed(collected, &mut jury, REPOSITORY_SETTINGS.id);
    for repo in &repos {
        let told = match deletes(&settings, repo) {
            Ok(Some(true)) => Told::Yes,
            Ok(Some(false)) => Told::no("Branches stay when they are merged."),
            Ok(None) => Told::Unclear(Reason::new(
                UnknownCode::PermissionMissing,
                "GitHub shows this only to a token that may change the repository, which ours must not.",
            )),
            Err(unclear) => unclear,
        };
        jury.repository(repo, wanted(collected, "delete_on_merge", told));
    }
    jury.conclude(WhenEmpty::NotApplicable)
}

fn deletes(settings: &Answers<Repository>, repo: &Repo) -> Result<Option<bool>, Told> {
    let listed = repo.row.delete_branch_on_merge;
    match settings.about(repo) {
        Found::There(row) => Ok(row.delete_branch_on_merge.or(listed)),
        Found::Lacking(_) if listed.is_some() => Ok(listed),
        Found::Lacking(reason) => Err(Told::Unclear(reason)),
        Found::Says(says) => Err(unexpected(says)),
    }
}

fn immutable_releases(collected: &Collected<'_>) -> Verdict {
    let mut jury = Jury::new();
    let repos = repositories(collected, &mut jury, Forks::Out);
    let releases = Answers::<Switch>::needed(collected, &mut jury, IMMUTABLE_RELEASES.id);
    let off = "Published releases can be changed.";
    for repo in &repos {
        let told = told(
            releases.about(repo),
            |says| match says {
                Says::Off => Told::no(off),
                says => unexpected(says),
            },
            |switch| Told::of(switch.enabled, off, "GitHub does not say whether it is on."),
        );
        jury.repository(repo, wanted(collected, "immutable_releases", told));
    }
    jury.conclude(WhenEmpty::NotApplicable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Org, repository};
    use evidence::Outcome::{NotApplicable, Pass, Unknown};
    use serde_json::{Value, json};

    const PERSON: (evidence::Outcome, Option<UnknownCode>) =
        (Unknown, Some(UnknownCode::NeedsJudgement));

    #[test]
    fn merged_branches() {
        let org = |listed: Value, asked: Value| {
            Org::new()
                .repositories(&[repository("erp", listed)])
                .about(&REPOSITORY_SETTINGS, &[("harbor/erp", 200, asked)])
        };
        let of = |value: Value| json!({"delete_branch_on_merge": value});
        let hidden = (Unknown, Some(UnknownCode::PermissionMissing));
        for (listed, asked, expected) in [
            (json!({}), of(json!(true)), (Pass, None)),
            (json!({}), of(json!(false)), PERSON),
            (of(json!(true)), json!({}), (Pass, None)),
            (of(json!(true)), of(json!(false)), PERSON),
            (json!({}), json!({}), hidden),
        ] {
            assert_eq!(
                org(listed.clone(), asked.clone()).says(&DELETE_ON_MERGE),
                expected,
                "{listed} {asked}"
            );
        }
        let unasked = org(json!({}), json!({})).about(&REPOSITORY_SETTINGS, &[]);
        assert_eq!(
            unasked.says(&DELETE_ON_MERGE),
            (Unknown, Some(UnknownCode::NotCollected))
        );
        let listed = org(of(json!(true)), json!({})).about(&REPOSITORY_SETTINGS, &[]);
        assert_eq!(listed.says(&DELETE_ON_MERGE), (Pass, None));
    }

    #[test]
    fn what_is_not_needed_is_settled() {
        let org = Org::new()
            .repositories(&[repository("erp", json!({}))])
            .about(&REPOSITORY_SETTINGS, &[("harbor/erp", 200, json!({}))])
            .about(
                &IMMUTABLE_RELEASES,
                &[("harbor/erp", 404, json!({"message": "Not Found"}))],
            )
            .with(NOT_NEEDED, json!(["delete_on_merge", "immutable_releases"]));
        assert_eq!(org.says(&DELETE_ON_MERGE), (Pass, None));
        assert_eq!(org.says(&IMMUTABLE_RELEASES_ON), (Pass, None));
        let refused = org.without(&IMMUTABLE_RELEASES);
        assert_eq!(
            refused.says(&IMMUTABLE_RELEASES_ON),
            (Unknown, Some(UnknownCode::PermissionMissing))
        );
    }

    #[test]
    fn releases() {
        let org = |status, answer: Value| {
            Org::new()
                .repositories(&[repository("erp", json!({}))])
                .about(&IMMUTABLE_RELEASES, &[("harbor/erp", status, answer)])
        };
        let malformed = (Unknown, Some(UnknownCode::MalformedAnswer));
        for (status, answer, expected) in [
            (200, json!({"enabled": true}), (Pass, None)),
            (200, json!({"enabled": false}), PERSON),
            (404, json!({"message": "Not Found"}), PERSON),
            (200, json!({}), malformed),
            (403, json!({"message": "Forbidden"}), malformed),
        ] {
            let says = org(status, answer.clone()).says(&IMMUTABLE_RELEASES_ON);
            assert_eq!(says, expected, "{status} {answer}");
        }
        let unasked = org(200, json!({})).about(&IMMUTABLE_RELEASES, &[]);
        assert_eq!(
            unasked.says(&IMMUTABLE_RELEASES_ON),
            (Unknown, Some(UnknownCode::NotCollected))
        );
        let none = org(200, json!({})).repositories(&[]);
        assert_eq!(none.says(&IMMUTABLE_RELEASES_ON), (NotApplicable, None));
    }
}
