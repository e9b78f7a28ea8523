//! Known holes are closed by patches; a server without them is open to whoever reads the news.

use super::{console::console, number, told::also};
use crate::datasets::{MANAGED_INSTANCES, ManagedInstance, PATCH_COMPLIANCE, PatchSummary};
use evidence::{Reason, Severity, Timestamp, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. Each server that Systems Manager manages:
///
/// | what is known of its patches | judged |
/// | --- | --- |
/// | it lacks some | fail |
/// | nothing: it was never looked at | unknown, `needs_judgement` |
/// | it lacks none, and was looked at within a number of days (parameter) | pass |
/// | it lacks none, and was looked at before that | fail |
/// | it lacks none, and not when it was looked at | unknown |
/// | not whether it lacks some | unknown |
///
/// Days are counted to when the data was collected. Without any managed server, all of them having been seen: not
/// applicable; `aws.ssm.managed` reports servers that nobody manages.
pub static CHECK: Check = Check {
    id: "aws.ssm.patch",
    alias: "AWS-45",
    version: 1,
    title: "Every managed server has its patches, and is looked at often.",
    objectives: &["3.14.1[b]", "3.14.1[f]", "3.11.3[b]", "3.11.2[b]"],
    severity: Severity::High,
    remedy: "Open Systems Manager > Patch Manager > Compliance reporting, and patch each listed server (Patch now). Make a patch policy that scans every server daily and installs what is missing.",
    console: console!("systems-manager/patch-manager/dashboard"),
    reperform: Reperform {
        portal: "Systems Manager > Patch Manager > Compliance reporting, in each region.",
        command: "for each region: aws ssm list-resource-compliance-summaries --query 'ResourceComplianceSummaryItems[?ComplianceType==`Patch`].[ResourceId,Status,ExecutionSummary.ExecutionTime]'",
    },
    datasets: &["aws.ssm_instances", "aws.ssm_patch_compliance"],
    parameters: &["aws.patch_scan_days"],
    clouds: Clouds::All,
    evaluate,
};

/// By so much a clock may differ.
const CLOCK_SECONDS: f64 = 600.0;

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (managed, days) = match (
        collected.rows::<ManagedInstance>(MANAGED_INSTANCES.id),
        number(collected, "aws.patch_scan_days"),
    ) {
        (Ok(managed), Ok(days)) => (managed, days),
        (Err(reason), _) | (_, Err(reason)) => return reason.into(),
    };
    let mut judge = Judge::over(&managed);
    let summaries: Vec<PatchSummary> = also(collected, &mut judge, PATCH_COMPLIANCE.id);
    let mut never = None;
    let mut odd = false;
    for server in &managed.rows {
        let id = server.instance_id.as_deref().unwrap_or_default();
        let name = match server.name.as_deref() {
            Some(name) if !name.is_empty() => format!("{name} ({})", server.region),
            _ => format!("{id} ({})", server.region),
        };
        if id.is_empty() {
            odd = true;
            judge.unknown(id, name, "managedInstance", "AWS does not give its id.");
            continue;
        }
        let of: Vec<&PatchSummary> = summaries
            .iter()
            .filter(|summary| {
                summary.region == server.region
                    && summary.resource_id.as_deref() == Some(id)
                    // One that does not say what it compares may be about patches.
                    && summary.compliance_type.as_deref().is_none_or(|kind| kind == "Patch")
            })
            .collect();
        if of.is_empty() {
            never.get_or_insert_with(|| name.clone());
            judge.unknown(
                id,
                name,
                "managedInstance",
                "Its patches were never looked at.",
            );
            continue;
        }
        one(&mut judge, &mut odd, id, name, &of, (days, collected.now));
    }
    let mut verdict = judge.conclude(WhenEmpty::NotApplicable);
    if let (Some(name), true, false, Some(_)) =
        (never, verdict.population.complete, odd, &verdict.reason)
    {
        verdict.reason = Some(Reason::new(
            UnknownCode::NeedsJudgement,
            format!("{name}: Systems Manager never looked at its patches, so a person has to."),
        ));
    }
    verdict
}

fn one(
    judge: &mut Judge,
    odd: &mut bool,
    id: &str,
    name: String,
    summaries: &[&PatchSummary],
    (days, now): (i64, Timestamp),
) {
    let kind = "managedInstance";
    let is = |status: &str| {
        summaries.iter().find(|summary| {
            summary.status.as_deref() == Some(status) && summary.compliance_type.is_some()
        })
    };
    if let Some(lacking) = is("NON_COMPLIANT") {
        let count = lacking
            .non_compliant_summary
            .as_ref()
            .and_then(|summary| summary.non_compliant_count)
            .filter(|count| *count > 0);
        let note = match count {
            Some(count) => format!("Its baseline asks for {count} more patches."),
            None => "It lacks patches that its baseline asks for.".to_owned(),
        };
        return judge.fail(id, name, kind, note);
    }
    let good = |summary: &&PatchSummary| {
        summary.status.as_deref() == Some("COMPLIANT") && summary.compliance_type.is_some()
    };
    if !summaries.iter().all(good) {
        *odd = true;
        return judge.unknown(id, name, kind, "AWS does not say whether it lacks patches.");
    }
    let newest = summaries
        .iter()
        .filter_map(|summary| summary.execution_summary.as_ref()?.execution_time)
        .filter(|at| *at > 0.0 && *at <= now.unix() as f64 + CLOCK_SECONDS)
        .reduce(f64::max);
    match newest {
        None => {
            *odd = true;
            judge.unknown(
                id,
                name,
                kind,
                "AWS does not say when its patches were looked at.",
            );
        }
        Some(at) if now.unix() as f64 - at > (days * 86_400) as f64 => {
            let at = Timestamp::from_unix(at as i64);
            judge.fail(
                id,
                name,
                kind,
                format!("Its patches were last looked at {at}."),
            );
        }
        Some(_) => judge.pass(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::Outcome;
    use serde_json::{Value, json};

    /// 2026-11-23T09:00:00Z, when the tests' data was collected.
    const NOW: f64 = 1_795_424_400.0;

    fn account(servers: Value, summaries: Value) -> Account {
        let servers = json!({ "InstanceInformationList": servers }).to_string();
        let summaries = json!({ "ResourceComplianceSummaryItems": summaries }).to_string();
        Account::new()
            .regions(&MANAGED_INSTANCES, &[("us-east-1", &servers)])
            .regions(&PATCH_COMPLIANCE, &[("us-east-1", &summaries)])
    }

    fn told(status: Value, at: Value) -> Verdict {
        let summary = json!([{"ComplianceType": "Patch", "ResourceId": "i-1", "Status": status,
            "ExecutionSummary": {"ExecutionTime": at}, "NonCompliantSummary": {"NonCompliantCount": 3}}]);
        account(json!([{"InstanceId": "i-1"}]), summary).judge(&CHECK)
    }

    #[test]
    fn lacking_patches_fail_and_so_does_an_old_look() {
        let week = 7.0 * 86_400.0;
        assert_eq!(
            told(json!("COMPLIANT"), json!(NOW - week)).outcome,
            Outcome::Pass
        );
        assert_eq!(
            told(json!("COMPLIANT"), json!(NOW - week - 1.0)).outcome,
            Outcome::Fail
        );
        let lacks = told(json!("NON_COMPLIANT"), json!(NOW));
        assert_eq!(
            lacks.resources[0].note,
            "Its baseline asks for 3 more patches."
        );
        let days = account(
            json!([{"InstanceId": "i-1", "Name": "files"}]),
            json!([{"ComplianceType": "Patch", "ResourceId": "i-1", "Status": "COMPLIANT", "ExecutionSummary": {"ExecutionTime": NOW - 86_500.0}}]),
        )
        .with("aws.patch_scan_days", json!(1));
        assert_eq!(
            days.outcome(&CHECK),
            (Outcome::Fail, vec!["files (us-east-1)".to_owned()])
        );
    }

    #[test]
    fn what_is_not_told_is_unknown() {
        for (status, at) in [
            (Value::Null, json!(NOW)),
            (json!("?"), json!(NOW)),
            (json!("COMPLIANT"), Value::Null),
            (json!("COMPLIANT"), json!(NOW + 86_400.0)),
            (json!("COMPLIANT"), json!("today")),
        ] {
            assert_eq!(told(status, at).outcome, Outcome::Unknown);
        }
        let of = |kind: Value, status: &str| {
            let summary = json!([{"ComplianceType": kind, "ResourceId": "i-1", "Status": status,
                "ExecutionSummary": {"ExecutionTime": NOW}}]);
            account(json!([{"InstanceId": "i-1"}]), summary).judge(&CHECK)
        };
        for status in ["COMPLIANT", "NON_COMPLIANT"] {
            assert_eq!(of(Value::Null, status).outcome, Outcome::Unknown);
            let other = of(json!("Association"), status);
            assert_eq!(other.reason.unwrap().code, UnknownCode::NeedsJudgement);
        }
        let never = account(json!([{"InstanceId": "i-1"}]), json!([])).judge(&CHECK);
        assert_eq!(never.reason.unwrap().code, UnknownCode::NeedsJudgement);
        let nameless = account(json!([{}, {"InstanceId": "i-1"}]), json!([])).judge(&CHECK);
        assert_eq!(nameless.reason.unwrap().code, UnknownCode::MalformedAnswer);
        let none = account(json!([]), json!([])).judge(&CHECK);
        assert_eq!(none.outcome, Outcome::NotApplicable);
        refused_is_unknown(&CHECK, &MANAGED_INSTANCES);
        refused_is_unknown(&CHECK, &PATCH_COMPLIANCE);
    }
}
