//! Who administers a repository without running the organization.

use super::{
    jury::Jury,
    population::{Answers, Forks, Repo, repositories},
    told::Told,
};
use crate::datasets::{
    Collaborator, Each, OWNERS, Person, REPOSITORY_DIRECT_COLLABORATORS,
    REPOSITORY_OUTSIDE_COLLABORATORS,
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeSet;

const APPROVED: &str = "github.approved_repository_admins";

/// The rule. Each person who is let into a repository directly, not through a team:
///
/// | the person | administers it | it |
/// | --- | --- | --- |
/// | from outside | yes | fails |
/// | from outside or a member | no | passes |
/// | a member who owns the organization | yes | passes: an owner may do everything anyway |
/// | a member on the company's list | yes | passes |
/// | any other member | yes | unknown: for a person to judge |
/// | any | GitHub does not say | unknown |
///
/// A repository without one of its two lists is unknown. Without anybody in any repository, all having been seen: passes;
/// without a repository: not applicable.
pub static CHECK: Check = Check {
    id: "github.repo.admin_collaborators",
    alias: "GITHUB-27",
    version: 1,
    title: "Nobody from outside administers a repository, and no member without need.",
    objectives: &["3.1.5[b]", "3.1.20[d]"],
    severity: Severity::High,
    remedy: "Settings > Collaborators and teams of each listed repository: give the role that the work needs, through a team. Enter members who really administer one in the list.",
    console: console!("organizations/managing-user-access-to-your-organizations-repositories"),
    reperform: Reperform {
        portal: "Settings > Collaborators and teams of each repository: people with the role Admin.",
        command: "gh api --paginate 'repos/ORG/REPO/collaborators?affiliation=direct' --jq '.[] | [.login, .role_name]'; the same with affiliation=outside",
    },
    datasets: &[
        "github.repositories",
        "github.repository_outside_collaborators",
        "github.repository_direct_collaborators",
        "github.owners",
    ],
    parameters: &[APPROVED],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut jury = Jury::new();
    let repos = repositories(collected, &mut jury, Forks::Out);
    let mut list = |dataset| Answers::<Each<Collaborator>>::needed(collected, &mut jury, dataset);
    let outside = list(REPOSITORY_OUTSIDE_COLLABORATORS.id);
    let direct = list(REPOSITORY_DIRECT_COLLABORATORS.id);
    let owners = jury.rows::<Person>(collected, OWNERS.id);
    let mut trusted: BTreeSet<String> = collected.parameters.list(APPROVED).into_iter().collect();
    trusted.extend(
        owners
            .into_iter()
            .filter_map(|owner| Some(owner.login?.to_lowercase())),
    );
    for repo in &repos {
        let mut strangers = BTreeSet::new();
        match outside.listed(repo) {
            Ok(people) => {
                for person in people {
                    strangers.extend(person.and_then(login));
                    one(&mut jury, repo, person, |_| {
                        Told::no("Is from outside and administers the repository.")
                    });
                }
            }
            Err(reason) => jury.repository(repo, Told::Unclear(reason)),
        }
        match direct.listed(repo) {
            Ok(people) => {
                for person in people {
                    let known = person
                        .and_then(login)
                        .is_some_and(|login| strangers.contains(&login));
                    if !known {
                        one(&mut jury, repo, person, |person| member(person, &trusted));
                    }
                }
            }
            Err(reason) => jury.repository(repo, Told::Unclear(reason)),
        }
    }
    jury.conclude(match repos.is_empty() {
        true => WhenEmpty::NotApplicable,
        false => WhenEmpty::Passes,
    })
}

fn login(person: &Collaborator) -> Option<String> {
    person.login.as_ref().map(|login| login.to_lowercase())
}

fn member(person: &Collaborator, trusted: &BTreeSet<String>) -> Told {
    match login(person) {
        Some(login) if trusted.contains(&login) => Told::Yes,
        Some(_) => Told::for_a_person(format!(
            "Administers the repository directly. Nobody has entered yet whether that is needed (parameter {APPROVED})."
        )),
        None => Told::silent("GitHub does not name somebody who administers it."),
    }
}

fn one(
    jury: &mut Jury,
    repo: &Repo,
    person: Option<&Collaborator>,
    administrator: impl FnOnce(&Collaborator) -> Told,
) {
    let name = person
        .and_then(|person| person.login.as_deref())
        .unwrap_or("somebody");
    let told = match person.map(|person| (person.administers(), person)) {
        Some((Some(true), person)) => administrator(person),
        Some((Some(false), _)) => Told::Yes,
        Some((None, _)) => Told::silent("GitHub does not say whether this person administers it."),
        None => Told::silent("Somebody in it can't be read."),
    };
    let name = format!("{name} in {}", repo.name);
    jury.told("collaborator", &name, &name, told);
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

    fn org(outside: Value, direct: Value) -> Org {
        Org::new()
            .repositories(&[repository("erp", json!({}))])
            .about(
                &REPOSITORY_OUTSIDE_COLLABORATORS,
                &[("harbor/erp", 200, outside)],
            )
            .about(
                &REPOSITORY_DIRECT_COLLABORATORS,
                &[("harbor/erp", 200, direct)],
            )
            .list(&OWNERS, json!([{"id": 1, "login": "Owner"}, {}]))
    }

    #[test]
    fn who_administers_decides() {
        let admin = |login: &str| json!([{"login": login, "role_name": "admin"}]);
        let writer = |login: &str| json!([{"login": login, "role_name": "write"}]);
        let person = (Unknown, Some(UnknownCode::NeedsJudgement));
        let malformed = (Unknown, Some(UnknownCode::MalformedAnswer));
        for (outside, direct, expected) in [
            (json!([]), json!([]), (Pass, None)),
            (writer("ext"), writer("ext"), (Pass, None)),
            (admin("ext"), admin("EXT"), (Fail, None)),
            (json!([{"role_name": "admin"}]), json!([]), (Fail, None)),
            (json!([]), admin("owner"), (Pass, None)),
            (json!([]), admin("Lead"), (Pass, None)),
            (json!([]), admin("dev"), person),
            (json!([]), json!([{"role_name": "admin"}]), malformed),
            (json!([{"login": "ext"}]), json!([]), malformed),
            (json!([7]), json!([]), malformed),
        ] {
            let org = org(outside.clone(), direct.clone()).with(APPROVED, json!(["lead"]));
            assert_eq!(org.says(&CHECK), expected, "{outside} {direct}");
        }
    }

    #[test]
    fn both_lists_are_needed_and_somebody_seen_fails() {
        let admin = || json!([{"login": "ext", "role_name": "admin"}]);
        for dataset in [
            &REPOSITORY_OUTSIDE_COLLABORATORS,
            &REPOSITORY_DIRECT_COLLABORATORS,
        ] {
            let none = org(json!([]), json!([])).about(dataset, &[]);
            assert_eq!(
                none.says(&CHECK),
                (Unknown, Some(UnknownCode::NotCollected))
            );
        }
        let seen = org(admin(), json!([])).without(&REPOSITORY_DIRECT_COLLABORATORS);
        assert_eq!(seen.told(&CHECK).0, Fail);
        let none = org(json!([]), json!([])).repositories(&[]);
        assert_eq!(none.says(&CHECK), (NotApplicable, None));
    }
}
