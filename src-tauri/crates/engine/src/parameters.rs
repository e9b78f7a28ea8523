//! Thresholds, exemptions and organisation-defined values: set by name and reason, chained, named by every finding
//! that used them.

use crate::{
    App, OpenCompany,
    api::{ApiError, Decided, Nothing, ParameterEntry, ParameterList, SetParameter},
    control::person,
    judge::judge_and_record,
    providers::{checks_in, word},
    sync::like,
};
use evidence::{RunId, Timestamp};
use provider_kit::{Check, Provider, manifest::Parameter};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::PoisonError,
};
use store::{Connection, Event, chain, integrations::Integration};

/// The values of a provider's parameters that hold at `now`: what was set and has not run out, else the default.
pub(crate) async fn in_force(
    connection: &mut Connection,
    provider: &dyn Provider,
    now: Timestamp,
) -> Result<BTreeMap<String, Value>, ApiError> {
    let set = store::parameters::current(connection).await?;
    Ok(provider
        .manifest()
        .parameters
        .iter()
        .map(|parameter| {
            let value = set
                .iter()
                .find(|stored| stored.key == parameter.key && stored.in_force(now))
                .map_or_else(|| parameter.default.clone(), |stored| stored.value.clone());
            (parameter.key.clone(), value)
        })
        .collect())
}

/// Every parameter that exists, by key.
fn known(app: &App) -> BTreeMap<&'static str, &'static Parameter> {
    app.options
        .providers
        .iter()
        .flat_map(|provider| &provider.manifest().parameters)
        .map(|parameter| (parameter.key.as_str(), parameter))
        .collect()
}

/// The parameters and who set them.
pub async fn list(app: &App, _: Nothing) -> Result<ParameterList, ApiError> {
    let open = app.company()?;
    let now = app.now();
    let mut reader = open.store.read().await?;
    let set = store::parameters::current(&mut reader).await?;
    let parameters = known(app)
        .into_values()
        .map(|parameter| {
            let stored = set.iter().find(|stored| stored.key == parameter.key);
            let holds = stored.filter(|stored| stored.in_force(now));
            ParameterEntry {
                key: parameter.key.clone(),
                label: parameter.label.clone(),
                help: parameter.help.clone(),
                kind: word(&parameter.kind),
                value: holds
                    .map_or_else(|| parameter.default.clone(), |stored| stored.value.clone()),
                default: parameter.default.clone(),
                set: stored.map(|stored| Decided {
                    by: stored.by.clone(),
                    at: stored.at.to_string(),
                    why: Some(stored.why.clone()),
                }),
                until: stored
                    .and_then(|stored| stored.until)
                    .map(|until| until.to_string()),
            }
        })
        .collect();
    Ok(ParameterList { parameters })
}

/// Sets a parameter and judges again what it touches.
pub async fn set(app: &App, request: SetParameter) -> Result<ParameterList, ApiError> {
    let open = app.company()?;
    let wrong = |why: String, fix: &str, field: &str| {
        Err(ApiError::usage("The parameter was not set.", why, fix).about(field))
    };
    let Some(parameter) = known(app).remove(request.key.as_str()) else {
        return wrong(
            format!("{} is not a parameter.", request.key),
            "Use a key from `cmmc params list`.",
            "key",
        );
    };
    if !request.value.is_null()
        && let Err(why) = parameter.check(&request.value)
    {
        return wrong(why, "Enter another value.", "value");
    }
    let by = person(&request.by)?;
    let why = request.why.trim().to_owned();
    if why.is_empty() {
        return wrong(
            "It needs a reason: an assessor will ask for it.".to_owned(),
            "Say why in a sentence.",
            "why",
        );
    }
    let until = match request
        .until
        .as_deref()
        .map(str::trim)
        .filter(|text| !text.is_empty())
    {
        Some(text) => match moment(text) {
            Some(until) if until > app.now() => Some(until),
            Some(_) => {
                return wrong(
                    "The end lies in the past.".to_owned(),
                    "Enter a later date.",
                    "until",
                );
            }
            None => {
                return wrong(
                    "The end is not a date.".to_owned(),
                    "Write it like 2027-01-31.",
                    "until",
                );
            }
        },
        None => None,
    };
    let _working = open.begin_work()?;
    let now = app.now();
    let mut tx = open.store.begin().await?;
    let event = Event::ParameterSet {
        key: request.key.clone(),
        value: request.value,
        by,
        why,
        until,
    };
    chain::record(&mut tx, now, &event).await?;
    rejudge(app, &mut tx, now, |_, check| {
        check.parameters.contains(&request.key.as_str())
    })
    .await?;
    tx.commit().await?;
    open.keep_head().await?;
    list(app, Nothing {}).await
}

/// Judges the checks that `concerns` picks again on what is stored. The run that a new finding names is the newest one of
/// its integration: no other data was read.
async fn rejudge(
    app: &App,
    tx: &mut store::Tx,
    now: Timestamp,
    concerns: impl Fn(&Integration, &Check) -> bool,
) -> Result<(), ApiError> {
    for integration in store::integrations::list(tx, false).await? {
        let provider = app.provider(&integration.provider)?;
        let cloud = like(provider, &integration)?;
        let checks: Vec<_> = checks_in(provider, &cloud)
            .filter(|check| concerns(&integration, check))
            .collect();
        let newest: Option<RunId> = store::runs::list(tx, Some(integration.id), 1)
            .await?
            .first()
            .map(|run| run.id);
        if let Some(run) = newest.filter(|_| !checks.is_empty()) {
            judge_and_record(tx, provider, &integration, &cloud, &checks, run, now).await?;
        }
    }
    Ok(())
}

/// What ran out stops counting: findings that used it are judged again without it. Looks only when something ran out
/// since the last time.
pub(crate) async fn settle_expired(app: &App, open: &OpenCompany) -> Result<(), ApiError> {
    let now = app.now();
    let settled = *open.settled.lock().unwrap_or_else(PoisonError::into_inner);
    let mut reader = open.store.read().await?;
    let set = store::parameters::current(&mut reader).await?;
    let ran_out = |stored: &&store::parameters::Parameter| {
        stored
            .until
            .is_some_and(|until| until > settled && until <= now)
    };
    let keys: Vec<String> = set
        .iter()
        .filter(ran_out)
        .map(|stored| stored.key.clone())
        .collect();
    if !keys.is_empty() {
        let Ok(_working) = open.begin_work() else {
            return Ok(());
        };
        let filter = store::findings::Filter {
            connected_only: true,
            ..Default::default()
        };
        let expired = |stored: &&store::findings::StoredFinding| {
            keys.iter().any(|key| {
                let used = stored.finding.parameters.get(key);
                used.is_some()
                    && used == set.iter().find(|set| set.key == *key).map(|set| &set.value)
            })
        };
        let concerned: BTreeSet<_> = store::findings::list(&mut reader, &filter)
            .await?
            .iter()
            .filter(expired)
            .map(|stored| (stored.finding.integration_id, stored.finding.check.clone()))
            .collect();
        if !concerned.is_empty() {
            let mut tx = open.store.begin().await?;
            rejudge(app, &mut tx, now, |integration, check| {
                concerned.contains(&(integration.id, check.id.to_owned()))
            })
            .await?;
            tx.commit().await?;
            open.keep_head().await?;
        }
    }
    *open.settled.lock().unwrap_or_else(PoisonError::into_inner) = now;
    Ok(())
}

/// A date (its end, UTC) or a moment.
fn moment(text: &str) -> Option<Timestamp> {
    text.parse()
        .ok()
        .or_else(|| format!("{text}T23:59:59Z").parse().ok())
}

#[cfg(test)]
mod tests {
    use super::moment;

    #[test]
    fn dates_and_moments_are_read() {
        assert_eq!(
            moment("2027-01-31").map(|at| at.to_string()).as_deref(),
            Some("2027-01-31T23:59:59Z")
        );
        assert_eq!(
            moment("2027-01-31T08:00:00-05:00")
                .map(|at| at.to_string())
                .as_deref(),
            Some("2027-01-31T13:00:00Z")
        );
        assert!(moment("31.1.2027").is_none());
    }
}
