//! A deploy key lets a machine into a repository for as long as it is there.

use super::{
    ages::{age, number},
    jury::Jury,
    population::{Answers, Forks, repositories},
    told::Told,
};
use crate::datasets::{DEPLOY_KEYS, DeployKey, Each, MEMBERS, OUTSIDE_COLLABORATORS, Person};
use evidence::{Reason, Severity, Timestamp};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeSet;

const DAYS: &str = "github.deploy_key_unused_days";

/// The rule. Each deploy key that is not switched off; one part that fails decides:
///
/// | part | passes | fails | unknown |
/// | --- | --- | --- | --- |
/// | `read_only` | `true` | `false` | null or absent |
/// | last used | within the company's days, or never and added within them | earlier, or never and added earlier | absent, or never and no date of adding |
/// | added by | a member, or an app (`...[bot]`) | somebody who is no member any more | null or absent, or the members were not collected |
///
/// A repository without its list is unknown. Without a key, all lists having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "github.repo.deploy_keys",
    alias: "GITHUB-28",
    version: 1,
    title: "Deploy keys only read, are in use, and were added by a member.",
    objectives: &["3.1.5[b]", "3.5.6[b]", "3.5.2[b]"],
    severity: Severity::Medium,
    remedy: "Settings > Deploy keys of each listed repository: delete what nothing uses, replace keys with write access by read-only ones or by an app, and replace keys of people who left.",
    console: console!("authentication/connecting-to-github-with-ssh/managing-deploy-keys"),
    reperform: Reperform {
        portal: "Settings > Deploy keys of each repository.",
        command: "gh api --paginate repos/ORG/REPO/keys --jq '.[] | [.title, .read_only, .last_used, .added_by]'",
    },
    datasets: &[
        "github.repositories",
        "github.deploy_keys",
        "github.members",
        "github.outside_collaborators",
    ],
    parameters: &[DAYS],
    clouds: Clouds::All,
    evaluate: |collected| judge(collected).unwrap_or_else(Verdict::unknown),
};

fn judge(collected: &Collected<'_>) -> Result<Verdict, Reason> {
    let days = number(collected, DAYS)?;
    let mut jury = Jury::new();
    let repos = repositories(collected, &mut jury, Forks::Out);
    let keys = Answers::<Each<DeployKey>>::needed(collected, &mut jury, DEPLOY_KEYS.id);
    let members = members(collected);
    for repo in &repos {
        match keys.listed(repo) {
            Ok(keys) => {
                for key in keys {
                    let id = key.and_then(|key| key.id);
                    let id = id.map(|id| id.to_string()).unwrap_or_default();
                    let title = key.and_then(|key| key.title.as_deref()).unwrap_or("a key");
                    let told = match key {
                        None => Told::silent("The key can't be read."),
                        Some(DeployKey {
                            enabled: Some(false),
                            ..
                        }) => continue,
                        Some(key) => rule(key, &members, days, collected.now),
                    };
                    jury.told("deployKey", &id, &format!("{title} in {}", repo.name), told);
                }
            }
            Err(reason) => jury.repository(repo, Told::Unclear(reason)),
        }
    }
    Ok(jury.conclude(WhenEmpty::NotApplicable))
}

/// The names of all members; why they are not known otherwise.
fn members(collected: &Collected<'_>) -> Result<BTreeSet<String>, Reason> {
    // Without the permission to read members those alone are listed who show it to everybody; these are not listed then.
    collected.rows::<Person>(OUTSIDE_COLLABORATORS.id)?;
    let people = collected.rows::<Person>(MEMBERS.id)?;
    let nameless = people.rows.iter().any(|person| person.login.is_none());
    match people.missing {
        Some(reason) => Err(reason),
        None if nameless => Err(Reason::new(
            evidence::UnknownCode::MalformedAnswer,
            "GitHub does not name every member.",
        )),
        None => Ok(people
            .rows
            .into_iter()
            .filter_map(|person| Some(person.login?.to_lowercase()))
            .collect()),
    }
}

fn rule(
    key: &DeployKey,
    members: &Result<BTreeSet<String>, Reason>,
    days: i64,
    now: Timestamp,
) -> Told {
    let writes = Told::of(
        key.read_only,
        "Can write.",
        "GitHub does not say whether it can write.",
    );
    let used = match (key.last_used, key.created_at) {
        (Some(Some(at)), _) => match age(now, at) {
            None => Told::silent("It was last used at a moment to come."),
            Some(age) if age > days => {
                Told::no(format!("Not used for {age} days; at most {days}."))
            }
            _ => Told::Yes,
        },
        (Some(None), Some(added)) => match age(now, added) {
            None => Told::silent("It was added at a moment to come."),
            Some(age) if age > days => {
                Told::no(format!("Never used since it was added {age} days ago."))
            }
            _ => Told::Yes,
        },
        (Some(None), None) => Told::silent("GitHub does not say when it was added."),
        (None, _) => Told::silent("GitHub does not say when it was last used."),
    };
    let owner = match (key.added_by.as_deref(), members) {
        (None, _) => Told::silent("GitHub does not say who added it."),
        (Some(app), _) if app.ends_with("[bot]") => Told::Yes,
        (Some(_), Err(reason)) => Told::Unclear(reason.clone()),
        (Some(login), Ok(members)) if members.contains(&login.to_lowercase()) => Told::Yes,
        (Some(login), Ok(_)) => Told::no(format!("Added by {login}, who is no member.")),
    };
    Told::all([writes, used, owner])
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

    fn good() -> Value {
        json!({
            "id": 501, "title": "build server", "read_only": true, "enabled": true,
            "created_at": "2025-01-10T08:00:00Z", "last_used": "2026-11-21T02:00:00Z", "added_by": "Dreyes",
        })
    }

    fn org(keys: Value) -> Org {
        Org::new()
            .repositories(&[repository("erp", json!({}))])
            .about(&DEPLOY_KEYS, &[("harbor/erp", 200, keys)])
            .list(&MEMBERS, json!([{"id": 1, "login": "dreyes"}]))
            .list(&OUTSIDE_COLLABORATORS, json!([]))
    }

    fn with(changes: Value) -> Org {
        let mut key = good();
        for (name, value) in changes.as_object().into_iter().flatten() {
            key[name.as_str()] = value.clone();
        }
        org(json!([key]))
    }

    #[test]
    fn each_part_of_a_key_decides() {
        let malformed = (Unknown, Some(UnknownCode::MalformedAnswer));
        for (changes, expected) in [
            (json!({}), (Pass, None)),
            (json!({"read_only": false}), (Fail, None)),
            (json!({"read_only": null}), malformed),
            (json!({"last_used": "2026-08-25T08:00:00Z"}), (Pass, None)),
            (json!({"last_used": "2026-08-24T08:00:00Z"}), (Fail, None)),
            (json!({"last_used": null}), (Fail, None)),
            (json!({"last_used": "2027-08-24T08:00:00Z"}), malformed),
            (
                json!({"last_used": null, "created_at": "2026-11-20T08:00:00Z"}),
                (Pass, None),
            ),
            (json!({"last_used": null, "created_at": null}), malformed),
            (json!({"added_by": "gone"}), (Fail, None)),
            (json!({"added_by": "deploy[bot]"}), (Pass, None)),
            (json!({"added_by": null}), malformed),
            (json!({"read_only": false, "added_by": null}), (Fail, None)),
            (
                json!({"enabled": false, "read_only": false}),
                (NotApplicable, None),
            ),
            (json!({"enabled": null}), (Pass, None)),
        ] {
            assert_eq!(with(changes.clone()).says(&CHECK), expected, "{changes}");
        }
        let mut silent = good();
        if let Some(key) = silent.as_object_mut() {
            key.remove("last_used");
        }
        assert_eq!(org(json!([silent])).says(&CHECK), malformed);
        assert_eq!(org(json!([7])).says(&CHECK), malformed);
    }

    #[test]
    fn members_are_needed_where_somebody_added_a_key() {
        let refused = (Unknown, Some(UnknownCode::PermissionMissing));
        assert_eq!(with(json!({})).without(&MEMBERS).says(&CHECK), refused);
        let public_alone = with(json!({"added_by": "hidden"})).without(&OUTSIDE_COLLABORATORS);
        assert_eq!(public_alone.says(&CHECK), refused);
        let writing = with(json!({"read_only": false})).without(&MEMBERS);
        assert_eq!(writing.says(&CHECK).0, Fail);
        let half = with(json!({})).half(&MEMBERS, json!([]));
        assert_eq!(half.says(&CHECK), (Unknown, Some(UnknownCode::Partial)));
        let nameless = with(json!({})).list(&MEMBERS, json!([{"id": 1}]));
        assert_eq!(
            nameless.says(&CHECK),
            (Unknown, Some(UnknownCode::MalformedAnswer))
        );
    }

    #[test]
    fn a_repository_without_its_list_is_unknown_and_no_key_no_question() {
        let none = org(json!([])).about(&DEPLOY_KEYS, &[]);
        assert_eq!(
            none.says(&CHECK),
            (Unknown, Some(UnknownCode::NotCollected))
        );
        assert_eq!(org(json!([])).says(&CHECK), (NotApplicable, None));
        let unset = org(json!([])).with(DAYS, json!(null));
        assert_eq!(
            unset.says(&CHECK),
            (Unknown, Some(UnknownCode::NeedsJudgement))
        );
    }
}
