//! Thresholds and exemptions: by name and reason, until they run out.

use crate::{
    fake::{Answer, EVERYBODY_HAS_MFA, USERS, page, user},
    support::{Bench, count},
};
use engine::{
    api::{ApiError, Nothing, ParameterList, SetParameter, UnlockWith},
    parameters, schedule, silent,
};
use evidence::Outcome;
use serde_json::{Value, json};
use store::Event;

fn exempt(value: Value, until: Option<&str>) -> SetParameter {
    SetParameter {
        key: "fake.exempt".into(),
        value,
        by: "Ada".into(),
        why: "Break-glass account in the safe.".into(),
        until: until.map(str::to_owned),
    }
}

async fn set(bench: &Bench, request: SetParameter) -> Result<ParameterList, ApiError> {
    parameters::set(&bench.app, request).await
}

/// A company whose user `dan` has no MFA.
async fn with_dan() -> Bench {
    let bench = Bench::connected().await;
    bench.fake.answer(
        USERS.id,
        Answer::Pages(vec![page(&[user("ada", true), user("dan", false)])]),
    );
    bench.sync().await;
    bench.fake.asked();
    assert_eq!(
        bench.finding(EVERYBODY_HAS_MFA.id).await.outcome,
        Outcome::Fail
    );
    bench
}

#[tokio::test]
async fn an_exemption_judges_again_and_is_named() {
    let bench = with_dan().await;
    let entries = bench.events().await.len();
    let listed = set(&bench, exempt(json!(["Dan"]), None)).await.unwrap();
    assert!(
        bench.fake.asked().is_empty(),
        "nothing is asked of the service"
    );
    let finding = bench.finding(EVERYBODY_HAS_MFA.id).await;
    assert_eq!(finding.outcome, Outcome::Pass);
    assert_eq!(finding.parameters["fake.exempt"], json!(["Dan"]));
    let entry = listed
        .parameters
        .iter()
        .find(|entry| entry.key == "fake.exempt")
        .unwrap();
    assert_eq!(
        (
            entry.value.clone(),
            entry.default.clone(),
            entry.kind.as_str()
        ),
        (json!(["Dan"]), json!([]), "list")
    );
    let decided = entry.set.as_ref().unwrap();
    assert_eq!(
        (decided.by.as_str(), decided.why.as_deref()),
        ("Ada", Some("Break-glass account in the safe."))
    );
    let new = bench.events().await.split_off(entries);
    assert_eq!(
        count(&new, |event| matches!(event, Event::ParameterSet { .. })),
        1
    );
    assert_eq!(
        count(&new, |event| matches!(event, Event::FindingRecorded { .. })),
        1,
        "only what reads it is judged"
    );
    set(&bench, exempt(Value::Null, None)).await.unwrap();
    let finding = bench.finding(EVERYBODY_HAS_MFA.id).await;
    assert_eq!(
        (finding.outcome, &finding.parameters["fake.exempt"]),
        (Outcome::Fail, &json!([]))
    );
    assert!(bench.verify().await.ok);
}

#[tokio::test]
async fn an_expired_exemption_stops_counting() {
    for way in ["sync", "due", "unlock"] {
        let bench = with_dan().await;
        set(&bench, exempt(json!(["dan"]), Some("2026-11-30")))
            .await
            .unwrap();
        bench.at("2026-11-30T23:59:58Z");
        schedule::run_due(&bench.app, Nothing {}, &silent())
            .await
            .unwrap();
        assert_eq!(
            bench.finding(EVERYBODY_HAS_MFA.id).await.outcome,
            Outcome::Pass
        );
        bench.at("2026-12-01T00:00:00Z");
        match way {
            "sync" => drop(bench.sync().await),
            "due" => assert_eq!(
                schedule::run_due(&bench.app, Nothing {}, &silent())
                    .await
                    .unwrap()
                    .due,
                None
            ),
            _ => {
                let id = bench.id();
                bench.lock().await;
                bench.unlock(&id, UnlockWith::KeyStore).await.unwrap();
            }
        }
        let finding = bench.finding(EVERYBODY_HAS_MFA.id).await;
        assert_eq!(
            (finding.outcome, &finding.parameters["fake.exempt"]),
            (Outcome::Fail, &json!([])),
            "{way}"
        );
        let listed = parameters::list(&bench.app, Nothing {}).await.unwrap();
        let entry = listed
            .parameters
            .iter()
            .find(|entry| entry.key == "fake.exempt")
            .unwrap();
        assert_eq!(
            (&entry.value, entry.until.as_deref()),
            (&json!([]), Some("2026-11-30T23:59:59Z"))
        );
        assert!(bench.verify().await.ok);
    }
}

#[tokio::test]
async fn what_cant_be_right_is_refused_with_the_field() {
    let bench = with_dan().await;
    let entries = bench.events().await.len();
    let good = || exempt(json!(["dan"]), None);
    let threshold = |value: Value| SetParameter {
        key: "fake.threshold".into(),
        value,
        ..good()
    };
    for (field, wrong) in [
        (
            "key",
            SetParameter {
                key: "fake.nothing".into(),
                ..good()
            },
        ),
        ("value", exempt(json!("dan"), None)),
        ("value", exempt(json!(["dan", " "]), None)),
        ("value", threshold(json!(101))),
        ("value", threshold(json!(-1))),
        ("value", threshold(json!("80"))),
        (
            "by",
            SetParameter {
                by: " ".into(),
                ..good()
            },
        ),
        (
            "why",
            SetParameter {
                why: "".into(),
                ..good()
            },
        ),
        ("until", exempt(json!(["dan"]), Some("30.11.2026"))),
        ("until", exempt(json!(["dan"]), Some("2026-11-01"))),
    ] {
        let error = set(&bench, wrong).await.unwrap_err();
        assert_eq!(
            (error.class.as_str(), error.field.as_deref()),
            ("usage", Some(field))
        );
    }
    assert_eq!(bench.events().await.len(), entries);
    assert_eq!(
        bench.finding(EVERYBODY_HAS_MFA.id).await.outcome,
        Outcome::Fail
    );
}
