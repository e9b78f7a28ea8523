//! Who can see the company's repositories, and which of them nobody needs any more.

use super::{
    ages::{age, number},
    jury::Jury,
    population::{Forks, Repo, public, repositories},
    told::Told,
};
use evidence::{Reason, Severity};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

const APPROVED: &str = "github.approved_public";
const DAYS: &str = "github.inactive_days";
const KEPT: &str = "github.kept_repositories";

/// The rule. Each repository that is not archived, forks too:
///
/// | who can see it | on the company's list | it |
/// | --- | --- | --- |
/// | everybody | no | fails |
/// | everybody | yes, as `owner/name` or as `name` | passes |
/// | fewer | any | passes |
/// | GitHub does not say | any | unknown |
///
/// Without a repository, all having been seen: not applicable.
pub static PUBLIC_APPROVED: Check = Check {
    id: "github.repo.public_approved",
    alias: "GITHUB-25",
    version: 1,
    title: "Every public repository is approved.",
    objectives: &["3.1.22[a]", "3.1.22[d]", "3.1.22[e]", "3.1.3[e]"],
    severity: Severity::High,
    remedy: "Look through each listed repository and its history for what must not be public. Make it private under Settings > Danger Zone, or enter it in the list of approved public repositories, with who approved it.",
    console: console!(
        "repositories/managing-your-repositorys-settings-and-features/managing-repository-settings/setting-repository-visibility"
    ),
    reperform: Reperform {
        portal: "Organization > Repositories: filter \"Public\", and compare with the list of approved ones.",
        command: "gh api --paginate 'orgs/ORG/repos?type=public' --jq '.[] | select(.archived | not) | .full_name'",
    },
    datasets: &["github.repositories"],
    parameters: &[APPROVED],
    clouds: Clouds::All,
    evaluate: public_approved,
};

/// The rule. It is information: nothing fails.
///
/// | last push | it |
/// | --- | --- |
/// | within the company's days before the list was read | passes |
/// | before that, and on the company's list of those it keeps | passes |
/// | before that | unknown: for a person to judge whether it is still needed |
/// | GitHub does not say | unknown |
///
/// Archived repositories and forks do not count. Without a repository, all having been seen: not applicable.
pub static INACTIVE_ARCHIVED: Check = Check {
    id: "github.repo.inactive_archived",
    alias: "GITHUB-26",
    version: 1,
    title: "Repositories that nobody works in are archived.",
    objectives: &["3.4.6[b]"],
    severity: Severity::Info,
    remedy: "Settings > Danger Zone > Archive this repository, for each listed one that nobody changes any more.",
    console: console!("repositories/archiving-a-github-repository/archiving-repositories"),
    reperform: Reperform {
        portal: "Organization > Repositories: sort by last pushed.",
        command: "gh api --paginate 'orgs/ORG/repos?sort=pushed&direction=asc' --jq '.[] | select(.archived | not) | [.full_name, .pushed_at]'",
    },
    datasets: &["github.repositories"],
    parameters: &[DAYS, KEPT],
    clouds: Clouds::All,
    evaluate: |collected| inactive(collected).unwrap_or_else(Verdict::unknown),
};

/// Whether a list of the company names a repository, with its owner or without.
fn names(list: &[String], repo: &Repo) -> bool {
    let full = repo.name.to_lowercase();
    let short = full.split_once('/').map_or("", |(_, name)| name);
    list.iter().any(|entry| *entry == full || entry == short)
}

fn public_approved(collected: &Collected<'_>) -> Verdict {
    let approved = collected.parameters.list(APPROVED);
    let mut jury = Jury::new();
    for repo in &repositories(collected, &mut jury, Forks::In) {
        match repo.row.is_public() {
            Some(true) if !names(&approved, repo) => jury.repository(
                repo,
                Told::no("Everybody can see it, and it is not on the list of approved ones."),
            ),
            Some(_) => jury.pass(),
            None => {
                public(&mut jury, repo);
            }
        }
    }
    jury.conclude(WhenEmpty::NotApplicable)
}

fn inactive(collected: &Collected<'_>) -> Result<Verdict, Reason> {
    let days = number(collected, DAYS)?;
    let kept = collected.parameters.list(KEPT);
    let mut jury = Jury::new();
    for repo in &repositories(collected, &mut jury, Forks::Out) {
        let told = match repo.row.pushed_at.and_then(|at| age(collected.now, at)) {
            None => Told::silent("GitHub does not say when it was last pushed to."),
            Some(age) if age > days && names(&kept, repo) => Told::Yes,
            Some(age) if age > days => Told::for_a_person(format!(
                "Last pushed to {age} days ago; at most {days} without being archived."
            )),
            Some(_) => Told::Yes,
        };
        jury.repository(repo, told);
    }
    Ok(jury.conclude(WhenEmpty::NotApplicable))
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

    fn org(repo: Value) -> Org {
        Org::new().repositories(&[repository("Site", repo)])
    }

    #[test]
    fn public_repositories_need_to_be_on_the_list() {
        let open = || json!({"visibility": "public", "private": false});
        for (list, expected) in [
            (json!([]), Fail),
            (json!(["other"]), Fail),
            (json!(["site"]), Pass),
            (json!(["HARBOR/site"]), Pass),
            (json!(["bay/site"]), Fail),
        ] {
            let org = org(open()).with(APPROVED, list.clone());
            assert_eq!(org.says(&PUBLIC_APPROVED).0, expected, "{list}");
        }
        for (changes, expected) in [
            (json!({}), (Pass, None)),
            (json!({"visibility": "internal"}), (Pass, None)),
            (
                json!({"visibility": "public", "private": false, "archived": true}),
                (NotApplicable, None),
            ),
            (
                json!({"visibility": "public", "private": false, "fork": true}),
                (Fail, None),
            ),
            (
                json!({"visibility": null, "private": null}),
                (Unknown, Some(UnknownCode::MalformedAnswer)),
            ),
        ] {
            assert_eq!(
                org(changes.clone()).says(&PUBLIC_APPROVED),
                expected,
                "{changes}"
            );
        }
    }

    #[test]
    fn old_ones_are_for_a_person() {
        let person = (Unknown, Some(UnknownCode::NeedsJudgement));
        for (at, expected) in [
            (json!("2026-11-20T00:00:00Z"), (Pass, None)),
            (json!("2026-05-27T09:00:00Z"), (Pass, None)),
            (json!("2026-05-26T08:00:00Z"), person),
            (json!(null), (Unknown, Some(UnknownCode::MalformedAnswer))),
        ] {
            assert_eq!(
                org(json!({"pushed_at": at})).says(&INACTIVE_ARCHIVED),
                expected,
                "{at}"
            );
        }
        let old = |changes: Value| org(changes).with(DAYS, json!(1));
        assert_eq!(
            old(json!({"archived": true})).says(&INACTIVE_ARCHIVED),
            (NotApplicable, None)
        );
        assert_eq!(
            old(json!({"fork": true})).says(&INACTIVE_ARCHIVED),
            (NotApplicable, None)
        );
        assert_eq!(old(json!({})).says(&INACTIVE_ARCHIVED), person);
        let kept = old(json!({})).with(KEPT, json!(["site"]));
        assert_eq!(kept.says(&INACTIVE_ARCHIVED), (Pass, None));
        let unset = org(json!({})).with(DAYS, json!(null));
        assert_eq!(unset.says(&INACTIVE_ARCHIVED), person);
    }
}
