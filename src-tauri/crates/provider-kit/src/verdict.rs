//! From judged resources to an outcome, so that no check has to remember that unknown is never pass.

use crate::Rows;
use evidence::{Outcome, Population, Reason, Resource, UnknownCode};
use std::collections::BTreeSet;

/// What a check answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// The answer.
    pub outcome: Outcome,
    /// Why it is unknown; `None` otherwise.
    pub reason: Option<Reason>,
    /// Every failing and every unknown resource, sorted.
    pub resources: Vec<Resource>,
    /// What was looked at.
    pub population: Population,
}

/// What it means that nothing was there to judge although everything was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WhenEmpty {
    /// Nothing to judge is as it should be.
    Passes,
    /// Something should be there; the sentence says what.
    Fails(String),
    /// The thing does not exist here, and the data proves it.
    NotApplicable,
    /// Can't be: the service always has some.
    Unknown(String),
}

impl Verdict {
    /// Unknown, with nothing seen.
    #[must_use]
    pub const fn unknown(reason: Reason) -> Self {
        Self {
            outcome: Outcome::Unknown,
            reason: Some(reason),
            resources: Vec::new(),
            population: Population::nothing(),
        }
    }

    /// Does not apply, which the collected data of this population proves.
    #[must_use]
    pub const fn not_applicable(population: Population) -> Self {
        Self {
            outcome: Outcome::NotApplicable,
            reason: None,
            resources: Vec::new(),
            population,
        }
    }
}

impl From<Reason> for Verdict {
    fn from(reason: Reason) -> Self {
        Self::unknown(reason)
    }
}

/// Collects the judgement of each resource and draws the conclusion:
/// any failing one fails; else anything missing or unknown is unknown; else nothing judged is as [`WhenEmpty`] says;
/// else pass. Of unknown resources those whose data can't tell give the reason before those that a person has to judge.
#[derive(Debug, Default)]
pub struct Judge {
    resources: Vec<Resource>,
    /// Those of them that are unknown because a person has to judge them.
    asked: BTreeSet<Resource>,
    passed: u64,
    pages: u64,
    missing: Option<Reason>,
}

impl Judge {
    /// A judge without data yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A judge of these rows: what they lack, the verdict lacks.
    #[must_use]
    pub fn over<T>(rows: &Rows<T>) -> Self {
        let mut judge = Self::new();
        judge.also(rows);
        judge
    }

    /// These rows are needed too.
    pub fn also<T>(&mut self, rows: &Rows<T>) {
        self.pages += rows.pages;
        if let Some(reason) = &rows.missing {
            self.lacks(reason.clone());
        }
    }

    /// Something is missing that could hold a failing resource. The first reason is kept.
    pub fn lacks(&mut self, reason: Reason) {
        self.missing.get_or_insert(reason);
    }

    /// A resource that is as it should be.
    pub fn pass(&mut self) {
        self.passed += 1;
    }

    /// A resource that is not as it should be.
    pub fn fail(
        &mut self,
        id: impl Into<String>,
        name: impl Into<String>,
        kind: &str,
        note: impl Into<String>,
    ) {
        self.push(id.into(), name.into(), kind, Outcome::Fail, note.into());
    }

    /// A resource whose data can't tell.
    pub fn unknown(
        &mut self,
        id: impl Into<String>,
        name: impl Into<String>,
        kind: &str,
        note: impl Into<String>,
    ) {
        self.push(id.into(), name.into(), kind, Outcome::Unknown, note.into());
    }

    /// A resource whose data is all there, and that a person has to judge.
    pub fn ask(
        &mut self,
        id: impl Into<String>,
        name: impl Into<String>,
        kind: &str,
        note: impl Into<String>,
    ) {
        let asked = self.push(id.into(), name.into(), kind, Outcome::Unknown, note.into());
        self.asked.insert(asked);
    }

    fn push(
        &mut self,
        id: String,
        name: String,
        kind: &str,
        outcome: Outcome,
        note: String,
    ) -> Resource {
        let resource = Resource {
            id,
            name,
            kind: kind.to_owned(),
            outcome,
            note,
        };
        self.resources.push(resource.clone());
        resource
    }

    /// The conclusion.
    #[must_use]
    pub fn conclude(mut self, empty: WhenEmpty) -> Verdict {
        self.resources.sort();
        let seen = self.passed + self.resources.len() as u64;
        let complete = self.missing.is_none();
        let population = Population {
            seen,
            total: complete.then_some(seen),
            pages: self.pages,
            complete,
        };
        let unknown = |resource: &&Resource| resource.outcome == Outcome::Unknown;
        let first_unknown = self
            .resources
            .iter()
            .filter(unknown)
            .find(|resource| !self.asked.contains(*resource))
            .map(|resource| (resource, UnknownCode::MalformedAnswer))
            .or_else(|| {
                let asked = self.resources.iter().find(unknown)?;
                Some((asked, UnknownCode::NeedsJudgement))
            });
        let (outcome, reason) = if self
            .resources
            .iter()
            .any(|resource| resource.outcome == Outcome::Fail)
        {
            (Outcome::Fail, None)
        } else if let Some(reason) = self.missing {
            (Outcome::Unknown, Some(reason))
        } else if let Some((resource, code)) = first_unknown {
            let detail = format!("{}: {}", resource.name, resource.note);
            (Outcome::Unknown, Some(Reason::new(code, detail)))
        } else if seen == 0 {
            match empty {
                WhenEmpty::Passes => (Outcome::Pass, None),
                WhenEmpty::NotApplicable => (Outcome::NotApplicable, None),
                WhenEmpty::Fails(note) => {
                    self.resources.push(Resource {
                        id: String::new(),
                        name: String::new(),
                        kind: "absence".to_owned(),
                        outcome: Outcome::Fail,
                        note,
                    });
                    (Outcome::Fail, None)
                }
                WhenEmpty::Unknown(detail) => (
                    Outcome::Unknown,
                    Some(Reason::new(UnknownCode::MalformedAnswer, detail)),
                ),
            }
        } else {
            (Outcome::Pass, None)
        };
        Verdict {
            outcome,
            reason,
            resources: self.resources,
            population,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(passes: u64, fails: u64, unknowns: u64, missing: bool, empty: WhenEmpty) -> Outcome {
        let mut judge = Judge::new();
        (0..passes).for_each(|_| judge.pass());
        (0..fails).for_each(|i| judge.fail(i.to_string(), "n", "user", "no"));
        (0..unknowns).for_each(|i| judge.unknown(i.to_string(), "n", "user", "?"));
        if missing {
            judge.lacks(Reason::new(UnknownCode::Partial, "half"));
        }
        let verdict = judge.conclude(empty);
        assert_eq!(
            verdict.reason.is_some(),
            verdict.outcome == Outcome::Unknown,
            "a reason exactly when unknown"
        );
        assert_eq!(verdict.population.complete, !missing);
        verdict.outcome
    }

    #[test]
    fn what_a_person_has_to_judge_is_told_from_what_the_data_does_not_say() {
        let asked = || {
            let mut judge = Judge::new();
            judge.pass();
            judge.ask("a", "n", "user", "is it right?");
            judge
        };
        let code = |judge: Judge| {
            let verdict = judge.conclude(WhenEmpty::Passes);
            assert_eq!(
                verdict.resources.first().map(|one| one.id.as_str()),
                Some("a")
            );
            (verdict.outcome, verdict.reason.map(|reason| reason.code))
        };
        let judgement = Some(UnknownCode::NeedsJudgement);
        assert_eq!(code(asked()), (Outcome::Unknown, judgement));
        let mut unsaid = asked();
        unsaid.unknown("b", "n", "user", "not said");
        let malformed = Some(UnknownCode::MalformedAnswer);
        assert_eq!(code(unsaid), (Outcome::Unknown, malformed));
        let mut failing = asked();
        failing.fail("b", "n", "user", "no");
        assert_eq!(code(failing), (Outcome::Fail, None));
    }

    #[test]
    fn the_whole_table() {
        use Outcome::{Fail, NotApplicable, Pass, Unknown};
        for (passes, fails, unknowns, missing, expected) in [
            (3, 0, 0, false, Pass),
            (3, 1, 0, false, Fail),
            (3, 1, 1, true, Fail),
            (3, 0, 1, false, Unknown),
            (3, 0, 0, true, Unknown),
            (0, 0, 0, true, Unknown),
        ] {
            for empty in [
                WhenEmpty::Passes,
                WhenEmpty::Fails("x".into()),
                WhenEmpty::NotApplicable,
            ] {
                assert_eq!(verdict(passes, fails, unknowns, missing, empty), expected);
            }
        }
        assert_eq!(verdict(0, 0, 0, false, WhenEmpty::Passes), Pass);
        assert_eq!(
            verdict(0, 0, 0, false, WhenEmpty::Fails("none".into())),
            Fail
        );
        assert_eq!(
            verdict(0, 0, 0, false, WhenEmpty::NotApplicable),
            NotApplicable
        );
        assert_eq!(
            verdict(0, 0, 0, false, WhenEmpty::Unknown("odd".into())),
            Unknown
        );
    }
}
