//! Who read what in a bucket is known only if requests to it are recorded, by the bucket itself or by a trail.

use super::{
    buckets::{Answers, BUCKETS_PAGE, CUI, KIND, NOT_READ, names},
    for_a_person,
    s3_data_events::Recorded,
    trails::trails,
};
use crate::datasets::{Logging, S3_LOGGING};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeSet;

/// The rule. A bucket's requests are recorded if its access logging is on, or if trails record the reads and the writes of
/// its objects (as `aws.cloudtrail.s3_data_events` tells).
///
/// | requests | bucket with CUI (`aws.cui_buckets`) | other, where that list is not empty | other, where it is empty |
/// | --- | --- | --- | --- |
/// | are recorded | pass | is not judged | pass |
/// | are not recorded | fail | is not judged | unknown, for a person: it may hold CUI |
/// | not told, or not recorded by the bucket while a trail may do it | unknown | is not judged | unknown |
///
/// While the list is empty, a bucket that takes other buckets' access logs is not judged: it can't log into itself.
/// Without a bucket to judge, all of them having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.s3.access_logging",
    alias: "AWS-63",
    version: 1,
    title: "Requests to buckets with CUI are recorded.",
    objectives: &["3.3.1[c]", "3.1.12[d]"],
    severity: Severity::Low,
    remedy: "Open the listed bucket > Properties > Server access logging and switch it on, to a bucket that only the log service writes to; or have a trail record its data events. Enter the buckets that hold CUI in the list.",
    console: BUCKETS_PAGE,
    reperform: Reperform {
        portal: "S3 > Buckets > each bucket > Properties > Server access logging. CloudTrail > Trails > each trail: Data events.",
        command: "for bucket in $(aws s3api list-buckets --query 'Buckets[].Name' --output text); do aws s3api get-bucket-logging --bucket $bucket; done",
    },
    datasets: &[
        "aws.s3_buckets",
        "aws.s3_logging",
        "aws.cloudtrail_trails",
        "aws.cloudtrail_status",
        "aws.cloudtrail_selectors",
    ],
    parameters: &[CUI],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    let mut buckets = names(collected, &mut judge);
    let logs: Answers<Logging> = Answers::read(collected, &mut judge, S3_LOGGING.id);
    logs.name_into(&mut buckets);
    let with_cui = collected.parameters.list(CUI);
    let targets: BTreeSet<&str> = logs
        .all()
        .iter()
        .filter_map(|row| row.told.logging_enabled.as_ref()?.target_bucket.as_deref())
        .collect();
    let mut without = Vec::new();
    for bucket in &buckets {
        let judged = match with_cui.is_empty() {
            true => !targets.contains(bucket.as_str()),
            false => with_cui.contains(&bucket.to_lowercase()),
        };
        match logs.of(bucket) {
            _ if !judged => {}
            None => judge.unknown(bucket, bucket, KIND, NOT_READ),
            Some(row) if row.told.logging_enabled.is_some() => judge.pass(),
            Some(_) => without.push(bucket),
        }
    }
    if without.is_empty() {
        return judge.conclude(WhenEmpty::NotApplicable);
    }
    let recorded = match trails(collected) {
        Ok((trails, _)) => Some(Recorded::read(collected, &mut judge, &trails)),
        Err(reason) => {
            judge.lacks(reason);
            None
        }
    };
    let mut looks = 0;
    for bucket in without {
        let by_trail = recorded.as_ref().map(|recorded| {
            let bucket = bucket.to_lowercase();
            (recorded.now(Some(&bucket)), recorded.is_open(Some(&bucket)))
        });
        match by_trail {
            Some(((true, true), _)) => judge.pass(),
            Some((_, false)) if with_cui.is_empty() => {
                looks += 1;
                let note = "Requests to it are not recorded. Nobody has entered yet which buckets hold CUI (parameter aws.cui_buckets).";
                judge.unknown(bucket, bucket, KIND, note);
            }
            Some((_, false)) => {
                let note = "Requests to it are not recorded, neither by itself nor by a trail.";
                judge.fail(bucket, bucket, KIND, note);
            }
            _ => {
                let note =
                    "It does not record requests itself; whether a trail does can't be told.";
                judge.unknown(bucket, bucket, KIND, note);
            }
        }
    }
    for_a_person::conclude(judge, looks, WhenEmpty::NotApplicable)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{
        checks::{
            buckets::tests::{listed, none, told},
            testing::{Account, refused_is_unknown},
            trails::tests::{about, arn, stand, trail},
        },
        datasets::{CLOUDTRAIL_SELECTORS, CLOUDTRAIL_STATUS, CLOUDTRAIL_TRAILS, S3_BUCKETS},
    };
    use evidence::{Completeness, Outcome, UnknownCode};
    use serde_json::{Value, json};

    const OFF: &str = "<BucketLoggingStatus/>";

    fn on(target: &str) -> String {
        format!(
            "<BucketLoggingStatus><LoggingEnabled><TargetBucket>{target}</TargetBucket></LoggingEnabled></BucketLoggingStatus>"
        )
    }

    /// With a trail that records events on these objects.
    fn with_trail(account: Account, objects: &Value) -> Account {
        let arn = arn("t", "us-east-1");
        let trails = json!({"trailList": [trail("t", "us-east-1", json!({}))]}).to_string();
        let account = account.regions(&CLOUDTRAIL_TRAILS, &[("us-east-1", &trails)]);
        let account = stand(account, &[(&arn, json!({"IsLogging": true}))]);
        let selectors = json!({"EventSelectors": [{"ReadWriteType": "All", "IncludeManagementEvents": true,
            "DataResources": [{"Type": "AWS::S3::Object", "Values": objects}]}]});
        about(account, &CLOUDTRAIL_SELECTORS, &[(&arn, selectors)])
    }

    fn account(log: &str, list: Value, objects: Value) -> Account {
        let account = told(listed(&["b-1"]), &S3_LOGGING, &[("b-1", log)]).with(CUI, list);
        with_trail(account, &objects)
    }

    #[test]
    fn requests_are_recorded_by_the_bucket_or_by_a_trail() {
        use Outcome::{Fail, NotApplicable, Pass, Unknown};
        let of_trail = json!(["arn:aws:s3:::b-1/"]);
        for (log, objects, cui, other, unsaid) in [
            (on("l"), json!([]), Pass, NotApplicable, Pass),
            (OFF.to_owned(), of_trail, Pass, NotApplicable, Pass),
            (
                OFF.to_owned(),
                json!(["arn:aws:s3"]),
                Pass,
                NotApplicable,
                Pass,
            ),
            (OFF.to_owned(), json!([]), Fail, NotApplicable, Unknown),
            (none("NoSuchBucket"), json!([]), Unknown, Unknown, Unknown),
        ] {
            for (list, expected) in [
                (json!(["B-1"]), cui),
                (json!(["b-2"]), other),
                (json!([]), unsaid),
            ] {
                let verdict = account(&log, list.clone(), objects.clone()).judge(&CHECK);
                assert_eq!(verdict.outcome, expected, "{log} {objects} {list}");
            }
        }
        let open = account(OFF, json!([]), json!([])).judge(&CHECK);
        assert_eq!(open.reason.unwrap().code, UnknownCode::NeedsJudgement);
    }

    #[test]
    fn a_bucket_that_takes_logs_is_judged_only_by_name() {
        let logs = |list: Value| {
            let account = told(
                listed(&["b-1", "logs"]),
                &S3_LOGGING,
                &[("b-1", &on("logs")), ("logs", OFF)],
            );
            with_trail(account, &json!([]))
                .with(CUI, list)
                .outcome(&CHECK)
        };
        assert_eq!(logs(json!([])), (Outcome::Pass, vec![]));
        assert_eq!(
            logs(json!(["logs"])),
            (Outcome::Fail, vec!["logs".to_owned()])
        );
    }

    #[test]
    fn trails_are_needed_only_where_a_bucket_does_not_record() {
        for dataset in [&S3_BUCKETS, &S3_LOGGING] {
            refused_is_unknown(&CHECK, dataset);
        }
        for dataset in [
            &CLOUDTRAIL_TRAILS,
            &CLOUDTRAIL_STATUS,
            &CLOUDTRAIL_SELECTORS,
        ] {
            let by_bucket = account(&on("l"), json!(["b-1"]), json!([])).without(dataset);
            assert_eq!(by_bucket.judge(&CHECK).outcome, Outcome::Pass);
            let open = account(OFF, json!(["b-1"]), json!([])).without(dataset);
            let verdict = open.judge(&CHECK);
            assert_eq!(verdict.reason.unwrap().code, UnknownCode::PermissionMissing);
        }
        let unread = listed(&["b-1"]).pages(&S3_LOGGING, vec![], Completeness::complete());
        assert_eq!(unread.judge(&CHECK).outcome, Outcome::Unknown);
    }
}
