//! Checks of which some answers are for a person to judge.

use evidence::{Outcome, Reason, UnknownCode};
use provider_kit::{Judge, Verdict, WhenEmpty};

/// The conclusion of a judge who was told of `looks` unknown resources that a person has to look at. Where everything
/// was seen, and no other resource is unknown, that is the reason of an unknown verdict.
pub(super) fn conclude(judge: Judge, looks: usize, empty: WhenEmpty) -> Verdict {
    let mut verdict = judge.conclude(empty);
    let unknown = || {
        verdict
            .resources
            .iter()
            .filter(|resource| resource.outcome == Outcome::Unknown)
    };
    if verdict.outcome == Outcome::Unknown
        && verdict.population.complete
        && unknown().count() == looks
        && let Some(first) = unknown().next()
    {
        let detail = format!("{}: {}", first.name, first.note);
        verdict.reason = Some(Reason::new(UnknownCode::NeedsJudgement, detail));
    }
    verdict
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(fails: bool, lacks: bool, unread: bool) -> Option<UnknownCode> {
        let mut judge = Judge::new();
        judge.unknown("1", "one", "thing", "Look at it.");
        if fails {
            judge.fail("2", "two", "thing", "Wrong.");
        }
        if lacks {
            judge.lacks(Reason::new(UnknownCode::Partial, "half"));
        }
        if unread {
            judge.unknown("3", "three", "thing", "It can't be read.");
        }
        let verdict = conclude(judge, 1, WhenEmpty::Passes);
        verdict.reason.map(|reason| reason.code)
    }

    #[test]
    fn a_person_looks_only_where_nothing_else_is_open() {
        assert_eq!(code(false, false, false), Some(UnknownCode::NeedsJudgement));
        assert_eq!(code(false, false, true), Some(UnknownCode::MalformedAnswer));
        assert_eq!(code(false, true, false), Some(UnknownCode::Partial));
        assert_eq!(code(true, false, false), None);
    }
}
