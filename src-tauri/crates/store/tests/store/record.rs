//! The chain: what may enter it and what it keeps.

use crate::support::*;
use catalog::Determination;
use evidence::{Digest, GENESIS, Review};
use store::{Event, blobs, chain, determinations, integrations, snapshots, verify};

#[tokio::test]
async fn entries_keep_their_exact_bytes_and_name_the_one_before() {
    let (_dir, store) = filled().await;
    let mut reader = store.read().await.unwrap();
    let head = chain::head(&mut reader).await.unwrap();
    let entries = chain::entries(&mut reader, 1, 1000).await.unwrap();
    assert_eq!(entries.len() as u64, head.seq);
    let mut before = (0, GENESIS);
    for stored in &entries {
        let entry = evidence::verify_links(before, &stored.bytes, stored.digest).unwrap();
        assert_eq!(entry, stored.entry().unwrap());
        assert_eq!(stored.event().unwrap().1.kind(), entry.kind);
        before = (entry.seq, stored.digest);
    }
    assert_eq!(before, (head.seq, head.digest));
    let later = chain::entries(&mut reader, 3, 2).await.unwrap();
    assert_eq!(later, entries[2..4]);
}

#[tokio::test]
async fn nobody_and_no_reason_decide_nothing() {
    let (_dir, store) = filled().await;
    let nobody = |event: Event| match event {
        Event::DeterminationMade {
            objective,
            determination,
            partial,
            why,
            ..
        } => Event::DeterminationMade {
            objective,
            determination,
            partial,
            why,
            by: "  ".to_owned(),
        },
        Event::EvidenceReviewed {
            evidence_id,
            revision,
            review,
            why,
            ..
        } => Event::EvidenceReviewed {
            evidence_id,
            revision,
            review,
            why,
            by: String::new(),
        },
        other => other,
    };
    let unexplained = |determination| Event::DeterminationMade {
        objective: "3.5.3[b]".parse().unwrap(),
        determination,
        partial: false,
        by: "Pat Doe".to_owned(),
        why: Some(" ".to_owned()),
    };
    for (event, what) in [
        (
            nobody(determined("3.5.3[b]", Determination::NotMet)),
            "no name",
        ),
        (nobody(reviewed(1, 1, Review::Approved, None)), "no name"),
        (
            reviewed(1, 1, Review::Rejected, None),
            "a rejection without a reason",
        ),
        (unexplained(Determination::Met), "met without a reason"),
        (
            unexplained(Determination::NotApplicable),
            "not applicable without a reason",
        ),
        (
            determined("3.12.4[a]", Determination::NotApplicable),
            "the plan always applies",
        ),
        (reviewed(9, 1, Review::Approved, None), "no such revision"),
        (revised(4, 2, 1, Digest::of(b"x")), "revision 3 comes first"),
        (finished(1, 1, store::RunState::Done, None), "it has ended"),
        (
            Event::CompanyCreated {
                company_id: company(),
                profile: profile(),
            },
            "there is one",
        ),
        (
            Event::IntegrationRemoved {
                integration_id: integration(9),
            },
            "no such connection",
        ),
    ] {
        let mut tx = store.begin().await.unwrap();
        let refused = chain::record(&mut tx, at(9), &event).await.expect_err(what);
        assert_eq!(refused.code(), "refused", "{what}");
    }
    let mut tx = store.begin().await.unwrap();
    say(&mut tx, 9, &unexplained(Determination::NotMet)).await;
    let decided = determinations::current(&mut tx).await.unwrap();
    assert_eq!(
        decided[0].determination,
        Determination::NotMet,
        "not met needs no reason"
    );
}

#[tokio::test]
async fn equal_content_is_kept_once() {
    let (_dir, store) = filled().await;
    let count = async || {
        let row: (i64, i64) =
            sqlx::query_as("SELECT (SELECT count(*) FROM blobs), (SELECT count(*) FROM snapshots)")
                .fetch_one(&mut *store.read().await.unwrap())
                .await
                .unwrap();
        row
    };
    let before = count().await;
    let mut tx = store.begin().await.unwrap();
    let again = snapshots::put(&mut tx, &snapshot(&PAGES), &PAGES)
        .await
        .unwrap();
    let twice: [&[u8]; 2] = [PAGES[0], PAGES[0]];
    snapshots::put(&mut tx, &snapshot(&twice), &twice)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        count().await,
        (before.0, before.1 + 1),
        "a new snapshot of pages that were there"
    );
    let mut reader = store.read().await.unwrap();
    assert!(snapshots::exists(&mut reader, again).await.unwrap());
    assert!(
        !snapshots::exists(&mut reader, Digest::of(b"never"))
            .await
            .unwrap()
    );
    assert_eq!(
        snapshots::get(&mut reader, again).await.unwrap(),
        snapshot(&PAGES)
    );
    let pages = snapshots::pages(&mut reader, again).await.unwrap();
    assert_eq!(
        pages
            .iter()
            .map(|page| page.bytes().unwrap())
            .collect::<Vec<_>>(),
        PAGES
    );
}

#[tokio::test]
async fn pages_that_are_not_the_snapshot_s_are_refused() {
    let (_dir, store) = filled().await;
    let mut tx = store.begin().await.unwrap();
    let other: [&[u8]; 2] = [PAGES[0], b"{\"value\":{}}"];
    for pages in [&other[..], &other[..1], &[]] {
        let refused = snapshots::put(&mut tx, &snapshot(&PAGES), pages)
            .await
            .unwrap_err();
        assert_eq!(refused.code(), "refused");
    }
}

#[tokio::test]
async fn a_purged_page_is_gone_for_good_and_the_vault_says_so() {
    let (_dir, store) = filled().await;
    let mut tx = store.begin().await.unwrap();
    let purge = Event::PayloadPurged {
        payload: Digest::of(PAGES[0]),
        by: "Pat Doe".to_owned(),
        why: "A spill of CUI.".to_owned(),
    };
    say(&mut tx, 9, &purge).await;
    let id = snapshots::put(&mut tx, &snapshot(&PAGES), &PAGES)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let mut reader = store.read().await.unwrap();
    let page = blobs::get(&mut reader, Digest::of(PAGES[0])).await.unwrap();
    assert_eq!(
        (page.length, page.compressed.as_ref()),
        (PAGES[0].len() as u64, None),
        "putting it again kept nothing"
    );
    assert_eq!(
        snapshots::pages(&mut reader, id).await.unwrap()[0]
            .bytes()
            .unwrap_err()
            .code(),
        "missing"
    );
    let report = verify::verify(&store, None).await.unwrap();
    assert!(report.ok, "{report:?}");
    drop(reader);
    let mut tx = store.begin().await.unwrap();
    let unknown = Event::PayloadPurged {
        payload: Digest::of(b"never"),
        by: "P".to_owned(),
        why: "w".to_owned(),
    };
    assert_eq!(
        chain::record(&mut tx, at(9), &unknown)
            .await
            .unwrap_err()
            .code(),
        "missing"
    );
}

#[tokio::test]
async fn removing_a_connection_destroys_its_credentials_and_keeps_its_evidence() {
    let (_dir, store) = filled().await;
    record(
        &store,
        &[Event::IntegrationRemoved {
            integration_id: integration(1),
        }],
    )
    .await;
    let mut tx = store.begin().await.unwrap();
    assert_eq!(
        integrations::credentials(&mut tx, integration(1))
            .await
            .unwrap(),
        None
    );
    let late = integrations::set_credentials(&mut tx, integration(1), b"x")
        .await
        .unwrap_err();
    assert_eq!(late.code(), "missing");
    assert_eq!(integrations::list(&mut tx, false).await.unwrap().len(), 1);
    assert_eq!(integrations::list(&mut tx, true).await.unwrap().len(), 2);
    assert_eq!(
        store::evidence_items::revisions(&mut tx, item(1))
            .await
            .unwrap()
            .len(),
        2
    );
    drop(tx);
    assert!(verify::verify(&store, None).await.unwrap().ok);
}
