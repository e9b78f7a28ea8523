//! Two findings of the same check side by side, and why they differ.

use crate::{
    api::{ChangeCause, Decided, FindingChange, FindingSide, ParameterChange},
    providers::word,
};
use evidence::{Digest, Finding, Resource, Timestamp};
use serde_json::Value;
use std::collections::BTreeMap;
use store::{integrations::Integration, parameters::Parameter};

/// What holds now for one connection.
pub(super) struct Now<'a> {
    pub integration: &'a Integration,
    /// The values in force.
    pub parameters: &'a BTreeMap<String, Value>,
    /// Who set them.
    pub set: &'a [Parameter],
    pub at: Timestamp,
}

pub(super) fn cause(code: &str, what: impl Into<String>) -> ChangeCause {
    ChangeCause {
        code: code.to_owned(),
        what: what.into(),
        digest: None,
    }
}

pub(super) fn cause_with(code: &str, what: impl Into<String>, digest: Digest) -> ChangeCause {
    ChangeCause {
        digest: Some(digest.to_string()),
        ..cause(code, what)
    }
}

/// The difference between what is recorded and what judging again says. `why` is what is known of its cause already;
/// what follows from comparing is added.
pub(super) fn change(
    now: &Now<'_>,
    before: Option<&Finding>,
    after: Option<&Finding>,
    mut why: Vec<ChangeCause>,
) -> FindingChange {
    let parameters = match (before, after) {
        // Nothing was judged with other values where there was nothing to judge.
        (Some(before), Some(_)) if why.is_empty() => parameters(now, before),
        _ => Vec::new(),
    };
    match (before, after) {
        (Some(before), Some(after)) => {
            if why.is_empty() && before.snapshots != after.snapshots {
                why.push(cause(
                    "newer_data",
                    "Other data is stored than the recorded finding judged.",
                ));
            }
            if before.check_version != after.check_version {
                why.push(cause(
                    "check_version",
                    format!(
                        "The check was version {}, and is version {} now.",
                        before.check_version, after.check_version
                    ),
                ));
            }
            for parameter in &parameters {
                why.push(cause("parameter", sentence(now, parameter)));
            }
            if before.custom != after.custom {
                why.push(cause(
                    "connection",
                    "Whether the connection uses a custom endpoint is another than it was.",
                ));
            }
            if why.is_empty() && only_words(before, after) {
                why.push(cause(
                    "wording",
                    "The check's title, severity or mapping is another one in this version. Its result is the same.",
                ));
            }
            if why.is_empty() {
                why.push(cause(
                    "not_reproducible",
                    "The data, the version and the parameters are the same, but the result is not. Something changed outside \
                     of the record, or the check is not reproducible.",
                ));
            }
        }
        (None, Some(_)) if why.is_empty() => why.push(cause(
            "check_added",
            "No finding of this check is recorded for the stored data yet.",
        )),
        _ => {}
    }
    let either = after.or(before);
    let (gone, added) = resources(before, after);
    FindingChange {
        check: either.map(|one| one.check.clone()).unwrap_or_default(),
        title: either.map(|one| one.title.clone()).unwrap_or_default(),
        integration_id: now.integration.id.to_string(),
        integration_label: now.integration.label.clone(),
        why,
        before: before.map(side),
        after: after.map(side),
        parameters,
        resources_gone: gone,
        resources_added: added,
    }
}

/// Whether all that differs is what the product says about the check, not what the check says.
fn only_words(before: &Finding, after: &Finding) -> bool {
    let plain = Finding {
        title: after.title.clone(),
        severity: after.severity,
        requirements: after.requirements.clone(),
        objectives: after.objectives.clone(),
        ..before.clone()
    };
    plain == *after
}

pub(super) fn side(finding: &Finding) -> FindingSide {
    FindingSide {
        outcome: word(&finding.outcome),
        reason: finding.reason.as_ref().map(|reason| reason.detail.clone()),
        check_version: finding.check_version,
        snapshots: finding.snapshots.iter().map(Digest::to_string).collect(),
        collected_at: finding.collected_at.to_string(),
    }
}

/// What is listed on one side only.
pub(super) fn resources(
    before: Option<&Finding>,
    after: Option<&Finding>,
) -> (Vec<Resource>, Vec<Resource>) {
    let (Some(before), Some(after)) = (before, after) else {
        return (Vec::new(), Vec::new());
    };
    let but = |these: &Finding, those: &Finding| -> Vec<Resource> {
        let there: std::collections::BTreeSet<&Resource> = those.resources.iter().collect();
        these
            .resources
            .iter()
            .filter(|one| !there.contains(one))
            .cloned()
            .collect()
    };
    (but(before, after), but(after, before))
}

/// The parameters that the recorded finding names with other values than they have now.
fn parameters(now: &Now<'_>, before: &Finding) -> Vec<ParameterChange> {
    before
        .parameters
        .iter()
        .filter_map(|(key, value)| {
            let after = now.parameters.get(key).unwrap_or(&Value::Null);
            (after != value).then(|| {
                let set = now.set.iter().find(|set| set.key == *key);
                ParameterChange {
                    key: key.clone(),
                    before: value.clone(),
                    after: after.clone(),
                    set: set.map(|set| Decided {
                        by: set.by.clone(),
                        at: set.at.to_string(),
                        why: Some(set.why.clone()),
                    }),
                    until: set.and_then(|set| set.until).map(|until| until.to_string()),
                }
            })
        })
        .collect()
}

fn sentence(now: &Now<'_>, change: &ParameterChange) -> String {
    let values = format!(
        "{} was {}, and is {} now",
        change.key, change.before, change.after
    );
    let set = now.set.iter().find(|set| set.key == change.key);
    match (&change.set, set) {
        (Some(decided), Some(set)) if set.until.is_some_and(|until| until <= now.at) => format!(
            "{values}: what {} set on {} counted until {}.",
            decided.by,
            decided.at,
            change.until.as_deref().unwrap_or_default()
        ),
        (Some(decided), _) => format!("{values}: {} set it on {}.", decided.by, decided.at),
        (None, _) => format!("{values}: its default is another one."),
    }
}
