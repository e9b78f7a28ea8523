//! What Access Analyzer found is meant to be there and was archived, or is a hole.

use super::{access_analyzer_enabled::ANALYZER_PAGE, rights::filled};
use crate::datasets::{ANALYZER_FINDINGS, ANALYZERS, Analyzer, AnalyzerFinding};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule, for each finding of an active analyzer of access from outside.
///
/// | the finding | verdict |
/// | --- | --- |
/// | is active; the note says whether anybody may, or others than the account | fail |
/// | is archived or resolved | pass |
/// | does not say its state | unknown |
///
/// | a region | judged |
/// | --- | --- |
/// | has such an analyzer, its findings were read, and there is none | pass |
/// | has such an analyzer, and its findings were not read | unknown |
/// | has none: nobody looks there | unknown, as the service is not used |
/// | did not answer | not judged, and what it would say is missing |
pub static CHECK: Check = Check {
    id: "aws.access_analyzer.findings",
    alias: "AWS-27",
    version: 1,
    title: "All access from outside that Access Analyzer found was reviewed.",
    objectives: &["3.1.3[e]", "3.1.20[d]", "3.1.22[d]", "3.1.22[e]"],
    severity: Severity::High,
    remedy: "IAM > Access analyzer > External access, in the region: for each finding remove the access from the resource's policy, or archive the finding with the reason if the access is meant.",
    console: ANALYZER_PAGE,
    reperform: Reperform {
        portal: "IAM > Access analyzer > External access, in each region: the active findings.",
        command: "for each region and analyzer: aws accessanalyzer list-findings --analyzer-arn ARN --filter 'status={eq=ACTIVE}'",
    },
    datasets: &[
        "aws.access_analyzer_analyzers",
        "aws.access_analyzer_findings",
    ],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let analyzers = collected.rows::<Analyzer>(ANALYZERS.id);
    let findings = collected.rows::<AnalyzerFinding>(ANALYZER_FINDINGS.id);
    let findings = match findings {
        Ok(findings) => findings,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&findings);
    for finding in &findings.rows {
        let region = &finding.region;
        let id = filled(&finding.id).unwrap_or("");
        let resource = filled(&finding.resource).unwrap_or("a resource without a name");
        let name = format!("{resource} ({region})");
        match finding.status.as_deref() {
            Some("ACTIVE") => {
                let kind = filled(&finding.resource_type).unwrap_or("resource");
                judge.fail(id, name, kind, note(finding));
            }
            Some("ARCHIVED" | "RESOLVED") => judge.pass(),
            _ => judge.unknown(id, name, "finding", "It does not say its state."),
        }
    }
    match analyzers {
        Err(reason) => judge.lacks(reason),
        Ok(analyzers) => {
            judge.also(&analyzers);
            for region in &analyzers.places {
                let watched = analyzers.rows.iter().any(|one| {
                    one.region == *region
                        && one.is_external() == Some(true)
                        && one.is_active() == Some(true)
                });
                if !watched {
                    judge.lacks(Reason::new(
                        UnknownCode::ServiceNotUsed,
                        format!("No analyzer looks for access from outside in {region}."),
                    ));
                } else if findings.places.contains(region) {
                    judge.pass();
                } else {
                    let note = "Its analyzer's findings were not read.";
                    judge.unknown(region, region, "region", note);
                }
            }
        }
    }
    judge.conclude(WhenEmpty::Unknown("No region answered.".to_owned()))
}

fn note(finding: &AnalyzerFinding) -> String {
    let who = match finding.is_public {
        Some(true) => return "Anybody can reach it.".to_owned(),
        _ => finding.principal.as_ref().and_then(|principal| {
            let members = principal.as_object()?;
            let names: Vec<&str> = members.values().filter_map(|name| name.as_str()).collect();
            (!names.is_empty()).then(|| super::named::named(names))
        }),
    };
    match who {
        Some(who) => format!("It can be reached by {who}."),
        None => "It can be reached from outside of the account.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome};

    const ON: &str = r#"{"analyzers":[{"arn":"a","type":"ACCOUNT","status":"ACTIVE"}]}"#;
    const ACTIVE: &str = r#"{"findings":[{"id":"1","resource":"arn:aws:s3:::b","resourceType":"AWS::S3::Bucket","status":"ACTIVE","isPublic":true}]}"#;
    const NONE: &str = r#"{"findings":[]}"#;

    fn account(analyzers: &str, findings: Option<&str>) -> Account {
        let pages = findings
            .map(|body| {
                (
                    origin(200, "us-east-1", Some("a")),
                    body.as_bytes().to_vec(),
                )
            })
            .into_iter()
            .collect();
        Account::new()
            .regions(&ANALYZERS, &[("us-east-1", analyzers)])
            .pages(&ANALYZER_FINDINGS, pages, Completeness::complete())
    }

    #[test]
    fn an_active_finding_fails_and_says_who_may() {
        let judge = |body: &str| account(ON, Some(body)).judge(&CHECK);
        assert_eq!(judge(NONE).outcome, Outcome::Pass);
        let verdict = judge(ACTIVE);
        assert_eq!(verdict.outcome, Outcome::Fail);
        assert_eq!(verdict.resources[0].note, "Anybody can reach it.");
        assert_eq!(verdict.resources[0].kind, "AWS::S3::Bucket");
        let of = |who: &str| {
            let body = ACTIVE.replace(r#""isPublic":true"#, who);
            judge(&body).resources[0].note.clone()
        };
        assert_eq!(
            of(r#""isPublic":false,"principal":{"AWS":"999988887777"}"#),
            "It can be reached by 999988887777."
        );
        assert!(of(r#""isPublic":false"#).contains("from outside"));
        let archived = ACTIVE.replace("ACTIVE", "ARCHIVED");
        assert_eq!(judge(&archived).outcome, Outcome::Pass);
        let silent = ACTIVE.replace(r#""status":"ACTIVE","#, "");
        assert_eq!(judge(&silent).outcome, Outcome::Unknown);
    }

    #[test]
    fn where_nobody_looks_nothing_is_known() {
        let none = r#"{"analyzers":[]}"#;
        let verdict = account(none, None).judge(&CHECK);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::ServiceNotUsed);
        let unread = account(ON, None).judge(&CHECK);
        assert_eq!(unread.outcome, Outcome::Unknown);
        let elsewhere = account(none, Some(ACTIVE)).judge(&CHECK);
        assert_eq!(elsewhere.outcome, Outcome::Fail, "what was seen was seen");
    }

    #[test]
    fn both_datasets_are_needed() {
        refused_is_unknown(&CHECK, &ANALYZERS);
        refused_is_unknown(&CHECK, &ANALYZER_FINDINGS);
        let seen = account(ON, Some(ACTIVE)).without(&ANALYZERS).judge(&CHECK);
        assert_eq!(
            (seen.outcome, seen.population.complete),
            (Outcome::Fail, false)
        );
    }
}
