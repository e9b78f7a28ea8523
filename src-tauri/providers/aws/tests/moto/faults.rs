//! An AWS that misbehaves: nothing looks better for it, and nothing is retried for minutes.

use crate::regions::{Plant, REGIONS, gap};
use aws_emulator::Fault;
use evidence::{Outcome, UnknownCode};

/// The datasets that one faulty operation each should damage.
const OPERATIONS: [(&str, &str, &str); 7] = [
    (
        "iam:GetAccountAuthorizationDetails",
        "aws.iam_authorization_details",
        "aws.iam.no_star_star",
    ),
    (
        "ec2:DescribeVolumes",
        "aws.ebs_volumes",
        "aws.ebs.volumes_encrypted",
    ),
    (
        "cloudtrail:GetEventSelectors",
        "aws.cloudtrail_selectors",
        "aws.cloudtrail.multi_region",
    ),
    (
        "config:DescribeConfigurationRecorderStatus",
        "aws.config_recorder_status",
        "aws.config.recorder",
    ),
    (
        "securityhub:GetFindings",
        "aws.securityhub_findings",
        "aws.securityhub.findings",
    ),
    (
        "organizations:DescribeOrganization",
        "aws.org_organization",
        "aws.org.member",
    ),
    (
        "access-analyzer:ListFindings",
        "aws.access_analyzer_findings",
        "aws.access_analyzer.findings",
    ),
];

const fn is_good(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Pass | Outcome::NotApplicable)
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_makes_anything_look_better() {
    let plant = Plant::start(3, &REGIONS[..2]).await;
    let before = plant.judge(&plant.gather().await);
    for name in [
        "html",
        "truncate",
        "invalid-body",
        "empty-body",
        "server-error-forever",
        "reset",
        "gzip-bomb",
        "repeat-token",
    ] {
        let fault = Fault::named(name).unwrap_or_else(|| panic!("there is no fault {name}"));
        for (operation, ..) in OPERATIONS {
            plant.emulator.set_fault(operation, fault.clone());
        }
        let gathered = plant.gather().await;
        let after = plant.judge(&gathered);
        for (check, (outcome, _)) in &after {
            assert!(
                is_good(before[check].0) || !is_good(*outcome),
                "{name}: {check} went from {:?} to {outcome:?}",
                before[check].0
            );
        }
        if name == "repeat-token" {
            // Not every one of them has pages.
            plant.emulator.clear_faults();
            continue;
        }
        for (operation, dataset, check) in OPERATIONS {
            let reason = gap(&gathered[dataset]);
            assert!(reason.is_some(), "{name}: {operation} left {dataset} whole");
            assert!(!is_good(after[check].0), "{name}: {check}");
        }
        plant.emulator.clear_faults();
    }
    let again = plant.judge(&plant.gather().await);
    assert_eq!(again, before, "and all is as it was");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wish_to_slow_down_is_followed() {
    let plant = Plant::start(1, &REGIONS[..1]).await;
    plant.emulator.set_fault(
        "ec2:DescribeVolumes",
        Fault::named("throttle").unwrap_or_else(|| panic!("there is no fault throttle")),
    );
    let gathered = plant.gather().await;
    if let Some(reason) = gap(&gathered["aws.ebs_volumes"]) {
        assert_eq!(reason.code, UnknownCode::Throttled);
    }
    assert!(
        plant
            .emulator
            .requests()
            .iter()
            .filter(|request| request.operation == "DescribeVolumes")
            .count()
            > 1,
        "it was asked again"
    );
}
