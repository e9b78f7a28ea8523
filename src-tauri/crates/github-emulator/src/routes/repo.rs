//! Repositories and what is switched on in them.

use serde_json::{Value, json};

use super::{READ, cloud_only, everywhere};
use crate::company::Repo;
use crate::permission::{Access, Needs};
use crate::refusal::Refusal;
use crate::route::{Call, Given, Place, Route, Whose};
use crate::token::Token;

const ADMINISTRATION: Needs = &[&[("administration", READ)]];

/// An address below a repository that an administrator may read.
const fn administered(
    path: &'static str,
    serve: for<'a> fn(&Call<'a>) -> Result<Given<'a>, Refusal>,
) -> Route {
    Route {
        place: Place::Repo,
        path,
        needs: ADMINISTRATION,
        scopes: &["repo"],
        whose: Whose::Administrator,
        on: everywhere,
        serve,
    }
}

pub(super) const ROUTES: &[Route] = &[
    Route {
        place: Place::Org,
        path: "repos",
        needs: &[&[("metadata", READ)]],
        scopes: &[],
        whose: Whose::Member,
        on: everywhere,
        serve: of_organization,
    },
    Route {
        place: Place::Root,
        path: "installation/repositories",
        needs: &[],
        scopes: &[],
        whose: Whose::Member,
        on: everywhere,
        serve: |call| {
            super::org::only_installations(call)?;
            Ok(listed(call).inside("repositories"))
        },
    },
    Route {
        place: Place::Repo,
        path: "",
        needs: &[&[("metadata", READ)]],
        scopes: &[],
        whose: Whose::Member,
        on: everywhere,
        serve: |call| {
            let mut repo = full(call, call.repo()?);
            repo["organization"] = repo["owner"].clone();
            repo["network_count"] = json!(0);
            repo["subscribers_count"] = json!(1);
            repo["temp_clone_token"] = Value::Null;
            Ok(Given::One(repo))
        },
    },
    administered("keys", |call| Ok(Given::rows(&call.repo()?.keys))),
    Route {
        place: Place::Repo,
        path: "hooks",
        needs: &[&[("repository_hooks", READ)]],
        scopes: &["repo", "admin:repo_hook", "read:repo_hook"],
        whose: Whose::Administrator,
        on: everywhere,
        serve: |call| Ok(Given::rows(&call.repo()?.hooks)),
    },
    administered("vulnerability-alerts", |call| {
        if call.repo()?.vulnerability_alerts {
            Ok(Given::Nothing)
        } else if call.state.options.alerts_off_says_so {
            Err(Refusal::new(404, "Vulnerability alerts are disabled."))
        } else {
            Err(Refusal::bare(404))
        }
    }),
    administered("automated-security-fixes", |call| {
        Ok(Given::One(call.repo()?.security_fixes.clone()))
    }),
    Route {
        place: Place::Repo,
        path: "private-vulnerability-reporting",
        needs: &[&[("metadata", READ)]],
        scopes: &["repo"],
        whose: Whose::Member,
        on: cloud_only,
        serve: |call| {
            Ok(Given::One(
                json!({"enabled": call.repo()?.private_reporting}),
            ))
        },
    },
    Route {
        on: cloud_only,
        ..administered("immutable-releases", |call| {
            if call.repo()?.immutable_releases {
                Ok(Given::One(
                    json!({"enabled": true, "enforced_by_owner": false}),
                ))
            } else {
                Err(Refusal::not_found())
            }
        })
    },
];

/// Whether the token sees the repository at all.
pub(crate) fn visible(token: &Token, repo: &Repo) -> bool {
    if !repo.is_private() {
        return true;
    }
    token.approved
        && token.of_this_organization
        && token.repositories.holds(&repo.name)
        && (!token.kind.has_scopes() || token.scopes.iter().any(|scope| scope == "repo"))
}

fn administers(token: &Token, access: Access) -> bool {
    if !token.administers() {
        return false;
    }
    if token.kind.has_scopes() {
        // Such a token can do what its owner can.
        return token.scopes.iter().any(|scope| scope == "repo");
    }
    token
        .permissions
        .get("administration")
        .is_some_and(|have| *have >= access)
}

/// The repository as this token sees it.
pub(super) fn full(call: &Call, repo: &Repo) -> Value {
    let token = call.token;
    let mut row = repo.row(call.company);
    let writes = |key: &str| {
        token.kind.has_scopes()
            || token
                .permissions
                .get(key)
                .is_some_and(|have| *have >= Access::Write)
    };
    let administers_it = administers(token, Access::Read);
    row["permissions"] = json!({
        "admin": administers_it, "maintain": administers_it, "push": writes("contents"),
        "triage": writes("contents"), "pull": true,
    });
    if administers_it {
        row["security_and_analysis"] = repo.security.clone();
    }
    if administers(token, Access::Write) {
        row["delete_branch_on_merge"] = json!(repo.delete_branch_on_merge);
    }
    row
}

fn listed<'a>(call: &Call<'a>) -> Given<'a> {
    let token = call.token.clone();
    let repos: Vec<&'a Repo> = call
        .company
        .repos
        .iter()
        .filter(|repo| visible(&token, repo))
        .collect();
    owned_rows(call, repos)
}

/// Rows are made for the page alone, which is why the list keeps what it needs of the call.
fn owned_rows<'a>(call: &Call<'a>, repos: Vec<&'a Repo>) -> Given<'a> {
    let call = Call {
        rest: Vec::new(),
        ..*call
    };
    Given::made(repos.len(), move |at| {
        let Some(repo) = repos.get(at) else {
            return Value::Null;
        };
        let mut row = full(&call, repo);
        if call.state.options.list_without_security
            && let Value::Object(members) = &mut row
        {
            members.remove("security_and_analysis");
        }
        row
    })
}

fn of_organization<'a>(call: &Call<'a>) -> Result<Given<'a>, Refusal> {
    let kind = call.query.one_of(
        "type",
        &["all", "public", "private", "forks", "sources", "member"],
    )?;
    let sort = call
        .query
        .one_of("sort", &["created", "updated", "pushed", "full_name"])?;
    let direction = call.query.one_of(
        "direction",
        if sort == "full_name" {
            &["asc", "desc"]
        } else {
            &["desc", "asc"]
        },
    )?;
    let mut repos: Vec<&'a Repo> = call
        .company
        .repos
        .iter()
        .filter(|repo| visible(call.token, repo))
        .filter(|repo| match kind {
            "public" => !repo.is_private(),
            "private" => repo.is_private(),
            "forks" => repo.fork,
            "sources" => !repo.fork,
            _ => true,
        })
        .collect();
    match sort {
        "full_name" => repos.sort_by(|a, b| a.name.cmp(&b.name)),
        "created" => repos.sort_by(|a, b| a.created_at.cmp(&b.created_at)),
        _ => repos.sort_by(|a, b| a.pushed_at.as_str().cmp(&b.pushed_at.as_str())),
    }
    if direction == "desc" {
        repos.reverse();
    }
    Ok(owned_rows(call, repos))
}

/// Whether the token may write the administration of repositories, which shows it more.
pub(super) fn writes_administration(token: &Token) -> bool {
    administers(token, Access::Write)
}
