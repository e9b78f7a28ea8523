//! IAM Access Analyzer: who looks for access from outside, and what was found.

use super::read::{SUBJECT, json_items};
use crate::client::{
    ACCESS_ANALYZER, Operation, Paging, Probe, Question, Request, Scope, Subject, Subjects,
};
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::{Value, json};

/// Analyzers that look for access from outside of the account or the organization. The other kinds look for rights that
/// nobody uses, or for access inside.
const EXTERNAL: [&str; 2] = ["ACCOUNT", "ORGANIZATION"];
/// The state of an analyzer that works.
const ACTIVE: &str = "ACTIVE";
const TOKEN: Paging = Paging::Token {
    asks: "nextToken",
    answers: "nextToken",
};

/// The analyzers of each region.
pub static ANALYZERS: Dataset = Dataset {
    id: "aws.access_analyzer_analyzers",
    title: "Access analyzers",
    what: "Which analyzers of IAM Access Analyzer there are in each region, of which kind, and whether they work.",
    permissions: &["access-analyzer:ListAnalyzers", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@region", "/arn"],
    records: Reader::Page(|page| json_items(page, "analyzers")),
    // The analyzer looks again and again.
    volatile: &["/lastResourceAnalyzed", "/lastResourceAnalyzedAt"],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.20[a]", "3.12.3[a]"],
};

pub(crate) static ANALYZERS_LIST: Subjects = Subjects {
    id: "access analyzers",
    scope: Scope::Regions,
    list: Operation {
        service: &ACCESS_ANALYZER,
        permission: "access-analyzer:ListAnalyzers",
        request: Request::Get("/analyzer"),
        paging: TOKEN,
        not_used: |_, _| false,
    },
    read: watching,
    batch: 1,
    most: None,
};

/// What the analyzers of access from outside found, and nobody archived.
pub static ANALYZER_FINDINGS: Dataset = Dataset {
    id: "aws.access_analyzer_findings",
    title: "Access from outside",
    what: "Which resources of the account can be reached from outside of it, by whom, as Access Analyzer found and nobody archived.",
    permissions: &[
        "access-analyzer:ListFindings",
        "access-analyzer:ListAnalyzers",
        "ec2:DescribeRegions",
    ],
    licence: None,
    key: &["/@region", "/@subject", "/id"],
    records: Reader::Page(findings),
    // Written anew whenever the resource is looked at again.
    volatile: &["/analyzedAt", "/updatedAt"],
    removed: &[],
    row_cap: Some(5_000),
    clouds: Clouds::All,
    objectives: &["3.1.3[e]", "3.1.20[d]", "3.1.22[d]"],
};

static FINDINGS_OPERATION: Operation = Operation {
    service: &ACCESS_ANALYZER,
    permission: "access-analyzer:ListFindings",
    request: Request::Post("/finding", || {
        json!({
            "analyzerArn": "{subject}",
            "filter": {
                "status": {"eq": [ACTIVE]},
                // An organization's analyzer knows of other accounts too.
                "resourceOwnerAccount": {"eq": ["{account}"]}
            },
            "maxResults": 100
        })
    }),
    paging: TOKEN,
    not_used: |_, _| false,
};

pub(crate) static FINDINGS_QUESTION: Question = Question {
    subjects: &ANALYZERS_LIST,
    asks: &[&FINDINGS_OPERATION],
    probe: Some(Probe {
        subject: "arn:{partition}:access-analyzer:{region}:{account}:analyzer/cmmcpro-permission-test",
        unknown: |code, _| code == "ResourceNotFoundException",
    }),
};

/// An analyzer.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Analyzer {
    /// Where.
    #[serde(rename = "@region")]
    pub region: String,
    /// Its ARN.
    pub arn: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// `ACCOUNT`, `ORGANIZATION`, `ACCOUNT_UNUSED_ACCESS` and so on.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// `ACTIVE`, `CREATING`, `DISABLED` or `FAILED`.
    pub status: Option<String>,
}

impl Analyzer {
    /// Whether it looks for access from outside; `None` where AWS does not say.
    #[must_use]
    pub fn is_external(&self) -> Option<bool> {
        self.kind.as_deref().map(|kind| EXTERNAL.contains(&kind))
    }

    /// Whether it works; `None` where AWS does not say.
    #[must_use]
    pub fn is_active(&self) -> Option<bool> {
        self.status.as_deref().map(|status| status == ACTIVE)
    }
}

/// Access from outside that was found.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnalyzerFinding {
    /// Where.
    #[serde(rename = "@region")]
    pub region: String,
    /// The analyzer's ARN.
    #[serde(rename = "@subject")]
    pub analyzer: String,
    /// Its id.
    pub id: Option<String>,
    /// The resource's ARN.
    pub resource: Option<String>,
    /// Its kind, e.g. `AWS::S3::Bucket`.
    pub resource_type: Option<String>,
    /// `ACTIVE`, `ARCHIVED` or `RESOLVED`.
    pub status: Option<String>,
    /// Whether anybody may.
    pub is_public: Option<bool>,
    /// Who may, by kind of principal.
    pub principal: Option<Value>,
}

/// The analyzers that are asked about: those that work and look for access from outside.
fn watching(page: &RawPage<'_>) -> Result<Vec<Subject>, Malformed> {
    let mut subjects = Vec::new();
    for record in json_items(page, "analyzers")? {
        let analyzer: Analyzer =
            serde_json::from_value(record).map_err(|error| Malformed(error.to_string()))?;
        match (
            analyzer.arn.as_deref(),
            analyzer.is_external(),
            analyzer.is_active(),
        ) {
            (Some(arn), Some(true), Some(true)) => subjects.push(Subject::here(arn)),
            (Some(_), Some(_), Some(_)) => {}
            _ => {
                return Err(Malformed(
                    "an analyzer has no ARN, kind or state".to_owned(),
                ));
            }
        }
    }
    Ok(subjects)
}

fn findings(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    let analyzer = page.subject()?;
    let mut records = json_items(page, "findings")?;
    for record in &mut records {
        record[SUBJECT] = Value::String(analyzer.to_owned());
    }
    Ok(records)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};

    #[test]
    fn only_working_analyzers_of_access_from_outside_are_asked_about() {
        let here = origin(200, Some("us-east-1"), None);
        let read = |body: &str| {
            watching(&RawPage {
                body: body.as_bytes(),
                origin: &here,
            })
        };
        let found = read(
            r#"{"analyzers":[{"arn":"a","type":"ACCOUNT","status":"ACTIVE"},
                {"arn":"b","type":"ORGANIZATION","status":"ACTIVE"},
                {"arn":"c","type":"ACCOUNT_UNUSED_ACCESS","status":"ACTIVE"},
                {"arn":"d","type":"ACCOUNT","status":"DISABLED"}]}"#,
        )
        .unwrap();
        assert_eq!(found, [Subject::here("a"), Subject::here("b")]);
        assert!(read(r#"{"analyzers":[{"arn":"a"}]}"#).is_err());
        assert!(read("{}").is_err());
    }

    #[test]
    fn a_finding_says_whose_and_where_it_is() {
        let of = |subject| {
            let origin = origin(200, Some("us-east-1"), subject);
            ANALYZER_FINDINGS.read(&RawPage {
                body: br#"{"findings":[{"id":"1","isPublic":true}]}"#,
                origin: &origin,
            })
        };
        let finding: AnalyzerFinding =
            serde_json::from_value(of(Some("a")).unwrap().remove(0)).unwrap();
        assert_eq!(
            (finding.analyzer.as_str(), finding.region.as_str()),
            ("a", "us-east-1")
        );
        assert_eq!(finding.is_public, Some(true));
        assert!(of(None).is_err());
    }
}
