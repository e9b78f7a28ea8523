//! What stays, and what becomes unknown, when a service refuses, breaks off or answers wrongly.

use crate::{
    fake::{
        ADMINS, ADMINS_HAVE_MFA, Answer, EVERYBODY_HAS_MFA, LOGS, NOTHING_ODD_LOGGED, SETTINGS,
        SETTINGS_LOCKED, SignIn, USERS, page, user,
    },
    support::Bench,
};
use engine::{
    api::{GetStatus, RunReport},
    connect, status,
};
use evidence::{Finding, Outcome, UnknownCode};
use provider_kit::ErrorClass;

fn states(run: &RunReport) -> Vec<(&str, &str)> {
    run.datasets
        .iter()
        .map(|dataset| (dataset.id.as_str(), dataset.state.as_str()))
        .collect()
}

fn reason(finding: &Finding) -> UnknownCode {
    finding.reason.as_ref().unwrap().code
}

#[tokio::test]
async fn one_refused_dataset_takes_nothing_from_the_others() {
    let bench = Bench::synced().await;
    bench.at("2026-11-24T14:00:00Z");
    bench
        .fake
        .answer(ADMINS.id, Answer::Refused(ErrorClass::Permission));
    let run = bench.sync().await;
    assert_eq!(run.state, "partial");
    assert_eq!(states(&run)[1], ("fake.admins", "failed"));
    assert_eq!(
        run.datasets[1].reason.as_ref().unwrap().code,
        "permission_missing"
    );
    assert_eq!(states(&run)[0].1, "current");
    assert!(run.datasets[0].unchanged);
    let finding = bench.finding(ADMINS_HAVE_MFA.id).await;
    assert_eq!(
        (finding.outcome, reason(&finding)),
        (Outcome::Unknown, UnknownCode::PermissionMissing)
    );
    let known = finding.last_known.unwrap();
    assert_eq!(
        (known.outcome, known.collected_at.to_string().as_str()),
        (Outcome::Pass, "2026-11-23T14:00:00Z")
    );
    assert_eq!(
        bench.finding(EVERYBODY_HAS_MFA.id).await.outcome,
        Outcome::Pass
    );
    let item = bench.item("fake.admins").await;
    assert_eq!((item.revision, item.state.as_str()), (1, "failed"));
    // It stays known however long it goes on failing.
    bench.at("2026-11-25T14:00:00Z");
    bench.sync().await;
    assert_eq!(
        bench
            .finding(ADMINS_HAVE_MFA.id)
            .await
            .last_known
            .unwrap()
            .outcome,
        Outcome::Pass
    );
    bench.fake.mend();
    bench.sync().await;
    let finding = bench.finding(ADMINS_HAVE_MFA.id).await;
    assert_eq!((finding.outcome, finding.last_known), (Outcome::Pass, None));
    assert!(bench.verify().await.ok);
}

#[tokio::test]
async fn a_refused_sign_in_makes_everything_unknown_and_keeps_the_evidence() {
    for (sign_in, code) in [
        (
            SignIn::Refused(ErrorClass::Authentication),
            UnknownCode::SignInRefused,
        ),
        (SignIn::Refused(ErrorClass::Network), UnknownCode::Offline),
        (
            SignIn::Refused(ErrorClass::OurBug),
            UnknownCode::ServiceError,
        ),
        (SignIn::As("t-2"), UnknownCode::IdentityMismatch),
    ] {
        let bench = Bench::synced().await;
        bench.fake.sign_in_as(sign_in);
        let run = bench.sync().await;
        assert_eq!(run.state, "failed");
        assert!(run.error.is_some());
        assert!(bench.fake.asked().is_empty(), "nothing was asked");
        for finding in bench.findings().await {
            assert_eq!(
                (finding.outcome, reason(&finding)),
                (Outcome::Unknown, code)
            );
            let known = finding.last_known.map(|known| known.outcome);
            assert_eq!(
                known,
                (finding.check != NOTHING_ODD_LOGGED.id).then_some(Outcome::Pass)
            );
        }
        let item = bench.item("fake.users").await;
        assert_eq!(
            (item.revision, item.state.as_str(), item.rows),
            (1, "failed", 3)
        );
        let status = status::get(
            &bench.app,
            GetStatus {
                control_id: Some("3.5.3".into()),
            },
        )
        .await
        .unwrap();
        assert_eq!(status.requirements[0].indication, "inconclusive");
        assert_eq!(status.requirements[0].collection_state, "failed");
        assert!(bench.verify().await.ok);
    }
}

#[tokio::test]
async fn every_dataset_refused_is_a_failed_run_that_says_why() {
    let bench = Bench::connected().await;
    for dataset in [USERS.id, ADMINS.id, SETTINGS.id, LOGS.id] {
        bench
            .fake
            .answer(dataset, Answer::Refused(ErrorClass::Permission));
    }
    assert_eq!(bench.sync().await.state, "failed");
    let listed = connect::list(&bench.app, engine::api::ListIntegrations::default())
        .await
        .unwrap()
        .integrations
        .remove(0);
    assert_eq!(listed.status, "error");
    assert!(listed.error_message.unwrap().contains("Permission"));
}

#[tokio::test]
async fn a_gap_that_stays_does_not_freeze_the_evidence_and_still_never_passes() {
    let bench = Bench::synced().await;
    let gap = |mfa| {
        Answer::Gap(
            vec![page(&[user("ada", mfa)])],
            UnknownCode::PermissionMissing,
        )
    };
    bench.fake.answer(USERS.id, gap(true));
    bench.sync().await;
    assert_eq!(bench.item("fake.users").await.revision, 1, "the gap is new");
    bench.at("2026-11-24T09:30:00Z");
    bench.sync().await;
    let item = bench.item("fake.users").await;
    assert_eq!(item.revision, 2, "it was there before");
    bench.at("2026-11-25T09:30:00Z");
    bench.sync().await;
    let again = bench.item("fake.users").await;
    assert_eq!(again.revision, 2);
    assert!(again.confirmed_at > item.confirmed_at, "seen once more");
    assert_eq!(again.state, "partial");
    let finding = bench.finding(EVERYBODY_HAS_MFA.id).await;
    assert_eq!(finding.outcome, Outcome::Unknown);
}

#[tokio::test]
async fn half_of_it_shows_failures_and_never_a_pass() {
    let bench = Bench::synced().await;
    bench.fake.answer(
        USERS.id,
        Answer::Cut(vec![page(&[user("ada", true)])], ErrorClass::Network),
    );
    let run = bench.sync().await;
    assert_eq!(
        (run.state.as_str(), states(&run)[0].1),
        ("partial", "partial")
    );
    let finding = bench.finding(EVERYBODY_HAS_MFA.id).await;
    assert_eq!(
        (
            finding.outcome,
            reason(&finding),
            finding.population.complete
        ),
        (Outcome::Unknown, UnknownCode::Offline, false)
    );
    assert_eq!(
        bench.item("fake.users").await.revision,
        1,
        "a cut answer does not look like a changed company"
    );
    bench.fake.answer(
        USERS.id,
        Answer::Cut(vec![page(&[user("ada", false)])], ErrorClass::Network),
    );
    bench.sync().await;
    let finding = bench.finding(EVERYBODY_HAS_MFA.id).await;
    assert_eq!(
        (
            finding.outcome,
            finding.population.complete,
            finding.population.total
        ),
        (Outcome::Fail, false, None)
    );
    assert_eq!(bench.item("fake.users").await.state, "partial");
    // A part that was refused, by a session that read the rest, is no different.
    bench.fake.answer(
        USERS.id,
        Answer::Gap(
            vec![page(&[user("ada", true)])],
            UnknownCode::PermissionMissing,
        ),
    );
    bench.sync().await;
    let finding = bench.finding(EVERYBODY_HAS_MFA.id).await;
    assert_eq!(
        (finding.outcome, reason(&finding)),
        (Outcome::Unknown, UnknownCode::PermissionMissing)
    );
    assert_eq!(bench.item("fake.users").await.revision, 1);
    // The same records, but not to the end: nothing confirms that this is all.
    let confirmed = bench.item("fake.users").await.confirmed_at;
    bench.at("2026-11-24T09:30:00Z");
    let all = vec![page(&[
        user("ada", true),
        user("bob", true),
        user("cy", true),
    ])];
    bench
        .fake
        .answer(USERS.id, Answer::Cut(all, ErrorClass::Network));
    bench.sync().await;
    assert_eq!(bench.item("fake.users").await.confirmed_at, confirmed);
    assert!(bench.verify().await.ok);
}

#[tokio::test]
async fn a_malformed_answer_is_unknown() {
    let bench = Bench::synced().await;
    bench.fake.answer(
        SETTINGS.id,
        Answer::Pages(vec![serde_json::json!({"value": 3})]),
    );
    bench.sync().await;
    let finding = bench.finding(SETTINGS_LOCKED.id).await;
    assert_eq!(
        (finding.outcome, reason(&finding)),
        (Outcome::Unknown, UnknownCode::MalformedAnswer)
    );
}

#[tokio::test]
async fn age_makes_data_stale_and_leaves_the_finding() {
    let bench = Bench::synced().await;
    let indication = async || {
        let status = status::get(
            &bench.app,
            GetStatus {
                control_id: Some("3.5.3".into()),
            },
        )
        .await
        .unwrap();
        let status = &status.requirements[0];
        (status.indication.clone(), status.collection_state.clone())
    };
    assert_eq!(
        indication().await,
        ("compliant".to_owned(), "current".to_owned())
    );
    bench.at("2026-11-26T14:00:01Z");
    assert_eq!(
        indication().await,
        ("inconclusive".to_owned(), "stale".to_owned())
    );
    assert_eq!(
        bench.finding(EVERYBODY_HAS_MFA.id).await.outcome,
        Outcome::Pass
    );
}
