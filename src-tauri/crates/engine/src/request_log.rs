//! Every outbound request, kept so that it can be shown.

use crate::api::ApiError;
use evidence::{IntegrationId, PageRequest, RunId};
use provider_kit::{OutboundRecord, RequestLog};
use std::sync::{Mutex, PoisonError};
use store::Store;

/// Requests of one piece of work, written to the store when a dataset is kept or the work ends.
pub(crate) struct StoredLog {
    integration: Option<IntegrationId>,
    run: Option<RunId>,
    waiting: Mutex<Vec<OutboundRecord>>,
}

impl StoredLog {
    pub(crate) fn new(integration: Option<IntegrationId>, run: Option<RunId>) -> Self {
        Self {
            integration,
            run,
            waiting: Mutex::default(),
        }
    }

    fn take(&self) -> Vec<OutboundRecord> {
        std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Writes what is waiting, in a transaction of its own.
    pub(crate) async fn keep(&self, store: &Store) -> Result<(), ApiError> {
        let mut tx = store.begin().await?;
        self.keep_in(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    /// Writes what is waiting into `tx`.
    pub(crate) async fn keep_in(&self, tx: &mut store::Tx) -> Result<(), ApiError> {
        let rows: Vec<_> = self
            .take()
            .into_iter()
            .map(|record| store::request_log::Request {
                at: record.at,
                integration_id: self.integration,
                run_id: self.run,
                request: PageRequest {
                    method: record.method,
                    host: record.host,
                    path: record.path,
                    query: record.query,
                },
                status: record.status,
                bytes: record.bytes,
                duration_ms: record.millis,
                error: record.error_code,
            })
            .collect();
        store::request_log::add(tx, &rows).await?;
        Ok(())
    }
}

impl RequestLog for StoredLog {
    fn record(&self, record: OutboundRecord) {
        self.waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(record);
    }
}
