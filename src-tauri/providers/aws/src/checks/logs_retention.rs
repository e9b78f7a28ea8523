//! A record that is gone when somebody asks for it was not kept.

use super::{console::console, named::days as in_words, number};
use crate::datasets::{LOG_GROUPS, LogGroup};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. Each log group of CloudWatch, in every region:
///
/// | a log group | judged |
/// | --- | --- |
/// | has no name | unknown |
/// | is one of those that may keep less (parameter) | not at all |
/// | names no number of days | pass: AWS documents that it keeps its data for ever |
/// | keeps its data for as many days as asked for, or more | pass |
/// | keeps them for fewer days | fail |
///
/// Without any other log group, all of them having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.logs.retention",
    alias: "AWS-36",
    version: 1,
    title: "Log groups keep their data for as long as the company has decided.",
    objectives: &["3.3.1[e]", "3.3.1[f]"],
    severity: Severity::Medium,
    remedy: "Open each listed log group in CloudWatch and raise its retention to the company's number of days or to Never expire. Enter a log group that holds no audit records in the list of those that may keep less, with who decided it.",
    console: console!("cloudwatch/home#logsV2:log-groups"),
    reperform: Reperform {
        portal: "CloudWatch > Log groups, in each region: the Retention column.",
        command: "for each region: aws logs describe-log-groups --query 'logGroups[].[logGroupName,retentionInDays]'",
    },
    datasets: &["aws.logs_groups"],
    parameters: &["aws.log_retention_days", "aws.short_log_groups"],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (groups, days) = match (
        collected.rows::<LogGroup>(LOG_GROUPS.id),
        number(collected, "aws.log_retention_days"),
    ) {
        (Ok(groups), Ok(days)) => (groups, days),
        (Err(reason), _) | (_, Err(reason)) => return reason.into(),
    };
    let exempt = collected.parameters.list("aws.short_log_groups");
    let mut judge = Judge::over(&groups);
    for group in &groups.rows {
        let region = &group.region;
        let Some(name) = group.log_group_name.as_deref() else {
            judge.unknown(
                "",
                format!("? ({region})"),
                "logGroup",
                "AWS gives it no name.",
            );
            continue;
        };
        let (id, shown) = (format!("{region}:{name}"), format!("{name} ({region})"));
        match group.retention_in_days {
            _ if exempt.contains(&name.to_lowercase()) => {}
            Some(kept) if kept < days => judge.fail(
                id,
                shown,
                "logGroup",
                format!(
                    "Keeps its data for {}; {days} are asked for.",
                    in_words(kept)
                ),
            ),
            _ => judge.pass(),
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

    fn account(groups: Value) -> Account {
        let page = json!({ "logGroups": groups }).to_string();
        Account::new().regions(&LOG_GROUPS, &[("us-east-1", &page)])
    }

    #[test]
    fn fewer_days_fail_and_no_number_is_for_ever() {
        let outcome = |group: Value| account(json!([group])).judge(&CHECK).outcome;
        assert_eq!(
            outcome(json!({"logGroupName": "a", "retentionInDays": 365})),
            Outcome::Pass
        );
        assert_eq!(outcome(json!({"logGroupName": "a"})), Outcome::Pass);
        assert_eq!(
            outcome(json!({"logGroupName": "a", "retentionInDays": 364})),
            Outcome::Fail
        );
        assert_eq!(
            outcome(json!({"logGroupName": "a", "retentionInDays": "x"})),
            Outcome::Unknown
        );
        assert_eq!(outcome(json!({"retentionInDays": 1})), Outcome::Unknown);
        assert_eq!(
            account(json!([])).judge(&CHECK).outcome,
            Outcome::NotApplicable
        );
        refused_is_unknown(&CHECK, &LOG_GROUPS);
    }

    #[test]
    fn days_and_exemptions_are_the_companys() {
        let short = || account(json!([{"logGroupName": "/Debug", "retentionInDays": 90}]));
        let named = short().outcome(&CHECK);
        assert_eq!(
            named,
            (Outcome::Fail, vec!["/Debug (us-east-1)".to_owned()])
        );
        let fewer = short().with("aws.log_retention_days", json!(90));
        assert_eq!(fewer.judge(&CHECK).outcome, Outcome::Pass);
        let exempt = short().with("aws.short_log_groups", json!(["/debug"]));
        assert_eq!(exempt.judge(&CHECK).outcome, Outcome::NotApplicable);
        let unset = short().with("aws.log_retention_days", Value::Null);
        assert_eq!(unset.judge(&CHECK).outcome, Outcome::Unknown);
    }
}
