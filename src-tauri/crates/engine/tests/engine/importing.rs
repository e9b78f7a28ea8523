//! Result files of other tools: taken in by a person, shown beside the product's own findings, never instead of them.

use crate::{
    fake::{EVERYBODY_HAS_MFA, USERS},
    support::{Bench, count},
};
use engine::{
    api::{
        ApiError, Determine, EvidenceRef, GetControl, GetPage, GetStatus, ImportDone, ImportFile,
        ListEvidence, ListFindings, Nothing, RequirementStatus, ReviewEvidence,
    },
    commands, control, evidence_view, findings,
    imports::{self, Handed},
    score, status,
};
use evidence::{Digest, Outcome};
use serde_json::{Value, json};
use store::Event;

/// Seconds: a week before the tests' Monday.
const MADE: i64 = 1_794_837_600;

/// A row of Prowler about the account that the fake service answers as.
fn row(check: &str, status: &str, at: i64) -> Value {
    json!({
        "metadata": {"event_code": check, "product": {"name": "Prowler", "version": "5.46.0"}},
        "status_code": status, "status": "New", "status_id": 1, "status_detail": "Seen by the tool.",
        "severity": "High", "time": at,
        "finding_info": {"title": "A thing is as it should be."},
        "resources": [{"uid": format!("arn:{check}"), "name": "thing", "type": "Thing", "region": "here"}],
        "cloud": {"provider": "fake", "account": {"uid": "T-1", "name": "The shop"}},
        "unmapped": {"compliance": {"NIST-800-171-Revision-2": ["3_5_3"]}}
    })
}

fn file(rows: &[Value]) -> Vec<u8> {
    serde_json::to_vec(rows).unwrap()
}

fn handed(bytes: Vec<u8>) -> Handed {
    Handed {
        format: "prowler-ocsf".into(),
        name: "reports/output/prowler.ocsf.json".into(),
        bytes,
        integration: None,
        label: None,
        by: "Pat Doe".into(),
    }
}

async fn import(bench: &Bench, handed: Handed) -> Result<ImportDone, ApiError> {
    imports::import(&bench.app, handed).await
}

async fn requirement(bench: &Bench) -> RequirementStatus {
    let request = GetStatus {
        control_id: Some("3.5.3".into()),
    };
    status::get(&bench.app, request)
        .await
        .unwrap()
        .requirements
        .remove(0)
}

#[tokio::test]
async fn a_file_is_kept_as_evidence_with_where_it_is_from() {
    let bench = Bench::synced().await;
    let own = bench.findings().await;
    let bytes = file(&[
        row("iam_root_mfa_enabled", "FAIL", MADE),
        row("iam_user_mfa_enabled_console_access", "PASS", MADE + 60),
        row("a_check_of_tomorrow", "MANUAL", MADE),
    ]);
    let done = import(&bench, handed(bytes.clone())).await.unwrap();
    assert!(done.added);
    assert_eq!(
        (done.checks.fail, done.checks.pass, done.checks.unknown),
        (1, 1, 1)
    );
    assert_eq!(done.unmapped, 1);
    let item = &done.evidence;
    let origin = item.imported.as_ref().unwrap();
    assert_eq!(
        (
            origin.tool.as_str(),
            origin.version.as_deref(),
            origin.file.as_str(),
            origin.account.as_str()
        ),
        ("Prowler", Some("5.46.0"), "prowler.ocsf.json", "T-1")
    );
    assert_eq!(origin.sha256, Digest::of(&bytes).to_string());
    assert_eq!(
        (origin.by.as_str(), origin.imported_at.as_str()),
        ("Pat Doe", "2026-11-23T14:00:00Z")
    );
    assert_eq!(
        (item.revision, item.review.as_str(), item.state.as_str()),
        (1, "to_review", "current")
    );
    assert_eq!(
        item.integration_label, "shop",
        "the connection to the same account is found"
    );
    assert!(item.objectives.contains(&"3.5.3[c]".to_owned()));

    // The raw file can be looked at, and its origin is in every finding.
    let shown = evidence_view::show(
        &bench.app,
        EvidenceRef {
            id: item.id.clone(),
        },
    )
    .await
    .unwrap();
    let page = GetPage {
        page: shown.pages[0].page_sha256.to_string(),
        offset: 0,
    };
    let text = evidence_view::page(&bench.app, page).await.unwrap().text;
    assert_eq!(text.as_bytes(), bytes);
    assert_eq!(shown.records.len(), 3);
    let listed = bench.findings().await;
    assert_eq!(
        &listed[..own.len()],
        &own[..],
        "the own findings are as they were"
    );
    let imported = &listed[own.len()..];
    assert_eq!(imported.len(), 3);
    for finding in imported {
        assert!(finding.check.starts_with("import.prowler."));
        let from = finding.imported.as_ref().unwrap();
        assert_eq!(
            (from.tool.as_str(), from.sha256),
            ("prowler", Digest::of(&bytes))
        );
    }
    let entries = bench.events().await;
    assert_eq!(
        count(&entries, |event| matches!(
            event,
            Event::FileImported { .. }
        )),
        1
    );
    assert!(bench.verify().await.ok);
}

#[tokio::test]
async fn what_is_imported_never_moves_an_indication_or_a_score() {
    let bench = Bench::synced().await;
    let before = requirement(&bench).await;
    assert_eq!(before.indication, "compliant");
    let projected = score::get(&bench.app, Nothing {}).await.unwrap();
    let failing = file(&[row("iam_root_mfa_enabled", "FAIL", MADE)]);
    import(&bench, handed(failing)).await.unwrap();
    let after = requirement(&bench).await;
    assert_eq!(after.indication, "compliant");
    assert_eq!(after.checks, before.checks, "counted apart");
    assert_eq!((after.imported.fail, after.imported.pass), (1, 0));
    assert_eq!(score::get(&bench.app, Nothing {}).await.unwrap(), projected);

    // Nor does a pass help where an own check fails or can't tell.
    bench.fake.answer(
        USERS.id,
        crate::fake::Answer::Refused(provider_kit::ErrorClass::Permission),
    );
    bench.sync().await;
    assert_eq!(requirement(&bench).await.indication, "inconclusive");
    let passing = file(&[row("iam_root_mfa_enabled", "PASS", MADE + 3600)]);
    import(&bench, handed(passing)).await.unwrap();
    let after = requirement(&bench).await;
    assert_eq!(
        (after.indication.as_str(), after.imported.pass),
        ("inconclusive", 1)
    );
    assert_eq!(
        bench.finding(EVERYBODY_HAS_MFA.id).await.outcome,
        Outcome::Unknown
    );
}

#[tokio::test]
async fn without_a_connection_it_stands_for_itself_and_makes_nothing_compliant() {
    let bench = Bench::company().await;
    let bytes = file(&[row("iam_root_mfa_enabled", "PASS", MADE)]);
    let done = import(
        &bench,
        Handed {
            label: Some("Prowler of the shop".into()),
            ..handed(bytes)
        },
    )
    .await
    .unwrap();
    assert_eq!(done.evidence.integration_label, "Prowler of the shop");
    assert_eq!(done.evidence.integration_id, "");
    let after = requirement(&bench).await;
    assert_eq!(
        (after.indication.as_str(), after.imported.pass),
        ("inconclusive", 1)
    );
    let detail = control::get(
        &bench.app,
        GetControl {
            control_id: "3.5.3".into(),
        },
    )
    .await
    .unwrap();
    assert_eq!(
        (
            detail.findings.len(),
            detail.imported.len(),
            detail.evidence.len()
        ),
        (0, 1, 1)
    );
}

#[tokio::test]
async fn the_same_file_adds_nothing_a_newer_one_is_a_revision_and_an_older_one_is_refused() {
    let bench = Bench::synced().await;
    let first = file(&[row("iam_root_mfa_enabled", "FAIL", MADE)]);
    import(&bench, handed(first.clone())).await.unwrap();
    let entries = bench.events().await.len();
    let again = import(
        &bench,
        Handed {
            name: "copy.json".into(),
            ..handed(first.clone())
        },
    )
    .await
    .unwrap();
    assert!(!again.added);
    assert_eq!(again.evidence.imported.unwrap().file, "prowler.ocsf.json");
    assert_eq!(bench.events().await.len(), entries);

    let newer = file(&[row("iam_root_mfa_enabled", "PASS", MADE + 3600)]);
    let done = import(&bench, handed(newer)).await.unwrap();
    assert_eq!((done.added, done.evidence.revision), (true, 2));
    let shown = evidence_view::show(
        &bench.app,
        EvidenceRef {
            id: done.evidence.id,
        },
    )
    .await
    .unwrap();
    assert_eq!(shown.revisions.len(), 2);
    assert_eq!(
        requirement(&bench).await.imported.fail,
        0,
        "the newest file speaks"
    );
    assert!(
        !import(&bench, handed(first)).await.unwrap().added,
        "an old one that is there already adds nothing"
    );
    let older = file(&[row("iam_root_mfa_enabled", "PASS", MADE - 3600)]);
    assert_eq!(
        import(&bench, handed(older)).await.unwrap_err().code,
        "newer_import"
    );
    let history = findings::list(
        &bench.app,
        ListFindings {
            check: Some("import.prowler.iam_root_mfa_enabled".into()),
            history: true,
            ..Default::default()
        },
    )
    .await
    .unwrap();
    let said: Vec<_> = history.findings.iter().map(|one| one.outcome).collect();
    assert_eq!(said, [Outcome::Fail, Outcome::Pass]);
    assert!(bench.verify().await.ok);
}

#[tokio::test]
async fn what_can_t_be_right_is_refused_and_leaves_nothing() {
    let bench = Bench::synced().await;
    let entries = bench.events().await.len();
    let good = || handed(file(&[row("iam_root_mfa_enabled", "PASS", MADE)]));
    let mut other = row("iam_root_mfa_enabled", "PASS", MADE);
    other["cloud"]["account"]["uid"] = json!("t-2");
    let mut cut = good().bytes;
    cut.pop();
    for (code, wrong) in [
        (
            "usage",
            Handed {
                format: "nessus".into(),
                ..good()
            },
        ),
        (
            "usage",
            Handed {
                by: " ".into(),
                ..good()
            },
        ),
        (
            "usage",
            Handed {
                label: Some("x".repeat(101)),
                ..good()
            },
        ),
        (
            "missing",
            Handed {
                integration: Some("nothing".into()),
                ..good()
            },
        ),
        (
            "identity_mismatch",
            Handed {
                integration: Some("shop".into()),
                ..handed(file(&[other]))
            },
        ),
        ("import_refused", handed(cut)),
        (
            "import_refused",
            Handed {
                format: "scubagear".into(),
                ..good()
            },
        ),
        ("import_refused", handed(Vec::new())),
        (
            "import_from_the_future",
            handed(file(&[row(
                "iam_root_mfa_enabled",
                "PASS",
                MADE + 30 * 86_400,
            )])),
        ),
    ] {
        let error = import(&bench, wrong).await.unwrap_err();
        assert_eq!((error.code.as_str(), error.class.as_str()), (code, "usage"));
        assert!(!error.why.is_empty() && !error.fix.is_empty());
    }
    assert_eq!(bench.events().await.len(), entries);
}

#[tokio::test]
async fn the_window_hands_over_bytes() {
    use base64::Engine as _;
    let bench = Bench::synced().await;
    let bytes = file(&[row("iam_root_mfa_enabled", "FAIL", MADE)]);
    let request = ImportFile {
        format: "prowler-ocsf".into(),
        file_name: "C:\\Users\\pat\\out.json".into(),
        content: base64::engine::general_purpose::STANDARD.encode(&bytes),
        integration: Some("shop".into()),
        label: None,
        by: "Pat Doe".into(),
    };
    let answer = commands::dispatch(
        &bench.app,
        "import_file",
        serde_json::to_value(&request).unwrap(),
        &engine::silent(),
    )
    .await
    .unwrap();
    assert_eq!(answer["evidence"]["imported"]["file"], "out.json");
    assert_eq!(
        answer["evidence"]["contentSha256"],
        Digest::of(&bytes).to_string()
    );
    for content in ["***".to_owned(), "A".repeat(50 * 1024 * 1024)] {
        let wrong = ImportFile {
            content,
            ..request.clone()
        };
        assert_eq!(
            imports::import_file(&bench.app, wrong)
                .await
                .unwrap_err()
                .code,
            "import_refused"
        );
    }
}

#[tokio::test]
async fn it_grows_stale_visibly_and_is_reviewed_like_other_evidence() {
    let bench = Bench::synced().await;
    let done = import(
        &bench,
        handed(file(&[row("iam_root_mfa_enabled", "PASS", MADE)])),
    )
    .await
    .unwrap();
    let review = |by: &str, revision| ReviewEvidence {
        id: done.evidence.id.clone(),
        revision,
        review: "approved".into(),
        by: by.into(),
        why: None,
    };
    assert!(
        evidence_view::review(&bench.app, review("", 1))
            .await
            .is_err()
    );
    assert_eq!(
        evidence_view::review(&bench.app, review("Ada", 2))
            .await
            .unwrap_err()
            .code,
        "newer_revision"
    );
    let approved = evidence_view::review(&bench.app, review("Ada", 1))
        .await
        .unwrap();
    assert_eq!(approved.review, "approved");
    bench.at("2026-12-24T14:00:00Z");
    let stale = evidence_view::list(
        &bench.app,
        ListEvidence {
            state: Some("stale".into()),
            requirement: Some("3.5.3".into()),
            review: Some("approved".into()),
            integration: Some("shop".into()),
        },
    )
    .await
    .unwrap();
    assert_eq!(stale.evidence.len(), 1);
    assert_eq!(stale.evidence[0].id, done.evidence.id);
    assert!(bench.verify().await.ok);
}

#[tokio::test]
async fn a_failure_imported_after_a_decision_asks_to_look_again() {
    let bench = Bench::company().await;
    let decide = Determine {
        objective: "3.5.3[c]".into(),
        determination: "met".into(),
        partial: false,
        by: "Ada".into(),
        why: Some("Seen.".into()),
    };
    control::determine(&bench.app, decide).await.unwrap();
    let changed = async |bench: &Bench| {
        requirement(bench)
            .await
            .objectives
            .iter()
            .any(|one| one.id == "3.5.3[c]" && one.evidence_changed)
    };
    import(
        &bench,
        handed(file(&[row("iam_root_mfa_enabled", "PASS", MADE)])),
    )
    .await
    .unwrap();
    assert!(!changed(&bench).await);
    import(
        &bench,
        handed(file(&[row("iam_root_mfa_enabled", "FAIL", MADE + 1)])),
    )
    .await
    .unwrap();
    assert!(changed(&bench).await);
    assert_eq!(
        requirement(&bench).await.determination,
        "not_assessed",
        "nothing is decided by it"
    );
}

#[tokio::test]
async fn an_imported_file_is_read_again_and_an_altered_one_is_damage() {
    let bench = Bench::synced().await;
    let bytes = file(&[
        row("iam_root_mfa_enabled", "FAIL", MADE),
        row("a_check_of_tomorrow", "PASS", MADE),
    ]);
    import(&bench, handed(bytes.clone())).await.unwrap();
    let again = async || {
        findings::list(
            &bench.app,
            ListFindings {
                reevaluate: true,
                ..Default::default()
            },
        )
        .await
        .unwrap()
    };
    let judged = again().await;
    assert_eq!(judged.findings, bench.findings().await);
    assert_eq!(judged.changes.as_deref(), Some(&[][..]));
    let altered = file(&[
        row("iam_root_mfa_enabled", "PASS", MADE),
        row("a_check_of_tomorrow", "PASS", MADE),
    ]);
    let open = bench.app.opened().unwrap();
    let mut tx = open.store.begin().await.unwrap();
    store::blobs::put(&mut tx, &store::blobs::Prepared::new(&altered).unwrap())
        .await
        .unwrap();
    sqlx::query(
        "UPDATE blobs SET (length, bytes) = (SELECT length, bytes FROM blobs WHERE digest = ?1) WHERE digest = ?2",
    )
    .bind(Digest::of(&altered).to_string())
    .bind(Digest::of(&bytes).to_string())
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let judged = again().await;
    assert!(!findings::is_intact(&judged));
    for change in judged.changes.as_ref().unwrap() {
        assert_eq!(change.why[0].code, "damaged");
        assert_eq!(
            change.why[0].digest.as_deref(),
            Some(Digest::of(&bytes).to_string().as_str())
        );
        assert_eq!(change.after.as_ref().unwrap().outcome, "unknown");
    }
    assert_eq!(judged.changes.as_ref().unwrap().len(), 2);
    assert!(!bench.verify().await.ok);
}
