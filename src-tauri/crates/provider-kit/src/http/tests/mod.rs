#![allow(clippy::unwrap_used, clippy::expect_used)]
//! The client against services on this computer that misbehave.

mod bodies;
mod secrets;
pub(crate) mod server;
mod tls;
mod trying;

use super::*;
use crate::ProviderError;
use server::Server;
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;

/// Impatient, so that tests are fast.
fn policy() -> HttpPolicy {
    HttpPolicy {
        pacing: false,
        backoff_base: Duration::from_millis(2),
        backoff_cap: Duration::from_millis(8),
        max_retry_after: Duration::from_secs(2),
        idle_timeout: Duration::from_millis(400),
        total_timeout: Duration::from_secs(5),
        ..HttpPolicy::default()
    }
}

fn client(policy: HttpPolicy) -> (HttpClient, Arc<MemoryLog>) {
    let log = Arc::new(MemoryLog::default());
    (HttpClient::new(policy, log.clone()).unwrap(), log)
}

async fn get(server: &Server) -> Result<Answer, ProviderError> {
    client(policy())
        .0
        .send(Ask::get(server.url.clone()), &CancellationToken::new())
        .await
}
