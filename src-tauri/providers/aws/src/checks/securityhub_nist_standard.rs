//! Security Hub can judge by NIST SP 800-171 itself, where that standard is switched on.

use super::{named::named, securityhub_enabled::HUB_PAGE};
use crate::datasets::{SECURITY_HUB_STANDARDS, Standard};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeSet;

/// The rule.
///
/// | a region | judged |
/// | --- | --- |
/// | its hub is off | what it would say is missing: `service_not_used` |
/// | has the standard, and it is ready | pass |
/// | has the standard, and it is being switched on or off, failed or is incomplete | fail, with AWS's reason |
/// | has the standard, and does not say how it stands | unknown |
/// | has not, and one of its standards is not named | unknown |
/// | has not | fail |
pub static CHECK: Check = Check {
    id: "aws.securityhub.nist_standard",
    alias: "AWS-75",
    version: 1,
    title: "Security Hub judges by the standard NIST SP 800-171 Revision 2.",
    objectives: &["3.12.1[b]", "3.12.3[a]"],
    severity: Severity::Low,
    remedy: "In each listed region, open Security Hub > Security standards and enable NIST Special Publication 800-171 Revision 2. If an organization manages Security Hub, ask its delegated administrator. A standard that is incomplete mostly lacks AWS Config.",
    console: HUB_PAGE,
    reperform: Reperform {
        portal: "Security Hub > Security standards, in each region: NIST Special Publication 800-171 Revision 2.",
        command: "for each region: aws securityhub get-enabled-standards --query 'StandardsSubscriptions[].[StandardsArn,StandardsStatus]'",
    },
    datasets: &["aws.securityhub_standards"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

const STANDARD: &str = "standards/nist-800-171/v/2.0.0";

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let standards = match collected.rows::<Standard>(SECURITY_HUB_STANDARDS.id) {
        Ok(rows) => rows,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&standards);
    let of = |off: bool| -> BTreeSet<&str> {
        let rows = standards.rows.iter().filter(|row| row.not_used == off);
        rows.map(|row| row.region.as_str()).collect()
    };
    let off = of(true);
    if !off.is_empty() {
        judge.lacks(Reason::new(
            UnknownCode::ServiceNotUsed,
            format!(
                "Security Hub is switched off in {}.",
                named(off.iter().copied())
            ),
        ));
    }
    // Regions that answered in full; of others only what they have counts.
    let mut regions = of(false);
    regions.extend(standards.places.iter().map(String::as_str));
    for region in regions.difference(&off) {
        let region = *region;
        let own: Vec<&Standard> = standards
            .rows
            .iter()
            .filter(|row| row.region == region)
            .collect();
        let ours = own.iter().find(|row| {
            row.standards_arn
                .as_deref()
                .is_some_and(|arn| arn.ends_with(STANDARD))
        });
        match ours {
            Some(standard) => one(&mut judge, region, standard),
            None if own.iter().any(|row| row.standards_arn.is_none()) => {
                judge.unknown(
                    region,
                    region,
                    "region",
                    "AWS does not name one of its standards.",
                );
            }
            None if !standards.places.iter().any(|place| place == region) => {
                judge.unknown(region, region, "region", "Its standards were not all read.");
            }
            None => judge.fail(
                region,
                region,
                "region",
                "The standard is not switched on here.",
            ),
        }
    }
    judge.conclude(WhenEmpty::Unknown("No region answered.".to_owned()))
}

fn one(judge: &mut Judge, region: &str, standard: &Standard) {
    let why = standard
        .standards_status_reason
        .as_ref()
        .and_then(|reason| reason.status_reason_code.as_deref())
        .map_or_else(String::new, |code| format!(" AWS's reason: {code}."));
    let what = match standard.standards_status.as_deref() {
        Some("READY") => return judge.pass(),
        Some("PENDING") => "The standard is still being switched on.",
        Some("DELETING") => "The standard is being switched off.",
        Some("FAILED") => "Switching the standard on or off failed.",
        Some("INCOMPLETE") => "Some controls of the standard could not be switched on.",
        _ => {
            let note = "AWS does not say how the standard stands here.";
            return judge.unknown(region, region, "region", note);
        }
    };
    judge.fail(region, region, "region", format!("{what}{why}"));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome};
    use serde_json::{Value, json};

    fn judged(standards: Value) -> Verdict {
        let page = json!({ "StandardsSubscriptions": standards }).to_string();
        let account = Account::new().regions(&SECURITY_HUB_STANDARDS, &[("us-east-1", &page)]);
        account.judge(&CHECK)
    }

    fn ours(status: Value) -> Value {
        json!([
            {"StandardsArn": "arn:aws:securityhub:::ruleset/cis/v/1.2.0", "StandardsStatus": "READY"},
            {"StandardsArn": format!("arn:aws:securityhub:us-east-1::{STANDARD}"), "StandardsStatus": status,
             "StandardsStatusReason": {"StatusReasonCode": "NO_AVAILABLE_CONFIGURATION_RECORDER"}}
        ])
    }

    #[test]
    fn the_standard_has_to_be_ready() {
        assert_eq!(judged(ours(json!("READY"))).outcome, Outcome::Pass);
        for status in ["PENDING", "DELETING", "FAILED", "INCOMPLETE"] {
            let verdict = judged(ours(json!(status)));
            assert_eq!(verdict.outcome, Outcome::Fail);
            assert!(
                verdict.resources[0]
                    .note
                    .ends_with("NO_AVAILABLE_CONFIGURATION_RECORDER.")
            );
        }
        assert_eq!(judged(json!([])).outcome, Outcome::Fail);
        assert_eq!(
            judged(json!([{"StandardsArn": "x"}])).outcome,
            Outcome::Fail
        );
        for silent in [
            ours(Value::Null),
            ours(json!("?")),
            json!([{"StandardsStatus": "READY"}]),
        ] {
            assert_eq!(judged(silent).outcome, Outcome::Unknown);
        }
    }

    #[test]
    fn where_the_hub_is_off_the_standard_says_nothing() {
        let off = br#"{"Code":"InvalidAccessException","Message":"Account 1 is not subscribed to AWS Security Hub"}"#;
        let pages = vec![(origin(401, "us-east-1", None), off.to_vec())];
        let verdict = Account::new()
            .pages(&SECURITY_HUB_STANDARDS, pages, Completeness::complete())
            .judge(&CHECK);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::ServiceNotUsed);
        let silent =
            Account::new().pages(&SECURITY_HUB_STANDARDS, vec![], Completeness::complete());
        assert_eq!(silent.judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &SECURITY_HUB_STANDARDS);
    }
}
