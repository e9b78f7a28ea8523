//! What the checks say, and said; and what imported files say beside them.

use crate::{
    App,
    api::{ApiError, Findings, ListFindings},
    collect::resolve,
    providers::from_word,
    reevaluation::{Asked, again},
    up_to_date::refreshed,
};
use evidence::{Finding, IntegrationId, Outcome};
use store::Connection;

/// Lists findings. With `reevaluate` the stored data is judged again and compared with what was recorded: the same data,
/// parameters and versions give the same finding, byte for byte.
pub async fn list(app: &App, request: ListFindings) -> Result<Findings, ApiError> {
    let open = app.company()?;
    let outcome: Option<Outcome> = request
        .outcome
        .map(|outcome| from_word(&outcome, "outcome", "pass, fail, not_applicable, unknown"))
        .transpose()?;
    let requirement = request
        .requirement
        .map(|control| resolve(&control))
        .transpose()?
        .map(|id| id.to_string());
    let check = request.check.map(|name| check_id(app, &name)).transpose()?;
    let mut reader = open.store.snapshot().await?;
    let integration = match request.integration {
        Some(name) => Some(store::integrations::find(&mut reader, &name).await?.id),
        None => None,
    };
    if request.reevaluate {
        let asked = Asked {
            integration,
            check,
            requirement,
        };
        let (mut findings, mut changes) = again(app, &mut reader, &asked).await?;
        if let Some(wanted) = outcome {
            let word = crate::providers::word(&wanted);
            findings.retain(|finding| finding.outcome == wanted);
            changes.retain(|change| {
                [&change.before, &change.after]
                    .into_iter()
                    .flatten()
                    .any(|side| side.outcome == word)
            });
        }
        return Ok(Findings {
            findings,
            changes: Some(changes),
        });
    }
    let filter = store::findings::Filter {
        integration,
        check: check.clone(),
        // Past ones are what they were; current ones are filtered as they stand now.
        outcome: if request.history { outcome } else { None },
        requirement: requirement.clone(),
        objective: None,
        connected_only: integration.is_none(),
        history: request.history,
    };
    let stored = store::findings::list(&mut reader, &filter).await?;
    let mut findings: Vec<_> = refreshed(app, &mut reader, stored)
        .await?
        .into_iter()
        .map(|stored| stored.finding)
        .collect();
    findings.extend(
        imported(
            &mut reader,
            integration,
            check.as_deref(),
            requirement.as_deref(),
            request.history,
        )
        .await?,
    );
    findings.retain(|finding| outcome.is_none_or(|outcome| finding.outcome == outcome));
    Ok(Findings {
        findings,
        changes: None,
    })
}

/// Whether judging again found all stored bytes as recorded, and every difference explained.
#[must_use]
pub fn is_intact(findings: &Findings) -> bool {
    findings.changes.iter().flatten().all(|change| {
        change
            .why
            .iter()
            .all(|cause| cause.code != "damaged" && cause.code != "not_reproducible")
    })
}

/// What imported files say.
async fn imported(
    reader: &mut Connection,
    integration: Option<IntegrationId>,
    check: Option<&str>,
    requirement: Option<&str>,
    history: bool,
) -> Result<Vec<Finding>, ApiError> {
    Ok(store::imports::findings(reader, None, history)
        .await?
        .into_iter()
        .map(|stored| stored.finding)
        .filter(|finding| {
            integration.is_none_or(|id| finding.integration_id == id)
                && check.is_none_or(|id| finding.check == id)
                && requirement.is_none_or(|id| finding.requirements.iter().any(|one| one == id))
        })
        .collect())
}

/// A check by its id or alias. What a tool calls its check is known by the tool alone.
fn check_id(app: &App, name: &str) -> Result<String, ApiError> {
    if name.starts_with("import.") {
        return Ok(name.to_owned());
    }
    app.options
        .providers
        .iter()
        .flat_map(|provider| provider.checks())
        .find(|check| check.id == name || check.alias.eq_ignore_ascii_case(name))
        .map(|check| check.id.to_owned())
        .ok_or_else(|| {
            ApiError::usage(
                "There is no such check.",
                format!("{name} is no check id or alias."),
                "Use an id from `cmmc findings`.",
            )
            .about("check")
        })
}
