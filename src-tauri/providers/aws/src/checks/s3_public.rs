//! What is in a public bucket, everybody on the internet reads; such buckets are found by programs within hours.

use super::buckets::{Answers, BUCKETS_PAGE, KIND, account_block, effective, flags, names};
use crate::datasets::{
    Acl, PolicyStatus, PublicAccessBlock, S3_ACCOUNT_BLOCK, S3_ACLS, S3_BUCKET_BLOCKS,
    S3_POLICY_STATUS,
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule, for each bucket; either the bucket's or the account's setting is enough to block. The first line that fits
/// decides:
///
/// | the bucket | judged |
/// | --- | --- |
/// | is in the parameter `aws.public_buckets` | pass |
/// | all four settings are on | pass |
/// | AWS calls its policy public, and `RestrictPublicBuckets` is off | fail |
/// | its list lets in everybody or every user of AWS, and `IgnorePublicAcls` is off | fail |
/// | its policy or list is public or not told, and the setting that would make up for it is not on for certain | unknown |
/// | else | pass |
///
/// Without any bucket, all of them having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.s3.bucket_public",
    alias: "AWS-60",
    version: 1,
    title: "No bucket is open to everybody, unless that is approved.",
    objectives: &["3.1.3[e]", "3.1.22[d]", "3.1.22[e]", "3.13.5[b]"],
    severity: Severity::Critical,
    remedy: "Open the listed bucket > Permissions: switch on Block all public access, and take out of its policy and its access control list whatever lets everybody in. If its content is approved for everybody, enter the bucket in the list of buckets that may be public, with who approved it.",
    console: BUCKETS_PAGE,
    reperform: Reperform {
        portal: "S3 > Buckets > each bucket > Permissions: Access, Block public access, Bucket policy, Access control list.",
        command: "for bucket in $(aws s3api list-buckets --query 'Buckets[].Name' --output text); do aws s3api get-public-access-block --bucket $bucket; aws s3api get-bucket-policy-status --bucket $bucket; aws s3api get-bucket-acl --bucket $bucket; done",
    },
    datasets: &[
        "aws.s3_buckets",
        "aws.s3_account_public_access",
        "aws.s3_public_access",
        "aws.s3_policy_status",
        "aws.s3_acls",
    ],
    parameters: &["aws.public_buckets"],
    clouds: Clouds::All,
    evaluate,
};

/// The ends of the addresses of the two groups that are everybody.
const EVERYBODY: [&str; 2] = ["/global/AllUsers", "/global/AuthenticatedUsers"];

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    let mut buckets = names(collected, &mut judge);
    let blocks: Answers<PublicAccessBlock> =
        Answers::read(collected, &mut judge, S3_BUCKET_BLOCKS.id);
    let policies: Answers<PolicyStatus> = Answers::read(collected, &mut judge, S3_POLICY_STATUS.id);
    let acls: Answers<Acl> = Answers::read(collected, &mut judge, S3_ACLS.id);
    if let Err(reason) = collected.rows::<serde_json::Value>(S3_ACCOUNT_BLOCK.id) {
        judge.lacks(reason);
    }
    policies.name_into(&mut buckets);
    acls.name_into(&mut buckets);
    let account = account_block(collected);
    let approved = collected.parameters.list("aws.public_buckets");
    for bucket in &buckets {
        let block = effective(blocks.of(bucket), &account);
        let blocked = flags(&block).iter().all(|(_, value)| *value == Some(true));
        if approved.contains(&bucket.to_lowercase()) || blocked {
            judge.pass();
            continue;
        }
        let by_policy = exposed(
            policies.of(bucket).and_then(|row| match row.absent {
                Some(_) => Some(false),
                None => row.told.is_public,
            }),
            block.restrict_public_buckets,
        );
        let by_list = exposed(
            acls.of(bucket).and_then(|row| is_public(&row.told)),
            block.ignore_public_acls,
        );
        let mut notes = Vec::new();
        if by_policy == Some(true) {
            notes.push("Its policy lets everybody in.");
        }
        if by_list == Some(true) {
            notes.push("Its access control list lets everybody in, or every user of AWS.");
        }
        if !notes.is_empty() {
            judge.fail(bucket, bucket, KIND, notes.join(" "));
        } else if by_policy.is_none() || by_list.is_none() {
            let what = match (by_policy, by_list) {
                (None, None) => "policy and access control list",
                (None, _) => "policy",
                _ => "access control list",
            };
            let note = format!("Whether its {what} lets everybody in can't be told.");
            judge.unknown(bucket, bucket, KIND, note);
        } else {
            judge.pass();
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

/// Whether something public is not made up for by a setting.
fn exposed(public: Option<bool>, blocked: Option<bool>) -> Option<bool> {
    match (public, blocked) {
        (Some(false), _) | (_, Some(true)) => Some(false),
        (Some(true), Some(false)) => Some(true),
        _ => None,
    }
}

/// Whether a list lets everybody in; `None` where an entry does not say whom it lets in.
fn is_public(acl: &Acl) -> Option<bool> {
    let grants = acl.grants.as_deref()?;
    let mut unclear = grants.is_empty();
    for grant in grants {
        let grantee = grant.grantee.as_ref();
        let text = |text: Option<&String>| text.filter(|text| !text.is_empty()).cloned();
        let uri = text(grantee.and_then(|grantee| grantee.uri.as_ref()));
        let id = text(grantee.and_then(|grantee| grantee.id.as_ref()));
        match (uri, id) {
            (Some(uri), _) if EVERYBODY.iter().any(|end| uri.ends_with(end)) => return Some(true),
            (None, None) => unclear = true,
            _ => {}
        }
    }
    (!unclear).then_some(false)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        checks::{
            buckets::tests::{block, listed, none, told},
            testing::{Account, origin, refused_is_unknown},
        },
        datasets::S3_BUCKETS,
    };
    use evidence::{Completeness, Outcome, Reason, UnknownCode};
    use serde_json::json;

    const OWNER: &str =
        "<Grant><Grantee><ID>o</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant>";
    const OPEN: [&str; 4] = ["false"; 4];

    fn acl(more: &str) -> String {
        format!(
            "<AccessControlPolicy><AccessControlList>{OWNER}{more}</AccessControlList></AccessControlPolicy>"
        )
    }

    fn group(end: &str) -> String {
        format!(
            "<Grant><Grantee><URI>http://acs.amazonaws.com/groups{end}</URI></Grantee><Permission>READ</Permission></Grant>"
        )
    }

    fn policy(public: &str) -> String {
        format!("<PolicyStatus><IsPublic>{public}</IsPublic></PolicyStatus>")
    }

    fn account(own: [&str; 4], of_account: [&str; 4], policy: &str, acl: &str) -> Account {
        let account = listed(&["b-1"]);
        let page = vec![(
            origin(200, "us-east-1", None),
            block(of_account).into_bytes(),
        )];
        let account = account.pages(&S3_ACCOUNT_BLOCK, page, Completeness::complete());
        let account = told(account, &S3_BUCKET_BLOCKS, &[("b-1", &block(own))]);
        let account = told(account, &S3_POLICY_STATUS, &[("b-1", policy)]);
        told(account, &S3_ACLS, &[("b-1", acl)])
    }

    #[test]
    fn what_is_public_and_not_blocked_fails() {
        use Outcome::{Fail, Pass, Unknown};
        let none = none("NoSuchBucketPolicy");
        let everybody = acl(&group("/global/AllUsers"));
        let users = acl(&group("/global/AuthenticatedUsers"));
        let logs = acl(&group("/s3/LogDelivery"));
        let restrict = ["false", "false", "false", "true"];
        let ignore = ["false", "true", "false", "false"];
        for (own, of_account, policy, acl, expected) in [
            (OPEN, OPEN, none.clone(), acl(""), Pass),
            (OPEN, OPEN, policy("false"), logs.clone(), Pass),
            (OPEN, OPEN, policy("true"), acl(""), Fail),
            (OPEN, restrict, policy("true"), acl(""), Pass),
            (restrict, OPEN, policy("true"), acl(""), Pass),
            (OPEN, ignore, policy("true"), acl(""), Fail),
            (OPEN, OPEN, none.clone(), everybody.clone(), Fail),
            (OPEN, OPEN, none.clone(), users, Fail),
            (ignore, OPEN, none.clone(), everybody.clone(), Pass),
            (OPEN, ["true"; 4], policy("true"), everybody.clone(), Pass),
            (OPEN, ["", "", "", ""], policy("true"), acl(""), Unknown),
            (OPEN, OPEN, policy(""), acl(""), Unknown),
            (
                OPEN,
                OPEN,
                none.clone(),
                acl("<Grant><Grantee/></Grant>"),
                Unknown,
            ),
            (
                OPEN,
                OPEN,
                policy("true"),
                acl("<Grant><Grantee/></Grant>"),
                Fail,
            ),
        ] {
            let account = account(own, of_account, &policy, &acl);
            assert_eq!(
                account.judge(&CHECK).outcome,
                expected,
                "{own:?} {of_account:?} {policy} {acl}"
            );
        }
    }

    #[test]
    fn an_approved_bucket_may_be_public() {
        let open = account(OPEN, OPEN, &policy("true"), &acl(""));
        let open = open.with("aws.public_buckets", json!(["B-1"]));
        assert_eq!(open.judge(&CHECK).outcome, Outcome::Pass);
    }

    #[test]
    fn a_public_bucket_fails_though_the_list_lacks_it() {
        let half = Completeness::partial(Reason::new(UnknownCode::Partial, "half"));
        let open = account(OPEN, OPEN, &policy("true"), &acl(""));
        let verdict = open.pages(&S3_BUCKETS, vec![], half).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Fail);
        assert!(!verdict.population.complete);
    }

    #[test]
    fn nothing_is_taken_for_private_that_was_not_read() {
        for dataset in [
            &S3_BUCKETS,
            &S3_ACCOUNT_BLOCK,
            &S3_BUCKET_BLOCKS,
            &S3_POLICY_STATUS,
            &S3_ACLS,
        ] {
            refused_is_unknown(&CHECK, dataset);
        }
        let unread = account(OPEN, OPEN, &policy("false"), &acl(""));
        let unread = unread.pages(&S3_ACLS, vec![], Completeness::complete());
        assert_eq!(unread.judge(&CHECK).outcome, Outcome::Unknown);
        let empty = account(OPEN, OPEN, &policy("false"), &acl(""));
        let empty = [&S3_BUCKETS, &S3_BUCKET_BLOCKS, &S3_POLICY_STATUS, &S3_ACLS]
            .into_iter()
            .fold(empty, |account, dataset| {
                account.pages(dataset, vec![], Completeness::complete())
            });
        assert_eq!(empty.judge(&CHECK).outcome, Outcome::NotApplicable);
    }
}
