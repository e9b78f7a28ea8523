//! Every address answers with the members that its readers use.

use github_emulator::{Company, LEAKED_SECRET, Options};
use serde_json::{Value, json};

use super::{Bench, rows_of, shape};

fn has(value: &Value, members: &[&str]) {
    for member in members {
        assert!(value.get(member).is_some(), "{member} in {value}");
    }
}

/// The first row of a list of a company full of flaws.
async fn first(bench: &Bench, path: &str) -> Value {
    let (status, message, body) = bench.ask(path).await;
    assert_eq!(status, 200, "{path}: {message}");
    rows_of(body)
        .into_iter()
        .next()
        .unwrap_or_else(|| panic!("{path} is empty"))
}

fn flawed() -> Bench {
    Bench::new(Company::new(&shape()), Options::default())
}

#[tokio::test]
async fn the_organizations_lists_have_their_members() {
    let bench = flawed();
    for (path, members) in [
        ("members", "login id type site_admin"),
        ("outside_collaborators", "login id type site_admin"),
        ("invitations", "id email role created_at failed_at inviter"),
        (
            "failed_invitations",
            "id created_at failed_at failed_reason",
        ),
        (
            "repos",
            "id name full_name owner private visibility archived disabled fork default_branch pushed_at created_at \
             size web_commit_signoff_required permissions security_and_analysis",
        ),
        (
            "installations",
            "id account app_id app_slug client_id repository_selection permissions events created_at suspended_at",
        ),
        (
            "hooks",
            "id name events active config created_at updated_at",
        ),
        (
            "actions/runners",
            "id name os status busy labels runner_group_id",
        ),
        (
            "credential-authorizations",
            "login credential_type credential_authorized_at credential_accessed_at scopes \
             authorized_credential_expires_at",
        ),
        (
            "audit-log?include=all",
            "@timestamp action actor actor_id created_at org org_id operation_type actor_location _document_id",
        ),
        (
            "dependabot/alerts",
            "number state dependency security_advisory security_vulnerability html_url created_at updated_at \
             dismissed_at dismissed_reason fixed_at repository",
        ),
        (
            "secret-scanning/alerts",
            "number created_at state resolution secret_type secret_type_display_name validity publicly_leaked \
             multi_repo push_protection_bypassed secret repository html_url",
        ),
        (
            "code-scanning/alerts",
            "number state created_at rule tool most_recent_instance repository html_url",
        ),
        ("organization-roles", "id name base_role source permissions"),
        ("organization-roles/8140/users", "login id"),
        ("organization-roles/8140/teams", "id name slug"),
    ] {
        let row = first(&bench, &format!("orgs/harborpoint-example/{path}")).await;
        let members: Vec<&str> = members.split_whitespace().collect();
        has(&row, &members);
    }
    for path in ["installations", "actions/runners", "organization-roles"] {
        let (_, _, body) = bench.ask(&format!("orgs/harborpoint-example/{path}")).await;
        assert!(body["total_count"].as_u64().unwrap() > 0);
    }
    let (status, ..) = bench
        .ask("orgs/harborpoint-example/organization-roles/1/users")
        .await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn the_organization_has_its_settings() {
    let bench = Bench::tidy();
    let (_, _, org) = bench.ask("orgs/harborpoint-example").await;
    has(
        &org,
        &[
            "login",
            "id",
            "is_verified",
            "two_factor_requirement_enabled",
            "default_repository_permission",
            "members_can_create_repositories",
            "members_allowed_repository_creation_type",
            "members_can_create_public_repositories",
            "members_can_create_private_repositories",
            "members_can_create_internal_repositories",
            "members_can_create_pages",
            "members_can_create_public_pages",
            "members_can_delete_repositories",
            "members_can_change_repo_visibility",
            "members_can_invite_outside_collaborators",
            "members_can_fork_private_repositories",
            "web_commit_signoff_required",
            "advanced_security_enabled_for_new_repositories",
            "dependabot_alerts_enabled_for_new_repositories",
            "dependabot_security_updates_enabled_for_new_repositories",
            "dependency_graph_enabled_for_new_repositories",
            "secret_scanning_enabled_for_new_repositories",
            "secret_scanning_push_protection_enabled_for_new_repositories",
            "deploy_keys_enabled_for_repositories",
            "plan",
            "created_at",
            "updated_at",
        ],
    );
    let (_, _, policy) = bench
        .ask("orgs/harborpoint-example/actions/permissions")
        .await;
    assert_eq!(
        policy,
        json!({"enabled_repositories": "all", "allowed_actions": "selected", "sha_pinning_required": true})
    );
    let (_, _, workflow) = bench
        .ask("orgs/harborpoint-example/actions/permissions/workflow")
        .await;
    assert_eq!(
        workflow,
        json!({"default_workflow_permissions": "read", "can_approve_pull_request_reviews": false})
    );
    let selected = "orgs/harborpoint-example/actions/permissions/selected-actions";
    has(
        &bench.ask(selected).await.2,
        &[
            "github_owned_allowed",
            "verified_allowed",
            "patterns_allowed",
        ],
    );
    bench.emulator.edit(|company| {
        company.actions.permissions["allowed_actions"] = json!("all");
    });
    assert_eq!(bench.ask(selected).await.0, 409);
}

#[tokio::test]
async fn a_repositorys_addresses_have_their_members() {
    let bench = flawed();
    bench.emulator.edit(|company| {
        let fresh = Company::tidy(&shape());
        company.repos[0].protection = fresh.repos[0].protection.clone();
    });
    let erp = "repos/harborpoint-example/erp";
    for (path, members) in [
        (
            "collaborators?affiliation=all",
            "login role_name permissions",
        ),
        (
            "collaborators?affiliation=outside",
            "login role_name permissions",
        ),
        (
            "keys",
            "id title key verified created_at read_only added_by last_used enabled",
        ),
        ("hooks", "id name events active config"),
        ("dependabot/alerts", "number state security_advisory"),
        ("secret-scanning/alerts", "number state validity"),
        ("code-scanning/alerts", "number state rule"),
    ] {
        let row = first(&bench, &format!("{erp}/{path}")).await;
        let members: Vec<&str> = members.split_whitespace().collect();
        has(&row, &members);
        assert!(row.get("repository").is_none(), "{path}");
    }
    for (path, members) in [
        ("", "id name visibility"),
        ("/branches/main", "name commit protected"),
        (
            "/branches/main/protection",
            "required_status_checks enforce_admins required_pull_request_reviews required_linear_history \
             allow_force_pushes allow_deletions block_creations required_conversation_resolution \
             required_signatures lock_branch",
        ),
        (
            "/actions/permissions",
            "enabled allowed_actions sha_pinning_required",
        ),
        (
            "/actions/permissions/workflow",
            "default_workflow_permissions can_approve_pull_request_reviews",
        ),
        (
            "/actions/permissions/fork-pr-contributor-approval",
            "approval_policy",
        ),
        ("/automated-security-fixes", "enabled paused"),
        (
            "/code-scanning/default-setup",
            "state languages query_suite schedule updated_at",
        ),
        ("/private-vulnerability-reporting", "enabled"),
        ("/codeowners/errors", "errors"),
    ] {
        let (status, message, body) = bench.ask(&format!("{erp}{path}")).await;
        assert_eq!(status, 200, "{path}: {message}");
        let members: Vec<&str> = members.split_whitespace().collect();
        has(&body, &members);
    }
    let website = "repos/harborpoint-example/website";
    let rule = first(&bench, &format!("{website}/rules/branches/main")).await;
    has(
        &rule,
        &[
            "type",
            "ruleset_source_type",
            "ruleset_source",
            "ruleset_id",
        ],
    );
    let listed = first(&bench, &format!("{website}/rulesets?includes_parents=true")).await;
    has(
        &listed,
        &["id", "name", "target", "source_type", "enforcement"],
    );
    assert!(listed.get("rules").is_none());
    let (_, _, none) = bench
        .ask(&format!("{website}/rulesets?includes_parents=false"))
        .await;
    assert_eq!(none, json!([]));
    let (_, _, whole) = bench
        .ask(&format!("{website}/rulesets/{}", listed["id"]))
        .await;
    has(&whole, &["rules", "conditions"]);
    assert_eq!(bench.ask(&format!("{website}/rulesets/1")).await.0, 404);
}

#[tokio::test]
async fn absence_is_told_as_github_tells_it() {
    let bench = Bench::tidy();
    let org = "repos/harborpoint-example";
    for (path, message) in [
        ("website/branches/main/protection", "Branch not protected"),
        ("erp/branches/other/protection", "Branch not found"),
        ("quotes/branches/main", "Branch not found"),
        ("quotes/contents/README.md", "This repository is empty."),
        ("erp/contents/nothing.md", "Not Found"),
        (
            "erp/contents/README.md?ref=other",
            "No commit found for the ref other",
        ),
        ("nothing", "Not Found"),
    ] {
        let (status, have, _) = bench.ask(&format!("{org}/{path}")).await;
        assert_eq!((status, have.as_str()), (404, message), "{path}");
    }
    let (status, _, rules) = bench.ask(&format!("{org}/erp/rules/branches/main")).await;
    assert_eq!((status, rules), (200, json!([])));
    let alerts = format!("{org}/erp/vulnerability-alerts");
    assert_eq!(bench.ask(&alerts).await, (204, String::new(), Value::Null));
    let immutable = format!("{org}/erp/immutable-releases");
    assert_eq!(bench.ask(&immutable).await.2["enabled"], true);
    bench.emulator.edit(|company| {
        let repo = company.repo_mut("erp").unwrap();
        repo.vulnerability_alerts = false;
        repo.immutable_releases = false;
        repo.files.remove(".github/CODEOWNERS");
    });
    assert_eq!(bench.ask(&alerts).await, (404, String::new(), Value::Null));
    assert_eq!(bench.ask(&immutable).await.0, 404);
    assert_eq!(
        bench.ask(&format!("{org}/erp/codeowners/errors")).await.0,
        404
    );
    let (status, message, _) = bench.ask(&format!("{org}/erp/dependabot/alerts")).await;
    assert_eq!(status, 403);
    assert!(message.contains("disabled"));
    let bench = Bench::new(
        bench.emulator.company(),
        Options {
            alerts_off_says_so: true,
            ..Options::default()
        },
    );
    assert_eq!(
        bench.ask(&alerts).await.1,
        "Vulnerability alerts are disabled."
    );
}

#[tokio::test]
async fn files_come_encoded_raw_or_as_a_folder() {
    let bench = Bench::tidy();
    let path = "repos/harborpoint-example/website/contents/SECURITY.md";
    let (_, _, file) = bench.ask(path).await;
    has(
        &file,
        &["type", "name", "path", "sha", "size", "content", "encoding"],
    );
    assert_eq!(
        (&file["type"], &file["encoding"]),
        (&"file".into(), &"base64".into())
    );
    let raw = bench
        .client
        .get(format!("{}/{path}", bench.emulator.api_url()))
        .header("accept", "application/vnd.github.raw+json")
        .header("x-github-api-version", "2022-11-28")
        .header("user-agent", "tests/1")
        .bearer_auth(bench.emulator.token())
        .send()
        .await
        .unwrap();
    assert!(raw.text().await.unwrap().starts_with("# Security policy"));
    let (_, _, folder) = bench
        .ask("repos/harborpoint-example/website/contents/.github")
        .await;
    let names: Vec<&str> = folder
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["CODEOWNERS", "workflows"]);
}

#[tokio::test]
async fn the_secret_is_in_the_clear_unless_it_is_hidden() {
    let bench = flawed();
    let path = "orgs/harborpoint-example/secret-scanning/alerts?state=open";
    let shown = bench.ask(path).await.2.to_string();
    assert!(shown.contains(LEAKED_SECRET));
    let (_, _, hidden) = bench.ask(&format!("{path}&hide_secret=true")).await;
    assert!(!hidden.as_array().unwrap().is_empty());
    assert!(!hidden.to_string().contains(LEAKED_SECRET));
}

#[tokio::test]
async fn the_list_can_leave_security_to_each_repository() {
    let bench = Bench::new(
        Company::tidy(&shape()),
        Options {
            list_without_security: true,
            ..Options::default()
        },
    );
    let row = first(&bench, "orgs/harborpoint-example/repos").await;
    assert!(row.get("security_and_analysis").is_none());
    let (_, _, repo) = bench.ask("repos/harborpoint-example/erp").await;
    assert!(repo.get("security_and_analysis").is_some());
}

#[tokio::test]
async fn the_audit_log_understands_its_parameters() {
    let bench = Bench::tidy();
    let org = "orgs/harborpoint-example/audit-log";
    let (all, _) = bench.all(&format!("{org}?include=all&per_page=100")).await;
    let (web, _) = bench.all(&format!("{org}?per_page=100")).await;
    let (git, _) = bench.all(&format!("{org}?include=git&per_page=100")).await;
    assert_eq!(all.len(), web.len() + git.len());
    assert!(git.iter().all(|entry| entry["action"] == "git.push"));
    let middle = all[all.len() / 2]["created_at"].as_i64().unwrap();
    let at = chrono::DateTime::from_timestamp_millis(middle).unwrap();
    let day = at.format("%Y-%m-%dT%H:%M:%SZ");
    let (some, _) = bench
        .all(&format!(
            "{org}?include=all&per_page=100&phrase=created:%3E%3D{day}"
        ))
        .await;
    assert!(some.len() < all.len() && !some.is_empty());
    assert_eq!(bench.ask(&format!("{org}?phrase=actor:x")).await.0, 422);
    let (_, _, up) = bench.ask(&format!("{org}?include=all&order=asc")).await;
    assert_eq!(up[0], *all.last().unwrap());
}
