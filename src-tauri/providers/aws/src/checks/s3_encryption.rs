//! Everything in S3 is encrypted; with a key of KMS the company decides, and sees, who may decrypt it.

use super::{
    buckets::{Answers, BUCKETS_PAGE, CUI, KIND, NOT_READ, names},
    for_a_person,
};
use crate::datasets::{Encryption, S3_ENCRYPTION};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule, for each bucket:
///
/// | how it encrypts by default | with CUI (`aws.cui_buckets`) | without, where that list is not empty | where it is empty |
/// | --- | --- | --- | --- |
/// | AWS says that it does not | fail | fail | fail |
/// | with a key of KMS | pass | pass | pass |
/// | with S3's own keys (`AES256`) | fail | pass | unknown, for a person: it may hold CUI |
/// | some other way, or not told | unknown | unknown | unknown |
///
/// Of several rules the weakest counts. Without any bucket, all of them having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.s3.encryption",
    alias: "AWS-61",
    version: 1,
    title: "Buckets encrypt what is stored in them, those with CUI by a KMS key.",
    objectives: &["3.13.16[a]", "3.13.11[a]"],
    severity: Severity::Medium,
    remedy: "Open the listed bucket > Properties > Default encryption and choose SSE-KMS with a key of the company. What was stored before stays as it is: copy it onto itself. Enter the buckets that hold CUI in the list.",
    console: BUCKETS_PAGE,
    reperform: Reperform {
        portal: "S3 > Buckets > each bucket > Properties > Default encryption.",
        command: "for bucket in $(aws s3api list-buckets --query 'Buckets[].Name' --output text); do aws s3api get-bucket-encryption --bucket $bucket; done",
    },
    datasets: &["aws.s3_buckets", "aws.s3_encryption"],
    parameters: &[CUI],
    clouds: Clouds::All,
    evaluate,
};

/// How a bucket encrypts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum How {
    NotAtAll,
    Unclear,
    ByS3,
    ByKms,
}

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    let mut buckets = names(collected, &mut judge);
    let answers: Answers<Encryption> = Answers::read(collected, &mut judge, S3_ENCRYPTION.id);
    answers.name_into(&mut buckets);
    let with_cui = collected.parameters.list(CUI);
    let mut looks = 0;
    for bucket in &buckets {
        let Some(answer) = answers.of(bucket) else {
            judge.unknown(bucket, bucket, KIND, NOT_READ);
            continue;
        };
        let how = match answer.absent {
            Some(_) => How::NotAtAll,
            None => how(&answer.told),
        };
        match how {
            How::NotAtAll => judge.fail(bucket, bucket, KIND, "It encrypts nothing by default."),
            How::ByKms => judge.pass(),
            How::Unclear => {
                let note = "AWS does not say by which keys it encrypts.";
                judge.unknown(bucket, bucket, KIND, note);
            }
            How::ByS3 if with_cui.contains(&bucket.to_lowercase()) => {
                let note = "It holds CUI, and encrypts by S3's own keys.";
                judge.fail(bucket, bucket, KIND, note);
            }
            How::ByS3 if with_cui.is_empty() => {
                looks += 1;
                let note = "It encrypts by S3's own keys; nobody has entered yet which buckets hold CUI (parameter aws.cui_buckets).";
                judge.unknown(bucket, bucket, KIND, note);
            }
            How::ByS3 => judge.pass(),
        }
    }
    for_a_person::conclude(judge, looks, WhenEmpty::NotApplicable)
}

/// The weakest of the rules.
fn how(encryption: &Encryption) -> How {
    let rules = encryption.rules.as_deref().unwrap_or_default();
    let of_rules = rules.iter().map(|rule| {
        let default = rule.apply_server_side_encryption_by_default.as_ref();
        match default.and_then(|default| default.algorithm.as_deref()) {
            Some("aws:kms" | "aws:kms:dsse") => How::ByKms,
            Some("AES256") => How::ByS3,
            _ => How::Unclear,
        }
    });
    of_rules.min().unwrap_or(How::Unclear)
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
    use evidence::{Completeness, Outcome, UnknownCode};
    use serde_json::{Value, json};

    fn rules(algorithms: &[&str]) -> String {
        let rules: String = algorithms
            .iter()
            .map(|algorithm| {
                format!(
                    "<Rule><ApplyServerSideEncryptionByDefault><SSEAlgorithm>{algorithm}</SSEAlgorithm>\
                     </ApplyServerSideEncryptionByDefault></Rule>"
                )
            })
            .collect();
        format!("<ServerSideEncryptionConfiguration>{rules}</ServerSideEncryptionConfiguration>")
    }

    fn account(answer: &str, with_cui: Value) -> Account {
        told(listed(&["b-1"]), &S3_ENCRYPTION, &[("b-1", answer)]).with(CUI, with_cui)
    }

    #[test]
    fn the_whole_table() {
        use Outcome::{Fail, Pass, Unknown};
        let nothing = none("ServerSideEncryptionConfigurationNotFoundError");
        for (answer, cui, other, unsaid) in [
            (nothing, Fail, Fail, Fail),
            (rules(&["aws:kms"]), Pass, Pass, Pass),
            (rules(&["aws:kms:dsse"]), Pass, Pass, Pass),
            (rules(&["AES256"]), Fail, Pass, Unknown),
            (rules(&["aws:kms", "AES256"]), Fail, Pass, Unknown),
            (rules(&["aws:fsx"]), Unknown, Unknown, Unknown),
            (rules(&[""]), Unknown, Unknown, Unknown),
            (rules(&[]), Unknown, Unknown, Unknown),
            (none("AccessDenied"), Unknown, Unknown, Unknown),
        ] {
            for (list, expected) in [
                (json!(["B-1"]), cui),
                (json!(["b-2"]), other),
                (json!([]), unsaid),
            ] {
                let verdict = account(&answer, list.clone()).judge(&CHECK);
                assert_eq!(verdict.outcome, expected, "{answer} {list}");
            }
        }
        let open = account(&rules(&["AES256"]), json!([])).judge(&CHECK);
        assert_eq!(open.reason.unwrap().code, UnknownCode::NeedsJudgement);
    }

    #[test]
    fn what_was_not_read_is_unknown() {
        refused_is_unknown(&CHECK, &S3_BUCKETS);
        refused_is_unknown(&CHECK, &S3_ENCRYPTION);
        let unread = told(
            listed(&["b-1", "b-2"]),
            &S3_ENCRYPTION,
            &[("b-1", &rules(&["aws:kms"]))],
        );
        assert_eq!(
            unread.outcome(&CHECK),
            (Outcome::Unknown, vec!["b-2".to_owned()])
        );
        let none = listed(&[]).pages(&S3_ENCRYPTION, vec![], Completeness::complete());
        assert_eq!(none.judge(&CHECK).outcome, Outcome::NotApplicable);
    }
}
