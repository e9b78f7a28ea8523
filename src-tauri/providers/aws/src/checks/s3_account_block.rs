//! One setting of the account keeps every bucket from becoming public, those of tomorrow too.

use super::buckets::flags;
use crate::datasets::{AccountBlock, S3_ACCOUNT_BLOCK};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
///
/// | the account's public access block | judged |
/// | --- | --- |
/// | AWS says that there is none | fail |
/// | one of the four settings is off | fail |
/// | one of them is not told | unknown |
/// | all four are on | pass |
pub static CHECK: Check = Check {
    id: "aws.s3.account_pab",
    alias: "AWS-59",
    version: 1,
    title: "Public access to buckets is blocked for the whole account.",
    objectives: &["3.1.3[e]", "3.1.22[d]", "3.13.5[b]"],
    severity: Severity::High,
    remedy: "In S3 > Block Public Access settings for this account switch on all four settings. If a website has to be public, put CloudFront before its bucket.",
    console: super::console::console!("s3/settings"),
    reperform: Reperform {
        portal: "S3 > Block Public Access settings for this account: all four are on.",
        command: "aws s3control get-public-access-block --account-id ACCOUNT",
    },
    datasets: &["aws.s3_account_public_access"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let block = match collected.one::<AccountBlock>(S3_ACCOUNT_BLOCK.id) {
        Ok(block) => block,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::new();
    let (id, kind) = ("account", "account");
    let name = "public access block";
    let of = |wanted: Option<bool>| -> Vec<&str> {
        flags(&block.told)
            .into_iter()
            .filter(|(_, value)| *value == wanted)
            .map(|(name, _)| name)
            .collect()
    };
    if block.absent.is_some() {
        judge.fail(id, name, kind, "Nothing blocks public access.");
    } else if !of(Some(false)).is_empty() {
        let note = format!("Switched off: {}.", of(Some(false)).join(", "));
        judge.fail(id, name, kind, note);
    } else if !of(None).is_empty() {
        let note = format!("AWS does not say: {}.", of(None).join(", "));
        judge.unknown(id, name, kind, note);
    } else {
        judge.pass();
    }
    judge.conclude(WhenEmpty::Unknown(
        "AWS does not say what blocks public access.".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::{
        buckets::tests::{block, none},
        testing::{Account, origin, refused_is_unknown},
    };
    use evidence::{Completeness, Outcome};

    fn told(status: u16, body: &str) -> (Outcome, String) {
        let page = vec![(origin(status, "us-east-1", None), body.as_bytes().to_vec())];
        let account = Account::new().pages(&S3_ACCOUNT_BLOCK, page, Completeness::complete());
        let verdict = account.judge(&CHECK);
        let note = verdict.resources.first().map(|first| first.note.clone());
        (verdict.outcome, note.unwrap_or_default())
    }

    #[test]
    fn all_four_have_to_be_on() {
        assert_eq!(told(200, &block(["true"; 4])).0, Outcome::Pass);
        assert_eq!(
            told(200, &block(["true", "false", "true", "false"])),
            (
                Outcome::Fail,
                "Switched off: IgnorePublicAcls, RestrictPublicBuckets.".to_owned()
            )
        );
        assert_eq!(
            told(200, &block(["true", "", "true", "true"])),
            (
                Outcome::Unknown,
                "AWS does not say: IgnorePublicAcls.".to_owned()
            )
        );
        assert_eq!(
            told(200, &block(["", "false", "true", "true"])).0,
            Outcome::Fail
        );
        assert_eq!(
            told(200, &block(["no", "true", "true", "true"])).0,
            Outcome::Unknown
        );
    }

    #[test]
    fn none_is_an_answer_and_a_refusal_is_not() {
        assert_eq!(
            told(404, &none("NoSuchPublicAccessBlockConfiguration")),
            (Outcome::Fail, "Nothing blocks public access.".to_owned())
        );
        assert_eq!(told(403, &none("AccessDenied")).0, Outcome::Unknown);
        refused_is_unknown(&CHECK, &S3_ACCOUNT_BLOCK);
    }
}
