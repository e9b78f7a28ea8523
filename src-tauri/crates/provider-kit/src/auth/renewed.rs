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

/// Keeps renewed secrets. The kit calls it before it uses what is new: a service that replaces a refresh token may
/// refuse the old one from then on, and a process can be killed at any moment.
#[async_trait]
pub trait SecretsSink: Send + Sync {
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
pub struct MemorySink(Mutex<BTreeMap<String, SecretString>>);

impl fmt::Debug for MemorySink {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemorySink").finish_non_exhaustive()
    }
}

impl MemorySink {
    /// With these secrets to begin with.
    #[must_use]
    pub const fn new(secrets: BTreeMap<String, SecretString>) -> Self {
        Self(Mutex::new(secrets))
    }

    /// The newest secrets.
    #[must_use]
    pub fn secrets(&self) -> BTreeMap<String, SecretString> {
        lock(&self.0).clone()
    }
}

#[async_trait]
impl SecretsSink for MemorySink {
    async fn keep(&self, secrets: BTreeMap<String, SecretString>) -> Result<(), ProviderError> {
        lock(&self.0).extend(secrets);
        Ok(())
    }
}
