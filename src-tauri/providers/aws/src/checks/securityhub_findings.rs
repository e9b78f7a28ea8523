//! AWS runs controls for NIST SP 800-171 itself; what they found is worth knowing before an assessor asks.

use super::{
    hub_finding::{Said, about, is_of, note, place, said},
    securityhub_enabled::HUB_PAGE,
};
use crate::datasets::{HubFinding, SECURITY_HUB_FINDINGS};
use evidence::{Outcome, Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeSet;

/// The rule.
///
/// Every finding of the answers counts, as only those of the standard for NIST SP 800-171 are asked for. A region that
/// collects the findings of others gives copies: a copy is left out where the finding's own region gave it too.
///
/// | record | workflow | compliance | judged |
/// | --- | --- | --- | --- |
/// | archived | any | any | not at all: it is no longer so |
/// | active | suppressed | any | not at all: someone decided that it does not count |
/// | active | new, notified or resolved | passed | pass |
/// | active | new or notified | failed | fail |
/// | active | resolved | failed | unknown: it waits for the next evaluation |
/// | active | new, notified or resolved | warning or not available | unknown: AWS could not evaluate it |
/// | not said | not said | not said | unknown, if one of them is not |
///
/// | a region | adds |
/// | --- | --- |
/// | its hub is off | unknown, `service_not_used` |
/// | its hub is on and there is no finding at all | unknown, `service_not_used`: the standard seems to be off |
/// | every finding is archived or suppressed, in all regions | unknown, `needs_judgement` |
pub static CHECK: Check = Check {
    id: "aws.securityhub.findings",
    alias: "AWS-76",
    version: 1,
    title: "Nothing fails Security Hub's controls for NIST SP 800-171.",
    objectives: &["3.12.1[b]", "3.12.3[a]", "3.14.1[b]"],
    severity: Severity::Medium,
    remedy: "Open each listed finding in Security Hub: its remediation link says how to mend it. Suppress a finding only with a written reason.",
    console: HUB_PAGE,
    reperform: Reperform {
        portal: "Security Hub > Security standards > NIST Special Publication 800-171 Revision 2 > View results, in each region: failed controls.",
        command: "for each region: aws securityhub get-findings --filters '{\"ComplianceAssociatedStandardsId\":[{\"Value\":\"standards/nist-800-171/v/2.0.0\",\"Comparison\":\"EQUALS\"}],\"RecordState\":[{\"Value\":\"ACTIVE\",\"Comparison\":\"EQUALS\"}]}'",
    },
    datasets: &["aws.securityhub_findings"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

/// Regions named in a reason; more would be a wall of text.
const NAMED: usize = 4;

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let findings = match collected.rows::<HubFinding>(SECURITY_HUB_FINDINGS.id) {
        Ok(rows) => rows,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&findings);
    let (off, given): (Vec<&HubFinding>, Vec<&HubFinding>) =
        findings.rows.iter().partition(|row| row.not_used);
    let (own, copies): (Vec<&HubFinding>, Vec<&HubFinding>) =
        given.iter().partition(|row| is_of(row, &row.region));
    let regions = |rows: &[&HubFinding]| -> BTreeSet<String> {
        rows.iter().map(|row| row.region.clone()).collect()
    };
    let (off, with_findings) = (regions(&off), regions(&own));
    let empty: BTreeSet<String> = findings
        .places
        .iter()
        .filter(|region| !off.contains(*region) && !with_findings.contains(*region))
        .cloned()
        .collect();
    for (regions, what) in [
        (&off, "Security Hub is switched off in"),
        (
            &empty,
            "Security Hub has no finding at all, so its standard NIST SP 800-171 seems not to be switched on, in",
        ),
    ] {
        if !regions.is_empty() {
            let detail = format!("{what} {}.", named(regions));
            judge.lacks(Reason::new(UnknownCode::ServiceNotUsed, detail));
        }
    }
    let (mut open, mut unclear) = (None, false);
    let originals: BTreeSet<&str> = own.iter().filter_map(|row| row.id.as_deref()).collect();
    let lone = copies.iter().filter(|copy| {
        let id = copy.id.as_deref();
        !id.is_some_and(|id| originals.contains(id))
    });
    for finding in own.iter().chain(lone) {
        let (id, name, kind) = about(finding);
        match said(finding) {
            Said::Pass => judge.pass(),
            Said::Nothing => {}
            Said::Fail => judge.fail(id, name, kind, note(finding, "Failed")),
            Said::Open(why) => {
                open.get_or_insert_with(|| format!("{name}, {}: {why}.", place(finding)));
                judge.unknown(id, name, kind, note(finding, why));
            }
            Said::Unclear(why) => {
                unclear = true;
                judge.unknown(id, name, kind, note(finding, why));
            }
        }
    }
    let mut verdict = judge.conclude(WhenEmpty::Unknown("No region answered.".to_owned()));
    // What AWS leaves open in well-formed answers is for a person.
    if verdict.outcome == Outcome::Unknown && verdict.population.complete && !unclear {
        let decided = (!own.is_empty()).then(|| {
            "Every finding was suppressed or archived; whether rightly, a person has to say."
                .to_owned()
        });
        if let Some(detail) = open.or(decided) {
            verdict.reason = Some(Reason::new(UnknownCode::NeedsJudgement, detail));
        }
    }
    verdict
}

/// Some of the regions by name, the others by number.
fn named(regions: &BTreeSet<String>) -> String {
    let first: Vec<&str> = regions.iter().take(NAMED).map(String::as_str).collect();
    match regions.len() - first.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::Completeness;
    use serde_json::{Value, json};

    /// A finding as Security Hub gives it.
    fn finding(compliance: &str, workflow: &str) -> Value {
        json!({
            "Id": "arn:aws:securityhub:us-east-1:123456789012:security-control/S3.8/finding/1",
            "Title": "Buckets block public access",
            "Compliance": {
                "Status": compliance,
                "SecurityControlId": "S3.8",
                "RelatedRequirements": ["NIST.800-53.r5 AC-3", "NIST.800-171.r2 3.1.3"]
            },
            "Workflow": {"Status": workflow},
            "RecordState": "ACTIVE",
            "Resources": [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::drawings"}]
        })
    }

    fn with(mut finding: Value, pointer: &str, value: Value) -> Value {
        *finding.pointer_mut(pointer).unwrap() = value;
        finding
    }

    fn page(region: &str, findings: &[Value]) -> (provider_kit::Origin, Vec<u8>) {
        let body = json!({"Findings": findings}).to_string();
        (origin(200, region, None), body.into_bytes())
    }

    fn off(region: &str) -> (provider_kit::Origin, Vec<u8>) {
        let body = br#"{"Code":"InvalidAccessException","Message":"Account 123456789012 is not subscribed to AWS Security Hub"}"#;
        (origin(401, region, None), body.to_vec())
    }

    fn judge(pages: Vec<(provider_kit::Origin, Vec<u8>)>) -> Verdict {
        Account::new()
            .pages(&SECURITY_HUB_FINDINGS, pages, Completeness::complete())
            .judge(&CHECK)
    }

    /// The outcome of these findings beside one that passed; the reason's code.
    fn beside(findings: &[Value]) -> (Outcome, Option<UnknownCode>) {
        let mut all = vec![finding("PASSED", "NEW")];
        all.extend_from_slice(findings);
        let verdict = judge(vec![page("us-east-1", &all)]);
        (verdict.outcome, verdict.reason.map(|reason| reason.code))
    }

    #[test]
    fn a_failed_finding_names_its_resource_control_and_requirement() {
        let verdict = judge(vec![page("us-east-1", &[finding("FAILED", "NEW")])]);
        assert_eq!(verdict.outcome, Outcome::Fail);
        let failing = &verdict.resources[0];
        assert_eq!(failing.id, "arn:aws:s3:::drawings");
        assert_eq!(failing.name, "S3.8: Buckets block public access");
        assert_eq!(failing.kind, "AwsS3Bucket");
        assert_eq!(
            failing.note,
            "Failed, in us-east-1. AWS counts it for 3.1.3."
        );
    }

    #[test]
    fn a_failed_finding_fails_whatever_else_it_does_not_say() {
        for pointer in [
            "/Resources",
            "/Title",
            "/Compliance/SecurityControlId",
            "/Id",
        ] {
            let bare = with(finding("FAILED", "NOTIFIED"), pointer, Value::Null);
            assert_eq!(beside(&[bare]).0, Outcome::Fail, "{pointer}");
        }
        let mut bare = with(finding("FAILED", "NEW"), "/Resources", json!([]));
        bare["Title"] = Value::Null;
        bare["Compliance"] = json!({"Status": "FAILED"});
        let verdict = judge(vec![page("us-east-1", &[bare])]);
        let failing = &verdict.resources[0];
        assert_eq!(
            (&failing.name, failing.kind.as_str()),
            (&failing.id, "finding")
        );
        assert!(
            failing
                .note
                .ends_with("AWS does not say for which requirement.")
        );
    }

    #[test]
    fn the_whole_table() {
        use Outcome::{Fail, Pass, Unknown};
        let judgement = Some(UnknownCode::NeedsJudgement);
        for (compliance, workflow, expected) in [
            ("PASSED", "NEW", (Pass, None)),
            ("PASSED", "NOTIFIED", (Pass, None)),
            ("PASSED", "RESOLVED", (Pass, None)),
            ("FAILED", "NEW", (Fail, None)),
            ("FAILED", "NOTIFIED", (Fail, None)),
            ("FAILED", "RESOLVED", (Unknown, judgement)),
            ("WARNING", "NEW", (Unknown, judgement)),
            ("NOT_AVAILABLE", "NEW", (Unknown, judgement)),
            ("FAILED", "SUPPRESSED", (Pass, None)),
        ] {
            assert_eq!(
                beside(&[finding(compliance, workflow)]),
                expected,
                "{compliance} {workflow}"
            );
        }
        let archived = with(finding("FAILED", "NEW"), "/RecordState", json!("ARCHIVED"));
        assert_eq!(beside(&[archived]), (Pass, None));
    }

    #[test]
    fn what_is_not_said_is_unknown() {
        let expected = (Outcome::Unknown, Some(UnknownCode::MalformedAnswer));
        for pointer in [
            "/RecordState",
            "/Workflow",
            "/Workflow/Status",
            "/Compliance",
            "/Compliance/Status",
        ] {
            for compliance in ["FAILED", "PASSED"] {
                let silent = with(finding(compliance, "NEW"), pointer, Value::Null);
                assert_eq!(beside(&[silent]), expected, "{pointer}");
            }
        }
        for pointer in ["/RecordState", "/Workflow/Status", "/Compliance/Status"] {
            let odd = with(finding("PASSED", "NEW"), pointer, json!("ODD"));
            let open = finding("WARNING", "NEW");
            assert_eq!(beside(&[odd, open]), expected, "{pointer}");
        }
        refused_is_unknown(&CHECK, &SECURITY_HUB_FINDINGS);
        assert_eq!(judge(vec![]).outcome, Outcome::Unknown);
    }

    #[test]
    fn a_hub_that_is_off_is_unknown_and_hides_no_failure() {
        let passed = page("us-east-1", &[finding("PASSED", "NEW")]);
        let verdict = judge(vec![passed, off("us-west-2")]);
        assert_eq!(verdict.outcome, Outcome::Unknown);
        let reason = verdict.reason.unwrap();
        assert_eq!(reason.code, UnknownCode::ServiceNotUsed);
        assert_eq!(reason.detail, "Security Hub is switched off in us-west-2.");
        let verdict = judge(vec![off("us-east-1")]);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::ServiceNotUsed);
        let failed = page("us-east-1", &[finding("FAILED", "NEW")]);
        let verdict = judge(vec![failed, off("us-west-2")]);
        assert_eq!(verdict.outcome, Outcome::Fail);
        assert!(!verdict.population.complete);
    }

    #[test]
    fn a_hub_without_any_finding_lacks_the_standard() {
        let passed = page("us-east-1", &[finding("PASSED", "NEW")]);
        let verdict = judge(vec![passed, page("us-west-2", &[])]);
        assert_eq!(verdict.outcome, Outcome::Unknown);
        let reason = verdict.reason.unwrap();
        assert_eq!(reason.code, UnknownCode::ServiceNotUsed);
        assert!(
            reason.detail.contains("NIST SP 800-171"),
            "{}",
            reason.detail
        );
        assert!(reason.detail.ends_with("us-west-2."), "{}", reason.detail);
    }

    #[test]
    fn a_copy_counts_where_the_original_was_not_seen() {
        let of = |region: &str, status: &str| {
            let mut one = finding(status, "NEW");
            one["Region"] = json!(region);
            one
        };
        let west = of("us-west-2", "FAILED");
        let mut own = of("us-east-1", "PASSED");
        own["Id"] = json!("another");
        let collecting = page("us-east-1", &[own.clone(), west.clone()]);
        let verdict = judge(vec![collecting.clone(), page("us-west-2", &[west])]);
        assert_eq!(verdict.resources.len(), 1, "it is one finding");
        assert!(
            verdict.resources[0]
                .note
                .starts_with("Failed, in us-west-2.")
        );
        let verdict = judge(vec![page("us-east-1", &[own])]);
        assert_eq!(verdict.outcome, Outcome::Pass);
        assert_eq!(judge(vec![collecting]).outcome, Outcome::Fail);
        let only_copies = page("us-east-1", &[of("us-west-2", "PASSED")]);
        let verdict = judge(vec![
            only_copies,
            page("us-west-2", &[of("us-west-2", "PASSED")]),
        ]);
        let reason = verdict.reason.unwrap();
        assert_eq!(reason.code, UnknownCode::ServiceNotUsed);
        assert!(reason.detail.ends_with("us-east-1."), "{}", reason.detail);
    }

    #[test]
    fn what_was_decided_about_altogether_is_for_a_person() {
        let verdict = judge(vec![page("us-east-1", &[finding("FAILED", "SUPPRESSED")])]);
        assert_eq!(verdict.outcome, Outcome::Unknown);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::NeedsJudgement);
    }

    #[test]
    fn a_part_that_was_not_read_is_named_first() {
        let half = Completeness::partial(Reason::new(UnknownCode::Partial, "capped"));
        let pages = vec![page("us-east-1", &[finding("PASSED", "NEW")])];
        let verdict = Account::new()
            .pages(&SECURITY_HUB_FINDINGS, pages, half)
            .judge(&CHECK);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::Partial);
    }

    #[test]
    fn many_regions_are_not_all_named() {
        let regions = BTreeSet::from(["a", "b", "c", "d", "e", "f"].map(str::to_owned));
        assert_eq!(named(&regions), "a, b, c, d and 2 more");
    }
}
