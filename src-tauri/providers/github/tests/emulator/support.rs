//! A connection to an emulator, and what comes of it.

use async_trait::async_trait;
use bytes::Bytes;
use evidence::{Completeness, Digest, PageRequest, Snapshot, Timestamp};
use github_emulator::{Company, Emulator, Options, Shape};
use provider_github::PROVIDER;
use provider_kit::{
    Check, Collected, Connection, Dataset, Gathered, HttpClient, HttpPolicy, MemoryLog, Origin,
    Page, PageSink, Parameters, Provider, ProviderError, RawPage, Records, Session, Verdict,
    auth::unkept,
    conditional::{Earlier, Kept, Tag},
};
use serde_json::Value;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// What is kept of answers between two syncs: by request.
#[derive(Default)]
pub(crate) struct Memory(Mutex<HashMap<String, Kept>>);

fn name(request: &PageRequest) -> String {
    format!("{} {} {}", request.host, request.path, request.query)
}

#[async_trait]
impl Earlier for Memory {
    async fn kept(&self, request: &PageRequest) -> Option<Kept> {
        self.0.lock().unwrap().get(&name(request)).cloned()
    }
}

/// Takes pages as the engine does: removes what is declared, reads, remembers what can be confirmed.
pub(crate) struct Pages {
    pub(crate) dataset: &'static Dataset,
    pub(crate) pages: Vec<(Origin, Vec<u8>)>,
    pub(crate) rows: u64,
    pub(crate) confirmed: u64,
    memory: Arc<Memory>,
}

impl Pages {
    fn take(&mut self, page: Page) -> Result<Vec<u8>, ProviderError> {
        let body = strip(self.dataset, &page.body);
        let raw = RawPage {
            body: &body,
            origin: &page.origin,
        };
        let records = self
            .dataset
            .read(&raw)
            .map_err(|error| ProviderError::malformed("A page.", error.0))?;
        self.rows += records.len() as u64;
        self.pages.push((page.origin, body.clone()));
        Ok(body)
    }
}

#[async_trait]
impl PageSink for Pages {
    async fn page(&mut self, page: Page) -> Result<(), ProviderError> {
        self.take(page).map(drop)
    }

    fn rows(&self) -> u64 {
        self.rows
    }

    fn earlier(&self) -> Arc<dyn Earlier> {
        Arc::clone(&self.memory) as Arc<dyn Earlier>
    }

    async fn page_with(&mut self, page: Page, tag: Tag) -> Result<(), ProviderError> {
        let (request, status) = (name(&page.request), page.origin.status);
        let body = self.take(page)?;
        self.confirmed += u64::from(tag.confirmed);
        let kept = Kept {
            etag: tag.etag,
            next: tag.next,
            status,
            body: Bytes::from(body),
        };
        self.memory.0.lock().unwrap().insert(request, kept);
        Ok(())
    }
}

/// As the engine removes what a dataset declares.
fn strip(dataset: &Dataset, body: &[u8]) -> Vec<u8> {
    if dataset.removed.is_empty() || body.is_empty() {
        return body.to_vec();
    }
    let mut page: Value = serde_json::from_slice(body).unwrap();
    match &mut page {
        Value::Array(items) => items
            .iter_mut()
            .for_each(|item| Snapshot::strip(item, dataset.removed)),
        other => Snapshot::strip(other, dataset.removed),
    }
    page.to_string().into_bytes()
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

pub(crate) fn shape() -> Shape {
    Shape {
        public: 1,
        ..Shape::default()
    }
}

pub(crate) fn tidy() -> Emulator {
    Emulator::start(Company::tidy(&shape()), Options::default()).unwrap()
}

pub(crate) fn connection(emulator: &Emulator, edit: impl FnOnce(&mut Connection)) -> Connection {
    let mut connection = Connection {
        cloud: "custom".to_owned(),
        config: [
            ("organization", emulator.company().login),
            ("base_url", emulator.api_url()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into(),
        secrets: [("token".to_owned(), emulator.token().into())].into(),
        renewed: unkept(),
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

/// The datasets that the stand-in has answers for.
pub(crate) fn served() -> impl Iterator<Item = &'static Dataset> {
    PROVIDER.datasets().iter().copied()
}

pub(crate) fn dataset(name: &str) -> &'static Dataset {
    PROVIDER
        .datasets()
        .iter()
        .find(|dataset| dataset.id == format!("github.{name}"))
        .unwrap()
}

pub(crate) async fn collect_with(
    session: &dyn Session,
    dataset: &'static Dataset,
    memory: &Arc<Memory>,
) -> (Pages, Result<Completeness, ProviderError>) {
    let mut pages = Pages {
        dataset,
        pages: Vec::new(),
        rows: 0,
        confirmed: 0,
        memory: Arc::clone(memory),
    };
    let result = session.collect(dataset, &mut pages).await;
    (pages, result)
}

pub(crate) async fn collect(
    session: &dyn Session,
    name: &str,
) -> Result<(Pages, Completeness), ProviderError> {
    let (pages, result) = collect_with(session, dataset(name), &Arc::default()).await;
    Ok((pages, result?))
}

pub(crate) async fn failure(session: &dyn Session, name: &str) -> ProviderError {
    collect(session, name)
        .await
        .err()
        .unwrap_or_else(|| panic!("{name} was collected"))
}

/// Every dataset of a cloud, as checks see it after a sync.
pub(crate) async fn everything(
    session: &dyn Session,
    cloud: &str,
    memory: &Arc<Memory>,
) -> BTreeMap<&'static str, Gathered> {
    let wanted = served().filter(|dataset| dataset.clouds.has(cloud));
    gather(session, wanted, memory).await
}

/// These datasets, as checks see them after a sync.
pub(crate) async fn gather(
    session: &dyn Session,
    wanted: impl Iterator<Item = &'static Dataset>,
    memory: &Arc<Memory>,
) -> BTreeMap<&'static str, Gathered> {
    let mut all = BTreeMap::new();
    for dataset in wanted {
        let (pages, result) = collect_with(session, dataset, memory).await;
        let completeness = match result {
            Ok(completeness) => completeness,
            Err(error) if !pages.pages.is_empty() => Completeness::partial(error.reason()),
            Err(error) => {
                all.insert(dataset.id, Gathered::Missing(error.reason()));
                continue;
            }
        };
        let snapshot = Digest::of_parts(pages.pages.iter().map(|(_, body)| body.as_slice()));
        all.insert(
            dataset.id,
            Gathered::Snapshot(Records {
                dataset,
                snapshot,
                pages: Arc::new(pages.pages),
                completeness,
                collected_at: Timestamp::from_unix(0),
            }),
        );
    }
    all
}

pub(crate) fn judge(
    datasets: &BTreeMap<&'static str, Gathered>,
    now: Timestamp,
    parameters: &[(&str, Value)],
    check: &Check,
) -> Verdict {
    let mut values: BTreeMap<String, Value> = PROVIDER
        .manifest()
        .parameters
        .iter()
        .map(|one| (one.key.clone(), one.default.clone()))
        .collect();
    values.extend(
        parameters
            .iter()
            .map(|(key, value)| ((*key).to_owned(), value.clone())),
    );
    (check.evaluate)(&Collected {
        datasets,
        parameters: &Parameters::new(values),
        now,
        cloud: "github",
    })
}

pub(crate) fn check(id: &str) -> &'static Check {
    PROVIDER
        .checks()
        .iter()
        .find(|check| check.id == id)
        .unwrap_or_else(|| panic!("no check {id}"))
}
