//! A person decides; the score follows.

use end_to_end::Desk;
use end_to_end::answer::exit;
use serde_json::Value;

fn objectives(desk: &Desk, requirement: &str) -> Vec<String> {
    let status = desk.cmmc(&["status", requirement]).ok();
    status["requirements"][0]["objectives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["id"].as_str().unwrap().to_owned())
        .collect()
}

fn met(desk: &Desk, objective: &str) -> Value {
    desk.cmmc(&[
        "determine",
        objective,
        "met",
        "--by",
        "Nora Quill",
        "--why",
        "Seen on site.",
    ])
    .ok()
}

#[test]
fn there_is_no_score_until_the_security_plan_is_met() {
    let desk = Desk::with_company();
    let score = desk.cmmc(&["score"]).ok();
    assert_eq!(score["score"], Value::Null);
    assert_eq!(score["final"], false);
    assert!(score["reason"].as_str().unwrap().contains("3.12.4"));

    let plan = objectives(&desk, "3.12.4");
    assert_eq!(plan.len(), 8);
    for objective in &plan[1..] {
        met(&desk, objective);
    }
    assert_eq!(
        desk.cmmc(&["score"]).ok()["score"],
        Value::Null,
        "seven of eight are not enough"
    );
    met(&desk, &plan[0]);
    let score = desk.cmmc(&["score"]).ok();
    assert_eq!(
        score["score"], -203,
        "everything else still costs its whole weight"
    );
    assert_eq!(score["assessed"], 1);
    assert_eq!(score["final"], false);
    assert!(score["projected"].is_object());

    // Partial credit counts when only the last part of it is open.
    for letter in ["a", "b", "c"] {
        met(&desk, &format!("3.5.3[{letter}]"));
    }
    let answer = desk
        .cmmc(&[
            "determine",
            "3.5.3[d]",
            "not_met",
            "--partial",
            "--by",
            "Nora Quill",
        ])
        .ok();
    assert_eq!(
        (&answer["determination"], &answer["partial"]),
        (&"not_met".into(), &true.into())
    );
    let score = desk.cmmc(&["score"]).ok();
    assert_eq!(score["score"], -201, "3 points instead of 5");
    let _ = met(&desk, "3.5.3[d]");
    assert_eq!(desk.cmmc(&["score"]).ok()["score"], -198);
}

#[test]
fn a_decision_needs_a_person_a_reason_and_a_real_objective() {
    let desk = Desk::with_company();
    for words in [
        &["determine", "3.1.1[a]", "met", "--by", "Nora Quill"][..],
        &[
            "determine",
            "3.1.1[a]",
            "not_applicable",
            "--by",
            "Nora Quill",
        ],
        &["determine", "3.1.1[a]", "met", "--why", "Seen."],
        &[
            "determine",
            "3.1.1[a]",
            "met",
            "--by",
            " ",
            "--why",
            "Seen.",
        ],
        &[
            "determine",
            "3.1.1[z]",
            "met",
            "--by",
            "Nora Quill",
            "--why",
            "Seen.",
        ],
        &[
            "determine",
            "3.1.1[a]",
            "fine",
            "--by",
            "Nora Quill",
            "--why",
            "Seen.",
        ],
        &[
            "determine",
            "3.12.4[a]",
            "not_applicable",
            "--by",
            "Nora Quill",
            "--why",
            "No.",
        ],
        &[
            "determine",
            "3.1.1[a]",
            "not_met",
            "--partial",
            "--by",
            "Nora Quill",
        ],
    ] {
        desk.cmmc(words).error(exit::USAGE);
    }
    let status = desk.cmmc(&["status", "3.1.1"]).ok();
    for objective in status["requirements"][0]["objectives"].as_array().unwrap() {
        assert_eq!(objective["determination"], "not_assessed");
        assert_eq!(objective["decided"], Value::Null);
    }
}
