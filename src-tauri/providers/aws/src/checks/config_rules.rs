//! What AWS Config's rules found is worth knowing before an assessor asks.

use super::{console::console, known_rules::requirements_of, told::also};
use crate::datasets::{CONFIG_RULE_COMPLIANCE, CONFIG_RULES, ConfigRule, RuleResult};
use evidence::{Outcome, Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule. Rules of AWS that stand for a requirement (`known_rules.rs`) are judged; AWS's others and the company's own
/// are not, as nobody said what they stand for.
///
/// | what a rule found | judged |
/// | --- | --- |
/// | resources do not comply | fail |
/// | resources comply | pass |
/// | nothing to look at | not at all |
/// | AWS could not tell yet | unknown, `needs_judgement` |
/// | is not said, or the rule's own record is lacking or silent | unknown |
/// | is not in the answer, though the rule is there | unknown |
///
/// Without any rule that is judged, everything having been seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.config.rules",
    alias: "AWS-43",
    version: 1,
    title: "Resources comply with AWS Config's rules for NIST SP 800-171.",
    objectives: &["3.12.3[a]", "3.4.2[b]", "3.4.6[b]"],
    severity: Severity::Medium,
    remedy: "Open each listed rule in AWS Config: it names the resources that do not comply and why. Mend them, and have the rule evaluated again.",
    console: console!("config/home#/rules"),
    reperform: Reperform {
        portal: "AWS Config > Rules, in each region: those that are Noncompliant.",
        command: "for each region: aws configservice describe-compliance-by-config-rule --compliance-types NON_COMPLIANT",
    },
    datasets: &["aws.config_rule_compliance", "aws.config_rules"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

/// What a rule stands for.
enum Stands {
    /// Requirements, by the rule's identifier.
    For(String, &'static [&'static str]),
    /// Nothing that is known here.
    Nothing,
    Unclear,
}

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let results = match collected.rows::<RuleResult>(CONFIG_RULE_COMPLIANCE.id) {
        Ok(rows) => rows,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&results);
    let rules: Vec<ConfigRule> = also(collected, &mut judge, CONFIG_RULES.id);
    let (mut early, mut odd) = (None, false);
    for result in &results.rows {
        let region = &result.region;
        let rule = result.config_rule_name.as_deref().unwrap_or_default();
        let (id, name) = (format!("{region}:{rule}"), format!("{rule} ({region})"));
        let (identifier, requirements) = match stands(&rules, result) {
            Stands::Nothing => continue,
            Stands::For(_, []) => continue,
            Stands::For(identifier, requirements) => (identifier, requirements),
            Stands::Unclear => {
                odd = true;
                judge.unknown(id, name, "rule", "What the rule stands for was not read.");
                continue;
            }
        };
        let what = format!(
            "{identifier}, which says something about {}.",
            requirements.join(", ")
        );
        let found = result
            .compliance
            .as_ref()
            .and_then(|found| found.compliance_type.as_deref());
        match found {
            Some("NON_COMPLIANT") => judge.fail(
                id,
                name,
                "rule",
                format!("Resources do not comply with {what}"),
            ),
            Some("COMPLIANT") => judge.pass(),
            Some("NOT_APPLICABLE") => {}
            Some("INSUFFICIENT_DATA") => {
                early.get_or_insert_with(|| name.clone());
                judge.unknown(
                    id,
                    name,
                    "rule",
                    format!("AWS could not tell yet about {what}"),
                );
            }
            _ => {
                odd = true;
                judge.unknown(
                    id,
                    name,
                    "rule",
                    format!("AWS does not say what it found about {what}"),
                );
            }
        }
    }
    // A rule that counts and has no result is not one that found nothing.
    for rule in &rules {
        let (Some(name), Some(source)) = (rule.config_rule_name.as_deref(), &rule.source) else {
            continue;
        };
        let counts = source.owner.as_deref() == Some("AWS")
            && source
                .source_identifier
                .as_deref()
                .and_then(requirements_of)
                .is_some_and(|requirements| !requirements.is_empty());
        let told = results.rows.iter().any(|result| {
            result.region == rule.region && result.config_rule_name.as_deref() == Some(name)
        });
        if counts && !told {
            odd = true;
            judge.unknown(
                format!("{}:{name}", rule.region),
                format!("{name} ({})", rule.region),
                "rule",
                "What it found is not in AWS's answer.",
            );
        }
    }
    let mut verdict = judge.conclude(WhenEmpty::NotApplicable);
    // What AWS leaves open in well-formed answers is for a person.
    if let (Outcome::Unknown, true, false, Some(name)) =
        (verdict.outcome, verdict.population.complete, odd, early)
    {
        let detail =
            format!("{name}: AWS has no result of this rule yet, so a person has to look.");
        verdict.reason = Some(Reason::new(UnknownCode::NeedsJudgement, detail));
    }
    verdict
}

fn stands(rules: &[ConfigRule], result: &RuleResult) -> Stands {
    let rule = rules.iter().find(|rule| {
        rule.region == result.region
            && rule.config_rule_name.is_some()
            && rule.config_rule_name == result.config_rule_name
    });
    let source = rule.and_then(|rule| rule.source.as_ref());
    let parts = source.map(|source| (source.owner.as_deref(), source.source_identifier.as_deref()));
    match parts {
        Some((Some("AWS"), Some(identifier))) => match requirements_of(identifier) {
            Some(requirements) => Stands::For(identifier.to_owned(), requirements),
            None => Stands::Nothing,
        },
        Some((Some("CUSTOM_LAMBDA" | "CUSTOM_POLICY"), _)) => Stands::Nothing,
        _ => Stands::Unclear,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use serde_json::{Value, json};

    fn account(source: Value, found: Value) -> Account {
        let rules = json!({"ConfigRules": [{"ConfigRuleName": "r", "Source": source}]}).to_string();
        let results = json!({"ComplianceByConfigRules": [{"ConfigRuleName": "r", "Compliance": {"ComplianceType": found}}]})
            .to_string();
        Account::new()
            .regions(&CONFIG_RULES, &[("us-east-1", &rules)])
            .regions(&CONFIG_RULE_COMPLIANCE, &[("us-east-1", &results)])
    }

    fn of_aws(identifier: &str) -> Value {
        json!({"Owner": "AWS", "SourceIdentifier": identifier})
    }

    #[test]
    fn a_rule_that_stands_for_a_requirement_counts() {
        use Outcome::{Fail, NotApplicable, Pass, Unknown};
        let outcome = |found: Value| {
            account(of_aws("ENCRYPTED_VOLUMES"), found)
                .judge(&CHECK)
                .outcome
        };
        assert_eq!(outcome(json!("COMPLIANT")), Pass);
        assert_eq!(outcome(json!("NON_COMPLIANT")), Fail);
        assert_eq!(outcome(json!("NOT_APPLICABLE")), NotApplicable);
        for open in [json!("INSUFFICIENT_DATA"), Value::Null, json!("?")] {
            assert_eq!(outcome(open), Unknown);
        }
        let verdict = account(of_aws("ENCRYPTED_VOLUMES"), json!("NON_COMPLIANT")).judge(&CHECK);
        assert_eq!(
            verdict.resources[0].note,
            "Resources do not comply with ENCRYPTED_VOLUMES, which says something about 3.13.16, 3.13.11, 3.8.9."
        );
        let early = account(of_aws("ENCRYPTED_VOLUMES"), json!("INSUFFICIENT_DATA")).judge(&CHECK);
        assert_eq!(early.reason.unwrap().code, UnknownCode::NeedsJudgement);
    }

    #[test]
    fn rules_that_stand_for_nothing_known_do_not_count() {
        for source in [
            of_aws("LAMBDA_DLQ_CHECK"),
            of_aws("SOMETHING_ELSE"),
            json!({"Owner": "CUSTOM_POLICY"}),
            json!({"Owner": "CUSTOM_LAMBDA", "SourceIdentifier": "ENCRYPTED_VOLUMES"}),
        ] {
            let verdict = account(source, json!("NON_COMPLIANT")).judge(&CHECK);
            assert_eq!(verdict.outcome, Outcome::NotApplicable);
        }
        for silent in [
            Value::Null,
            json!({"Owner": "AWS"}),
            json!({"SourceIdentifier": "ENCRYPTED_VOLUMES"}),
        ] {
            let verdict = account(silent, json!("NON_COMPLIANT")).judge(&CHECK);
            assert_eq!(verdict.reason.unwrap().code, UnknownCode::MalformedAnswer);
        }
        let without = account(of_aws("ENCRYPTED_VOLUMES"), json!("COMPLIANT")).regions(
            &CONFIG_RULE_COMPLIANCE,
            &[("us-east-1", r#"{"ComplianceByConfigRules":[]}"#)],
        );
        assert_eq!(without.judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &CONFIG_RULES);
        refused_is_unknown(&CHECK, &CONFIG_RULE_COMPLIANCE);
    }
}
