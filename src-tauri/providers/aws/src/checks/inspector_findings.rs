//! A known hole that stays open is an invitation.

use super::{
    console::console,
    named::{days as in_words, named},
    number,
};
use crate::datasets::{INSPECTOR_FINDINGS, INSPECTOR_STATUS, InspectorFinding, InspectorStatus};
use evidence::{Reason, Severity, Timestamp, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. Each critical or high vulnerability that Inspector gives; those that were suppressed or closed it does not
/// give. Days are counted to when the data was collected.
///
/// | a vulnerability | judged |
/// | --- | --- |
/// | is suppressed or closed after all | not at all |
/// | does not say whether it is open, how severe it is, or since when it is known | unknown |
/// | is less than high | pass |
/// | is known for longer than its severity allows (parameters) | fail |
/// | is not | pass |
///
/// A region in which Inspector is off, or does not look at servers: what it would say is missing, `service_not_used`; one
/// that does not say: unknown. Without any vulnerability,
/// every region having answered: pass.
pub static CHECK: Check = Check {
    id: "aws.inspector.findings",
    alias: "AWS-78",
    version: 1,
    title: "Critical and high vulnerabilities are closed in time.",
    objectives: &["3.11.3[a]", "3.11.3[b]", "3.14.1[f]"],
    severity: Severity::High,
    remedy: "Patch what each listed finding names (Inspector > Findings shows the fixed version), or take it out of service. Suppress a finding only with a written reason.",
    console: console!("inspector/v2/home#/findings/all"),
    reperform: Reperform {
        portal: "Inspector > Findings, in each region: Active, severity Critical and High, with First observed.",
        command: "for each region: aws inspector2 list-findings --filter-criteria '{\"findingStatus\":[{\"comparison\":\"EQUALS\",\"value\":\"ACTIVE\"}]}' --query 'findings[].[title,severity,firstObservedAt]'",
    },
    datasets: &["aws.inspector_findings", "aws.inspector_status"],
    parameters: &[
        "aws.critical_vulnerability_days",
        "aws.high_vulnerability_days",
    ],
    clouds: Clouds::All,
    evaluate,
};

/// By so much a clock may differ.
const CLOCK_SECONDS: f64 = 600.0;

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (critical, high) = match (
        number(collected, "aws.critical_vulnerability_days"),
        number(collected, "aws.high_vulnerability_days"),
    ) {
        (Ok(critical), Ok(high)) => (critical, high),
        (Err(reason), _) | (_, Err(reason)) => return reason.into(),
    };
    let mut judge = Judge::new();
    let statuses = collected.rows::<InspectorStatus>(INSPECTOR_STATUS.id);
    let mut off = Vec::new();
    for row in statuses.iter().flat_map(|rows| &rows.rows) {
        let region = row.region.as_str();
        let ec2 = row
            .resource_state
            .as_ref()
            .and_then(|kinds| kinds.ec2.as_ref());
        match [row.state.as_ref(), ec2].map(|state| state.and_then(|state| state.status.as_deref()))
        {
            [Some("ENABLED"), Some("ENABLED")] => {}
            [Some("DISABLED" | "SUSPENDED"), _] | [_, Some("DISABLED" | "SUSPENDED")] => {
                off.push(region);
            }
            _ => judge.unknown(
                region,
                region,
                "region",
                "AWS does not say whether Inspector looks at servers here.",
            ),
        }
    }
    if !off.is_empty() {
        judge.lacks(Reason::new(
            UnknownCode::ServiceNotUsed,
            format!("Inspector does not look at servers in {}.", named(off)),
        ));
    }
    match &statuses {
        Ok(rows) => judge.also(rows),
        Err(reason) => judge.lacks(reason.clone()),
    }
    let findings = match collected.rows::<InspectorFinding>(INSPECTOR_FINDINGS.id) {
        Ok(rows) => rows,
        Err(reason) => {
            judge.lacks(reason);
            return judge.conclude(WhenEmpty::Passes);
        }
    };
    judge.also(&findings);
    if let Ok(rows) = &statuses {
        for region in &findings.places {
            if rows.places.contains(region) && !rows.rows.iter().any(|row| row.region == *region) {
                let note = "AWS does not say whether Inspector looks at servers here.";
                judge.unknown(region, region, "region", note);
            }
        }
    }
    for finding in &findings.rows {
        one(&mut judge, finding, (critical, high), collected.now);
    }
    judge.conclude(match findings.places.is_empty() {
        false => WhenEmpty::Passes,
        true => WhenEmpty::Unknown("No region answered.".to_owned()),
    })
}

fn one(
    judge: &mut Judge,
    finding: &InspectorFinding,
    (critical, high): (i64, i64),
    now: Timestamp,
) {
    let resource = finding
        .resources
        .iter()
        .flatten()
        .find_map(|resource| resource.id.as_deref())
        .unwrap_or("an unnamed resource");
    let title = finding
        .title
        .as_deref()
        .unwrap_or("A finding without a title");
    let id = finding.finding_arn.clone().unwrap_or_default();
    let name = format!("{title}: {resource} ({})", finding.region);
    match finding.status.as_deref() {
        Some("ACTIVE") => {}
        Some("SUPPRESSED" | "CLOSED") => return,
        _ => return judge.unknown(id, name, "finding", "AWS does not say whether it is open."),
    }
    let (word, allowed) = match finding.severity.as_deref() {
        Some("CRITICAL") => ("Critical", critical),
        Some("HIGH") => ("High", high),
        Some("MEDIUM" | "LOW" | "INFORMATIONAL") => return judge.pass(),
        _ => return judge.unknown(id, name, "finding", "AWS does not say how severe it is."),
    };
    let now = now.unix() as f64;
    match finding.first_observed_at {
        Some(since) if since > 0.0 && since <= now + CLOCK_SECONDS => {
            if now - since > (allowed * 86_400) as f64 {
                let fix = match finding.fix_available.as_deref() {
                    Some("YES") => " There is a fix.",
                    Some("PARTIAL") => " There is a fix for a part of it.",
                    Some("NO") => " There is no fix yet.",
                    _ => "",
                };
                let since = Timestamp::from_unix(since as i64);
                let note = format!(
                    "{word}, known since {since}; allowed: {}.{fix}",
                    in_words(allowed)
                );
                judge.fail(id, name, "finding", note);
            } else {
                judge.pass();
            }
        }
        _ => judge.unknown(
            id,
            name,
            "finding",
            "AWS does not say since when it is known.",
        ),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::{Completeness, Outcome};
    use serde_json::{Value, json};

    /// 2026-11-23T09:00:00Z, when the tests' data was collected.
    const NOW: f64 = 1_795_424_400.0;
    const DAY: f64 = 86_400.0;

    fn account(findings: Value) -> Account {
        let page = json!({ "findings": findings }).to_string();
        stands(json!("ENABLED")).regions(&INSPECTOR_FINDINGS, &[("us-east-1", &page)])
    }

    fn stands(ec2: Value) -> Account {
        let status = json!({"accounts": [{
            "state": {"status": "ENABLED"}, "resourceState": {"ec2": {"status": ec2}}
        }]});
        Account::new().regions(&INSPECTOR_STATUS, &[("us-east-1", &status.to_string())])
    }

    fn told(status: Value, severity: Value, since: Value) -> Outcome {
        let finding = json!([{"findingArn": "f", "title": "CVE", "status": status, "severity": severity,
            "firstObservedAt": since, "resources": [{"id": "i-1"}]}]);
        account(finding).judge(&CHECK).outcome
    }

    #[test]
    fn days_depend_on_the_severity() {
        let open = |severity: &str, days: f64| {
            told(json!("ACTIVE"), json!(severity), json!(NOW - days * DAY))
        };
        assert_eq!(open("CRITICAL", 15.0), Outcome::Pass);
        assert_eq!(open("CRITICAL", 15.1), Outcome::Fail);
        assert_eq!(open("HIGH", 30.0), Outcome::Pass);
        assert_eq!(open("HIGH", 30.1), Outcome::Fail);
        assert_eq!(open("MEDIUM", 500.0), Outcome::Pass);
        assert_eq!(
            told(json!("CLOSED"), json!("HIGH"), json!(1.0)),
            Outcome::Pass
        );
        let late = json!([{"findingArn": "f", "title": "CVE", "status": "ACTIVE", "severity": "HIGH",
            "firstObservedAt": NOW - 40.0 * DAY, "fixAvailable": "YES", "resources": [{"id": "i-1"}]}]);
        let verdict = account(late.clone()).judge(&CHECK);
        assert_eq!(verdict.resources[0].name, "CVE: i-1 (us-east-1)");
        assert_eq!(
            verdict.resources[0].note,
            "High, known since 2026-10-14T09:00:00Z; allowed: 30 days. There is a fix."
        );
        let longer = account(late).with("aws.high_vulnerability_days", json!(60));
        assert_eq!(longer.judge(&CHECK).outcome, Outcome::Pass);
    }

    #[test]
    fn what_is_not_told_is_unknown() {
        for (status, severity, since) in [
            (Value::Null, json!("HIGH"), json!(1.0)),
            (json!("ACTIVE"), Value::Null, json!(1.0)),
            (json!("ACTIVE"), json!("UNTRIAGED"), json!(1.0)),
            (json!("ACTIVE"), json!("HIGH"), Value::Null),
            (json!("ACTIVE"), json!("HIGH"), json!(NOW + DAY)),
            (json!("ACTIVE"), json!("HIGH"), json!("then")),
        ] {
            assert_eq!(told(status, severity, since), Outcome::Unknown);
        }
    }

    #[test]
    fn nothing_found_passes_where_inspector_looks() {
        assert_eq!(account(json!([])).judge(&CHECK).outcome, Outcome::Pass);
        let empty = r#"{"findings":[]}"#;
        let at = |stands: Account| stands.regions(&INSPECTOR_FINDINGS, &[("us-east-1", empty)]);
        let off = at(stands(json!("DISABLED"))).judge(&CHECK);
        assert_eq!(off.reason.unwrap().code, UnknownCode::ServiceNotUsed);
        assert_eq!(
            at(stands(Value::Null)).judge(&CHECK).outcome,
            Outcome::Unknown
        );
        let nobody =
            Account::new().regions(&INSPECTOR_STATUS, &[("us-east-1", r#"{"accounts":[]}"#)]);
        assert_eq!(at(nobody).judge(&CHECK).outcome, Outcome::Unknown);
        let silent =
            stands(json!("ENABLED")).pages(&INSPECTOR_FINDINGS, vec![], Completeness::complete());
        assert_eq!(silent.judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &INSPECTOR_STATUS);
        refused_is_unknown(&CHECK, &INSPECTOR_FINDINGS);
    }
}
