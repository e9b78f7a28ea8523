//! What must stay in some regions can't leave them where the organization forbids the others.

use super::{
    for_a_person,
    named::named,
    org_member::ORGANIZATIONS_PAGE,
    region_policy::{Regions, regions},
    rights::filled,
};
use crate::datasets::{ControlPolicy, ORGANIZATION, Organization, SERVICE_CONTROL_POLICIES};
use evidence::{Population, Severity};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The company's own list of regions that may be used.
const APPROVED: &str = "aws.approved_regions";

/// The rule, for the service control policies of the organization; [`regions`] says what a policy keeps accounts to.
///
/// | the organization, and its best policy | verdict |
/// | --- | --- |
/// | the account is in none: there can be no such policy | not applicable |
/// | it shares bills only, and can have no such policy | fail |
/// | the policies can't be listed: this is not the management account | unknown |
/// | one keeps to approved regions only, and is attached to the root of the organization | pass |
/// | one does, and is attached to units or accounts only: a person looks whether the right ones are among them | unknown |
/// | one denies by region, and exempts something or is limited otherwise: a person looks | unknown |
/// | one denies by region, and the company has not entered its regions: a person looks | unknown |
/// | one is attached and can't be read, or it can't be told where it is attached | unknown |
/// | one leaves a region open that is not approved | fail |
/// | none is attached that says anything of regions | fail |
///
/// The check is for the commercial regions; all of GovCloud is in the United States.
pub static CHECK: Check = Check {
    id: "aws.org.region_restriction",
    alias: "AWS-80",
    version: 1,
    title: "A policy of the organization keeps its accounts to approved regions.",
    objectives: &["3.1.3[c]", "3.1.3[e]"],
    severity: Severity::Low,
    remedy: "In the management account: AWS Organizations > Policies > Service control policies > Create policy: deny what is not global where aws:RequestedRegion is not one of the approved regions, and attach it to the root. Enter the same regions in the list of approved regions.",
    console: ORGANIZATIONS_PAGE,
    reperform: Reperform {
        portal: "In the management account: AWS Organizations > Policies > Service control policies: the policy's content and targets.",
        command: "aws organizations list-policies --filter SERVICE_CONTROL_POLICY; aws organizations describe-policy --policy-id ID; aws organizations list-targets-for-policy --policy-id ID",
    },
    datasets: &["aws.org_organization", "aws.org_policies"],
    parameters: &[APPROVED],
    clouds: Clouds::Only(&["aws"]),
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let organization = match collected.one::<Organization>(ORGANIZATION.id) {
        Ok(organization) => organization,
        Err(reason) => return reason.into(),
    };
    let policies = match collected.rows::<ControlPolicy>(SERVICE_CONTROL_POLICIES.id) {
        Ok(policies) => policies,
        Err(reason) => return reason.into(),
    };
    if organization.not_used && policies.missing.is_none() && policies.rows.is_empty() {
        return Verdict::not_applicable(Population {
            seen: 0,
            total: Some(0),
            pages: policies.pages + 1,
            complete: true,
        });
    }
    let approved = collected.parameters.list(APPROVED);
    let mut judge = Judge::over(&policies);
    let (id, name, kind) = ("organization", "organization", "organization");
    if organization.feature_set.as_deref() == Some("CONSOLIDATED_BILLING") {
        let note = "It shares bills only, and can forbid nothing.";
        judge.fail(id, name, kind, note);
        return judge.conclude(WhenEmpty::Passes);
    }
    let (mut looks, mut notes) = (Vec::new(), Vec::new());
    let (mut unread, mut keeps) = (Vec::new(), false);
    for policy in policies.rows.iter().filter(|one| one.kind == "policy") {
        let name = filled(&policy.name).unwrap_or(&policy.policy);
        let says = filled(&policy.content).map_or(Regions::Unread, regions);
        let targets: Vec<&ControlPolicy> = policies
            .rows
            .iter()
            .filter(|one| one.kind == "target" && one.policy == policy.policy)
            .collect();
        if targets.is_empty() || says == Regions::Nothing {
            continue;
        }
        let at = |kind: &str| {
            targets
                .iter()
                .any(|one| one.target_kind.as_deref() == Some(kind))
        };
        let known = targets.iter().all(|one| one.target_kind.is_some());
        match says {
            Regions::Nothing => {}
            Regions::Unread => unread.push((policy, name, "It can't be read.".to_owned())),
            Regions::Look(why) => looks.push((policy, name, why)),
            Regions::Only(_) if approved.is_empty() => {
                let why = "The company has not entered its approved regions.";
                looks.push((policy, name, why.to_owned()));
            }
            Regions::Only(regions) => {
                let beyond: Vec<&str> = regions
                    .iter()
                    .filter(|region| !approved.contains(region))
                    .map(String::as_str)
                    .collect();
                if !beyond.is_empty() {
                    notes.push(format!("{name} leaves open {}.", named(beyond)));
                } else if at("ROOT") {
                    keeps = true;
                } else if known {
                    let why = "It is attached to units or accounts only. Look whether the right ones are among them.";
                    looks.push((policy, name, why.to_owned()));
                } else {
                    let why = "AWS does not say where it is attached.";
                    unread.push((policy, name, why.to_owned()));
                }
            }
        }
    }
    if keeps {
        judge.pass();
        return judge.conclude(WhenEmpty::Passes);
    }
    for (policy, name, why) in looks.iter().chain(&unread) {
        judge.unknown(&policy.policy, *name, "policy", why);
    }
    // That there is no such policy is seen only where all of them were.
    if looks.is_empty() && unread.is_empty() && policies.missing.is_none() {
        let note = match notes.is_empty() {
            true => "No attached policy denies by region.".to_owned(),
            false => notes.join(" "),
        };
        judge.fail(id, name, kind, note);
    }
    let empty = WhenEmpty::Unknown("Nothing was judged.".to_owned());
    for_a_person::conclude(judge, looks.len(), empty)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome, Reason, UnknownCode};
    use serde_json::{Value, json};

    const ALL: &str = r#"{"Organization":{"Id":"o-1","FeatureSet":"ALL"}}"#;

    fn keeping(regions: &[&str]) -> Value {
        json!({"Statement": {"Effect": "Deny", "NotAction": "iam:*", "Resource": "*",
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": regions}}}})
    }

    /// An organization with these policies: document, and kinds of what each is attached to.
    fn account(policies: &[(&str, &[&str])], completeness: Completeness) -> Account {
        let mut pages = Vec::new();
        for (number, (content, targets)) in policies.iter().enumerate() {
            let id = format!("p-{number}");
            let policy = json!({"Policy": {"PolicySummary": {"Name": id}, "Content": content}});
            let targets: Vec<Value> = targets
                .iter()
                .map(|kind| match *kind {
                    "" => json!({"TargetId": "t"}),
                    kind => json!({"TargetId": "t", "Type": kind}),
                })
                .collect();
            for body in [policy, json!({ "Targets": targets })] {
                let origin = origin(200, "us-east-1", Some(&id));
                pages.push((origin, body.to_string().into_bytes()));
            }
        }
        Account::new()
            .regions(&ORGANIZATION, &[("us-east-1", ALL)])
            .pages(&SERVICE_CONTROL_POLICIES, pages, completeness)
            .with(APPROVED, json!(["us-east-1", "us-west-2"]))
    }

    fn code(policies: &[(&str, &[&str])]) -> (Outcome, Option<UnknownCode>) {
        let verdict = account(policies, Completeness::complete()).judge(&CHECK);
        (verdict.outcome, verdict.reason.map(|reason| reason.code))
    }

    #[test]
    fn the_whole_table_of_policies() {
        let good = keeping(&["us-east-1"]).to_string();
        let beyond = keeping(&["us-east-1", "eu-west-1"]).to_string();
        let person = (Outcome::Unknown, Some(UnknownCode::NeedsJudgement));
        let damaged = (Outcome::Unknown, Some(UnknownCode::MalformedAnswer));
        let everything = r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#;
        assert_eq!(code(&[(&good, &["ROOT"])]), (Outcome::Pass, None));
        assert_eq!(
            code(&[(everything, &["ROOT"]), (&good, &["ACCOUNT", "ROOT"])]),
            (Outcome::Pass, None)
        );
        assert_eq!(code(&[(&good, &["ORGANIZATIONAL_UNIT"])]), person);
        assert_eq!(code(&[(&good, &[""])]), damaged);
        assert_eq!(code(&[("x", &["ROOT"])]), damaged);
        for none in [
            vec![],
            vec![(good.as_str(), &[][..])],
            vec![(everything, &["ROOT"][..])],
            vec![(beyond.as_str(), &["ROOT"][..])],
        ] {
            assert_eq!(code(&none), (Outcome::Fail, None), "{none:?}");
        }
        let exempt = good.replace("iam:*", "s3:*");
        assert_eq!(code(&[(&exempt, &["ROOT"])]), person);
        assert_eq!(code(&[(&exempt, &["ROOT"]), ("x", &["ROOT"])]), damaged);
        let unset = account(&[(&good, &["ROOT"])], Completeness::complete())
            .with(APPROVED, json!([]))
            .judge(&CHECK);
        assert_eq!(unset.reason.unwrap().code, UnknownCode::NeedsJudgement);
    }

    #[test]
    fn without_an_organization_it_does_not_apply_and_bills_are_not_enough() {
        let none = r#"{"__type":"AWSOrganizationsNotInUseException","Message":"m"}"#;
        let of = |status: u16, body: &str| {
            let page = (origin(status, "us-east-1", None), body.as_bytes().to_vec());
            account(&[], Completeness::complete())
                .pages(&ORGANIZATION, vec![page], Completeness::complete())
                .judge(&CHECK)
                .outcome
        };
        assert_eq!(of(400, none), Outcome::NotApplicable);
        assert_eq!(
            of(200, &ALL.replace("ALL", "CONSOLIDATED_BILLING")),
            Outcome::Fail
        );
    }

    #[test]
    fn half_the_policies_prove_nothing() {
        let half = || Completeness::partial(Reason::new(UnknownCode::Partial, "half"));
        let good = keeping(&["us-east-1"]).to_string();
        assert_eq!(account(&[], half()).judge(&CHECK).outcome, Outcome::Unknown);
        assert_eq!(
            account(&[(&good, &["ROOT"])], half()).judge(&CHECK).outcome,
            Outcome::Unknown
        );
        refused_is_unknown(&CHECK, &ORGANIZATION);
        refused_is_unknown(&CHECK, &SERVICE_CONTROL_POLICIES);
    }
}
