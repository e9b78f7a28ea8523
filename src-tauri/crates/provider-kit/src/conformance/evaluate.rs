//! Runs a check as the engine does, and judges the verdict itself.

use super::Case;
use crate::{Check, Collected, Gathered, Parameters, Provider, Verdict};
use evidence::Outcome;
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
};

/// The verdict of `check`, given exactly the datasets it declares.
///
/// # Errors
///
/// A sentence, if it panicked, or if the verdict contradicts itself.
pub fn run(
    provider: &dyn Provider,
    check: &Check,
    datasets: &BTreeMap<&'static str, Gathered>,
    case: &Case,
) -> Result<Verdict, String> {
    let declared: BTreeMap<&'static str, Gathered> = check
        .datasets
        .iter()
        .filter_map(|id| Some((*id, datasets.get(id)?.clone())))
        .collect();
    let parameters = Parameters::new(case.parameters.clone());
    let collected = Collected {
        datasets: &declared,
        parameters: &parameters,
        now: case.now,
        cloud: &case.cloud,
    };
    let verdict = catch_unwind(AssertUnwindSafe(|| (check.evaluate)(&collected)))
        .map_err(|_| format!("{} panicked.", check.id))?;
    if let Some(key) = parameters
        .used()
        .keys()
        .find(|key| !check.parameters.contains(&key.as_str()))
    {
        return Err(format!(
            "{} of {} reads the parameter {key} without declaring it.",
            check.id,
            provider.manifest().id
        ));
    }
    contradiction(check, &verdict).map_or(Ok(verdict), Err)
}

fn contradiction(check: &Check, verdict: &Verdict) -> Option<String> {
    let id = check.id;
    let failing = verdict
        .resources
        .iter()
        .any(|resource| resource.outcome == Outcome::Fail);
    let listed = verdict
        .resources
        .iter()
        .all(|resource| matches!(resource.outcome, Outcome::Fail | Outcome::Unknown));
    if verdict.reason.is_some() != (verdict.outcome == Outcome::Unknown) {
        Some(format!(
            "{id} is {:?} and has the reason {:?}.",
            verdict.outcome, verdict.reason
        ))
    } else if verdict.outcome != Outcome::Fail && failing {
        Some(format!(
            "{id} is {:?} although a resource fails.",
            verdict.outcome
        ))
    } else if verdict.outcome == Outcome::Fail && !failing {
        Some(format!("{id} fails without naming what fails."))
    } else if verdict.outcome == Outcome::Pass
        && (!verdict.resources.is_empty() || !verdict.population.complete)
    {
        Some(format!(
            "{id} passes although something is unknown or was not seen."
        ))
    } else if !listed || !verdict.resources.is_sorted() {
        Some(format!(
            "{id} lists resources that neither fail nor are unknown, or not in order."
        ))
    } else {
        None
    }
}
