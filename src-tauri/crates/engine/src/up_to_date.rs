//! Makes sure that a shown finding speaks of what is stored now.
//!
//! A finding is recorded when its data is kept. Between the two a process can be killed, an exemption can run out, or the
//! app can be updated to another version of a check. Then what was recorded no longer holds, and showing it could show a
//! pass that the stored data contradicts. Such a finding is judged again in memory; the next writer records it.

use crate::{
    App,
    api::ApiError,
    judge::{Evidence, last_known},
    parameters::in_force,
    providers::checks_in,
    sync::like,
};
use evidence::{Digest, Finding, IntegrationId};
use provider_kit::{Check, Provider};
use std::collections::{BTreeMap, btree_map::Entry};
use store::{Connection, findings::StoredFinding, integrations::Integration};

/// What findings of one connection are compared with.
struct Present {
    integration: Integration,
    provider: &'static dyn Provider,
    cloud: String,
    /// The snapshot of each dataset's newest attempt, where it kept one.
    snapshots: BTreeMap<String, Digest>,
    parameters: BTreeMap<String, serde_json::Value>,
}

impl Present {
    async fn read(
        app: &App,
        connection: &mut Connection,
        id: IntegrationId,
    ) -> Result<Self, ApiError> {
        let integration = store::integrations::get(connection, id).await?;
        let provider = app.provider(&integration.provider)?;
        let cloud = like(provider, &integration)?;
        let snapshots = store::datasets::list(connection, Some(id))
            .await?
            .into_iter()
            .filter_map(|status| Some((status.attempt.dataset, status.attempt.collected?.snapshot)))
            .collect();
        let parameters = in_force(connection, provider, app.now()).await?;
        Ok(Self {
            integration,
            provider,
            cloud,
            snapshots,
            parameters,
        })
    }

    /// Whether `finding` was made by this version of `check`, on the newest data and the parameters that hold now.
    fn holds(&self, finding: &Finding, check: &Check) -> bool {
        let newest = check
            .datasets
            .iter()
            .filter_map(|id| self.snapshots.get(*id));
        finding.check_version == check.version
            && finding.snapshots.iter().eq(newest)
            && finding.parameters.iter().all(|(key, value)| {
                self.parameters.get(key).unwrap_or(&serde_json::Value::Null) == value
            })
    }
}

/// Current findings, each as the stored data and the parameters in force have it now. Those of checks that are gone are left
/// as they were recorded.
pub(crate) async fn refreshed(
    app: &App,
    connection: &mut Connection,
    mut findings: Vec<StoredFinding>,
) -> Result<Vec<StoredFinding>, ApiError> {
    let mut present: BTreeMap<IntegrationId, Present> = BTreeMap::new();
    for stored in findings.iter_mut().filter(|stored| stored.current) {
        let id = stored.finding.integration_id;
        let now = match present.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(Present::read(app, connection, id).await?),
        };
        let check =
            checks_in(now.provider, &now.cloud).find(|check| check.id == stored.finding.check);
        let Some(check) = check.filter(|check| !now.holds(&stored.finding, check)) else {
            continue;
        };
        let evidence = Evidence::gather(
            connection,
            now.provider,
            &now.integration,
            &now.cloud,
            &[check],
            app.now(),
        )
        .await?;
        let mut finding = evidence.judge(check, &now.integration, &now.cloud);
        finding.last_known = last_known(&finding, Some(&stored.finding));
        stored.finding = finding;
    }
    Ok(findings)
}
