//! Answers that the service confirms instead of sending them again.

use crate::{
    fake::{Answer, EVERYBODY_HAS_MFA, USERS, page, user},
    support::Bench,
};
use evidence::{Digest, Outcome};
use store::Event;

/// What the newest run recorded of the users: the snapshot, its pages, and how many of them were confirmed.
async fn newest(bench: &Bench) -> (Digest, u64, u64) {
    let events = bench.events().await;
    events
        .iter()
        .rev()
        .find_map(|event| match event {
            Event::DatasetCollected {
                dataset,
                snapshot,
                pages,
                confirmed,
                ..
            } if dataset == USERS.id => Some((*snapshot, *pages, *confirmed)),
            _ => None,
        })
        .unwrap()
}

fn users(tags: [&'static str; 2], second: bool) -> Answer {
    Answer::Tagged(vec![
        (tags[0], page(&[user("u-1", true)])),
        (tags[1], page(&[user("u-2", second)])),
    ])
}

async fn tagged() -> Bench {
    let bench = Bench::connected().await;
    bench.fake.answer(USERS.id, users(["a", "b"], true));
    bench.sync().await;
    bench
}

#[tokio::test]
async fn what_is_confirmed_is_the_same_snapshot_at_a_new_time() {
    let bench = tagged().await;
    let first = newest(&bench).await;
    assert_eq!((first.1, first.2), (2, 0));
    bench.at("2026-11-24T14:00:00Z");
    // Were the bodies taken from this answer, somebody would be without MFA.
    bench.fake.answer(USERS.id, users(["a", "b"], false));
    let run = bench.sync().await;
    assert!(run.datasets[0].unchanged);
    assert_eq!((run.datasets[0].pages, run.datasets[0].confirmed), (2, 2));
    assert_eq!(newest(&bench).await, (first.0, 2, 2));
    let finding = bench.finding(EVERYBODY_HAS_MFA.id).await;
    assert_eq!(finding.outcome, Outcome::Pass);
    assert_eq!(finding.collected_at.to_string(), "2026-11-24T14:00:00Z");
    assert!(bench.verify().await.ok);
}

#[tokio::test]
async fn a_page_with_a_new_tag_is_read_and_judged_beside_a_confirmed_one() {
    let bench = tagged().await;
    bench.fake.answer(USERS.id, users(["a", "c"], false));
    bench.sync().await;
    let (_, pages, confirmed) = newest(&bench).await;
    assert_eq!((pages, confirmed), (2, 1));
    let finding = bench.finding(EVERYBODY_HAS_MFA.id).await;
    assert_eq!(finding.outcome, Outcome::Fail);
}

#[tokio::test]
async fn once_a_week_everything_is_sent_whole() {
    let bench = tagged().await;
    for (moment, confirmed) in [
        ("2026-11-26T14:00:00Z", 2),
        ("2026-11-29T14:00:00Z", 2),
        // Six days and a second after it was last sent, however often it was confirmed meanwhile.
        ("2026-11-29T14:00:01Z", 0),
        ("2026-12-01T14:00:00Z", 2),
    ] {
        bench.at(moment);
        bench.sync().await;
        assert_eq!(newest(&bench).await.2, confirmed, "{moment}");
    }
}

#[tokio::test]
async fn a_clock_that_was_set_back_confirms_nothing() {
    let bench = tagged().await;
    bench.at("2026-11-22T14:00:00Z");
    bench.sync().await;
    assert_eq!(newest(&bench).await.2, 0);
}

#[tokio::test]
async fn another_connection_to_the_same_service_shares_no_answers() {
    let bench = tagged().await;
    bench.connect("second").await.unwrap();
    let request = engine::api::SyncIntegration {
        ids: vec!["second".to_owned()],
    };
    engine::sync::sync(&bench.app, request, &engine::silent())
        .await
        .unwrap();
    assert_eq!(newest(&bench).await.2, 0);
}
