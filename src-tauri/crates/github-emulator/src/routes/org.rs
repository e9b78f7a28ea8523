//! The organization and what belongs to it as a whole.

use serde_json::{Value, json};

use super::{READ, cloud_only, everywhere};
use crate::company::{Company, Plan, Visibility};
use crate::faults::Fault;
use crate::permission::{Access, granted};
use crate::refusal::Refusal;
use crate::route::{Call, Given, Place, Route, Whose};
use crate::token::{Token, TokenKind};

pub(super) const ROUTES: &[Route] = &[
    Route {
        place: Place::Org,
        path: "",
        needs: &[],
        scopes: &[],
        whose: Whose::Member,
        on: everywhere,
        serve: organization,
    },
    Route {
        place: Place::Org,
        path: "installations",
        needs: &[&[("organization_administration", READ)]],
        scopes: &["admin:org", "read:org", "admin:read"],
        whose: Whose::Administrator,
        on: everywhere,
        serve: |call| Ok(Given::rows(&call.company.installations).inside("installations")),
    },
    Route {
        place: Place::Org,
        path: "hooks",
        needs: &[&[("organization_hooks", READ)]],
        scopes: &["admin:org_hook"],
        whose: Whose::Administrator,
        on: everywhere,
        serve: |call| Ok(Given::rows(&call.company.hooks)),
    },
    Route {
        place: Place::Org,
        path: "audit-log",
        needs: &[&[("organization_administration", READ)]],
        scopes: &["admin:org", "read:audit_log"],
        whose: Whose::Administrator,
        on: everywhere,
        serve: audit_log,
    },
    Route {
        place: Place::Org,
        path: "credential-authorizations",
        needs: &[&[("organization_administration", READ)]],
        scopes: &["admin:org", "read:org"],
        whose: Whose::Administrator,
        on: cloud_only,
        serve: |call| {
            if call.company.plan != Plan::Enterprise || !call.company.saml {
                return Err(Refusal::not_found());
            }
            Ok(Given::rows(&call.company.credential_authorizations))
        },
    },
    // A read permission is not enough for these two, which is why a client should not ask.
    Route {
        place: Place::Org,
        path: "rulesets",
        needs: &[&[("organization_administration", Access::Write)]],
        scopes: &["admin:org"],
        whose: Whose::Administrator,
        on: everywhere,
        serve: |_| Ok(Given::owned(Vec::new())),
    },
    Route {
        place: Place::Org,
        path: "code-security/configurations",
        needs: &[&[("organization_administration", Access::Write)]],
        scopes: &["admin:org"],
        whose: Whose::Administrator,
        on: everywhere,
        serve: |_| Ok(Given::owned(Vec::new())),
    },
];

/// Whether the token sees what only an administrator of the organization sees.
fn sees_settings(token: &Token) -> bool {
    if !token.administers() {
        return false;
    }
    if token.kind.has_scopes() {
        return token.scopes.iter().any(|scope| scope == "admin:org");
    }
    granted(
        &token.permissions,
        &[&[("organization_administration", READ)]],
    )
}

fn organization<'a>(call: &Call<'a>) -> Result<Given<'a>, Refusal> {
    let company = call.company;
    let mut organization = public_part(company);
    if call.faults.contains(&Fault::WrongOrganization) {
        organization["id"] = json!(company.id + 1);
    }
    if sees_settings(call.token)
        && let Value::Object(members) = &mut organization
    {
        members.extend(company.settings.clone());
        if !call.token.owner {
            // An app is no owner, and only owners see two-factor data.
            members.insert("two_factor_requirement_enabled".to_owned(), Value::Null);
        }
        let private = company.repos.len() - public_repos(company);
        members.insert("total_private_repos".to_owned(), json!(private));
        members.insert("owned_private_repos".to_owned(), json!(private));
        members.insert(
            "billing_email".to_owned(),
            json!("books@harborpoint.example"),
        );
        members.insert(
            "plan".to_owned(),
            json!({
                "name": company.plan.word(), "space": 976_562_499, "private_repos": 999_999,
                "filled_seats": company.members.len(), "seats": company.members.len() + 1,
            }),
        );
    }
    Ok(Given::One(organization))
}

fn public_repos(company: &Company) -> usize {
    let public = |visibility| visibility == Visibility::Public;
    company
        .repos
        .iter()
        .filter(|repo| public(repo.visibility))
        .count()
}

fn public_part(company: &Company) -> Value {
    let (login, id) = (&company.login, company.id);
    let api = format!("https://api.github.com/orgs/{login}");
    json!({
        "login": login, "id": id, "node_id": format!("O_kgDO{id:x}"), "url": api,
        "repos_url": format!("{api}/repos"), "events_url": format!("{api}/events"),
        "hooks_url": format!("{api}/hooks"), "issues_url": format!("{api}/issues"),
        "members_url": format!("{api}/members{{/member}}"),
        "public_members_url": format!("{api}/public_members{{/member}}"),
        "avatar_url": format!("https://avatars.githubusercontent.com/u/{id}?v=4"),
        "html_url": format!("https://github.com/{login}"), "description": null, "name": "Harborpoint Machining",
        "blog": "https://harborpoint.example", "twitter_username": null,
        "is_verified": company.is_verified, "has_organization_projects": true, "has_repository_projects": true,
        "public_repos": public_repos(company), "public_gists": 0, "followers": 0, "following": 0,
        "type": "Organization", "created_at": "2023-05-02T13:00:00Z", "updated_at": "2026-10-30T09:12:44Z",
        "archived_at": null,
    })
}

/// The entries that `phrase`, `include` and `order` leave. Of the phrase, `created:>=DATE` is understood.
fn audit_log<'a>(call: &Call<'a>) -> Result<Given<'a>, Refusal> {
    if call.company.plan != Plan::Enterprise && !call.state.options.product.is_server() {
        return Err(Refusal::not_found());
    }
    let include = call.query.one_of("include", &["web", "all", "git"])?;
    let order = call.query.one_of("order", &["desc", "asc"])?;
    let since = match call.query.get("phrase") {
        None => i64::MIN,
        Some(phrase) => {
            since(phrase).ok_or_else(|| Refusal::unprocessable("The phrase is not understood."))?
        }
    };
    let git = |entry: &Value| {
        entry["action"]
            .as_str()
            .is_some_and(|action| action.starts_with("git."))
    };
    let mut rows: Vec<&'a Value> = call
        .company
        .audit_log
        .iter()
        .filter(|entry| entry["created_at"].as_i64().is_some_and(|at| at >= since))
        .filter(|entry| match include {
            "git" => git(entry),
            "web" => !git(entry),
            _ => true,
        })
        .collect();
    if order == "asc" {
        rows.reverse();
    }
    let count = rows.len();
    let given = Given::made(count, move |at| {
        rows.get(at).map(|row| (*row).clone()).unwrap_or_default()
    });
    Ok(given.by_cursor())
}

/// The start of `created:>=2026-11-16`, with a date or a time, in milliseconds.
fn since(phrase: &str) -> Option<i64> {
    let text = phrase.trim().strip_prefix("created:>=")?;
    let at = if text.len() == 10 {
        format!("{text}T00:00:00Z")
    } else {
        text.to_owned()
    };
    Some(
        chrono::DateTime::parse_from_rfc3339(&at)
            .ok()?
            .timestamp_millis(),
    )
}

/// What an installation may list of its own.
pub(super) fn only_installations(call: &Call) -> Result<(), Refusal> {
    if call.token.kind == TokenKind::Installation {
        return Ok(());
    }
    Err(Refusal::new(
        403,
        "You must authenticate with an installation access token in order to list repositories for an installation.",
    ))
}
