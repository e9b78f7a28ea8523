//! What imported files say beside the product's own findings, and where the two contradict each other.

use super::speaks_of;
use crate::{api::Disagreement, providers::word, status::Standing};
use evidence::{Finding, IntegrationId, Outcome};
use imports::Tool;
use std::collections::BTreeMap;
use store::imports::ImportItem;

/// Which connection each imported file is about: the one recorded, or one that was connected to the same account since.
#[derive(Default)]
pub(crate) struct Link(BTreeMap<IntegrationId, IntegrationId>);

impl Link {
    pub(crate) fn of(standing: &Standing, items: &[ImportItem]) -> Self {
        Self(
            items
                .iter()
                .filter_map(|item| {
                    let file = &item.newest.file;
                    let to = item.integration_id.or_else(|| {
                        let mut fitting = standing
                            .connected
                            .iter()
                            .filter(|(one, _, _)| speaks_of(one, &file.provider, &file.account));
                        let first = fitting.next()?.0.id;
                        fitting.next().is_none().then_some(first)
                    })?;
                    Some((super::about(item.integration_id, item.id), to))
                })
                .collect(),
        )
    }

    fn connection(&self, finding: &Finding) -> Option<IntegrationId> {
        self.0.get(&finding.integration_id).copied()
    }
}

/// The tool and the tool's own id in an imported finding's check id.
fn tool_and_id(check: &str) -> Option<(Tool, &str)> {
    let (tool, id) = check.strip_prefix("import.")?.split_once('.')?;
    [Tool::Prowler, Tool::ScubaGear]
        .into_iter()
        .find(|known| known.word() == tool)
        .map(|known| (known, id))
}

/// Whether one says that something is wrong where the other says that nothing is.
fn contradict(own: Outcome, imported: Outcome) -> bool {
    matches!(
        (own, imported),
        (Outcome::Pass | Outcome::NotApplicable, Outcome::Fail) | (Outcome::Fail, Outcome::Pass)
    )
}

/// Where `imported` and the own checks on the same subject say different things of the same account.
pub(crate) fn disagreements(
    standing: &Standing,
    imported: impl IntoIterator<Item = Finding>,
) -> Vec<Disagreement> {
    let mut found = Vec::new();
    for finding in imported {
        let Some((tool, id)) = tool_and_id(&finding.check) else {
            continue;
        };
        let (Some(connection), Some(mapped)) = (
            standing.link.connection(&finding),
            imports::mapped(tool, id),
        ) else {
            continue;
        };
        for (integration, provider, _) in &standing.connected {
            if integration.id != connection {
                continue;
            }
            let same = |check: &&&'static provider_kit::Check| {
                mapped
                    .own
                    .iter()
                    .any(|own| *own == check.id || *own == check.alias)
            };
            for check in provider.checks().iter().filter(same) {
                let Some(own) = standing.finding(connection, check.id) else {
                    continue;
                };
                if contradict(own.finding.outcome, finding.outcome) {
                    found.push(Disagreement {
                        check: check.id.to_owned(),
                        outcome: word(&own.finding.outcome),
                        imported_check: finding.check.clone(),
                        imported_outcome: word(&finding.outcome),
                        integration_id: connection.to_string(),
                        what: sentence(tool, &finding, check.title, &own.finding),
                    });
                }
            }
        }
    }
    found
}

fn sentence(tool: Tool, imported: &Finding, title: &str, own: &Finding) -> String {
    let says = |outcome: Outcome| match outcome {
        Outcome::Pass => "passes",
        Outcome::Fail => "fails",
        Outcome::NotApplicable => "does not apply",
        Outcome::Unknown => "can't be told",
    };
    format!(
        "\"{}\" {} by the data of {}; {} said on {} that \"{}\" {}.",
        title.trim_end_matches('.'),
        says(own.outcome),
        own.collected_at,
        tool.name(),
        imported.collected_at,
        imported.title.trim_end_matches('.'),
        says(imported.outcome)
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_a_pass_against_a_fail_is_a_contradiction() {
        use Outcome::{Fail, NotApplicable, Pass, Unknown};
        for own in [Pass, Fail, NotApplicable, Unknown] {
            for imported in [Pass, Fail, NotApplicable, Unknown] {
                let expected = [(Pass, Fail), (NotApplicable, Fail), (Fail, Pass)];
                assert_eq!(
                    contradict(own, imported),
                    expected.contains(&(own, imported)),
                    "{own:?} {imported:?}"
                );
            }
        }
    }

    #[test]
    fn an_imported_id_names_its_tool() {
        assert_eq!(
            tool_and_id("import.scubagear.MS.AAD.1.1v1"),
            Some((Tool::ScubaGear, "MS.AAD.1.1v1"))
        );
        assert_eq!(tool_and_id("import.other.x"), None);
        assert_eq!(tool_and_id("aws.iam.root_mfa"), None);
    }
}
