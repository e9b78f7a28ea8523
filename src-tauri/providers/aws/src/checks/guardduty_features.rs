//! GuardDuty watches accounts and networks by itself; stored data and malware only where that is switched on.

use super::{guardduty_enabled::GUARDDUTY_PAGE, told::also};
use crate::datasets::{DETECTOR_SETTINGS, DETECTORS, Detector, Detectors, Feature};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// What has to be on.
const WANTED: [(&str, &str); 2] = [
    ("S3_DATA_EVENTS", "S3 protection"),
    ("EBS_MALWARE_PROTECTION", "malware protection for EC2"),
];

/// The rule. Each detector, with two protections: of stored data (S3) and against malware (EC2).
///
/// | a detector | judged |
/// | --- | --- |
/// | is off | not at all, and what it would say is missing: `service_not_used` |
/// | does not say whether it is on | unknown |
/// | is on, and says of a protection that it is off | fail |
/// | is on, and does not say whether a protection is on | unknown |
/// | is on, and both protections are | pass |
///
/// A region without a detector: its protections are missing, `service_not_used`. Other protections (databases, servers
/// while they run) are not asked for.
pub static CHECK: Check = Check {
    id: "aws.guardduty.features",
    alias: "AWS-72",
    version: 1,
    title: "GuardDuty watches stored data and looks for malware.",
    objectives: &["3.14.2[b]", "3.14.5[b]", "3.14.6[a]"],
    severity: Severity::Medium,
    remedy: "In each listed region, open GuardDuty > Protection plans, and enable S3 Protection and Malware Protection for EC2.",
    console: GUARDDUTY_PAGE,
    reperform: Reperform {
        portal: "GuardDuty > Protection plans, in each region: S3 Protection and Malware Protection.",
        command: "for each region and detector: aws guardduty get-detector --detector-id ID --query 'Features[].[Name,Status]'",
    },
    datasets: &["aws.guardduty_detectors", "aws.guardduty_settings"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let settings = match collected.rows::<Detector>(DETECTOR_SETTINGS.id) {
        Ok(rows) => rows,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&settings);
    let listed: Vec<Detectors> = also(collected, &mut judge, DETECTORS.id);
    let mut off = Vec::new();
    for row in &listed {
        if row.detector_ids.is_empty() {
            off.push(row.region.as_str());
        }
        for id in &row.detector_ids {
            let has =
                |detector: &Detector| detector.region == row.region && detector.detector == *id;
            if !settings.rows.iter().any(has) {
                let name = format!("detector ({})", row.region);
                judge.unknown(id, name, "detector", "Its settings were not read.");
            }
        }
    }
    for detector in &settings.rows {
        let (id, name) = (
            &detector.detector,
            format!("detector ({})", detector.region),
        );
        match detector.status.as_deref() {
            Some("ENABLED") => one(&mut judge, detector, name),
            Some("DISABLED") => off.push(&detector.region),
            _ => judge.unknown(id, name, "detector", "AWS does not say whether it is on."),
        }
    }
    if !off.is_empty() {
        judge.lacks(Reason::new(
            UnknownCode::ServiceNotUsed,
            format!("GuardDuty is off in {}.", super::named::named(off)),
        ));
    }
    judge.conclude(WhenEmpty::Unknown("No region answered.".to_owned()))
}

fn one(judge: &mut Judge, detector: &Detector, name: String) {
    let (mut off, mut unclear) = (Vec::new(), Vec::new());
    for (feature, what) in WANTED {
        match status(detector.features.as_deref().unwrap_or_default(), feature) {
            Some("ENABLED") => {}
            Some("DISABLED") => off.push(what),
            _ => unclear.push(what),
        }
    }
    let id = &detector.detector;
    if !off.is_empty() {
        judge.fail(id, name, "detector", format!("Off: {}.", off.join(", ")));
    } else if !unclear.is_empty() {
        let note = format!("AWS does not say whether it is on: {}.", unclear.join(", "));
        judge.unknown(id, name, "detector", note);
    } else {
        judge.pass();
    }
}

fn status<'a>(features: &'a [Feature], name: &str) -> Option<&'a str> {
    features
        .iter()
        .find(|feature| feature.name.as_deref() == Some(name))?
        .status
        .as_deref()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::{
        guardduty_enabled::tests::{detectors, set},
        testing::refused_is_unknown,
    };
    use evidence::{Completeness, Outcome};
    use serde_json::{Value, json};

    const ONE: &str = r#"{"detectorIds":["d"]}"#;

    fn told(status: &str, features: Value) -> Verdict {
        let settings = json!({"status": status, "features": features}).to_string();
        set(detectors(&[("us-east-1", ONE)]), &settings).judge(&CHECK)
    }

    fn features(s3: &str, malware: &str) -> Value {
        json!([
            {"name": "S3_DATA_EVENTS", "status": s3},
            {"name": "EBS_MALWARE_PROTECTION", "status": malware},
            {"name": "RDS_LOGIN_EVENTS", "status": "DISABLED"}
        ])
    }

    #[test]
    fn both_protections_have_to_be_on() {
        let outcome = |s3, malware| told("ENABLED", features(s3, malware)).outcome;
        assert_eq!(outcome("ENABLED", "ENABLED"), Outcome::Pass);
        assert_eq!(outcome("DISABLED", "ENABLED"), Outcome::Fail);
        assert_eq!(outcome("ENABLED", "?"), Outcome::Unknown);
        assert_eq!(outcome("DISABLED", "?"), Outcome::Fail);
        let both = told("ENABLED", features("DISABLED", "DISABLED"));
        assert_eq!(
            both.resources[0].note,
            "Off: S3 protection, malware protection for EC2."
        );
        for silent in [
            Value::Null,
            json!([]),
            json!([{"name": "S3_DATA_EVENTS", "status": "ENABLED"}]),
        ] {
            assert_eq!(told("ENABLED", silent).outcome, Outcome::Unknown);
        }
    }

    #[test]
    fn what_is_off_says_nothing_and_is_no_pass() {
        for verdict in [
            told("DISABLED", features("ENABLED", "ENABLED")),
            set(
                detectors(&[("us-west-2", r#"{"detectorIds":[]}"#)]),
                r#"{"status":"ENABLED","features":[]}"#,
            )
            .pages(&DETECTOR_SETTINGS, vec![], Completeness::complete())
            .judge(&CHECK),
        ] {
            assert_eq!(verdict.reason.unwrap().code, UnknownCode::ServiceNotUsed);
        }
        assert_eq!(
            told("?", features("ENABLED", "ENABLED")).outcome,
            Outcome::Unknown
        );
        let unread = detectors(&[("us-east-1", ONE)]).pages(
            &DETECTOR_SETTINGS,
            vec![],
            Completeness::complete(),
        );
        assert_eq!(unread.judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &DETECTORS);
        refused_is_unknown(&CHECK, &DETECTOR_SETTINGS);
    }
}
