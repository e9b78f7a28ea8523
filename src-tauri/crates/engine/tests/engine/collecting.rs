//! "Auto-collect evidence" for one control.

use crate::{
    fake::{ADMINS, Answer, USERS, page, user},
    support::Bench,
};
use engine::{
    api::{ApiError, CollectEvidence, Collected, SetParameter},
    collect, parameters, silent,
};
use provider_kit::ErrorClass;

async fn collected(bench: &Bench, control: &str) -> Result<Collected, ApiError> {
    collect::collect(
        &bench.app,
        CollectEvidence {
            control_id: control.to_owned(),
        },
        &silent(),
    )
    .await
}

#[tokio::test]
async fn exactly_what_the_checks_of_the_control_declare_is_asked() {
    let bench = Bench::connected().await;
    for (control, requirement, asked) in [
        ("3.5.3", "3.5.3", vec!["fake.admins", "fake.users"]),
        ("IA.L2-3.5.3", "3.5.3", vec!["fake.admins", "fake.users"]),
        ("IA.3.083", "3.5.3", vec!["fake.admins", "fake.users"]),
        ("3.3.1", "3.3.1", vec!["fake.logs"]),
        // The users support 3.1.1 by themselves, but no check of it reads them.
        ("AC.1.001", "3.1.1", vec!["fake.settings"]),
        ("3.8.1", "3.8.1", vec![]),
    ] {
        let answer = collected(&bench, control).await.unwrap();
        assert_eq!(answer.requirement, requirement);
        assert_eq!(bench.fake.asked(), asked, "{control}");
        assert_eq!(answer.runs.len(), usize::from(!asked.is_empty()));
    }
    assert!(bench.verify().await.ok);
}

#[tokio::test]
async fn the_answer_says_what_it_rests_on() {
    let bench = Bench::connected().await;
    let answer = collected(&bench, "3.5.3").await.unwrap();
    assert_eq!(
        (
            answer.compliance_status.as_str(),
            answer.evidence_count,
            answer.findings.len()
        ),
        ("compliant", 2, 2)
    );
    assert!(answer.confidence.value > 0.0 && answer.confidence.value < 1.0);
    assert!(!answer.confidence.reasons.is_empty());
    assert_eq!(answer.legacy_rule, None);
    bench.fake.answer(
        USERS.id,
        Answer::Pages(vec![page(&[user("ada", true), user("dan", false)])]),
    );
    assert_eq!(
        collected(&bench, "3.5.3").await.unwrap().compliance_status,
        "non_compliant"
    );
    bench.fake.mend();
    bench
        .fake
        .answer(ADMINS.id, Answer::Refused(ErrorClass::Permission));
    assert_eq!(
        collected(&bench, "3.5.3").await.unwrap().compliance_status,
        "inconclusive"
    );
    let nothing = collected(&bench, "3.8.1").await.unwrap();
    assert_eq!(
        (
            nothing.compliance_status.as_str(),
            nothing.evidence_count,
            nothing.confidence.value
        ),
        ("inconclusive", 0, 0.0)
    );
}

#[tokio::test]
async fn the_old_practice_gets_its_share_and_it_feeds_no_indication() {
    let bench = Bench::connected().await;
    let users: Vec<_> = (0..10)
        .map(|number| user(&format!("u{number}"), number < 8))
        .collect();
    bench
        .fake
        .answer(USERS.id, Answer::Pages(vec![page(&users)]));
    let answer = collected(&bench, "ia.1.076").await.unwrap();
    assert_eq!(answer.requirement, "3.5.1");
    assert_eq!(bench.fake.asked(), ["fake.users"]);
    let rule = answer.legacy_rule.unwrap();
    assert_eq!(
        (rule.registered, rule.eligible, rule.share, rule.threshold),
        (8, 10, Some(0.8), 0.8)
    );
    assert_eq!(
        rule.compliance_status, "non_compliant",
        "80 of 100 is not above 80 %"
    );
    assert_eq!(
        answer.compliance_status, "inconclusive",
        "no check of 3.5.1 said anything"
    );
    let lower = SetParameter {
        key: "fake.threshold".into(),
        value: 79.into(),
        by: "Ada".into(),
        why: "Our contract says so.".into(),
        until: None,
    };
    parameters::set(&bench.app, lower).await.unwrap();
    let rule = collected(&bench, "IA.1.076")
        .await
        .unwrap()
        .legacy_rule
        .unwrap();
    assert_eq!(
        (rule.threshold, rule.compliance_status.as_str()),
        (0.79, "compliant")
    );
    bench
        .fake
        .answer(USERS.id, Answer::Refused(ErrorClass::Licence));
    let rule = collected(&bench, "IA.1.076")
        .await
        .unwrap()
        .legacy_rule
        .unwrap();
    assert_eq!(
        (rule.share, rule.compliance_status.as_str()),
        (None, "inconclusive")
    );
    assert_eq!(
        collected(&bench, "3.5.1").await.unwrap().legacy_rule,
        None,
        "only by the old name"
    );
}

#[tokio::test]
async fn an_unknown_control_is_a_usage_error() {
    let bench = Bench::connected().await;
    for control in ["IA.9.999", "3.99.1", "", "<script>", "IA.L2-3.1.1"] {
        let error = collected(&bench, control).await.err().unwrap();
        assert_eq!(
            (error.class.as_str(), error.field.as_deref()),
            ("usage", Some("controlId")),
            "{control}"
        );
    }
    assert!(bench.fake.asked().is_empty());
}
