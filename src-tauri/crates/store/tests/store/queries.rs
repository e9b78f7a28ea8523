//! What the query functions answer about the company, its connections, runs and datasets, and the working state.

use crate::support::*;
use evidence::{PageRequest, Reason, UnknownCode};
use store::{
    Event, RunState, Trigger, company, datasets, drafts,
    integrations::{self, IntegrationStatus},
    request_log::{self, Request},
    runs, schedule_state, settings,
};

#[tokio::test]
async fn the_company_s_profile_is_the_newest_one() {
    let (_dir, store) = filled().await;
    let changed = store::CompanyProfile {
        level: 1,
        scope: Some("One office.".to_owned()),
        ..profile()
    };
    record(
        &store,
        &[Event::CompanyChanged {
            profile: changed.clone(),
        }],
    )
    .await;
    let company = company::get(&mut store.read().await.unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (company.profile, company.id),
        (changed, crate::support::company())
    );
    assert_eq!((company.created_at, company.updated_at), (at(0), at(5)));
}

#[tokio::test]
async fn connections_are_found_by_id_and_by_label() {
    let (_dir, store) = filled().await;
    let mut reader = store.read().await.unwrap();
    let one = integrations::find(&mut reader, "tenant 1").await.unwrap();
    assert_eq!(
        one,
        integrations::find(&mut reader, &integration(1).to_string())
            .await
            .unwrap()
    );
    assert_eq!(
        integrations::find(&mut reader, "tenant 3")
            .await
            .unwrap_err()
            .code(),
        "missing"
    );
    assert!(
        integrations::label_taken(&mut reader, "tenant 1", None)
            .await
            .unwrap()
    );
    assert!(
        !integrations::label_taken(&mut reader, "tenant 1", Some(integration(1)))
            .await
            .unwrap()
    );
    assert_eq!(
        integrations::credentials(&mut reader, one.id)
            .await
            .unwrap()
            .unwrap(),
        b"sealed bytes"
    );
    let changed = Event::IntegrationChanged {
        integration_id: integration(1),
        label: "head office".to_owned(),
        config: one.config.clone(),
        credential_version: 2,
    };
    record(
        &store,
        &[
            changed,
            Event::IntegrationRemoved {
                integration_id: integration(2),
            },
        ],
    )
    .await;
    let one = integrations::find(&mut reader, "head office")
        .await
        .unwrap();
    assert_eq!(
        (one.id, one.credential_version, one.updated_at),
        (integration(1), 2, at(5))
    );
    assert!(
        integrations::find(&mut reader, "tenant 2").await.is_err(),
        "a removed one has no label any more"
    );
    assert!(
        !integrations::label_taken(&mut reader, "tenant 2", None)
            .await
            .unwrap()
    );
    let removed = integrations::find(&mut reader, &integration(2).to_string())
        .await
        .unwrap();
    assert_eq!(removed.status, IntegrationStatus::Disconnected);
}

#[tokio::test]
async fn a_connection_s_status_follows_its_runs() {
    let (_dir, store) = filled().await;
    let status = async || {
        let one = integrations::get(&mut store.read().await.unwrap(), integration(1))
            .await
            .unwrap();
        (one.status, one.last_sync_at, one.error_message)
    };
    let partial = Some("One dataset was refused.".to_owned());
    assert_eq!(
        status().await,
        (IntegrationStatus::Connected, Some(at(4)), partial.clone())
    );
    record(
        &store,
        &[started(3, 1), finished(3, 1, RunState::Cancelled, None)],
    )
    .await;
    assert_eq!(
        status().await,
        (IntegrationStatus::Connected, Some(at(4)), partial),
        "a stopped run says nothing"
    );
    record(
        &store,
        &[
            started(4, 1),
            finished(4, 1, RunState::Failed, Some("Sign-in was refused.")),
        ],
    )
    .await;
    let refused = Some("Sign-in was refused.".to_owned());
    assert_eq!(
        status().await,
        (IntegrationStatus::Error, Some(at(4)), refused)
    );
    record(
        &store,
        &[started(5, 1), finished(5, 1, RunState::Done, None)],
    )
    .await;
    assert_eq!(
        status().await,
        (IntegrationStatus::Connected, Some(at(5)), None)
    );
    let removed = Event::IntegrationRemoved {
        integration_id: integration(1),
    };
    record(
        &store,
        &[started(6, 1), removed, finished(6, 1, RunState::Done, None)],
    )
    .await;
    assert_eq!(
        status().await.0,
        IntegrationStatus::Disconnected,
        "a run that ends late does not bring it back"
    );
}

#[tokio::test]
async fn runs_say_what_was_asked_and_what_came() {
    let (_dir, store) = filled().await;
    record(&store, &[started(3, 2), failed(3, 2)]).await;
    let mut reader = store.read().await.unwrap();
    let all = runs::list(&mut reader, None, 10).await.unwrap();
    assert_eq!(
        all.iter().map(|run| run.id).collect::<Vec<_>>(),
        [run(3), run(2), run(1)]
    );
    assert_eq!(
        runs::list(&mut reader, Some(integration(1)), 1)
            .await
            .unwrap(),
        all[1..2]
    );
    let first = runs::get(&mut reader, run(1)).await.unwrap();
    assert_eq!(
        (first.trigger, first.scheduled_for, first.started_at),
        (Trigger::Schedule, Some(at(0)), at(1))
    );
    assert_eq!(
        (first.finished_at, first.state, first.error),
        (Some(at(2)), Some(RunState::Done), None)
    );
    assert_eq!(first.datasets, ["entra-id.users"]);
    assert_eq!(
        runs::get(&mut reader, run(9)).await.unwrap_err().code(),
        "missing"
    );
    assert_eq!(runs::unfinished(&mut reader).await.unwrap(), all[..1]);
    let attempts = runs::datasets(&mut reader, run(1)).await.unwrap();
    assert_eq!(attempts.len(), 1);
    let collected = attempts[0].collected.unwrap();
    assert_eq!(
        (collected.rows, collected.pages, attempts[0].complete()),
        (2, 2, true)
    );
    let attempts = runs::datasets(&mut reader, run(3)).await.unwrap();
    assert_eq!(
        attempts[0].reason.as_ref().unwrap().code,
        UnknownCode::Throttled
    );
    assert_eq!(
        (attempts[0].collected, attempts[0].complete()),
        (None, false)
    );
}

#[tokio::test]
async fn a_dataset_keeps_its_newest_attempt_success_and_complete_success_apart() {
    let (_dir, store) = filled().await;
    let mut reader = store.read().await.unwrap();
    assert_eq!(
        datasets::get(&mut reader, integration(2), "entra-id.users")
            .await
            .unwrap(),
        None
    );
    let whole = datasets::get(&mut reader, integration(1), "entra-id.users")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(Some(&whole.attempt), whole.success.as_ref());
    assert_eq!(Some(&whole.attempt), whole.complete.as_ref());
    let capped = Reason::new(UnknownCode::Partial, "A cap was met.");
    let id = whole.attempt.collected.unwrap().snapshot;
    record(
        &store,
        &[
            started(3, 1),
            collected(3, 1, id, Some(capped.clone())),
            failed(3, 1),
        ],
    )
    .await;
    let listed = datasets::list(&mut reader, Some(integration(1)))
        .await
        .unwrap();
    let [now] = listed.as_slice() else {
        panic!("{listed:?}")
    };
    assert_eq!(now.attempt.collected, None);
    assert_eq!(now.success.as_ref().unwrap().reason, Some(capped));
    assert_eq!(now.complete, whole.complete);
    assert!(now.attempt.seq > now.success.as_ref().unwrap().seq);
    let history = datasets::history(&mut reader, integration(1), "entra-id.users", 2)
        .await
        .unwrap();
    assert_eq!(history, [now.attempt.clone(), now.success.clone().unwrap()]);
    assert!(
        datasets::list(&mut reader, Some(integration(2)))
            .await
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn working_state_is_kept_by_key_and_changes_no_record() {
    let (_dir, store) = filled().await;
    let before = store::chain::head(&mut store.read().await.unwrap())
        .await
        .unwrap();
    let mut tx = store.begin().await.unwrap();
    schedule_state::set(&mut tx, "daily", &at(1)).await.unwrap();
    schedule_state::set(&mut tx, "daily", &at(2)).await.unwrap();
    settings::set(&mut tx, "daily", &"09:00").await.unwrap();
    drafts::set(&mut tx, "connect", &serde_json::json!({"label": "x"}))
        .await
        .unwrap();
    drafts::set(&mut tx, "answer", &1).await.unwrap();
    drafts::remove(&mut tx, "answer").await.unwrap();
    tx.commit().await.unwrap();
    let mut reader = store.read().await.unwrap();
    assert_eq!(
        schedule_state::get(&mut reader, "daily").await.unwrap(),
        Some(at(2))
    );
    assert_eq!(
        settings::get::<String>(&mut reader, "daily")
            .await
            .unwrap()
            .as_deref(),
        Some("09:00")
    );
    assert_eq!(
        settings::get::<String>(&mut reader, "weekly")
            .await
            .unwrap(),
        None
    );
    let kept = drafts::list(&mut reader).await.unwrap();
    assert_eq!(
        kept,
        [("connect".to_owned(), serde_json::json!({"label": "x"}))]
    );
    assert_eq!(
        settings::get::<i32>(&mut reader, "daily")
            .await
            .unwrap_err()
            .code(),
        "vault_damaged"
    );
    assert_eq!(store::chain::head(&mut reader).await.unwrap(), before);
}

#[tokio::test]
async fn requests_that_went_out_can_be_shown_newest_first() {
    let (_dir, store) = filled().await;
    let request = |n: u128, status| Request {
        at: at(1),
        integration_id: Some(integration(n)),
        run_id: Some(run(1)),
        request: PageRequest {
            method: "GET".to_owned(),
            host: "graph.example".to_owned(),
            path: "/users".to_owned(),
            query: "skiptoken=***".to_owned(),
        },
        status,
        bytes: 12,
        duration_ms: 34,
        error: status
            .is_none()
            .then(|| "The service did not answer.".to_owned()),
    };
    let sent = [
        request(1, Some(200)),
        request(2, None),
        request(1, Some(429)),
    ];
    let mut tx = store.begin().await.unwrap();
    request_log::add(&mut tx, &sent).await.unwrap();
    tx.commit().await.unwrap();
    let mut reader = store.read().await.unwrap();
    let shown = request_log::list(&mut reader, None, 2).await.unwrap();
    assert_eq!(shown, [sent[2].clone(), sent[1].clone()]);
    let shown = request_log::list(&mut reader, Some(integration(1)), 9)
        .await
        .unwrap();
    assert_eq!(shown, [sent[2].clone(), sent[0].clone()]);
}

#[tokio::test]
async fn the_request_log_keeps_the_newest_ones() {
    let (_dir, store) = empty().await;
    let mut tx = store.begin().await.unwrap();
    sqlx::query(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20010)
         INSERT INTO request_log (at, method, host, path, query, bytes, duration_ms)
         SELECT '2026-01-01T00:00:00Z', 'GET', 'h', i, '', 0, 0 FROM n",
    )
    .execute(&mut *tx)
    .await
    .unwrap();
    request_log::add(&mut tx, &[]).await.unwrap();
    let kept: (i64, String) =
        sqlx::query_as("SELECT count(*), min(CAST(path AS INTEGER)) || '' FROM request_log")
            .fetch_one(&mut *tx)
            .await
            .unwrap();
    assert_eq!(kept, (i64::from(request_log::KEPT), "11".to_owned()));
}
