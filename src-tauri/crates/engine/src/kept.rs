//! Answers kept from earlier runs, lent to requests so that a service can confirm them.
//!
//! Each is sent whole at least once a week, and a day sooner, so that neither a daily nor a weekly run steps over the end of
//! the week: a confirmation says no more than that a tag is the same.

use crate::api::ApiError;
use async_trait::async_trait;
use bytes::Bytes;
use evidence::{IntegrationId, PageRequest, Timestamp};
use provider_kit::{
    Dataset,
    conditional::{Earlier, Kept},
};
use std::collections::HashMap;
use store::{Store, Tx, kept_answers, kept_answers::KeptAnswer};

/// How long an answer may be confirmed before it has to be sent whole again.
const CONFIRMED_FOR_S: i64 = 6 * 24 * 3600;

/// Another version may remove other members before storage, so it starts with whole answers.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What is kept of one dataset.
pub(crate) struct KeptAnswers {
    /// Where the bytes are; `None` where nothing is kept.
    store: Option<Store>,
    answers: HashMap<String, KeptAnswer>,
}

/// A request as a name.
fn name(request: &PageRequest) -> String {
    let PageRequest {
        method,
        host,
        path,
        query,
    } = request;
    format!("{method} {host} {path} {query}")
}

impl KeptAnswers {
    /// Nothing.
    pub(crate) fn none() -> Self {
        Self {
            store: None,
            answers: HashMap::new(),
        }
    }

    /// What is kept of a dataset and may still be confirmed at `now`.
    pub(crate) async fn of(
        store: &Store,
        integration: IntegrationId,
        dataset: &Dataset,
        now: Timestamp,
    ) -> Result<Self, ApiError> {
        let since = Timestamp::from_unix(now.unix() - CONFIRMED_FOR_S);
        let mut reader = store.read().await?;
        let kept = kept_answers::list(&mut reader, integration, dataset.id, VERSION, since).await?;
        Ok(Self {
            store: Some(store.clone()),
            answers: kept
                .into_iter()
                // A clock that was set back: its moments say nothing.
                .filter(|answer| answer.sent_at <= now)
                .map(|answer| (name(&answer.request), answer))
                .collect(),
        })
    }

    /// When the answer to a request was last sent whole.
    pub(crate) fn sent_at(&self, request: &PageRequest) -> Option<Timestamp> {
        Some(self.answers.get(&name(request))?.sent_at)
    }

    async fn lend(&self, request: &PageRequest) -> Option<Kept> {
        let answer = self.answers.get(&name(request))?;
        let mut reader = self.store.as_ref()?.read().await.ok()?;
        // Purged or damaged bytes are not lent: the service sends the answer again.
        let blob = store::blobs::get(&mut reader, answer.page).await.ok()?;
        let body = blob.bytes().ok()?;
        Some(Kept {
            etag: answer.etag.clone(),
            next: answer.next.clone(),
            status: answer.status,
            body: Bytes::from(body),
        })
    }
}

#[async_trait]
impl Earlier for KeptAnswers {
    async fn kept(&self, request: &PageRequest) -> Option<Kept> {
        self.lend(request).await
    }
}

/// Remembers the answers of a dataset for the next run. With `all` they are the whole of it; otherwise those too old to be
/// confirmed are forgotten beside them.
pub(crate) async fn remember(
    tx: &mut Tx,
    integration: IntegrationId,
    dataset: &Dataset,
    answers: &[KeptAnswer],
    all: bool,
    now: Timestamp,
) -> Result<(), ApiError> {
    kept_answers::forget_before(tx, Timestamp::from_unix(now.unix() - CONFIRMED_FOR_S)).await?;
    Ok(kept_answers::put(tx, integration, dataset.id, VERSION, answers, all).await?)
}
