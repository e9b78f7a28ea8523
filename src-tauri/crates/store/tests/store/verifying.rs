//! Damage to the file without the key, and random histories.

use crate::support::*;
use catalog::{Determination, ObjectiveId, RequirementId};
use evidence::{Outcome, Review};
use proptest::prelude::*;
use std::path::Path;
use store::{
    Access, ConfirmedFinding, Event, RunState, Store, StoreError, Tx, chain, integrations,
    snapshots, verify,
};

/// Whether opening or verifying reports anything.
async fn reported(dir: &Path, head: chain::Head, access: Access) -> bool {
    match Store::open(dir, &key(), access).await {
        Err(_) => true,
        Ok(store) => match verify::verify(&store, Some((head.seq, head.digest))).await {
            Err(_) => true,
            Ok(report) => !report.ok,
        },
    }
}

/// The bytes of a closed, filled vault, and its head.
async fn closed() -> (Vec<u8>, chain::Head) {
    let (dir, store) = filled().await;
    let head = chain::head(&mut store.read().await.unwrap()).await.unwrap();
    store.close().await.unwrap();
    let path = dir.path().join("vault.db");
    assert!(
        !dir.path().join("vault.db-wal").exists(),
        "closing empties the log"
    );
    (bytes_of(&path), head)
}

async fn with_bytes(bytes: &[u8], head: chain::Head, access: Access) -> bool {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("vault.db"), bytes).unwrap();
    reported(dir.path(), head, access).await
}

#[tokio::test]
async fn a_truncated_file_is_never_taken_for_a_good_one() {
    let (bytes, head) = closed().await;
    assert!(
        !with_bytes(&bytes, head, Access::ReadWrite).await,
        "whole, it is good"
    );
    let step = bytes.len() / 40;
    for length in
        (0..40)
            .map(|n| n * step + n % 3)
            .chain([bytes.len() - 1, bytes.len() - 4096, 4096, 8192])
    {
        let access = if length % 2 == 0 {
            Access::ReadWrite
        } else {
            Access::ReadOnly
        };
        assert!(
            with_bytes(&bytes[..length], head, access).await,
            "truncated to {length} of {}",
            bytes.len()
        );
    }
}

#[tokio::test]
async fn a_flipped_bit_anywhere_is_never_taken_for_good() {
    let (bytes, head) = closed().await;
    let pages = bytes.len() / 4096;
    for n in 0..60 {
        // Every page has its turn, at a different place in it; the last places are the authentication code itself.
        let offset = (n * 7 % pages) * 4096 + n * 977 % 4096;
        let mut changed = bytes.clone();
        changed[offset] ^= 1 << (n % 8);
        let access = if n % 2 == 0 {
            Access::ReadWrite
        } else {
            Access::ReadOnly
        };
        assert!(
            with_bytes(&changed, head, access).await,
            "bit flipped at {offset}"
        );
    }
}

#[tokio::test]
async fn swapped_and_zeroed_pages_and_a_stranger_s_log_are_reported() {
    let (bytes, head) = closed().await;
    let mut swapped = bytes.clone();
    swapped[3 * 4096..4 * 4096].copy_from_slice(&bytes[4 * 4096..5 * 4096]);
    assert!(with_bytes(&swapped, head, Access::ReadWrite).await);
    let mut zeroed = bytes.clone();
    zeroed[5 * 4096..6 * 4096].fill(0);
    assert!(with_bytes(&zeroed, head, Access::ReadOnly).await);

    // Another vault's log beside our file: its frames don't open with our key's salt, or don't fit.
    let (other, other_store) = filled().await;
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("vault.db"), &bytes).unwrap();
    std::fs::copy(
        other.path().join("vault.db-wal"),
        dir.path().join("vault.db-wal"),
    )
    .unwrap();
    drop(other_store);
    let opened = Store::open(dir.path(), &key(), Access::ReadWrite).await;
    if let Ok(store) = opened {
        let report = verify::verify(&store, Some((head.seq, head.digest)))
            .await
            .unwrap();
        assert!(
            !report.ok || report.head == head.digest,
            "never another history under this head"
        );
    }
}

#[tokio::test]
async fn damage_is_an_error_in_words_when_reading_too() {
    let (mut bytes, _) = closed().await;
    for page in 1..bytes.len() / 4096 {
        bytes[page * 4096 + 100] ^= 1;
    }
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("vault.db"), bytes).unwrap();
    let error = match Store::open(dir.path(), &key(), Access::ReadOnly).await {
        Err(error) => error,
        Ok(store) => chain::head(&mut store.read().await.unwrap())
            .await
            .unwrap_err(),
    };
    assert!(
        matches!(
            error,
            StoreError::Damaged { .. } | StoreError::WrongKeyOrDamaged
        ),
        "{error:?} must tell damage from a fault of the product"
    );
}

/// One step of a random history, in numbers small enough to meet each other.
#[derive(Clone, Copy, Debug)]
enum Step {
    Connect(u8),
    Remove(u8),
    Run(u8, u8),
    Confirm(u8),
    Review(bool),
    Decide(u8, u8),
    Set(u8, Option<i32>),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        (0u8..4).prop_map(Step::Connect),
        (0u8..4).prop_map(Step::Remove),
        (0u8..4, 0u8..6).prop_map(|(of, how)| Step::Run(of, how)),
        (0u8..4).prop_map(Step::Confirm),
        any::<bool>().prop_map(Step::Review),
        (0u8..110, 0u8..3).prop_map(|(objective, how)| Step::Decide(objective, how)),
        (0u8..3, any::<Option<i32>>()).prop_map(|(key, value)| Step::Set(key, value)),
    ];
    prop::collection::vec(step, 1..40)
}

/// Applies one step; one that contradicts the record is refused, and leaves the transaction to be dropped.
async fn apply(tx: &mut Tx, n: u128, step: Step) -> Result<(), StoreError> {
    let at = at(i64::try_from(n).unwrap());
    match step {
        Step::Connect(of) => {
            chain::record(tx, at, &connected(of.into())).await?;
            integrations::set_credentials(tx, integration(of.into()), b"sealed").await?;
        }
        Step::Remove(of) => {
            chain::record(
                tx,
                at,
                &Event::IntegrationRemoved {
                    integration_id: integration(of.into()),
                },
            )
            .await?;
        }
        Step::Run(of, how) => {
            let of = u128::from(of);
            chain::record(tx, at, &started(n, of)).await?;
            if how > 0 {
                let page = format!("{{\"n\":{how}}}");
                let pages = [page.as_bytes()];
                let id = snapshots::put(tx, &snapshot(&pages), &pages).await?;
                chain::record(tx, at, &collected(n, of, id, None)).await?;
                let newest =
                    store::evidence_items::of_dataset(tx, integration(of), "entra-id.users")
                        .await?;
                let next = newest.map_or(1, |found| found.newest.revision + 1);
                chain::record(tx, at, &revised(next, n, of, id)).await?;
                let outcome =
                    [Outcome::Pass, Outcome::Fail, Outcome::Unknown][usize::from(how) % 3];
                let event = Event::FindingRecorded {
                    run_id: run(n),
                    finding: Box::new(finding(of, outcome, vec![id])),
                };
                chain::record(tx, at, &event).await?;
            } else {
                chain::record(tx, at, &failed(n, of)).await?;
            }
            if how < 5 {
                let state =
                    [RunState::Done, RunState::Failed, RunState::Cancelled][usize::from(how) % 3];
                chain::record(tx, at, &finished(n, of, state, Some("Said in words."))).await?;
            }
        }
        Step::Confirm(of) => {
            let integration_id = integration(of.into());
            let Some(last) = store::runs::list(tx, Some(integration_id), 1).await?.pop() else {
                return Ok(());
            };
            let confirmed = ConfirmedFinding {
                check: "entra-id.users.mfa".to_owned(),
                collected_at: at,
                snapshots: vec![],
                last_known: None,
            };
            let event = Event::FindingsConfirmed {
                run_id: last.id,
                integration_id,
                findings: vec![confirmed],
            };
            chain::record(tx, at, &event).await?;
        }
        Step::Review(good) => {
            let review = if good {
                Review::Approved
            } else {
                Review::Rejected
            };
            chain::record(tx, at, &reviewed(1, 1, review, Some("Looked at."))).await?;
        }
        Step::Decide(objective, how) => {
            let requirement = RequirementId::all().nth(objective.into()).unwrap();
            let objective: ObjectiveId = requirement.objectives().next().unwrap();
            let decision = [
                Determination::Met,
                Determination::NotMet,
                Determination::NotApplicable,
            ][usize::from(how)];
            chain::record(tx, at, &determined(&objective.to_string(), decision)).await?;
        }
        Step::Set(key, value) => {
            chain::record(
                tx,
                at,
                &parameter(&key.to_string(), serde_json::json!(value), None),
            )
            .await?;
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever happens and is refused, making the tables again from the entries gives the tables that are there.
    #[test]
    fn any_history_verifies(steps in steps()) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let (_dir, store) = empty().await;
            record(&store, &[Event::CompanyCreated { company_id: company(), profile: profile() }]).await;
            let mut kept = 0;
            for (n, step) in (1..).zip(steps) {
                let mut tx = store.begin().await.unwrap();
                match apply(&mut tx, n, step).await {
                    Ok(()) => {
                        tx.commit().await.unwrap();
                        kept += 1;
                    }
                    Err(error) => assert!(error.code() == "refused", "{step:?}: {error:?}"),
                }
            }
            let head = chain::head(&mut store.read().await.unwrap()).await.unwrap();
            let report = verify::verify(&store, Some((head.seq, head.digest))).await.unwrap();
            assert!(report.ok, "after {kept} steps: {report:?}");
            assert_eq!(report.entries, head.seq);
        });
    }
}
