//! Who has to look at a change before it gets into the default branch.

use super::{
    ages::number,
    effective::{DATASETS, judge},
    told::Told,
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict};

const PAGE: &[(&str, &str)] =
    console!("repositories/configuring-branches-and-merges-in-your-repository");
const LEAST: &str = "github.approvals";

/// The rule.
///
/// | approvals that classic protection or a pull request rule asks for, the larger one | it |
/// | --- | --- |
/// | at least the company's number | passes |
/// | fewer, or no review is asked for | fails |
/// | fewer in what can be read, and the other leaves the number out, is hidden by the plan or was not collected | unknown |
///
/// Repositories without a commit, archived ones and forks are not judged. Without a branch, all having been seen: not
/// applicable.
pub static REVIEWS: Check = Check {
    id: "github.branch.reviews",
    alias: "GITHUB-30",
    version: 1,
    title: "A change gets in only after somebody else approved it.",
    objectives: &["3.4.3[b]", "3.4.3[c]", "3.4.4[a]"],
    severity: Severity::High,
    remedy: "In the rule of the default branch tick \"Require a pull request before merging\" and set the number of required approvals. A company with one developer documents why it can't, and who looks at changes instead.",
    console: PAGE,
    reperform: Reperform {
        portal: "Settings > Rules > Rulesets, and Settings > Branches, of each repository: required approvals.",
        command: "gh api repos/ORG/REPO/branches/BRANCH/protection --jq .required_pull_request_reviews.required_approving_review_count; gh api repos/ORG/REPO/rules/branches/BRANCH --jq '.[] | select(.type==\"pull_request\") | .parameters'",
    },
    datasets: DATASETS,
    parameters: &[LEAST],
    clouds: Clouds::All,
    evaluate: reviews,
};

/// The rule.
///
/// | an approval is asked for | new commits dismiss approvals, by classic protection or a pull request rule | it |
/// | --- | --- | --- |
/// | yes | yes | passes |
/// | yes | no | fails |
/// | yes | can't be told | unknown |
/// | no | any | not judged: nothing is there to dismiss, and the check on approvals fails |
/// | can't be told | any | unknown |
///
/// Repositories without a commit, archived ones and forks are not judged. Without anything to judge, all having been
/// seen: not applicable.
pub static DISMISS_STALE: Check = Check {
    id: "github.branch.dismiss_stale",
    alias: "GITHUB-31",
    version: 1,
    title: "An approval counts only for what was looked at.",
    objectives: &["3.4.3[c]"],
    severity: Severity::Medium,
    remedy: "In the rule of the default branch tick \"Dismiss stale pull request approvals when new commits are pushed\".",
    console: PAGE,
    reperform: Reperform {
        portal: "Settings > Rules > Rulesets, and Settings > Branches, of each repository: stale approvals.",
        command: "gh api repos/ORG/REPO/branches/BRANCH/protection --jq .required_pull_request_reviews.dismiss_stale_reviews; gh api repos/ORG/REPO/rules/branches/BRANCH --jq '.[].parameters.dismiss_stale_reviews_on_push'",
    },
    datasets: DATASETS,
    parameters: &[],
    clouds: Clouds::All,
    evaluate: |collected| {
        judge(collected, |branch| match branch.approvals(1) {
            Told::Yes => Some(branch.dismiss_stale()),
            Told::No(_) => None,
            unclear => Some(unclear),
        })
    },
};

fn reviews(collected: &Collected<'_>) -> Verdict {
    match number(collected, LEAST) {
        Ok(least) => judge(collected, |branch| Some(branch.approvals(least))),
        Err(reason) => reason.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{on_branch, protection};
    use evidence::{
        Outcome::{self, Fail, NotApplicable, Pass, Unknown},
        UnknownCode,
    };
    use serde_json::{Value, json};

    fn says(check: &Check, reviews: Value, rule: Value, least: i64) -> Outcome {
        let classic = protection(json!({ "required_pull_request_reviews": reviews }));
        let rules = match rule {
            Value::Null => json!([]),
            parameters => {
                json!([{"type": "pull_request", "ruleset_id": 1, "parameters": parameters}])
            }
        };
        let org = on_branch((200, classic), (200, rules)).with(LEAST, json!(least));
        org.says(check).0
    }

    fn count(n: i64) -> Value {
        json!({ "required_approving_review_count": n })
    }

    #[test]
    fn the_larger_number_counts() {
        for (classic, rule, least, expected) in [
            (count(1), json!(null), 1, Pass),
            (count(1), json!(null), 2, Fail),
            (count(1), count(2), 2, Pass),
            (count(2), count(1), 2, Pass),
            (count(0), json!(null), 1, Fail),
            (json!(null), json!(null), 1, Fail),
            (json!(null), count(1), 1, Pass),
            (json!({}), json!(null), 1, Unknown),
            (json!({}), count(1), 1, Pass),
            (count(1), json!({}), 2, Unknown),
            (
                json!({"required_approving_review_count": "many"}),
                json!(null),
                1,
                Unknown,
            ),
        ] {
            let outcome = says(&REVIEWS, classic.clone(), rule.clone(), least);
            assert_eq!(outcome, expected, "{classic} {rule} {least}");
        }
        let unset =
            on_branch((200, protection(json!({}))), (200, json!([]))).with(LEAST, json!(null));
        assert_eq!(
            unset.says(&REVIEWS),
            (Unknown, Some(UnknownCode::NeedsJudgement))
        );
    }

    #[test]
    fn dismissing_matters_where_an_approval_is_asked_for() {
        let classic = |n: Value, dismiss: Value| json!({"required_approving_review_count": n, "dismiss_stale_reviews": dismiss});
        let rule = |n: Value, dismiss: Value| json!({"required_approving_review_count": n, "dismiss_stale_reviews_on_push": dismiss});
        for (one, other, expected) in [
            (classic(json!(1), json!(true)), json!(null), Pass),
            (classic(json!(1), json!(false)), json!(null), Fail),
            (classic(json!(1), json!(null)), json!(null), Unknown),
            (
                classic(json!(1), json!(false)),
                rule(json!(1), json!(true)),
                Pass,
            ),
            (json!(null), rule(json!(2), json!(false)), Fail),
            (json!(null), rule(json!(2), json!(true)), Pass),
            (classic(json!(0), json!(false)), json!(null), NotApplicable),
            (json!(null), json!(null), NotApplicable),
            (classic(json!(null), json!(false)), json!(null), Unknown),
        ] {
            let outcome = says(&DISMISS_STALE, one.clone(), other.clone(), 1);
            assert_eq!(outcome, expected, "{one} {other}");
        }
    }

    #[test]
    fn what_the_plan_hides_is_unknown() {
        let plan = || {
            (
                403,
                json!({"message": "Upgrade to GitHub Team to enable this feature."}),
            )
        };
        for check in [&REVIEWS, &DISMISS_STALE] {
            let hidden = on_branch(plan(), plan()).says(check);
            assert_eq!(hidden, (Unknown, Some(UnknownCode::LicenceMissing)));
        }
    }
}
