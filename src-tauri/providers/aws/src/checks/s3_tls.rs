//! Over plain HTTP whoever is on the way reads along. A bucket takes it unless its policy refuses.

use super::{
    buckets::{Answers, BUCKETS_PAGE, KIND, NOT_READ, names},
    resource_policy::refuses_plain_http,
    told::Told,
};
use crate::datasets::{BucketPolicy, S3_POLICIES};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule, for each bucket:
///
/// | its policy | judged |
/// | --- | --- |
/// | denies to everybody every action of S3, on the bucket and everything in it, under the one condition that `aws:SecureTransport` is false | pass |
/// | AWS says that there is none | fail |
/// | does less than that | fail |
/// | was not read, or has a statement that can't be read | unknown |
///
/// Without any bucket, all of them having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.s3.tls_only",
    alias: "AWS-62",
    version: 1,
    title: "Every bucket refuses plain HTTP.",
    objectives: &["3.13.8[c]", "3.1.13[b]"],
    severity: Severity::Medium,
    remedy: "Add to the policy of the listed bucket a statement that denies s3:* to everybody, on the bucket and on everything in it, if aws:SecureTransport is false.",
    console: BUCKETS_PAGE,
    reperform: Reperform {
        portal: "S3 > Buckets > each bucket > Permissions > Bucket policy.",
        command: "for bucket in $(aws s3api list-buckets --query 'Buckets[].Name' --output text); do aws s3api get-bucket-policy --bucket $bucket; done",
    },
    datasets: &["aws.s3_buckets", "aws.s3_policies"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    let mut buckets = names(collected, &mut judge);
    let answers: Answers<BucketPolicy> = Answers::read(collected, &mut judge, S3_POLICIES.id);
    answers.name_into(&mut buckets);
    for bucket in &buckets {
        let told = match answers.of(bucket) {
            None => Told::Unclear(NOT_READ.to_owned()),
            Some(row) if row.absent.is_some() => {
                Told::No("It has no policy, and lets plain HTTP in.".to_owned())
            }
            Some(row) => match &row.told.policy {
                Some(policy) => refuses_plain_http(policy, bucket),
                None => Told::Unclear(NOT_READ.to_owned()),
            },
        };
        match told {
            Told::Yes => judge.pass(),
            Told::No(why) => judge.fail(bucket, bucket, KIND, why),
            Told::Unclear(why) => judge.unknown(bucket, bucket, KIND, why),
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        checks::{
            buckets::tests::{listed, none, told},
            testing::refused_is_unknown,
        },
        datasets::S3_BUCKETS,
    };
    use evidence::{Completeness, Outcome};
    use serde_json::json;

    #[test]
    fn a_policy_that_denies_passes_and_none_fails() {
        let denies = json!({"Statement": [{
            "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*",
            "Condition": {"Bool": {"aws:SecureTransport": "false"}}
        }]})
        .to_string();
        for (answer, expected) in [
            (denies, Outcome::Pass),
            (none("NoSuchBucketPolicy"), Outcome::Fail),
            (
                r#"{"Statement":[{"Effect":"Allow"}]}"#.to_owned(),
                Outcome::Fail,
            ),
            ("{}".to_owned(), Outcome::Unknown),
            (none("AccessDenied"), Outcome::Unknown),
        ] {
            let account = told(listed(&["b-1"]), &S3_POLICIES, &[("b-1", &answer)]);
            assert_eq!(account.judge(&CHECK).outcome, expected, "{answer}");
        }
    }

    #[test]
    fn what_was_not_read_is_unknown() {
        refused_is_unknown(&CHECK, &S3_BUCKETS);
        refused_is_unknown(&CHECK, &S3_POLICIES);
        let unread = listed(&["b-1"]).pages(&S3_POLICIES, vec![], Completeness::complete());
        assert_eq!(
            unread.outcome(&CHECK),
            (Outcome::Unknown, vec!["b-1".to_owned()])
        );
        let none = listed(&[]).pages(&S3_POLICIES, vec![], Completeness::complete());
        assert_eq!(none.judge(&CHECK).outcome, Outcome::NotApplicable);
    }
}
