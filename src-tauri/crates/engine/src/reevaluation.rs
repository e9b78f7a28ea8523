//! Runs every check again on what is stored, offline, and says where the result is another one than the recorded, and why.
//!
//! Nothing is written. Before a check judges, every byte that it would read is held against its digest: bytes that are not
//! the recorded ones are reported and never judged. What differs with the same data, the same version and the same
//! parameters is reported too: it must not happen.

mod difference;
mod imported;
mod integrity;

use crate::{
    App,
    api::{ApiError, FindingChange},
    judge::{Evidence, last_known},
    providers::checks_in,
    sync::like,
};
use difference::{Now, cause, change};
use evidence::{Finding, IntegrationId, Outcome, Population, Reason, UnknownCode};
use integrity::{Flaw, flaws_of};
use provider_kit::Check;
use std::collections::BTreeMap;
use store::{Connection, findings::StoredFinding, integrations::Integration};

/// Which findings are made again.
pub(crate) struct Asked {
    pub integration: Option<IntegrationId>,
    pub check: Option<String>,
    pub requirement: Option<String>,
}

impl Asked {
    fn admits(&self, check: &str, requirements: &[String]) -> bool {
        self.check.as_ref().is_none_or(|wanted| wanted == check)
            && self
                .requirement
                .as_ref()
                .is_none_or(|wanted| requirements.contains(wanted))
    }
}

/// The findings as judging again gives them, and how they differ from the recorded ones.
pub(crate) async fn again(
    app: &App,
    reader: &mut Connection,
    asked: &Asked,
) -> Result<(Vec<Finding>, Vec<FindingChange>), ApiError> {
    let filter = store::findings::Filter {
        integration: asked.integration,
        connected_only: asked.integration.is_none(),
        ..Default::default()
    };
    let mut recorded: BTreeMap<IntegrationId, BTreeMap<String, StoredFinding>> = BTreeMap::new();
    for stored in store::findings::list(reader, &filter).await? {
        recorded
            .entry(stored.finding.integration_id)
            .or_default()
            .insert(stored.finding.check.clone(), stored);
    }
    let integrations: Vec<Integration> = store::integrations::list(reader, true)
        .await?
        .into_iter()
        .filter(|one| match asked.integration {
            Some(id) => one.id == id,
            None => one.status != store::integrations::IntegrationStatus::Disconnected,
        })
        .collect();
    let mut findings = Vec::new();
    let mut changes = Vec::new();
    for integration in integrations {
        let before = recorded.remove(&integration.id).unwrap_or_default();
        one(
            app,
            reader,
            asked,
            &integration,
            before,
            &mut findings,
            &mut changes,
        )
        .await?;
    }
    findings.sort_by(|a, b| {
        (&a.check, a.integration_id.to_string()).cmp(&(&b.check, b.integration_id.to_string()))
    });
    changes.sort_by(|a, b| (&a.check, &a.integration_id).cmp(&(&b.check, &b.integration_id)));
    imported::again(reader, asked, &mut findings, &mut changes).await?;
    Ok((findings, changes))
}

/// The checks of one connection.
async fn one(
    app: &App,
    reader: &mut Connection,
    asked: &Asked,
    integration: &Integration,
    mut before: BTreeMap<String, StoredFinding>,
    findings: &mut Vec<Finding>,
    changes: &mut Vec<FindingChange>,
) -> Result<(), ApiError> {
    let provider = app.provider(&integration.provider)?;
    let cloud = like(provider, integration)?;
    let checks: Vec<&'static Check> = checks_in(provider, &cloud)
        .filter(|check| asked.admits(check.id, &check.requirements()))
        .collect();
    let flaws = flaws_of(reader, integration.id, &checks).await?;
    let of = |check: &Check| -> Vec<&Flaw> {
        check
            .datasets
            .iter()
            .filter_map(|dataset| flaws.get(*dataset))
            .flatten()
            .collect()
    };
    let sound: Vec<&'static Check> = checks
        .iter()
        .copied()
        .filter(|check| of(check).is_empty())
        .collect();
    let evidence =
        Evidence::gather(reader, provider, integration, &cloud, &sound, app.now()).await?;
    let set = store::parameters::current(reader).await?;
    let now = Now {
        integration,
        parameters: &evidence.parameters,
        set: &set,
        at: app.now(),
    };
    for check in checks {
        let recorded = before.remove(check.id).map(|stored| stored.finding);
        let broken = of(check);
        let finding = if broken.is_empty() {
            if !evidence.was_asked(check) {
                continue;
            }
            let mut finding = evidence.judge(check, integration, &cloud);
            finding.last_known = last_known(&finding, recorded.as_ref());
            finding
        } else if let Some(recorded) = &recorded {
            unjudged(check, recorded, &broken)
        } else {
            continue;
        };
        if recorded.as_ref() != Some(&finding) {
            let damage = broken.iter().map(|flaw| flaw.cause()).collect();
            changes.push(change(&now, recorded.as_ref(), Some(&finding), damage));
        }
        findings.push(finding);
    }
    // What was recorded by checks that this version does not have, or not in this cloud.
    for stored in before.into_values() {
        let gone = &stored.finding;
        if asked.admits(&gone.check, &gone.requirements) {
            let why = vec![cause(
                "check_gone",
                "This version of the product does not have the check.",
            )];
            changes.push(change(&now, Some(gone), None, why));
        }
    }
    Ok(())
}

/// What is left of a finding whose data is not what was recorded: nothing is known, and the reason names the digest.
fn unjudged(check: &Check, recorded: &Finding, flaws: &[&Flaw]) -> Finding {
    let detail = flaws.first().map(|flaw| flaw.what()).unwrap_or_default();
    let mut finding = Finding {
        check_version: check.version,
        outcome: Outcome::Unknown,
        reason: Some(Reason::new(UnknownCode::MalformedAnswer, detail)),
        resources: Vec::new(),
        population: Population::nothing(),
        ..recorded.clone()
    };
    finding.last_known = last_known(&finding, Some(recorded));
    finding
}
