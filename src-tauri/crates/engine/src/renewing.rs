//! Keeping what a service renewed while it was in use: in the vault, before it is used.

use crate::{
    OpenCompany,
    api::ApiError,
    signing_in::{seal, unseal},
};
use async_trait::async_trait;
use evidence::IntegrationId;
use provider_kit::{
    ErrorClass, ProviderError,
    auth::{SecretsSink, Turn},
};
use secrecy::SecretString;
use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError},
};
use store::{Store, integrations::Integration};
use tokio::sync::{Mutex, OwnedRwLockReadGuard};
use vault::Vault;

/// One turn at a time for each connection.
#[derive(Default)]
pub(crate) struct Turns(std::sync::Mutex<HashMap<IntegrationId, Arc<Mutex<()>>>>);

impl Turns {
    fn of(&self, integration: IntegrationId) -> Arc<Mutex<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(turns.entry(integration).or_default())
    }
}

/// Replaces sealed secrets of one connection. Lives as long as a session; the vault closes behind it.
pub(crate) struct StoreSink {
    store: Store,
    vault: Arc<Mutex<Vault>>,
    integration: IntegrationId,
    /// The credentials that the session was made with.
    version: u32,
    turn: Arc<Mutex<()>>,
    _open: OwnedRwLockReadGuard<()>,
}

impl StoreSink {
    /// For a session of this connection; refused while the vault is being locked.
    pub(crate) fn new(open: &OpenCompany, integration: &Integration) -> Result<Self, ApiError> {
        let guard = Arc::clone(&open.renewing)
            .try_read_owned()
            .map_err(|_| ApiError::from(ProviderError::cancelled()))?;
        Ok(Self {
            store: open.store.clone(),
            vault: Arc::clone(&open.vault),
            integration: integration.id,
            version: integration.credential_version,
            turn: open.turns.of(integration.id),
            _open: guard,
        })
    }

    /// What is kept now; `None` where somebody signed in anew, which is not this session's.
    async fn newest(&self) -> Result<Option<BTreeMap<String, SecretString>>, ApiError> {
        let mut reader = self.store.read().await?;
        let integration = store::integrations::get(&mut reader, self.integration).await?;
        let sealed = store::integrations::credentials(&mut reader, self.integration).await?;
        drop(reader);
        match sealed {
            Some(sealed) if integration.credential_version == self.version => {
                let vault = self.vault.lock().await;
                Ok(Some(unseal(&vault, &integration, &sealed)?))
            }
            _ => Ok(None),
        }
    }

    async fn replace(&self, renewed: BTreeMap<String, SecretString>) -> Result<(), ApiError> {
        let mut tx = self.store.begin().await?;
        let integration = store::integrations::get(&mut tx, self.integration).await?;
        if integration.credential_version != self.version {
            // Somebody signed in anew meanwhile: that stays, and this session goes on with what it has.
            return Ok(());
        }
        let Some(sealed) = store::integrations::credentials(&mut tx, self.integration).await?
        else {
            return Err(ApiError::usage(
                "This connection was removed.",
                "Its credentials were destroyed when it was disconnected.",
                "Connect the service again.",
            ));
        };
        let sealed = {
            let vault = self.vault.lock().await;
            let mut secrets = unseal(&vault, &integration, &sealed)?;
            secrets.extend(renewed);
            // The version stays: the same sign-in goes on, and the record tells only what a person changed.
            seal(
                &vault,
                self.integration,
                &integration.provider,
                self.version,
                &secrets,
            )?
        };
        store::integrations::set_credentials(&mut tx, self.integration, &sealed).await?;
        Ok(tx.commit().await?)
    }
}

#[async_trait]
impl SecretsSink for StoreSink {
    async fn turn(&self) -> Result<Turn, ProviderError> {
        let guard = Arc::clone(&self.turn).lock_owned().await;
        let newest = self
            .newest()
            .await
            .map_err(|error| told(error, "The saved sign-in could not be read."))?;
        Ok(Turn::new(newest, guard))
    }

    async fn keep(&self, secrets: BTreeMap<String, SecretString>) -> Result<(), ProviderError> {
        let kept = self.replace(secrets).await;
        kept.map_err(|error| told(error, "The renewed sign-in could not be saved."))
    }
}

fn told(error: ApiError, what: &str) -> ProviderError {
    let told = ProviderError::new(
        ErrorClass::OurBug,
        "sign_in_not_kept",
        what,
        format!("{} {}", error.what, error.why),
        error.fix,
    );
    match error.detail {
        Some(detail) => told.with_detail(detail),
        None => told,
    }
}
