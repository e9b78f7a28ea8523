//! Logs are always encrypted at rest; with a key of the company's own, the company decides who reads them.

use super::console::console;
use crate::datasets::{LOG_GROUPS, LogGroup};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. Each log group of CloudWatch, in every region:
///
/// | a log group | judged |
/// | --- | --- |
/// | has no name | unknown |
/// | names its key | pass |
/// | names no key, or an empty one | fail: AWS's own key is used |
///
/// Without any log group, all of them having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.logs.kms",
    alias: "AWS-37",
    version: 1,
    title: "Log groups are encrypted by a key of the company's own.",
    objectives: &["3.3.8[a]", "3.13.16[a]"],
    severity: Severity::Low,
    remedy: "Make a KMS key whose policy lets CloudWatch Logs use it, and connect it to each listed log group (aws logs associate-kms-key). What was logged before stays encrypted by AWS's key.",
    console: console!("cloudwatch/home#logsV2:log-groups"),
    reperform: Reperform {
        portal: "CloudWatch > Log groups > open each one, in each region: KMS key ID.",
        command: "for each region: aws logs describe-log-groups --query 'logGroups[].[logGroupName,kmsKeyId]'",
    },
    datasets: &["aws.logs_groups"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let groups = match collected.rows::<LogGroup>(LOG_GROUPS.id) {
        Ok(groups) => groups,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&groups);
    for group in &groups.rows {
        let region = &group.region;
        match (group.log_group_name.as_deref(), group.kms_key_id.as_deref()) {
            (None, _) => {
                judge.unknown(
                    "",
                    format!("? ({region})"),
                    "logGroup",
                    "AWS gives it no name.",
                );
            }
            (Some(_), Some(key)) if !key.is_empty() => judge.pass(),
            (Some(name), _) => judge.fail(
                format!("{region}:{name}"),
                format!("{name} ({region})"),
                "logGroup",
                "Encrypted by AWS's key, not by one of the company's.",
            ),
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Outcome;
    use serde_json::{Value, json};

    #[test]
    fn a_group_names_its_key_or_fails() {
        let outcome = |groups: Value| {
            let page = json!({ "logGroups": groups }).to_string();
            let account = Account::new().regions(&LOG_GROUPS, &[("us-east-1", &page)]);
            account.outcome(&CHECK)
        };
        assert_eq!(
            outcome(json!([{"logGroupName": "a", "kmsKeyId": "k"}])).0,
            Outcome::Pass
        );
        assert_eq!(
            outcome(json!([{"logGroupName": "a", "kmsKeyId": "k"}, {"logGroupName": "b"}])),
            (Outcome::Fail, vec!["b (us-east-1)".to_owned()])
        );
        assert_eq!(
            outcome(json!([{"logGroupName": "a", "kmsKeyId": ""}])).0,
            Outcome::Fail
        );
        assert_eq!(
            outcome(json!([{"logGroupName": "a", "kmsKeyId": 7}])).0,
            Outcome::Unknown
        );
        assert_eq!(outcome(json!([{"kmsKeyId": "k"}])).0, Outcome::Unknown);
        assert_eq!(outcome(json!([])).0, Outcome::NotApplicable);
        refused_is_unknown(&CHECK, &LOG_GROUPS);
    }
}
