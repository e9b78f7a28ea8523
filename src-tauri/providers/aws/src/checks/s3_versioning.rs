//! Earlier versions survive a deletion, a mistake and whoever encrypts files for ransom. Records need them most.

use super::{
    buckets::{Answers, BUCKETS_PAGE, CUI, KIND, NOT_READ, names},
    for_a_person,
    told::{Told, also},
};
use crate::datasets::{
    AboutBucket, CLOUDTRAIL_TRAILS, Logging, ObjectLock, S3_LOGGING, S3_OBJECT_LOCK, S3_VERSIONING,
    Trail, Versioning,
};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeSet;

/// The rule, for each bucket of the account. Records are in it if a trail or another bucket's access log goes there.
///
/// | earlier versions (or object lock, which implies them) | with CUI (`aws.cui_buckets`) or records | other, where that list is not empty | other, where it is empty |
/// | --- | --- | --- | --- |
/// | are kept | pass | is not judged | pass |
/// | are not kept: never switched on, or suspended | fail | is not judged | unknown, for a person: it may hold CUI |
/// | not told | unknown | is not judged | unknown |
///
/// Without a bucket to judge, all of them having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.s3.versioning",
    alias: "AWS-64",
    version: 1,
    title: "Buckets with CUI or with records keep earlier versions.",
    objectives: &["3.3.8[c]", "3.8.9[a]"],
    severity: Severity::Low,
    remedy: "Open the listed bucket > Properties > Bucket Versioning > Edit > Enable, with a lifecycle rule for old versions. Enter the buckets that hold CUI in the list.",
    console: BUCKETS_PAGE,
    reperform: Reperform {
        portal: "S3 > Buckets > each bucket > Properties > Bucket Versioning, and Object Lock.",
        command: "for bucket in $(aws s3api list-buckets --query 'Buckets[].Name' --output text); do aws s3api get-bucket-versioning --bucket $bucket; aws s3api get-object-lock-configuration --bucket $bucket; done",
    },
    datasets: &[
        "aws.s3_buckets",
        "aws.s3_versioning",
        "aws.s3_object_lock",
        "aws.s3_logging",
        "aws.cloudtrail_trails",
    ],
    parameters: &[CUI],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    let mut buckets = names(collected, &mut judge);
    let versions: Answers<Versioning> = Answers::read(collected, &mut judge, S3_VERSIONING.id);
    let locks: Answers<ObjectLock> = Answers::read(collected, &mut judge, S3_OBJECT_LOCK.id);
    versions.name_into(&mut buckets);
    let with_records = with_records(collected, &mut judge);
    let with_cui = collected.parameters.list(CUI);
    let mut looks = 0;
    for bucket in &buckets {
        let needed = with_records.contains(bucket) || with_cui.contains(&bucket.to_lowercase());
        if !needed && !with_cui.is_empty() {
            continue;
        }
        match kept(versions.of(bucket), locks.of(bucket)) {
            Told::Yes => judge.pass(),
            Told::No(why) if needed => judge.fail(bucket, bucket, KIND, why),
            Told::No(why) => {
                looks += 1;
                let note = format!(
                    "{why} Nobody has entered yet which buckets hold CUI (parameter aws.cui_buckets)."
                );
                judge.unknown(bucket, bucket, KIND, note);
            }
            Told::Unclear(why) => judge.unknown(bucket, bucket, KIND, why),
        }
    }
    for_a_person::conclude(judge, looks, WhenEmpty::NotApplicable)
}

/// The buckets that trails and access logs go to. Where that can't be told, a bucket may be one of them.
fn with_records(collected: &Collected<'_>, judge: &mut Judge) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let trails: Vec<Trail> = also(collected, judge, CLOUDTRAIL_TRAILS.id);
    let logs: Answers<Logging> = Answers::read(collected, judge, S3_LOGGING.id);
    let of_trails = trails.into_iter().map(|trail| trail.s3_bucket_name);
    let targets = logs.all().iter().filter_map(|row| {
        let target = row.told.logging_enabled.as_ref()?;
        Some(target.target_bucket.clone())
    });
    for name in of_trails.chain(targets) {
        match name.filter(|name| !name.is_empty()) {
            Some(name) => {
                found.insert(name);
            }
            None => judge.lacks(Reason::new(
                UnknownCode::MalformedAnswer,
                "AWS does not say to which bucket some records go.",
            )),
        }
    }
    found
}

/// Whether a bucket keeps earlier versions.
pub(super) fn kept(
    versioning: Option<&AboutBucket<Versioning>>,
    lock: Option<&AboutBucket<ObjectLock>>,
) -> Told {
    let locked = lock.is_some_and(|row| row.told.object_lock_enabled.as_deref() == Some("Enabled"));
    if locked {
        return Told::Yes;
    }
    let Some(versioning) = versioning else {
        return Told::Unclear(NOT_READ.to_owned());
    };
    match versioning.told.status.as_deref() {
        Some("Enabled") => Told::Yes,
        Some("Suspended") => Told::No("Keeping earlier versions is suspended.".to_owned()),
        // The documented answer of a bucket for which it was never switched on.
        None => Told::No("Earlier versions are not kept.".to_owned()),
        Some(_) => Told::Unclear("AWS does not say whether earlier versions are kept.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        checks::{
            buckets::tests::{listed, none, told},
            testing::{Account, refused_is_unknown},
        },
        datasets::S3_BUCKETS,
    };
    use evidence::{Completeness, Outcome};
    use serde_json::{Value, json};

    const ON: &str = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
    const OFF: &str = "<VersioningConfiguration/>";
    const PAUSED: &str =
        "<VersioningConfiguration><Status>Suspended</Status></VersioningConfiguration>";

    fn trails(bucket: Value) -> String {
        json!({"trailList": [{"TrailARN": "t", "S3BucketName": bucket}]}).to_string()
    }

    /// One bucket, and a trail that delivers to `trail`.
    fn account(versioning: &str, lock: &str, trail: &str) -> Account {
        let account = told(listed(&["b-1"]), &S3_VERSIONING, &[("b-1", versioning)]);
        let account = told(account, &S3_OBJECT_LOCK, &[("b-1", lock)]);
        let account = told(account, &S3_LOGGING, &[("b-1", "<BucketLoggingStatus/>")]);
        account.regions(&CLOUDTRAIL_TRAILS, &[("us-east-1", &trails(json!(trail)))])
    }

    fn unlocked() -> String {
        none("ObjectLockConfigurationNotFoundError")
    }

    #[test]
    fn buckets_with_cui_or_records_have_to_keep_versions() {
        use Outcome::{Fail, NotApplicable, Pass, Unknown};
        for (versioning, cui, records, other, unsaid) in [
            (ON, Pass, Pass, NotApplicable, Pass),
            (OFF, Fail, Fail, NotApplicable, Unknown),
            (PAUSED, Fail, Fail, NotApplicable, Unknown),
            (
                "<VersioningConfiguration><Status/></VersioningConfiguration>",
                Unknown,
                Unknown,
                NotApplicable,
                Unknown,
            ),
        ] {
            for (list, trail, expected) in [
                (json!(["B-1"]), "elsewhere", cui),
                (json!(["b-2"]), "b-1", records),
                (json!([]), "b-1", records),
                (json!(["b-2"]), "elsewhere", other),
                (json!([]), "elsewhere", unsaid),
            ] {
                let account = account(versioning, &unlocked(), trail).with(CUI, list.clone());
                assert_eq!(
                    account.judge(&CHECK).outcome,
                    expected,
                    "{versioning} {list} {trail}"
                );
            }
        }
        let open = account(OFF, &unlocked(), "elsewhere").judge(&CHECK);
        assert_eq!(open.reason.unwrap().code, UnknownCode::NeedsJudgement);
    }

    #[test]
    fn object_lock_is_enough() {
        let locked = "<ObjectLockConfiguration><ObjectLockEnabled>Enabled</ObjectLockEnabled></ObjectLockConfiguration>";
        assert_eq!(
            account(OFF, locked, "b-1").judge(&CHECK).outcome,
            Outcome::Pass
        );
        let odd = "<ObjectLockConfiguration/>";
        assert_eq!(
            account(OFF, odd, "b-1").judge(&CHECK).outcome,
            Outcome::Fail
        );
    }

    #[test]
    fn a_bucket_that_takes_access_logs_has_records() {
        let log = "<BucketLoggingStatus><LoggingEnabled><TargetBucket>b-1</TargetBucket></LoggingEnabled></BucketLoggingStatus>";
        let of = |log: &str| {
            let account = account(OFF, &unlocked(), "elsewhere").with(CUI, json!(["b-2"]));
            told(account, &S3_LOGGING, &[("b-2", log)]).judge(&CHECK)
        };
        assert_eq!(of(log).outcome, Outcome::Fail);
        let nowhere = log.replace("b-1", "");
        assert_eq!(
            of(&nowhere).reason.unwrap().code,
            UnknownCode::MalformedAnswer
        );
    }

    #[test]
    fn what_was_not_read_is_unknown() {
        for dataset in [
            &S3_BUCKETS,
            &S3_VERSIONING,
            &S3_OBJECT_LOCK,
            &S3_LOGGING,
            &CLOUDTRAIL_TRAILS,
        ] {
            refused_is_unknown(&CHECK, dataset);
        }
        let unread = account(ON, &unlocked(), "b-1");
        let unread = unread.pages(&S3_VERSIONING, vec![], Completeness::complete());
        assert_eq!(unread.judge(&CHECK).outcome, Outcome::Unknown);
    }
}
