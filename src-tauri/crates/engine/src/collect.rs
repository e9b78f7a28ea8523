//! "Auto-collect evidence": fetches exactly the datasets that a control's checks declare, and says what they show.

use crate::{
    App, OpenCompany, ProgressSink,
    api::{ApiError, CollectEvidence, Collected, ConfidenceReport, LegacyRule as LegacyAnswer},
    freshness,
    judge::gather,
    parameters::in_force,
    providers::{checks_in, dataset, maps_to, word},
    status::{self, Standing},
    sync::{Assignment, Cause, like, named, run_all},
};
use catalog::{ControlId, RequirementId};
use evidence::{CollectionState, ComplianceStatus, Reason, Timestamp, UnknownCode};
use provider_kit::{Collected as Judged, Dataset, Gathered, LegacyRule, Parameters, Provider};
use std::collections::{BTreeMap, BTreeSet};
use store::integrations::Integration;

/// Collects for one control.
pub async fn collect(
    app: &App,
    request: CollectEvidence,
    progress: &ProgressSink,
) -> Result<Collected, ApiError> {
    let open = app.company()?;
    let requirement = resolve(&request.control_id)?;
    let spelling = legacy_spelling(&request.control_id);
    let mut assignments = Vec::new();
    for integration in named(&open, &[]).await? {
        let provider = app.provider(&integration.provider)?;
        let cloud = like(provider, &integration)?;
        let datasets = wanted(provider, &cloud, requirement.as_str(), spelling.as_deref());
        if !datasets.is_empty() {
            assignments.push(Assignment {
                integration,
                datasets,
            });
        }
    }
    let runs = run_all(app, &open, assignments, Cause::PERSON, progress).await?;
    let standing = Standing::read(app, &open).await?;
    let status = status::requirement_status(app, &standing, requirement)?;
    let findings = standing
        .findings_of(requirement)
        .map(|stored| stored.finding.clone())
        .collect();
    let confidence = status::confidence_of(app, &standing, requirement)?;
    let legacy_rule = match spelling {
        Some(control) => legacy(app, &open, &control).await?,
        None => None,
    };
    Ok(Collected {
        requirement: requirement.to_string(),
        evidence_count: status.evidence_count,
        compliance_status: status.indication,
        confidence: ConfidenceReport {
            value: confidence.value,
            reasons: confidence.reasons,
        },
        findings,
        legacy_rule,
        runs,
    })
}

/// The requirement that a control stands for, or why there is none.
pub(crate) fn resolve(control: &str) -> Result<RequirementId, ApiError> {
    ControlId::resolve(control).map_err(|error| {
        ApiError::usage(
            "There is no such control.",
            error.to_string(),
            "Use an id like 3.5.3, IA.L2-3.5.3 or IA.3.083.",
        )
        .about("controlId")
        .coded("unknown_control")
    })
}

/// The control's id in an older document, where that is how it was named.
fn legacy_spelling(control: &str) -> Option<String> {
    match ControlId::parse(control) {
        Ok(ControlId::Legacy(practice)) => Some(practice.id.to_string()),
        _ => None,
    }
}

/// The datasets that the checks of a requirement declare, and those an older rule of that name needs.
fn wanted(
    provider: &dyn Provider,
    cloud: &str,
    requirement: &str,
    legacy: Option<&str>,
) -> Vec<&'static Dataset> {
    let mut ids: BTreeSet<&str> = checks_in(provider, cloud)
        .filter(|check| maps_to(check.objectives, requirement))
        .flat_map(|check| check.datasets)
        .copied()
        .collect();
    for rule in rules(provider, legacy) {
        ids.extend(rule.datasets);
    }
    ids.into_iter()
        .filter_map(|id| dataset(provider, id))
        .filter(|dataset| dataset.clouds.has(cloud))
        .collect()
}

fn rules(
    provider: &dyn Provider,
    legacy: Option<&str>,
) -> impl Iterator<Item = &'static LegacyRule> {
    let legacy = legacy.map(str::to_owned);
    provider.legacy_rules().iter().copied().filter(move |rule| {
        legacy
            .as_deref()
            .is_some_and(|control| control.eq_ignore_ascii_case(rule.control))
    })
}

/// The older rule's answer over every connection that can tell; inconclusive where one can't.
async fn legacy(
    app: &App,
    open: &OpenCompany,
    control: &str,
) -> Result<Option<LegacyAnswer>, ApiError> {
    let (mut having, mut eligible, mut threshold, mut unknown, mut asked) =
        (0, 0, 80, false, false);
    for integration in named(open, &[]).await? {
        let provider = app.provider(&integration.provider)?;
        let cloud = like(provider, &integration)?;
        for rule in rules(provider, Some(control)) {
            asked = true;
            match share(app, open, provider, &integration, &cloud, rule).await? {
                Ok(share) => {
                    having += share.having;
                    eligible += share.eligible;
                    threshold = share.threshold_percent;
                }
                Err(_) => unknown = true,
            }
        }
    }
    let exists = app
        .options
        .providers
        .iter()
        .any(|provider| rules(*provider, Some(control)).next().is_some());
    if !exists {
        return Ok(None);
    }
    let known = asked && !unknown && eligible > 0;
    #[expect(
        clippy::cast_precision_loss,
        reason = "a ratio for display; counts are far below 2^52"
    )]
    let ratio = known.then(|| having as f64 / eligible as f64);
    let status = match known {
        // Above the threshold, by whole numbers: 80 of 100 is not above 80 %.
        true if having * 100 > eligible * u64::from(threshold) => ComplianceStatus::Compliant,
        true => ComplianceStatus::NonCompliant,
        false => ComplianceStatus::Inconclusive,
    };
    Ok(Some(LegacyAnswer {
        share: ratio,
        threshold: f64::from(threshold) / 100.0,
        registered: having,
        eligible,
        compliance_status: word(&status),
    }))
}

async fn share(
    app: &App,
    open: &OpenCompany,
    provider: &'static dyn Provider,
    integration: &Integration,
    cloud: &str,
    rule: &'static LegacyRule,
) -> Result<Result<provider_kit::LegacyShare, Reason>, ApiError> {
    let mut reader = open.store.read().await?;
    let mut datasets: BTreeMap<&'static str, Gathered> = BTreeMap::new();
    let mut now = Timestamp::from_unix(0);
    for id in rule.datasets {
        let (found, status) = gather(&mut reader, provider, integration, cloud, id).await?;
        if freshness::state(status.as_ref(), app.now()) == CollectionState::Stale {
            // Old data answers nothing about today, and an old share could be the better one.
            return Ok(Err(Reason::new(
                UnknownCode::NotCollected,
                format!("{id} was collected too long ago."),
            )));
        }
        if let Gathered::Snapshot(records) = &found {
            now = now.max(records.collected_at);
        }
        datasets.insert(id, found);
    }
    let parameters = Parameters::new(in_force(&mut reader, provider, app.now()).await?);
    Ok((rule.evaluate)(&Judged {
        datasets: &datasets,
        parameters: &parameters,
        now,
        cloud,
    }))
}
