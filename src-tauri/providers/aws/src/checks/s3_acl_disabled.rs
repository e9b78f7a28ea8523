//! With access control lists switched off, policies alone say who may reach a bucket, and one place tells it all.

use super::buckets::{Answers, BUCKETS_PAGE, KIND, NOT_READ, names};
use crate::datasets::{Ownership, S3_OWNERSHIP};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule, for each bucket:
///
/// | who owns what is stored | judged |
/// | --- | --- |
/// | AWS says that nothing was set: an old bucket, whose lists count | fail |
/// | `BucketOwnerPreferred` or `ObjectWriter` | fail |
/// | `BucketOwnerEnforced` in every rule | pass |
/// | something else, or not told | unknown |
///
/// Without any bucket, all of them having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.s3.acl_disabled",
    alias: "AWS-65",
    version: 1,
    title: "Access control lists are switched off for every bucket.",
    objectives: &["3.1.2[b]", "3.1.3[e]"],
    severity: Severity::Low,
    remedy: "Open the listed bucket > Permissions > Object Ownership > Edit and choose ACLs disabled. What its list allows today has to move to its policy first.",
    console: BUCKETS_PAGE,
    reperform: Reperform {
        portal: "S3 > Buckets > each bucket > Permissions > Object Ownership: Bucket owner enforced.",
        command: "for bucket in $(aws s3api list-buckets --query 'Buckets[].Name' --output text); do aws s3api get-bucket-ownership-controls --bucket $bucket; done",
    },
    datasets: &["aws.s3_buckets", "aws.s3_ownership"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut judge = Judge::new();
    let mut buckets = names(collected, &mut judge);
    let answers: Answers<Ownership> = Answers::read(collected, &mut judge, S3_OWNERSHIP.id);
    answers.name_into(&mut buckets);
    for bucket in &buckets {
        let Some(answer) = answers.of(bucket) else {
            judge.unknown(bucket, bucket, KIND, NOT_READ);
            continue;
        };
        let rules = answer.told.rules.as_deref().unwrap_or_default();
        let has = |wanted: &str| {
            rules
                .iter()
                .any(|rule| rule.object_ownership.as_deref() == Some(wanted))
        };
        let enforced = rules
            .iter()
            .all(|rule| rule.object_ownership.as_deref() == Some("BucketOwnerEnforced"));
        if answer.absent.is_some() {
            let note =
                "Its access control list counts: nothing was set, as on buckets of before 2023.";
            judge.fail(bucket, bucket, KIND, note);
        } else if has("BucketOwnerPreferred") || has("ObjectWriter") {
            judge.fail(bucket, bucket, KIND, "Its access control list counts.");
        } else if enforced && !rules.is_empty() {
            judge.pass();
        } else {
            let note = "AWS does not say whether its access control list counts.";
            judge.unknown(bucket, bucket, KIND, note);
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

    fn rules(ownership: &[&str]) -> String {
        let rules: String = ownership
            .iter()
            .map(|one| format!("<Rule><ObjectOwnership>{one}</ObjectOwnership></Rule>"))
            .collect();
        format!("<OwnershipControls>{rules}</OwnershipControls>")
    }

    #[test]
    fn only_enforced_ownership_passes() {
        use Outcome::{Fail, Pass, Unknown};
        for (answer, expected) in [
            (rules(&["BucketOwnerEnforced"]), Pass),
            (rules(&["BucketOwnerPreferred"]), Fail),
            (rules(&["ObjectWriter"]), Fail),
            (rules(&["BucketOwnerEnforced", "ObjectWriter"]), Fail),
            (none("OwnershipControlsNotFoundError"), Fail),
            (rules(&["Other"]), Unknown),
            (rules(&[""]), Unknown),
            (rules(&[]), Unknown),
            (none("NoSuchBucket"), Unknown),
        ] {
            let account = told(listed(&["b-1"]), &S3_OWNERSHIP, &[("b-1", &answer)]);
            assert_eq!(account.judge(&CHECK).outcome, expected, "{answer}");
        }
        let none = listed(&[]).pages(&S3_OWNERSHIP, vec![], Completeness::complete());
        assert_eq!(none.judge(&CHECK).outcome, Outcome::NotApplicable);
    }

    #[test]
    fn what_was_not_read_is_unknown() {
        refused_is_unknown(&CHECK, &S3_BUCKETS);
        refused_is_unknown(&CHECK, &S3_OWNERSHIP);
        let unread = listed(&["b-1"]).pages(&S3_OWNERSHIP, vec![], Completeness::complete());
        assert_eq!(
            unread.outcome(&CHECK),
            (Outcome::Unknown, vec!["b-1".to_owned()])
        );
    }
}
