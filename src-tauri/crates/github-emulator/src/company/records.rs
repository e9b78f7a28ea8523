//! What the organization has besides people and repositories.

use serde_json::{Value, json};
use stand_in::seed::{before, guid, mix, stamp};

use super::{Company, Role, Shape, simple_user};

/// Installations, hooks, runners, roles, the audit log and authorized credentials of a careful organization.
pub(super) fn fill(company: &mut Company, shape: &Shape) {
    company.installations = vec![
        installation(company, 31_000_001, "evidence-reader", "read"),
        installation(company, 31_000_002, "dependency-updates", "read"),
    ];
    company.hooks = vec![hook(company, 800_000, None)];
    company.runners = vec![json!({
        "id": 23, "name": "shop-floor-1", "os": "Linux", "status": "online", "busy": false, "ephemeral": true,
        "runner_group_id": 1,
        "labels": [
            {"id": 5, "name": "self-hosted", "type": "read-only"},
            {"id": 7, "name": "Linux", "type": "read-only"},
        ],
    })];
    company.runner_groups = vec![json!({
        "id": 1, "name": "Default", "visibility": "all", "default": true, "inherited": false,
        "allows_public_repositories": false, "restricted_to_workflows": false, "selected_workflows": [],
    })];
    if shape.public > 0 {
        // A careful owner has no runner of their own within reach of the public.
        company.runners.clear();
    }
    company.invitations = vec![invitation(company, 3_000_001, 2)];
    company.roles = roles(company);
    company.audit_log = audit_log(company, shape.seed);
    company.credential_authorizations = company
        .members
        .iter()
        .take(20)
        .enumerate()
        .map(|(number, person)| {
            let number = number as u64;
            json!({
                "login": person.login, "credential_id": 161_195 + number,
                "credential_type": "personal access token",
                "token_last_eight": format!("{:08x}", mix(number) >> 32),
                "credential_authorized_at": before(company.now, 90, 0),
                "credential_accessed_at": before(company.now, 1, 0),
                "authorized_credential_id": 12_345 + number, "authorized_credential_title": null,
                "authorized_credential_note": "evidence", "scopes": ["repo"],
                "authorized_credential_expires_at": stamp(company.now + chrono::Duration::days(60)),
            })
        })
        .collect();
}

/// An installed app, on all repositories, with this access to contents.
pub(super) fn installation(company: &Company, id: u64, slug: &str, contents: &str) -> Value {
    json!({
        "id": id, "account": company.account(), "app_id": id - 30_000_000, "app_slug": slug,
        "client_id": format!("Iv1.{:016x}", mix(id)), "target_id": company.id, "target_type": "Organization",
        "repository_selection": "all",
        "access_tokens_url": format!("https://api.github.com/app/installations/{id}/access_tokens"),
        "repositories_url": "https://api.github.com/installation/repositories",
        "html_url": format!("https://github.com/organizations/{}/settings/installations/{id}", company.login),
        "permissions": {"metadata": "read", "contents": contents}, "events": [], "single_file_name": null,
        "has_multiple_single_files": false, "single_file_paths": [], "created_at": before(company.now, 200, 0),
        "updated_at": before(company.now, 100, 0), "suspended_by": null, "suspended_at": null,
    })
}

/// A webhook over verified TLS with a secret, of the organization or of a repository.
pub(super) fn hook(company: &Company, id: u64, repo: Option<&str>) -> Value {
    let place = repo.map_or_else(
        || format!("orgs/{}", company.login),
        |repo| format!("repos/{}/{repo}", company.login),
    );
    let url = format!("https://api.github.com/{place}/hooks/{id}");
    let mut hook = json!({
        "id": id, "url": url, "ping_url": format!("{url}/pings"), "deliveries_url": format!("{url}/deliveries"),
        "name": "web", "type": if repo.is_some() { "Repository" } else { "Organization" },
        "events": ["push"], "active": true,
        "config": {
            "url": "https://hooks.harborpoint.example/github", "content_type": "json", "insecure_ssl": "0",
            "secret": "********",
        },
        "created_at": before(company.now, 250, 0), "updated_at": before(company.now, 20, 0),
    });
    if repo.is_some() {
        hook["test_url"] = json!(format!("{url}/test"));
        hook["last_response"] = json!({"code": 200, "status": "active", "message": "OK"});
    }
    hook
}

/// A pending invitation that is so many days old.
pub(super) fn invitation(company: &Company, id: u64, days: i64) -> Value {
    let inviter = company
        .members
        .first()
        .map(|person| simple_user(&person.login, person.id));
    json!({
        "id": id, "login": null, "email": format!("new{id}@harborpoint.example"), "role": "direct_member",
        "created_at": before(company.now, days, 5), "failed_at": null, "failed_reason": null, "inviter": inviter,
        "team_count": 0, "node_id": format!("OIN_kwDO{id:x}"),
        "invitation_teams_url": format!("https://api.github.com/organizations/{}/invitations/{id}/teams", company.id),
        "invitation_source": "member",
    })
}

fn roles(company: &Company) -> Vec<Role> {
    let role = |id: u64, name: &str, base: &str, users: Vec<String>, teams: Vec<Value>| Role {
        row: json!({
            "id": id, "name": name, "description": "A role that came with the organization.", "base_role": base,
            "source": "Predefined", "permissions": [], "organization": company.account(),
            "created_at": "2024-02-01T00:00:00Z", "updated_at": "2024-02-01T00:00:00Z",
        }),
        users,
        teams,
    };
    let team = json!({
        "id": 77, "node_id": "T_kwDOexample", "name": "Security", "slug": "security", "description": null,
        "privacy": "closed", "notification_setting": "notifications_enabled", "permission": "pull",
        "url": format!("https://api.github.com/organizations/{}/team/77", company.id),
        "html_url": format!("https://github.com/orgs/{}/teams/security", company.login),
        "members_url": format!("https://api.github.com/organizations/{}/team/77/members{{/member}}", company.id),
        "repositories_url": format!("https://api.github.com/organizations/{}/team/77/repos", company.id),
        "parent": null, "assignment": "direct", "type": "organization", "organization_id": company.id,
    });
    let second: Vec<String> = company
        .members
        .iter()
        .skip(1)
        .take(1)
        .map(|person| person.login.clone())
        .collect();
    vec![
        role(8_132, "all_repo_read", "read", Vec::new(), Vec::new()),
        role(8_136, "all_repo_admin", "admin", Vec::new(), Vec::new()),
        role(8_140, "security_manager", "read", second, vec![team]),
    ]
}

/// A day's worth of entries for every few members, newest first.
fn audit_log(company: &Company, seed: u64) -> Vec<Value> {
    const ACTIONS: [(&str, &str); 5] = [
        ("repo.access", "modify"),
        ("git.push", "modify"),
        ("org.add_member", "create"),
        ("protected_branch.policy_override", "modify"),
        ("team.add_member", "modify"),
    ];
    let entries = (company.members.len() * 4).clamp(20, 2_000) as u64;
    let newest = company.now.timestamp_millis();
    (0..entries)
        .filter_map(|number| {
            let word = mix(seed ^ number.wrapping_mul(31));
            let at = newest - i64::try_from(number * 1_800_000 + word % 1_000_000).ok()?;
            let actor = company
                .members
                .get(usize::try_from(word % company.members.len().max(1) as u64).ok()?)?;
            let (action, operation) = ACTIONS.get(usize::try_from(word % 5).ok()?)?;
            Some(json!({
                "@timestamp": at, "action": action, "actor": actor.login, "actor_id": actor.id, "created_at": at,
                "org": company.login, "org_id": company.id, "operation_type": operation,
                "repo": format!("{}/erp", company.login), "visibility": "private",
                "actor_location": {"country_name": "United States"},
                "_document_id": guid("audit", number).replace('-', ""),
            }))
        })
        .collect()
}
