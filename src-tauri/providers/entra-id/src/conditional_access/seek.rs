//! From policies to a verdict: is there one that does it?

use super::Holds;
use crate::datasets::policies::Policy;
use evidence::{Outcome, Population, Reason, Resource, UnknownCode};
use provider_kit::{Rows, Verdict};

/// Whether one policy has the `control` and the `reach`.
///
/// | policies | verdict |
/// | --- | --- |
/// | not all were read | unknown |
/// | one has both | pass |
/// | none has both, one can't be told | unknown |
/// | none has both | fail: those with the control and what they lack, or that there is none |
///
/// Policies that are switched off decide nothing and are not listed.
pub(crate) fn seek(
    policies: &Rows<Policy>,
    control: impl Fn(&Policy) -> Holds,
    reach: impl Fn(&Policy) -> Holds,
    absence: &str,
) -> Verdict {
    if let Some(reason) = &policies.missing {
        return Verdict::unknown(reason.clone());
    }
    let seen = policies.rows.len() as u64;
    let population = Population {
        seen,
        total: Some(seen),
        pages: policies.pages,
        complete: true,
    };
    let mut lacking = Vec::new();
    let mut unclear: Option<Reason> = None;
    let mut doubtful = Vec::new();
    for policy in &policies.rows {
        if policy.state.as_deref() == Some("disabled") {
            continue;
        }
        let has = control(policy);
        let readable = policy.state.is_some();
        if matches!(has, Holds::No(_)) && readable {
            continue;
        }
        let id = policy.id.clone().unwrap_or_default();
        let name = policy.display_name.clone().unwrap_or_else(|| id.clone());
        let resource = |outcome, note| Resource {
            id: id.clone(),
            name: name.clone(),
            kind: "policy".to_owned(),
            outcome,
            note,
        };
        match Holds::all([reach(policy), has]) {
            Holds::Yes => {
                return Verdict {
                    outcome: Outcome::Pass,
                    reason: None,
                    resources: Vec::new(),
                    population,
                };
            }
            Holds::No(why) => lacking.push(resource(Outcome::Fail, why)),
            Holds::Unclear(code, why) => {
                unclear.get_or_insert_with(|| Reason::new(code, format!("Policy {name}: {why}.")));
                doubtful.push(resource(Outcome::Unknown, why));
            }
        }
    }
    if let Some(reason) = unclear {
        doubtful.sort();
        return Verdict {
            outcome: Outcome::Unknown,
            reason: Some(reason),
            resources: doubtful,
            population,
        };
    }
    if lacking.is_empty() {
        lacking.push(Resource {
            id: String::new(),
            name: String::new(),
            kind: "absence".to_owned(),
            outcome: Outcome::Fail,
            note: absence.to_owned(),
        });
    }
    lacking.sort();
    Verdict {
        outcome: Outcome::Fail,
        reason: None,
        resources: lacking,
        population,
    }
}

/// Several verdicts that all have to hold: one failure fails, else one unknown is unknown, else it passes.
pub(crate) fn join(verdicts: impl IntoIterator<Item = Verdict>) -> Verdict {
    let mut joined: Option<Verdict> = None;
    for verdict in verdicts {
        let Some(so_far) = &mut joined else {
            joined = Some(verdict);
            continue;
        };
        so_far.resources.extend(verdict.resources);
        so_far.population.complete &= verdict.population.complete;
        let rank = |outcome| match outcome {
            Outcome::Fail => 3,
            Outcome::Unknown => 2,
            Outcome::Pass => 1,
            Outcome::NotApplicable => 0,
        };
        if rank(verdict.outcome) > rank(so_far.outcome) {
            so_far.outcome = verdict.outcome;
            so_far.reason = verdict.reason;
        }
    }
    let mut joined = joined.unwrap_or_else(|| {
        Verdict::unknown(Reason::new(
            UnknownCode::NotCollected,
            "Nothing was looked at.",
        ))
    });
    joined.resources.sort();
    joined.resources.dedup();
    joined
}
