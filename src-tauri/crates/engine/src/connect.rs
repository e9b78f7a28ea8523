//! Connecting a service, testing a connection, listing, removing.

use crate::{
    App, OpenCompany, ProgressSink,
    activity::run_report,
    api::{
        ApiError, ConnectIntegration, Connected, CredentialExpiry, Integration, IntegrationDetail,
        IntegrationRef, Integrations, ListIntegrations, OutcomeCounts, PermissionState,
        ReconnectIntegration, TestIntegration, Tested,
    },
    attended, expiry, freshness,
    providers::{checks_in, dataset_info, datasets_in, word},
    request_log::StoredLog,
    schedule,
    signing_in::{client, guarded, same_identity, seal, sign_in},
    sync::like,
    up_to_date::refreshed,
};
use evidence::{CollectionState, IntegrationId, Outcome, Timestamp};
use provider_kit::{
    Cleaned, Connection, Grant, GrantState, Provider, ProviderError, Session,
    auth::{MemorySink, SecretsSink, unkept},
};
use secrecy::SecretString;
use std::{collections::BTreeMap, sync::Arc};
use store::{Event, chain};
use tokio_util::sync::CancellationToken;

/// A connection that works and is not saved.
struct Tried {
    session: Box<dyn Session>,
    cleaned: Cleaned,
    permissions: Vec<PermissionState>,
    /// What a person's sign-in gave, with everything renewed since.
    person: Option<Arc<MemorySink>>,
}

impl Tried {
    /// What is to be sealed.
    fn secrets(&self) -> BTreeMap<String, SecretString> {
        match &self.person {
            Some(sink) => sink.secrets(),
            None => self.cleaned.secrets.clone(),
        }
    }

    fn notices(&self) -> Vec<String> {
        let notices = self.cleaned.notices.iter();
        notices.map(|notice| notice.message.clone()).collect()
    }
}

/// Cleans what was entered, signs in with it (or has a person sign in) and asks what is granted. Of all that only the
/// requests are kept.
async fn try_out(
    app: &App,
    open: &OpenCompany,
    provider: &'static dyn Provider,
    config: BTreeMap<String, String>,
    credentials: BTreeMap<String, String>,
    progress: &ProgressSink,
    cancel: &CancellationToken,
) -> Result<Tried, ApiError> {
    if open.demo {
        return Err(ApiError::usage(
            "Nothing was connected.",
            "This is the demo company: everything in it is made up, and real answers must not be mixed in.",
            "Create a company of your own, and connect the service there.",
        )
        .coded("demo_company"));
    }
    let manifest = provider.manifest();
    let mut values = config;
    // A way to sign in may be named; else the fields that are there decide.
    let auth = values.remove("auth");
    values.extend(credentials);
    let auth = auth.unwrap_or_else(|| {
        manifest
            .infer_auth(values.keys().map(String::as_str))
            .to_owned()
    });
    let cleaned = manifest.clean(&auth, values)?;
    let log = Arc::new(StoredLog::new(None, None));
    let http = client(app, Arc::clone(&log))?;
    let tried = async {
        let person = attended::sign_in(app, provider, &cleaned, &http, progress, cancel).await?;
        let (secrets, renewed): (_, Arc<dyn SecretsSink>) = match &person {
            Some(sink) => (sink.secrets(), Arc::clone(sink) as _),
            None => (cleaned.secrets.clone(), unkept()),
        };
        let connection = Connection {
            cloud: cleaned.cloud.clone(),
            config: cleaned.config.clone(),
            secrets,
            renewed,
            http: http.clone(),
            cancel: cancel.clone(),
        };
        let session = guarded(cancel, provider.sign_in(connection)).await?;
        let permissions = grants(session.as_ref(), cancel).await?;
        Ok::<_, ApiError>((session, permissions, person))
    };
    let tried = tried.await;
    log.keep(&open.store).await?;
    // A sign-in that is of no use is not tried again: the next attempt asks the person.
    if let Err(error) = &tried
        && matches!(
            error.class.as_str(),
            "authentication" | "identity" | "configuration"
        )
    {
        app.attended.spent();
    }
    let (session, permissions, person) = tried?;
    Ok(Tried {
        session,
        cleaned,
        permissions,
        person,
    })
}

/// As [`connect_showing`], with nobody to show anything to: for ways to sign in that need no person.
///
/// # Errors
///
/// Those of [`connect_showing`].
pub async fn connect(app: &App, request: ConnectIntegration) -> Result<Connected, ApiError> {
    connect_showing(app, request, &crate::silent()).await
}

/// Connects a service: saved when sign-in works and the identity is read; missing permissions are listed with it.
/// Where a person signs in, `progress` says where.
///
/// # Errors
///
/// What was entered wrongly, what the service refused, what the store said. Nothing is saved then.
pub async fn connect_showing(
    app: &App,
    request: ConnectIntegration,
    progress: &ProgressSink,
) -> Result<Connected, ApiError> {
    let open = app.company()?;
    let provider = app.provider(&request.integration_type)?;
    let cancel = open.new_work();
    let tried = try_out(
        app,
        &open,
        provider,
        request.config,
        request.credentials,
        progress,
        &cancel,
    )
    .await?;
    let identity = tried.session.identity().clone();
    let cleaned = &tried.cleaned;
    let resolved = provider
        .manifest()
        .resolve_cloud(&cleaned.cloud, &cleaned.config)?;
    let id = IntegrationId::random();
    let sealed = seal(
        &*open.vault.lock().await,
        id,
        &provider.manifest().id,
        1,
        &tried.secrets(),
    )?;
    let mut tx = open.store.begin().await?;
    let label = label(
        &mut tx,
        request.label,
        &format!("{}: {}", provider.manifest().name, identity.name),
    )
    .await?;
    let event = Event::IntegrationConnected {
        integration_id: id,
        provider: provider.manifest().id.clone(),
        label,
        cloud: cleaned.cloud.clone(),
        config: cleaned.config.clone(),
        identity_id: identity.id,
        identity_name: identity.name,
        custom_host: resolved.custom_host,
    };
    chain::record(&mut tx, app.now(), &event).await?;
    store::integrations::set_credentials(&mut tx, id, &sealed).await?;
    let saved = store::integrations::get(&mut tx, id).await?;
    tx.commit().await?;
    app.attended.spent();
    open.keep_head().await?;
    expiry::remember(&open, id, tried.session.expiry().await.as_ref()).await?;
    Ok(Connected {
        integration: describe(app, &open, &saved).await?,
        notices: tried.notices(),
        permissions: tried.permissions,
    })
}

/// Signs in anew with a saved connection: as a person, or with other secrets. The same tenant or account has to answer.
///
/// # Errors
///
/// Those of [`connect_showing`], and identity where another one answers. The connection stays as it was then.
pub async fn reconnect(
    app: &App,
    request: ReconnectIntegration,
    progress: &ProgressSink,
) -> Result<Connected, ApiError> {
    let open = app.company()?;
    let mut reader = open.store.read().await?;
    let integration = store::integrations::find(&mut reader, &request.id).await?;
    drop(reader);
    if word(&integration.status) == "disconnected" {
        return Err(ApiError::usage(
            "This connection was removed.",
            "Its credentials were destroyed when it was disconnected.",
            "Connect the service again.",
        ));
    }
    let provider = app.provider(&integration.provider)?;
    let cancel = open.new_work();
    let tried = try_out(
        app,
        &open,
        provider,
        integration.config.clone(),
        request.credentials,
        progress,
        &cancel,
    )
    .await?;
    let same = same_identity(
        &integration,
        tried.session.identity(),
        "Nothing was changed: another tenant or account answers.",
    );
    if same.is_err() {
        // Whoever signed in has to be asked again.
        app.attended.spent();
    }
    same?;
    let mut tx = open.store.begin().await?;
    // As it is now: a sync may have renewed what there was.
    let now = store::integrations::get(&mut tx, integration.id).await?;
    let version = now.credential_version + 1;
    let sealed = seal(
        &*open.vault.lock().await,
        now.id,
        &now.provider,
        version,
        &tried.secrets(),
    )?;
    let event = Event::IntegrationChanged {
        integration_id: now.id,
        label: now.label,
        config: now.config,
        credential_version: version,
    };
    chain::record(&mut tx, app.now(), &event).await?;
    store::integrations::set_credentials(&mut tx, now.id, &sealed).await?;
    // Others may be shown other things.
    store::kept_answers::forget(&mut tx, now.id).await?;
    let saved = store::integrations::get(&mut tx, now.id).await?;
    tx.commit().await?;
    app.attended.spent();
    open.keep_head().await?;
    expiry::forget(&open, saved.id).await?;
    expiry::remember(&open, saved.id, tried.session.expiry().await.as_ref()).await?;
    Ok(Connected {
        integration: describe(app, &open, &saved).await?,
        notices: tried.notices(),
        permissions: tried.permissions,
    })
}

/// The label given, which must be free, or one made from `suggestion`.
async fn label(
    tx: &mut store::Tx,
    given: Option<String>,
    suggestion: &str,
) -> Result<String, ApiError> {
    if let Some(given) = given
        .map(|text| text.trim().to_owned())
        .filter(|text| !text.is_empty())
    {
        if given.chars().count() > 80 {
            return Err(ApiError::usage(
                "The label is too long.",
                "Labels have at most 80 characters.",
                "Shorten it.",
            )
            .about("label"));
        }
        if store::integrations::label_taken(tx, &given, None).await? {
            return Err(ApiError::usage(
                "This label is taken.",
                format!("Another connection is called \"{given}\"."),
                "Choose another label.",
            )
            .about("label"));
        }
        return Ok(given);
    }
    let base: String = suggestion
        .chars()
        .filter(|c| !c.is_control())
        .take(70)
        .collect();
    for number in 1.. {
        let label = if number == 1 {
            base.clone()
        } else {
            format!("{base} ({number})")
        };
        if !store::integrations::label_taken(tx, &label, None).await? {
            return Ok(label);
        }
    }
    Err(ApiError::bug("no free label"))
}

/// As [`test_showing`], with nobody to show anything to.
///
/// # Errors
///
/// Those of [`test_showing`].
pub async fn test(app: &App, request: TestIntegration) -> Result<Tested, ApiError> {
    test_showing(app, request, &crate::silent()).await
}

/// Tests a saved connection, or one that is being entered. Where a person signs in for the latter, `progress` says
/// where, and saving it within some minutes does not ask again.
///
/// # Errors
///
/// What was entered wrongly, what the service refused, what the store said.
pub async fn test_showing(
    app: &App,
    request: TestIntegration,
    progress: &ProgressSink,
) -> Result<Tested, ApiError> {
    let open = app.company()?;
    let cancel = open.new_work();
    if let Some(name) = request.id {
        let mut reader = open.store.read().await?;
        let integration = store::integrations::find(&mut reader, &name).await?;
        drop(reader);
        let provider = app.provider(&integration.provider)?;
        let signed_in = sign_in(app, &open, provider, &integration, None, &cancel).await?;
        let permissions = grants(signed_in.session.as_ref(), &cancel).await;
        signed_in.log.keep(&open.store).await?;
        let ends = signed_in.session.expiry().await;
        expiry::remember(&open, integration.id, ends.as_ref()).await?;
        return Ok(tested(
            signed_in.session.as_ref(),
            integration.custom_host,
            permissions?,
            Vec::new(),
            ends.map(|ends| expiry::seen_from(&ends, app.now())),
        ));
    }
    let Some(kind) = request.integration_type else {
        return Err(ApiError::usage(
            "There is nothing to test.",
            "Neither a connection nor a provider was named.",
            "Name a connection, or a provider with its fields.",
        ));
    };
    let provider = app.provider(&kind)?;
    let tried = try_out(
        app,
        &open,
        provider,
        request.config,
        request.credentials,
        progress,
        &cancel,
    )
    .await?;
    let resolved = provider
        .manifest()
        .resolve_cloud(&tried.cleaned.cloud, &tried.cleaned.config)?;
    let ends = tried.session.expiry().await;
    let notices = tried.notices();
    Ok(tested(
        tried.session.as_ref(),
        resolved.custom_host,
        tried.permissions,
        notices,
        ends.map(|ends| expiry::seen_from(&ends, app.now())),
    ))
}

fn tested(
    session: &dyn Session,
    custom_host: Option<String>,
    permissions: Vec<PermissionState>,
    notices: Vec<String>,
    expiry: Option<CredentialExpiry>,
) -> Tested {
    let mut warnings = Vec::new();
    if let Some(CredentialExpiry {
        warning: Some(warning),
        fix,
        ..
    }) = expiry
    {
        warnings.push(format!("{warning} {fix}"));
    }
    let excess = permissions
        .iter()
        .filter(|permission| permission.state == "excess")
        .count();
    if excess > 0 {
        warnings.push(format!(
            "The credentials can do more than reading needs: {excess} grants are in excess."
        ));
    }
    if let Some(host) = &custom_host {
        warnings.push(format!(
            "This is a custom endpoint ({host}): its evidence will say so everywhere."
        ));
    }
    Tested {
        identity_id: session.identity().id.clone(),
        identity_name: session.identity().name.clone(),
        custom_host,
        permissions,
        warnings,
        notices,
    }
}

async fn grants(
    session: &dyn Session,
    cancel: &CancellationToken,
) -> Result<Vec<PermissionState>, ProviderError> {
    let grants = guarded(cancel, session.grants()).await?;
    Ok(grants.into_iter().map(permission).collect())
}

fn permission(grant: Grant) -> PermissionState {
    let state = match grant.state {
        GrantState::Granted => "granted",
        GrantState::Missing => "missing",
        GrantState::Excess => "excess",
        GrantState::Unknown => "unknown",
    };
    PermissionState {
        permission: grant.permission,
        state: state.to_owned(),
        why: grant.why,
        fix: grant.fix,
    }
}

/// The connections of the open company.
pub async fn list(app: &App, request: ListIntegrations) -> Result<Integrations, ApiError> {
    let open = app.company()?;
    let mut reader = open.store.read().await?;
    let stored = store::integrations::list(&mut reader, request.all).await?;
    drop(reader);
    let mut integrations = Vec::new();
    for integration in &stored {
        integrations.push(describe(app, &open, integration).await?);
    }
    Ok(Integrations { integrations })
}

/// A connection as people see it.
pub(crate) async fn describe(
    app: &App,
    open: &OpenCompany,
    integration: &store::integrations::Integration,
) -> Result<Integration, ApiError> {
    let mut reader = open.store.read().await?;
    let filter = store::findings::Filter {
        integration: Some(integration.id),
        ..Default::default()
    };
    let findings = store::findings::list(&mut reader, &filter).await?;
    let findings = refreshed(app, &mut reader, findings).await?;
    let items = store::evidence_items::Filter {
        integration: Some(integration.id),
        ..Default::default()
    };
    let evidence_count = store::evidence_items::list(&mut reader, &items)
        .await?
        .len();
    let credential_expiry = expiry::of(&mut reader, integration.id, app.now()).await?;
    drop(reader);
    let status = word(&integration.status);
    let next = if status == "disconnected" {
        None
    } else {
        schedule::next_due(app, open).await?
    };
    Ok(Integration {
        id: integration.id.to_string(),
        company_id: integration.company_id.to_string(),
        integration_type: integration.provider.clone(),
        label: integration.label.clone(),
        status,
        cloud: integration.cloud.clone(),
        config: integration.config.clone(),
        identity_id: integration.identity_id.clone(),
        identity_name: integration.identity_name.clone(),
        custom_host: integration.custom_host.clone(),
        last_sync_at: integration.last_sync_at.map(|at| at.to_string()),
        next_sync_at: next.map(|at: Timestamp| at.to_string()),
        error_message: integration.error_message.clone(),
        credential_expiry,
        checks: count(findings.iter().map(|stored| stored.finding.outcome)),
        evidence_count: u32::try_from(evidence_count).unwrap_or(u32::MAX),
        created_at: integration.created_at.to_string(),
        updated_at: integration.updated_at.to_string(),
    })
}

/// Outcomes, counted.
pub(crate) fn count(outcomes: impl IntoIterator<Item = Outcome>) -> OutcomeCounts {
    let mut counts = OutcomeCounts::default();
    for outcome in outcomes {
        match outcome {
            Outcome::Pass => counts.pass += 1,
            Outcome::Fail => counts.fail += 1,
            Outcome::NotApplicable => counts.not_applicable += 1,
            Outcome::Unknown => counts.unknown += 1,
        }
    }
    counts
}

/// Everything about a connection.
pub async fn detail(app: &App, request: IntegrationRef) -> Result<IntegrationDetail, ApiError> {
    let open = app.company()?;
    let mut reader = open.store.read().await?;
    let integration = store::integrations::find(&mut reader, &request.id).await?;
    let provider = app.provider(&integration.provider)?;
    let cloud = like(provider, &integration)?;
    let now = app.now();
    let mut datasets = Vec::new();
    for dataset in datasets_in(provider, &cloud) {
        let status = store::datasets::get(&mut reader, integration.id, dataset.id).await?;
        let state = freshness::state(status.as_ref(), now);
        let success = status.as_ref().and_then(|status| status.success.as_ref());
        datasets.push(crate::api::DatasetState {
            dataset: dataset_info(dataset),
            state: word(&state),
            reason: match state {
                CollectionState::Current | CollectionState::Never => None,
                _ => status
                    .as_ref()
                    .and_then(|status| status.attempt.reason.as_ref())
                    .map(|reason| reason.detail.clone()),
            },
            collected_at: success.map(|attempt| attempt.at.to_string()),
            rows: success
                .and_then(|attempt| attempt.collected.as_ref())
                .map(|collected| collected.rows),
            pages: success
                .and_then(|attempt| attempt.collected.as_ref())
                .map(|collected| collected.pages),
        });
    }
    let filter = store::findings::Filter {
        integration: Some(integration.id),
        ..Default::default()
    };
    let known: Vec<&str> = checks_in(provider, &cloud).map(|check| check.id).collect();
    let findings = store::findings::list(&mut reader, &filter).await?;
    let findings = refreshed(app, &mut reader, findings)
        .await?
        .into_iter()
        .map(|stored| stored.finding)
        .filter(|finding| known.contains(&finding.check.as_str()))
        .collect();
    let mut runs = Vec::new();
    for run in store::runs::list(&mut reader, Some(integration.id), 20).await? {
        runs.push(run_report(&mut reader, &run, &integration.label, open.is_working()).await?);
    }
    drop(reader);
    Ok(IntegrationDetail {
        integration: describe(app, &open, &integration).await?,
        datasets,
        findings,
        runs,
    })
}

/// Removes a connection: its credentials are destroyed, its evidence and its row are kept.
pub async fn remove(app: &App, request: IntegrationRef) -> Result<Integration, ApiError> {
    let open = app.company()?;
    let mut tx = open.store.begin().await?;
    let integration = store::integrations::find(&mut tx, &request.id).await?;
    if word(&integration.status) != "disconnected" {
        chain::record(
            &mut tx,
            app.now(),
            &Event::IntegrationRemoved {
                integration_id: integration.id,
            },
        )
        .await?;
        tx.commit().await?;
        open.keep_head().await?;
    } else {
        drop(tx);
    }
    let mut reader = open.store.read().await?;
    let removed = store::integrations::get(&mut reader, integration.id).await?;
    drop(reader);
    describe(app, &open, &removed).await
}
