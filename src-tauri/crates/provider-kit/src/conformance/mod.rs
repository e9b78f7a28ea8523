//! The suite that every provider runs: `provider_kit::conformance!(provider_okta::PROVIDER);` in its tests.
//!
//! It holds what we promise of every check and dataset: ids are well formed, objectives exist, permissions have
//! reasons, fixtures parse and hold no secret, and damaged or missing data never makes a result better.
//! Every rule gives its problems as sentences; none means that the promise holds.

mod access;
mod evaluate;
mod fixtures;
pub mod json;
mod leaks;
mod rules;
#[cfg(test)]
mod tests;
pub mod truth;
mod xml;

pub use access::access;
pub use evaluate::run;
pub use fixtures::{Case, Exception, fixtures, load};
pub use leaks::looks_secret;
pub use rules::{clouds, ids, links, objectives, parameters, permissions, references, sentences};

use crate::{Gathered, Provider};
use evidence::{Outcome, Reason, UnknownCode};
use std::collections::BTreeMap;

/// Every check on nothing at all, and on datasets that are all missing, must be unknown.
#[must_use]
pub fn missing_data(provider: &dyn Provider) -> Vec<String> {
    let reason = Reason::new(UnknownCode::PermissionMissing, "refused");
    let refused = provider
        .datasets()
        .iter()
        .map(|dataset| (dataset.id, Gathered::Missing(reason.clone())))
        .collect();
    let mut problems = Vec::new();
    for (what, datasets) in [("nothing", BTreeMap::new()), ("refused datasets", refused)] {
        let case = Case::empty(provider);
        for check in provider.checks() {
            match run(provider, check, &datasets, &case) {
                Ok(verdict) if verdict.outcome == Outcome::Unknown => {}
                Ok(verdict) => problems.push(format!(
                    "{} is {:?} with {what}.",
                    check.id, verdict.outcome
                )),
                Err(problem) => problems.push(problem),
            }
        }
    }
    problems
}

/// Panics with the problems, one a line, if there are any.
///
/// # Panics
///
/// If there are problems: that is how a test fails.
#[track_caller]
pub fn expect_none(problems: &[String]) {
    assert!(
        problems.is_empty(),
        "{} problems:\n{}",
        problems.len(),
        problems.join("\n")
    );
}

/// The suite as tests of the calling crate. The argument is a constant or static of a type that implements `Provider`;
/// fixtures are in `fixtures/<case>/<dataset name>.<n>.(json|xml|...)` of the crate's folder.
#[macro_export]
macro_rules! conformance {
    ($provider:expr) => {
        const FOLDER: &str = env!("CARGO_MANIFEST_DIR");

        #[test]
        fn ids_are_unique_and_well_formed() {
            $crate::conformance::expect_none(&$crate::conformance::ids(&$provider));
        }

        #[test]
        fn objectives_exist() {
            $crate::conformance::expect_none(&$crate::conformance::objectives(&$provider));
        }

        #[test]
        fn checks_name_datasets_that_exist() {
            $crate::conformance::expect_none(&$crate::conformance::references(&$provider));
        }

        #[test]
        fn parameters_are_declared() {
            $crate::conformance::expect_none(&$crate::conformance::parameters(&$provider));
        }

        #[test]
        fn permissions_are_declared_needed_and_explained() {
            $crate::conformance::expect_none(&$crate::conformance::permissions(&$provider));
        }

        #[test]
        fn what_is_granted_follows_from_what_is_checked() {
            $crate::conformance::expect_none(&$crate::conformance::access(&$provider));
        }

        #[test]
        fn clouds_exist() {
            $crate::conformance::expect_none(&$crate::conformance::clouds(&$provider));
        }

        #[test]
        fn links_are_https_and_allowed() {
            $crate::conformance::expect_none(&$crate::conformance::links(&$provider));
        }

        #[test]
        fn sentences_are_whole() {
            $crate::conformance::expect_none(&$crate::conformance::sentences(&$provider));
        }

        #[test]
        fn fixtures_parse_and_hold_no_secret() {
            $crate::conformance::expect_none(&$crate::conformance::fixtures(&$provider, FOLDER));
        }

        #[test]
        fn missing_data_is_unknown() {
            $crate::conformance::expect_none(&$crate::conformance::missing_data(&$provider));
        }

        #[test]
        fn damaged_data_never_makes_a_result_better() {
            $crate::conformance::expect_none(&$crate::conformance::truth::holds(
                &$provider, FOLDER,
            ));
        }
    };
}
