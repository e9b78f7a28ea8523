//! What the App asks with its assertion: itself, its installation, and a token for it.

use chrono::Duration;
use serde_json::{Map, Value, json};
use stand_in::seed::stamp;
use stand_in::{Reply, Request};

use super::jwt;
use crate::permission::{Access, Permissions};
use crate::refusal::{JSON, Refusal};
use crate::state::State;
use crate::token::{Selection, Token, TokenKind};

/// How long an installation token lives, in minutes.
const LIFETIME: i64 = 60;

/// Serves the addresses that take an assertion; `None` when it is not one of them.
pub(crate) fn serve(
    state: &State,
    request: &Request,
    segments: &[String],
) -> Option<Result<Reply, Refusal>> {
    let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
    let (get, post) = (request.method == "GET", request.method == "POST");
    let answer: fn(&State, &Request, &str) -> Result<Reply, Refusal> = match segments.as_slice() {
        ["app"] if get => |state, _, _| Ok(Reply::json(200, JSON, &app(state))),
        ["orgs", _, "installation"] if get => |state, _, org| installation(state, org),
        ["app", "installations", _, "access_tokens"] if post => access_token,
        _ => return None,
    };
    let subject = match segments.as_slice() {
        ["orgs", org, _] => *org,
        ["app", _, id, _] => *id,
        _ => "",
    };
    Some(
        jwt::check(state, request.header("authorization"))
            .and_then(|()| answer(state, request, subject)),
    )
}

fn words(permissions: &Permissions) -> Value {
    let members: Map<String, Value> = permissions
        .iter()
        .map(|(key, access)| (key.clone(), json!(access.word())))
        .collect();
    Value::Object(members)
}

fn app(state: &State) -> Value {
    let app = &state.options.app;
    let company = state.company();
    json!({
        "id": app.id, "client_id": app.client_id, "slug": app.slug, "node_id": "A_kwDOexample",
        "owner": company.account(), "name": "Evidence reader", "description": "Reads settings. Changes nothing.",
        "external_url": "https://harborpoint.example", "html_url": format!("https://github.com/apps/{}", app.slug),
        "created_at": "2026-01-10T09:00:00Z", "updated_at": "2026-01-10T09:00:00Z",
        "permissions": words(&app.permissions), "events": [], "installations_count": 1,
    })
}

fn installation(state: &State, org: &str) -> Result<Reply, Refusal> {
    let app = &state.options.app;
    let company = state.company();
    if !org.eq_ignore_ascii_case(&company.login) || !app.installed {
        return Err(Refusal::not_found());
    }
    let id = app.installation_id;
    let body = json!({
        "id": id, "account": company.account(), "app_id": app.id, "app_slug": app.slug, "client_id": app.client_id,
        "target_id": company.id, "target_type": "Organization", "repository_selection": app.repositories.word(),
        "access_tokens_url": format!("https://api.github.com/app/installations/{id}/access_tokens"),
        "repositories_url": "https://api.github.com/installation/repositories",
        "html_url": format!("https://github.com/organizations/{}/settings/installations/{id}", company.login),
        "permissions": words(&app.permissions), "events": [], "single_file_name": null,
        "has_multiple_single_files": false, "single_file_paths": [],
        "created_at": "2026-01-10T09:05:00Z", "updated_at": "2026-01-10T09:05:00Z",
        "suspended_by": null, "suspended_at": app.suspended.then_some("2026-11-01T00:00:00Z"),
    });
    Ok(Reply::json(200, JSON, &body))
}

fn access_token(state: &State, request: &Request, id: &str) -> Result<Reply, Refusal> {
    let app = &state.options.app;
    if id != app.installation_id.to_string() || !app.installed {
        return Err(Refusal::not_found());
    }
    if app.suspended {
        return Err(Refusal::new(403, "This installation has been suspended"));
    }
    let body = if request.body.is_empty() {
        json!({})
    } else {
        serde_json::from_slice(&request.body)
            .map_err(|_| Refusal::new(400, "Problems parsing JSON"))?
    };
    let permissions = narrowed(&app.permissions, &body["permissions"])?;
    let repositories = match &body["repositories"] {
        Value::Null => app.repositories.clone(),
        Value::Array(names) => {
            let names: Vec<String> = names
                .iter()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect();
            if let Some(other) = names
                .iter()
                .find(|name| state.company().repo(name).is_none() || !app.repositories.holds(name))
            {
                return Err(Refusal::unprocessable(format!(
                    "There is at least one repository that does not exist or is not accessible to the parent \
                     installation: {other}"
                )));
            }
            Selection::Named(names)
        }
        _ => return Err(Refusal::unprocessable("Validation Failed")),
    };
    let expires = state.now() + Duration::minutes(LIFETIME);
    let token = Token {
        permissions,
        repositories,
        expires_at: Some(expires),
        ..Token::new(TokenKind::Installation, &state.fresh())
    };
    let answer = json!({
        "token": token.secret, "expires_at": stamp(expires), "permissions": words(&token.permissions),
        "repository_selection": token.repositories.word(),
    });
    state.accept(token);
    Ok(Reply::json(201, JSON, &answer))
}

/// The permissions that were asked for; all of them when none were. More than the installation has is refused.
fn narrowed(have: &Permissions, asked: &Value) -> Result<Permissions, Refusal> {
    let Value::Object(asked) = asked else {
        return Ok(have.clone());
    };
    let mut narrow = Permissions::new();
    for (key, word) in asked {
        let access = word
            .as_str()
            .and_then(Access::from_word)
            .filter(|access| have.get(key).is_some_and(|most| most >= access))
            .ok_or_else(|| {
                Refusal::unprocessable(
                    "The permissions requested are not granted to this installation.",
                )
            })?;
        narrow.insert(key.clone(), access);
    }
    if let Some(metadata) = have.get("metadata") {
        narrow.entry("metadata".to_owned()).or_insert(*metadata);
    }
    Ok(narrow)
}
