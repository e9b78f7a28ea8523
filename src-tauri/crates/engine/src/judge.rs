//! Runs checks over what is stored, and records what is new.

use crate::{
    api::ApiError,
    parameters::in_force,
    providers::{checks_in, dataset},
};
use evidence::{Finding, LastKnown, Outcome, PageRecord, Reason, RunId, Timestamp, UnknownCode};
use provider_kit::{
    Check, Collected, Gathered, Malformed, Origin, PageSource, Parameters, Provider, Records,
};
use std::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};
use store::{
    ConfirmedFinding, Connection, Event, Tx, chain, datasets::DatasetStatus,
    integrations::Integration,
};

/// The stored pages of a snapshot, inflated one at a time so that a large tenant stays small in memory.
struct StoredPages(Vec<(Origin, store::blobs::Blob)>);

impl PageSource for StoredPages {
    fn count(&self) -> usize {
        self.0.len()
    }

    fn body(&self, index: usize) -> Result<Cow<'_, [u8]>, Malformed> {
        let (_, blob) = self
            .0
            .get(index)
            .ok_or_else(|| Malformed(format!("page {index} is missing")))?;
        blob.bytes()
            .map(Cow::Owned)
            .map_err(|error| Malformed(error.to_string()))
    }

    fn origin(&self, index: usize) -> Origin {
        self.0
            .get(index)
            .map(|(origin, _)| origin.clone())
            .unwrap_or_default()
    }
}

/// Where a stored page came from.
pub(crate) fn origin_of(page: &PageRecord) -> Origin {
    Origin {
        status: page.status,
        place: page.place.clone(),
        subject: page.subject.clone(),
    }
}

/// What is there for a dataset: the snapshot of its newest attempt, or why there is none.
pub(crate) async fn gather(
    connection: &mut Connection,
    provider: &dyn Provider,
    integration: &Integration,
    cloud: &str,
    id: &'static str,
) -> Result<(Gathered, Option<DatasetStatus>), ApiError> {
    let Some(dataset) = dataset(provider, id) else {
        return Err(ApiError::bug(format!("no dataset {id}")));
    };
    if !dataset.clouds.has(cloud) {
        let detail = format!("\"{}\" is not offered in this cloud.", dataset.title);
        return Ok((
            Gathered::Missing(Reason::new(UnknownCode::NotInThisCloud, detail)),
            None,
        ));
    }
    let status = store::datasets::get(connection, integration.id, id).await?;
    let gathered = match &status {
        None => Gathered::Missing(Reason::new(
            UnknownCode::NotCollected,
            format!("\"{}\" was not collected yet.", dataset.title),
        )),
        Some(status) => match &status.attempt.collected {
            None => Gathered::Missing(status.attempt.reason.clone().unwrap_or_else(|| {
                Reason::new(
                    UnknownCode::NotCollected,
                    format!("\"{}\" could not be collected.", dataset.title),
                )
            })),
            Some(collected) => {
                let snapshot = store::snapshots::get(connection, collected.snapshot).await?;
                let pages = store::snapshots::pages(connection, collected.snapshot).await?;
                Gathered::Snapshot(Records {
                    dataset,
                    snapshot: collected.snapshot,
                    pages: Arc::new(StoredPages(
                        snapshot.pages.iter().map(origin_of).zip(pages).collect(),
                    )),
                    completeness: snapshot.completeness,
                    collected_at: status.attempt.at,
                })
            }
        },
    };
    Ok((gathered, status))
}

/// The datasets that checks read, gathered once and shared.
pub(crate) struct Evidence {
    gathered: BTreeMap<&'static str, Gathered>,
    attempts: BTreeMap<&'static str, Timestamp>,
    pub(crate) parameters: BTreeMap<String, serde_json::Value>,
}

impl Evidence {
    /// Gathers what `checks` read.
    pub(crate) async fn gather(
        connection: &mut Connection,
        provider: &dyn Provider,
        integration: &Integration,
        cloud: &str,
        checks: &[&'static Check],
        now: Timestamp,
    ) -> Result<Self, ApiError> {
        let wanted: BTreeSet<&'static str> = checks
            .iter()
            .flat_map(|check| check.datasets)
            .copied()
            .collect();
        let (mut gathered, mut attempts) = (BTreeMap::new(), BTreeMap::new());
        for id in wanted {
            let (found, status) = gather(connection, provider, integration, cloud, id).await?;
            if let Some(status) = status {
                attempts.insert(id, status.attempt.at);
            }
            gathered.insert(id, found);
        }
        let parameters = in_force(connection, provider, now).await?;
        Ok(Self {
            gathered,
            attempts,
            parameters,
        })
    }

    /// Whether any of the check's datasets was ever asked for: only then has it something to say.
    pub(crate) fn was_asked(&self, check: &Check) -> bool {
        check
            .datasets
            .iter()
            .any(|id| self.attempts.contains_key(id))
    }

    /// Runs one check. Pure: the same stored data and parameters give the same finding, byte for byte.
    pub(crate) fn judge(
        &self,
        check: &'static Check,
        integration: &Integration,
        cloud: &str,
    ) -> Finding {
        let values = check
            .parameters
            .iter()
            .filter_map(|key| Some(((*key).to_owned(), self.parameters.get(*key)?.clone())))
            .collect();
        let parameters = Parameters::new(values);
        let mut snapshots = Vec::new();
        let mut newest: Option<Timestamp> = None;
        for id in check.datasets {
            if let Some(Gathered::Snapshot(records)) = self.gathered.get(id) {
                snapshots.push(records.snapshot);
                newest = newest.max(Some(records.collected_at));
            }
        }
        let attempted = check
            .datasets
            .iter()
            .filter_map(|id| self.attempts.get(id))
            .max()
            .copied();
        let now = newest
            .or(attempted)
            .unwrap_or_else(|| Timestamp::from_unix(0));
        let verdict = (check.evaluate)(&Collected {
            datasets: &self.gathered,
            parameters: &parameters,
            now,
            cloud,
        });
        // A verdict without a reason where one is due, or a good one over an incomplete population, is a mistake of the
        // check. It must not become a wrong answer.
        let (outcome, reason) = match (verdict.outcome, verdict.reason) {
            (Outcome::Unknown, None) => (
                Outcome::Unknown,
                Some(Reason::new(
                    UnknownCode::MalformedAnswer,
                    "The check could not tell and did not say why.",
                )),
            ),
            (Outcome::Pass | Outcome::NotApplicable, _) if !verdict.population.complete => (
                Outcome::Unknown,
                Some(Reason::new(
                    UnknownCode::Partial,
                    "Not everything was seen.",
                )),
            ),
            (Outcome::Unknown, reason) => (Outcome::Unknown, reason),
            (outcome, _) => (outcome, None),
        };
        Finding {
            check: check.id.to_owned(),
            check_version: check.version,
            integration_id: integration.id,
            outcome,
            reason,
            title: check.title.to_owned(),
            severity: check.severity,
            requirements: check.requirements(),
            objectives: check
                .objectives
                .iter()
                .map(|objective| (*objective).to_owned())
                .collect(),
            parameters: parameters.used(),
            resources: verdict.resources,
            population: verdict.population,
            snapshots,
            collected_at: now,
            custom: integration.custom_host.is_some(),
            imported: None,
            last_known: None,
        }
    }
}

/// Judges `checks` on what `tx` sees and records what they say: a new entry where it changed, one confirmation for all
/// that did not.
pub(crate) async fn judge_and_record(
    tx: &mut Tx,
    provider: &dyn Provider,
    integration: &Integration,
    cloud: &str,
    checks: &[&'static Check],
    run_id: RunId,
    at: Timestamp,
) -> Result<(), ApiError> {
    let evidence = Evidence::gather(tx, provider, integration, cloud, checks, at).await?;
    let mut confirmed = Vec::new();
    for check in checks.iter().filter(|check| evidence.was_asked(check)) {
        let mut finding = evidence.judge(check, integration, cloud);
        let before = store::findings::current(tx, integration.id, check.id)
            .await?
            .map(|stored| stored.finding);
        finding.last_known = last_known(&finding, before.as_ref());
        match before {
            Some(before) if same_content(&before, &finding) => confirmed.push(ConfirmedFinding {
                check: finding.check,
                collected_at: finding.collected_at,
                snapshots: finding.snapshots,
                last_known: finding.last_known,
            }),
            _ => {
                chain::record(
                    tx,
                    at,
                    &Event::FindingRecorded {
                        run_id,
                        finding: Box::new(finding),
                    },
                )
                .await?;
            }
        }
    }
    if !confirmed.is_empty() {
        let event = Event::FindingsConfirmed {
            run_id,
            integration_id: integration.id,
            findings: confirmed,
        };
        chain::record(tx, at, &event).await?;
    }
    Ok(())
}

/// What was known before the attempts began to fail.
pub(crate) fn last_known(finding: &Finding, before: Option<&Finding>) -> Option<LastKnown> {
    if finding.outcome != Outcome::Unknown {
        return None;
    }
    let before = before?;
    match before.outcome {
        Outcome::Unknown => before.last_known.clone(),
        outcome => Some(LastKnown {
            outcome,
            collected_at: before.collected_at,
        }),
    }
}

/// Whether two findings say the same, whenever and on whichever equal data they were made.
fn same_content(a: &Finding, b: &Finding) -> bool {
    let plain = |finding: &Finding| Finding {
        collected_at: Timestamp::from_unix(0),
        snapshots: Vec::new(),
        last_known: None,
        ..finding.clone()
    };
    plain(a) == plain(b)
}

/// The checks of an integration that read any of `datasets`.
pub(crate) fn touched<'a>(
    provider: &'a dyn Provider,
    cloud: &'a str,
    datasets: &BTreeSet<&str>,
) -> Vec<&'static Check> {
    checks_in(provider, cloud)
        .filter(|check| check.datasets.iter().any(|id| datasets.contains(id)))
        .collect()
}
