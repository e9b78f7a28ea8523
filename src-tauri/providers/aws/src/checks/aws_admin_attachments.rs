//! AdministratorAccess belongs to few people, and to them through a group or role that can be watched.

use super::{
    POLICIES_PAGE, number,
    rights::{ADMINISTRATOR_ACCESS, Rights, Standing},
};
use crate::datasets::{AUTHORIZATION_DETAILS, Entity};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeMap;

/// The company's own number of people that may have the policy.
const MOST: &str = "aws.most_administrators";
/// So many people are named in a note; the evidence lists all.
const NAMED: usize = 20;

/// The rule, for each IAM user, and for their number.
///
/// | AWS's policy AdministratorAccess | verdict for the user | counts as one of the people |
/// | --- | --- | --- |
/// | attached to the user | fail | yes |
/// | it can't be told whether it is attached to the user | unknown | if a group of the user's has it |
/// | attached to groups of the user's only | pass | yes |
/// | it can't be told whether a group of the user's has it, and none surely has | unknown | no |
/// | neither | pass | no |
///
/// | people that surely have it, each once | verdict for their number |
/// | --- | --- |
/// | more than the parameter allows, even if not all were seen | fail |
/// | no more | nothing: users that are unclear or missing keep the check from passing |
/// | the parameter has no number | unknown |
///
/// Roles may have the policy. Policies of the company's own that allow as much are for `aws.iam.no_star_star`. There is
/// no IAM user, and everything was seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.iam.aws_admin_attachments",
    alias: "AWS-18",
    version: 1,
    title: "Few people have AWS's policy AdministratorAccess, and none of them directly.",
    objectives: &["3.1.5[a]", "3.1.5[b]", "3.1.4[c]", "3.1.7[c]"],
    severity: Severity::High,
    remedy: "Detach AdministratorAccess from each listed user; give it to a group or, better, to a role that is taken on when it is needed. Remove from the group who does not need it.",
    console: POLICIES_PAGE,
    reperform: Reperform {
        portal: "IAM > Policies > AdministratorAccess > Entities attached: the users and groups. IAM > User groups > the group > Users: its members.",
        command: "aws iam get-account-authorization-details --filter User Group --query '{users:UserDetailList[].[UserName,GroupList,AttachedManagedPolicies[].PolicyArn],groups:GroupDetailList[].[GroupName,AttachedManagedPolicies[].PolicyArn]}'",
    },
    datasets: &["aws.iam_authorization_details"],
    parameters: &[MOST],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let details = match collected.rows::<Entity>(AUTHORIZATION_DETAILS.id) {
        Ok(details) => details,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&details);
    let rights = Rights::of(&details.rows);
    let mut people = BTreeMap::new();
    for user in details.rows.iter().filter(|entity| entity.kind == "user") {
        let (id, name) = (user.id(), user.name());
        let direct = Rights::has_administrator_access(user);
        let by_group = rights.by_groups(user, Rights::has_administrator_access);
        if matches!(direct, Standing::Yes(_)) || matches!(by_group, Standing::Yes(_)) {
            people.insert(id, name);
        }
        match (direct, by_group) {
            (Standing::Yes(_), _) => judge.fail(
                id,
                name,
                "user",
                format!("{ADMINISTRATOR_ACCESS} is attached to the user directly."),
            ),
            (Standing::Unclear(why), _) | (Standing::No, Standing::Unclear(why)) => judge.unknown(
                id,
                name,
                "user",
                format!("It can't be told whether this user has {ADMINISTRATOR_ACCESS}: {why}."),
            ),
            (Standing::No, Standing::Yes(_) | Standing::No) => judge.pass(),
        }
    }
    match number(collected, MOST) {
        Err(reason) => judge.lacks(reason),
        Ok(most) if i64::try_from(people.len()).is_ok_and(|count| count <= most) => {}
        Ok(most) => judge.fail(
            "administrators",
            format!("people with {ADMINISTRATOR_ACCESS}"),
            "people",
            format!(
                "{} people have it, and {most} may: {}.",
                people.len(),
                named(&people)
            ),
        ),
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

fn named(people: &BTreeMap<&str, &str>) -> String {
    let mut names: Vec<&str> = people.values().copied().take(NAMED).collect();
    if people.len() > NAMED {
        names.push("and others");
    }
    names.join(", ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::iam_answers::{Iam, allow, damages, document};
    use super::super::testing::{Account, refused_is_unknown};
    use super::super::{admin_mfa, no_star_star};
    use super::*;
    use evidence::{Completeness, Outcome, Reason, UnknownCode};
    use proptest::{prelude::*, sample::Index, sample::select};
    use regex_lite::Regex;
    use serde_json::json;

    const AWS: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
    const READ: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    const GOV: &str = "arn:aws-us-gov:iam::aws:policy/AdministratorAccess";

    fn judged(iam: &Iam, most: i64) -> (Outcome, Vec<String>) {
        iam.account().with(MOST, json!(most)).outcome(&CHECK)
    }

    /// A group with the policy and this many members.
    fn team(members: usize) -> Iam {
        (0..members).fold(Iam::default().group("ops", &[AWS], &[]), |iam, index| {
            iam.user(&format!("u{index}"), &["ops"], &[], &[])
        })
    }

    #[test]
    fn the_whole_table_of_a_user() {
        use Outcome::{Fail, Pass, Unknown};
        for (groups, attached, expected, counted) in [
            (vec![], vec![AWS], Fail, 1),
            (vec![], vec![GOV], Fail, 1),
            (vec!["ops"], vec![AWS], Fail, 1),
            (vec!["gone"], vec![AWS], Fail, 1),
            (vec![], vec!["", AWS], Fail, 1),
            (vec![], vec![""], Unknown, 0),
            (vec!["ops"], vec![""], Unknown, 1),
            (vec!["ops"], vec![], Pass, 1),
            (vec!["gone", "ops"], vec![], Pass, 1),
            (vec!["gone"], vec![], Unknown, 0),
            (vec!["odd"], vec![], Unknown, 0),
            (vec!["readers"], vec![READ], Pass, 0),
            (vec![], vec![], Pass, 0),
        ] {
            let iam = Iam::default()
                .group("ops", &[AWS], &[])
                .group("odd", &[""], &[])
                .group("readers", &[READ], &[])
                .user("a", &groups, &attached, &[]);
            let context = format!("{groups:?} {attached:?}");
            let (outcome, names) = judged(&iam, 1);
            assert_eq!(outcome, expected, "{context}");
            assert_eq!(names.len(), usize::from(expected != Pass), "{context}");
            // With none allowed, one is too many.
            let (_, names) = judged(&iam, 0);
            let number = names
                .iter()
                .filter(|name| name.starts_with("people"))
                .count();
            assert_eq!(number, counted, "{context}");
        }
    }

    #[test]
    fn the_number_of_people_is_what_counts_each_once() {
        assert_eq!(judged(&team(2), 2).0, Outcome::Pass);
        let (outcome, names) = judged(&team(3), 2);
        assert_eq!(outcome, Outcome::Fail);
        assert_eq!(names, ["people with AdministratorAccess"]);
        let both = Iam::default()
            .group("ops", &[AWS], &[])
            .group("more", &[AWS], &[])
            .user("a", &["ops", "more"], &[], &[]);
        assert_eq!(judged(&both, 1).0, Outcome::Pass);
        let note = |members| {
            let account = team(members).account().with(MOST, json!(1));
            account.judge(&CHECK).resources[0].note.clone()
        };
        assert_eq!(note(2), "2 people have it, and 1 may: u0, u1.");
        assert!(note(NAMED + 1).ends_with("and others."));
    }

    #[test]
    fn roles_may_have_it_and_own_policies_of_that_name_are_others() {
        let own = "arn:aws:iam::123456789012:policy/AdministratorAccess";
        let iam = Iam::default().role("/", "deploy", &[AWS], &[]).user(
            "a",
            &[],
            &[own],
            &[("i", allow("*"))],
        );
        assert_eq!(judged(&iam, 0).0, Outcome::Pass);
        let no_user = Iam::default().role("/", "deploy", &[AWS], &[]);
        assert_eq!(judged(&no_user, 0).0, Outcome::NotApplicable);
    }

    #[test]
    fn without_a_number_only_what_needs_none_is_judged() {
        let judge = |iam: Iam| iam.account().with(MOST, json!("five")).judge(&CHECK);
        let verdict = judge(team(1));
        assert_eq!(verdict.outcome, Outcome::Unknown);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::NeedsJudgement);
        assert_eq!(
            judge(team(1).user("a", &[], &[AWS], &[])).outcome,
            Outcome::Fail
        );
    }

    #[test]
    fn half_an_answer_never_passes_but_can_fail() {
        let half = |iam: Iam| {
            let reason = Reason::new(UnknownCode::Partial, "half");
            let text = iam.text().into_bytes();
            let account = Account::new().with(MOST, json!(2));
            account
                .part(&AUTHORIZATION_DETAILS, text, Completeness::partial(reason))
                .judge(&CHECK)
                .outcome
        };
        assert_eq!(half(team(1)), Outcome::Unknown);
        assert_eq!(half(Iam::default()), Outcome::Unknown);
        assert_eq!(half(team(3)), Outcome::Fail);
        refused_is_unknown(&CHECK, &AUTHORIZATION_DETAILS);
    }

    /// Any small account, and whether each of its two users has MFA.
    fn account() -> impl Strategy<Value = (Iam, [bool; 2])> {
        let own_arn = "arn:aws:iam::123456789012:policy/own";
        let attached = || {
            select(vec![
                vec![],
                vec![AWS],
                vec![READ],
                vec![own_arn],
                vec![own_arn, READ],
            ])
        };
        let groups = || select(vec![vec![], vec!["team"], vec!["gone"]]);
        let inline = || proptest::option::of(document());
        (
            (attached(), attached(), attached(), attached()),
            (groups(), groups()),
            (inline(), inline(), inline(), document()),
            (any::<bool>(), any::<[bool; 2]>(), any::<Option<Index>>()),
        )
            .prop_map(
                move |(attached, groups, documents, (is_counted, mfa, damage))| {
                    let policies =
                        |document: Option<serde_json::Value>| -> Vec<(&str, serde_json::Value)> {
                            document
                                .into_iter()
                                .map(|document| ("p", document))
                                .collect()
                        };
                    let own = match damage {
                        Some(index) => index.get(&damages(&documents.3)).clone(),
                        None => documents.3,
                    };
                    let all = [&attached.0, &attached.1, &attached.2, &attached.3];
                    let is_attached = all.iter().any(|policies| policies.contains(&own_arn));
                    let count = is_counted.then_some(i64::from(is_attached));
                    let iam = Iam::default()
                        .user("a", &groups.0, &attached.0, &policies(documents.0))
                        .user("b", &groups.1, &attached.1, &policies(documents.1))
                        .group("team", &attached.2, &policies(documents.2.clone()))
                        .role("/", "r", &attached.3, &policies(documents.2))
                        .policy("own", count, &[(false, allow("*")), (true, own)]);
                    (iam, mfa)
                },
            )
    }

    const fn is_good(outcome: Outcome) -> bool {
        matches!(outcome, Outcome::Pass | Outcome::NotApplicable)
    }

    proptest! {
        /// A leaf element that is taken out or emptied never makes what failed or could not be told right, in any of the
        /// checks that read the answer. A group's name that is gone from a user's list altogether leaves no trace; that
        /// it is emptied does.
        #[test]
        fn what_becomes_unreadable_is_never_better((iam, mfa) in account(), place in any::<Index>(), whole: bool) {
            let text = iam.text();
            let leaves: Vec<_> = Regex::new("<([A-Za-z]+)>([^<]+)</[A-Za-z]+>")
                .unwrap()
                .captures_iter(&text)
                .map(|leaf| (leaf[1].to_owned(), leaf.get(0).unwrap().range(), leaf.get(2).unwrap().range()))
                .collect();
            let (name, element, content) = place.get(&leaves).clone();
            let cut = if whole && name != "member" { element } else { content };
            let mut damaged = text.clone();
            damaged.replace_range(cut, "");
            let judge = |text: &str, check: &Check| {
                let row = |name, mfa| format!("{name},arn:aws:iam::123456789012:user/{name},{mfa}");
                Account::new()
                    .report("user,arn,mfa_active", &[&row("a", mfa[0]), &row("b", mfa[1])])
                    .page(&AUTHORIZATION_DETAILS, text.as_bytes().to_vec())
                    .with(MOST, json!(1))
                    .judge(check)
                    .outcome
            };
            for check in [&admin_mfa::CHECK, &no_star_star::CHECK, &CHECK] {
                let (before, after) = (judge(&text, check), judge(&damaged, check));
                prop_assert!(
                    is_good(before) || !is_good(after),
                    "{}: {before:?} became {after:?} without a part of <{name}>: {damaged}",
                    check.id
                );
            }
        }
    }
}
