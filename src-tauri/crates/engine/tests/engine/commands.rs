//! The command table as the window uses it.

use crate::support::{Bench, connection};
use engine::{COMMANDS, api::ApiError, dispatch, silent};
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn call(bench: &Bench, command: &str, request: Value) -> Result<Value, ApiError> {
    dispatch(&bench.app, command, request, &silent()).await
}

#[tokio::test]
async fn unknown_commands_are_refused() {
    let bench = Bench::empty();
    assert_eq!(
        call(&bench, "drop_everything", json!({}))
            .await
            .unwrap_err()
            .class,
        "usage"
    );
}

#[tokio::test]
async fn a_malformed_request_is_refused_without_repeating_it() {
    let bench = Bench::company().await;
    for (command, request) in [
        (
            "connect_integration",
            json!({"integrationType": "fake", "config": {}, "credentials": "canary-secret"}),
        ),
        (
            "connect_integration",
            json!({"integrationType": "fake", "config": {}, "credentials": {"client_secret": ["canary-secret"]}}),
        ),
        (
            "unlock",
            json!({"companyId": "x", "with": {"kind": "canary-secret"}}),
        ),
        (
            "create_company",
            json!({"name": "a", "level": "canary-secret"}),
        ),
        ("create_company", json!("canary-secret")),
    ] {
        let error = call(&bench, command, request).await.unwrap_err();
        assert_eq!(error.class, "usage");
        assert!(
            !format!("{error:?} {error}").contains("canary"),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn every_command_answers_a_locked_app_with_an_error_and_never_a_panic() {
    let bench = Bench::empty();
    let fine: BTreeSet<&str> = [
        "app_state",
        "lock",
        "catalogue",
        "list_providers",
        "access_for",
        "set_appearance",
        "answer_closing",
        "cancel_sign_in",
        "create_demo",
        "create_company",
    ]
    .into();
    for command in COMMANDS {
        let request = match command.name {
            "create_company" => {
                json!({"name": "Acme", "level": 2, "zone": null, "protection": "standard", "passphrase": null})
            }
            "renew_recovery_key" => json!({"with": {"kind": "key_store"}}),
            "confirm_recovery" => json!({"groups": []}),
            "unlock" => {
                json!({"companyId": "00000000-0000-4000-8000-000000000000", "with": {"kind": "key_store"}})
            }
            "update_profile" => {
                json!({"profile": {"name": "a", "level": 2, "zone": "UTC", "cageCode": null, "uei": null, "scope": null, "demo": false}})
            }
            "set_appearance" => json!({"appearance": "dark"}),
            "access_for" => {
                json!({"integrationType": "fake", "cloud": null, "checks": null, "evidence": true})
            }
            "answer_closing" => json!({"answer": "quit"}),
            "get_status" => json!({"controlId": null}),
            "get_control" | "collect_evidence" => json!({"controlId": "3.5.3"}),
            "determine" => {
                json!({"objective": "3.5.3[a]", "determination": "met", "by": "Ada", "why": "x"})
            }
            "connect_integration" => {
                json!({"integrationType": "fake", "label": null, "config": {}, "credentials": {}})
            }
            "test_integration" => json!({"id": "x", "integrationType": null}),
            "get_integration" | "remove_integration" | "reconnect_integration" | "get_evidence" => {
                json!({"id": "x"})
            }
            "get_page" => json!({"page": "x"}),
            "review_evidence" => {
                json!({"id": "x", "revision": 1, "review": "approved", "by": "Ada", "why": null})
            }
            "import_file" => {
                json!({"format": "scubagear", "fileName": "x", "content": "", "integration": null, "label": null, "by": "Ada"})
            }
            "set_parameter" => {
                json!({"key": "x", "value": 1, "by": "Ada", "why": "x", "until": null})
            }
            "set_schedule" => json!({"enabled": true, "dailyAt": "09:00"}),
            "open_link" => json!({"url": "https://evil.example/"}),
            _ => json!({}),
        };
        let answer = call(&bench, command.name, request).await;
        if fine.contains(command.name) {
            answer.unwrap_or_else(|error| panic!("{}: {error}", command.name));
        } else {
            let error = answer.expect_err(command.name);
            let expected = match command.name {
                "unlock" | "open_link" | "open_sign_in" => "usage",
                _ => "vault",
            };
            assert_eq!(error.class, expected, "{}: {error}", command.name);
            assert!(
                !error.what.is_empty() && !error.why.is_empty() && !error.fix.is_empty(),
                "{}",
                command.name
            );
        }
        call(&bench, "lock", json!({})).await.unwrap();
    }
}

#[tokio::test]
async fn the_table_names_every_command_once() {
    let names: BTreeSet<&str> = COMMANDS.iter().map(|command| command.name).collect();
    assert_eq!(names.len(), COMMANDS.len());
    let streaming: Vec<&str> = COMMANDS
        .iter()
        .filter(|command| command.streams)
        .map(|command| command.name)
        .collect();
    assert_eq!(
        streaming,
        [
            "connect_integration",
            "reconnect_integration",
            "test_integration",
            "sync_integration",
            "collect_evidence",
            "run_due"
        ]
    );
}

#[tokio::test]
async fn the_whole_path_by_commands_alone() {
    let bench = Bench::empty();
    let request = json!({"name": "Acme", "level": 2, "zone": "UTC", "protection": "standard", "passphrase": null});
    call(&bench, "create_company", request).await.unwrap();
    let connected = call(
        &bench,
        "connect_integration",
        serde_json::to_value(connection(Some("shop"), crate::fake::SECRET)).unwrap(),
    );
    assert_eq!(
        connected.await.unwrap()["integration"]["status"],
        "connected"
    );
    let synced = call(&bench, "sync_integration", json!({})).await.unwrap();
    assert_eq!(synced["runs"][0]["datasets"][0]["id"], "fake.users");
    let status = call(&bench, "get_status", json!({})).await.unwrap();
    assert_eq!(status["requirements"].as_array().unwrap().len(), 110);
    assert_eq!(status["requirements"][0]["id"], "3.1.1");
    let score = call(&bench, "get_score", json!({})).await.unwrap();
    assert_eq!(
        (&score["score"], &score["final"]),
        (&Value::Null, &json!(false))
    );
    let finding = &call(&bench, "list_findings", json!({"requirement": "3.5.3"}))
        .await
        .unwrap()["findings"][0];
    let members: BTreeSet<&str> = finding
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let contract = [
        "check",
        "checkVersion",
        "integrationId",
        "outcome",
        "reason",
        "title",
        "severity",
        "requirements",
        "objectives",
        "parameters",
        "resources",
        "population",
        "snapshots",
        "collectedAt",
        "custom",
        "imported",
        "lastKnown",
    ];
    assert_eq!(members, contract.into());
    let catalogue = call(&bench, "catalogue", json!({})).await.unwrap();
    assert_eq!(catalogue["requirements"].as_array().unwrap().len(), 110);
}

#[tokio::test]
async fn only_https_pages_of_known_services_are_opened() {
    let bench = Bench::empty();
    for url in [
        "http://docs.fake.example/",
        "https://evil.example/",
        "https://fake.example.evil.example/",
        "https://fake.example@evil.example/",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "",
    ] {
        assert_eq!(
            call(&bench, "open_link", json!({"url": url}))
                .await
                .unwrap_err()
                .code,
            "link_not_allowed",
            "{url}"
        );
    }
}
