//! AWS Config: packs of rules, and what the rules of each found.

use super::read::{about, json_items};
use crate::client::{
    CONFIG, Operation, Paging, Probe, Question, Request, Scope, Subject, Subjects,
};
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::json;

/// The packs.
pub static CONFORMANCE_PACKS: Dataset = Dataset {
    id: "aws.config_conformance_packs",
    title: "AWS Config conformance packs",
    what: "Which packs of rules are deployed in each region.",
    permissions: &["config:DescribeConformancePacks", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/ConformancePackName"],
    records: Reader::Page(|page| json_items(page, "ConformancePackDetails")),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.12.1[b]", "3.4.2[b]"],
};

pub(crate) static PACKS_LIST: Subjects = Subjects {
    id: "conformance packs",
    scope: Scope::Regions,
    list: Operation {
        service: &CONFIG,
        permission: "config:DescribeConformancePacks",
        request: Request::Document("DescribeConformancePacks", || json!({"Limit": 20})),
        paging: Paging::NextToken("NextToken"),
        not_used: |_, _| false,
    },
    read: packs_of,
    batch: 1,
    most: None,
};

/// What the rules of each pack found.
pub static PACK_COMPLIANCE: Dataset = Dataset {
    id: "aws.config_pack_compliance",
    title: "Results of conformance packs",
    what: "Whether resources comply with each rule of each pack.",
    permissions: &[
        "config:DescribeConformancePackCompliance",
        "config:DescribeConformancePacks",
        "ec2:DescribeRegions",
    ],
    licence: None,
    key: &["/@region", "/@subject", "/ConfigRuleName"],
    records: Reader::Page(|page| {
        let rules = json_items(page, "ConformancePackRuleComplianceList")?;
        rules.into_iter().map(|rule| about(page, rule)).collect()
    }),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.12.1[b]", "3.12.3[a]"],
};

pub(crate) static PACK_COMPLIANCE_QUESTION: Question = Question {
    subjects: &PACKS_LIST,
    asks: &[&Operation {
        service: &CONFIG,
        permission: "config:DescribeConformancePackCompliance",
        request: Request::Document(
            "DescribeConformancePackCompliance",
            || json!({"ConformancePackName": "{subject}", "Limit": 1000}),
        ),
        paging: Paging::NextToken("NextToken"),
        not_used: |_, _| false,
    }],
    // Whoever may ask hears that there is no such pack.
    probe: Some(Probe {
        subject: "cmmcpro-permission-test",
        unknown: |code, _| code == "NoSuchConformancePackException",
    }),
};

/// A pack.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ConformancePack {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its name.
    pub conformance_pack_name: Option<String>,
}

/// What a rule of a pack found.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PackRule {
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// The pack's name.
    #[serde(rename = "@subject")]
    pub pack: String,
    /// The rule's name.
    pub config_rule_name: Option<String>,
    /// `COMPLIANT`, `NON_COMPLIANT` or `INSUFFICIENT_DATA`.
    pub compliance_type: Option<String>,
}

/// The packs on a page.
fn packs_of(page: &RawPage<'_>) -> Result<Vec<Subject>, Malformed> {
    json_items(page, "ConformancePackDetails")?
        .iter()
        .map(|pack| {
            pack["ConformancePackName"]
                .as_str()
                .map(Subject::here)
                .ok_or_else(|| Malformed("a conformance pack has no name".to_owned()))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};

    #[test]
    fn packs_and_their_rules_are_read() {
        let read = |dataset: &Dataset, body: &str, subject| {
            dataset.read(&RawPage {
                body: body.as_bytes(),
                origin: &origin(200, Some("us-east-1"), subject),
            })
        };
        let body = r#"{"ConformancePackName":"p","ConformancePackRuleComplianceList":[{"ConfigRuleName":"r","ComplianceType":"COMPLIANT"}]}"#;
        let row = read(&PACK_COMPLIANCE, body, Some("p")).unwrap().remove(0);
        let rule: PackRule = serde_json::from_value(row).unwrap();
        assert_eq!(
            (rule.pack.as_str(), rule.region.as_str()),
            ("p", "us-east-1")
        );
        assert!(read(&PACK_COMPLIANCE, body, None).is_err());
        let here = origin(200, Some("us-east-1"), None);
        let of = |body: &str| {
            packs_of(&RawPage {
                body: body.as_bytes(),
                origin: &here,
            })
        };
        let packs = r#"{"ConformancePackDetails":[{"ConformancePackName":"p"}]}"#;
        assert_eq!(of(packs).unwrap(), [Subject::here("p")]);
        assert!(of(r#"{"ConformancePackDetails":[{}]}"#).is_err());
    }
}
