//! Where secrets go that a service renewed while they were in use.

use super::lock;
use crate::ProviderError;
use async_trait::async_trait;
use secrecy::SecretString;
use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex},
};

/// The right to renew the secrets of a connection, until dropped.
#[derive(Default)]
pub struct Turn {
    /// The newest secrets that are kept, where the sink can tell: somebody else may have renewed them meanwhile.
    pub newest: Option<BTreeMap<String, SecretString>>,
    _guard: Option<Box<dyn Send + Sync>>,
}

impl fmt::Debug for Turn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Turn").finish_non_exhaustive()
    }
}

impl Turn {
    /// With what is kept now, and something whose dropping ends the turn.
    #[must_use]
    pub fn new(
        newest: Option<BTreeMap<String, SecretString>>,
        guard: impl Send + Sync + 'static,
    ) -> Self {
        Self {
            newest,
            _guard: Some(Box::new(guard)),
        }
    }
}

/// Keeps renewed secrets. The kit calls it before it uses what is new: a service that replaces a refresh token may
/// refuse the old one from then on, and a process can be killed at any moment.
#[async_trait]
pub trait SecretsSink: Send + Sync {
    /// Waits until nobody else renews the secrets of this connection. Two sessions with one refresh token would each use
    /// it, and some services take that for theft and revoke all that came of it.
    ///
    /// # Errors
    ///
    /// Whatever keeps the newest secrets from being read.
    async fn turn(&self) -> Result<Turn, ProviderError> {
        Ok(Turn::default())
    }

    /// Keeps these secret fields in place of the ones with the same names. When it returns, they survive a kill.
    ///
    /// # Errors
    ///
    /// Whatever kept them from being written; what is new is then not used, and offered again with the next request.
    async fn keep(&self, secrets: BTreeMap<String, SecretString>) -> Result<(), ProviderError>;
}

/// Keeps nothing: for ways to sign in that renew nothing, and for tests.
#[derive(Clone, Copy, Debug, Default)]
pub struct Unkept;

#[async_trait]
impl SecretsSink for Unkept {
    async fn keep(&self, _: BTreeMap<String, SecretString>) -> Result<(), ProviderError> {
        Ok(())
    }
}

/// A sink for connections that renew nothing.
#[must_use]
pub fn unkept() -> Arc<dyn SecretsSink> {
    Arc::new(Unkept)
}

/// Keeps the newest secrets in memory: for a connection that is tried out before it is saved.
#[derive(Default)]
pub struct MemorySink {
    secrets: Mutex<BTreeMap<String, SecretString>>,
    turn: Arc<tokio::sync::Mutex<()>>,
}

impl fmt::Debug for MemorySink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemorySink").finish_non_exhaustive()
    }
}

impl MemorySink {
    /// With these secrets to begin with.
    #[must_use]
    pub fn new(secrets: BTreeMap<String, SecretString>) -> Self {
        Self {
            secrets: Mutex::new(secrets),
            turn: Arc::default(),
        }
    }

    /// The newest secrets.
    #[must_use]
    pub fn secrets(&self) -> BTreeMap<String, SecretString> {
        lock(&self.secrets).clone()
    }
}

#[async_trait]
impl SecretsSink for MemorySink {
    async fn turn(&self) -> Result<Turn, ProviderError> {
        let guard = Arc::clone(&self.turn).lock_owned().await;
        Ok(Turn::new(Some(self.secrets()), guard))
    }

    async fn keep(&self, secrets: BTreeMap<String, SecretString>) -> Result<(), ProviderError> {
        lock(&self.secrets).extend(secrets);
        Ok(())
    }
}
