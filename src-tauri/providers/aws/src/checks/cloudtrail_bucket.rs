//! Whoever can change or delete the files of a trail can make what happened disappear.

use super::{
    buckets::{Answers, BUCKETS_PAGE, KIND, account_block, effective, flags, names},
    s3_versioning::kept,
    told::Told,
    trails::trails,
};
use crate::datasets::{
    AboutBucket, Logging, ObjectLock, PolicyStatus, PublicAccessBlock, S3_ACCOUNT_BLOCK,
    S3_BUCKET_BLOCKS, S3_LOGGING, S3_OBJECT_LOCK, S3_POLICY_STATUS, S3_VERSIONING, Versioning,
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};
use std::collections::{BTreeMap, BTreeSet};

/// The rule, for each bucket that a trail delivers to:
///
/// | the bucket | judged |
/// | --- | --- |
/// | is not among the account's own | unknown: another account may own it |
/// | one of the four public access settings is off, both for it and for the account | fail |
/// | AWS calls its policy public | fail |
/// | its own requests are not recorded | fail |
/// | it keeps no earlier versions and has no object lock | fail |
/// | one of that is not told | unknown |
/// | nothing of that | pass |
///
/// Without a trail, every region having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.cloudtrail.bucket_protected",
    alias: "AWS-35",
    version: 1,
    title: "Buckets with trails are private, logged, and keep what is in them.",
    objectives: &["3.3.8[a]", "3.3.8[b]", "3.3.8[c]", "3.3.1[f]"],
    severity: Severity::High,
    remedy: "Open the listed bucket. Permissions: switch on Block all public access. Properties: switch on Bucket Versioning (better: Object Lock) and Server access logging to another bucket.",
    console: BUCKETS_PAGE,
    reperform: Reperform {
        portal: "CloudTrail > Trails: note each S3 bucket; then S3 > the bucket > Permissions > Block public access, and Properties > Bucket Versioning, Server access logging, Object Lock.",
        command: "for bucket in $(aws cloudtrail describe-trails --query 'trailList[].S3BucketName' --output text); do aws s3api get-public-access-block --bucket $bucket; aws s3api get-bucket-policy-status --bucket $bucket; aws s3api get-bucket-logging --bucket $bucket; aws s3api get-bucket-versioning --bucket $bucket; done",
    },
    datasets: &[
        "aws.cloudtrail_trails",
        "aws.s3_buckets",
        "aws.s3_account_public_access",
        "aws.s3_public_access",
        "aws.s3_policy_status",
        "aws.s3_logging",
        "aws.s3_versioning",
        "aws.s3_object_lock",
    ],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (trails, mut judge) = match trails(collected) {
        Ok(found) => found,
        Err(reason) => return reason.into(),
    };
    let mut own = names(collected, &mut judge);
    let blocks: Answers<PublicAccessBlock> =
        Answers::read(collected, &mut judge, S3_BUCKET_BLOCKS.id);
    let policies: Answers<PolicyStatus> = Answers::read(collected, &mut judge, S3_POLICY_STATUS.id);
    let logs: Answers<Logging> = Answers::read(collected, &mut judge, S3_LOGGING.id);
    let versions: Answers<Versioning> = Answers::read(collected, &mut judge, S3_VERSIONING.id);
    let locks: Answers<ObjectLock> = Answers::read(collected, &mut judge, S3_OBJECT_LOCK.id);
    if let Err(reason) = collected.rows::<serde_json::Value>(S3_ACCOUNT_BLOCK.id) {
        judge.lacks(reason);
    }
    logs.name_into(&mut own);
    let account = account_block(collected);
    let mut buckets: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for trail in &trails.list {
        match trail.bucket.as_deref() {
            Some(bucket) => {
                buckets.entry(bucket).or_default().insert(trail.name());
            }
            None => {
                let note = "AWS does not say to which bucket it delivers.";
                judge.unknown(&trail.arn, trail.name(), "trail", note);
            }
        }
    }
    for (bucket, of) in buckets {
        if !own.contains(bucket) {
            let note = format!(
                "Not among this account's buckets; another account may own it. It takes the records of {}.",
                of.into_iter().collect::<Vec<_>>().join(", ")
            );
            judge.unknown(bucket, bucket, KIND, note);
            continue;
        }
        let told = Told::all([
            blocked(&effective(blocks.of(bucket), &account)),
            private(policies.of(bucket)),
            logged(logs.of(bucket)),
            kept(versions.of(bucket), locks.of(bucket)),
        ]);
        match told {
            Told::Yes => judge.pass(),
            Told::No(why) => judge.fail(bucket, bucket, KIND, why),
            Told::Unclear(why) => judge.unknown(bucket, bucket, KIND, why),
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

fn blocked(block: &PublicAccessBlock) -> Told {
    let flags = flags(block);
    let of = |wanted: Option<bool>| -> Vec<&str> {
        flags
            .iter()
            .filter(|(_, value)| *value == wanted)
            .map(|(name, _)| *name)
            .collect()
    };
    if !of(Some(false)).is_empty() {
        Told::No(format!(
            "Public access is not blocked by {}.",
            of(Some(false)).join(", ")
        ))
    } else if !of(None).is_empty() {
        Told::Unclear("Whether public access is blocked was not read.".to_owned())
    } else {
        Told::Yes
    }
}

fn private(status: Option<&AboutBucket<PolicyStatus>>) -> Told {
    match status {
        Some(row) if row.absent.is_some() => Told::Yes,
        row => Told::of(
            row.and_then(|row| row.told.is_public.map(|public| !public)),
            "Its policy lets everybody in.",
            "Whether its policy lets everybody in was not read.",
        ),
    }
}

fn logged(logging: Option<&AboutBucket<Logging>>) -> Told {
    match logging.map(|row| &row.told.logging_enabled) {
        None => Told::Unclear("Whether its requests are recorded was not read.".to_owned()),
        Some(Some(_)) => Told::Yes,
        Some(None) => Told::No("Requests to it are not recorded.".to_owned()),
    }
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
        datasets::{CLOUDTRAIL_TRAILS, S3_BUCKETS},
    };
    use evidence::{Completeness, Outcome};
    use provider_kit::Dataset;
    use serde_json::json;

    const BUCKET: &str = "trail-1";

    /// A trail and its bucket, as they should be.
    fn good() -> Account {
        let trails = json!({"trailList": [
            {"TrailARN": "arn:aws:cloudtrail:us-east-1:1:trail/t", "Name": "t", "S3BucketName": BUCKET}
        ]})
        .to_string();
        let page = vec![(
            origin(404, "us-east-1", None),
            none("NoSuchPublicAccessBlockConfiguration").into_bytes(),
        )];
        let account = listed(&[BUCKET])
            .regions(&CLOUDTRAIL_TRAILS, &[("us-east-1", &trails)])
            .pages(&S3_ACCOUNT_BLOCK, page, Completeness::complete());
        [
            (&S3_BUCKET_BLOCKS, block(["true"; 4])),
            (
                &S3_POLICY_STATUS,
                "<PolicyStatus><IsPublic>false</IsPublic></PolicyStatus>".to_owned(),
            ),
            (
                &S3_LOGGING,
                "<BucketLoggingStatus><LoggingEnabled><TargetBucket>l</TargetBucket></LoggingEnabled></BucketLoggingStatus>"
                    .to_owned(),
            ),
            (
                &S3_VERSIONING,
                "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>".to_owned(),
            ),
            (&S3_OBJECT_LOCK, none("ObjectLockConfigurationNotFoundError")),
        ]
        .into_iter()
        .fold(account, |account, (dataset, body)| told(account, dataset, &[(BUCKET, &body)]))
    }

    fn with(dataset: &'static Dataset, body: &str) -> (Outcome, String) {
        let verdict = told(good(), dataset, &[(BUCKET, body)]).judge(&CHECK);
        let note = verdict.resources.first().map(|first| first.note.clone());
        (verdict.outcome, note.unwrap_or_default())
    }

    #[test]
    fn each_protection_is_needed() {
        assert_eq!(good().judge(&CHECK).outcome, Outcome::Pass);
        for (dataset, body, note) in [
            (
                &S3_BUCKET_BLOCKS,
                block(["true", "true", "false", "true"]),
                "Public access is not blocked by BlockPublicPolicy.",
            ),
            (
                &S3_POLICY_STATUS,
                "<PolicyStatus><IsPublic>true</IsPublic></PolicyStatus>".to_owned(),
                "Its policy lets everybody in.",
            ),
            (
                &S3_LOGGING,
                "<BucketLoggingStatus/>".to_owned(),
                "Requests to it are not recorded.",
            ),
            (
                &S3_VERSIONING,
                "<VersioningConfiguration/>".to_owned(),
                "Earlier versions are not kept.",
            ),
        ] {
            assert_eq!(with(dataset, &body), (Outcome::Fail, note.to_owned()));
        }
    }

    #[test]
    fn what_is_not_told_is_unknown() {
        for (dataset, body) in [
            (&S3_BUCKET_BLOCKS, block(["true", "true", "", "true"])),
            (&S3_POLICY_STATUS, "<PolicyStatus/>".to_owned()),
            (&S3_POLICY_STATUS, none("AccessDenied")),
            (&S3_LOGGING, none("AccessDenied")),
        ] {
            assert_eq!(with(dataset, &body).0, Outcome::Unknown, "{body}");
        }
        for dataset in [
            &CLOUDTRAIL_TRAILS,
            &S3_BUCKETS,
            &S3_ACCOUNT_BLOCK,
            &S3_BUCKET_BLOCKS,
            &S3_POLICY_STATUS,
            &S3_LOGGING,
            &S3_VERSIONING,
            &S3_OBJECT_LOCK,
        ] {
            refused_is_unknown(&CHECK, dataset);
        }
    }

    #[test]
    fn a_bucket_of_another_account_cannot_be_judged() {
        let empty = "<ListAllMyBucketsResult><Buckets/></ListAllMyBucketsResult>";
        let elsewhere = good().regions(&S3_BUCKETS, &[("us-east-1", empty)]).pages(
            &S3_LOGGING,
            vec![],
            Completeness::complete(),
        );
        let verdict = elsewhere.judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Unknown);
        assert!(verdict.resources[0].note.contains("another account"));
        let none = good().regions(&CLOUDTRAIL_TRAILS, &[("us-east-1", r#"{"trailList":[]}"#)]);
        assert_eq!(none.judge(&CHECK).outcome, Outcome::NotApplicable);
        let nameless = good().regions(
            &CLOUDTRAIL_TRAILS,
            &[("us-east-1", r#"{"trailList":[{"TrailARN":"t"}]}"#)],
        );
        assert_eq!(nameless.judge(&CHECK).outcome, Outcome::Unknown);
    }
}
