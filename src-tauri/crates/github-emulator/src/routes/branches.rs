//! Branches, their classic protection, and the rules that hold for them.

use serde_json::{Value, json};
use stand_in::seed::mix;

use super::{READ, everywhere, repo::writes_administration};
use crate::company::{Person, Plan, Repo};
use crate::refusal::Refusal;
use crate::route::{Call, Given, Place, Route, Whose};

/// An address below a repository that everybody may read who sees the repository.
const fn seen(
    path: &'static str,
    serve: for<'a> fn(&Call<'a>) -> Result<Given<'a>, Refusal>,
) -> Route {
    Route {
        place: Place::Repo,
        path,
        needs: &[&[("metadata", READ)]],
        scopes: &["repo", "public_repo"],
        whose: Whose::Member,
        on: everywhere,
        serve,
    }
}

pub(super) const ROUTES: &[Route] = &[
    Route {
        needs: &[&[("contents", READ)]],
        ..seen("branches/*", branch)
    },
    Route {
        needs: &[&[("administration", READ)]],
        whose: Whose::Administrator,
        ..seen("branches/*/protection", protection)
    },
    seen("rules/branches/*", |call| {
        let repo = paid(call)?;
        let rules: &[Value] = if call.rest(0) == repo.default_branch {
            &repo.rules
        } else {
            &[]
        };
        Ok(Given::rows(rules))
    }),
    seen("rulesets", rulesets),
    seen("rulesets/*", ruleset),
];

/// The repository, if the plan has protection for it.
fn paid<'a>(call: &Call<'a>) -> Result<&'a Repo, Refusal> {
    let repo = call.repo()?;
    if repo.is_private()
        && call.company.plan == Plan::Free
        && !call.state.options.product.is_server()
    {
        return Err(upgrade());
    }
    Ok(repo)
}

/// What a plan without protection of private repositories answers.
pub(crate) fn upgrade() -> Refusal {
    Refusal::new(
        403,
        "Upgrade to GitHub Pro or make this repository public to enable this feature.",
    )
}

fn exists(call: &Call, repo: &Repo) -> Result<(), Refusal> {
    if repo.empty || call.rest(0) != repo.default_branch {
        return Err(Refusal::new(404, "Branch not found"));
    }
    Ok(())
}

fn branch<'a>(call: &Call<'a>) -> Result<Given<'a>, Refusal> {
    let repo = call.repo()?;
    exists(call, repo)?;
    let hash = |number: u64| {
        let word = |step: u64| mix(repo.id.wrapping_mul(8) + number * 3 + step);
        format!("{:016x}{:016x}{:08x}", word(0), word(1), word(2) >> 32)
    };
    let place = format!("{}/{}", call.company.login, repo.name);
    let (commit, tree, parent) = (hash(0), hash(1), hash(2));
    let api = format!("https://api.github.com/repos/{place}");
    let html = format!("https://github.com/{place}/commit");
    let branch = format!("{api}/branches/{}", repo.default_branch);
    let protected = repo.protection.is_some() || !repo.rules.is_empty();
    let who = json!({
        "name": "D. Reyes", "email": "dreyes@harborpoint.example", "date": repo.pushed_at,
    });
    let person = call.company.members.first().map(Person::row);
    Ok(Given::One(json!({
        "name": repo.default_branch,
        "commit": {
            "sha": commit, "node_id": format!("C_kwDO{commit}"), "url": format!("{api}/commits/{commit}"),
            "html_url": format!("{html}/{commit}"), "comments_url": format!("{api}/commits/{commit}/comments"),
            "commit": {
                "author": who, "committer": who, "message": "Check the gauge before the cut", "comment_count": 0,
                "tree": {"sha": tree, "url": format!("{api}/git/trees/{tree}")},
                "url": format!("{api}/git/commits/{commit}"),
                "verification": {
                    "verified": true, "reason": "valid", "signature": null, "payload": null, "verified_at": null,
                },
            },
            "author": person, "committer": person,
            "parents": [{
                "sha": parent, "url": format!("{api}/commits/{parent}"), "html_url": format!("{html}/{parent}"),
            }],
        },
        "_links": {"self": branch, "html": format!("https://github.com/{place}/tree/{}", repo.default_branch)},
        "protected": protected,
        "protection": {
            "enabled": protected,
            "required_status_checks": {"enforcement_level": "off", "contexts": [], "checks": []},
        },
        "protection_url": format!("{branch}/protection"),
    })))
}

fn protection<'a>(call: &Call<'a>) -> Result<Given<'a>, Refusal> {
    let repo = paid(call)?;
    exists(call, repo)?;
    repo.protection
        .clone()
        .map(Given::One)
        .ok_or_else(|| Refusal::new(404, "Branch not protected"))
}

/// A ruleset as this token sees it: who bypasses it is only shown to those who may write.
fn shown(call: &Call, ruleset: &Value, whole: bool) -> Value {
    let mut shown = ruleset.clone();
    if let Value::Object(members) = &mut shown {
        if !whole {
            members.remove("rules");
            members.remove("conditions");
        }
        if !whole || !writes_administration(call.token) {
            members.remove("bypass_actors");
        }
        if whole {
            members.insert("current_user_can_bypass".to_owned(), json!("never"));
        }
    }
    shown
}

fn rulesets<'a>(call: &Call<'a>) -> Result<Given<'a>, Refusal> {
    let repo = paid(call)?;
    let parents = call.query.one_of("includes_parents", &["true", "false"])? == "true";
    let rows = repo
        .rulesets
        .iter()
        .filter(|ruleset| parents || ruleset["source_type"] == "Repository")
        .map(|ruleset| shown(call, ruleset, false))
        .collect();
    Ok(Given::owned(rows))
}

fn ruleset<'a>(call: &Call<'a>) -> Result<Given<'a>, Refusal> {
    let repo = paid(call)?;
    repo.rulesets
        .iter()
        .find(|ruleset| ruleset["id"].as_u64() == call.rest(0).parse().ok())
        .map(|ruleset| Given::One(shown(call, ruleset, true)))
        .ok_or_else(Refusal::not_found)
}
