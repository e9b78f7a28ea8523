//! Imported files, read again from their stored bytes.

use super::{
    Asked,
    difference::{cause, cause_with, resources, side},
};
use crate::{
    api::{ApiError, ChangeCause, FindingChange},
    imports::reread,
};
use evidence::{Finding, Outcome, Population, Reason, UnknownCode};
use std::collections::BTreeMap;
use store::{Connection, StoreError, imports::ImportItem};

/// Reads every imported file again and compares what it says with what is recorded.
pub(super) async fn again(
    reader: &mut Connection,
    asked: &Asked,
    findings: &mut Vec<Finding>,
    changes: &mut Vec<FindingChange>,
) -> Result<(), ApiError> {
    for item in store::imports::list(reader).await? {
        let recorded: Vec<Finding> = store::imports::findings(reader, Some(item.id), false)
            .await?
            .into_iter()
            .map(|stored| stored.finding)
            .filter(|finding| {
                asked
                    .integration
                    .is_none_or(|id| finding.integration_id == id)
                    && asked.admits(&finding.check, &finding.requirements)
            })
            .collect();
        if recorded.is_empty() {
            continue;
        }
        let digest = item.newest.file.sha256;
        let bytes = match store::blobs::get(reader, digest).await {
            Ok(blob) if blob.compressed.is_none() => Err("purged"),
            Ok(blob) => blob.bytes().map_err(|_| "damaged"),
            Err(StoreError::Missing { .. } | StoreError::Damaged { .. }) => Err("damaged"),
            Err(other) => return Err(other.into()),
        };
        let (again, broken) = match bytes {
            Ok(bytes) => match reread(&item, bytes).await? {
                Ok(again) => (again, None),
                Err(why) => (
                    Vec::new(),
                    Some(cause(
                        "not_reproducible",
                        format!("The imported file was read once and can't be read now. {why}"),
                    )),
                ),
            },
            Err(code) => {
                let what = if code == "purged" {
                    format!("The imported file was purged: {digest}.")
                } else {
                    format!(
                        "The imported file is damaged: the bytes of {digest} are not the recorded ones."
                    )
                };
                (Vec::new(), Some(cause_with(code, what, digest)))
            }
        };
        let mut by_check: BTreeMap<String, Finding> = again
            .into_iter()
            .map(|finding| (finding.check.clone(), finding))
            .collect();
        for before in recorded {
            let after = match &broken {
                Some(cause) => Some(unread(&before, cause)),
                None => by_check.remove(&before.check),
            };
            if after.as_ref() != Some(&before) {
                let why = match (&broken, &after) {
                    (Some(cause), _) => cause.clone(),
                    (None, Some(after)) if after.check_version != before.check_version => cause(
                        "check_version",
                        "This version of the product reads or maps the tool's result in another way.",
                    ),
                    _ => cause(
                        "not_reproducible",
                        "The same file says something else than was recorded.",
                    ),
                };
                changes.push(difference(&item, &before, after.as_ref(), why));
            }
            findings.extend(after);
        }
    }
    Ok(())
}

fn unread(before: &Finding, cause: &ChangeCause) -> Finding {
    Finding {
        outcome: Outcome::Unknown,
        reason: Some(Reason::new(UnknownCode::ToolError, cause.what.clone())),
        resources: Vec::new(),
        population: Population::nothing(),
        ..before.clone()
    }
}

fn difference(
    item: &ImportItem,
    before: &Finding,
    after: Option<&Finding>,
    why: ChangeCause,
) -> FindingChange {
    let (gone, added) = resources(Some(before), after);
    FindingChange {
        check: before.check.clone(),
        title: before.title.clone(),
        integration_id: before.integration_id.to_string(),
        integration_label: item.label.clone(),
        why: vec![why],
        before: Some(side(before)),
        after: after.map(side),
        parameters: Vec::new(),
        resources_gone: gone,
        resources_added: added,
    }
}
