//! A report as findings of the contract.

use crate::{Report, mapped};
use catalog::ObjectiveId;
use evidence::{Digest, Finding, Imported, IntegrationId, Population, Timestamp};
use std::collections::BTreeMap;

/// The version of what is done to a tool's results here: how words are read and what they are mapped to. A change of
/// either is a new version.
const VERSION: u32 = 1;

/// Where a report comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// The connection it is about, or the evidence item where there is none.
    pub about: IntegrationId,
    /// The file's name.
    pub file: String,
    /// Its digest.
    pub sha256: Digest,
    /// When it was imported.
    pub at: Timestamp,
}

/// The findings of a report, by check id. They are marked as imported, and their ids begin with `import.`, so that they
/// can't be taken for the product's own.
#[must_use]
pub fn findings(report: &Report, from: &Provenance) -> Vec<Finding> {
    report
        .checks
        .iter()
        .map(|check| {
            let objectives = mapped(report.tool, &check.id)
                .map(|mapped| mapped.objectives.clone())
                .unwrap_or_default();
            let mut requirements: Vec<_> = objectives
                .iter()
                .filter_map(|objective| objective.parse::<ObjectiveId>().ok())
                .map(ObjectiveId::requirement)
                .collect();
            requirements.sort();
            requirements.dedup();
            let requirements = if objectives.is_empty() {
                check.claimed.clone()
            } else {
                requirements.iter().map(ToString::to_string).collect()
            };
            Finding {
                check: format!("import.{}.{}", report.tool.word(), check.id),
                check_version: VERSION,
                integration_id: from.about,
                outcome: check.outcome,
                reason: check.reason.clone(),
                title: check.title.clone(),
                severity: check.severity,
                requirements,
                objectives,
                parameters: BTreeMap::new(),
                resources: check.resources.clone(),
                // What the tool left out, the file does not say: there is no total.
                population: Population {
                    seen: check.seen,
                    total: None,
                    pages: 1,
                    complete: true,
                },
                snapshots: Vec::new(),
                collected_at: check.at,
                custom: false,
                imported: Some(Imported {
                    tool: report.tool.word().to_owned(),
                    version: report.version.clone(),
                    file: from.file.clone(),
                    sha256: from.sha256,
                    at: from.at,
                }),
                last_known: None,
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{Format, prowler_ocsf, read};
    use serde_json::Value;

    #[test]
    fn findings_are_marked_and_mapped() {
        let mut unheard = prowler_ocsf::tests::row("a_check_of_tomorrow", "FAIL", "x");
        unheard["unmapped"]["compliance"]["NIST-800-171-Revision-2"] =
            serde_json::json!(["3_14_6"]);
        let file = Value::Array(vec![
            prowler_ocsf::tests::row("iam_root_mfa_enabled", "PASS", "root"),
            unheard,
        ])
        .to_string();
        let report = read(Format::ProwlerOcsf, file.as_bytes()).unwrap();
        let from = Provenance {
            about: IntegrationId::random(),
            file: "out.json".to_owned(),
            sha256: Digest::of(file.as_bytes()),
            at: Timestamp::from_unix(1_790_000_100),
        };
        let made = findings(&report, &from);
        assert_eq!(made[0].check, "import.prowler.a_check_of_tomorrow");
        assert_eq!(
            (made[0].objectives.len(), made[0].requirements.as_slice()),
            (0, &["3.14.6".to_owned()][..])
        );
        assert_eq!(made[1].check, "import.prowler.iam_root_mfa_enabled");
        assert!(made[1].objectives.contains(&"3.5.3[c]".to_owned()));
        assert!(made[1].requirements.contains(&"3.5.3".to_owned()));
        for finding in &made {
            let imported = finding.imported.as_ref().unwrap();
            assert_eq!(
                (imported.tool.as_str(), imported.sha256),
                ("prowler", from.sha256)
            );
            assert_eq!(finding.integration_id, from.about);
        }
        assert_eq!(
            made,
            findings(&report, &from),
            "the same file gives the same findings"
        );
    }
}
