//! What a provider does: sign in, say who answers and what is granted, and read datasets page by page.

use crate::{
    Answer, Check, Dataset, HttpClient, LegacyRule, Manifest, Origin, ProviderError,
    auth::{self, SecretsSink},
    conditional::{Earlier, Nothing, Tag},
};
use async_trait::async_trait;
use bytes::Bytes;
use evidence::{Completeness, PageRequest, Timestamp};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};
use tokio_util::sync::CancellationToken;

/// What a connection is made with: the chosen cloud, the plain fields, and the secrets.
pub struct Connection {
    /// Cloud id of the manifest, or `custom`.
    pub cloud: String,
    /// Plain fields of the manifest, by name.
    pub config: BTreeMap<String, String>,
    /// Secret fields, by name. They exist here only while a session is made or refreshed.
    pub secrets: BTreeMap<String, SecretString>,
    /// Where secrets are kept that the service renews: before they are used.
    pub renewed: Arc<dyn SecretsSink>,
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
    /// The answers kept from before, which a service may confirm instead of sending them again.
    fn earlier(&self) -> Arc<dyn Earlier> {
        Arc::new(Nothing)
    }
    /// As [`PageSink::page`], for a page that the service can confirm the next time.
    async fn page_with(&mut self, page: Page, _tag: Tag) -> Result<(), ProviderError> {
        self.page(page).await
    }
}

/// When a credential ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Expiry {
    /// What ends, for people: "This token".
    pub what: String,
    /// The moment.
    pub at: Timestamp,
    /// What to do before then.
    pub fix: String,
}

/// A signed-in connection.
#[async_trait]
pub trait Session: Send + Sync {
    /// Who answered.
    fn identity(&self) -> &Identity;
    /// How each permission stands: granted, missing, in excess, unknown.
    async fn grants(&self) -> Result<Vec<Grant>, ProviderError>;
    /// When the first of the credentials in use ends, as far as the service says. Asked after reading, because some
    /// services say it with any answer.
    async fn expiry(&self) -> Option<Expiry> {
        None
    }
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
    /// Turns what its authorization server refuses into errors with remedies, for ways to sign in as a person.
    fn refusal(&self) -> fn(&Answer) -> ProviderError {
        auth::refused
    }
    /// Signs in and reads who answers.
    async fn sign_in(&self, connection: Connection) -> Result<Box<dyn Session>, ProviderError>;
}
