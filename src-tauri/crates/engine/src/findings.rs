//! What the checks say, and said.

use crate::{
    App,
    api::{ApiError, Findings, ListFindings},
    collect::resolve,
    judge::{Evidence, last_known},
    providers::{checks_in, from_word},
    sync::like,
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
        outcome: if request.reevaluate { None } else { outcome },
        requirement,
        objective: None,
        connected_only: integration.is_none(),
        history: request.history && !request.reevaluate,
    };
    let mut findings: Vec<_> = store::findings::list(&mut reader, &filter)
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
        findings = again
            .into_iter()
            .filter(|finding| outcome.is_none_or(|outcome| finding.outcome == outcome))
            .collect();
    }
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
