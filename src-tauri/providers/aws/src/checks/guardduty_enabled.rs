//! GuardDuty watches for attacks; where it is off, nobody does.

use super::{console::console, told::also};
use crate::datasets::{DETECTOR_SETTINGS, DETECTORS, Detector, Detectors};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// Where GuardDuty is switched on and set.
pub(super) const GUARDDUTY_PAGE: &[(&str, &str)] = console!("guardduty/home#/settings");

/// The rule.
///
/// | a region | judged |
/// | --- | --- |
/// | has no detector | fail |
/// | has one that is on | pass |
/// | has one whose settings were not read, or do not say whether it is on | unknown |
/// | has only such that are off | fail |
/// | did not answer | not judged, and what it would say is missing |
pub static CHECK: Check = Check {
    id: "aws.guardduty.enabled",
    alias: "AWS-71",
    version: 1,
    title: "GuardDuty is switched on in every region.",
    objectives: &[
        "3.14.6[a]",
        "3.14.6[b]",
        "3.14.6[c]",
        "3.14.2[b]",
        "3.6.1[c]",
    ],
    severity: Severity::High,
    remedy: "In each listed region, open GuardDuty and enable it; where it is suspended, resume it. If an organization manages it, ask its administrator.",
    console: GUARDDUTY_PAGE,
    reperform: Reperform {
        portal: "GuardDuty > Settings, in each region: the page shows a detector, or invites you to enable it.",
        command: "for each region: aws guardduty list-detectors; for each detector: aws guardduty get-detector --detector-id ID --query Status",
    },
    datasets: &["aws.guardduty_detectors", "aws.guardduty_settings"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let listed = match collected.rows::<Detectors>(DETECTORS.id) {
        Ok(rows) => rows,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&listed);
    let settings: Vec<Detector> = also(collected, &mut judge, DETECTOR_SETTINGS.id);
    for row in &listed.rows {
        let region = &row.region;
        // Of every detector of the list, and of none beside it.
        let stand: Vec<Option<&str>> = row
            .detector_ids
            .iter()
            .map(|id| status(&settings, region, id))
            .collect();
        if stand.contains(&Some("ENABLED")) {
            judge.pass();
        } else if stand.iter().any(|status| *status != Some("DISABLED")) {
            let note = "AWS does not say whether its detector is on.";
            judge.unknown(region, region, "region", note);
        } else if stand.is_empty() {
            judge.fail(region, region, "region", "GuardDuty has no detector here.");
        } else {
            judge.fail(region, region, "region", "GuardDuty is suspended here.");
        }
    }
    judge.conclude(WhenEmpty::Unknown("No region answered.".to_owned()))
}

fn status<'a>(settings: &'a [Detector], region: &str, id: &str) -> Option<&'a str> {
    let found = settings
        .iter()
        .find(|detector| detector.region == region && detector.detector == id)?;
    found.status.as_deref()
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome};

    /// An account whose regions have these detectors.
    pub(in crate::checks) fn detectors(regions: &[(&str, &str)]) -> Account {
        Account::new().regions(&DETECTORS, regions)
    }

    /// With the settings of one detector, `d`, of us-east-1.
    pub(in crate::checks) fn set(account: Account, settings: &str) -> Account {
        let page = (
            origin(200, "us-east-1", Some("d")),
            settings.as_bytes().to_vec(),
        );
        account.pages(&DETECTOR_SETTINGS, vec![page], Completeness::complete())
    }

    const ONE: &str = r#"{"detectorIds":["d"]}"#;
    const NONE: &str = r#"{"detectorIds":[]}"#;

    #[test]
    fn every_region_needs_a_detector_that_is_on() {
        let outcome = |regions: &[(&str, &str)], settings: &str| {
            set(detectors(regions), settings).outcome(&CHECK)
        };
        let east = [("us-east-1", ONE)];
        assert_eq!(outcome(&east, r#"{"status":"ENABLED"}"#).0, Outcome::Pass);
        assert_eq!(outcome(&east, r#"{"status":"DISABLED"}"#).0, Outcome::Fail);
        let both = [("us-east-1", ONE), ("us-west-2", NONE)];
        assert_eq!(
            outcome(&both, r#"{"status":"ENABLED"}"#),
            (Outcome::Fail, vec!["us-west-2".to_owned()])
        );
        for silent in [
            r#"{"status":null}"#,
            r#"{"status":"PERHAPS"}"#,
            r#"{"features":[]}"#,
        ] {
            assert_eq!(outcome(&east, silent).0, Outcome::Unknown, "{silent}");
        }
    }

    #[test]
    fn settings_that_were_not_read_are_no_pass_and_no_fail() {
        let unread = detectors(&[("us-east-1", ONE)]).pages(
            &DETECTOR_SETTINGS,
            vec![],
            Completeness::complete(),
        );
        assert_eq!(unread.judge(&CHECK).outcome, Outcome::Unknown);
        let off = detectors(&[("us-east-1", NONE)]).without(&DETECTOR_SETTINGS);
        assert_eq!(off.judge(&CHECK).outcome, Outcome::Fail, "none is none");
        let silent = set(detectors(&[]), "{}");
        assert_eq!(silent.judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &DETECTORS);
        refused_is_unknown(&CHECK, &DETECTOR_SETTINGS);
    }
}
