//! The whole path with the real provider against the strict Graph emulator.

use crate::support::{Bench, MONDAY, app_over, count, new_company};
use engine::{
    App, FixedClock,
    api::{
        CollectEvidence, Collected, ConnectIntegration, EvidenceRef, ListEvidence, ListFindings,
        ListIntegrations, Nothing, RunReport, SyncIntegration,
    },
    collect, companies, connect, evidence_view, findings, silent, sync,
};
use evidence::{Finding, Outcome, UnknownCode};
use graph_emulator::{Emulator, Fault, Options, Tenant};
use provider_entra_id::PROVIDER;
use provider_kit::Provider as _;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};
use store::Event;
use vault::MemoryKeyring;

struct Shop {
    bench: Bench,
    emulator: Emulator,
}

impl Shop {
    async fn unconnected(tenant: Tenant, options: Options) -> Self {
        let emulator = Emulator::start(tenant, options).unwrap();
        let mut bench = Bench::empty();
        bench.app = app_over(
            bench.dir.path(),
            Arc::new(MemoryKeyring::new()),
            bench.clock.clone(),
            vec![&PROVIDER],
        );
        companies::create(&bench.app, new_company("Halyard"))
            .await
            .unwrap();
        Self { bench, emulator }
    }

    async fn connected(tenant: Tenant, options: Options) -> Self {
        let shop = Self::unconnected(tenant, options).await;
        connect::connect(shop.app(), shop.request(None))
            .await
            .unwrap();
        shop.emulator.clear_log();
        shop
    }

    async fn synced() -> Self {
        let shop = Self::connected(Tenant::small(), Options::default()).await;
        assert_eq!(shop.bench.sync().await.state, "done");
        shop
    }

    fn app(&self) -> &App {
        &self.bench.app
    }

    fn request(&self, secret: Option<&str>) -> ConnectIntegration {
        let options = self.emulator.options();
        let secret = secret.map_or_else(|| options.client_secret.clone().unwrap(), str::to_owned);
        let config = [
            ("cloud", "custom".to_owned()),
            ("login_url", self.emulator.login_url()),
            ("graph_url", self.emulator.graph_url()),
            ("tenant_id", self.emulator.tenant().id),
            ("client_id", options.client_id.clone()),
        ];
        ConnectIntegration {
            integration_type: "entra-id".to_owned(),
            label: Some("tenant".to_owned()),
            config: config
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value))
                .collect(),
            credentials: BTreeMap::from([("client_secret".to_owned(), secret)]),
        }
    }

    async fn collect(&self, control: &str) -> Collected {
        collect::collect(
            self.app(),
            CollectEvidence {
                control_id: control.to_owned(),
            },
            &silent(),
        )
        .await
        .unwrap()
    }

    /// What was asked of the emulator apart from signing in and asking who answers, each once.
    fn asked(&self) -> BTreeSet<String> {
        let log = self.emulator.log();
        self.emulator.clear_log();
        log.into_iter()
            .map(|request| request.path)
            .filter(|path| !path.ends_with("/oauth2/v2.0/token") && path != "/v1.0/organization")
            .collect()
    }

    /// What the kept pages of `datasets` say was asked.
    async fn evidenced(&self, datasets: &BTreeSet<&str>) -> BTreeSet<String> {
        let mut paths = BTreeSet::new();
        for item in evidence_view::list(self.app(), ListEvidence::default())
            .await
            .unwrap()
            .evidence
        {
            if datasets.contains(item.dataset.as_str()) {
                let shown = evidence_view::show(self.app(), EvidenceRef { id: item.id })
                    .await
                    .unwrap();
                paths.extend(shown.pages.into_iter().map(|page| page.request.path));
            }
        }
        paths.remove("/v1.0/organization");
        paths
    }

    async fn reevaluated(&self) -> String {
        let again = findings::list(
            self.app(),
            ListFindings {
                reevaluate: true,
                ..Default::default()
            },
        )
        .await
        .unwrap();
        serde_json::to_string(&again.findings).unwrap()
    }
}

/// The datasets that the checks of a requirement declare.
fn declared(requirement: &str) -> BTreeSet<&'static str> {
    let checks = PROVIDER
        .checks()
        .iter()
        .filter(|check| check.requirements().iter().any(|id| id == requirement));
    checks.flat_map(|check| check.datasets).copied().collect()
}

fn read(run: &RunReport) -> BTreeSet<&str> {
    run.datasets
        .iter()
        .map(|dataset| dataset.id.as_str())
        .collect()
}

fn named<'a>(findings: &'a [Finding], resource: &str) -> Vec<&'a str> {
    let holds = |finding: &&Finding| {
        finding
            .resources
            .iter()
            .any(|found| found.name.contains(resource) || found.id.contains(resource))
    };
    findings
        .iter()
        .filter(holds)
        .map(|finding| finding.check.as_str())
        .collect()
}

#[tokio::test]
async fn a_wrong_secret_is_refused_and_nothing_is_saved() {
    let shop = Shop::unconnected(Tenant::small(), Options::default()).await;
    let entries = shop.bench.events().await.len();
    let error = connect::connect(
        shop.app(),
        shop.request(Some("canary~wrong.secret-0123456789abcdefghij")),
    )
    .await
    .err()
    .unwrap();
    assert_eq!(
        (error.class.as_str(), error.exit_code()),
        ("authentication", 3)
    );
    assert!(!format!("{error:?}").contains("canary"));
    assert!(
        connect::list(shop.app(), ListIntegrations { all: true })
            .await
            .unwrap()
            .integrations
            .is_empty()
    );
    assert_eq!(shop.bench.events().await.len(), entries);
    let connected = connect::connect(shop.app(), shop.request(None))
        .await
        .unwrap();
    assert_eq!(
        connected.integration.identity_id,
        shop.emulator.tenant().id.to_lowercase()
    );
    assert!(connected.integration.custom_host.is_some());
    assert!(
        connected
            .permissions
            .iter()
            .any(|permission| permission.state == "granted")
    );
}

#[tokio::test]
async fn every_request_is_logged_and_can_be_shown() {
    let shop = Shop::unconnected(Tenant::small(), Options::default()).await;
    let _ = connect::connect(
        shop.app(),
        shop.request(Some("wrong~secret.value-0123456789abcdefghij")),
    )
    .await;
    connect::connect(shop.app(), shop.request(None))
        .await
        .unwrap();
    shop.bench.sync().await;
    shop.emulator.faults().set("/", Fault::WrongTenant);
    shop.bench.sync().await;
    let open = shop.bench.app.opened().unwrap();
    let mut reader = open.store.read().await.unwrap();
    let shown = store::request_log::list(&mut reader, None, 20_000)
        .await
        .unwrap()
        .len();
    assert_eq!(shown, shop.emulator.log().len());
}

#[tokio::test]
async fn a_sync_keeps_every_dataset_and_judges_every_check() {
    let shop = Shop::synced().await;
    let items = evidence_view::list(shop.app(), ListEvidence::default())
        .await
        .unwrap()
        .evidence;
    assert_eq!(items.len(), PROVIDER.datasets().len());
    assert!(
        items
            .iter()
            .all(|item| item.revision == 1 && item.custom_host.is_some())
    );
    let stored = shop.bench.findings().await;
    assert_eq!(stored.len(), PROVIDER.checks().len());
    assert_eq!(
        shop.reevaluated().await,
        serde_json::to_string(&stored).unwrap()
    );
    let entries = shop.bench.events().await.len();
    shop.bench.at("2026-11-23T14:30:00Z");
    shop.bench.sync().await;
    let new = shop.bench.events().await.split_off(entries);
    assert_eq!(
        count(&new, |event| matches!(event, Event::EvidenceRevised { .. })),
        0
    );
    assert_eq!(
        shop.reevaluated().await,
        serde_json::to_string(&shop.bench.findings().await).unwrap()
    );
    assert!(shop.bench.verify().await.ok);
}

#[tokio::test]
async fn a_changed_tenant_is_a_new_revision_and_a_changed_finding() {
    let shop = Shop::synced().await;
    let changed = shop.emulator.tenant().users.iter().find_map(|user| {
        let name = user["userPrincipalName"].as_str()?.to_owned();
        let mut tried = false;
        shop.emulator
            .edit(|tenant| tried = tenant.set_mfa(&name, false));
        tried.then_some(name)
    });
    assert!(changed.is_some());
    let entries = shop.bench.events().await.len();
    shop.bench.sync().await;
    let new = shop.bench.events().await.split_off(entries);
    assert_eq!(
        count(&new, |event| matches!(event, Event::EvidenceRevised { .. })),
        1
    );
    assert!(count(&new, |event| matches!(event, Event::FindingRecorded { .. })) >= 1);
}

#[tokio::test]
async fn collecting_asks_exactly_what_the_checks_declare() {
    for (control, requirement) in [
        ("IA.L2-3.5.3", "3.5.3"),
        ("AC.1.001", "3.1.1"),
        ("3.3.1", "3.3.1"),
    ] {
        let shop = Shop::connected(Tenant::small(), Options::default()).await;
        let declared = declared(requirement);
        assert!(!declared.is_empty());
        let collected = shop.collect(control).await;
        assert_eq!(collected.requirement, requirement);
        assert_eq!(read(&collected.runs[0]), declared, "{control}");
        assert_eq!(
            collected.runs[0].state, "done",
            "{control}: {:?}",
            collected.runs[0].datasets
        );
        assert_eq!(shop.asked(), shop.evidenced(&declared).await, "{control}");
    }
}

#[tokio::test]
async fn the_right_people_are_named() {
    let shop = Shop::connected(Tenant::small(), Options::default()).await;
    let collected = shop.collect("3.5.3").await;
    assert_eq!(collected.compliance_status, "non_compliant");
    let tenant = shop.emulator.tenant();
    let without: Vec<&str> = tenant
        .registration_details
        .iter()
        .filter(|details| details["isMfaRegistered"] == false && details["isAdmin"] == true)
        .filter_map(|details| details["id"].as_str())
        .collect();
    assert!(!without.is_empty());
    let enabled = |id: &&&str| {
        tenant
            .users
            .iter()
            .any(|user| user["id"] == **id && user["accountEnabled"] == true)
    };
    for id in without.iter().filter(enabled) {
        assert!(
            !named(&collected.findings, id).is_empty(),
            "{id} has no MFA and is not named"
        );
    }
    assert!(
        collected
            .findings
            .iter()
            .any(|finding| finding.outcome == Outcome::Fail)
    );
}

#[tokio::test]
async fn the_old_practice_answers_with_its_share() {
    let shop = Shop::connected(Tenant::small(), Options::default()).await;
    let collected = shop.collect("IA.1.076").await;
    assert_eq!(collected.requirement, "3.5.1");
    let rule = collected.legacy_rule.unwrap();
    assert_eq!(rule.threshold, 0.8);
    let share = rule.share.unwrap();
    assert!(
        rule.eligible > rule.registered && rule.registered > 0,
        "{rule:?}"
    );
    #[expect(clippy::cast_precision_loss, reason = "two dozen people")]
    let expected = rule.registered as f64 / rule.eligible as f64;
    assert!((share - expected).abs() < f64::EPSILON);
    assert_eq!(
        rule.compliance_status,
        if share > 0.8 {
            "compliant"
        } else {
            "non_compliant"
        }
    );
    let unlicensed = Shop::connected(Tenant::small(), Options::default()).await;
    unlicensed.emulator.edit(Tenant::remove_licences);
    let rule = unlicensed.collect("IA.1.076").await.legacy_rule.unwrap();
    assert_eq!(
        (rule.share, rule.compliance_status.as_str()),
        (None, "inconclusive")
    );
}

#[tokio::test]
async fn one_forbidden_collection_takes_nothing_from_the_others() {
    let shop = Shop::synced().await;
    let before = shop.bench.findings().await;
    shop.emulator
        .faults()
        .set("/reports/authenticationMethods", Fault::Forbidden);
    let run = shop.bench.sync().await;
    assert_eq!(run.state, "partial");
    let failed: BTreeSet<&str> = run
        .datasets
        .iter()
        .filter(|dataset| dataset.state == "failed")
        .map(|dataset| dataset.id.as_str())
        .collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    for (finding, before) in shop.bench.findings().await.iter().zip(&before) {
        let check = PROVIDER
            .checks()
            .iter()
            .find(|check| check.id == finding.check)
            .unwrap();
        if check
            .datasets
            .iter()
            .any(|dataset| failed.contains(dataset))
        {
            assert_ne!(finding.outcome, Outcome::Pass, "{}", finding.check);
            if finding.outcome == Outcome::Unknown {
                assert_eq!(
                    finding.reason.as_ref().unwrap().code,
                    UnknownCode::PermissionMissing,
                    "{}",
                    finding.check
                );
                let known = finding.last_known.as_ref().map(|known| known.outcome);
                assert_eq!(
                    known,
                    (before.outcome != Outcome::Unknown).then_some(before.outcome)
                );
            }
        } else {
            assert_eq!(finding, before);
        }
    }
    assert!(shop.bench.verify().await.ok);
}

#[tokio::test]
async fn a_cut_second_page_never_passes_a_check() {
    let shop = Shop::connected(
        Tenant::tidy(),
        Options {
            page_size: Some(5),
            ..Options::default()
        },
    )
    .await;
    shop.bench.sync().await;
    let passing = shop
        .bench
        .findings()
        .await
        .iter()
        .filter(|finding| finding.outcome == Outcome::Pass)
        .count();
    assert!(passing > 0);
    shop.emulator.faults().set("/", Fault::RepeatNextLink);
    shop.bench.sync().await;
    for finding in shop.bench.findings().await {
        assert!(
            finding.outcome != Outcome::Pass || finding.population.complete,
            "{}",
            finding.check
        );
    }
    let cut: BTreeSet<String> = connect::detail(
        shop.app(),
        engine::api::IntegrationRef {
            id: "tenant".into(),
        },
    )
    .await
    .unwrap()
    .datasets
    .into_iter()
    .filter(|dataset| dataset.state == "partial")
    .map(|dataset| dataset.dataset.id)
    .collect();
    assert!(cut.contains("entra-id.users"), "{cut:?}");
    for finding in shop.bench.findings().await {
        let check = PROVIDER
            .checks()
            .iter()
            .find(|check| check.id == finding.check)
            .unwrap();
        let touched = check.datasets.iter().any(|dataset| cut.contains(*dataset));
        assert!(
            !touched || finding.outcome != Outcome::Pass,
            "{}",
            finding.check
        );
    }
    assert!(shop.bench.verify().await.ok);
}

#[tokio::test]
async fn another_tenant_stops_the_sync() {
    let shop = Shop::synced().await;
    shop.emulator.clear_log();
    shop.emulator.faults().set("/", Fault::WrongTenant);
    let run = shop.bench.sync().await;
    assert_eq!(
        (run.state.as_str(), run.error.unwrap().class.as_str()),
        ("failed", "identity")
    );
    assert_eq!(
        shop.asked(),
        BTreeSet::new(),
        "nothing of the other tenant is read"
    );
    let code = |finding: &Finding| finding.reason.as_ref().map(|reason| reason.code);
    assert!(
        shop.bench
            .findings()
            .await
            .iter()
            .all(|finding| code(finding) == Some(UnknownCode::IdentityMismatch))
    );
}

#[tokio::test]
async fn a_hanging_service_is_left_within_two_seconds() {
    let shop = Shop::connected(Tenant::small(), Options::default()).await;
    let hang = Fault::Slow {
        delay: Duration::from_secs(600),
        piece: 0,
        pause: Duration::ZERO,
    };
    shop.emulator.faults().set("/groups", hang);
    let app = Arc::clone(&shop.bench.app);
    let running = tokio::spawn(async move {
        sync::sync(&app, SyncIntegration { ids: Vec::new() }, &silent()).await
    });
    while evidence_view::list(shop.app(), ListEvidence::default())
        .await
        .unwrap()
        .evidence
        .len()
        < 5
    {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    engine::commands::cancel_work(shop.app(), Nothing {})
        .await
        .unwrap();
    let run = tokio::time::timeout(Duration::from_secs(2), running)
        .await
        .unwrap()
        .unwrap()
        .unwrap()
        .runs
        .remove(0);
    assert_eq!(run.state, "cancelled");
    assert!(
        run.datasets
            .iter()
            .any(|dataset| dataset.state == "current")
    );
    assert!(shop.bench.verify().await.ok);
}

#[tokio::test]
async fn hostile_strings_stay_text() {
    let shop = Shop::connected(Tenant::hostile(), Options::default()).await;
    shop.bench.sync().await;
    let stored = shop.bench.findings().await;
    assert_eq!(
        shop.reevaluated().await,
        serde_json::to_string(&stored).unwrap()
    );
    for item in evidence_view::list(shop.app(), ListEvidence::default())
        .await
        .unwrap()
        .evidence
    {
        let shown = evidence_view::show(shop.app(), EvidenceRef { id: item.id })
            .await
            .unwrap();
        for page in shown.pages {
            let request = engine::api::GetPage {
                page: page.page_sha256.to_string(),
                offset: 0,
            };
            evidence_view::page(shop.app(), request).await.unwrap();
        }
    }
    assert!(shop.bench.verify().await.ok);
}

#[tokio::test]
async fn the_same_tenant_in_two_vaults_gives_the_same_findings() {
    let emulator = Emulator::start(Tenant::small(), Options::default()).unwrap();
    let mut shop = Shop {
        bench: Bench::empty(),
        emulator,
    };
    let mut written = Vec::new();
    for _ in 0..2 {
        let dir = tempfile::tempdir().unwrap();
        let clock = Arc::new(FixedClock::at(MONDAY.parse().unwrap()));
        shop.bench.app = app_over(
            dir.path(),
            Arc::new(MemoryKeyring::new()),
            clock,
            vec![&PROVIDER],
        );
        companies::create(shop.app(), new_company("Halyard"))
            .await
            .unwrap();
        let id = connect::connect(shop.app(), shop.request(None))
            .await
            .unwrap()
            .integration
            .id;
        shop.bench.sync().await;
        written.push(
            serde_json::to_string(&shop.bench.findings().await)
                .unwrap()
                .replace(&id, "the connection"),
        );
    }
    assert_eq!(written[0], written[1]);
}

#[tokio::test]
async fn a_disagreement_with_an_imported_file_is_named_and_settles_nothing() {
    use engine::{api::GetControl, control, imports};
    let shop = Shop::connected(Tenant::small(), Options::default()).await;
    shop.bench.sync().await;
    let own = shop.bench.findings().await;
    let outcome = |alias: &str| {
        let check = PROVIDER
            .checks()
            .iter()
            .find(|check| check.alias == alias)
            .unwrap();
        let finding = own
            .iter()
            .find(|finding| finding.check == check.id)
            .unwrap();
        (check.id, finding.outcome)
    };
    // The same subjects, each with the opposite of what the own check says.
    let subjects = [
        ("MS.AAD.1.1v1", "ENTRA-05"),
        ("MS.AAD.3.2v2", "ENTRA-02"),
        ("MS.AAD.7.1v1", "ENTRA-12"),
        ("MS.AAD.5.1v1", "ENTRA-22"),
    ];
    let mut expected = BTreeSet::new();
    let mut controls = Vec::new();
    for (policy, alias) in subjects {
        let (check, outcome) = outcome(alias);
        let said = match outcome {
            Outcome::Pass => "Fail",
            Outcome::Fail => "Pass",
            _ => "Fail",
        };
        if matches!(outcome, Outcome::Pass | Outcome::Fail) {
            expected.insert((check.to_owned(), format!("import.scubagear.{policy}")));
        }
        controls.push(serde_json::json!({
            "Control ID": policy, "Requirement": "Made up.", "Result": said, "Criticality": "Shall", "Details": ""
        }));
    }
    assert!(!expected.is_empty());
    let file = serde_json::json!({
        "MetaData": {"TenantId": shop.emulator.tenant().id.to_uppercase(), "DisplayName": "Made-up",
            "Tool": "ScubaGear", "ToolVersion": "1.5.0", "TimestampZulu": "2026-11-20T10:00:00.000Z"},
        "Results": {"AAD": [{"Controls": controls}]}
    });
    let handed = imports::Handed {
        format: "scubagear".into(),
        name: "ScubaResults.json".into(),
        bytes: file.to_string().into_bytes(),
        integration: Some("tenant".into()),
        label: None,
        by: "Pat Doe".into(),
    };
    let done = imports::import(shop.app(), handed).await.unwrap();
    let named: BTreeSet<_> = done
        .disagreements
        .iter()
        .map(|one| (one.check.clone(), one.imported_check.clone()))
        .collect();
    assert_eq!(named, expected);
    assert!(
        done.disagreements
            .iter()
            .all(|one| one.what.contains("ScubaGear"))
    );
    assert_eq!(
        shop.bench.findings().await[..own.len()],
        own[..],
        "the own findings stay"
    );
    let (check, _) = outcome("ENTRA-05");
    let detail = control::get(
        shop.app(),
        GetControl {
            control_id: "3.5.3".into(),
        },
    )
    .await
    .unwrap();
    assert_eq!(
        detail.disagreements.iter().any(|one| one.check == check),
        expected.iter().any(|(own, _)| own == check)
    );
}
