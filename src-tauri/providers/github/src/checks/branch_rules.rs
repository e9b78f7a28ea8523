//! What a default branch is protected against, each a property of classic protection and rulesets together.
//!
//! The table of all of them:
//!
//! | classic protection | active rules | the property |
//! | --- | --- | --- |
//! | asks for it | any | holds |
//! | any | one asks for it | holds |
//! | does not, or there is none | none does, or there are none | does not hold |
//! | does not | one can't be read, or leaves the detail out | unknown |
//! | leaves the detail out | none does | unknown |
//! | hidden by the plan, or no answer | none does | unknown: the licence is missing, or it was not collected |
//! | does not | hidden by the plan, or no answer | unknown, likewise |
//!
//! A repository without a commit has no branch and is not judged; archived ones and forks are not either. Without a
//! branch, all having been seen: not applicable.

use super::{
    effective::{Branch, DATASETS, judge},
    optional::{NOT_NEEDED, wanted},
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Reperform};

const PAGE: &[(&str, &str)] =
    console!("repositories/configuring-branches-and-merges-in-your-repository");

/// Holds: `protected`: classic protection, or a rule that restricts updates, deletions, force pushes, or asks for pull
/// requests, status checks or signatures. The table above decides.
pub static PROTECTED: Check = Check {
    id: "github.branch.protected",
    alias: "GITHUB-29",
    version: 1,
    title: "The default branch is protected.",
    objectives: &["3.4.3[a]", "3.4.3[c]", "3.4.5[h]", "3.4.2[b]"],
    severity: Severity::High,
    remedy: "Settings > Rules > Rulesets of each listed repository: add a ruleset for the default branch that requires a pull request and blocks force pushes. One ruleset of the organization can do it for all.",
    console: PAGE,
    reperform: Reperform {
        portal: "Settings > Rules > Rulesets, and Settings > Branches, of each repository.",
        command: "gh api repos/ORG/REPO/branches/BRANCH/protection; gh api repos/ORG/REPO/rules/branches/BRANCH",
    },
    datasets: DATASETS,
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| judge(collected, |branch| Some(Branch::protected(branch))),
};

/// Holds: `allow_force_pushes` is off, or the rule `non_fast_forward`. The table above decides.
pub static NO_FORCE_PUSH: Check = Check {
    id: "github.branch.no_force_push",
    alias: "GITHUB-34",
    version: 1,
    title: "The history of the default branch can't be rewritten.",
    objectives: &["3.4.3[a]", "3.3.8[b]"],
    severity: Severity::High,
    remedy: "In the ruleset of the default branch tick \"Block force pushes\"; in a classic rule untick \"Allow force pushes\".",
    console: PAGE,
    reperform: Reperform {
        portal: "Settings > Rules > Rulesets, and Settings > Branches, of each repository: force pushes.",
        command: "gh api repos/ORG/REPO/branches/BRANCH/protection --jq .allow_force_pushes.enabled; gh api repos/ORG/REPO/rules/branches/BRANCH --jq '.[].type'",
    },
    datasets: DATASETS,
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| judge(collected, |branch| Some(Branch::no_force_push(branch))),
};

/// Holds: `allow_deletions` is off, or the rule `deletion`. The table above decides.
pub static NO_DELETION: Check = Check {
    id: "github.branch.no_deletion",
    alias: "GITHUB-35",
    version: 1,
    title: "The default branch can't be deleted.",
    objectives: &["3.4.3[a]", "3.3.8[c]"],
    severity: Severity::Medium,
    remedy: "In the ruleset of the default branch tick \"Restrict deletions\"; in a classic rule untick \"Allow deletions\".",
    console: PAGE,
    reperform: Reperform {
        portal: "Settings > Rules > Rulesets, and Settings > Branches, of each repository: deletions.",
        command: "gh api repos/ORG/REPO/branches/BRANCH/protection --jq .allow_deletions.enabled; gh api repos/ORG/REPO/rules/branches/BRANCH --jq '.[].type'",
    },
    datasets: DATASETS,
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| judge(collected, |branch| Some(Branch::no_deletion(branch))),
};

/// Holds: at least one required status check, in either. The table above decides.
pub static STATUS_CHECKS: Check = Check {
    id: "github.branch.status_checks",
    alias: "GITHUB-36",
    version: 1,
    title: "A change gets in only after its tests passed.",
    objectives: &["3.4.4[a]", "3.13.2[e]"],
    severity: Severity::Medium,
    remedy: "In the rule of the default branch tick \"Require status checks to pass\" and add the checks that test a change.",
    console: PAGE,
    reperform: Reperform {
        portal: "Settings > Rules > Rulesets, and Settings > Branches, of each repository: required status checks.",
        command: "gh api repos/ORG/REPO/branches/BRANCH/protection --jq .required_status_checks; gh api repos/ORG/REPO/rules/branches/BRANCH --jq '.[] | select(.type==\"required_status_checks\")'",
    },
    datasets: DATASETS,
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| judge(collected, |branch| Some(Branch::status_checks(branch))),
};

/// Holds: `required_signatures` is on, or the rule `required_signatures`. The table above decides.
pub static SIGNED: Check = Check {
    id: "github.branch.signed",
    alias: "GITHUB-37",
    version: 1,
    title: "Commits on the default branch are signed.",
    objectives: &["3.4.3[d]", "3.14.2[b]"],
    severity: Severity::Low,
    remedy: "In the rule of the default branch tick \"Require signed commits\", after everybody set up a signing key.",
    console: PAGE,
    reperform: Reperform {
        portal: "Settings > Rules > Rulesets, and Settings > Branches, of each repository: signed commits.",
        command: "gh api repos/ORG/REPO/branches/BRANCH/protection --jq .required_signatures.enabled; gh api repos/ORG/REPO/rules/branches/BRANCH --jq '.[].type'",
    },
    datasets: DATASETS,
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| judge(collected, |branch| Some(Branch::signed(branch))),
};

/// Holds: `required_conversation_resolution` is on, or a pull request rule asks for resolved threads. The table above
/// decides.
pub static CONVERSATIONS: Check = Check {
    id: "github.branch.conversations",
    alias: "GITHUB-38",
    version: 1,
    title: "A change gets in only when what reviewers asked is answered.",
    objectives: &["3.4.3[b]"],
    severity: Severity::Low,
    remedy: "In the rule of the default branch tick \"Require conversation resolution before merging\".",
    console: PAGE,
    reperform: Reperform {
        portal: "Settings > Rules > Rulesets, and Settings > Branches, of each repository: conversation resolution.",
        command: "gh api repos/ORG/REPO/branches/BRANCH/protection --jq .required_conversation_resolution.enabled; gh api repos/ORG/REPO/rules/branches/BRANCH --jq '.[].parameters'",
    },
    datasets: DATASETS,
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| judge(collected, |branch| Some(Branch::conversations(branch))),
};

/// Holds: `required_linear_history` is on, or the rule `required_linear_history`. The
/// table above decides; what does not hold, or can't be told, is information: unknown for a person to judge, or settled
/// where
/// the company has entered that it does not need it.
pub static LINEAR: Check = Check {
    id: "github.branch.linear",
    alias: "GITHUB-39",
    version: 1,
    title: "The history of the default branch is a line, if the company wants it so.",
    objectives: &["3.4.3[d]"],
    severity: Severity::Info,
    remedy: "In the rule of the default branch tick \"Require linear history\", if the company wants its history that way.",
    console: PAGE,
    reperform: Reperform {
        portal: "Settings > Rules > Rulesets, and Settings > Branches, of each repository: linear history.",
        command: "gh api repos/ORG/REPO/branches/BRANCH/protection --jq .required_linear_history.enabled; gh api repos/ORG/REPO/rules/branches/BRANCH --jq '.[].type'",
    },
    datasets: DATASETS,
    parameters: &[NOT_NEEDED],
    clouds: Clouds::All,
    evaluate: |collected| {
        judge(collected, |branch| {
            Some(wanted(collected, "linear", branch.linear()))
        })
    },
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Org, on_branch, protection, repository};
    use crate::datasets::{BRANCH_PROTECTION, BRANCH_RULES};
    use evidence::{
        Outcome::{self, Fail, NotApplicable, Pass, Unknown},
        UnknownCode,
    };
    use serde_json::{Value, json};

    /// A check, what classic protection says where it holds, and a rule that makes it hold.
    fn properties() -> Vec<(&'static Check, Value, Value)> {
        let rule = |kind: &str| json!({"type": kind, "ruleset_id": 1});
        vec![
            (&PROTECTED, json!({}), rule("update")),
            (
                &NO_FORCE_PUSH,
                json!({"allow_force_pushes": {"enabled": false}}),
                rule("non_fast_forward"),
            ),
            (
                &NO_DELETION,
                json!({"allow_deletions": {"enabled": false}}),
                rule("deletion"),
            ),
            (
                &STATUS_CHECKS,
                json!({"required_status_checks": {"contexts": ["ci"], "checks": [{"context": "ci"}]}}),
                json!({"type": "required_status_checks", "parameters": {"required_status_checks": [{"context": "ci"}]}}),
            ),
            (
                &SIGNED,
                json!({"required_signatures": {"enabled": true}}),
                rule("required_signatures"),
            ),
            (
                &CONVERSATIONS,
                json!({"required_conversation_resolution": {"enabled": true}}),
                json!({"type": "pull_request", "parameters": {"required_review_thread_resolution": true}}),
            ),
            (
                &LINEAR,
                json!({"required_linear_history": {"enabled": true}}),
                rule("required_linear_history"),
            ),
        ]
    }

    /// Classic protection that asks for nothing.
    fn lax() -> Value {
        protection(json!({
            "required_status_checks": null,
            "allow_force_pushes": {"enabled": true},
            "allow_deletions": {"enabled": true},
            "required_signatures": {"enabled": false},
            "required_conversation_resolution": {"enabled": false},
            "required_linear_history": {"enabled": false},
        }))
    }

    fn unprotected() -> (u16, Value) {
        (404, json!({"message": "Branch not protected"}))
    }

    fn bad(check: &Check) -> Outcome {
        match check.severity {
            Severity::Info => Unknown,
            _ => Fail,
        }
    }

    #[test]
    fn either_source_makes_a_property_hold() {
        for (check, classic, rule) in properties() {
            let mut holds = lax();
            for (name, value) in classic.as_object().into_iter().flatten() {
                holds[name.as_str()] = value.clone();
            }
            let says = |classic: (u16, Value), rules: Value| {
                on_branch(classic, (200, rules)).says(check).0
            };
            assert_eq!(says((200, holds), json!([])), Pass, "{} classic", check.id);
            assert_eq!(
                says(unprotected(), json!([rule])),
                Pass,
                "{} rule",
                check.id
            );
            assert_eq!(
                says(unprotected(), json!([])),
                bad(check),
                "{} neither",
                check.id
            );
            let other = json!([{"type": "max_file_size", "ruleset_id": 1}]);
            assert_eq!(
                says(unprotected(), other),
                bad(check),
                "{} another rule",
                check.id
            );
            if check.id != PROTECTED.id {
                assert_eq!(
                    says((200, lax()), json!([])),
                    bad(check),
                    "{} lax",
                    check.id
                );
                assert_eq!(
                    says((200, lax()), json!([rule])),
                    Pass,
                    "{} lax and rule",
                    check.id
                );
            }
        }
    }

    #[test]
    fn what_is_left_out_is_unknown_unless_the_other_holds() {
        for (check, classic, rule) in properties() {
            let mut silent = lax();
            for name in classic
                .as_object()
                .into_iter()
                .flat_map(|members| members.keys())
            {
                silent[name.as_str()] = json!({});
            }
            let says =
                |classic: (u16, Value), rules: Value| on_branch(classic, (200, rules)).says(check);
            let malformed = (Unknown, Some(UnknownCode::MalformedAnswer));
            if check.id != PROTECTED.id {
                assert_eq!(
                    says((200, silent.clone()), json!([])),
                    malformed,
                    "{}",
                    check.id
                );
                assert_eq!(says((200, silent), json!([rule])).0, Pass, "{}", check.id);
            }
            for odd in [json!([{}]), json!([7]), json!([{"type": null}])] {
                assert_eq!(says(unprotected(), odd), malformed, "{}", check.id);
            }
            if rule["parameters"].is_object() {
                for parameters in [json!(null), json!({})] {
                    let rules = json!([{"type": rule["type"], "parameters": parameters}]);
                    assert_eq!(says(unprotected(), rules), malformed, "{}", check.id);
                }
            }
        }
    }

    #[test]
    fn what_the_plan_hides_and_what_was_not_collected_is_unknown() {
        let plan = || {
            let message =
                "Upgrade to GitHub Pro or make this repository public to enable this feature.";
            (403, json!({ "message": message }))
        };
        for (check, _, rule) in properties() {
            let code = |org: Org| org.says(check).1;
            assert_eq!(
                code(on_branch(plan(), plan())),
                Some(UnknownCode::LicenceMissing)
            );
            assert_eq!(on_branch(plan(), (200, json!([rule]))).says(check).0, Pass);
            assert_eq!(
                code(on_branch(unprotected(), plan())),
                Some(UnknownCode::LicenceMissing)
            );
            for dataset in [&BRANCH_PROTECTION, &BRANCH_RULES] {
                let org = || on_branch(unprotected(), (200, json!([])));
                assert_eq!(
                    code(org().about(dataset, &[])),
                    Some(UnknownCode::NotCollected)
                );
                let missing = org().without(dataset);
                assert_eq!(code(missing), Some(UnknownCode::PermissionMissing));
            }
        }
    }

    #[test]
    fn a_repository_without_a_commit_has_no_branch() {
        let gone = || (404, json!({"message": "Branch not found"}));
        for (check, ..) in properties() {
            let empty = on_branch(gone(), (200, json!([])));
            let sized = |size: Value| {
                empty
                    .clone()
                    .repositories(&[repository("erp", json!({"size": size}))])
                    .says(check)
            };
            assert_eq!(sized(json!(0)), (NotApplicable, None));
            let malformed = (Unknown, Some(UnknownCode::MalformedAnswer));
            assert_eq!(sized(json!(12)), malformed);
            assert_eq!(sized(json!(null)), malformed);
        }
    }

    #[test]
    fn a_line_that_is_not_needed_is_settled() {
        let settled = |org: Org| org.with(NOT_NEEDED, json!(["linear"])).says(&LINEAR);
        assert_eq!(
            settled(on_branch(unprotected(), (200, json!([])))),
            (Pass, None)
        );
        let missing = on_branch(unprotected(), (200, json!([]))).without(&BRANCH_RULES);
        assert_eq!(settled(missing).0, Unknown, "what was refused is missing");
    }

    #[test]
    fn status_checks_need_names() {
        for (contexts, checks, expected) in [
            (json!(["ci"]), json!(null), Pass),
            (json!(null), json!([{"context": "ci"}]), Pass),
            (json!([]), json!([]), Fail),
            (json!([]), json!(null), Fail),
            (json!(null), json!(null), Unknown),
            (json!([null]), json!([]), Unknown),
            (json!([]), json!([{}]), Unknown),
        ] {
            let asked = json!({"required_status_checks": {"contexts": contexts, "checks": checks}});
            let org = on_branch((200, protection(asked)), (200, json!([])));
            assert_eq!(org.says(&STATUS_CHECKS).0, expected, "{contexts} {checks}");
        }
        let rules = json!([{"type": "required_status_checks", "parameters": {"required_status_checks": []}}]);
        assert_eq!(
            on_branch(unprotected(), (200, rules))
                .says(&STATUS_CHECKS)
                .0,
            Fail
        );
    }
}
