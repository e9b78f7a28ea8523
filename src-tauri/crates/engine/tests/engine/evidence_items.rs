//! Evidence as people look at it, and their reviews.

use crate::{
    fake::{Answer, USERS, page, user},
    support::Bench,
};
use engine::{
    api::{ApiError, EvidenceItem, EvidenceRef, GetPage, ListEvidence, PageText, ReviewEvidence},
    evidence_view,
};
use evidence::Digest;

async fn review(
    bench: &Bench,
    revision: u32,
    review: &str,
    by: &str,
    why: Option<&str>,
) -> Result<EvidenceItem, ApiError> {
    let id = bench.item("fake.users").await.id;
    let request = ReviewEvidence {
        id,
        revision,
        review: review.into(),
        by: by.into(),
        why: why.map(str::to_owned),
    };
    evidence_view::review(&bench.app, request).await
}

async fn part(bench: &Bench, page: Digest, offset: u64) -> PageText {
    evidence_view::page(
        &bench.app,
        GetPage {
            page: page.to_string(),
            offset,
        },
    )
    .await
    .unwrap()
}

#[tokio::test]
async fn an_item_shows_where_it_comes_from() {
    let bench = Bench::synced().await;
    let item = bench.item("fake.users").await;
    assert_eq!(
        (
            item.title.as_str(),
            item.integration_label.as_str(),
            item.rows,
            item.pages
        ),
        ("Users", "shop", 3, 2)
    );
    assert_eq!(
        item.objectives,
        ["3.1.1[a]", "3.5.3[b]", "3.5.3[c]", "3.5.3[d]"]
    );
    let shown = evidence_view::show(&bench.app, EvidenceRef { id: item.id })
        .await
        .unwrap();
    assert_eq!(
        (shown.identity.id.as_str(), shown.identity.cloud.as_str()),
        ("t-1", "global")
    );
    assert_eq!(
        (
            shown.records.len(),
            shown.pages.len(),
            shown.revisions.len()
        ),
        (3, 2, 1)
    );
    assert_eq!(
        (shown.pages[0].request.host.as_str(), shown.incomplete),
        ("api.fake.example", None)
    );
    assert_eq!(shown.reperform, ["Look.", "fake list"]);
    let logs = bench.item("fake.logs").await;
    assert_eq!(logs.state, "partial");
    let shown = evidence_view::show(&bench.app, EvidenceRef { id: logs.id })
        .await
        .unwrap();
    assert_eq!(
        shown.incomplete.as_deref(),
        Some("Only the first row was read.")
    );
    let raw = part(&bench, shown.pages[0].page_sha256, 0).await;
    assert_eq!(Digest::of(raw.text.as_bytes()), shown.pages[0].page_sha256);
    assert_eq!(raw.next_offset, None);
}

#[tokio::test]
async fn items_are_filtered() {
    let bench = Bench::synced().await;
    let datasets = async |request: ListEvidence| -> Vec<String> {
        evidence_view::list(&bench.app, request)
            .await
            .unwrap()
            .evidence
            .into_iter()
            .map(|item| item.dataset)
            .collect()
    };
    let all = ListEvidence::default;
    assert_eq!(datasets(all()).await.len(), 4);
    assert_eq!(
        datasets(ListEvidence {
            requirement: Some("AC.1.001".into()),
            ..all()
        })
        .await,
        ["fake.settings", "fake.users"]
    );
    assert_eq!(
        datasets(ListEvidence {
            state: Some("partial".into()),
            ..all()
        })
        .await,
        ["fake.logs"]
    );
    assert!(
        datasets(ListEvidence {
            review: Some("approved".into()),
            ..all()
        })
        .await
        .is_empty()
    );
    review(&bench, 1, "approved", "Ada", None).await.unwrap();
    assert_eq!(
        datasets(ListEvidence {
            review: Some("approved".into()),
            integration: Some("shop".into()),
            ..all()
        })
        .await,
        ["fake.users"]
    );
    for wrong in [
        ListEvidence {
            review: Some("fine".into()),
            ..all()
        },
        ListEvidence {
            requirement: Some("1.1".into()),
            ..all()
        },
        ListEvidence {
            integration: Some("x".into()),
            ..all()
        },
    ] {
        assert_eq!(
            evidence_view::list(&bench.app, wrong)
                .await
                .unwrap_err()
                .class,
            "usage"
        );
    }
}

#[tokio::test]
async fn pages_come_in_parts_between_characters() {
    let bench = Bench::connected().await;
    // Three bytes a character: a part never ends on its own at a character's end.
    let name = "語".repeat(200_000);
    bench
        .fake
        .answer(USERS.id, Answer::Pages(vec![page(&[user(&name, true)])]));
    bench.sync().await;
    let item = bench.item("fake.users").await;
    let digest = evidence_view::show(&bench.app, EvidenceRef { id: item.id })
        .await
        .unwrap()
        .pages[0]
        .page_sha256;
    let (mut text, mut offset, mut parts) = (String::new(), 0, 0);
    loop {
        let part = part(&bench, digest, offset).await;
        assert!(part.text.len() <= 256 * 1024);
        text.push_str(&part.text);
        parts += 1;
        match part.next_offset {
            Some(next) => offset = next,
            None => break,
        }
    }
    assert_eq!(parts, 3);
    assert_eq!(Digest::of(text.as_bytes()), digest);
    for offset in 0..40 {
        assert!(!part(&bench, digest, offset).await.text.contains('\u{fffd}'));
    }
    assert_eq!(part(&bench, digest, u64::MAX).await.text, "");
    for page in [
        "sha256:zz".to_owned(),
        String::new(),
        Digest::of(b"nothing").to_string(),
    ] {
        let error = evidence_view::page(&bench.app, GetPage { page, offset: 0 })
            .await
            .unwrap_err();
        assert_eq!(error.class, "usage");
    }
}

#[tokio::test]
async fn a_review_has_a_name_and_looks_at_the_newest_revision() {
    let bench = Bench::synced().await;
    let entries = bench.events().await.len();
    for (revision, word, by, why, field) in [
        (1, "approved", "", None, Some("by")),
        (1, "rejected", "Ada", None, Some("why")),
        (1, "rejected", "Ada", Some(" "), Some("why")),
        (1, "to_review", "Ada", None, Some("review")),
        (1, "perfect", "Ada", None, None),
        (2, "approved", "Ada", None, None),
    ] {
        let error = review(&bench, revision, word, by, why).await.unwrap_err();
        assert_eq!(
            (error.class.as_str(), error.field.as_deref()),
            ("usage", field),
            "{word}"
        );
    }
    assert_eq!(bench.events().await.len(), entries);
    assert_eq!(
        review(&bench, 1, "approved", " Ada ", None)
            .await
            .unwrap()
            .review,
        "approved"
    );
    bench
        .fake
        .answer(USERS.id, Answer::Pages(vec![page(&[user("ada", true)])]));
    bench.sync().await;
    assert_eq!(
        bench.item("fake.users").await.review,
        "to_review",
        "a new revision is looked at anew"
    );
    assert_eq!(
        review(&bench, 1, "approved", "Ada", None)
            .await
            .unwrap_err()
            .code,
        "newer_revision"
    );
    review(
        &bench,
        2,
        "rejected",
        "Bob",
        Some("Bob and Cy are missing."),
    )
    .await
    .unwrap();
    let id = bench.item("fake.users").await.id;
    let revisions = evidence_view::show(&bench.app, EvidenceRef { id })
        .await
        .unwrap()
        .revisions;
    let reviews: Vec<_> = revisions
        .iter()
        .map(|revision| (revision.revision, revision.review.as_str()))
        .collect();
    assert_eq!(reviews, [(2, "rejected"), (1, "approved")]);
    let rejected = revisions[0].reviewed.as_ref().unwrap();
    assert_eq!(
        (rejected.by.as_str(), rejected.why.as_deref()),
        ("Bob", Some("Bob and Cy are missing."))
    );
    let status = engine::status::get(
        &bench.app,
        engine::api::GetStatus {
            control_id: Some("3.5.3".into()),
        },
    )
    .await
    .unwrap();
    assert_eq!(
        status.requirements[0].determination, "not_assessed",
        "a review decides no objective"
    );
    assert!(bench.verify().await.ok);
    let unknown = EvidenceRef { id: "x".into() };
    assert_eq!(
        evidence_view::show(&bench.app, unknown)
            .await
            .unwrap_err()
            .class,
        "usage"
    );
}
