//! A pack of rules for the standard is a standing self-assessment, if somebody deployed one.

use super::{
    console::console,
    known_rules::{known, requirements_of},
    named::named,
    told::also,
};
use crate::datasets::{
    CONFIG_RULES, CONFORMANCE_PACKS, ConfigRule, ConformancePack, PACK_COMPLIANCE, PackRule,
};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeSet;

/// The rule. A pack counts if its name says that it is for NIST SP 800-171 or CMMC, or if its rules are four fifths or
/// more of those that AWS's packs for them are made of (`known_rules.rs`).
///
/// | a pack that counts | judged |
/// | --- | --- |
/// | resources do not comply with one of its rules | fail: those rules |
/// | a rule's result is not said, or no result was read | unknown |
/// | its rules have results of which none is bad, and one is good | pass, as AWS counts it too |
/// | its rules have no result yet | unknown, `needs_judgement` |
///
/// A pack without a name, or one whose rules can't be told where its name does not say it: unknown. Without any pack that
/// counts, everything having been seen: unknown, `service_not_used`, as the company may assess itself otherwise.
pub static CHECK: Check = Check {
    id: "aws.config.conformance_pack",
    alias: "AWS-42",
    version: 1,
    title: "A conformance pack for NIST SP 800-171 or CMMC finds nothing.",
    objectives: &["3.12.1[b]", "3.12.3[a]", "3.4.2[b]"],
    severity: Severity::Medium,
    remedy: "Open the listed pack in AWS Config: it names the resources that do not comply with each rule. Without a pack, deploy AWS's sample template for NIST 800-171 or CMMC 2.0 Level 2, in each region with servers or data.",
    console: console!("config/home#/conformance-packs"),
    reperform: Reperform {
        portal: "AWS Config > Conformance packs, in each region: open the pack.",
        command: "for each region: aws configservice describe-conformance-packs; for each pack: aws configservice describe-conformance-pack-compliance --conformance-pack-name NAME",
    },
    datasets: &[
        "aws.config_conformance_packs",
        "aws.config_pack_compliance",
        "aws.config_rules",
    ],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let packs = match collected.rows::<ConformancePack>(CONFORMANCE_PACKS.id) {
        Ok(rows) => rows,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&packs);
    let results: Vec<PackRule> = also(collected, &mut judge, PACK_COMPLIANCE.id);
    let rules: Vec<ConfigRule> = also(collected, &mut judge, CONFIG_RULES.id);
    let (mut counted, mut early, mut odd) = (false, None, false);
    for pack in &packs.rows {
        let region = &pack.region;
        let Some(name) = pack.conformance_pack_name.as_deref() else {
            (counted, odd) = (true, true);
            judge.unknown("", format!("? ({region})"), "pack", "AWS gives it no name.");
            continue;
        };
        let own: Vec<&PackRule> = results
            .iter()
            .filter(|rule| rule.region == *region && rule.pack == name)
            .collect();
        if !is_for_us(name) && !covers(&own, &rules) {
            continue;
        }
        counted = true;
        let (id, shown) = (format!("{region}:{name}"), format!("{name} ({region})"));
        let of = |result: &str| {
            own.iter()
                .filter(|rule| rule.compliance_type.as_deref() == Some(result))
                .map(|rule| {
                    rule.config_rule_name
                        .as_deref()
                        .unwrap_or("a rule without a name")
                })
                .collect::<Vec<&str>>()
        };
        let (bad, good, none) = (
            of("NON_COMPLIANT"),
            of("COMPLIANT"),
            of("INSUFFICIENT_DATA"),
        );
        if !bad.is_empty() {
            let note = format!("Resources do not comply with {}.", named(bad));
            judge.fail(id, shown, "pack", note);
        } else if own.is_empty() || good.len() + none.len() < own.len() {
            odd = true;
            judge.unknown(id, shown, "pack", "What its rules found was not all read.");
        } else if good.is_empty() {
            early.get_or_insert_with(|| shown.clone());
            judge.unknown(id, shown, "pack", "Its rules have no result yet.");
        } else {
            judge.pass();
        }
    }
    let whole = packs.missing.is_none();
    let mut verdict = judge.conclude(WhenEmpty::Unknown(String::new()));
    if !verdict.population.complete || odd || verdict.reason.is_none() {
        return verdict;
    }
    if !counted && whole {
        let detail = "No conformance pack for NIST SP 800-171 or CMMC is deployed in AWS Config.";
        verdict.reason = Some(Reason::new(UnknownCode::ServiceNotUsed, detail));
    } else if let Some(pack) = early {
        let detail =
            format!("{pack}: AWS has no result of its rules yet, so a person has to look.");
        verdict.reason = Some(Reason::new(UnknownCode::NeedsJudgement, detail));
    }
    verdict
}

/// Whether a name says that the pack is for NIST SP 800-171 or CMMC, however it is spelled.
fn is_for_us(name: &str) -> bool {
    let letters: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect();
    letters.contains("800171") || letters.contains("cmmc")
}

/// Whether the rules of a pack are four fifths or more of those that are known.
fn covers(results: &[&PackRule], rules: &[ConfigRule]) -> bool {
    let identifiers: BTreeSet<&str> = results
        .iter()
        .filter_map(|result| {
            rules.iter().find(|rule| {
                rule.region == result.region
                    && rule.config_rule_name.is_some()
                    && rule.config_rule_name == result.config_rule_name
            })
        })
        .filter_map(|rule| rule.source.as_ref()?.source_identifier.as_deref())
        .filter(|identifier| requirements_of(identifier).is_some())
        .collect();
    identifiers.len() * 5 >= known() * 4
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome};
    use serde_json::{Value, json};

    fn account(pack: Value, rules: Value) -> Account {
        let packs = json!({"ConformancePackDetails": [{"ConformancePackName": pack}]}).to_string();
        let results = json!({ "ConformancePackRuleComplianceList": rules }).to_string();
        let subject = pack.as_str().unwrap_or("?");
        let page = (
            origin(200, "us-east-1", Some(subject)),
            results.into_bytes(),
        );
        Account::new()
            .regions(&CONFORMANCE_PACKS, &[("us-east-1", &packs)])
            .pages(&PACK_COMPLIANCE, vec![page], Completeness::complete())
            .regions(&CONFIG_RULES, &[("us-east-1", r#"{"ConfigRules":[]}"#)])
    }

    fn rule(result: &str) -> Value {
        json!({"ConfigRuleName": "r", "ComplianceType": result})
    }

    #[test]
    fn results_decide_as_aws_counts_them() {
        use Outcome::{Fail, Pass, Unknown};
        for (rules, expected) in [
            (json!([rule("COMPLIANT")]), Pass),
            (json!([rule("COMPLIANT"), rule("INSUFFICIENT_DATA")]), Pass),
            (json!([rule("COMPLIANT"), rule("NON_COMPLIANT")]), Fail),
            (json!([rule("NON_COMPLIANT"), rule("?")]), Fail),
            (json!([rule("COMPLIANT"), rule("?")]), Unknown),
            (json!([rule("INSUFFICIENT_DATA")]), Unknown),
            (json!([]), Unknown),
        ] {
            let verdict = account(json!("Our-CMMC-2"), rules.clone()).judge(&CHECK);
            assert_eq!(verdict.outcome, expected, "{rules}");
        }
        let early =
            account(json!("NIST_800-171"), json!([rule("INSUFFICIENT_DATA")])).judge(&CHECK);
        assert_eq!(early.reason.unwrap().code, UnknownCode::NeedsJudgement);
    }

    #[test]
    fn other_packs_do_not_count_and_none_is_not_used() {
        let other = account(json!("hipaa"), json!([rule("NON_COMPLIANT")])).judge(&CHECK);
        assert_eq!(other.reason.unwrap().code, UnknownCode::ServiceNotUsed);
        let nameless = account(Value::Null, json!([rule("COMPLIANT")])).judge(&CHECK);
        assert_eq!(nameless.reason.unwrap().code, UnknownCode::MalformedAnswer);
        for dataset in [&CONFORMANCE_PACKS, &PACK_COMPLIANCE, &CONFIG_RULES] {
            refused_is_unknown(&CHECK, dataset);
        }
    }

    #[test]
    fn a_pack_counts_by_its_rules_too() {
        let identifiers = crate::checks::known_rules::identifiers();
        let count = identifiers.len() * 4 / 5 + 1;
        let judged = |count: usize| {
            let names = &identifiers[..count];
            let results: Vec<Value> = names
                .iter()
                .map(|name| json!({"ConfigRuleName": name, "ComplianceType": "NON_COMPLIANT"}))
                .collect();
            let rules: Vec<Value> = names
                .iter()
                .map(|name| json!({"ConfigRuleName": name, "Source": {"Owner": "AWS", "SourceIdentifier": name}}))
                .collect();
            let rules = json!({ "ConfigRules": rules }).to_string();
            account(json!("ours"), json!(results))
                .regions(&CONFIG_RULES, &[("us-east-1", &rules)])
                .judge(&CHECK)
                .outcome
        };
        assert_eq!(judged(count), Outcome::Fail);
        assert_eq!(judged(count - 2), Outcome::Unknown);
    }
}
