//! Security Hub runs AWS's own controls over the account, day after day.

use crate::datasets::{Hub, SECURITY_HUB_STATUS};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// Where Security Hub is switched on and set.
pub(super) const HUB_PAGE: &[(&str, &str)] = &[
    (
        "aws",
        "https://console.aws.amazon.com/securityhub/home#/summary",
    ),
    (
        "aws-us-gov",
        "https://console.amazonaws-us-gov.com/securityhub/home#/summary",
    ),
];

/// The rule.
///
/// | a region | judged |
/// | --- | --- |
/// | names its hub | pass |
/// | says that Security Hub is off | fail |
/// | names no hub and does not say that it is off | unknown |
/// | did not answer | not judged, and what it would say is missing |
pub static CHECK: Check = Check {
    id: "aws.securityhub.enabled",
    alias: "AWS-74",
    version: 1,
    title: "Security Hub is switched on in every region.",
    objectives: &["3.12.1[b]", "3.12.3[a]", "3.14.3[b]"],
    severity: Severity::Medium,
    remedy: "In each listed region, open Security Hub, enable Security Hub CSPM, and switch on the standard NIST SP 800-171 Revision 2. It needs AWS Config. If an organization manages it, ask its administrator.",
    console: HUB_PAGE,
    reperform: Reperform {
        portal: "Security Hub, in each region: the page is the summary, or invites you to enable it.",
        command: "for each region: aws securityhub describe-hub",
    },
    datasets: &["aws.securityhub_hub"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let hubs = match collected.rows::<Hub>(SECURITY_HUB_STATUS.id) {
        Ok(rows) => rows,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&hubs);
    for hub in &hubs.rows {
        let region = &hub.region;
        match (hub.not_used, &hub.hub_arn) {
            (false, Some(_)) => judge.pass(),
            (true, None) => judge.fail(region, region, "region", "Security Hub is switched off."),
            _ => judge.unknown(
                region,
                region,
                "region",
                "AWS does not say whether Security Hub is on.",
            ),
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

    const ON: (u16, &str) = (200, r#"{"HubArn":"arn:aws:securityhub:r:1:hub/default"}"#);
    const OFF: (u16, &str) = (
        401,
        r#"{"Code":"InvalidAccessException","Message":"Account 123456789012 is not subscribed to AWS Security Hub"}"#,
    );

    fn account(regions: &[(&str, (u16, &str))], completeness: Completeness) -> Account {
        let pages = regions
            .iter()
            .map(|(region, (status, body))| {
                (origin(*status, region, None), body.as_bytes().to_vec())
            })
            .collect();
        Account::new().pages(&SECURITY_HUB_STATUS, pages, completeness)
    }

    fn outcome(regions: &[(&str, (u16, &str))]) -> (Outcome, Vec<String>) {
        account(regions, Completeness::complete()).outcome(&CHECK)
    }

    #[test]
    fn every_region_needs_its_hub() {
        assert_eq!(outcome(&[("us-east-1", ON)]), (Outcome::Pass, vec![]));
        assert_eq!(
            outcome(&[("us-east-1", ON), ("us-west-2", OFF)]),
            (Outcome::Fail, vec!["us-west-2".to_owned()])
        );
        let not_found = (404, r#"{"Code":"ResourceNotFoundException"}"#);
        assert_eq!(outcome(&[("us-east-1", not_found)]).0, Outcome::Fail);
    }

    #[test]
    fn silence_is_neither_on_nor_off() {
        let denied = (403, r#"{"Code":"AccessDeniedException"}"#);
        assert_eq!(
            outcome(&[("us-east-1", ON), ("us-west-2", denied)]).0,
            Outcome::Unknown
        );
        assert_eq!(outcome(&[("us-east-1", (200, "{}"))]).0, Outcome::Unknown);
        let both = r#"{"HubArn":"arn","@notUsed":true}"#;
        assert_eq!(outcome(&[("us-east-1", (200, both))]).0, Outcome::Unknown);
        assert_eq!(outcome(&[]).0, Outcome::Unknown);
        refused_is_unknown(&CHECK, &SECURITY_HUB_STATUS);
        let silent = Completeness::partial(Reason::new(UnknownCode::PermissionMissing, "west"));
        let verdict = account(&[("us-east-1", ON)], silent.clone()).judge(&CHECK);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::PermissionMissing);
        let verdict = account(&[("us-east-1", OFF)], silent).judge(&CHECK);
        assert_eq!(verdict.outcome, Outcome::Fail);
        assert!(!verdict.population.complete);
    }
}
