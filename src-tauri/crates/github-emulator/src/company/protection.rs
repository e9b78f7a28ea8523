//! What guards a default branch: classic protection, and the rules of rulesets.

use serde_json::{Value, json};

/// Classic protection of a branch in which nothing is left open.
#[must_use]
pub fn classic(org: &str, repo: &str, branch: &str) -> Value {
    let url = format!("https://api.github.com/repos/{org}/{repo}/branches/{branch}/protection");
    json!({
        "url": url,
        "required_status_checks": {
            "url": format!("{url}/required_status_checks"), "strict": true, "contexts": ["ci/test"],
            "contexts_url": format!("{url}/required_status_checks/contexts"),
            "checks": [{"context": "ci/test", "app_id": 15368}],
        },
        "required_pull_request_reviews": {
            "url": format!("{url}/required_pull_request_reviews"), "dismiss_stale_reviews": true,
            "require_code_owner_reviews": true, "require_last_push_approval": true,
            "required_approving_review_count": 2,
        },
        "required_signatures": {"url": format!("{url}/required_signatures"), "enabled": true},
        "enforce_admins": {"url": format!("{url}/enforce_admins"), "enabled": true},
        "required_linear_history": {"enabled": true},
        "allow_force_pushes": {"enabled": false},
        "allow_deletions": {"enabled": false},
        "block_creations": {"enabled": false},
        "required_conversation_resolution": {"enabled": true},
        "lock_branch": {"enabled": false},
        "allow_fork_syncing": {"enabled": false},
    })
}

/// The effective rules of an organization's ruleset in which nothing is left open.
#[must_use]
pub fn rules(org: &str, ruleset: u64) -> Vec<Value> {
    let rule = |kind: &str, parameters: Value| {
        let mut rule = json!({
            "type": kind, "ruleset_source_type": "Organization", "ruleset_source": org, "ruleset_id": ruleset,
        });
        if !parameters.is_null() {
            rule["parameters"] = parameters;
        }
        rule
    };
    vec![
        rule(
            "pull_request",
            json!({
                "dismiss_stale_reviews_on_push": true, "require_code_owner_review": true,
                "require_last_push_approval": true, "required_approving_review_count": 2,
                "required_review_thread_resolution": true, "allowed_merge_methods": ["squash"],
            }),
        ),
        rule(
            "required_status_checks",
            json!({
                "strict_required_status_checks_policy": true,
                "required_status_checks": [{"context": "ci/test", "integration_id": 15368}],
            }),
        ),
        rule("non_fast_forward", Value::Null),
        rule("deletion", Value::Null),
        rule("required_signatures", Value::Null),
        rule("required_linear_history", Value::Null),
    ]
}

/// The organization's ruleset with these rules, active, for every default branch, that nobody bypasses. `bypass_actors`
/// is only answered to a token that may write.
#[must_use]
pub fn ruleset(org: &str, id: u64, rules: &[Value]) -> Value {
    let inner: Vec<Value> = rules
        .iter()
        .map(|rule| {
            let mut inner = json!({"type": rule["type"]});
            if let Some(parameters) = rule.get("parameters") {
                inner["parameters"] = parameters.clone();
            }
            inner
        })
        .collect();
    json!({
        "id": id, "name": "Default branches", "target": "branch", "source_type": "Organization", "source": org,
        "enforcement": "active", "node_id": format!("RRS_lACkVXNlcs4A{id:x}"),
        "bypass_actors": [],
        "conditions": {
            "ref_name": {"include": ["~DEFAULT_BRANCH"], "exclude": []},
            "repository_name": {"include": ["~ALL"], "exclude": [], "protected": true},
        },
        "rules": inner,
        "created_at": "2025-03-04T10:00:00.000Z", "updated_at": "2026-08-01T08:00:00.000Z",
        "_links": {
            "self": {"href": format!("https://api.github.com/orgs/{org}/rulesets/{id}")},
            "html": {"href": format!("https://github.com/organizations/{org}/settings/rules/{id}")},
        },
    })
}
