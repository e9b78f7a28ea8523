//! A role is a way in for whomever its trust policy names.

use super::{
    console::console,
    for_a_person,
    named::named,
    own_policies::is_service_role,
    rights::filled,
    trust_document::{Trusted, account_of, trusted},
};
use crate::datasets::{
    self, AUTHORIZATION_DETAILS, Entity, ORGANIZATION_ACCOUNTS, OrganizationAccount,
};
use evidence::{Reason, Severity};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeSet;

/// The company's own list of accounts that need no external ID.
const KNOWN: &str = "aws.trusted_accounts";

/// The rule, for each role but AWS's own (below `/aws-service-role/`); [`trusted`] says whom a document trusts.
///
/// | the trust policy trusts | verdict |
/// | --- | --- |
/// | anybody, without a condition | fail |
/// | a sign-on, without saying who is meant there | fail |
/// | an account that is not the company's own, without an external ID | fail |
/// | such an account, while the organization's accounts are not known | unknown |
/// | anybody who meets a condition that names nobody: a person looks | unknown |
/// | AWS shows no trust policy, or it can't be read | unknown |
/// | it can't be told whether the role is AWS's own, and it trusts one of the above | unknown |
/// | nobody of the above | pass |
///
/// An account is the company's own if it is the role's, the organization lists it, or it is on the company's list.
/// Without an account of others the organization's list is not needed. There is no such role, and everything was seen:
/// not applicable.
pub static CHECK: Check = Check {
    id: "aws.iam.role_trust",
    alias: "AWS-22",
    version: 1,
    title: "Roles can be taken on only by those who are named.",
    objectives: &["3.1.1[d]", "3.1.20[c]", "3.1.20[d]", "3.1.3[e]"],
    severity: Severity::High,
    remedy: "For each listed role: IAM > Roles > the role > Trust relationships > Edit. Name the users, roles or accounts; ask another company's account for an external ID (condition sts:ExternalId); name the audience and subject of a sign-on. Accounts of the company's own that need no external ID belong in the list of trusted accounts.",
    console: console!("iam/home#/roles"),
    reperform: Reperform {
        portal: "IAM > Roles > the role > Trust relationships.",
        command: "aws iam get-account-authorization-details --filter Role --query 'RoleDetailList[].[RoleName,AssumeRolePolicyDocument]'; aws organizations list-accounts --query 'Accounts[].Id'",
    },
    datasets: &["aws.iam_authorization_details", "aws.org_accounts"],
    parameters: &[KNOWN],
    clouds: Clouds::All,
    evaluate,
};

/// The accounts that are the company's own, and why there may be others.
struct Known {
    accounts: BTreeSet<String>,
    lacking: Option<Reason>,
}

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let details = match collected.rows::<Entity>(AUTHORIZATION_DETAILS.id) {
        Ok(details) => details,
        Err(reason) => return reason.into(),
    };
    let listed = collected.rows::<OrganizationAccount>(ORGANIZATION_ACCOUNTS.id);
    let mut known = Known {
        accounts: collected.parameters.list(KNOWN).into_iter().collect(),
        lacking: None,
    };
    match listed {
        Ok(rows) => {
            known
                .accounts
                .extend(rows.rows.into_iter().filter_map(|account| account.id));
            known.lacking = rows.missing;
        }
        Err(reason) => known.lacking = Some(reason),
    }
    let mut judge = Judge::over(&details);
    let mut looks = 0;
    for role in details.rows.iter().filter(|entity| entity.kind == "role") {
        let service = is_service_role(role);
        if service != Some(true) {
            looks += usize::from(tell(&mut judge, role, service.is_none(), &known));
        }
    }
    for_a_person::conclude(judge, looks, WhenEmpty::NotApplicable)
}

/// Judges a role; whether a person has to look at it.
fn tell(judge: &mut Judge, role: &Entity, doubtful: bool, known: &Known) -> bool {
    let (id, name) = (role.id(), role.name());
    let document = role
        .assume_role_policy_document
        .as_deref()
        .map(datasets::document);
    let Some(Some(document)) = document else {
        let note = "AWS shows no trust policy, or one that can't be read.";
        judge.unknown(id, name, "role", note);
        return false;
    };
    let own = filled(&role.arn).and_then(account_of);
    let (mut wrong, mut open, mut unread) = (Vec::new(), Vec::new(), None);
    let mut look = false;
    for somebody in trusted(&document) {
        match somebody {
            Trusted::Anybody => wrong.push("anybody".to_owned()),
            Trusted::SignOn(sign_on) => {
                wrong.push(format!("whoever signs in at {sign_on}"));
            }
            Trusted::AnybodyWho => look = true,
            Trusted::Unread(why) => unread = Some(why),
            Trusted::Account(account) if Some(account.as_str()) == own => {}
            Trusted::Account(account) if known.accounts.contains(&account) => {}
            Trusted::Account(account) if own.is_none() || known.lacking.is_some() => {
                open.push(format!("account {account}"));
            }
            Trusted::Account(account) => {
                wrong.push(format!("account {account} without an external ID"));
            }
        }
    }
    if !wrong.is_empty() {
        let note = format!("It trusts {}.", named(wrong.iter().map(String::as_str)));
        if doubtful {
            let note = format!("{note} AWS does not say whether the role is its own.");
            judge.unknown(id, name, "role", note);
        } else {
            judge.fail(id, name, "role", note);
        }
    } else if let Some(why) = unread {
        judge.unknown(
            id,
            name,
            "role",
            format!("Its trust policy can't be read: {why}."),
        );
    } else if !open.is_empty() {
        let note = format!(
            "It trusts {} without an external ID, and nobody knows whether that is the company's own.",
            named(open.iter().map(String::as_str))
        );
        judge.unknown(id, name, "role", note);
        if let Some(reason) = &known.lacking {
            judge.lacks(reason.clone());
        }
    } else if look {
        let note =
            "It trusts anybody who meets its condition. Look whether that names who is meant.";
        judge.unknown(id, name, "role", note);
        return true;
    } else {
        judge.pass();
    }
    false
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::iam_answers::encoded;
    use super::super::testing::{Account, origin, refused_is_unknown};
    use super::*;
    use evidence::{Completeness, Outcome, UnknownCode};
    use serde_json::{Value, json};

    const OTHER: &str = "999988887777";

    fn details(members: &str) -> Vec<u8> {
        format!(
            "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult><UserDetailList/><GroupDetailList/>\
             <RoleDetailList><member><RoleName>r</RoleName>{members}</member></RoleDetailList><Policies/>\
             </GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>"
        )
        .into_bytes()
    }

    const HERE: &str = "<Path>/</Path><Arn>arn:aws:iam::123456789012:role/r</Arn>";

    fn trust(principal: Value, condition: Value) -> String {
        let document = json!({"Statement": [{"Effect": "Allow", "Principal": principal,
            "Action": "sts:AssumeRole", "Condition": condition}]});
        format!(
            "<AssumeRolePolicyDocument>{}</AssumeRolePolicyDocument>",
            encoded(&document)
        )
    }

    fn with(members: &str) -> Account {
        let accounts = br#"{"Accounts":[{"Id":"111122223333"}]}"#.to_vec();
        Account::new()
            .page(&AUTHORIZATION_DETAILS, details(members))
            .pages(
                &ORGANIZATION_ACCOUNTS,
                vec![(origin(200, "us-east-1", None), accounts)],
                Completeness::complete(),
            )
    }

    fn role(principal: Value, condition: Value) -> Account {
        with(&format!("{HERE}{}", trust(principal, condition)))
    }

    fn code(account: &Account) -> (Outcome, Option<UnknownCode>) {
        let verdict = account.judge(&CHECK);
        (verdict.outcome, verdict.reason.map(|reason| reason.code))
    }

    #[test]
    fn named_people_and_services_pass_and_anybody_fails() {
        let outcome = |principal| role(principal, json!({})).judge(&CHECK).outcome;
        for fine in [
            json!({"Service": "ec2.amazonaws.com"}),
            json!({"AWS": "arn:aws:iam::123456789012:user/x"}),
            json!({"AWS": "111122223333"}),
        ] {
            assert_eq!(outcome(fine.clone()), Outcome::Pass, "{fine}");
        }
        for open in [
            json!("*"),
            json!({ "AWS": OTHER }),
            json!({"AWS": ["111122223333", OTHER]}),
            json!({"Federated": "arn:aws:iam::123456789012:saml-provider/x"}),
        ] {
            assert_eq!(outcome(open.clone()), Outcome::Fail, "{open}");
        }
        let listed = role(json!({ "AWS": OTHER }), json!({})).with(KNOWN, json!([OTHER]));
        assert_eq!(listed.judge(&CHECK).outcome, Outcome::Pass);
        let asked = json!({"StringEquals": {"sts:ExternalId": "x"}});
        let asked = role(json!({ "AWS": OTHER }), asked);
        assert_eq!(asked.judge(&CHECK).outcome, Outcome::Pass);
    }

    #[test]
    fn without_the_organizations_list_another_account_is_unknown() {
        let other = role(json!({ "AWS": OTHER }), json!({})).without(&ORGANIZATION_ACCOUNTS);
        assert_eq!(
            code(&other),
            (Outcome::Unknown, Some(UnknownCode::PermissionMissing))
        );
        let own = json!({"AWS": "arn:aws:iam::123456789012:root"});
        let own = role(own, json!({})).without(&ORGANIZATION_ACCOUNTS);
        assert_eq!(code(&own).0, Outcome::Pass, "it is not needed then");
        let open = role(json!("*"), json!({})).without(&ORGANIZATION_ACCOUNTS);
        assert_eq!(code(&open).0, Outcome::Fail);
        let placeless = with(&format!(
            "<Path>/</Path>{}",
            trust(json!({ "AWS": OTHER }), json!({}))
        ));
        assert_eq!(code(&placeless).0, Outcome::Unknown, "whose role is it?");
    }

    #[test]
    fn a_condition_is_for_a_person_and_damage_is_not() {
        let condition = json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}});
        assert_eq!(
            code(&role(json!("*"), condition)),
            (Outcome::Unknown, Some(UnknownCode::NeedsJudgement))
        );
        let damaged = (Outcome::Unknown, Some(UnknownCode::MalformedAnswer));
        assert_eq!(code(&with(HERE)), damaged);
        assert_eq!(code(&role(json!({"AWS": 7}), json!({}))), damaged);
        let nonsense = "<AssumeRolePolicyDocument>x</AssumeRolePolicyDocument>";
        assert_eq!(code(&with(&format!("{HERE}{nonsense}"))), damaged);
    }

    #[test]
    fn awss_own_roles_do_not_count() {
        let open = trust(json!("*"), json!({}));
        let service = "<Path>/aws-service-role/x/</Path>";
        assert_eq!(
            code(&with(&format!("{service}{open}"))).0,
            Outcome::NotApplicable
        );
        assert_eq!(
            code(&with(&open)).0,
            Outcome::Unknown,
            "it may be AWS's own"
        );
    }

    #[test]
    fn half_an_answer_never_passes_but_can_fail() {
        let half = |principal| {
            let reason = Reason::new(UnknownCode::Partial, "half");
            let body = details(&format!("{HERE}{}", trust(principal, json!({}))));
            Account::new()
                .part(&AUTHORIZATION_DETAILS, body, Completeness::partial(reason))
                .judge(&CHECK)
                .outcome
        };
        assert_eq!(half(json!({"Service": "x"})), Outcome::Unknown);
        assert_eq!(half(json!("*")), Outcome::Fail);
        refused_is_unknown(&CHECK, &AUTHORIZATION_DETAILS);
    }
}
