//! What the checks say, and said.

use crate::{
    App,
    api::{ApiError, Findings, ListFindings},
    collect::resolve,
    judge::{Evidence, last_known},
    providers::{checks_in, from_word},
    sync::like,
    up_to_date::refreshed,
};
use evidence::Outcome;

/// Lists findings. With `reevaluate` the stored snapshots are judged again: the same data and parameters give the same
/// finding, byte for byte.
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
    let mut reader = open.store.read().await?;
    let integration = match request.integration {
        Some(name) => Some(store::integrations::find(&mut reader, &name).await?.id),
        None => None,
    };
    let filter = store::findings::Filter {
        integration,
        check,
        // Past ones are what they were; current ones are filtered as they stand now.
        outcome: if request.history { outcome } else { None },
        requirement,
        objective: None,
        connected_only: integration.is_none(),
        history: request.history && !request.reevaluate,
    };
    let stored = store::findings::list(&mut reader, &filter).await?;
    let mut findings: Vec<_> = refreshed(app, &mut reader, stored)
        .await?
        .into_iter()
        .map(|stored| stored.finding)
        .collect();
    if request.reevaluate {
        let mut again = Vec::new();
        for before in findings {
            let integration = store::integrations::get(&mut reader, before.integration_id).await?;
            let provider = app.provider(&integration.provider)?;
            let cloud = like(provider, &integration)?;
            let Some(check) = checks_in(provider, &cloud).find(|check| check.id == before.check)
            else {
                continue;
            };
            let evidence = Evidence::gather(
                &mut reader,
                provider,
                &integration,
                &cloud,
                &[check],
                app.now(),
            )
            .await?;
            let mut finding = evidence.judge(check, &integration, &cloud);
            finding.last_known = last_known(&finding, Some(&before));
            again.push(finding);
        }
        findings = again;
    }
    findings.retain(|finding| outcome.is_none_or(|outcome| finding.outcome == outcome));
    Ok(Findings { findings })
}

/// A check by its id or alias.
fn check_id(app: &App, name: &str) -> Result<String, ApiError> {
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
