//! An imported file as an evidence item.

use crate::{
    api::{ApiError, Decided, EvidenceDetail, EvidenceItem, EvidenceRevision, ImportOrigin},
    providers::word,
};
use catalog::ObjectiveId;
use evidence::{
    CollectionState, Finding, IdentityStamp, IntegrationId, PageRecord, PageRequest, Timestamp,
};
use imports::{Format, Tool};
use std::collections::{BTreeMap, BTreeSet};
use store::{
    Connection,
    imports::{ImportItem, ImportRevision},
};

/// After so many days a file is stale: a person brings it, so it is not as fresh as what is collected every day.
const FRESH_DAYS: i64 = 30;

/// Results shown of a file; all of them are in it.
const SHOWN: usize = 200;

/// The name of the tool that wrote a file.
fn tool_name(tool: &str) -> String {
    [Tool::Prowler, Tool::ScubaGear]
        .into_iter()
        .find(|known| known.word() == tool)
        .map_or_else(|| tool.to_owned(), |known| known.name().to_owned())
}

/// The requirements that a file's findings map to.
pub(crate) fn requirement_ids(findings: &[&Finding]) -> BTreeSet<String> {
    findings
        .iter()
        .flat_map(|finding| finding.requirements.iter().cloned())
        .collect()
}

/// An imported file as people see it. `connections` holds labels and providers of the connections by id.
pub(crate) fn describe(
    connections: &BTreeMap<IntegrationId, (String, String)>,
    item: &ImportItem,
    findings: &[&Finding],
    now: Timestamp,
) -> EvidenceItem {
    let newest = &item.newest;
    let file = &newest.file;
    let tool = tool_name(&file.tool);
    let connection = item
        .integration_id
        .and_then(|id| Some((id, connections.get(&id)?)));
    let mut objectives: Vec<&String> = findings
        .iter()
        .flat_map(|finding| &finding.objectives)
        .collect();
    objectives.sort_by_key(|objective| objective.parse::<ObjectiveId>().ok());
    objectives.dedup();
    let state = if now.days_since(file.made_at) > FRESH_DAYS {
        CollectionState::Stale
    } else {
        CollectionState::Current
    };
    EvidenceItem {
        id: item.id.to_string(),
        title: format!("{tool} results"),
        what: format!(
            "What {tool} said of {} on {}, as a person imported it. CMMCPro did not look itself.",
            file.account, file.made_at
        ),
        integration_id: connection.map(|(id, _)| id.to_string()).unwrap_or_default(),
        integration_label: connection
            .map_or_else(|| item.label.clone(), |(_, (label, _))| label.clone()),
        integration_type: connection.map_or_else(
            || super::provider_of(&file.provider).to_owned(),
            |(_, (_, provider))| provider.clone(),
        ),
        dataset: format!("import.{}", file.tool),
        objectives: objectives.into_iter().cloned().collect(),
        revision: newest.revision,
        // The moments that matter are when the tool looked, not when the file was brought.
        collected_at: file.made_at.to_string(),
        confirmed_at: file.made_at.to_string(),
        state: word(&state),
        review: word(&newest.review),
        rows: file.rows,
        pages: 1,
        content_sha256: file.sha256.to_string(),
        snapshot: file.sha256.to_string(),
        custom_host: None,
        imported: Some(ImportOrigin {
            tool,
            version: file.tool_version.clone(),
            format: file.format.clone(),
            file: file.name.clone(),
            sha256: file.sha256.to_string(),
            bytes: file.bytes,
            account: file.account.clone(),
            made_at: file.made_at.to_string(),
            imported_at: newest.imported_at.to_string(),
            by: newest.by.clone(),
        }),
    }
}

/// An imported file whole.
pub(crate) async fn detail(
    reader: &mut Connection,
    item: &ImportItem,
    now: Timestamp,
) -> Result<EvidenceDetail, ApiError> {
    let connections = labels(reader).await?;
    let stored = store::imports::findings(reader, Some(item.id), false).await?;
    let findings: Vec<&Finding> = stored.iter().map(|stored| &stored.finding).collect();
    let described = describe(&connections, item, &findings, now);
    let file = &item.newest.file;
    let records = findings
        .iter()
        .take(SHOWN)
        .map(|finding| {
            serde_json::json!({
                "check": finding.check,
                "outcome": finding.outcome,
                "title": finding.title,
                "objectives": finding.objectives.join(", "),
                "seen": finding.population.seen,
                "listed": finding.resources.len(),
            })
        })
        .collect();
    let revisions = store::imports::revisions(reader, item.id)
        .await?
        .into_iter()
        .map(revision)
        .collect();
    let how = match file.format.parse() {
        Ok(Format::ProwlerOcsf | Format::ProwlerCsv) => {
            "Run Prowler against the same account and compare its file with this one."
        }
        Ok(Format::ScubaGear) => {
            "Run ScubaGear against the same tenant and compare its ScubaResults file with this one."
        }
        Err(()) => "Run the tool again and compare its file with this one.",
    };
    Ok(EvidenceDetail {
        identity: IdentityStamp {
            id: file.account.clone(),
            name: if file.account_name.is_empty() {
                file.account.clone()
            } else {
                file.account_name.clone()
            },
            cloud: file.provider.clone(),
            custom_host: None,
        },
        pages: vec![PageRecord {
            request: PageRequest {
                method: "FILE".to_owned(),
                host: String::new(),
                path: file.name.clone(),
                query: String::new(),
            },
            status: 0,
            place: None,
            subject: None,
            page_sha256: file.sha256,
            bytes: file.bytes,
        }],
        incomplete: None,
        records,
        revisions,
        reperform: vec![how.to_owned()],
        item: described,
    })
}

/// Labels and providers of all connections, removed ones included.
pub(crate) async fn labels(
    reader: &mut Connection,
) -> Result<BTreeMap<IntegrationId, (String, String)>, ApiError> {
    Ok(store::integrations::list(reader, true)
        .await?
        .into_iter()
        .map(|one| (one.id, (one.label, one.provider)))
        .collect())
}

fn revision(stored: ImportRevision) -> EvidenceRevision {
    let reviewed = match (stored.reviewed_by, stored.reviewed_at) {
        (Some(by), Some(at)) => Some(Decided {
            by,
            at: at.to_string(),
            why: stored.review_why,
        }),
        _ => None,
    };
    EvidenceRevision {
        revision: stored.revision,
        collected_at: stored.file.made_at.to_string(),
        confirmed_at: stored.file.made_at.to_string(),
        snapshot: stored.file.sha256.to_string(),
        content_sha256: stored.file.sha256.to_string(),
        review: word(&stored.review),
        reviewed,
    }
}
