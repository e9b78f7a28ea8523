//! Whoever finds a flaw in public code needs to know whom to tell.

use super::{
    jury::Jury,
    population::{Answers, Forks, Found, public, repositories, unexpected},
    told::Told,
};
use crate::datasets::{File, PLACES, SECURITY_POLICIES, Says};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

/// The file.
const NAME: &str = "SECURITY.md";

/// The rule. Each public repository, by `SECURITY.md` in `.github`, at the top or in `docs`, of the repository itself or
/// of the organization's repository `.github`:
///
/// | the file | it |
/// | --- | --- |
/// | is in one of the six places | passes |
/// | is in none of them, all having been asked for | fails |
/// | is in none that was asked for, and one was not | unknown |
///
/// A folder or link of the name is no such file. A repository that does not say who can see it is unknown. Without a
/// public one, all having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "github.repo.security_md",
    alias: "GITHUB-49",
    version: 1,
    title: "Every public repository says how to report a vulnerability.",
    objectives: &["3.6.2[c]", "3.14.1[c]"],
    severity: Severity::Low,
    remedy: "Add SECURITY.md with an address to report to, in each listed repository or once in the organization's public repository named .github.",
    console: console!("code-security/getting-started/adding-a-security-policy-to-your-repository"),
    reperform: Reperform {
        portal: "Security > Policy of each public repository.",
        command: "gh api repos/ORG/REPO/contents/SECURITY.md; the same for .github/SECURITY.md and docs/SECURITY.md, and for repos/ORG/.github",
    },
    datasets: &["github.repositories", "github.security_policies"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut jury = Jury::new();
    let repos = repositories(collected, &mut jury, Forks::Out);
    let files = Answers::<File>::needed(collected, &mut jury, SECURITY_POLICIES.id);
    let none = "Nothing says how to report a vulnerability.";
    for repo in &repos {
        if public(&mut jury, repo) {
            let shared = format!("{}/.github", repo.owner());
            let told = Told::any(
                [
                    present(&files, &repo.name, NAME, none),
                    present(&files, &shared, NAME, none),
                ],
                none,
            );
            jury.repository(repo, told);
        }
    }
    jury.conclude(WhenEmpty::NotApplicable)
}

/// Whether a repository has the file `name` in one of the places where GitHub looks for it.
pub(super) fn present(files: &Answers<File>, repository: &str, name: &str, none: &str) -> Told {
    let places =
        PLACES.iter().map(
            |place| match files.part(repository, &format!("{place}{name}")) {
                Found::There(file) => match file.kind.as_deref() {
                    Some("file") => Told::Yes,
                    Some(_) => Told::no(none),
                    None => Told::silent("GitHub does not say whether it is a file."),
                },
                Found::Says(Says::Off) => Told::no(none),
                Found::Says(says) => unexpected(says),
                Found::Lacking(reason) => Told::Unclear(reason),
            },
        );
    Told::any(places, none)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Org, repository};
    use evidence::{
        Outcome::{Fail, NotApplicable, Pass, Unknown},
        UnknownCode,
    };
    use serde_json::{Value, json};

    const ALL: [&str; 6] = [
        "harbor/site:.github/SECURITY.md",
        "harbor/site:SECURITY.md",
        "harbor/site:docs/SECURITY.md",
        "harbor/.github:.github/SECURITY.md",
        "harbor/.github:SECURITY.md",
        "harbor/.github:docs/SECURITY.md",
    ];

    fn org(there: Option<&str>, kind: Value, asked: &[&str]) -> Org {
        let pages: Vec<(&str, u16, Value)> = asked
            .iter()
            .map(|place| match Some(*place) == there {
                true => (*place, 200, json!({"type": kind})),
                false => (*place, 404, json!({"message": "Not Found"})),
            })
            .collect();
        Org::new()
            .repositories(&[repository(
                "site",
                json!({"visibility": "public", "private": false}),
            )])
            .about(&SECURITY_POLICIES, &pages)
    }

    #[test]
    fn one_of_six_places_is_enough_and_none_of_all_fails() {
        for place in ALL {
            assert_eq!(
                org(Some(place), json!("file"), &ALL).says(&CHECK),
                (Pass, None),
                "{place}"
            );
            assert_eq!(
                org(Some(place), json!("dir"), &ALL).says(&CHECK),
                (Fail, None),
                "{place}"
            );
            let silent = org(Some(place), json!(null), &ALL);
            assert_eq!(
                silent.says(&CHECK),
                (Unknown, Some(UnknownCode::MalformedAnswer))
            );
            assert_eq!(
                org(Some(place), json!("file"), &[place]).says(&CHECK),
                (Pass, None)
            );
        }
        assert_eq!(org(None, json!("file"), &ALL).says(&CHECK), (Fail, None));
        for left_out in ALL {
            let asked: Vec<&str> = ALL.into_iter().filter(|place| *place != left_out).collect();
            let says = org(None, json!("file"), &asked).says(&CHECK);
            assert_eq!(
                says,
                (Unknown, Some(UnknownCode::NotCollected)),
                "{left_out}"
            );
        }
    }

    #[test]
    fn only_public_repositories_need_one() {
        let private = org(None, json!("file"), &ALL).repositories(&[repository("site", json!({}))]);
        assert_eq!(private.says(&CHECK), (NotApplicable, None));
        let silent = org(None, json!("file"), &ALL).repositories(&[repository(
            "site",
            json!({"visibility": null, "private": null}),
        )]);
        assert_eq!(
            silent.says(&CHECK),
            (Unknown, Some(UnknownCode::MalformedAnswer))
        );
    }
}
