//! What holds for every check.
#![allow(clippy::unwrap_used)]

use super::{CHECKS, testing::Bench};
use crate::{parameters, provider::PROVIDER};
use evidence::{Outcome, UnknownCode};
use provider_kit::{Check, conformance};

const REASONS: [UnknownCode; 10] = [
    UnknownCode::PermissionMissing,
    UnknownCode::LicenceMissing,
    UnknownCode::NotCollected,
    UnknownCode::Throttled,
    UnknownCode::NotInThisCloud,
    UnknownCode::ServiceNotUsed,
    UnknownCode::MalformedAnswer,
    UnknownCode::ServiceError,
    UnknownCode::Offline,
    UnknownCode::Cancelled,
];

#[test]
fn everything_passes_in_the_good_tenant() {
    for check in CHECKS {
        let verdict = Bench::good().judge(check);
        // A log of some days never proves that something did not happen, and an ended review never that anybody decided.
        let best = match check.id {
            "entra-id.sign_ins.legacy_sign_ins_absent" | "entra-id.governance.access_reviewed" => {
                Outcome::Unknown
            }
            _ => Outcome::Pass,
        };
        assert_eq!(verdict.outcome, best, "{}: {verdict:?}", check.id);
    }
}

#[test]
fn each_missing_dataset_gives_its_reason() {
    for check in CHECKS {
        for dataset in check.datasets {
            for code in REASONS {
                let verdict = Bench::good().without(dataset, code).judge(check);
                assert_eq!(
                    verdict.outcome,
                    Outcome::Unknown,
                    "{} without {dataset}",
                    check.id
                );
                assert_eq!(
                    verdict.reason.unwrap().code,
                    code,
                    "{} without {dataset}",
                    check.id
                );
            }
        }
    }
}

#[test]
fn half_a_dataset_is_never_enough_to_pass() {
    for check in CHECKS {
        for dataset in check.datasets {
            let verdict = Bench::good().partly(dataset).judge(check);
            assert_eq!(
                verdict.outcome,
                Outcome::Unknown,
                "{} with half of {dataset}",
                check.id
            );
            assert_eq!(verdict.reason.unwrap().code, UnknownCode::Partial);
        }
    }
}

#[test]
fn a_number_that_is_not_set_is_unknown() {
    let lists = [
        parameters::BREAK_GLASS,
        parameters::MFA_EXEMPT,
        parameters::CONDITIONAL_ACCESS_EXEMPTIONS,
        parameters::APPROVED_APPS,
    ];
    for check in CHECKS {
        for key in check.parameters.iter().filter(|key| !lists.contains(key)) {
            for bench in [
                Bench::good().no_parameter(key),
                Bench::good().parameter(key, serde_json::json!(-1)),
            ] {
                assert_eq!(
                    bench.outcome(check),
                    Outcome::Unknown,
                    "{} without {key}",
                    check.id
                );
            }
        }
    }
}

/// Everything that this typical tenant should hear about.
#[test]
fn everything_fails_in_the_typical_tenant() {
    let cases = conformance::load(&PROVIDER, env!("CARGO_MANIFEST_DIR")).unwrap();
    let typical = cases.iter().find(|case| case.name == "typical").unwrap();
    let datasets = typical.gathered(&PROVIDER);
    let outcome = |check: &Check| {
        conformance::run(&PROVIDER, check, &datasets, typical)
            .unwrap()
            .outcome
    };
    let not_failing: Vec<_> = CHECKS
        .iter()
        .filter(|check| outcome(check) != Outcome::Fail)
        .map(|check| check.id)
        .collect();
    assert_eq!(not_failing, Vec::<&str>::new());
}
