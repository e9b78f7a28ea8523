//! Looking things up among the providers, whichever they are.

use crate::{
    App,
    api::{ApiError, CheckInfo, DatasetInfo, Nothing, ProviderCard, Providers},
};
use provider_kit::{Check, Dataset, Provider};
use std::collections::BTreeSet;

impl App {
    /// The provider with this id.
    pub(crate) fn provider(&self, id: &str) -> Result<&'static dyn Provider, ApiError> {
        self.options
            .providers
            .iter()
            .copied()
            .find(|provider| provider.manifest().id == id)
            .ok_or_else(|| {
                let known: Vec<&str> = self
                    .options
                    .providers
                    .iter()
                    .map(|provider| provider.manifest().id.as_str())
                    .collect();
                ApiError::usage(
                    "There is no such provider.",
                    format!("{id} is not one of the services this version knows."),
                    format!("Use one of: {}.", known.join(", ")),
                )
                .about("integrationType")
            })
    }
}

/// A dataset of a provider.
pub(crate) fn dataset(provider: &dyn Provider, id: &str) -> Option<&'static Dataset> {
    provider
        .datasets()
        .iter()
        .copied()
        .find(|dataset| dataset.id == id)
}

/// The checks that exist in a cloud.
pub(crate) fn checks_in<'a>(
    provider: &'a dyn Provider,
    cloud: &'a str,
) -> impl Iterator<Item = &'static Check> + 'a {
    provider
        .checks()
        .iter()
        .copied()
        .filter(move |check| check.clouds.has(cloud))
}

/// The datasets that exist in a cloud.
pub(crate) fn datasets_in<'a>(
    provider: &'a dyn Provider,
    cloud: &'a str,
) -> impl Iterator<Item = &'static Dataset> + 'a {
    provider
        .datasets()
        .iter()
        .copied()
        .filter(move |dataset| dataset.clouds.has(cloud))
}

/// Whether a check says something about a requirement.
pub(crate) fn maps_to(objectives: &[&str], requirement: &str) -> bool {
    objectives
        .iter()
        .any(|objective| objective.split('[').next() == Some(requirement))
}

/// A dataset for people.
pub(crate) fn dataset_info(dataset: &Dataset) -> DatasetInfo {
    DatasetInfo {
        id: dataset.id.to_owned(),
        title: dataset.title.to_owned(),
        what: dataset.what.to_owned(),
        permissions: owned(dataset.permissions),
        licence: dataset.licence.map(str::to_owned),
        row_cap: dataset.row_cap,
    }
}

/// A check for people.
pub(crate) fn check_info(check: &Check) -> CheckInfo {
    CheckInfo {
        id: check.id.to_owned(),
        alias: check.alias.to_owned(),
        title: check.title.to_owned(),
        severity: word(&check.severity),
        objectives: owned(check.objectives),
        remedy: check.remedy.to_owned(),
        console: check
            .console
            .iter()
            .map(|(cloud, url)| ((*cloud).to_owned(), (*url).to_owned()))
            .collect(),
        reperform_portal: check.reperform.portal.to_owned(),
        reperform_command: check.reperform.command.to_owned(),
        datasets: owned(check.datasets),
        parameters: owned(check.parameters),
    }
}

fn owned(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// The word that a value has in the contract (`not_applicable`, `critical`, ...).
pub(crate) fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

/// A value from its word in the contract; `what` names the thing for the error.
pub(crate) fn from_word<T: serde::de::DeserializeOwned>(
    text: &str,
    what: &str,
    known: &str,
) -> Result<T, ApiError> {
    serde_json::from_value(serde_json::Value::String(text.to_owned())).map_err(|_| {
        ApiError::usage(
            format!("{text} is not a {what}."),
            "It is not one of the known words.",
            format!("Use one of: {known}."),
        )
    })
}

/// The names of a provider's secret fields.
pub fn secret_fields(app: &App, provider: &str) -> Result<BTreeSet<&'static str>, ApiError> {
    let manifest = app.provider(provider)?.manifest();
    Ok(manifest
        .fields
        .iter()
        .filter(|field| field.kind.is_secret())
        .map(|field| field.name.as_str())
        .collect())
}

/// The cards of the providers that work.
pub async fn list(app: &App, _: Nothing) -> Result<Providers, ApiError> {
    let providers = app
        .options
        .providers
        .iter()
        .map(|provider| card(*provider))
        .collect::<Result<_, _>>()?;
    Ok(Providers { providers })
}

fn card(provider: &dyn Provider) -> Result<ProviderCard, ApiError> {
    let objectives: BTreeSet<catalog::ObjectiveId> = provider
        .checks()
        .iter()
        .flat_map(|check| check.objectives)
        .chain(
            provider
                .datasets()
                .iter()
                .flat_map(|dataset| dataset.objectives),
        )
        .filter_map(|objective| objective.parse().ok())
        .collect();
    let requirements: BTreeSet<catalog::RequirementId> = objectives
        .iter()
        .map(|objective| objective.requirement())
        .collect();
    Ok(ProviderCard {
        manifest: serde_json::to_value(provider.manifest())
            .map_err(|error| ApiError::bug(error.to_string()))?,
        objectives: objectives.iter().map(ToString::to_string).collect(),
        requirements: requirements.iter().map(ToString::to_string).collect(),
        datasets: provider
            .datasets()
            .iter()
            .map(|dataset| dataset_info(dataset))
            .collect(),
        checks: provider
            .checks()
            .iter()
            .map(|check| check_info(check))
            .collect(),
    })
}
