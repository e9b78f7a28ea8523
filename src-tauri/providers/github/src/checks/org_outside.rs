//! Who is let in from outside is the company's decision; who is in, GitHub knows. This compares the two.

use super::{jury::Jury, population::Answers, told::Told};
use crate::datasets::{
    Collaborator, Each, OUTSIDE_COLLABORATORS, Person, REPOSITORY_OUTSIDE_COLLABORATORS,
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeMap;

const APPROVED: &str = "github.approved_external";

/// The rule.
///
/// | the company's list | an outside collaborator | it |
/// | --- | --- | --- |
/// | any | without a name | unknown |
/// | empty | any | unknown: for a person to judge |
/// | not empty | on it | passes |
/// | not empty | not on it | fails |
///
/// Without any outside collaborator, the list having been read to its end: passes. In which repositories somebody is, and
/// as what, only adds to what is told; without those answers the rule holds as well.
pub static CHECK: Check = Check {
    id: "github.org.outside_reviewed",
    alias: "GITHUB-11",
    version: 1,
    title: "Every outside collaborator is on the company's list.",
    objectives: &["3.1.1[a]", "3.1.20[a]", "3.1.20[c]"],
    severity: Severity::Info,
    remedy: "Compare the listed people with those the company works with. Remove the others under Organization > People > Outside collaborators, and enter the rest in the list, with who approved it.",
    console: console!("organizations/managing-user-access-to-your-organizations-repositories"),
    reperform: Reperform {
        portal: "Organization > People > Outside collaborators: compare with the company's list.",
        command: "gh api --paginate orgs/ORG/outside_collaborators --jq '.[].login'",
    },
    datasets: &[
        "github.outside_collaborators",
        "github.repository_outside_collaborators",
    ],
    parameters: &[APPROVED],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let approved = collected.parameters.list(APPROVED);
    let mut jury = Jury::new();
    let people = jury.rows::<Person>(collected, OUTSIDE_COLLABORATORS.id);
    let places = places(collected);
    for person in &people {
        let id = person.id.map(|id| id.to_string()).unwrap_or_default();
        let told = match &person.login {
            None => Told::silent("GitHub does not name this person."),
            Some(login) => {
                let login = login.to_lowercase();
                let at = places.get(&login).map_or(String::new(), |places| {
                    format!(" Is in {}.", places.join(", "))
                });
                if approved.is_empty() {
                    Told::for_a_person(format!(
                        "Nobody has entered yet whether this person is approved (parameter {APPROVED}).{at}"
                    ))
                } else if approved.contains(&login) {
                    Told::Yes
                } else {
                    Told::no(format!(
                        "Not on the list of approved outside collaborators.{at}"
                    ))
                }
            }
        };
        jury.told("user", &id, &person.name(), told);
    }
    jury.conclude(WhenEmpty::Passes)
}

/// The repositories of each outside collaborator and the role in them, as far as they were collected.
fn places(collected: &Collected<'_>) -> BTreeMap<String, Vec<String>> {
    let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let answers =
        Answers::<Each<Collaborator>>::optional(collected, REPOSITORY_OUTSIDE_COLLABORATORS.id);
    for answer in answers.all() {
        let people = answer
            .answer
            .iter()
            .flat_map(|Each(people)| people)
            .flatten();
        for person in people {
            let role = person
                .role_name
                .as_deref()
                .unwrap_or("a role that is not named");
            if let Some(login) = &person.login {
                let place = format!("{} ({role})", answer.repository);
                places.entry(login.to_lowercase()).or_default().push(place);
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::Org;
    use evidence::{
        Outcome::{Fail, Pass, Unknown},
        UnknownCode,
    };
    use serde_json::json;

    fn org() -> Org {
        Org::new()
            .list(
                &OUTSIDE_COLLABORATORS,
                json!([{"id": 1, "login": "Kim-Ext"}, {"id": 2, "login": "lee-ext"}]),
            )
            .about(
                &REPOSITORY_OUTSIDE_COLLABORATORS,
                &[(
                    "harbor/erp",
                    200,
                    json!([{"login": "lee-ext", "role_name": "write"}, 7, {}]),
                )],
            )
    }

    #[test]
    fn the_list_decides_and_an_empty_list_leaves_it_to_a_person() {
        assert_eq!(
            org().says(&CHECK),
            (Unknown, Some(UnknownCode::NeedsJudgement))
        );
        assert_eq!(
            org()
                .with(APPROVED, json!(["kim-ext", "LEE-ext"]))
                .says(&CHECK),
            (Pass, None)
        );
        let verdict = org().with(APPROVED, json!(["kim-ext"])).judge(&CHECK);
        assert_eq!(verdict.outcome, Fail);
        assert_eq!(verdict.resources[0].name, "lee-ext");
        assert!(
            verdict.resources[0]
                .note
                .ends_with("Is in harbor/erp (write).")
        );
    }

    #[test]
    fn nobody_passes_and_half_a_list_does_not() {
        let list = |rows| org().list(&OUTSIDE_COLLABORATORS, rows);
        assert_eq!(list(json!([])).says(&CHECK), (Pass, None));
        assert_eq!(
            list(json!([{"id": 1}])).says(&CHECK),
            (Unknown, Some(UnknownCode::MalformedAnswer))
        );
        let half = org().half(&OUTSIDE_COLLABORATORS, json!([]));
        assert_eq!(half.says(&CHECK), (Unknown, Some(UnknownCode::Partial)));
    }

    #[test]
    fn without_the_roles_the_rule_holds() {
        let without = org().without(&REPOSITORY_OUTSIDE_COLLABORATORS);
        assert_eq!(
            without
                .with(APPROVED, json!(["kim-ext", "lee-ext"]))
                .says(&CHECK),
            (Pass, None)
        );
    }
}
