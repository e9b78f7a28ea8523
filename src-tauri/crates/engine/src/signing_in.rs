//! From a stored or entered connection to a signed-in session: opens the credentials, makes the one client, and
//! compares who answers with who was connected.

use crate::{
    App, OpenCompany, api::ApiError, demo::DemoSession, renewing::StoreSink, request_log::StoredLog,
};
use evidence::{IdentityStamp, IntegrationId, RunId};
use provider_kit::{
    Connection, ErrorClass, HttpClient, HttpPolicy, Identity, Provider, ProviderError, Session,
};
use secrecy::SecretString;
use std::{collections::BTreeMap, sync::Arc};
use store::integrations::Integration;
use tokio_util::sync::CancellationToken;
use vault::CredentialAad;

/// A signed-in session with what it was made from.
pub(crate) struct SignedIn {
    pub session: Box<dyn Session>,
    pub http: HttpClient,
    pub log: Arc<StoredLog>,
    pub stamp: IdentityStamp,
}

/// The one client of a piece of work.
pub(crate) fn client(app: &App, log: Arc<StoredLog>) -> Result<HttpClient, ProviderError> {
    HttpClient::new(
        HttpPolicy {
            pacing: app.options.pacing,
            ..HttpPolicy::default()
        },
        log,
    )
}

/// Seals every secret field of an integration into one column: a JSON object of field to sealed bytes, in hex.
pub(crate) fn seal(
    vault: &vault::Vault,
    id: IntegrationId,
    provider: &str,
    version: u32,
    secrets: &BTreeMap<String, SecretString>,
) -> Result<Vec<u8>, ApiError> {
    use secrecy::ExposeSecret as _;
    let mut sealed = BTreeMap::new();
    for (field, secret) in secrets {
        let aad = CredentialAad {
            vault_id: vault.vault_id(),
            integration_id: &id.to_string(),
            provider_type: provider,
            field_type: field,
            version: u64::from(version),
        };
        let bytes = vault.seal_credential(&aad, secret.expose_secret().as_bytes())?;
        sealed.insert(field.clone(), hex_text(&bytes));
    }
    serde_json::to_vec(&sealed).map_err(|error| ApiError::bug(error.to_string()))
}

fn hex_text(bytes: &[u8]) -> String {
    hex::encode(bytes)
}

/// Opens what [`seal`] made.
pub(crate) fn unseal(
    vault: &vault::Vault,
    integration: &Integration,
    sealed: &[u8],
) -> Result<BTreeMap<String, SecretString>, ApiError> {
    let damaged = || ApiError {
        code: "credentials_damaged".to_owned(),
        class: "vault".to_owned(),
        what: "The stored credentials can't be opened.".to_owned(),
        why: "They were changed, or belong to another connection.".to_owned(),
        fix: "Remove the connection and connect again; its evidence is kept.".to_owned(),
        detail: None,
        field: None,
    };
    let fields: BTreeMap<String, String> = serde_json::from_slice(sealed).map_err(|_| damaged())?;
    let mut secrets = BTreeMap::new();
    for (field, text) in fields {
        let aad = CredentialAad {
            vault_id: vault.vault_id(),
            integration_id: &integration.id.to_string(),
            provider_type: &integration.provider,
            field_type: &field,
            version: u64::from(integration.credential_version),
        };
        let bytes = hex::decode(&text).map_err(|_| damaged())?;
        let secret = vault.open_credential(&aad, &bytes).map_err(|_| damaged())?;
        let secret = secret.expose_str().ok_or_else(damaged)?.to_owned();
        secrets.insert(field, SecretString::from(secret));
    }
    Ok(secrets)
}

/// Signs in with a saved connection and makes sure that the same tenant or account answers.
pub(crate) async fn sign_in(
    app: &App,
    open: &OpenCompany,
    provider: &'static dyn Provider,
    integration: &Integration,
    run: Option<RunId>,
    cancel: &CancellationToken,
) -> Result<SignedIn, ApiError> {
    let mut reader = open.store.read().await?;
    let sealed = store::integrations::credentials(&mut reader, integration.id)
        .await?
        .ok_or_else(|| {
            ApiError::usage(
                "This connection was removed.",
                "Its credentials were destroyed when it was disconnected.",
                "Connect the service again.",
            )
        })?;
    drop(reader);
    let log = Arc::new(StoredLog::new(Some(integration.id), run));
    let http = client(app, Arc::clone(&log))?;
    if open.demo {
        let session = Box::new(DemoSession::new(
            &integration.provider,
            app.now(),
            app.demo_pages,
        ));
        let stamp = stamp(integration, session.identity());
        return Ok(SignedIn {
            session,
            http,
            log,
            stamp,
        });
    }
    let secrets = unseal(&*open.vault.lock().await, integration, &sealed)?;
    let connection = Connection {
        cloud: integration.cloud.clone(),
        config: integration.config.clone(),
        secrets,
        renewed: Arc::new(StoreSink::new(open, integration)?),
        http: http.clone(),
        cancel: cancel.clone(),
    };
    let signed_in = guarded(cancel, provider.sign_in(connection)).await;
    let session = match signed_in {
        Ok(session) => session,
        Err(error) => {
            log.keep(&open.store).await?;
            return Err(error.into());
        }
    };
    let same = same_identity(
        integration,
        session.identity(),
        "Nothing was collected: another tenant or account answers now.",
    );
    if let Err(error) = same {
        log.keep(&open.store).await?;
        return Err(error);
    }
    let stamp = stamp(integration, session.identity());
    Ok(SignedIn {
        session,
        http,
        log,
        stamp,
    })
}

/// Who answered, as evidence names it.
fn stamp(integration: &Integration, found: &Identity) -> IdentityStamp {
    IdentityStamp {
        id: integration.identity_id.clone(),
        name: found.name.clone(),
        cloud: integration.cloud.clone(),
        custom_host: integration.custom_host.clone(),
    }
}

/// Another tenant or account stops the sync: its answers would be somebody else's evidence. `what` says what was stopped.
pub(crate) fn same_identity(
    integration: &Integration,
    found: &Identity,
    what: &str,
) -> Result<(), ApiError> {
    if found.id.eq_ignore_ascii_case(&integration.identity_id) {
        return Ok(());
    }
    Err(ProviderError::new(
        ErrorClass::Identity,
        "identity_mismatch",
        what,
        format!(
            "\"{}\" was connected to {} ({}), but {} ({}) answered.",
            integration.label, integration.identity_name, integration.identity_id, found.name, found.id
        ),
        "Check the credentials of this connection. For another tenant or account make another connection.",
    )
    .into())
}

/// Runs a provider's work, ending it as soon as it is cancelled.
pub(crate) async fn guarded<T>(
    cancel: &CancellationToken,
    work: impl Future<Output = Result<T, ProviderError>>,
) -> Result<T, ProviderError> {
    tokio::select! {
        biased;
        () = cancel.cancelled() => Err(ProviderError::cancelled()),
        result = work => result,
    }
}
