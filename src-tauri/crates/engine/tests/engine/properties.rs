//! Whatever comes from a service in whatever order: the record stays whole, and unknown never looks like a pass.

use crate::{
    fake::{ADMINS, Answer, LOGS, SETTINGS, SignIn, USERS, page, user},
    support::Bench,
};
use engine::{
    api::{CollectEvidence, ListFindings, Nothing, SyncIntegration},
    collect, findings, silent, sync,
};
use evidence::Outcome;
use proptest::prelude::*;
use provider_kit::ErrorClass;
use std::time::Duration;

/// What happens to one dataset.
#[derive(Clone, Copy, Debug)]
enum Happening {
    Good,
    Changed,
    Bad,
    Refused,
    Cut,
    Hangs,
}

/// One day.
#[derive(Clone, Debug)]
enum Day {
    Sync([Happening; 4]),
    Collect(&'static str, [Happening; 4]),
    SignInRefused,
    SomebodyElse,
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening::{Bad, Changed, Cut, Good, Hangs, Refused};
    prop_oneof![4 => Just(Good), 2 => Just(Changed), 1 => Just(Bad), 2 => Just(Refused), 2 => Just(Cut), 1 => Just(Hangs)]
}

fn four() -> impl Strategy<Value = [Happening; 4]> {
    [happening(), happening(), happening(), happening()]
}

fn day() -> impl Strategy<Value = Day> {
    prop_oneof![
        5 => four().prop_map(Day::Sync),
        3 => (prop_oneof![Just("3.5.3"), Just("3.1.1"), Just("IA.1.076")], four()).prop_map(|(control, happenings)| Day::Collect(control, happenings)),
        1 => Just(Day::SignInRefused),
        1 => Just(Day::SomebodyElse),
    ]
}

fn answer(dataset: &str, number: usize, happening: Happening) -> Answer {
    let extra = format!("new-{number}");
    let records = |good: bool, changed: bool| {
        let mut records = match dataset {
            "fake.settings" => vec![
                serde_json::json!({"id": "settings", "locked": good, "note": changed.then(|| extra.clone())}),
            ],
            _ => vec![user("ada", good), user("bob", true)],
        };
        if changed && dataset != "fake.settings" {
            records.push(user(&extra, true));
        }
        records
    };
    match happening {
        Happening::Good => Answer::Pages(vec![page(&records(true, false))]),
        Happening::Changed => Answer::Pages(vec![page(&records(true, true))]),
        Happening::Bad => Answer::Pages(vec![page(&records(false, false))]),
        Happening::Refused => Answer::Refused(ErrorClass::Permission),
        Happening::Cut => Answer::Cut(
            vec![page(&records(number.is_multiple_of(2), false))],
            ErrorClass::Network,
        ),
        Happening::Hangs => Answer::Hangs,
    }
}

async fn live(bench: &Bench, number: usize, day: &Day) {
    bench.at(&format!("2026-12-{:02}T10:00:00Z", number + 1));
    bench.fake.mend();
    let (control, happenings) = match day {
        Day::Sync(happenings) => (None, Some(happenings)),
        Day::Collect(control, happenings) => (Some(*control), Some(happenings)),
        Day::SignInRefused => {
            bench
                .fake
                .sign_in_as(SignIn::Refused(ErrorClass::Authentication));
            (None, None)
        }
        Day::SomebodyElse => {
            bench.fake.sign_in_as(SignIn::As("t-2"));
            (None, None)
        }
    };
    let mut hangs = false;
    for (dataset, happening) in [USERS.id, ADMINS.id, SETTINGS.id, LOGS.id]
        .into_iter()
        .zip(happenings.into_iter().flatten())
    {
        bench
            .fake
            .answer(dataset, answer(dataset, number, *happening));
        hangs |= matches!(happening, Happening::Hangs);
    }
    let work = async {
        match control {
            Some(control) => {
                let request = CollectEvidence {
                    control_id: control.to_owned(),
                };
                collect::collect(&bench.app, request, &silent())
                    .await
                    .map(drop)
            }
            None => sync::sync(&bench.app, SyncIntegration { ids: Vec::new() }, &silent())
                .await
                .map(drop),
        }
    };
    let stop = async {
        if hangs {
            tokio::time::sleep(Duration::from_millis(30)).await;
            engine::commands::cancel_work(&bench.app, Nothing {})
                .await
                .unwrap();
        }
    };
    let (done, ()) = tokio::join!(work, stop);
    done.unwrap();
}

async fn promises(bench: &Bench) -> Result<(), TestCaseError> {
    let stored = bench.findings().await;
    let open = bench.app.opened().unwrap();
    let mut reader = open.store.read().await.unwrap();
    for finding in &stored {
        let check = bench
            .app_checks()
            .iter()
            .find(|check| check.id == finding.check)
            .unwrap();
        for dataset in check.datasets {
            let status = store::datasets::get(&mut reader, finding.integration_id, dataset)
                .await
                .unwrap();
            let whole = status.is_some_and(|status| status.attempt.complete());
            prop_assert!(
                whole || !matches!(finding.outcome, Outcome::Pass | Outcome::NotApplicable),
                "{} passes without {dataset}",
                finding.check
            );
        }
        prop_assert_eq!(
            finding.reason.is_some(),
            finding.outcome == Outcome::Unknown
        );
        prop_assert!(finding.last_known.is_none() || finding.outcome == Outcome::Unknown);
    }
    drop(reader);
    let again = findings::list(
        &bench.app,
        ListFindings {
            reevaluate: true,
            ..Default::default()
        },
    )
    .await
    .unwrap();
    prop_assert_eq!(
        serde_json::to_string(&again.findings).unwrap(),
        serde_json::to_string(&stored).unwrap()
    );
    let verified = bench.verify().await;
    prop_assert!(verified.ok, "{:?}", verified.problems);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sequence_of_days_breaks_a_promise(days in prop::collection::vec(day(), 1..7)) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async {
            let bench = Bench::connected().await;
            for (number, day) in days.iter().enumerate() {
                live(&bench, number, day).await;
                promises(&bench).await?;
            }
            Ok::<(), TestCaseError>(())
        })?;
    }
}
