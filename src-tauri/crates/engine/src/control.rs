//! One control whole, and the decisions of people about its objectives.

use crate::{
    App,
    api::{
        ApiError, ControlDetail, Decided, DecisionEntry, Determine, GetControl, RequirementStatus,
    },
    collect::resolve,
    evidence_view::describe_item,
    imports::{describe, disagreements, requirement_ids},
    providers::{check_info, from_word, word},
    status::{Standing, requirement_status},
};
use catalog::{Determination, ObjectiveId, check_decision};
use std::collections::BTreeMap;
use store::{Event, chain};

/// Longest reason a person can give, in characters.
const WHY_MAX: usize = 10_000;

/// Everything about one control.
pub async fn get(app: &App, request: GetControl) -> Result<ControlDetail, ApiError> {
    let open = app.company()?;
    let id = resolve(&request.control_id)?;
    let standing = Standing::read(app, &open).await?;
    let mut reader = open.store.read().await?;
    let mut history = Vec::new();
    for objective in id.objectives() {
        for decision in store::determinations::history(&mut reader, Some(objective)).await? {
            history.push((
                decision.seq,
                DecisionEntry {
                    objective: decision.objective.to_string(),
                    determination: word(&decision.determination),
                    partial: decision.partial,
                    decided: Decided {
                        by: decision.by,
                        at: decision.at.to_string(),
                        why: decision.why,
                    },
                },
            ));
        }
    }
    history.sort_by_key(|(seq, _)| std::cmp::Reverse(*seq));
    let mut evidence = Vec::new();
    for item in &standing.items {
        let supports = standing
            .datasets_of(id)
            .iter()
            .any(|(integration, dataset)| {
                integration.id == item.integration_id && dataset.id == item.dataset
            });
        if supports {
            evidence.push(describe_item(app, &mut reader, item, standing.now).await?);
        }
    }
    for item in store::imports::list(&mut reader).await? {
        let said: Vec<_> = standing
            .imported
            .iter()
            .filter(|stored| stored.import_id == item.id)
            .map(|stored| &stored.finding)
            .collect();
        if requirement_ids(&said).contains(id.as_str()) {
            evidence.push(describe(
                &standing.connected_labels(),
                &item,
                &said,
                standing.now,
            ));
        }
    }
    let imported: Vec<_> = standing
        .imported_of(id)
        .map(|stored| stored.finding.clone())
        .collect();
    let mut checks = BTreeMap::new();
    let mut integrations = Vec::new();
    for (integration, check) in standing.checks_of(id) {
        checks.insert(check.id, check_info(check));
        integrations.push(integration.id.to_string());
    }
    for (integration, _) in standing.datasets_of(id) {
        integrations.push(integration.id.to_string());
    }
    integrations.sort();
    integrations.dedup();
    Ok(ControlDetail {
        status: requirement_status(app, &standing, id)?,
        findings: standing
            .findings_of(id)
            .map(|stored| stored.finding.clone())
            .collect(),
        disagreements: disagreements(&standing, imported.iter().cloned()),
        imported,
        checks: checks.into_values().collect(),
        evidence,
        history: history.into_iter().map(|(_, entry)| entry).collect(),
        integrations,
    })
}

/// Takes a person's decision about an objective.
pub async fn determine(app: &App, request: Determine) -> Result<RequirementStatus, ApiError> {
    let open = app.company()?;
    let objective = ObjectiveId::parse(&request.objective).map_err(|error| {
        ApiError::usage(
            "There is no such objective.",
            error.to_string(),
            "Use an id like 3.5.3[b].",
        )
        .about("objective")
    })?;
    let determination: Determination = from_word(
        &request.determination,
        "determination",
        "met, not_met, not_applicable, not_assessed",
    )?;
    let by = person(&request.by)?;
    let why = request
        .why
        .map(|why| why.trim().to_owned())
        .filter(|why| !why.is_empty());
    if why
        .as_ref()
        .is_some_and(|why| why.chars().count() > WHY_MAX)
    {
        return Err(ApiError::usage(
            "The decision was not saved.",
            "The reason is too long.",
            "Use at most 10,000 characters.",
        )
        .about("why"));
    }
    if why.is_none()
        && matches!(
            determination,
            Determination::Met | Determination::NotApplicable
        )
    {
        return Err(ApiError::usage(
            "The decision was not saved.",
            "Met and not applicable need a reason: an assessor will ask for it.",
            "Say in a sentence what shows it.",
        )
        .about("why"));
    }
    check_decision(objective, determination, request.partial).map_err(|error| {
        ApiError::usage(
            "The decision was not saved.",
            error.to_string(),
            "Choose another decision.",
        )
        .about("determination")
    })?;
    let mut tx = open.store.begin().await?;
    let event = Event::DeterminationMade {
        objective,
        determination,
        partial: request.partial,
        by,
        why,
    };
    chain::record(&mut tx, app.now(), &event).await?;
    tx.commit().await?;
    open.keep_head().await?;
    let standing = Standing::read(app, &open).await?;
    requirement_status(app, &standing, objective.requirement())
}

/// The name of the person who acts. Nothing is decided without one.
pub(crate) fn person(name: &str) -> Result<String, ApiError> {
    let name = name.trim();
    if name.is_empty() || name.chars().count() > 200 {
        return Err(ApiError::usage(
            "Nothing was saved.",
            "It needs the name of the person who decides, in at most 200 characters.",
            "Enter your name.",
        )
        .about("by"));
    }
    Ok(name.to_owned())
}
