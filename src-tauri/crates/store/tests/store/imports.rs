//! Imported files of other tools: items, revisions, what they say, and how tampering with them shows.

use crate::support::*;
use evidence::{Digest, Outcome, Review};
use store::{
    Access, Event, Store,
    blobs::{self, Prepared},
    chain, imports, verify,
};

#[tokio::test]
async fn a_newer_file_is_a_revision_and_what_the_older_one_said_is_kept() {
    let (_dir, store) = filled().await;
    let mut reader = store.read().await.unwrap();
    let items = imports::list(&mut reader).await.unwrap();
    assert_eq!(items.len(), 1);
    let newest = &items[0].newest;
    assert_eq!((newest.revision, newest.by.as_str()), (2, "Pat Doe"));
    assert_eq!(newest.file.sha256, Digest::of(IMPORTED[1]));
    assert_eq!(
        (newest.review, newest.reviewed_by.as_deref()),
        (Review::Approved, Some("Pat Doe"))
    );
    let revisions = imports::revisions(&mut reader, item(9)).await.unwrap();
    assert_eq!(
        revisions
            .iter()
            .map(|one| (one.revision, one.review))
            .collect::<Vec<_>>(),
        [(2, Review::Approved), (1, Review::ToReview)]
    );
    let now = imports::findings(&mut reader, None, false).await.unwrap();
    assert_eq!(now.len(), 1);
    assert_eq!(
        now[0].finding.imported.as_ref().unwrap().sha256,
        Digest::of(IMPORTED[1])
    );
    let all = imports::findings(&mut reader, Some(item(9)), true)
        .await
        .unwrap();
    assert_eq!(
        all.iter().map(|one| one.current).collect::<Vec<_>>(),
        [false, true]
    );
    assert_eq!(
        imports::imported(&mut reader, Digest::of(IMPORTED[0]))
            .await
            .unwrap(),
        Some((item(9), 1))
    );
    let of = imports::of(&mut reader, "prowler", "aws", "123456789012")
        .await
        .unwrap();
    assert_eq!(of.unwrap().id, item(9));
    assert_eq!(
        imports::of(&mut reader, "prowler", "aws", "1")
            .await
            .unwrap(),
        None
    );
    assert_eq!(imports::get(&mut reader, item(1)).await.unwrap(), None);
    // The product's own findings are not touched.
    let own = store::findings::list(&mut reader, &Default::default())
        .await
        .unwrap();
    assert!(own.iter().all(|one| one.finding.imported.is_none()));
}

#[tokio::test]
async fn what_breaks_a_rule_of_the_record_is_refused() {
    let (_dir, store) = filled().await;
    let change = |alter: fn(&mut Event)| {
        let mut event = imported(3, b"third", Outcome::Pass);
        alter(&mut event);
        event
    };
    for (what, event) in [
        (
            "nobody's name",
            change(|event| {
                if let Event::FileImported { by, .. } = event {
                    *by = " ".into();
                }
            }),
        ),
        (
            "nothing in it",
            change(|event| {
                if let Event::FileImported { findings, .. } = event {
                    findings.clear();
                }
            }),
        ),
        (
            "a finding that does not say it was imported",
            change(|event| {
                if let Event::FileImported { findings, .. } = event {
                    findings[0].imported = None;
                }
            }),
        ),
        (
            "a finding under the id of an own check",
            change(|event| {
                if let Event::FileImported { findings, .. } = event {
                    findings[0].check = "aws.iam.root_mfa".into();
                }
            }),
        ),
        (
            "a revision left out",
            change(|event| {
                if let Event::FileImported { revision, .. } = event {
                    *revision = 4;
                }
            }),
        ),
        (
            "another account under the same item",
            change(|event| {
                if let Event::FileImported { file, .. } = event {
                    file.account = "1".into();
                }
            }),
        ),
        (
            "the same file again",
            imported(3, IMPORTED[0], Outcome::Pass),
        ),
        (
            "a second item for the same account",
            change(|event| {
                if let Event::FileImported {
                    evidence_id,
                    revision,
                    ..
                } = event
                {
                    (*evidence_id, *revision) = (item(8), 1);
                }
            }),
        ),
    ] {
        let mut tx = store.begin().await.unwrap();
        let refused = chain::record(&mut tx, at(9), &event).await;
        assert_eq!(refused.unwrap_err().code(), "refused", "{what}");
    }
}

#[tokio::test]
async fn a_changed_or_missing_file_is_named() {
    for (sql, place) in [
        (
            "UPDATE blobs SET bytes = (SELECT bytes FROM blobs WHERE length = 20) WHERE length = 21",
            "table blobs, row sha256:",
        ),
        (
            "DELETE FROM blobs WHERE length = 21",
            "table import_revisions, row 0000",
        ),
    ] {
        let (dir, store) = filled().await;
        store.close().await.unwrap();
        tamper(dir.path(), sql).await;
        let store = Store::open(dir.path(), &key(), Access::ReadWrite)
            .await
            .unwrap();
        let report = verify::verify(&store, None).await.unwrap();
        assert!(
            report.problems.iter().any(|one| one.place.contains(place)),
            "{sql}: {:?}",
            report.problems
        );
    }
}

#[tokio::test]
async fn a_file_can_be_purged_and_says_so() {
    let (_dir, store) = filled().await;
    record(
        &store,
        &[Event::PayloadPurged {
            payload: Digest::of(IMPORTED[1]),
            by: "Pat Doe".into(),
            why: "It held CUI.".into(),
        }],
    )
    .await;
    assert_eq!(verify::verify(&store, None).await.unwrap().problems, []);
    let mut tx = store.begin().await.unwrap();
    blobs::put(&mut tx, &Prepared::new(IMPORTED[1]).unwrap())
        .await
        .unwrap();
    let kept = blobs::get(&mut tx, Digest::of(IMPORTED[1])).await.unwrap();
    assert_eq!(kept.bytes().unwrap_err().code(), "missing");
}
