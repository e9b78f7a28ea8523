//! A policy that allows everything leaves nothing to decide about who may do what.

use super::{
    POLICIES_PAGE,
    own_policies::{self, Own},
};
use crate::datasets::{AUTHORIZATION_DETAILS, Entity};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule, for each policy of the company's own; [`super::policy_document::Allows`]
/// says what a document allows.
///
/// | policy | its document allows everything | it is unclear | it allows less |
/// | --- | --- | --- | --- |
/// | attached: AWS counts it, or a user, group or role names it | fail | unknown | pass |
/// | attached nowhere: AWS counts none | pass | pass | pass |
/// | AWS does not count, and nobody names it | unknown | unknown | pass |
/// | inside a user, group or role | fail | unknown | pass |
/// | inside a role of which AWS does not say whether it is its own | unknown | unknown | pass |
/// | inside a role of AWS's own (below `/aws-service-role/`), or a policy of AWS's own | not counted | not counted | not counted |
///
/// A user, group or role whose inline policies AWS does not list is unknown. There is no policy of the company's own,
/// and everything was seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.iam.no_star_star",
    alias: "AWS-17",
    version: 1,
    title: "No policy of the company's own allows every action on every resource.",
    objectives: &["3.1.5[b]", "3.1.5[d]", "3.1.7[c]", "3.1.2[b]", "3.4.6[b]"],
    severity: Severity::High,
    remedy: "For each listed policy: IAM > Policies > the policy > Edit, or the user, group or role that holds it, and name the actions and resources that are needed. IAM > Access Analyzer can draft a policy from what was used.",
    console: POLICIES_PAGE,
    reperform: Reperform {
        portal: "IAM > Policies, filter Customer managed: open each that is used and read its JSON. The inline policies are under Permissions of each user, group and role.",
        command: "aws iam get-account-authorization-details --filter User Group Role LocalManagedPolicy",
    },
    datasets: &["aws.iam_authorization_details"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let details = match collected.rows::<Entity>(AUTHORIZATION_DETAILS.id) {
        Ok(details) => details,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&details);
    own_policies::each(&mut judge, &details.rows, tell);
    judge.conclude(WhenEmpty::NotApplicable)
}

fn tell(judge: &mut Judge, own: &Own<'_>) {
    let (id, name, allows) = (&own.id, &own.name, own.allows());
    match (&allows.everything, allows.unclear, own.doubt) {
        (Some(how), _, None) => judge.fail(id, name, own.kind, format!("Allows {how}.")),
        (Some(how), _, Some(doubt)) => {
            judge.unknown(id, name, own.kind, format!("Allows {how}, and {doubt}."));
        }
        (None, Some(why), _) => {
            judge.unknown(id, name, own.kind, format!("It can't be read: {why}."));
        }
        (None, None, _) => judge.pass(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::iam_answers::{ACCOUNT, Iam, allow};
    use super::super::testing::refused_is_unknown;
    use super::*;
    use evidence::{Completeness, Outcome, Reason, UnknownCode};
    use serde_json::{Value, json};

    fn outcome(iam: &Iam) -> (Outcome, Vec<String>) {
        iam.account().outcome(&CHECK)
    }

    fn unclear() -> Value {
        json!({"Statement": [{"Effect": "Allow"}]})
    }

    #[test]
    fn a_policy_that_is_attached_and_not_in_the_answer_is_unknown() {
        let own = format!("{ACCOUNT}policy/own");
        let iam = Iam::default().user("u", &[], &[&own], &[]);
        assert_eq!(outcome(&iam), (Outcome::Unknown, vec![own]));
        let aws = "arn:aws:iam::aws:policy/ReadOnlyAccess";
        let iam = Iam::default().user("u", &[], &[aws], &[]);
        assert_eq!(
            outcome(&iam).0,
            Outcome::NotApplicable,
            "AWS's own are not the company's"
        );
    }

    #[test]
    fn the_whole_table_of_managed_policies() {
        use Outcome::{Fail, Pass, Unknown};
        let own = format!("{ACCOUNT}policy/p");
        for (count, is_named, expected) in [
            (Some(1), false, [Fail, Unknown, Pass]),
            (Some(2), true, [Fail, Unknown, Pass]),
            (Some(0), true, [Fail, Unknown, Pass]),
            (Some(0), false, [Pass, Pass, Pass]),
            (None, true, [Fail, Unknown, Pass]),
            (None, false, [Unknown, Unknown, Pass]),
            (Some(-1), false, [Unknown, Unknown, Pass]),
        ] {
            let documents = [allow("*"), unclear(), allow("iam:*")];
            for (document, expected) in documents.into_iter().zip(expected) {
                let attached = if is_named { vec![own.as_str()] } else { vec![] };
                let iam = Iam::default()
                    .policy("p", count, &[(false, allow("*")), (true, document)])
                    .role("/", "r", &attached, &[]);
                let (outcome, names) = outcome(&iam);
                assert_eq!(outcome, expected, "{count:?} {is_named}");
                let listed = if expected == Pass {
                    vec![]
                } else {
                    vec!["p".to_owned()]
                };
                assert_eq!(names, listed);
            }
        }
    }

    #[test]
    fn inline_policies_of_users_groups_and_roles_count() {
        use Outcome::{Fail, Pass, Unknown};
        for (document, expected) in [
            (allow("*:*"), Fail),
            (unclear(), Unknown),
            (allow("s3:*"), Pass),
        ] {
            let inside = [("i", document)];
            for (holder, iam) in [
                ("u", Iam::default().user("u", &[], &[], &inside)),
                ("g", Iam::default().group("g", &[], &inside)),
                ("r", Iam::default().role("/team/", "r", &[], &inside)),
            ] {
                let (outcome, names) = outcome(&iam);
                assert_eq!(outcome, expected);
                if expected != Pass {
                    assert_eq!(names, [format!("{holder}, inline policy i")]);
                }
            }
        }
    }

    #[test]
    fn what_is_awss_own_is_not_the_companys() {
        let inside = [("i", allow("*"))];
        let iam = Iam::default().role(
            "/aws-service-role/support.amazonaws.com/",
            "r",
            &[],
            &inside,
        );
        assert_eq!(outcome(&iam).0, Outcome::NotApplicable);
        let of_aws = Iam::default()
            .policy("p", Some(3), &[(true, allow("*"))])
            .text()
            .replace(ACCOUNT, "arn:aws:iam::aws:");
        let account = Iam::default()
            .account()
            .page(&AUTHORIZATION_DETAILS, of_aws.into_bytes());
        assert_eq!(account.judge(&CHECK).outcome, Outcome::NotApplicable);
    }

    #[test]
    fn a_role_without_a_path_is_known_by_its_arn() {
        let inside = [("i", allow("*"))];
        let judge = |path: &str, cut: &[&str]| {
            let iam = Iam::default().role(path, "r", &[], &inside);
            let text = cut.iter().fold(iam.text(), |text, cut| {
                assert!(text.contains(cut), "{cut}");
                text.replace(cut, "")
            });
            let account = iam
                .account()
                .page(&AUTHORIZATION_DETAILS, text.into_bytes());
            account.judge(&CHECK).outcome
        };
        let service = "/aws-service-role/x.amazonaws.com/";
        let arn = |path| format!("<Arn>{ACCOUNT}role{path}r</Arn>");
        let path = |path| format!("<Path>{path}</Path>");
        assert_eq!(judge(service, &[&path(service)]), Outcome::NotApplicable);
        assert_eq!(judge(service, &[&arn(service)]), Outcome::NotApplicable);
        assert_eq!(
            judge(service, &[&path(service), &arn(service)]),
            Outcome::Unknown
        );
        assert_eq!(judge("/", &[&path("/")]), Outcome::Fail);
    }

    #[test]
    fn conditions_are_told_and_denials_elsewhere_do_not_help() {
        let document = json!({"Statement": [
            {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*", "Condition": {"Bool": {}}},
            {"Effect": "Deny", "Action": "*", "Resource": "*"},
        ]});
        let iam = Iam::default().policy("p", Some(1), &[(true, document)]);
        let verdict = iam.account().judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Fail);
        assert_eq!(
            verdict.resources[0].note,
            "Allows every action but those it names on every resource, under a condition."
        );
    }

    #[test]
    fn lists_that_are_not_there_are_unknown() {
        let iam = Iam::default().group("g", &[], &[]).role("/", "r", &[], &[]);
        assert_eq!(outcome(&iam).0, Outcome::NotApplicable);
        for (cut, name) in [("<GroupPolicyList/>", "g"), ("<RolePolicyList/>", "r")] {
            let text = iam.text().replace(cut, "").into_bytes();
            let account = iam.account().page(&AUTHORIZATION_DETAILS, text);
            assert_eq!(
                account.outcome(&CHECK),
                (Outcome::Unknown, vec![name.to_owned()])
            );
        }
    }

    #[test]
    fn half_an_answer_never_passes_but_can_fail() {
        let half = |action: &str| {
            let iam = Iam::default().policy("p", Some(1), &[(true, allow(action))]);
            let reason = Reason::new(UnknownCode::Partial, "half");
            let text = iam.text().into_bytes();
            let account =
                iam.account()
                    .part(&AUTHORIZATION_DETAILS, text, Completeness::partial(reason));
            account.judge(&CHECK).outcome
        };
        assert_eq!(half("s3:*"), Outcome::Unknown);
        assert_eq!(half("*"), Outcome::Fail);
        refused_is_unknown(&CHECK, &AUTHORIZATION_DETAILS);
    }
}
