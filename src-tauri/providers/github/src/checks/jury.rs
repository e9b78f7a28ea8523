//! The kit's judge, and the reason of the first thing that could not be told.

use super::told::Told;
use evidence::{Outcome, Reason, UnknownCode};
use provider_kit::{Collected, Judge, Verdict, WhenEmpty};
use serde::de::DeserializeOwned;

/// Collects judgements like [`Judge`]. Where the verdict is unknown because of a resource, its reason is that resource's
/// own: a missing plan stays a missing plan.
#[derive(Default)]
pub(super) struct Jury {
    judge: Judge,
    open: Option<Reason>,
}

impl Jury {
    /// A jury without data yet.
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// The records of a dataset that is needed: what it lacks, the verdict lacks.
    pub(super) fn rows<T: DeserializeOwned>(
        &mut self,
        collected: &Collected<'_>,
        dataset: &str,
    ) -> Vec<T> {
        match collected.rows::<T>(dataset) {
            Ok(rows) => {
                self.judge.also(&rows);
                rows.rows
            }
            Err(reason) => {
                self.judge.lacks(reason);
                Vec::new()
            }
        }
    }

    /// Something is missing that could hold a failing resource.
    pub(super) fn lacks(&mut self, reason: Reason) {
        self.judge.lacks(reason);
    }

    /// A resource that is as it should be.
    pub(super) fn pass(&mut self) {
        self.judge.pass();
    }

    /// A resource and what is told of it.
    pub(super) fn told(&mut self, kind: &str, id: &str, name: &str, told: Told) {
        match told {
            Told::Yes => self.judge.pass(),
            Told::No(why) => self.judge.fail(id, name, kind, why),
            Told::Unclear(reason) => {
                self.judge.unknown(id, name, kind, reason.detail.clone());
                // What a person has to judge is said last: with anything else open, judging would not be enough.
                let weak = |reason: &Reason| reason.code == UnknownCode::NeedsJudgement;
                let first = self.open.as_ref();
                if first.is_none_or(|first| weak(first) && !weak(&reason)) {
                    let detail = format!("{name}: {}", reason.detail);
                    self.open = Some(Reason::new(reason.code, detail));
                }
            }
        }
    }

    /// The conclusion.
    pub(super) fn conclude(self, empty: WhenEmpty) -> Verdict {
        let mut verdict = self.judge.conclude(empty);
        if verdict.outcome == Outcome::Unknown && verdict.population.complete && self.open.is_some()
        {
            verdict.reason = self.open;
        }
        verdict
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn verdict(parts: &[Told]) -> Verdict {
        let mut jury = Jury::new();
        for (number, told) in parts.iter().enumerate() {
            jury.told("thing", &number.to_string(), "n", told.clone());
        }
        jury.conclude(WhenEmpty::Passes)
    }

    #[test]
    fn the_reason_is_the_first_ones_but_judging_comes_last() {
        let plan = Told::Unclear(Reason::new(UnknownCode::LicenceMissing, "P."));
        let person = Told::for_a_person("J.");
        let code = |parts: &[Told]| verdict(parts).reason.map(|reason| reason.code);
        assert_eq!(
            code(&[Told::Yes, plan.clone()]),
            Some(UnknownCode::LicenceMissing)
        );
        assert_eq!(
            code(&[person.clone(), plan.clone()]),
            Some(UnknownCode::LicenceMissing)
        );
        assert_eq!(
            code(&[person.clone(), Told::Yes]),
            Some(UnknownCode::NeedsJudgement)
        );
        assert_eq!(
            code(&[plan.clone(), Told::silent("S.")]),
            Some(UnknownCode::LicenceMissing)
        );
        assert_eq!(
            verdict(std::slice::from_ref(&plan)).reason.unwrap().detail,
            "n: P."
        );
        let failed = verdict(&[person, Told::no("N.")]);
        assert_eq!((failed.outcome, failed.reason), (Outcome::Fail, None));
        let mut jury = Jury::new();
        jury.lacks(Reason::new(UnknownCode::Throttled, "T."));
        jury.told("thing", "1", "n", plan);
        let code = jury.conclude(WhenEmpty::Passes).reason.unwrap().code;
        assert_eq!(code, UnknownCode::Throttled, "what is missing comes first");
    }
}
