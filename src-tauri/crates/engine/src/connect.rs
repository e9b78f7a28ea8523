//! Connecting a service, testing a connection, listing, removing.

use crate::{
    App, OpenCompany,
    activity::run_report,
    api::{
        ApiError, ConnectIntegration, Connected, Integration, IntegrationDetail, IntegrationRef,
        Integrations, ListIntegrations, OutcomeCounts, PermissionState, TestIntegration, Tested,
    },
    freshness,
    providers::{checks_in, dataset_info, datasets_in, word},
    request_log::StoredLog,
    schedule,
    signing_in::{client, guarded, seal, sign_in},
    sync::like,
    up_to_date::refreshed,
};
use evidence::{CollectionState, IntegrationId, Outcome, Timestamp};
use provider_kit::{Cleaned, Connection, Grant, GrantState, Provider, ProviderError, Session};
use std::{collections::BTreeMap, sync::Arc};
use store::{Event, chain};
use tokio_util::sync::CancellationToken;

/// Cleans what was entered, signs in with it and asks what is granted. Of all that only the requests are kept.
async fn try_out(
    app: &App,
    open: &OpenCompany,
    provider: &'static dyn Provider,
    config: BTreeMap<String, String>,
    credentials: BTreeMap<String, String>,
    cancel: &CancellationToken,
) -> Result<(Box<dyn Session>, Cleaned, Vec<PermissionState>), ApiError> {
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
    let connection = Connection {
        cloud: cleaned.cloud.clone(),
        config: cleaned.config.clone(),
        secrets: cleaned.secrets.clone(),
        http: client(app, Arc::clone(&log))?,
        cancel: cancel.clone(),
    };
    let tried = async {
        let session = guarded(cancel, provider.sign_in(connection)).await?;
        let permissions = grants(session.as_ref(), cancel).await?;
        Ok::<_, ProviderError>((session, permissions))
    };
    let tried = tried.await;
    log.keep(&open.store).await?;
    let (session, permissions) = tried?;
    Ok((session, cleaned, permissions))
}

/// Connects a service: saved when sign-in works and the identity is read; missing permissions are listed with it.
pub async fn connect(app: &App, request: ConnectIntegration) -> Result<Connected, ApiError> {
    let open = app.company()?;
    let provider = app.provider(&request.integration_type)?;
    let cancel = open.new_work();
    let (session, cleaned, permissions) = try_out(
        app,
        &open,
        provider,
        request.config,
        request.credentials,
        &cancel,
    )
    .await?;
    let identity = session.identity().clone();
    let resolved = provider
        .manifest()
        .resolve_cloud(&cleaned.cloud, &cleaned.config)?;
    let id = IntegrationId::random();
    let sealed = seal(
        &*open.vault.lock().await,
        id,
        &provider.manifest().id,
        1,
        &cleaned.secrets,
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
        cloud: cleaned.cloud,
        config: cleaned.config,
        identity_id: identity.id,
        identity_name: identity.name,
        custom_host: resolved.custom_host,
    };
    chain::record(&mut tx, app.now(), &event).await?;
    store::integrations::set_credentials(&mut tx, id, &sealed).await?;
    let saved = store::integrations::get(&mut tx, id).await?;
    tx.commit().await?;
    open.keep_head().await?;
    Ok(Connected {
        integration: describe(app, &open, &saved).await?,
        permissions,
        notices: cleaned
            .notices
            .into_iter()
            .map(|notice| notice.message)
            .collect(),
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

/// Tests a saved connection, or one that is being entered.
pub async fn test(app: &App, request: TestIntegration) -> Result<Tested, ApiError> {
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
        return Ok(tested(
            signed_in.session.as_ref(),
            integration.custom_host,
            permissions?,
            Vec::new(),
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
    let (session, cleaned, permissions) = try_out(
        app,
        &open,
        provider,
        request.config,
        request.credentials,
        &cancel,
    )
    .await?;
    let resolved = provider
        .manifest()
        .resolve_cloud(&cleaned.cloud, &cleaned.config)?;
    let notices = cleaned
        .notices
        .into_iter()
        .map(|notice| notice.message)
        .collect();
    Ok(tested(
        session.as_ref(),
        resolved.custom_host,
        permissions,
        notices,
    ))
}

fn tested(
    session: &dyn Session,
    custom_host: Option<String>,
    permissions: Vec<PermissionState>,
    notices: Vec<String>,
) -> Tested {
    let mut warnings = Vec::new();
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
