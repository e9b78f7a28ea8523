//! The organization's own settings and its Actions policy, as a careful owner sets them.

use serde_json::{Map, Value, json};

use super::Actions;

/// The members of the organization's object that only an administrator sees.
pub(super) fn tidy() -> Map<String, Value> {
    let settings = json!({
        "two_factor_requirement_enabled": true,
        "default_repository_permission": "read",
        "members_can_create_repositories": true,
        "members_allowed_repository_creation_type": "private",
        "members_can_create_public_repositories": false,
        "members_can_create_private_repositories": true,
        "members_can_create_internal_repositories": false,
        "members_can_create_pages": false,
        "members_can_create_public_pages": false,
        "members_can_create_private_pages": false,
        "members_can_delete_repositories": false,
        "members_can_change_repo_visibility": false,
        "members_can_invite_outside_collaborators": false,
        "members_can_fork_private_repositories": false,
        "members_can_delete_issues": false,
        "members_can_create_teams": false,
        "web_commit_signoff_required": true,
        "advanced_security_enabled_for_new_repositories": true,
        "dependabot_alerts_enabled_for_new_repositories": true,
        "dependabot_security_updates_enabled_for_new_repositories": true,
        "dependency_graph_enabled_for_new_repositories": true,
        "secret_scanning_enabled_for_new_repositories": true,
        "secret_scanning_push_protection_enabled_for_new_repositories": true,
        "deploy_keys_enabled_for_repositories": false,
    });
    match settings {
        Value::Object(settings) => settings,
        _ => Map::new(),
    }
}

/// Selected actions, pinned, with a token that reads.
pub(super) fn actions() -> Actions {
    Actions {
        permissions: json!({
            "enabled_repositories": "all", "allowed_actions": "selected", "sha_pinning_required": true,
        }),
        workflow: json!({
            "default_workflow_permissions": "read", "can_approve_pull_request_reviews": false,
        }),
        selected: json!({
            "github_owned_allowed": true, "verified_allowed": false,
            "patterns_allowed": ["harborpoint-example/shared-actions@v1"],
        }),
    }
}
