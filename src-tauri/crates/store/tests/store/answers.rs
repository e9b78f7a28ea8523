//! Answers kept for confirmation: whose they are, how old they may be, and that they are no evidence.

use crate::support::{at, filled, integration};
use evidence::{Digest, PageRequest};
use store::{
    kept_answers::{self, KeptAnswer},
    verify,
};

fn answer(query: &str, minute: i64) -> KeptAnswer {
    KeptAnswer {
        request: PageRequest {
            method: "GET".to_owned(),
            host: "api.example".to_owned(),
            path: "/repos".to_owned(),
            query: query.to_owned(),
        },
        etag: format!("W/\"{query}\""),
        next: Some(format!("https://api.example/repos?{query}")),
        status: 200,
        page: Digest::of(query.as_bytes()),
        sent_at: at(minute),
    }
}

#[tokio::test]
async fn they_are_found_by_connection_dataset_version_and_age() {
    let (_dir, store) = filled().await;
    let of = integration(1);
    let mut tx = store.begin().await.unwrap();
    let both = [answer("page=1", 0), answer("page=2", 5)];
    kept_answers::put(&mut tx, of, "x.repos", "1.0", &both, true)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let list = async |of, dataset: &str, version: &str, minute| {
        let mut reader = store.read().await.unwrap();
        kept_answers::list(&mut reader, of, dataset, version, at(minute))
            .await
            .unwrap()
    };
    assert_eq!(list(of, "x.repos", "1.0", 0).await, both);
    assert_eq!(list(of, "x.repos", "1.0", 1).await, both[1..]);
    assert_eq!(list(of, "x.repos", "1.1", 0).await, []);
    assert_eq!(list(of, "x.other", "1.0", 0).await, []);
    assert_eq!(list(integration(2), "x.repos", "1.0", 0).await, []);

    // Some of it came new: the others stay. All of it came: others are forgotten.
    let mut tx = store.begin().await.unwrap();
    let newer = [answer("page=1", 9)];
    kept_answers::put(&mut tx, of, "x.repos", "1.0", &newer, false)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        list(of, "x.repos", "1.0", 0).await,
        [newer[0].clone(), both[1].clone()]
    );
    let mut tx = store.begin().await.unwrap();
    kept_answers::put(&mut tx, of, "x.repos", "1.0", &newer, true)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(list(of, "x.repos", "1.0", 0).await, newer);

    // Too old to be confirmed, or of credentials that were replaced.
    let mut tx = store.begin().await.unwrap();
    kept_answers::forget_before(&mut tx, at(9)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(list(of, "x.repos", "1.0", 0).await, newer);
    for forgotten in [true, false] {
        let mut tx = store.begin().await.unwrap();
        kept_answers::put(&mut tx, of, "x.repos", "1.0", &newer, true)
            .await
            .unwrap();
        if forgotten {
            kept_answers::forget_before(&mut tx, at(10)).await.unwrap();
        } else {
            kept_answers::forget(&mut tx, integration(2)).await.unwrap();
            kept_answers::forget(&mut tx, of).await.unwrap();
        }
        tx.commit().await.unwrap();
        assert_eq!(list(of, "x.repos", "1.0", 0).await, []);
    }
    assert!(verify::verify(&store, None).await.unwrap().ok);
}
