//! Per requirement: how the collecting stands, what the checks point to, what people decided.

use crate::{
    App, OpenCompany,
    api::{ApiError, Decided, GetStatus, ObjectiveStatus, RequirementStatus, Status},
    collect::resolve,
    connect::count,
    freshness,
    imports::Link,
    providers::{checks_in, datasets_in, maps_to, word},
    sync::like,
    up_to_date::refreshed,
};
use catalog::{Decisions, Determination, ObjectiveDecision, ObjectiveId, RequirementId, Strength};
use evidence::{
    CollectionState, ComplianceStatus, Confidence, IntegrationId, ObjectiveSupport, Outcome,
    Timestamp, confidence, indication, roll_up,
};
use provider_kit::{Check, Dataset, Provider};
use std::collections::{BTreeMap, BTreeSet};
use store::{
    datasets::DatasetStatus, determinations::Decision, evidence_items::Item,
    findings::StoredFinding, imports::ImportedFinding, integrations::Integration,
};

/// Everything that statuses are made of, read once.
pub(crate) struct Standing {
    pub now: Timestamp,
    pub connected: Vec<(Integration, &'static dyn Provider, String)>,
    pub datasets: BTreeMap<(IntegrationId, String), DatasetStatus>,
    pub findings: Vec<StoredFinding>,
    /// What imported files say: beside the findings, never among them.
    pub imported: Vec<ImportedFinding>,
    /// Which connection each imported file is about.
    pub link: Link,
    pub items: Vec<Item>,
    pub decisions: BTreeMap<ObjectiveId, Decision>,
}

impl Standing {
    /// Reads the standing of the open company, at one moment.
    pub(crate) async fn read(app: &App, open: &OpenCompany) -> Result<Self, ApiError> {
        let mut reader = open.store.snapshot().await?;
        let mut connected = Vec::new();
        for integration in store::integrations::list(&mut reader, false).await? {
            let provider = app.provider(&integration.provider)?;
            let cloud = like(provider, &integration)?;
            connected.push((integration, provider, cloud));
        }
        let datasets = store::datasets::list(&mut reader, None)
            .await?
            .into_iter()
            .map(|status| {
                (
                    (
                        status.attempt.integration_id,
                        status.attempt.dataset.clone(),
                    ),
                    status,
                )
            })
            .collect();
        let filter = store::findings::Filter {
            connected_only: true,
            ..Default::default()
        };
        let findings = store::findings::list(&mut reader, &filter).await?;
        let findings = refreshed(app, &mut reader, findings).await?;
        let items = store::evidence_items::list(&mut reader, &Default::default()).await?;
        let decisions = store::determinations::current(&mut reader)
            .await?
            .into_iter()
            .map(|decision| (decision.objective, decision))
            .collect();
        let imported = store::imports::findings(&mut reader, None, false).await?;
        let files = store::imports::list(&mut reader).await?;
        let mut standing = Self {
            now: app.now(),
            connected,
            datasets,
            findings,
            imported,
            link: Link::default(),
            items,
            decisions,
        };
        standing.link = Link::of(&standing, &files);
        Ok(standing)
    }

    /// What people decided, as the score takes it.
    pub(crate) fn decisions(&self) -> Decisions {
        self.decisions
            .iter()
            .map(|(id, decision)| {
                (
                    *id,
                    ObjectiveDecision {
                        determination: decision.determination,
                        partial: decision.partial,
                    },
                )
            })
            .collect()
    }

    /// The checks of the connected integrations that map to a requirement.
    pub(crate) fn checks_of(
        &self,
        requirement: RequirementId,
    ) -> Vec<(&Integration, &'static Check)> {
        let mut checks = Vec::new();
        for (integration, provider, cloud) in &self.connected {
            for check in checks_in(*provider, cloud) {
                if maps_to(check.objectives, requirement.as_str()) {
                    checks.push((integration, check));
                }
            }
        }
        checks
    }

    /// The datasets of the connected integrations that support a requirement: by themselves or through a check.
    pub(crate) fn datasets_of(
        &self,
        requirement: RequirementId,
    ) -> Vec<(&Integration, &'static Dataset)> {
        let mut found = Vec::new();
        for (integration, provider, cloud) in &self.connected {
            for dataset in datasets_in(*provider, cloud) {
                if maps_to(&supports(*provider, cloud, dataset), requirement.as_str()) {
                    found.push((integration, dataset));
                }
            }
        }
        found
    }

    /// Labels and providers of the connections.
    pub(crate) fn connected_labels(&self) -> BTreeMap<IntegrationId, (String, String)> {
        self.connected
            .iter()
            .map(|(one, _, _)| (one.id, (one.label.clone(), one.provider.clone())))
            .collect()
    }

    /// What imported files say about a requirement.
    pub(crate) fn imported_of(
        &self,
        requirement: RequirementId,
    ) -> impl Iterator<Item = &ImportedFinding> {
        let requirement = requirement.to_string();
        self.imported
            .iter()
            .filter(move |stored| stored.finding.requirements.contains(&requirement))
    }

    /// Current findings that map to a requirement.
    pub(crate) fn findings_of(
        &self,
        requirement: RequirementId,
    ) -> impl Iterator<Item = &StoredFinding> {
        let requirement = requirement.to_string();
        self.findings
            .iter()
            .filter(move |stored| stored.finding.requirements.contains(&requirement))
    }

    pub(crate) fn finding(
        &self,
        integration: IntegrationId,
        check: &str,
    ) -> Option<&StoredFinding> {
        self.findings.iter().find(|stored| {
            stored.finding.integration_id == integration && stored.finding.check == check
        })
    }

    pub(crate) fn state(&self, integration: IntegrationId, dataset: &str) -> CollectionState {
        freshness::state(
            self.datasets.get(&(integration, dataset.to_owned())),
            self.now,
        )
    }

    /// What the checks point to for a requirement. A check that never ran is unknown.
    pub(crate) fn indication(&self, requirement: RequirementId) -> ComplianceStatus {
        indication(
            self.checks_of(requirement)
                .into_iter()
                .map(|(integration, check)| {
                    let outcome = self
                        .finding(integration.id, check.id)
                        .map_or(Outcome::Unknown, |stored| stored.finding.outcome);
                    let stale = check
                        .datasets
                        .iter()
                        .any(|id| self.state(integration.id, id) == CollectionState::Stale);
                    (outcome, stale)
                }),
        )
    }
}

/// The objectives that a dataset supports: its own, and those of the checks that read it.
pub(crate) fn supports(
    provider: &dyn Provider,
    cloud: &str,
    dataset: &Dataset,
) -> Vec<&'static str> {
    let mut objectives: BTreeSet<&'static str> = dataset.objectives.iter().copied().collect();
    for check in checks_in(provider, cloud).filter(|check| check.datasets.contains(&dataset.id)) {
        objectives.extend(check.objectives);
    }
    let mut objectives: Vec<&'static str> = objectives.into_iter().collect();
    objectives.sort_by_key(|objective| objective.parse::<ObjectiveId>().ok());
    objectives
}

/// The status of all requirements, or of one control.
pub async fn get(app: &App, request: GetStatus) -> Result<Status, ApiError> {
    let open = app.company()?;
    let standing = Standing::read(app, &open).await?;
    let requirements = match request.control_id {
        Some(control) => vec![requirement_status(app, &standing, resolve(&control)?)?],
        None => RequirementId::all()
            .map(|id| requirement_status(app, &standing, id))
            .collect::<Result<_, _>>()?,
    };
    Ok(Status { requirements })
}

/// The status of one requirement.
pub(crate) fn requirement_status(
    _: &App,
    standing: &Standing,
    id: RequirementId,
) -> Result<RequirementStatus, ApiError> {
    let requirement = catalog::requirement(id);
    let decisions = standing.decisions();
    let result = catalog::requirement_result(id, &decisions);
    let datasets = standing.datasets_of(id);
    let collection_state = roll_up(
        datasets
            .iter()
            .map(|(integration, dataset)| standing.state(integration.id, dataset.id)),
    );
    let checks = standing
        .checks_of(id)
        .into_iter()
        .map(|(integration, check)| {
            standing
                .finding(integration.id, check.id)
                .map_or(Outcome::Unknown, |stored| stored.finding.outcome)
        });
    let evidence_count = datasets
        .iter()
        .filter(|(integration, dataset)| {
            // Current items: what the newest attempt could not read, or read too long ago, supports nothing now.
            matches!(
                standing.state(integration.id, dataset.id),
                CollectionState::Current | CollectionState::Partial
            ) && standing
                .items
                .iter()
                .any(|item| item.integration_id == integration.id && item.dataset == dataset.id)
        })
        .count();
    Ok(RequirementStatus {
        id: id.to_string(),
        weight: requirement.weight,
        collection_state: word(&collection_state),
        indication: word(&standing.indication(id)),
        determination: word(&result.determination),
        partial: result.partial,
        objectives: id
            .objectives()
            .map(|objective| objective_status(standing, objective))
            .collect(),
        checks: count(checks),
        imported: count(
            standing
                .imported_of(id)
                .map(|stored| stored.finding.outcome),
        ),
        evidence_count: u32::try_from(evidence_count).unwrap_or(u32::MAX),
    })
}

fn objective_status(standing: &Standing, id: ObjectiveId) -> ObjectiveStatus {
    let decision = standing.decisions.get(&id);
    let decided = decision.filter(|decision| decision.determination != Determination::NotAssessed);
    ObjectiveStatus {
        id: id.to_string(),
        determination: word(&decision.map_or(Determination::NotAssessed, |decision| {
            decision.determination
        })),
        partial: decision.is_some_and(|decision| decision.partial),
        decided: decided.map(|decision| Decided {
            by: decision.by.clone(),
            at: decision.at.to_string(),
            why: decision.why.clone(),
        }),
        evidence_changed: decided.is_some_and(|decision| contradicted(standing, id, decision)),
    }
}

/// Whether a check that was recorded after the decision says something else. The decision stays as it is.
///
/// An imported failure counts here as well: it changes nothing but that a person is asked to look again. An imported pass
/// does not.
fn contradicted(standing: &Standing, id: ObjectiveId, decision: &Decision) -> bool {
    let objective = id.to_string();
    let met = matches!(
        decision.determination,
        Determination::Met | Determination::NotApplicable
    );
    if met
        && standing.imported.iter().any(|stored| {
            stored.seq > decision.seq
                && stored.finding.outcome == Outcome::Fail
                && stored.finding.objectives.contains(&objective)
        })
    {
        return true;
    }
    standing
        .findings
        .iter()
        .filter(|stored| {
            stored.finding.objectives.contains(&objective) && stored.seq > decision.seq
        })
        .any(|stored| match decision.determination {
            Determination::Met | Determination::NotApplicable => {
                stored.finding.outcome == Outcome::Fail
            }
            Determination::NotMet => stored.finding.outcome == Outcome::Pass,
            Determination::NotAssessed => false,
        })
}

/// How much the collected data can carry for a requirement.
pub(crate) fn confidence_of(
    _: &App,
    standing: &Standing,
    id: RequirementId,
) -> Result<Confidence, ApiError> {
    let objectives: Vec<(String, ObjectiveSupport)> = catalog::requirement(id)
        .objectives
        .iter()
        .map(|objective| {
            let name = objective.id.to_string();
            let mut states = Vec::new();
            let (mut seen, mut total, mut known) = (0, 0, true);
            for (integration, check) in standing.checks_of(id) {
                if !check.objectives.contains(&name.as_str()) {
                    continue;
                }
                states.extend(
                    check
                        .datasets
                        .iter()
                        .map(|dataset| standing.state(integration.id, dataset)),
                );
                match standing
                    .finding(integration.id, check.id)
                    .map(|stored| &stored.finding.population)
                {
                    Some(population) => {
                        seen += population.seen;
                        match population.total {
                            Some(all) => total += all,
                            None => known = false,
                        }
                    }
                    None => known = false,
                }
            }
            let covered = !states.is_empty();
            let strength = if covered {
                strength(objective.coverage)
            } else {
                0.0
            };
            let support = ObjectiveSupport {
                strength,
                seen,
                total: known.then_some(total),
                state: roll_up(states),
            };
            (name, support)
        })
        .collect();
    Ok(confidence(&objectives))
}

fn strength(strength: Strength) -> f64 {
    strength.share()
}
