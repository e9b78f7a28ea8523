//! What is shown speaks of what is stored now, whoever looks and whatever was recorded before.

use crate::{
    fake::{ADMINS, ADMINS_HAVE_MFA, Answer, EVERYBODY_HAS_MFA, LOGS, USERS, page, user},
    support::Bench,
};
use engine::{
    api::{
        ConfirmRecovery, GetStatus, ListFindings, Nothing, RecoveryGroup, RenewRecoveryKey,
        SetParameter, SyncIntegration, UnlockWith,
    },
    commands, companies, findings, parameters, recovery, schedule, silent, status, sync,
};
use evidence::Outcome;
use serde_json::json;
use store::{Access, Event};

/// Opens the same vault in another program that only reads, while `bench` may hold it.
async fn reader(bench: &Bench) -> Bench {
    let id = bench.id().parse().unwrap();
    let other = bench.another();
    companies::open(&other.app, id, UnlockWith::KeyStore, Access::ReadOnly)
        .await
        .unwrap();
    other
}

#[tokio::test]
async fn a_pass_that_newer_stored_data_contradicts_is_not_shown_even_to_a_reader() {
    let bench = Bench::synced().await;
    assert_eq!(
        bench.finding(ADMINS_HAVE_MFA.id).await.outcome,
        Outcome::Pass
    );
    // Somebody nobody knows is an administrator from now on; the users are not read before the process is killed.
    bench.fake.answer(
        ADMINS.id,
        Answer::Pages(vec![page(&[json!({"id": "nobody-we-read"})])]),
    );
    bench.fake.answer(USERS.id, Answer::Hangs);
    let before = bench.events().await.len();
    let app = bench.app.clone();
    let running = tokio::spawn(async move {
        sync::sync(&app, SyncIntegration { ids: Vec::new() }, &silent()).await
    });
    loop {
        let new = bench.events().await.split_off(before);
        let kept = |event: &Event| matches!(event, Event::DatasetCollected { dataset, .. } if dataset == ADMINS.id);
        if new.iter().any(kept) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    running.abort();
    let _ = running.await;
    let id = bench.id();
    let other = bench.another();
    drop(bench.app);
    companies::open(
        &other.app,
        id.parse().unwrap(),
        UnlockWith::KeyStore,
        Access::ReadOnly,
    )
    .await
    .unwrap();
    assert_ne!(
        other.finding(ADMINS_HAVE_MFA.id).await.outcome,
        Outcome::Pass
    );
    let passing = ListFindings {
        outcome: Some("pass".into()),
        ..Default::default()
    };
    let passing = findings::list(&other.app, passing).await.unwrap().findings;
    assert!(
        passing
            .iter()
            .all(|finding| finding.check != ADMINS_HAVE_MFA.id),
        "no filter brings it back"
    );
    let status = status::get(
        &other.app,
        GetStatus {
            control_id: Some("3.5.3".into()),
        },
    )
    .await
    .unwrap();
    assert_ne!(status.requirements[0].indication, "compliant");
}

#[tokio::test]
async fn an_exemption_that_ran_out_stops_counting_for_a_reader_too() {
    let bench = Bench::connected().await;
    bench.fake.answer(
        USERS.id,
        Answer::Pages(vec![page(&[user("ada", true), user("dan", false)])]),
    );
    bench.sync().await;
    let exempt = SetParameter {
        key: "fake.exempt".into(),
        value: json!(["dan"]),
        by: "Ada".into(),
        why: "In the safe.".into(),
        until: Some("2026-11-24T00:00:00Z".into()),
    };
    parameters::set(&bench.app, exempt).await.unwrap();
    let looking = reader(&bench).await;
    assert_eq!(
        looking.finding(EVERYBODY_HAS_MFA.id).await.outcome,
        Outcome::Pass
    );
    looking.at("2026-11-24T00:00:01Z");
    assert_eq!(
        looking.finding(EVERYBODY_HAS_MFA.id).await.outcome,
        Outcome::Fail
    );
}

#[tokio::test]
async fn an_unchanged_history_is_shown_as_it_was_recorded() {
    let bench = Bench::synced().await;
    let before = serde_json::to_string(&bench.findings().await).unwrap();
    bench.sync().await;
    assert_eq!(
        reader(&bench).await.findings().await.len(),
        bench.findings().await.len()
    );
    let after = bench.findings().await;
    assert_eq!(
        serde_json::from_str::<Vec<evidence::Finding>>(&before)
            .unwrap()
            .len(),
        after.len()
    );
}

#[tokio::test]
async fn evidence_that_could_not_be_read_again_is_not_counted_as_current() {
    let bench = Bench::synced().await;
    let count = async || {
        let request = GetStatus {
            control_id: Some("3.5.3".into()),
        };
        status::get(&bench.app, request).await.unwrap().requirements[0].evidence_count
    };
    let all = count().await;
    bench.fake.answer(
        USERS.id,
        Answer::Refused(provider_kit::ErrorClass::Permission),
    );
    bench.sync().await;
    assert_eq!(count().await, all - 1);
    assert_eq!(
        bench.item(USERS.id).await.revision,
        1,
        "it is kept all the same"
    );
}

#[tokio::test]
async fn a_due_run_that_the_program_was_told_to_end_stays_due_and_one_a_person_stops_does_not() {
    for (person, due_again) in [(false, true), (true, false)] {
        let bench = Bench::connected().await;
        bench.at("2026-11-24T09:00:00Z");
        bench.fake.answer(LOGS.id, Answer::Hangs);
        let app = bench.app.clone();
        let running =
            tokio::spawn(async move { schedule::run_due(&app, Nothing {}, &silent()).await });
        while !bench.fake.asked().contains(&LOGS.id) {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        if person {
            commands::cancel_work(&bench.app, Nothing {}).await.unwrap();
        } else {
            bench.app.company().unwrap().stop_work();
        }
        running.await.unwrap().unwrap();
        bench.fake.mend();
        let again = schedule::run_due(&bench.app, Nothing {}, &silent())
            .await
            .unwrap();
        assert_eq!(
            again.due.is_some(),
            due_again,
            "stopped by a person: {person}"
        );
    }
}

#[tokio::test]
async fn a_recovery_key_that_nobody_showed_back_is_asked_about_until_a_new_one_is() {
    let bench = Bench::company().await;
    let id = bench.id();
    let warned = async |bench: &Bench| {
        let state = companies::app_state(&bench.app, Nothing {}).await.unwrap();
        state
            .company
            .unwrap()
            .warnings
            .iter()
            .any(|warning| warning.contains("recovery key"))
    };
    assert!(!warned(&bench).await, "it is being shown right now");
    bench.lock().await;
    bench.unlock(&id, UnlockWith::KeyStore).await.unwrap();
    assert!(warned(&bench).await);
    let wrong = RenewRecoveryKey {
        with: UnlockWith::Passphrase {
            passphrase: "not the way it opens".into(),
        },
    };
    assert_eq!(
        recovery::renew(&bench.app, wrong)
            .await
            .err()
            .unwrap()
            .class,
        "vault"
    );
    let key = recovery::renew(
        &bench.app,
        RenewRecoveryKey {
            with: UnlockWith::KeyStore,
        },
    )
    .await
    .unwrap()
    .recovery_key;
    assert_eq!(key.len(), 8);
    let group = |place: u8| RecoveryGroup {
        place,
        text: key[usize::from(place)].clone(),
    };
    let shown = ConfirmRecovery {
        groups: vec![group(2), group(7)],
    };
    assert!(
        recovery::confirm(&bench.app, shown)
            .await
            .unwrap()
            .wrong
            .is_empty()
    );
    bench.lock().await;
    bench
        .unlock(&id, UnlockWith::Recovery { key: key.join("-") })
        .await
        .unwrap();
    assert!(!warned(&bench).await);
}
