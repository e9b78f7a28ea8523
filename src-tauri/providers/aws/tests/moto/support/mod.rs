//! A moto server of its own for each test, on loopback, stopped by its process id.

use aws_smithy_runtime_api::{
    client::{
        http::{
            HttpClient as SdkHttp, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpConnector,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::body::SdkBody;
use evidence::{Outcome, Timestamp};
use provider_aws::{Aws, checks, datasets};
use provider_kit::{
    Ask, Collected, Connection, Expects, Gathered, HttpClient, HttpPolicy, MemoryLog, Page,
    PageSink, Parameters, Provider as _, ProviderError, Records, Session,
};
use secrecy::SecretString;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// A running moto server.
pub struct Moto {
    child: Child,
    /// Its address.
    pub url: String,
}

impl Moto {
    /// Starts one at a free port; after `open` requests it checks keys, signatures and policies.
    pub fn start(open: u32) -> Self {
        let program = program();
        assert!(
            program.is_file(),
            "moto_server is not at {}: run `cargo xtask setup`, or set MOTO_SERVER to its path",
            program.display()
        );
        let mut child = Command::new(program)
            .args(["--host", "127.0.0.1", "--port", "0"])
            .env("INITIAL_NO_AUTH_ACTION_COUNT", open.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("moto_server starts");
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let url = loop {
            let line = lines
                .next()
                .expect("moto_server says where it listens")
                .unwrap();
            if let Some((_, url)) = line.split_once("Running on ") {
                break url.trim().to_owned();
            }
        };
        // Its log is read to the end, or the pipe would fill and stop it.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, url }
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn program() -> PathBuf {
    std::env::var_os("MOTO_SERVER").map_or_else(
        || {
            let folder = if cfg!(windows) {
                "Scripts/moto_server.exe"
            } else {
                "bin/moto_server"
            };
            PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../.venv")).join(folder)
        },
        PathBuf::from,
    )
}

/// A connection to `url` with these credentials, and the log of what goes out.
pub fn connection(url: &str, id: &str, secret: &str) -> (Connection, Arc<MemoryLog>) {
    let log = Arc::new(MemoryLog::default());
    let policy = HttpPolicy {
        pacing: false,
        attempts: 2,
        backoff_base: Duration::from_millis(1),
        ..HttpPolicy::default()
    };
    let secrets = [("access_key_id", id), ("secret_access_key", secret)];
    let connection = Connection {
        cloud: "custom".to_owned(),
        config: BTreeMap::from([("endpoint_url".to_owned(), url.to_owned())]),
        secrets: secrets
            .map(|(name, value)| (name.to_owned(), SecretString::from(value)))
            .into(),
        renewed: provider_kit::auth::unkept(),
        http: HttpClient::new(policy, log.clone()).unwrap(),
        cancel: CancellationToken::new(),
    };
    (connection, log)
}

/// Keeps pages in memory.
#[derive(Default)]
pub struct Pages(pub Vec<Page>);

#[async_trait::async_trait]
impl PageSink for Pages {
    async fn page(&mut self, page: Page) -> Result<(), ProviderError> {
        self.0.push(page);
        Ok(())
    }

    fn rows(&self) -> u64 {
        0
    }
}

/// The SDK's way to moto for seeding: the kit's client without anything of the provider's own.
#[derive(Clone, Debug)]
pub struct PlainHttp(HttpClient);

impl PlainHttp {
    /// A new one.
    pub fn new() -> Self {
        Self(
            HttpClient::new(
                HttpPolicy {
                    pacing: false,
                    ..HttpPolicy::default()
                },
                Arc::new(MemoryLog::default()),
            )
            .unwrap(),
        )
    }
}

impl HttpConnector for PlainHttp {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let http = self.0.clone();
        HttpConnectorFuture::new(async move {
            let mut ask =
                Ask::new(http::Method::POST, request.uri().parse().unwrap()).expects(Expects::Any);
            for (name, value) in request.headers() {
                ask = ask.header(
                    http::HeaderName::try_from(name).unwrap(),
                    http::HeaderValue::try_from(value).unwrap(),
                );
            }
            ask.body = request.body().bytes().map(bytes::Bytes::copy_from_slice);
            let answer = http
                .send(ask, &CancellationToken::new())
                .await
                .map_err(|error| ConnectorError::other(error.into(), None))?;
            Ok(HttpResponse::new(
                StatusCode::try_from(answer.status).unwrap(),
                SdkBody::from(answer.body),
            ))
        })
    }
}

impl SdkHttp for PlainHttp {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// Collects every dataset.
pub async fn gather(session: &dyn Session) -> BTreeMap<&'static str, Gathered> {
    let mut gathered = BTreeMap::new();
    for dataset in datasets::ALL {
        let mut pages = Pages::default();
        let entry = match session.collect(dataset, &mut pages).await {
            Ok(completeness) => Gathered::Snapshot(Records {
                dataset,
                snapshot: evidence::Digest::of(dataset.id.as_bytes()),
                pages: Arc::new(
                    pages
                        .0
                        .iter()
                        .map(|page| (page.origin.clone(), page.body.to_vec()))
                        .collect::<Vec<_>>(),
                ),
                completeness,
                collected_at: Timestamp::from_datetime(chrono::Utc::now()),
            }),
            Err(error) => Gathered::Missing(error.reason()),
        };
        gathered.insert(dataset.id, entry);
    }
    gathered
}

/// What each check says, and the names of the resources it lists; parameters at their defaults.
pub fn judge(
    gathered: &BTreeMap<&'static str, Gathered>,
    cloud: &str,
) -> BTreeMap<&'static str, (Outcome, Vec<String>)> {
    let defaults = Aws.manifest().parameters.clone();
    let values: BTreeMap<String, Value> = defaults
        .into_iter()
        .map(|parameter| (parameter.key, parameter.default))
        .collect();
    let parameters = Parameters::new(values);
    let now = Timestamp::from_datetime(chrono::Utc::now());
    let collected = Collected {
        datasets: gathered,
        parameters: &parameters,
        now,
        cloud,
    };
    checks::ALL
        .iter()
        .map(|check| {
            let verdict = (check.evaluate)(&collected);
            (
                check.id,
                (
                    verdict.outcome,
                    verdict
                        .resources
                        .into_iter()
                        .map(|resource| resource.name)
                        .collect(),
                ),
            )
        })
        .collect()
}
