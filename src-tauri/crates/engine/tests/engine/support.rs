//! An app over a folder of its own, with a clock that stands and a service that answers as told.

use crate::fake::{Fake, SECRET};
use engine::{
    App, Clock, FixedClock, Options,
    api::{
        ApiError, CompanyCreated, ConnectIntegration, Connected, CreateCompany, IntegrationRef,
        ListEvidence, ListFindings, Nothing, Protection, RunReport, SyncIntegration, Unlock,
        UnlockWith,
    },
    companies, connect, evidence_view, findings, silent, sync,
};
use evidence::Finding;
use provider_kit::{Check, Provider};
use std::{collections::BTreeMap, path::Path, sync::Arc};
use store::{Event, chain};
use tempfile::TempDir;
use vault::{KdfProfile, KeyStore, MemoryKeyring};

/// The passphrase of every vault that has one.
pub const PASSPHRASE: &str = "correct horse battery";

/// When tests begin.
pub const MONDAY: &str = "2026-11-23T14:00:00Z";

/// An app with what surrounds it.
pub struct Bench {
    pub app: Arc<App>,
    pub clock: Arc<FixedClock>,
    pub keyring: Arc<dyn KeyStore>,
    pub fake: &'static Fake,
    pub dir: Arc<TempDir>,
}

/// An app over `dir`.
pub fn app_over(
    dir: &Path,
    keyring: Arc<dyn KeyStore>,
    clock: Arc<dyn Clock>,
    providers: Vec<&'static dyn Provider>,
) -> Arc<App> {
    Arc::new(App::new(Options {
        data_dir: dir.to_owned(),
        key_store: keyring,
        clock,
        pacing: false,
        program: "engine-test",
        providers: Box::leak(providers.into_boxed_slice()),
        kdf: Some(KdfProfile::cheap_for_tests()),
    }))
}

impl Bench {
    /// With nothing in it.
    pub fn empty() -> Self {
        Self::with_keyring(Arc::new(MemoryKeyring::new()))
    }

    /// With nothing in it, and this key store.
    pub fn with_keyring(keyring: Arc<dyn KeyStore>) -> Self {
        let dir = Arc::new(tempfile::tempdir().unwrap());
        let clock = Arc::new(FixedClock::at(MONDAY.parse().unwrap()));
        let fake = Fake::leaked();
        let app = app_over(dir.path(), Arc::clone(&keyring), clock.clone(), vec![fake]);
        Self {
            app,
            clock,
            keyring,
            fake,
            dir,
        }
    }

    /// With a company.
    pub async fn company() -> Self {
        let bench = Self::empty();
        bench.create("Acme").await.unwrap();
        bench
    }

    /// With a company that is connected to the fake service.
    pub async fn connected() -> Self {
        let bench = Self::company().await;
        bench.connect("shop").await.unwrap();
        bench
    }

    /// With a company that was synced once.
    pub async fn synced() -> Self {
        let bench = Self::connected().await;
        assert_eq!(bench.sync().await.state, "done");
        bench.fake.asked();
        bench
    }

    /// Another program on the same folder and key store, at the same time of day.
    pub fn another(&self) -> Self {
        let app = app_over(
            self.dir.path(),
            Arc::clone(&self.keyring),
            self.clock.clone(),
            vec![self.fake],
        );
        Self {
            app,
            clock: Arc::clone(&self.clock),
            keyring: Arc::clone(&self.keyring),
            fake: self.fake,
            dir: Arc::clone(&self.dir),
        }
    }

    pub async fn create(&self, name: &str) -> Result<CompanyCreated, ApiError> {
        companies::create(&self.app, new_company(name)).await
    }

    pub async fn connect(&self, label: &str) -> Result<Connected, ApiError> {
        connect::connect(&self.app, connection(Some(label), SECRET)).await
    }

    /// Syncs everything; there is one connection.
    pub async fn sync(&self) -> RunReport {
        let mut runs = sync::sync(&self.app, SyncIntegration { ids: Vec::new() }, &silent())
            .await
            .unwrap()
            .runs;
        assert_eq!(runs.len(), 1);
        runs.remove(0)
    }

    pub async fn findings(&self) -> Vec<Finding> {
        findings::list(&self.app, ListFindings::default())
            .await
            .unwrap()
            .findings
    }

    /// The checks of the fake service.
    pub fn app_checks(&self) -> &'static [&'static Check] {
        self.fake.checks()
    }

    /// What a check says now.
    pub async fn finding(&self, check: &str) -> Finding {
        self.findings()
            .await
            .into_iter()
            .find(|finding| finding.check == check)
            .unwrap()
    }

    /// Every entry of the chain.
    pub async fn events(&self) -> Vec<Event> {
        let open = self.app.opened().unwrap();
        let mut reader = open.store.read().await.unwrap();
        let entries = chain::entries(&mut reader, 1, 100_000).await.unwrap();
        entries
            .into_iter()
            .map(|entry| entry.event().unwrap().1)
            .collect()
    }

    /// The evidence item of a dataset.
    pub async fn item(&self, dataset: &str) -> engine::api::EvidenceItem {
        let listed = evidence_view::list(&self.app, ListEvidence::default())
            .await
            .unwrap();
        listed
            .evidence
            .into_iter()
            .find(|item| item.dataset == dataset)
            .unwrap()
    }

    /// Whether nothing in the vault is wrong, and what.
    pub async fn verify(&self) -> engine::api::VaultVerified {
        engine::commands::verify_vault(&self.app, Nothing {})
            .await
            .unwrap()
    }

    pub async fn lock(&self) {
        companies::lock(&self.app, Nothing {}).await.unwrap();
    }

    pub async fn unlock(
        &self,
        id: &str,
        with: UnlockWith,
    ) -> Result<engine::api::Company, ApiError> {
        companies::unlock(
            &self.app,
            Unlock {
                company_id: id.to_owned(),
                with,
            },
        )
        .await
    }

    pub fn id(&self) -> String {
        self.app.opened().unwrap().id.to_string()
    }

    pub fn at(&self, moment: &str) {
        self.clock.set(moment.parse().unwrap());
    }
}

pub fn new_company(name: &str) -> CreateCompany {
    CreateCompany {
        name: name.to_owned(),
        level: 2,
        zone: Some("UTC".to_owned()),
        protection: Protection::Standard,
        passphrase: None,
    }
}

pub fn connection(label: Option<&str>, secret: &str) -> ConnectIntegration {
    ConnectIntegration {
        integration_type: "fake".to_owned(),
        label: label.map(str::to_owned),
        config: BTreeMap::from([("tenant_id".to_owned(), "t-1".to_owned())]),
        credentials: BTreeMap::from([("client_secret".to_owned(), secret.to_owned())]),
    }
}

pub fn named(id: &str) -> IntegrationRef {
    IntegrationRef { id: id.to_owned() }
}

/// How many events of a kind there are.
pub fn count(events: &[Event], kind: impl Fn(&Event) -> bool) -> usize {
    events.iter().filter(|event| kind(event)).count()
}
