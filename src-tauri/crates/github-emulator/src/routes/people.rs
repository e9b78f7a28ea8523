//! Who belongs to the organization.

use serde_json::{Value, json};

use super::{READ, cloud_only, everywhere};
use crate::company::{Person, TwoFactor, simple_user};
use crate::options::Product;
use crate::refusal::Refusal;
use crate::route::{Call, Given, Place, Route, Whose};
use crate::token::TokenKind;

const MEMBERS: &[&str] = &["admin:org", "read:org", "write:org"];

pub(super) const ROUTES: &[Route] = &[
    Route {
        place: Place::Root,
        path: "user",
        needs: &[],
        scopes: &[],
        whose: Whose::Member,
        on: everywhere,
        serve: user,
    },
    Route {
        place: Place::Org,
        path: "members",
        needs: &[&[("members", READ)]],
        scopes: MEMBERS,
        whose: Whose::Member,
        on: everywhere,
        serve: members,
    },
    Route {
        place: Place::Org,
        path: "outside_collaborators",
        needs: &[&[("members", READ)]],
        scopes: MEMBERS,
        whose: Whose::Member,
        on: everywhere,
        serve: outside,
    },
    Route {
        place: Place::Org,
        path: "invitations",
        needs: &[&[("members", READ)]],
        scopes: &["admin:org"],
        whose: Whose::Administrator,
        on: cloud_only,
        serve: |call| Ok(Given::rows(&call.company.invitations)),
    },
    Route {
        place: Place::Org,
        path: "failed_invitations",
        needs: &[&[("members", READ)]],
        scopes: &["admin:org"],
        whose: Whose::Administrator,
        on: cloud_only,
        serve: |call| Ok(Given::rows(&call.company.failed_invitations)),
    },
    Route {
        place: Place::Repo,
        path: "collaborators",
        needs: &[&[("metadata", READ)]],
        scopes: &["repo"],
        whose: Whose::Member,
        on: everywhere,
        serve: collaborators,
    },
    Route {
        place: Place::Org,
        path: "organization-roles",
        needs: &[&[("organization_custom_org_roles", READ)]],
        scopes: &["admin:org"],
        whose: Whose::Administrator,
        on: everywhere,
        serve: |call| {
            let roles = &call.company.roles;
            Ok(Given::made(roles.len(), |at| {
                roles
                    .get(at)
                    .map(|role| role.row.clone())
                    .unwrap_or_default()
            })
            .inside("roles"))
        },
    },
    Route {
        place: Place::Org,
        path: "organization-roles/*/users",
        needs: &[&[("members", READ)]],
        scopes: &["admin:org"],
        whose: Whose::Administrator,
        on: everywhere,
        serve: role_users,
    },
    Route {
        place: Place::Org,
        path: "organization-roles/*/teams",
        needs: &[&[("members", READ)]],
        scopes: &["admin:org"],
        whose: Whose::Administrator,
        on: everywhere,
        serve: |call| Ok(Given::rows(&role(call)?.teams)),
    },
];

fn user<'a>(call: &Call<'a>) -> Result<Given<'a>, Refusal> {
    if call.token.kind == TokenKind::Installation {
        return Err(Refusal::not_accessible(call.token.kind, &[]));
    }
    let known = call.company.person(&call.token.login);
    let mut user = simple_user(
        &call.token.login,
        known.map_or(5_550_999, |person| person.id),
    );
    let more = json!({
        "name": null, "company": null, "blog": "", "location": null, "email": null, "hireable": null, "bio": null,
        "twitter_username": null, "notification_email": null, "public_repos": 0, "public_gists": 0, "followers": 0,
        "following": 0, "created_at": "2021-02-03T04:05:06Z", "updated_at": "2026-09-01T00:00:00Z",
    });
    if let (Value::Object(user), Value::Object(more)) = (&mut user, more) {
        user.extend(more);
    }
    Ok(Given::One(user))
}

/// The people that `filter` and `role` leave.
fn filtered<'a>(call: &Call, people: &'a [Person], role: &str) -> Result<Vec<&'a Person>, Refusal> {
    // Older servers don't know the third value.
    let values: &[&str] = match call.state.options.product {
        Product::Server(minor) if minor < 18 => &["all", "2fa_disabled"],
        _ => &["all", "2fa_disabled", "2fa_insecure"],
    };
    let filter = call.query.get("filter").unwrap_or("all");
    if !values.contains(&filter) {
        return Err(Refusal::unprocessable("Validation Failed"));
    }
    if filter != "all" && !call.token.owner {
        return Err(Refusal::unprocessable("Only owners can use this filter."));
    }
    Ok(people
        .iter()
        .filter(|person| match filter {
            "2fa_disabled" => person.two_factor == TwoFactor::Off,
            "2fa_insecure" => person.two_factor == TwoFactor::Insecure,
            _ => true,
        })
        .filter(|person| match role {
            "admin" => person.owner,
            "member" => !person.owner,
            _ => true,
        })
        .collect())
}

fn people(rows: Vec<&Person>) -> Given<'_> {
    Given::made(rows.len(), move |at| {
        rows.get(at).map(|person| person.row()).unwrap_or_default()
    })
}

fn members<'a>(call: &Call<'a>) -> Result<Given<'a>, Refusal> {
    let role = call.query.one_of("role", &["all", "admin", "member"])?;
    Ok(people(filtered(call, &call.company.members, role)?))
}

fn outside<'a>(call: &Call<'a>) -> Result<Given<'a>, Refusal> {
    Ok(people(filtered(call, &call.company.outside, "all")?))
}

fn role<'a>(call: &Call<'a>) -> Result<&'a crate::company::Role, Refusal> {
    let id: Option<u64> = call.rest(0).parse().ok();
    call.company
        .roles
        .iter()
        .find(|role| role.row["id"].as_u64() == id && id.is_some())
        .ok_or_else(Refusal::not_found)
}

fn role_users<'a>(call: &Call<'a>) -> Result<Given<'a>, Refusal> {
    let rows = role(call)?
        .users
        .iter()
        .filter_map(|login| call.company.person(login))
        .map(|person| {
            let mut row = person.row();
            row["assignment"] = json!("direct");
            row["inherited_from"] = json!([]);
            row
        })
        .collect();
    Ok(Given::owned(rows))
}

/// Owners reach everything, so they are among all collaborators; outsiders and those named directly come after them.
fn collaborators<'a>(call: &Call<'a>) -> Result<Given<'a>, Refusal> {
    let repo = call.repo()?;
    let affiliation = call
        .query
        .one_of("affiliation", &["all", "outside", "direct"])?;
    let mut named: Vec<(&str, &str)> = Vec::new();
    if affiliation == "all" {
        let owners = call.company.members.iter().filter(|person| person.owner);
        named.extend(owners.map(|person| (person.login.as_str(), "admin")));
    }
    if affiliation != "outside" {
        named.extend(repo.direct.iter().map(|(login, role)| (&**login, &**role)));
    }
    named.extend(repo.outside.iter().map(|(login, role)| (&**login, &**role)));
    let rows = named
        .into_iter()
        .map(|(login, role)| {
            let id = call.company.person(login).map_or(5_559_999, |person| person.id);
            let level = ["read", "triage", "write", "maintain", "admin"]
                .iter()
                .position(|have| *have == role)
                .unwrap_or(0);
            let mut row = simple_user(login, id);
            row["role_name"] = json!(role);
            row["permissions"] = json!({
                "pull": true, "triage": level >= 1, "push": level >= 2, "maintain": level >= 3, "admin": level >= 4,
            });
            row
        })
        .collect();
    Ok(Given::owned(rows))
}
