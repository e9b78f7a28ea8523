//! The score and the POA&M over the whole table.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod properties;

use catalog::{
    CONDITIONAL_THRESHOLD, Decisions, Determination, Level, LevelOneCount, MAXIMUM_SCORE,
    MINIMUM_SCORE, ObjectiveDecision, ObjectiveId, PoamRule, RequirementId, Score, level_one,
    objectives, requirement_result, requirements, score,
};

use Determination::{Met, NotApplicable, NotAssessed, NotMet};

const PARTIAL: ObjectiveDecision = ObjectiveDecision {
    determination: NotMet,
    partial: true,
};

fn all(determination: Determination) -> Decisions {
    objectives()
        .iter()
        .map(|one| (one.id, determination.into()))
        .collect()
}

fn id(text: &str) -> RequirementId {
    text.parse().unwrap()
}

fn objective(text: &str) -> ObjectiveId {
    ObjectiveId::parse(text).unwrap()
}

fn set(
    decisions: &mut Decisions,
    requirement: RequirementId,
    decision: impl Into<ObjectiveDecision>,
) {
    let decision = decision.into();
    decisions.extend(
        requirement
            .objectives()
            .map(|objective| (objective, decision)),
    );
}

/// Everything met, but for these objectives.
fn all_met_but(changes: &[(&str, ObjectiveDecision)]) -> Decisions {
    let mut decisions = all(Met);
    decisions.extend(
        changes
            .iter()
            .map(|(text, decision)| (objective(text), *decision)),
    );
    decisions
}

/// Everything met, but for these requirements.
fn all_met_but_not(unmet: &[&str]) -> Decisions {
    let mut decisions = all(Met);
    for text in unmet {
        set(&mut decisions, id(text), NotMet);
    }
    decisions
}

fn level_two(decisions: &Decisions) -> Score {
    score(Level::Two, decisions)
}

#[test]
fn everything_met_is_110() {
    let score = level_two(&all(Met));
    assert_eq!(score.score, Some(MAXIMUM_SCORE));
    assert_eq!((score.is_final, score.assessed), (true, 110));
    assert_eq!((score.reason, score.deductions.len()), (None, 0));
    assert!(score.conditional.eligible);
}

#[test]
fn the_plan_and_nothing_else_is_minus_203() {
    let mut decisions = all(NotMet);
    set(&mut decisions, id("3.12.4"), Met);
    let score = level_two(&decisions);
    assert_eq!(score.score, Some(MINIMUM_SCORE));
    assert_eq!(score.deductions.len(), 109);
    assert_eq!(
        score
            .deductions
            .iter()
            .map(|one| i32::from(one.points))
            .sum::<i32>(),
        313
    );
    assert_eq!(MAXIMUM_SCORE - 313, MINIMUM_SCORE);
    assert!(score.is_final);
}

#[test]
fn nothing_assessed_is_no_score_and_every_point_is_named() {
    let score = level_two(&Decisions::new());
    assert_eq!(
        (score.score, score.is_final, score.assessed),
        (None, false, 0)
    );
    assert_eq!(score.deductions.len(), 109);
    assert!(
        score
            .deductions
            .iter()
            .all(|one| one.why == "Not assessed yet.")
    );
    assert_eq!(
        score.reason.unwrap(),
        "The system security plan (3.12.4) is not assessed yet. There is no score until it is met."
    );
}

#[test]
fn without_a_met_plan_there_is_no_score() {
    let score = level_two(&all_met_but(&[("3.12.4[c]", NotMet.into())]));
    assert_eq!(score.score, None);
    assert!(score.is_final, "every requirement is assessed all the same");
    assert!(
        score
            .reason
            .unwrap()
            .starts_with("The system security plan (3.12.4) is not met.")
    );
    assert!(!score.conditional.eligible);
    assert_eq!(score.conditional.blocking, [id("3.12.4")]);

    let score = level_two(&all_met_but(&[("3.12.4[c]", NotAssessed.into())]));
    assert_eq!(
        (score.score, score.is_final, score.assessed),
        (None, false, 109)
    );
}

#[test]
fn a_plan_that_does_not_apply_is_no_plan() {
    let mut decisions = all(Met);
    set(&mut decisions, id("3.12.4"), NotApplicable);
    assert_eq!(level_two(&decisions).score, None);
}

#[test]
fn each_requirement_costs_its_weight_whether_not_met_or_not_assessed() {
    for requirement in requirements() {
        let Some(weight) = requirement.weight else {
            continue;
        };
        for (missing, why) in [(NotMet, "Not met."), (NotAssessed, "Not assessed yet.")] {
            let mut decisions = all(Met);
            decisions.insert(requirement.objectives[0].id, missing.into());
            let score = level_two(&decisions);
            assert_eq!(
                score.score,
                Some(110 - i32::from(weight)),
                "{}",
                requirement.id
            );
            let [deduction] = &score.deductions[..] else {
                panic!("{}", requirement.id)
            };
            assert_eq!(
                (deduction.requirement, deduction.points),
                (requirement.id, weight)
            );
            assert_eq!(deduction.why, why);
            assert_eq!(score.is_final, missing == NotMet);
        }
    }
}

#[test]
fn not_applicable_counts_as_met() {
    let mut decisions = all(NotApplicable);
    set(&mut decisions, id("3.12.4"), Met);
    let score = level_two(&decisions);
    assert_eq!((score.score, score.is_final), (Some(110), true));
}

#[test]
fn multifactor_authentication_for_remote_and_privileged_users_costs_three() {
    let score = level_two(&all_met_but(&[("3.5.3[d]", PARTIAL)]));
    assert_eq!(score.score, Some(107));
    assert_eq!(
        score.deductions[0].why,
        "Not met, with partial credit: everyone who signs in remotely or with privileges uses multifactor authentication, but not everyone else."
    );
    assert_eq!(
        score.conditional.blocking,
        [id("3.5.3")],
        "three points may not wait"
    );
}

#[test]
fn partial_credit_needs_every_gap_to_be_partial_and_none_unassessed() {
    let cost = |others: &[(&str, ObjectiveDecision)]| {
        let mut changes = vec![("3.5.3[d]", PARTIAL)];
        changes.extend_from_slice(others);
        110 - level_two(&all_met_but(&changes)).score.unwrap()
    };
    assert_eq!(cost(&[]), 3);
    assert_eq!(cost(&[("3.5.3[b]", PARTIAL)]), 5);
    assert_eq!(cost(&[("3.5.3[b]", NotApplicable.into())]), 3);
    assert_eq!(cost(&[("3.5.3[b]", NotMet.into())]), 5);
    assert_eq!(cost(&[("3.5.3[b]", NotAssessed.into())]), 5);
}

#[test]
fn encryption_without_validation_costs_three_and_may_wait() {
    let score = level_two(&all_met_but(&[("3.13.11[a]", PARTIAL)]));
    assert_eq!(score.score, Some(107));
    assert_eq!(
        score.deductions[0].why,
        "Not met, with partial credit: CUI is encrypted, but not everywhere with a module that is FIPS-validated."
    );
    assert!(score.conditional.eligible);

    let score = level_two(&all_met_but(&[("3.13.11[a]", NotMet.into())]));
    assert_eq!(score.score, Some(105));
    assert_eq!(score.conditional.blocking, [id("3.13.11")]);
}

#[test]
fn a_partial_mark_elsewhere_earns_nothing() {
    let score = level_two(&all_met_but(&[("3.1.1[a]", PARTIAL)]));
    assert_eq!(score.score, Some(105));
}

#[test]
fn eighty_eight_allows_a_conditional_status_and_eighty_seven_does_not() {
    let mut decisions = all(Met);
    let waiting = requirements()
        .iter()
        .filter(|one| one.poam == PoamRule::Allowed);
    for one in waiting.clone().take(22) {
        set(&mut decisions, one.id, NotMet);
    }
    let at = level_two(&decisions);
    assert_eq!(at.score, Some(CONDITIONAL_THRESHOLD));
    assert!(at.conditional.eligible);
    assert_eq!(
        (at.conditional.threshold, at.conditional.blocking.len()),
        (88, 0)
    );

    set(&mut decisions, waiting.clone().nth(22).unwrap().id, NotMet);
    let below = level_two(&decisions);
    assert_eq!(below.score, Some(87));
    assert!(!below.conditional.eligible);
    assert_eq!(
        below.conditional.blocking,
        [],
        "each could wait, all together could not"
    );
}

#[test]
fn what_may_not_wait_blocks_whatever_the_score() {
    let score = level_two(&all_met_but_not(&["3.10.4", "3.1.5", "3.1.3", "3.1.20"]));
    assert_eq!(score.score, Some(110 - 1 - 3 - 1 - 1));
    assert!(!score.conditional.eligible);
    assert_eq!(
        score.conditional.blocking,
        [id("3.1.5"), id("3.1.20"), id("3.10.4")]
    );
}

#[test]
fn what_is_not_assessed_blocks_even_at_one_point() {
    let score = level_two(&all_met_but(&[("3.1.3[a]", NotAssessed.into())]));
    assert_eq!((score.score, score.is_final), (Some(109), false));
    assert!(!score.conditional.eligible);
    assert_eq!(score.conditional.blocking, [id("3.1.3")]);
}

#[test]
fn level_one_counts_fifteen_and_has_no_number() {
    let level_one_only: Decisions = objectives()
        .iter()
        .filter(|one| one.level1)
        .map(|one| (one.id, Met.into()))
        .collect();
    let score = score(Level::One, &level_one_only);
    assert_eq!(
        (score.score, score.is_final, score.assessed),
        (None, true, 15)
    );
    assert_eq!(
        score.level1,
        Some(LevelOneCount {
            met: 15,
            of: 15,
            is_final: true
        })
    );
    assert_eq!(
        score.reason.unwrap(),
        "Level 1 has no score. It counts how many of its 15 requirements are met."
    );
    assert_eq!(score.deductions, []);
    assert!(!score.conditional.eligible, "Level 1 has no POA&M");
    assert_eq!(level_two(&all(Met)).level1, None);
}

#[test]
fn each_level_one_objective_can_cost_its_requirement() {
    for item in level_one() {
        for objective in item.requirements.iter().flat_map(|id| id.objectives()) {
            let mut decisions = all(Met);
            decisions.insert(objective, NotMet.into());
            let count = score(Level::One, &decisions).level1.unwrap();
            assert_eq!((count.met, count.is_final), (14, true), "{objective}");
            decisions.insert(objective, NotAssessed.into());
            let score = score(Level::One, &decisions);
            assert_eq!((score.assessed, score.is_final), (14, false), "{objective}");
            assert_eq!(score.conditional.blocking, [objective.requirement()]);
        }
    }
}

#[test]
fn what_level_one_does_not_ask_changes_nothing_there() {
    let mut decisions = all(Met);
    for one in objectives().iter().filter(|one| !one.level1) {
        decisions.insert(one.id, NotMet.into());
    }
    assert_eq!(score(Level::One, &decisions), score(Level::One, &all(Met)));
}

#[test]
fn a_result_is_what_its_objectives_make_it() {
    // Every combination of four decisions over a requirement of one, two, three and four objectives.
    const DECISIONS: [Determination; 4] = [Met, NotMet, NotApplicable, NotAssessed];
    for text in ["3.4.4", "3.1.2", "3.1.4", "3.1.5"] {
        let id = id(text);
        let size = id.objectives().count() as u32;
        for number in 0..4_usize.pow(size) {
            let chosen: Vec<Determination> = (0..size)
                .map(|place| DECISIONS[number / 4_usize.pow(place) % 4])
                .collect();
            let has = |wanted| chosen.contains(&wanted);
            let expected = match (has(NotMet), has(NotAssessed), has(Met)) {
                (true, _, _) => NotMet,
                (false, true, _) => NotAssessed,
                (false, false, true) => Met,
                (false, false, false) => NotApplicable,
            };
            let decisions: Decisions = id
                .objectives()
                .zip(chosen.iter().map(|one| (*one).into()))
                .collect();
            assert_eq!(
                requirement_result(id, &decisions).determination,
                expected,
                "{chosen:?}"
            );
        }
    }
}

#[test]
fn an_absent_decision_is_not_assessed() {
    let nothing = Decisions::new();
    for one in requirements() {
        let explicit = requirement_result(one.id, &all(NotAssessed));
        assert_eq!(requirement_result(one.id, &nothing), explicit);
    }
}

#[test]
fn the_score_keeps_its_shape_in_json() {
    let json = serde_json::to_string(&level_two(&all_met_but(&[("3.13.11[a]", PARTIAL)]))).unwrap();
    assert_eq!(
        json,
        r#"{"score":107,"final":true,"assessed":110,"reason":null,"deductions":[{"requirement":"3.13.11","points":3,"why":"Not met, with partial credit: CUI is encrypted, but not everywhere with a module that is FIPS-validated."}],"conditional":{"eligible":true,"threshold":88,"blocking":[]},"level1":null}"#
    );
    let json = serde_json::to_value(score(Level::One, &Decisions::new())).unwrap();
    assert_eq!(
        json["level1"],
        serde_json::json!({"met": 0, "of": 15, "final": false})
    );
}
