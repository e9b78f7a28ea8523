//! A warning that nobody looks at is no warning.

use super::{
    console::console,
    named::{days as in_words, named},
    number,
    told::also,
};
use crate::datasets::{
    DETECTOR_SETTINGS, DETECTORS, Detector, Detectors, GUARDDUTY_FINDINGS, GuardFinding,
};
use evidence::{Reason, Severity, Timestamp, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. Each finding that nobody archived may be open for a number of days by its severity: high from 7 on, medium
/// from 4 on, low below (parameters). Days are counted to when the data was collected.
///
/// | a finding | judged |
/// | --- | --- |
/// | was archived | not at all |
/// | does not say whether it was | unknown |
/// | does not say how severe it is, or since when it is open, or names a time that is still to come | unknown |
/// | is open for longer than its severity allows | fail |
/// | is not | pass |
///
/// | a region | adds |
/// | --- | --- |
/// | has no detector, or one that is suspended and finds nothing new | what it would say is missing: `service_not_used` |
/// | has a detector of which it is not known whether it is on | unknown |
///
/// Without any open finding, every detector being on and the lists of all having been read: pass.
pub static CHECK: Check = Check {
    id: "aws.guardduty.high_findings",
    alias: "AWS-73",
    version: 1,
    title: "What GuardDuty found is looked into in time.",
    objectives: &["3.6.1[c]", "3.6.1[d]", "3.14.7[b]", "3.14.3[c]"],
    severity: Severity::High,
    remedy: "Open each listed finding in GuardDuty, look into it, and write down what was found. Archive it when nothing is left to do.",
    console: console!("guardduty/home#/findings"),
    reperform: Reperform {
        portal: "GuardDuty > Findings, in each region: those that are Current, with their severity and when they were created.",
        command: "for each region and detector: aws guardduty list-findings --detector-id ID --finding-criteria '{\"Criterion\":{\"service.archived\":{\"Eq\":[\"false\"]}}}'",
    },
    datasets: &[
        "aws.guardduty_findings",
        "aws.guardduty_detectors",
        "aws.guardduty_settings",
    ],
    parameters: &[
        "aws.guardduty_high_days",
        "aws.guardduty_medium_days",
        "aws.guardduty_low_days",
    ],
    clouds: Clouds::All,
    evaluate,
};

/// By so much a clock may differ.
const CLOCK_SECONDS: i64 = 600;

/// How long findings may be open, in days.
struct Days {
    high: i64,
    medium: i64,
    low: i64,
}

impl Days {
    fn of(collected: &Collected<'_>) -> Result<Self, Reason> {
        Ok(Self {
            high: number(collected, "aws.guardduty_high_days")?,
            medium: number(collected, "aws.guardduty_medium_days")?,
            low: number(collected, "aws.guardduty_low_days")?,
        })
    }

    /// The word for a severity, and its days.
    fn for_severity(&self, severity: f64) -> (&'static str, i64) {
        match severity {
            s if s >= 9.0 => ("Critical", self.high),
            s if s >= 7.0 => ("High", self.high),
            s if s >= 4.0 => ("Medium", self.medium),
            _ => ("Low", self.low),
        }
    }
}

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (findings, days) = match (
        collected.rows::<GuardFinding>(GUARDDUTY_FINDINGS.id),
        Days::of(collected),
    ) {
        (Ok(findings), Ok(days)) => (findings, days),
        (Err(reason), _) | (_, Err(reason)) => return reason.into(),
    };
    let mut judge = Judge::over(&findings);
    let detectors: Vec<Detectors> = also(collected, &mut judge, DETECTORS.id);
    let settings: Vec<Detector> = also(collected, &mut judge, DETECTOR_SETTINGS.id);
    let mut off = Vec::new();
    for row in &detectors {
        if row.detector_ids.is_empty() {
            off.push(row.region.as_str());
        }
        for id in &row.detector_ids {
            let status = settings
                .iter()
                .find(|detector| detector.region == row.region && detector.detector == *id)
                .and_then(|detector| detector.status.as_deref());
            match status {
                Some("ENABLED") => {}
                Some("DISABLED") => off.push(&row.region),
                _ => {
                    let name = format!("detector ({})", row.region);
                    let note = "AWS does not say whether it is on.";
                    judge.unknown(id, name, "detector", note);
                }
            }
        }
    }
    let off = named(off);
    if !off.is_empty() {
        let detail = format!("GuardDuty is off in {off}, so it finds nothing there.");
        judge.lacks(Reason::new(UnknownCode::ServiceNotUsed, detail));
    }
    for finding in &findings.rows {
        one(&mut judge, finding, &days, collected.now);
    }
    // A detector without findings has no page: that every list of findings was read, the dataset says.
    judge.conclude(match detectors.is_empty() {
        false => WhenEmpty::Passes,
        true => WhenEmpty::Unknown("No region answered.".to_owned()),
    })
}

fn one(judge: &mut Judge, finding: &GuardFinding, days: &Days, now: Timestamp) {
    let id = finding.id.clone().unwrap_or_default();
    let title = finding
        .title
        .as_deref()
        .unwrap_or("A finding without a title");
    let name = format!("{title} ({})", finding.region);
    let kind = finding
        .resource
        .as_ref()
        .and_then(|resource| resource.resource_type.as_deref())
        .unwrap_or("finding");
    match finding
        .service
        .as_ref()
        .and_then(|service| service.archived)
    {
        Some(true) => return,
        Some(false) => {}
        None => return judge.unknown(id, name, kind, "AWS does not say whether it was archived."),
    }
    let since = finding
        .created_at
        .as_deref()
        .and_then(|at| at.parse::<Timestamp>().ok())
        .filter(|at| at.unix() <= now.unix() + CLOCK_SECONDS);
    let severity = finding.severity.filter(|severity| *severity > 0.0);
    let (Some(since), Some(severity)) = (since, severity) else {
        return judge.unknown(
            id,
            name,
            kind,
            "AWS does not say how severe it is, or since when it is open.",
        );
    };
    let (word, allowed) = days.for_severity(severity);
    if now.unix() - since.unix() > allowed * 86_400 {
        let note = format!(
            "{word} ({severity:.1}), open since {since}; allowed: {}.",
            in_words(allowed)
        );
        judge.fail(id, name, kind, note);
    } else {
        judge.pass();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::{
        guardduty_enabled::tests::{detectors as listed, set},
        testing::{Account, origin, refused_is_unknown},
    };
    use evidence::{Completeness, Outcome};
    use serde_json::{Value, json};

    const ONE: &str = r#"{"detectorIds":["d"]}"#;

    /// Detectors that are on.
    fn detectors(regions: &[(&str, &str)]) -> Account {
        set(listed(regions), r#"{"status":"ENABLED"}"#)
    }

    fn account(page: Value) -> Account {
        let page = (
            origin(200, "us-east-1", Some("d")),
            page.to_string().into_bytes(),
        );
        detectors(&[("us-east-1", ONE)]).pages(
            &GUARDDUTY_FINDINGS,
            vec![page],
            Completeness::complete(),
        )
    }

    fn finding(severity: Value, since: Value, archived: Value) -> Value {
        json!({"findings": [{
            "id": "f", "title": "Odd login", "severity": severity, "createdAt": since,
            "service": {"archived": archived}, "resource": {"resourceType": "Instance"}
        }]})
    }

    fn outcome(severity: f64, since: &str) -> Outcome {
        account(finding(json!(severity), json!(since), json!(false)))
            .judge(&CHECK)
            .outcome
    }

    #[test]
    fn days_depend_on_the_severity() {
        for (severity, in_time, late) in [
            (9.5, "2026-11-22T09:00:00Z", "2026-11-22T08:59:59Z"),
            (7.0, "2026-11-22T09:00:00.123Z", "2026-11-22T08:59:59Z"),
            (6.9, "2026-11-16T09:00:00Z", "2026-11-16T08:59:59Z"),
            (1.0, "2026-10-24T09:00:00Z", "2026-10-24T08:59:59Z"),
        ] {
            assert_eq!(outcome(severity, in_time), Outcome::Pass, "{severity}");
            assert_eq!(outcome(severity, late), Outcome::Fail, "{severity}");
        }
        let high = account(finding(
            json!(8),
            json!("2026-11-20T09:00:00Z"),
            json!(false),
        ));
        let verdict = high.judge(&CHECK);
        assert_eq!(
            verdict.resources[0].note,
            "High (8.0), open since 2026-11-20T09:00:00Z; allowed: 1 day."
        );
        let longer = high.with("aws.guardduty_high_days", json!(5));
        assert_eq!(longer.judge(&CHECK).outcome, Outcome::Pass);
    }

    #[test]
    fn what_a_finding_does_not_say_is_unknown() {
        let late = json!("2026-01-01T00:00:00Z");
        for (severity, since, archived) in [
            (Value::Null, late.clone(), json!(false)),
            (json!(8), Value::Null, json!(false)),
            (json!(8), json!("soon"), json!(false)),
            (json!(8), json!("2027-11-22T09:00:00Z"), json!(false)),
            (json!(0), late.clone(), json!(false)),
            (json!(8), late.clone(), Value::Null),
            (json!("high"), late.clone(), json!(false)),
        ] {
            let verdict = account(finding(severity, since, archived)).judge(&CHECK);
            assert_eq!(verdict.outcome, Outcome::Unknown);
        }
        let archived = account(finding(json!(8), late, json!(true))).judge(&CHECK);
        assert_eq!(archived.outcome, Outcome::Pass, "nothing is open");
    }

    #[test]
    fn no_finding_passes_only_where_there_are_detectors() {
        let none = |regions: &[(&str, &str)], completeness| {
            detectors(regions).pages(&GUARDDUTY_FINDINGS, vec![], completeness)
        };
        let on = [("us-east-1", ONE)];
        let quiet = none(&on, Completeness::complete());
        assert_eq!(quiet.judge(&CHECK).outcome, Outcome::Pass);
        let half = Completeness::partial(Reason::new(UnknownCode::Throttled, "slow"));
        assert_eq!(none(&on, half).judge(&CHECK).outcome, Outcome::Unknown);
        let off = [("us-east-1", r#"{"detectorIds":[]}"#)];
        let verdict = none(&off, Completeness::complete()).judge(&CHECK);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::ServiceNotUsed);
        let silent = none(&[], Completeness::complete());
        assert_eq!(silent.judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &GUARDDUTY_FINDINGS);
        for (settings, code) in [
            (r#"{"status":"DISABLED"}"#, UnknownCode::ServiceNotUsed),
            (r#"{"status":"PERHAPS"}"#, UnknownCode::MalformedAnswer),
        ] {
            let suspended = set(none(&on, Completeness::complete()), settings).judge(&CHECK);
            assert_eq!(suspended.reason.unwrap().code, code, "{settings}");
        }
        refused_is_unknown(&CHECK, &DETECTORS);
        refused_is_unknown(&CHECK, &DETECTOR_SETTINGS);
    }
}
