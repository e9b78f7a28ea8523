//! Which objectives another tool's check says something about, and which of our checks looks at the same.
//!
//! `data/mapping.json` holds ids alone. Prowler's own compliance ids are a fallback at the level of requirements: they are
//! broader than what an objective asks.

use crate::Tool;
use catalog::RequirementId;
use serde::Deserialize;
use serde_json::Value;
use std::{collections::BTreeMap, sync::OnceLock};

/// What a check of another tool corresponds to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Mapped {
    /// Objectives, in the catalogue's order.
    pub objectives: Vec<String>,
    /// Our checks on the same subject, by id or alias. Some may be of services this version does not know.
    pub own: Vec<String>,
}

#[derive(Deserialize)]
struct Table {
    prowler: BTreeMap<String, Mapped>,
    scubagear: BTreeMap<String, Mapped>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        #[expect(
            clippy::expect_used,
            reason = "compiled in, and read by the tests of this module"
        )]
        serde_json::from_str(include_str!("../data/mapping.json")).expect("the table is JSON")
    })
}

/// What a tool's check corresponds to; `None` for one that the table does not know. ScubaGear's ids are looked up without
/// their version (`MS.AAD.3.2v2` as `MS.AAD.3.2`).
#[must_use]
pub fn mapped(tool: Tool, check: &str) -> Option<&'static Mapped> {
    match tool {
        Tool::Prowler => table().prowler.get(check),
        Tool::ScubaGear => {
            let plain = check
                .rsplit_once('v')
                .filter(|(_, version)| version.bytes().all(|b| b.is_ascii_digit()))
                .map_or(check, |(plain, _)| plain);
            table().scubagear.get(plain)
        }
    }
}

/// The requirements in Prowler's `compliance` member: frameworks by name, each with its ids.
pub(crate) fn claimed(compliance: Option<&Value>) -> Vec<String> {
    let Some(Value::Object(frameworks)) = compliance else {
        return Vec::new();
    };
    let ids = frameworks
        .iter()
        .filter(|(name, _)| is_ours(name))
        .filter_map(|(_, ids)| ids.as_array())
        .flatten()
        .filter_map(Value::as_str);
    requirements(ids)
}

/// The same in Prowler's `COMPLIANCE` column: `framework: id, id | framework: id`.
pub(crate) fn claimed_in_text(text: &str) -> Vec<String> {
    let ids = text
        .split(" | ")
        .filter_map(|part| part.split_once(": "))
        .filter(|(name, _)| is_ours(name))
        .flat_map(|(_, ids)| ids.split(", "));
    requirements(ids)
}

fn is_ours(framework: &str) -> bool {
    framework.contains("NIST-800-171")
}

fn requirements<'a>(ids: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut found: Vec<RequirementId> = ids
        .take(200)
        .filter_map(|id| id.trim().replace('_', ".").parse().ok())
        .collect();
    found.sort();
    found.dedup();
    found.iter().map(ToString::to_string).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use catalog::ObjectiveId;

    #[test]
    fn every_objective_of_the_table_exists_and_every_entry_has_one() {
        let table = table();
        assert!(table.prowler.len() > 200 && table.scubagear.len() > 15);
        for (check, mapped) in table.prowler.iter().chain(&table.scubagear) {
            assert!(!mapped.objectives.is_empty(), "{check}");
            for objective in &mapped.objectives {
                let id: ObjectiveId = objective.parse().unwrap();
                assert_eq!(id.to_string(), *objective, "{check}");
            }
        }
    }

    #[test]
    fn a_version_of_a_policy_is_looked_up_without_it() {
        let expected = mapped(Tool::ScubaGear, "MS.AAD.3.2v1").unwrap();
        assert_eq!(expected.own, ["ENTRA-02"]);
        assert_eq!(mapped(Tool::ScubaGear, "MS.AAD.3.2v27"), Some(expected));
        assert_eq!(mapped(Tool::ScubaGear, "MS.EXO.1.1v1"), None);
        assert_eq!(
            mapped(Tool::Prowler, "iam_root_mfa_enabled").unwrap().own,
            ["aws.iam.root_mfa"]
        );
    }

    #[test]
    fn only_requirements_that_exist_are_taken_from_the_tool() {
        let ids = serde_json::json!({"NIST-800-171-Revision-2": ["3_5_3", "3_99_1", 7, "3_1_1"], "CIS": ["3_1_2"]});
        assert_eq!(claimed(Some(&ids)), ["3.1.1", "3.5.3"]);
        assert_eq!(
            claimed(Some(&serde_json::json!(["3_5_3"]))),
            Vec::<String>::new()
        );
        assert_eq!(
            claimed_in_text("CIS-3.0: 3_1_2 | NIST-800-171-Revision-2: 3_5_3, x"),
            ["3.5.3"]
        );
    }
}
