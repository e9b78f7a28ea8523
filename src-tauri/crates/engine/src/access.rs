//! What a provider has to be granted for the checks that are wanted, before there is a connection.

use crate::{
    App,
    api::{Access, AccessFor, AccessPermission, AccessScript, ApiError},
    providers::dataset_info,
};
use provider_kit::{
    Check, Dataset, Manifest, Provider,
    manifest::{Access as Least, checks_in, evidence_only},
};
use std::collections::BTreeSet;

/// The permissions and the scripts for the wanted checks. Needs no open vault.
pub async fn access_for(app: &App, request: AccessFor) -> Result<Access, ApiError> {
    let provider = app.provider(&request.integration_type)?;
    let manifest = provider.manifest();
    let cloud = known_cloud(manifest, request.cloud.as_deref())?;
    let there = checks_in(provider, &cloud);
    let wanted = match &request.checks {
        None => there.iter().map(|check| check.id).collect(),
        Some(names) => names
            .iter()
            .map(|name| find(provider, &there, name, &cloud))
            .collect::<Result<BTreeSet<&str>, ApiError>>()?,
    };
    let least = Least::least(provider, &cloud, &wanted, request.evidence);
    Ok(Access {
        permissions: least
            .permissions
            .iter()
            .map(|permission| AccessPermission {
                grant: permission.grant.clone(),
                why: permission.why.clone(),
                licence: permission.licence.clone(),
                optional: permission.optional,
                datasets: owned(Manifest::datasets_of(&permission.grant, &least.datasets)),
            })
            .collect(),
        scripts: manifest
            .scripts_granting(&cloud, &least.permissions)
            .into_iter()
            .map(|script| AccessScript {
                label: script.label,
                language: script.language,
                text: script.text,
            })
            .collect(),
        checks: ids(&there),
        evidence_only: evidence_only(provider, &cloud)
            .into_iter()
            .map(dataset_info)
            .collect(),
        lost_checks: ids(&least.lost_checks),
        lost_datasets: owned(
            least
                .lost_datasets
                .iter()
                .map(|dataset: &&Dataset| dataset.id),
        ),
        cloud,
    })
}

/// The cloud by its id, the first one where none is named, and for a custom endpoint the one it is like.
fn known_cloud(manifest: &Manifest, cloud: Option<&str>) -> Result<String, ApiError> {
    let first = manifest
        .clouds
        .first()
        .map_or("", |cloud| cloud.id.as_str());
    let like = manifest.like(cloud.unwrap_or(first));
    if manifest.clouds.iter().any(|cloud| cloud.id == like) {
        return Ok(like.to_owned());
    }
    let known: Vec<&str> = manifest
        .clouds
        .iter()
        .map(|cloud| cloud.id.as_str())
        .chain([provider_kit::manifest::CUSTOM])
        .collect();
    Err(ApiError::usage(
        "There is no such cloud.",
        format!("{} does not exist in {like}.", manifest.name),
        format!("Use one of: {}.", known.join(", ")),
    )
    .about("cloud"))
}

/// The id of the check that is meant, by id or alias.
fn find(
    provider: &dyn Provider,
    there: &[&'static Check],
    name: &str,
    cloud: &str,
) -> Result<&'static str, ApiError> {
    let named = |check: &&&'static Check| check.id == name || check.alias == name;
    if let Some(check) = there.iter().find(named) {
        return Ok(check.id);
    }
    let manifest = provider.manifest();
    let why = if provider.checks().iter().any(|check| named(&check)) {
        format!("{name} does not exist in the cloud {cloud}.")
    } else {
        format!("{} has no check {name}.", manifest.name)
    };
    Err(ApiError::usage(
        "There is no such check.",
        why,
        format!("Use one of: {}.", ids(there).join(", ")),
    )
    .coded("unknown_check")
    .about("checks"))
}

fn ids(checks: &[&'static Check]) -> Vec<String> {
    owned(checks.iter().map(|check| check.id))
}

fn owned(ids: impl IntoIterator<Item = &'static str>) -> Vec<String> {
    ids.into_iter().map(str::to_owned).collect()
}
