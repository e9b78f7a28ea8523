//! People decide, with name and reason; the checks only point.

use crate::{
    fake::{Answer, USERS, page, user},
    support::Bench,
};
use engine::{
    api::{
        ApiError, Determine, GetControl, GetStatus, Nothing, ObjectiveStatus, RequirementStatus,
        ScoreReport,
    },
    control, score, status,
};
use store::Event;

async fn decide(
    bench: &Bench,
    objective: &str,
    determination: &str,
) -> Result<RequirementStatus, ApiError> {
    determine(
        bench,
        objective,
        determination,
        "Ada",
        Some("Seen in the console."),
        false,
    )
    .await
}

async fn determine(
    bench: &Bench,
    objective: &str,
    determination: &str,
    by: &str,
    why: Option<&str>,
    partial: bool,
) -> Result<RequirementStatus, ApiError> {
    let request = Determine {
        objective: objective.to_owned(),
        determination: determination.to_owned(),
        partial,
        by: by.to_owned(),
        why: why.map(str::to_owned),
    };
    control::determine(&bench.app, request).await
}

async fn score_of(bench: &Bench) -> ScoreReport {
    score::get(&bench.app, Nothing {}).await.unwrap()
}

async fn objective(bench: &Bench, id: &str) -> ObjectiveStatus {
    let control_id = Some(id.split('[').next().unwrap().to_owned());
    let status = status::get(&bench.app, GetStatus { control_id })
        .await
        .unwrap();
    status.requirements[0]
        .objectives
        .iter()
        .find(|objective| objective.id == id)
        .unwrap()
        .clone()
}

#[tokio::test]
async fn nothing_is_decided_without_a_name_and_a_reason() {
    let bench = Bench::company().await;
    let entries = bench.events().await.len();
    for (determination, by, why, partial, objective, field) in [
        ("met", "", Some("x"), false, "3.1.1[a]", "by"),
        ("met", "  ", Some("x"), false, "3.1.1[a]", "by"),
        ("met", "Ada", None, false, "3.1.1[a]", "why"),
        ("met", "Ada", Some("  "), false, "3.1.1[a]", "why"),
        ("not_applicable", "Ada", None, false, "3.1.1[a]", "why"),
        (
            "not_applicable",
            "Ada",
            Some("x"),
            false,
            "3.12.4[a]",
            "determination",
        ),
        (
            "not_met",
            "Ada",
            Some("x"),
            true,
            "3.1.1[a]",
            "determination",
        ),
        ("met", "Ada", Some("x"), true, "3.5.3[d]", "determination"),
        ("met", "Ada", Some("x"), false, "3.99.1[a]", "objective"),
    ] {
        let error = determine(&bench, objective, determination, by, why, partial)
            .await
            .unwrap_err();
        assert_eq!(
            (error.class.as_str(), error.field.as_deref()),
            ("usage", Some(field)),
            "{objective} {determination}"
        );
    }
    assert_eq!(
        decide(&bench, "3.1.1[a]", "probably")
            .await
            .unwrap_err()
            .class,
        "usage"
    );
    assert_eq!(bench.events().await.len(), entries);
    // Not met and not assessed need no reason, but a name.
    determine(&bench, "3.1.1[a]", "not_met", "Ada", None, false)
        .await
        .unwrap();
    determine(&bench, "3.1.1[a]", "not_assessed", "Ada", None, false)
        .await
        .unwrap();
    assert!(
        determine(&bench, "3.1.1[a]", "not_assessed", "", None, false)
            .await
            .is_err()
    );
}

#[tokio::test]
async fn partial_credit_exists_where_the_rule_gives_it() {
    let bench = Bench::company().await;
    for objective in ["3.5.3[d]", "3.13.11[a]"] {
        let status = determine(&bench, objective, "not_met", "Ada", Some("In part."), true)
            .await
            .unwrap();
        assert!(
            status
                .objectives
                .iter()
                .any(|status| status.id == objective && status.partial)
        );
    }
}

#[tokio::test]
async fn a_requirement_follows_from_its_objectives_and_keeps_its_history() {
    let bench = Bench::company().await;
    for letter in ["a", "b", "c", "d"] {
        let status = decide(&bench, &format!("3.5.3[{letter}]"), "met")
            .await
            .unwrap();
        let expected = if letter == "d" { "met" } else { "not_assessed" };
        assert_eq!(status.determination, expected);
    }
    assert_eq!(
        decide(&bench, "3.5.3[b]", "not_met")
            .await
            .unwrap()
            .determination,
        "not_met"
    );
    let detail = control::get(
        &bench.app,
        GetControl {
            control_id: "IA.L2-3.5.3".to_owned(),
        },
    )
    .await
    .unwrap();
    assert_eq!(detail.status.id, "3.5.3");
    assert_eq!(detail.history.len(), 5);
    assert_eq!(
        (
            detail.history[0].objective.as_str(),
            detail.history[0].determination.as_str()
        ),
        ("3.5.3[b]", "not_met")
    );
    assert_eq!(detail.history[0].decided.by, "Ada");
    // A requirement with one objective takes it without the letter.
    assert_eq!(
        decide(&bench, "3.1.2", "not_met").await.is_ok(),
        catalog::ObjectiveId::parse("3.1.2").is_ok()
    );
}

#[tokio::test]
async fn the_score_follows_what_people_decided() {
    let bench = Bench::company().await;
    assert_eq!(score_of(&bench).await.score, None);
    for id in catalog::RequirementId::all() {
        for objective in id.objectives() {
            let determination = if id.as_str() == "3.1.1" {
                "not_met"
            } else {
                "met"
            };
            if id.as_str() != "3.12.4" {
                decide(&bench, &objective.to_string(), determination)
                    .await
                    .unwrap();
            }
        }
    }
    let without_plan = score_of(&bench).await;
    assert_eq!((without_plan.score, without_plan.is_final), (None, false));
    assert!(without_plan.reason.is_some());
    for letter in "abcdefgh".chars() {
        decide(&bench, &format!("3.12.4[{letter}]"), "met")
            .await
            .unwrap();
    }
    let score = score_of(&bench).await;
    assert_eq!(
        (score.score, score.is_final, score.assessed, score.total),
        (Some(105), true, 110, 110)
    );
    assert_eq!(score.deductions.len(), 1);
    assert_eq!(
        (
            score.deductions[0].requirement.as_str(),
            score.deductions[0].points
        ),
        ("3.1.1", 5)
    );
    assert!(bench.verify().await.ok);
}

#[tokio::test]
async fn checks_change_the_projection_and_never_the_score() {
    let bench = Bench::synced().await;
    let events = bench.events().await;
    assert!(
        !events
            .iter()
            .any(|event| matches!(event, Event::DeterminationMade { .. }))
    );
    let before = score_of(&bench).await;
    assert_eq!((before.score, before.assessed), (None, 0));
    // The checks point to met for 3.5.3, and people have not said so.
    assert!(
        before.projected.differing.contains(&"3.5.3".to_owned()),
        "{:?}",
        before.projected.differing
    );
    for letter in ["a", "b", "c", "d"] {
        decide(&bench, &format!("3.5.3[{letter}]"), "met")
            .await
            .unwrap();
    }
    let agreed = score_of(&bench).await;
    assert!(!agreed.projected.differing.contains(&"3.5.3".to_owned()));
    bench
        .fake
        .answer(USERS.id, Answer::Pages(vec![page(&[user("ada", false)])]));
    bench.sync().await;
    let after = score_of(&bench).await;
    assert_eq!(
        after.deductions, agreed.deductions,
        "what a person decided stays until a person changes it"
    );
    assert!(after.projected.differing.contains(&"3.5.3".to_owned()));
}

#[tokio::test]
async fn newer_findings_that_contradict_a_decision_are_flagged() {
    let bench = Bench::synced().await;
    decide(&bench, "3.5.3[d]", "met").await.unwrap();
    assert!(!objective(&bench, "3.5.3[d]").await.evidence_changed);
    bench.sync().await;
    assert!(
        !objective(&bench, "3.5.3[d]").await.evidence_changed,
        "the same finding again is no news"
    );
    // In the very same second, to the clock: order decides, not time.
    bench
        .fake
        .answer(USERS.id, Answer::Pages(vec![page(&[user("ada", false)])]));
    bench.sync().await;
    let flagged = objective(&bench, "3.5.3[d]").await;
    assert!(flagged.evidence_changed);
    assert_eq!(flagged.determination, "met", "the decision stays as it is");
    assert!(!objective(&bench, "3.5.3[a]").await.evidence_changed);
    decide(&bench, "3.5.3[d]", "not_met").await.unwrap();
    assert!(!objective(&bench, "3.5.3[d]").await.evidence_changed);
    bench.fake.mend();
    bench.sync().await;
    assert!(objective(&bench, "3.5.3[d]").await.evidence_changed);
}
