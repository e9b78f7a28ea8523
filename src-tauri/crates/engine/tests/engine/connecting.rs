//! Connecting a service, testing, listing and removing; and that a secret never comes back out.

use crate::{
    fake::{SECRET, SignIn},
    support::{Bench, connection, named},
};
use engine::{
    api::{
        Activity, ConnectIntegration, GetStatus, ListEvidence, ListIntegrations, Nothing,
        SyncIntegration, TestIntegration,
    },
    connect, evidence_view, silent, sync,
};
use provider_kit::ErrorClass;
use std::collections::BTreeMap;
use store::Event;

async fn listed(bench: &Bench, all: bool) -> Vec<engine::api::Integration> {
    connect::list(&bench.app, ListIntegrations { all })
        .await
        .unwrap()
        .integrations
}

#[tokio::test]
async fn a_wrong_secret_saves_nothing() {
    let bench = Bench::company().await;
    let entries = bench.events().await.len();
    let error = connect::connect(&bench.app, connection(None, "canary-wrong-secret"))
        .await
        .err()
        .unwrap();
    assert_eq!(
        (error.class.as_str(), error.exit_code()),
        ("authentication", 3)
    );
    assert!(!error.what.is_empty() && !error.why.is_empty() && !error.fix.is_empty());
    assert!(!format!("{error:?}").contains("canary"));
    assert!(listed(&bench, true).await.is_empty());
    assert_eq!(bench.events().await.len(), entries);
    let connected = connect::connect(&bench.app, connection(None, SECRET))
        .await
        .unwrap();
    assert_eq!(connected.integration.status, "connected");
    assert_eq!(
        (
            connected.integration.identity_id.as_str(),
            connected.integration.label.as_str()
        ),
        ("t-1", "Fake: Tenant t-1")
    );
    assert_eq!(connected.permissions.len(), 1);
    assert_eq!(connected.permissions[0].state, "granted");
    assert_eq!(listed(&bench, false).await.len(), 1);
    assert!(bench.verify().await.ok);
}

#[tokio::test]
async fn what_cant_be_right_is_named_by_field() {
    let bench = Bench::company().await;
    let field = async |request: ConnectIntegration| {
        let error = connect::connect(&bench.app, request).await.err().unwrap();
        assert_eq!(error.class, "usage");
        error.field.unwrap()
    };
    assert_eq!(
        field(ConnectIntegration {
            integration_type: "nothing".into(),
            ..connection(None, SECRET)
        })
        .await,
        "integrationType"
    );
    let mut unknown = connection(None, SECRET);
    unknown.config.insert("colour".into(), "blue".into());
    assert_eq!(field(unknown).await, "colour");
    let mut cloud = connection(None, SECRET);
    cloud.config.insert("cloud".into(), "moon".into());
    assert_eq!(field(cloud).await, "cloud");
    assert_eq!(
        field(ConnectIntegration {
            config: BTreeMap::new(),
            ..connection(None, SECRET)
        })
        .await,
        "tenant_id"
    );
    assert_eq!(field(connection(None, "")).await, "client_secret");
    assert_eq!(
        field(connection(Some(&"x".repeat(81)), SECRET)).await,
        "label"
    );
    assert!(listed(&bench, true).await.is_empty());
}

#[tokio::test]
async fn labels_are_unique_among_the_connected() {
    let bench = Bench::connected().await;
    let error = bench.connect(" shop ").await.err().unwrap();
    assert_eq!(error.field.as_deref(), Some("label"));
    assert_eq!(listed(&bench, true).await.len(), 1);
    for expected in [
        "Fake: Tenant t-1",
        "Fake: Tenant t-1 (2)",
        "Fake: Tenant t-1 (3)",
    ] {
        let connected = connect::connect(&bench.app, connection(None, SECRET))
            .await
            .unwrap();
        assert_eq!(connected.integration.label, expected);
    }
    connect::remove(&bench.app, named("shop")).await.unwrap();
    bench.connect("shop").await.unwrap();
}

#[tokio::test]
async fn a_custom_endpoint_says_so_everywhere() {
    let bench = Bench::company().await;
    let mut request = connection(Some("lab"), SECRET);
    request.config.insert("cloud".into(), "custom".into());
    request
        .config
        .insert("api_url".into(), "https://lab.example:8443".into());
    let connected = connect::connect(&bench.app, request).await.unwrap();
    assert_eq!(
        connected.integration.custom_host.as_deref(),
        Some("lab.example:8443")
    );
    bench.sync().await;
    assert!(bench.findings().await.iter().all(|finding| finding.custom));
    assert_eq!(
        bench.item("fake.users").await.custom_host.as_deref(),
        Some("lab.example:8443")
    );
    let tested = connect::test(
        &bench.app,
        TestIntegration {
            id: Some("lab".into()),
            integration_type: None,
            config: BTreeMap::new(),
            credentials: BTreeMap::new(),
        },
    )
    .await
    .unwrap();
    assert_eq!(tested.custom_host.as_deref(), Some("lab.example:8443"));
    assert!(
        tested
            .warnings
            .iter()
            .any(|warning| warning.contains("custom endpoint"))
    );
}

#[tokio::test]
async fn a_test_saves_nothing_and_tells_the_refusal() {
    let bench = Bench::company().await;
    let entries = bench.events().await.len();
    let request = |secret: &str| {
        let ConnectIntegration {
            integration_type,
            config,
            credentials,
            ..
        } = connection(None, secret);
        TestIntegration {
            id: None,
            integration_type: Some(integration_type),
            config,
            credentials,
        }
    };
    let tested = connect::test(&bench.app, request(SECRET)).await.unwrap();
    assert_eq!(
        (tested.identity_id.as_str(), tested.permissions.len()),
        ("t-1", 1)
    );
    assert_eq!(
        connect::test(&bench.app, request("wrong"))
            .await
            .err()
            .unwrap()
            .class,
        "authentication"
    );
    let nothing = TestIntegration {
        id: None,
        integration_type: None,
        config: BTreeMap::new(),
        credentials: BTreeMap::new(),
    };
    assert_eq!(
        connect::test(&bench.app, nothing)
            .await
            .err()
            .unwrap()
            .class,
        "usage"
    );
    assert!(listed(&bench, true).await.is_empty());
    assert_eq!(bench.events().await.len(), entries);
}

#[tokio::test]
async fn a_saved_connection_is_tested_for_who_answers() {
    let bench = Bench::connected().await;
    let request = || TestIntegration {
        id: Some("shop".into()),
        integration_type: None,
        config: BTreeMap::new(),
        credentials: BTreeMap::new(),
    };
    assert_eq!(
        connect::test(&bench.app, request())
            .await
            .unwrap()
            .identity_name,
        "Tenant t-1"
    );
    bench.fake.sign_in_as(SignIn::As("t-2"));
    let error = connect::test(&bench.app, request()).await.err().unwrap();
    assert_eq!(
        (error.class.as_str(), error.code.as_str()),
        ("identity", "identity_mismatch")
    );
    bench
        .fake
        .sign_in_as(SignIn::Refused(ErrorClass::Authentication));
    assert_eq!(
        connect::test(&bench.app, request())
            .await
            .err()
            .unwrap()
            .class,
        "authentication"
    );
}

#[tokio::test]
async fn cancelling_ends_a_hanging_sign_in() {
    let bench = Bench::company().await;
    bench.fake.sign_in_as(SignIn::Hangs);
    let app = bench.app.clone();
    let connecting =
        tokio::spawn(async move { connect::connect(&app, connection(None, SECRET)).await.err() });
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    engine::commands::cancel_work(&bench.app, Nothing {})
        .await
        .unwrap();
    let ended = tokio::time::timeout(std::time::Duration::from_secs(2), connecting)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(ended.unwrap().code, "cancelled");
    assert!(listed(&bench, true).await.is_empty());
}

#[tokio::test]
async fn no_answer_holds_a_secret() {
    let bench = Bench::connected().await;
    bench.sync().await;
    let mut failing = connection(Some("other"), "canary-wrong");
    failing.config.insert("tenant_id".into(), "t-9".into());
    let _ = connect::connect(&bench.app, failing).await;
    let item = bench.item("fake.users").await;
    let page = evidence_view::show(
        &bench.app,
        engine::api::EvidenceRef {
            id: item.id.clone(),
        },
    )
    .await
    .unwrap()
    .pages[0]
        .page_sha256;
    let mut said = String::new();
    for (command, request) in [
        ("list_integrations", serde_json::json!({"all": true})),
        ("get_integration", serde_json::json!({"id": "shop"})),
        (
            "test_integration",
            serde_json::json!({"id": "shop", "integrationType": null}),
        ),
        ("sync_integration", serde_json::json!({"ids": []})),
        (
            "collect_evidence",
            serde_json::json!({"controlId": "3.5.3"}),
        ),
        ("get_status", serde_json::json!({"controlId": null})),
        ("get_score", serde_json::json!({})),
        ("get_control", serde_json::json!({"controlId": "3.5.3"})),
        ("list_findings", serde_json::json!({"history": true})),
        ("list_evidence", serde_json::json!({})),
        ("get_evidence", serde_json::json!({"id": item.id})),
        ("get_page", serde_json::json!({"page": page})),
        ("get_activity", serde_json::json!({})),
        ("list_parameters", serde_json::json!({})),
        ("list_providers", serde_json::json!({})),
        ("app_state", serde_json::json!({})),
        ("verify_vault", serde_json::json!({})),
        ("remove_integration", serde_json::json!({"id": "shop"})),
    ] {
        let answer = engine::dispatch(&bench.app, command, request, &silent())
            .await
            .unwrap_or_else(|error| panic!("{command}: {error}"));
        said.push_str(&answer.to_string());
    }
    let entries = bench.events().await;
    said.push_str(&serde_json::to_string(&entries).unwrap());
    for spelling in [
        SECRET.to_owned(),
        hex::encode(SECRET),
        "canary".to_owned(),
        hex::encode("canary"),
    ] {
        assert!(!said.contains(&spelling), "{spelling}");
    }
    assert!(!said.to_lowercase().contains("credentialsencrypted"));
}

#[tokio::test]
async fn removing_destroys_the_credentials_and_keeps_the_evidence() {
    let bench = Bench::synced().await;
    let id = listed(&bench, false).await[0].id.clone();
    let removed = connect::remove(&bench.app, named("shop")).await.unwrap();
    assert_eq!(
        (removed.status.as_str(), removed.next_sync_at),
        ("disconnected", None)
    );
    let open = bench.app.opened().unwrap();
    let mut reader = open.store.read().await.unwrap();
    assert_eq!(
        store::integrations::credentials(&mut reader, id.parse().unwrap())
            .await
            .unwrap(),
        None
    );
    drop(reader);
    assert!(listed(&bench, false).await.is_empty());
    assert_eq!(listed(&bench, true).await.len(), 1);
    assert_eq!(
        evidence_view::list(&bench.app, ListEvidence::default())
            .await
            .unwrap()
            .evidence
            .len(),
        4
    );
    assert!(
        bench.findings().await.is_empty(),
        "a removed connection says nothing any more"
    );
    let status = engine::status::get(
        &bench.app,
        GetStatus {
            control_id: Some("3.5.3".into()),
        },
    )
    .await
    .unwrap();
    assert_eq!(
        (
            status.requirements[0].indication.as_str(),
            status.requirements[0].collection_state.as_str()
        ),
        ("inconclusive", "never")
    );
    let entries = bench.events().await.len();
    connect::remove(&bench.app, named(&id)).await.unwrap();
    assert_eq!(
        bench.events().await.len(),
        entries,
        "removing twice is removing once"
    );
    let error = sync::sync(
        &bench.app,
        SyncIntegration {
            ids: vec![id.clone()],
        },
        &silent(),
    )
    .await
    .err()
    .unwrap();
    assert_eq!(error.code, "disconnected");
    assert_eq!(
        bench.events().await.len(),
        entries,
        "a removed connection is not asked, and nothing of it is marked failed"
    );
    assert_eq!(bench.item("fake.users").await.state, "current");
    assert!(bench.verify().await.ok);
}

#[tokio::test]
async fn a_refused_sign_in_is_written_to_the_connection() {
    let bench = Bench::synced().await;
    bench
        .fake
        .sign_in_as(SignIn::Refused(ErrorClass::Authentication));
    bench.sync().await;
    let failed = listed(&bench, false).await.remove(0);
    assert_eq!(failed.status, "error");
    assert!(failed.error_message.unwrap().contains("refused"));
    bench.fake.mend();
    bench.sync().await;
    let mended = listed(&bench, false).await.remove(0);
    assert_eq!(
        (mended.status.as_str(), mended.error_message),
        ("connected", None)
    );
    let activity: Activity = engine::activity::get(&bench.app, Nothing {}).await.unwrap();
    let states: Vec<&str> = activity.runs.iter().map(|run| run.state.as_str()).collect();
    assert_eq!(states, ["done", "failed", "done"]);
    assert!(
        bench
            .events()
            .await
            .iter()
            .all(|event| !matches!(event, Event::DeterminationMade { .. }))
    );
}
