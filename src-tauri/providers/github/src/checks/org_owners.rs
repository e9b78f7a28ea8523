//! Owners may do everything: few enough to know, enough that one can be away.

use super::{ages::number, jury::Jury, told::Told};
use crate::datasets::{OUTSIDE_COLLABORATORS, OWNERS, Person};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeSet;

const MOST: &str = "github.most_owners";

/// The rule.
///
/// | owners | it |
/// | --- | --- |
/// | more than the company's number, even if not all were seen | fails |
/// | two or more, up to that number | passes |
/// | one | unknown: a person has to judge that nobody stands in |
/// | none, or one of them is not named | unknown |
///
/// To a credential without the permission to read members GitHub lists those alone who show their membership to everybody,
/// and does not say so. Outside collaborators it lists to no such credential: without them the owners are not all.
pub static CHECK: Check = Check {
    id: "github.org.owners_limited",
    alias: "GITHUB-5",
    version: 1,
    title: "The organization has at least two owners, and not more than it needs.",
    objectives: &["3.1.5[a]", "3.1.5[b]", "3.1.6[b]", "3.1.4[c]"],
    severity: Severity::High,
    remedy: "Organization > People: make those members who do not run the organization, and keep at least two owners.",
    console: console!("organizations/managing-peoples-access-to-your-organization-with-roles"),
    reperform: Reperform {
        portal: "Organization > People: filter \"Role: Owner\".",
        command: "gh api --paginate 'orgs/ORG/members?role=admin' --jq '.[].login'",
    },
    datasets: &["github.owners", "github.outside_collaborators"],
    parameters: &[MOST],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let most = match number(collected, MOST) {
        Ok(most) => most,
        Err(reason) => return reason.into(),
    };
    let mut jury = Jury::new();
    let owners = jury.rows::<Person>(collected, OWNERS.id);
    jury.rows::<Person>(collected, OUTSIDE_COLLABORATORS.id);
    let named: BTreeSet<&str> = owners
        .iter()
        .filter_map(|owner| owner.login.as_deref())
        .collect();
    let nameless = owners.iter().any(|owner| owner.login.is_none());
    let count = i64::try_from(named.len()).unwrap_or(i64::MAX);
    let told = if count > most {
        let names: Vec<&str> = named.iter().copied().collect();
        Told::no(format!(
            "{count} owners, at most {most}: {}.",
            names.join(", ")
        ))
    } else if nameless {
        Told::silent("GitHub does not name every owner.")
    } else {
        match count {
            0 => Told::silent("An organization always has an owner, and GitHub names none."),
            1 => Told::for_a_person("There is one owner, and nobody to stand in."),
            _ => Told::Yes,
        }
    };
    jury.told("organization", "owners", "owners", told);
    jury.conclude(WhenEmpty::Unknown("There is always an owner.".to_owned()))
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

    /// An organization whose outside collaborators could be read.
    fn seen() -> Org {
        Org::new().list(&OUTSIDE_COLLABORATORS, json!([]))
    }

    fn owners(count: usize) -> Vec<Value> {
        (0..count)
            .map(|n| json!({"id": n, "login": format!("owner-{n}")}))
            .collect()
    }

    #[test]
    fn two_to_four_pass_and_one_is_for_a_person() {
        for (count, expected) in [
            (0, (Unknown, Some(UnknownCode::MalformedAnswer))),
            (1, (Unknown, Some(UnknownCode::NeedsJudgement))),
            (2, (Pass, None)),
            (4, (Pass, None)),
            (5, (Fail, None)),
        ] {
            let org = seen().list(&OWNERS, Value::from(owners(count)));
            assert_eq!(org.says(&CHECK), expected, "{count}");
        }
        let more = seen()
            .list(&OWNERS, Value::from(owners(5)))
            .with(MOST, json!(5));
        assert_eq!(more.says(&CHECK), (Pass, None));
    }

    #[test]
    fn somebody_twice_is_one_and_nobody_is_unknown() {
        let twice = [owners(4), owners(4)].concat();
        let org = |rows: Vec<Value>| seen().list(&OWNERS, Value::from(rows));
        assert_eq!(org(twice).says(&CHECK), (Pass, None));
        let nameless = [owners(2), vec![json!({"id": 9})]].concat();
        assert_eq!(org(nameless).says(&CHECK).0, Unknown);
        let many = seen().half(&OWNERS, Value::from(owners(5)));
        assert_eq!(many.says(&CHECK).0, Fail);
        let few = seen().half(&OWNERS, Value::from(owners(3)));
        assert_eq!(few.says(&CHECK), (Unknown, Some(UnknownCode::Partial)));
        let unset = org(owners(3)).with(MOST, json!(null));
        assert_eq!(
            unset.says(&CHECK),
            (Unknown, Some(UnknownCode::NeedsJudgement))
        );
    }

    #[test]
    fn those_who_show_it_to_everybody_are_not_all_owners() {
        let org = seen().list(&OWNERS, Value::from(owners(3)));
        let without = org.without(&OUTSIDE_COLLABORATORS);
        let refused = (Unknown, Some(UnknownCode::PermissionMissing));
        assert_eq!(without.says(&CHECK), refused);
    }
}
