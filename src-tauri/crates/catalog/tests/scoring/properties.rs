//! What must hold for any decisions at all. The seed is fixed, so that a run finds what the last one found.

use catalog::{
    CONDITIONAL_THRESHOLD, ControlId, Decisions, Determination, Level, MAXIMUM_SCORE,
    MINIMUM_SCORE, ObjectiveDecision, ObjectiveId, check_decision, objectives, score,
};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use Determination::{Met, NotApplicable, NotAssessed, NotMet};

use crate::{all, id, level_two, set};

fn any_decision() -> impl Strategy<Value = ObjectiveDecision> {
    let determination = prop::sample::select(vec![Met, NotMet, NotApplicable, NotAssessed]);
    (determination, any::<bool>()).prop_map(|(determination, partial)| ObjectiveDecision {
        determination,
        partial,
    })
}

fn any_objective() -> impl Strategy<Value = ObjectiveId> {
    // Half of the picks go where the rules are special.
    let special: Vec<ObjectiveId> = ["3.5.3", "3.12.4", "3.13.11"]
        .into_iter()
        .flat_map(|text| id(text).objectives())
        .collect();
    let every = objectives().iter().map(|one| one.id).collect::<Vec<_>>();
    prop_oneof![prop::sample::select(special), prop::sample::select(every)]
}

/// From nearly everything met to nothing in common; the plan is met half of the time, or most would have no score.
fn any_decisions() -> impl Strategy<Value = Decisions> {
    let changes = prop::collection::vec((any_objective(), any_decision()), 0..60);
    let start = prop::sample::select(vec![Met, Met, NotAssessed, NotApplicable, NotMet]);
    (start, changes, any::<bool>()).prop_map(|(start, changes, with_plan)| {
        let mut decisions = all(start);
        decisions.extend(changes);
        if with_plan {
            set(&mut decisions, id("3.12.4"), Met);
        }
        decisions
    })
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 512,
        failure_persistence: None,
        rng_seed: RngSeed::Fixed(17_024),
        ..ProptestConfig::default()
    })]

    #[test]
    fn one_more_gap_never_raises_the_score(
        mut decisions in any_decisions(),
        objective in any_objective(),
        partial in any::<bool>(),
    ) {
        decisions.insert(objective, Met.into());
        let before = [Level::One, Level::Two].map(|level| score(level, &decisions));
        decisions.insert(objective, ObjectiveDecision { determination: NotMet, partial });
        let after = [Level::One, Level::Two].map(|level| score(level, &decisions));
        // No score sorts below every number.
        prop_assert!(after[1].score <= before[1].score);
        prop_assert!(after[1].conditional.eligible <= before[1].conditional.eligible);
        prop_assert!(after[0].level1.unwrap().met <= before[0].level1.unwrap().met);
    }

    #[test]
    fn assessing_more_never_makes_less_assessed(
        mut decisions in any_decisions(),
        objective in any_objective(),
        decision in any_decision(),
    ) {
        decisions.remove(&objective);
        let before = level_two(&decisions);
        decisions.insert(objective, decision);
        prop_assert!(level_two(&decisions).assessed >= before.assessed);
    }

    #[test]
    fn a_score_is_in_range_and_explained_to_the_point(decisions in any_decisions()) {
        let score = level_two(&decisions);
        let taken_off: i32 = score.deductions.iter().map(|one| i32::from(one.points)).sum();
        match score.score {
            Some(number) => {
                prop_assert!((MINIMUM_SCORE..=MAXIMUM_SCORE).contains(&number));
                prop_assert_eq!(number, MAXIMUM_SCORE - taken_off);
                prop_assert_eq!(&score.reason, &None);
            }
            None => prop_assert!(score.reason.is_some()),
        }
        prop_assert_eq!(score.is_final, score.assessed == 110);
        prop_assert!(score.deductions.is_sorted_by(|one, next| one.requirement < next.requirement));
        if score.conditional.eligible {
            prop_assert!(score.is_final && score.score >= Some(CONDITIONAL_THRESHOLD));
        }
    }

    #[test]
    fn the_order_of_deciding_does_not_matter(
        decisions in any_decisions().prop_flat_map(|decisions| {
            let pairs: Vec<_> = decisions.into_iter().collect();
            (Just(pairs.clone()), Just(pairs).prop_shuffle())
        }),
    ) {
        let (ordered, shuffled) = decisions;
        let mut one_by_one = Decisions::new();
        for (objective, decision) in shuffled {
            one_by_one.insert(objective, decision);
        }
        for level in [Level::One, Level::Two] {
            prop_assert_eq!(score(level, &ordered.iter().copied().collect()), score(level, &one_by_one));
        }
    }

    #[test]
    fn a_decision_that_may_not_be_taken_is_as_good_as_none(
        mut decisions in any_decisions(),
        objective in prop::sample::select(id("3.12.4").objectives().collect::<Vec<_>>()),
    ) {
        prop_assert!(check_decision(objective, NotApplicable, false).is_err());
        decisions.remove(&objective);
        let open = level_two(&decisions);
        decisions.insert(objective, NotApplicable.into());
        prop_assert_eq!(level_two(&decisions), open);
    }

    #[test]
    fn decisions_survive_being_stored(decisions in any_decisions()) {
        let json = serde_json::to_string(&decisions).unwrap();
        prop_assert_eq!(serde_json::from_str::<Decisions>(&json).unwrap(), decisions);
    }

    #[test]
    fn no_text_makes_the_readers_panic(text in "\\PC{0,12}|[0-9A-Za-z.\\[\\]-]{0,14}") {
        if let Ok(found) = ObjectiveId::parse(&text) {
            prop_assert_eq!(ObjectiveId::parse(&found.to_string()), Ok(found));
        }
        if let Ok(found) = ControlId::resolve(&text) {
            prop_assert_eq!(found.to_string().parse(), Ok(found));
        }
    }
}
