//! Access Analyzer looks, all the time, for what can be reached from outside.

use super::{console::console, rights::filled};
use crate::datasets::{ANALYZERS, Analyzer};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// Where analyzers and what they found are.
pub(super) const ANALYZER_PAGE: &[(&str, &str)] = console!("access-analyzer/home#/");

/// The rule.
///
/// | a region | judged |
/// | --- | --- |
/// | has an analyzer of access from outside (of the account or the organization) that is active | pass |
/// | lists analyzers, and none of them is one | fail |
/// | has none that is surely one, and AWS does not say of some of which kind it is or whether it is active | unknown |
/// | did not answer | not judged, and what it would say is missing |
pub static CHECK: Check = Check {
    id: "aws.access_analyzer.enabled",
    alias: "AWS-26",
    version: 1,
    title: "Access Analyzer looks for access from outside in every region.",
    objectives: &["3.1.3[e]", "3.1.20[a]", "3.1.22[d]", "3.12.3[a]"],
    severity: Severity::Medium,
    remedy: "In each listed region: IAM > Access analyzer > Create analyzer > External access analysis, with the account as zone of trust. It costs nothing. An analyzer of the organization in another account is not seen from here.",
    console: ANALYZER_PAGE,
    reperform: Reperform {
        portal: "IAM > Access analyzer > Analyzer settings, in each region.",
        command: "for each region: aws accessanalyzer list-analyzers",
    },
    datasets: &["aws.access_analyzer_analyzers"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let analyzers = match collected.rows::<Analyzer>(ANALYZERS.id) {
        Ok(analyzers) => analyzers,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&analyzers);
    for region in &analyzers.places {
        let here = || analyzers.rows.iter().filter(|one| one.region == *region);
        let watches = |one: &Analyzer| match (one.is_external(), one.is_active()) {
            (Some(true), Some(true)) => Some(true),
            (Some(false), _) | (_, Some(false)) => Some(false),
            _ => None,
        };
        if here().any(|one| watches(one) == Some(true)) {
            judge.pass();
        } else if here().any(|one| watches(one).is_none()) {
            let note = "AWS does not say of which kind an analyzer is, or whether it is active.";
            judge.unknown(region, region, "region", note);
        } else {
            let others: Vec<&str> = here()
                .map(|one| filled(&one.name).unwrap_or("without a name"))
                .collect();
            let note = match others.is_empty() {
                true => "There is no analyzer.".to_owned(),
                false => format!(
                    "No analyzer of access from outside is active. There is: {}.",
                    super::named::named(others)
                ),
            };
            judge.fail(region, region, "region", note);
        }
    }
    judge.conclude(WhenEmpty::Unknown("No region answered.".to_owned()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome, Reason, UnknownCode};

    const ON: &str = r#"{"analyzers":[{"arn":"a","name":"n","type":"ACCOUNT","status":"ACTIVE"}]}"#;
    const NONE: &str = r#"{"analyzers":[]}"#;

    fn outcome(regions: &[(&str, &str)]) -> (Outcome, Vec<String>) {
        Account::new().regions(&ANALYZERS, regions).outcome(&CHECK)
    }

    #[test]
    fn every_region_needs_one_that_looks_from_outside_and_works() {
        assert_eq!(outcome(&[("us-east-1", ON)]), (Outcome::Pass, vec![]));
        assert_eq!(
            outcome(&[("us-east-1", ON), ("us-west-2", NONE)]),
            (Outcome::Fail, vec!["us-west-2".to_owned()])
        );
        let one = |kind: &str, status: &str| {
            let body =
                format!(r#"{{"analyzers":[{{"arn":"a","type":"{kind}","status":"{status}"}}]}}"#);
            outcome(&[("us-east-1", &body)]).0
        };
        assert_eq!(one("ORGANIZATION", "ACTIVE"), Outcome::Pass);
        for status in ["DISABLED", "FAILED", "CREATING"] {
            assert_eq!(one("ACCOUNT", status), Outcome::Fail, "{status}");
        }
        assert_eq!(one("ACCOUNT_UNUSED_ACCESS", "ACTIVE"), Outcome::Fail);
    }

    #[test]
    fn silence_is_neither_on_nor_off() {
        for silent in [
            r#"{"analyzers":[{"arn":"a","status":"ACTIVE"}]}"#,
            r#"{"analyzers":[{"arn":"a","type":"ACCOUNT"}]}"#,
            "{}",
        ] {
            let judged = outcome(&[("us-west-2", silent)]).0;
            assert_eq!(judged, Outcome::Unknown, "{silent}");
        }
        assert_eq!(outcome(&[]).0, Outcome::Unknown);
        refused_is_unknown(&CHECK, &ANALYZERS);
        let half = Completeness::partial(Reason::new(UnknownCode::PermissionMissing, "west"));
        let judge = |body: &str| {
            let pages = vec![(origin(200, "us-east-1", None), body.as_bytes().to_vec())];
            Account::new()
                .pages(&ANALYZERS, pages, half.clone())
                .judge(&CHECK)
        };
        assert_eq!(
            judge(ON).reason.unwrap().code,
            UnknownCode::PermissionMissing
        );
        assert_eq!(judge(NONE).outcome, Outcome::Fail);
    }
}
