//! What a provider has to be granted, before there is a connection.

use crate::support::{Bench, app_over};
use engine::{
    App,
    access::access_for,
    api::{Access, AccessFor, ApiError},
};
use provider_kit::Provider as _;
use std::sync::Arc;

fn entra(bench: &Bench) -> Arc<App> {
    app_over(
        bench.dir.path(),
        Arc::clone(&bench.keyring),
        bench.clock.clone(),
        vec![bench.fake, &provider_entra_id::PROVIDER],
    )
}

async fn ask(
    app: &App,
    provider: &str,
    checks: Option<&[&str]>,
    evidence: bool,
) -> Result<Access, ApiError> {
    let request = AccessFor {
        integration_type: provider.to_owned(),
        cloud: None,
        checks: checks.map(|ids| ids.iter().map(|id| (*id).to_owned()).collect()),
        evidence,
    };
    access_for(app, request).await
}

fn grants(access: &Access) -> Vec<&str> {
    access
        .permissions
        .iter()
        .map(|permission| permission.grant.as_str())
        .collect()
}

#[tokio::test]
async fn everything_is_what_the_manifest_lists() {
    let bench = Bench::empty();
    let app = entra(&bench);
    let manifest = provider_entra_id::PROVIDER.manifest();
    let whole = ask(&app, "entra-id", None, true).await.unwrap();
    let all: Vec<&str> = manifest
        .permissions
        .iter()
        .map(|permission| permission.grant.as_str())
        .collect();
    assert_eq!(grants(&whole), all);
    assert_eq!(
        whole.checks.len(),
        provider_entra_id::PROVIDER.checks().len()
    );
    assert!(whole.lost_checks.is_empty() && whole.lost_datasets.is_empty());
    assert_eq!(whole.cloud, "global");
    let script = &manifest.scripts_for("global")[0];
    assert_eq!(whole.scripts[0].text, script.text);
    for permission in &whole.permissions {
        assert!(!permission.datasets.is_empty(), "{}", permission.grant);
    }
}

#[tokio::test]
async fn few_checks_need_few_permissions_and_the_rest_is_named_as_lost() {
    let bench = Bench::empty();
    let app = entra(&bench);
    let check = provider_entra_id::PROVIDER
        .checks()
        .iter()
        .find(|check| check.datasets == ["entra-id.applications"])
        .expect("a check of one dataset");
    // By its alias, as everywhere else.
    for name in [check.id, check.alias] {
        let few = ask(&app, "entra-id", Some(&[name]), false).await.unwrap();
        assert_eq!(grants(&few), ["Application.Read.All"]);
        assert_eq!(few.permissions[0].datasets, check.datasets);
        assert!(few.scripts[0].text.contains("'Application.Read.All'"));
        assert!(!few.scripts[0].text.contains("User.Read.All"));
        assert!(!few.lost_checks.contains(&check.id.to_owned()));
        assert!(few.lost_checks.len() < few.checks.len());
        assert!(few.lost_datasets.contains(&"entra-id.users".to_owned()));
        assert!(!few.evidence_only.is_empty());
    }
    let nothing = ask(&app, "entra-id", Some(&[]), false).await.unwrap();
    assert!(nothing.permissions.is_empty() && nothing.scripts.is_empty());
    assert_eq!(nothing.lost_checks, nothing.checks);
    let evidence = ask(&app, "entra-id", Some(&[]), true).await.unwrap();
    for dataset in &evidence.evidence_only {
        assert!(!evidence.lost_datasets.contains(&dataset.id));
    }
}

#[tokio::test]
async fn what_does_not_exist_is_a_usage_error_that_names_it() {
    let bench = Bench::empty();
    let error = ask(
        &bench.app,
        "fake",
        Some(&["fake.mfa.admins", "fake.no.such"]),
        true,
    )
    .await
    .unwrap_err();
    assert_eq!(
        (error.exit_code(), error.code.as_str()),
        (2, "unknown_check")
    );
    assert!(error.why.contains("fake.no.such"), "{error}");
    assert!(error.fix.contains("fake.mfa.admins"), "{error}");
    let error = ask(&bench.app, "acme", None, true).await.unwrap_err();
    assert_eq!(error.exit_code(), 2);
    let request = AccessFor {
        integration_type: "fake".to_owned(),
        cloud: Some("moon".to_owned()),
        ..AccessFor::default()
    };
    let error = access_for(&bench.app, request).await.unwrap_err();
    assert_eq!(error.field.as_deref(), Some("cloud"));
    assert!(error.why.contains("moon"), "{error}");
    let custom = AccessFor {
        integration_type: "fake".to_owned(),
        cloud: Some("custom".to_owned()),
        ..AccessFor::default()
    };
    assert_eq!(
        access_for(&bench.app, custom).await.unwrap().cloud,
        "global"
    );
}
