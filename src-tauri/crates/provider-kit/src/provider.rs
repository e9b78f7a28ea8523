//! What a provider does: sign in, say who answers and what is granted, and read datasets page by page.

use crate::{Check, Dataset, HttpClient, LegacyRule, Manifest, Origin, ProviderError};
use async_trait::async_trait;
use bytes::Bytes;
use evidence::{Completeness, PageRequest};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tokio_util::sync::CancellationToken;

/// What a connection is made with: the chosen cloud, the plain fields, and the secrets.
pub struct Connection {
    /// Cloud id of the manifest, or `custom`.
    pub cloud: String,
    /// Plain fields of the manifest, by name.
    pub config: BTreeMap<String, String>,
    /// Secret fields, by name. They exist here only while a session is made or refreshed.
    pub secrets: BTreeMap<String, SecretString>,
    /// The one client: bounded, logged, paced.
    pub http: HttpClient,
    /// Stops everything within half a second.
    pub cancel: CancellationToken,
}

/// Who answers: compared with the one connected before every sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// Tenant or account id as the service gives it.
    pub id: String,
    /// Its name, for people.
    pub name: String,
}

/// How a permission stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantState {
    /// There.
    Granted,
    /// Needed and not there.
    Missing,
    /// There and not needed; `why` says what it could do.
    Excess,
    /// The service does not say.
    Unknown,
}

/// One permission as tested.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Grant {
    /// The permission's name at the service.
    pub permission: String,
    /// How it stands.
    pub state: GrantState,
    /// What it is needed for, or what an excess one could do.
    pub why: String,
    /// What to do where it is missing or in excess; empty otherwise.
    pub fix: String,
}

/// One page as read: what was asked, and the decoded body as it came.
#[derive(Clone, Debug)]
pub struct Page {
    /// The request, as evidence names it.
    pub request: PageRequest,
    /// Where it came from.
    pub origin: Origin,
    /// The decoded body.
    pub body: Bytes,
}

/// Takes the pages of a dataset in order.
#[async_trait]
pub trait PageSink: Send {
    /// Takes one page. An error (a page that can't be parsed, no room) ends the dataset.
    async fn page(&mut self, page: Page) -> Result<(), ProviderError>;
    /// Rows taken so far: for row caps.
    fn rows(&self) -> u64;
}

/// A signed-in connection.
#[async_trait]
pub trait Session: Send + Sync {
    /// Who answered.
    fn identity(&self) -> &Identity;
    /// How each permission stands: granted, missing, in excess, unknown.
    async fn grants(&self) -> Result<Vec<Grant>, ProviderError>;
    /// Reads a dataset into `sink` and says whether that is all of it.
    async fn collect(
        &self,
        dataset: &Dataset,
        sink: &mut dyn PageSink,
    ) -> Result<Completeness, ProviderError>;
}

/// A kind of service the product knows.
#[async_trait]
pub trait Provider: Send + Sync {
    /// The card, the dialog, the permissions: what screens are generated from.
    fn manifest(&self) -> &Manifest;
    /// What it serves.
    fn datasets(&self) -> &'static [&'static Dataset];
    /// What is judged.
    fn checks(&self) -> &'static [&'static Check];
    /// Rules of older documents that it can answer.
    fn legacy_rules(&self) -> &'static [&'static LegacyRule] {
        &[]
    }
    /// Signs in and reads who answers.
    async fn sign_in(&self, connection: Connection) -> Result<Box<dyn Session>, ProviderError>;
}
