//! How each permission stands. GitHub lists them for an app; of a token it says only, for each request, whether it was
//! let through and what would have been accepted, so one small question is asked for each.

use super::{Organization, credential::Credential, plan::Which, refusal, repositories::Repository};
use provider_kit::{
    Answer, Ask, ErrorClass, Grant, GrantState, Manifest, ProviderError, conditional::Nothing,
    manifest::Permission,
};
use std::collections::BTreeMap;

/// What stands for "made by an owner" in the list.
pub const OWNER: &str = "owner of the organization";

/// A small question for each permission: a path and its query. Those about a repository have `{repo}`.
const QUESTIONS: &[(&str, &str, &str)] = &[
    ("administration", "/repos/{repo}/keys", "per_page=1"),
    ("contents", "/repos/{repo}/contents/CODEOWNERS", ""),
    (
        "vulnerability_alerts",
        "/orgs/{org}/dependabot/alerts",
        "state=open&per_page=1",
    ),
    (
        "security_events",
        "/orgs/{org}/code-scanning/alerts",
        "state=open&per_page=1",
    ),
    (
        "secret_scanning_alerts",
        "/orgs/{org}/secret-scanning/alerts",
        "state=open&hide_secret=true&per_page=1",
    ),
    ("repository_hooks", "/repos/{repo}/hooks", "per_page=1"),
    ("members", "/orgs/{org}/outside_collaborators", "per_page=1"),
    (
        "organization_administration",
        "/orgs/{org}/actions/permissions",
        "",
    ),
    (
        "organization_self_hosted_runners",
        "/orgs/{org}/actions/runners",
        "per_page=1",
    ),
    ("organization_hooks", "/orgs/{org}/hooks", "per_page=1"),
    (
        "organization_custom_org_roles",
        "/orgs/{org}/organization-roles",
        "",
    ),
];

/// How each permission of the manifest stands, then what is too much.
///
/// # Errors
///
/// Cancelled, and a token that is not accepted any more.
pub async fn of(session: &Organization) -> Result<Vec<Grant>, ProviderError> {
    let manifest = &session.manifest;
    let mut grants = Vec::new();
    if let Some(installation) = session
        .reach
        .credential
        .installation(&session.reach.cancel)
        .await?
    {
        grants.extend(manifest.permissions.iter().map(|permission| {
            match installation.permissions.get(key(permission)) {
                Some(_) => granted(permission),
                None => missing(permission, &session.reach.credential, ""),
            }
        }));
        grants.push(Grant {
            permission: OWNER.to_owned(),
            state: GrantState::Unknown,
            why: "An app is no owner: GitHub does not tell it who has no second factor. These checks stay unknown."
                .to_owned(),
            fix: "To have them too, connect with a token that an owner made.".to_owned(),
        });
        if installation.selected {
            grants.push(Grant {
                permission: "all repositories".to_owned(),
                state: GrantState::Missing,
                why: "The app is installed on selected repositories; the others are not seen."
                    .to_owned(),
                fix: "Organization settings > GitHub Apps > Configure > Repository access: All repositories."
                    .to_owned(),
            });
        }
        grants.extend(excess_of_app(manifest, &installation.permissions));
        return Ok(grants);
    }
    let repositories = session.repositories.list(&session.reach, &Nothing).await;
    if let Err(error) = &repositories
        && stops(error)
    {
        return Err(error.clone());
    }
    for permission in &manifest.permissions {
        let grant = if key(permission) == "metadata" {
            match &repositories {
                Ok(_) => granted(permission),
                Err(error) => judged(permission, Err(error.clone()), session),
            }
        } else {
            let in_use = repositories
                .as_ref()
                .ok()
                .into_iter()
                .flat_map(|listing| &listing.repositories)
                .filter(|one| one.is(Which::InUse));
            // Anybody reads the files of a public one.
            let repository = in_use
                .clone()
                .find(|one| !one.public)
                .or_else(|| in_use.clone().next());
            try_out(session, permission, repository).await?
        };
        grants.push(grant);
    }
    let administration = grants
        .iter()
        .find(|grant| grant.permission == "organization_administration:read");
    let told = administration.is_none_or(|grant| grant.state == GrantState::Granted);
    grants.push(owner(session, told));
    grants.extend(excess_of_scopes(session));
    Ok(grants)
}

/// The permission's name at the interface.
fn key(permission: &Permission) -> &str {
    permission.role_id.as_deref().unwrap_or(&permission.grant)
}

async fn try_out(
    session: &Organization,
    permission: &Permission,
    repository: Option<&Repository>,
) -> Result<Grant, ProviderError> {
    let question = QUESTIONS
        .iter()
        .find(|(name, _, _)| *name == key(permission));
    let Some((name, path, query)) = question else {
        return Ok(unknown(permission, "This app knows no request for it."));
    };
    if path.contains("{repo}") {
        match repository {
            None => return Ok(unknown(permission, "There is no repository to try it on.")),
            Some(one) if one.public && *name == "contents" => {
                return Ok(unknown(
                    permission,
                    "All repositories in use are public, which anybody may read.",
                ));
            }
            Some(_) => {}
        }
    }
    let full_name = repository.map_or("", |one| one.full_name.as_str());
    let path = path
        .replace("{org}", &session.reach.target.organization)
        .replace("{repo}", full_name);
    let ask = Ask::get(session.reach.target.below(&path, query)?);
    let told = session.reach.told(ask, &Nothing).await;
    if let Err(error) = &told
        && stops(error)
    {
        return Err(error.clone());
    }
    Ok(judged(permission, told.map(|told| told.answer), session))
}

/// What an answer to a small question says about its permission.
fn judged(
    permission: &Permission,
    answer: Result<Answer, ProviderError>,
    session: &Organization,
) -> Grant {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => return unknown(permission, &format!("Trying it out did not tell: {error}")),
    };
    if answer.is_success() {
        return granted(permission);
    }
    let error = refusal::of(&answer);
    match (answer.status, error.class) {
        // A file that is not there was looked for.
        (404, _) if key(permission) == "contents" => granted(permission),
        (403, ErrorClass::Permission) => {
            let mut grant = missing(
                permission,
                &session.reach.credential,
                &refusal::accepted(&answer),
            );
            if error.code != "permission_missing" {
                grant.why = format!("{} {}", permission.why, error.why);
                grant.fix = error.fix;
            }
            grant
        }
        // Understood and let through: it is not in use, or not licensed.
        (_, ErrorClass::ServiceNotUsed | ErrorClass::Licence) => unknown(permission, &error.why),
        _ => unknown(permission, &format!("Trying it out did not tell: {error}")),
    }
}

fn granted(permission: &Permission) -> Grant {
    Grant {
        permission: permission.grant.clone(),
        state: GrantState::Granted,
        why: permission.why.clone(),
        fix: String::new(),
    }
}

fn unknown(permission: &Permission, why: &str) -> Grant {
    Grant {
        permission: permission.grant.clone(),
        state: GrantState::Unknown,
        why: format!("{} {why}", permission.why),
        fix: String::new(),
    }
}

fn missing(permission: &Permission, credential: &Credential, accepted: &str) -> Grant {
    let lost = Manifest::datasets_of(&permission.grant, crate::datasets::ALL).join(", ");
    let name = refusal::named(key(permission));
    let other = match accepted {
        "" => String::new(),
        accepted => format!(" GitHub would accept: {accepted}."),
    };
    let fix = if credential.is_app() {
        format!(
            "On the app's page open Permissions & events, set {name} to Read-only, then accept the change under Organization settings > GitHub Apps > Configure."
        )
    } else if credential.is_fine_grained() {
        format!(
            "Settings > Developer settings > Personal access tokens > Fine-grained tokens > this token > Edit: set {name} to Read-only."
        )
    } else {
        format!(
            "Make a fine-grained token with {name} as Read-only; a classic token would need scopes that can change things."
        )
    };
    Grant {
        permission: permission.grant.clone(),
        state: GrantState::Missing,
        why: format!(
            "{} Without it these can't be read: {lost}.{other}",
            permission.why
        ),
        fix,
    }
}

/// Whether an owner made the token. Without the permission for settings nobody sees what tells it.
fn owner(session: &Organization, told: bool) -> Grant {
    let (state, why, fix) = if !session.owner && !told {
        (
            GrantState::Unknown,
            "Whether an owner made the token shows with the permission for the organization's administration only.",
            "",
        )
    } else if session.owner {
        (
            GrantState::Granted,
            "Whoever made the token sees what only owners see.",
            "",
        )
    } else {
        (
            GrantState::Missing,
            "GitHub tells owners alone whether two-factor authentication is required and who has none. These checks stay unknown.",
            "Have an owner of the organization make the token.",
        )
    };
    Grant {
        permission: OWNER.to_owned(),
        state,
        why: why.to_owned(),
        fix: fix.to_owned(),
    }
}

/// What an app was granted beyond reading what is read here. A token is asked for without it, but the app has it.
fn excess_of_app(manifest: &Manifest, permissions: &BTreeMap<String, String>) -> Vec<Grant> {
    permissions
        .iter()
        .filter(|(name, level)| {
            let needed = manifest
                .permissions
                .iter()
                .any(|permission| key(permission) == name.as_str());
            level.as_str() != "read" || !needed
        })
        .map(|(name, level)| {
            let grant = format!("{name}:{level}");
            let why = manifest
                .excess_of(&grant)
                .unwrap_or("This connection does not need it.")
                .to_owned();
            let to = if manifest.permissions.iter().any(|one| key(one) == name) {
                "Read-only"
            } else {
                "No access"
            };
            Grant {
                permission: grant,
                state: GrantState::Excess,
                why,
                fix: format!(
                    "On the app's page open Permissions & events and set {} to {to}.",
                    refusal::named(name)
                ),
            }
        })
        .collect()
}

/// The scopes of a classic token: every one is broader than what is needed.
fn excess_of_scopes(session: &Organization) -> Vec<Grant> {
    let Some(scopes) = session.reach.noted().scopes else {
        return Vec::new();
    };
    scopes
        .into_iter()
        .map(|scope| {
            let why = session.manifest.excess_of(&scope).map_or_else(
                || "A fine-grained token reads the same with less.".to_owned(),
                str::to_owned,
            );
            Grant {
                permission: scope,
                state: GrantState::Excess,
                why,
                fix: "Make a fine-grained token with the permissions in the table as Read-only, enter it here, and delete this classic token."
                    .to_owned(),
            }
        })
        .collect()
}

const fn stops(error: &ProviderError) -> bool {
    matches!(
        error.class,
        ErrorClass::Cancelled | ErrorClass::Authentication
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::MANIFEST;

    #[test]
    fn every_permission_of_the_manifest_can_be_tried_out() {
        for permission in &MANIFEST.permissions {
            let name = key(permission);
            assert!(
                name == "metadata" || QUESTIONS.iter().any(|(known, _, _)| *known == name),
                "{name}"
            );
            assert_eq!(permission.grant, format!("{name}:read"));
            assert_ne!(refusal::named(name), name, "it has a name for people");
        }
    }

    #[test]
    fn what_an_app_may_write_or_does_not_need_is_too_much() {
        let held = [
            ("administration", "write"),
            ("contents", "read"),
            ("issues", "read"),
            ("members", "admin"),
        ];
        let held = held
            .map(|(name, level)| (name.to_owned(), level.to_owned()))
            .into();
        let excess = excess_of_app(&MANIFEST, &held);
        let names: Vec<&str> = excess.iter().map(|one| one.permission.as_str()).collect();
        assert_eq!(
            names,
            ["administration:write", "issues:read", "members:admin"]
        );
        assert!(excess[0].why.contains("change") && excess[0].fix.contains("Read-only"));
        assert!(excess[1].fix.contains("No access"));
    }
}
