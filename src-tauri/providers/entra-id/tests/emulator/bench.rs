//! A connection to an emulator, and what comes of it.

use async_trait::async_trait;
use evidence::{Completeness, Digest, Timestamp};
use graph_emulator::{Emulator, Options, Tenant};
use provider_entra_id::PROVIDER;
use provider_kit::{
    Check, Collected, Connection, Dataset, Gathered, HttpClient, HttpPolicy, MemoryLog, Page,
    PageSink, Parameters, Provider, ProviderError, RawPage, Records, Session, Verdict,
};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

pub(crate) struct Pages {
    pub(crate) dataset: &'static Dataset,
    pub(crate) bodies: Vec<Vec<u8>>,
    pub(crate) rows: u64,
}

#[async_trait]
impl PageSink for Pages {
    async fn page(&mut self, page: Page) -> Result<(), ProviderError> {
        let raw = RawPage {
            body: &page.body,
            origin: &page.origin,
        };
        let records = self
            .dataset
            .read(&raw)
            .map_err(|error| ProviderError::malformed("A page.", error.0))?;
        self.rows += records.len() as u64;
        self.bodies.push(page.body.to_vec());
        Ok(())
    }

    fn rows(&self) -> u64 {
        self.rows
    }
}

pub(crate) fn quick() -> HttpPolicy {
    HttpPolicy {
        pacing: false,
        attempts: 3,
        backoff_base: Duration::from_millis(1),
        backoff_cap: Duration::from_millis(5),
        max_retry_after: Duration::from_secs(3),
        ..HttpPolicy::default()
    }
}

pub(crate) fn connection(emulator: &Emulator, edit: impl FnOnce(&mut Connection)) -> Connection {
    let options = emulator.options();
    let config = [
        ("tenant_id", emulator.tenant().id),
        ("client_id", options.client_id.clone()),
        ("login_url", emulator.login_url()),
        ("graph_url", emulator.graph_url()),
    ];
    let secrets = options
        .client_secret
        .iter()
        .map(|secret| ("client_secret".to_owned(), secret.clone().into()));
    let mut connection = Connection {
        cloud: "custom".to_owned(),
        config: config.map(|(name, value)| (name.to_owned(), value)).into(),
        secrets: secrets.collect(),
        renewed: provider_kit::auth::unkept(),
        http: HttpClient::new(quick(), Arc::new(MemoryLog::default())).unwrap(),
        cancel: CancellationToken::new(),
    };
    edit(&mut connection);
    connection
}

pub(crate) async fn open(emulator: &Emulator) -> Box<dyn Session> {
    PROVIDER
        .sign_in(connection(emulator, |_| {}))
        .await
        .unwrap()
}

pub(crate) async fn refused(
    emulator: &Emulator,
    edit: impl FnOnce(&mut Connection),
) -> ProviderError {
    PROVIDER
        .sign_in(connection(emulator, edit))
        .await
        .err()
        .expect("a refusal")
}

pub(crate) fn dataset(name: &str) -> &'static Dataset {
    PROVIDER
        .datasets()
        .iter()
        .find(|dataset| dataset.id == format!("entra-id.{name}"))
        .unwrap()
}

pub(crate) async fn collect(
    session: &dyn Session,
    name: &str,
) -> Result<(Pages, Completeness), ProviderError> {
    let mut pages = Pages {
        dataset: dataset(name),
        bodies: Vec::new(),
        rows: 0,
    };
    let completeness = session.collect(pages.dataset, &mut pages).await?;
    Ok((pages, completeness))
}

pub(crate) async fn failure(session: &dyn Session, name: &str) -> ProviderError {
    collect(session, name)
        .await
        .err()
        .unwrap_or_else(|| panic!("{name} was collected"))
}

pub(crate) async fn everything(session: &dyn Session) -> BTreeMap<&'static str, Gathered> {
    let mut all = BTreeMap::new();
    for dataset in PROVIDER.datasets() {
        let name = dataset.id.strip_prefix("entra-id.").unwrap();
        let gathered = match collect(session, name).await {
            Ok((pages, completeness)) => Gathered::Snapshot(Records {
                dataset,
                snapshot: Digest::of(dataset.id.as_bytes()),
                pages: Arc::new(pages.bodies),
                completeness,
                collected_at: Timestamp::from_unix(0),
            }),
            Err(error) => Gathered::Missing(error.reason()),
        };
        all.insert(dataset.id, gathered);
    }
    all
}

pub(crate) fn judge(
    datasets: &BTreeMap<&'static str, Gathered>,
    now: Timestamp,
    check: &Check,
) -> Verdict {
    let defaults = PROVIDER
        .manifest()
        .parameters
        .iter()
        .map(|one| (one.key.clone(), one.default.clone()))
        .collect();
    let parameters = Parameters::new(defaults);
    (check.evaluate)(&Collected {
        datasets,
        parameters: &parameters,
        now,
        cloud: "global",
    })
}

pub(crate) fn small() -> Emulator {
    Emulator::start(Tenant::small(), Options::default()).unwrap()
}
