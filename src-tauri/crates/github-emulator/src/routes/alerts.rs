//! Alerts of one repository, and of all that the token sees.

use std::cmp::Reverse;

use serde_json::Value;

use super::{READ, everywhere, repo::visible};
use crate::company::Repo;
use crate::options::Product;
use crate::refusal::Refusal;
use crate::route::{Call, Given, Place, Route, Whose};

/// An address of alerts.
const fn alerts(
    place: Place,
    path: &'static str,
    needs: crate::permission::Needs,
    serve: for<'a> fn(&Call<'a>) -> Result<Given<'a>, Refusal>,
) -> Route {
    Route {
        place,
        path,
        needs,
        scopes: &["repo", "security_events"],
        whose: Whose::Administrator,
        on: everywhere,
        serve,
    }
}

const DEPENDABOT: crate::permission::Needs = &[&[("vulnerability_alerts", READ)]];
const SECRETS: crate::permission::Needs = &[&[("secret_scanning_alerts", READ)]];
const CODE: crate::permission::Needs = &[&[("security_events", READ)]];

pub(super) const ROUTES: &[Route] = &[
    alerts(Place::Org, "dependabot/alerts", DEPENDABOT, |call| {
        dependabot(call, &seen(call))
    }),
    alerts(Place::Repo, "dependabot/alerts", DEPENDABOT, |call| {
        let repo = call.repo()?;
        if !repo.vulnerability_alerts {
            return Err(Refusal::new(
                403,
                "Dependabot alerts are disabled for this repository.",
            ));
        }
        dependabot(call, &[repo])
    }),
    alerts(Place::Org, "secret-scanning/alerts", SECRETS, |call| {
        let on: Vec<&Repo> = seen(call)
            .into_iter()
            .filter(|repo| scanned(repo))
            .collect();
        if on.is_empty() {
            return Err(Refusal::new(
                404,
                "Secret scanning is disabled on this organization.",
            ));
        }
        secrets(call, &on)
    }),
    alerts(Place::Repo, "secret-scanning/alerts", SECRETS, |call| {
        let repo = call.repo()?;
        if !scanned(repo) {
            return Err(Refusal::new(
                404,
                "Secret scanning is disabled on this repository.",
            ));
        }
        secrets(call, &[repo])
    }),
    alerts(Place::Org, "code-scanning/alerts", CODE, |call| {
        let on: Vec<&Repo> = seen(call)
            .into_iter()
            .filter(|repo| licensed(call, repo) && repo.analyzed)
            .collect();
        if on.is_empty() {
            return Err(Refusal::new(404, "no analysis found"));
        }
        code(call, &on)
    }),
    alerts(Place::Repo, "code-scanning/alerts", CODE, |call| {
        let repo = with_licence(call)?;
        if !repo.analyzed {
            return Err(Refusal::new(404, "no analysis found"));
        }
        code(call, &[repo])
    }),
    alerts(
        Place::Repo,
        "code-scanning/default-setup",
        &[&[("administration", READ)]],
        |call| Ok(Given::One(with_licence(call)?.code_scanning.clone())),
    ),
];

fn seen<'a>(call: &Call<'a>) -> Vec<&'a Repo> {
    call.company
        .repos
        .iter()
        .filter(|repo| visible(call.token, repo))
        .collect()
}

fn scanned(repo: &Repo) -> bool {
    repo.security_is_on("secret_scanning")
}

fn licensed(call: &Call, repo: &Repo) -> bool {
    call.company.code_security || !repo.is_private()
}

fn with_licence<'a>(call: &Call<'a>) -> Result<&'a Repo, Refusal> {
    let repo = call.repo()?;
    if licensed(call, repo) {
        return Ok(repo);
    }
    Err(Refusal::new(
        403,
        "Advanced Security must be enabled for this repository to use code scanning.",
    ))
}

/// The alerts of these repositories that `keep` leaves, newest first, made one by one.
fn gathered<'a>(
    call: &Call<'a>,
    repos: &[&'a Repo],
    of: fn(&'a Repo) -> &'a [Value],
    keep: impl Fn(&Value) -> bool,
    change: impl Fn(&mut Value) + 'a,
) -> Result<Given<'a>, Refusal> {
    call.query.one_of("direction", &["desc", "asc"])?;
    let of_repository = call.repo.is_some();
    let company = call.company;
    let mut rows: Vec<(&'a Repo, &'a Value)> = repos
        .iter()
        .flat_map(|repo| of(repo).iter().map(move |alert| (*repo, alert)))
        .filter(|(_, alert)| keep(alert))
        .collect();
    rows.sort_by_key(|(_, alert)| Reverse(alert["created_at"].as_str()));
    if call.query.get("direction") == Some("asc") {
        rows.reverse();
    }
    let given = Given::made(rows.len(), move |at| {
        let Some((repo, alert)) = rows.get(at) else {
            return Value::Null;
        };
        let mut row = (*alert).clone();
        change(&mut row);
        if !of_repository {
            row["repository"] = repo.minimal(company);
        }
        row
    });
    Ok(given.by_cursor())
}

const SEVERITIES: [&str; 4] = ["low", "medium", "high", "critical"];

fn dependabot<'a>(call: &Call<'a>, repos: &[&'a Repo]) -> Result<Given<'a>, Refusal> {
    call.query
        .one_of("sort", &["created", "updated", "epss_percentage"])?;
    let states = call
        .query
        .several("state", &["auto_dismissed", "dismissed", "fixed", "open"])?;
    let severities = call.query.several("severity", &SEVERITIES)?;
    let within = |values: &Option<Vec<&str>>, value: &Value| {
        values
            .as_ref()
            .is_none_or(|values| value.as_str().is_some_and(|value| values.contains(&value)))
    };
    // Servers do not tell malware from other advisories.
    let server = call.state.options.product.is_server();
    let on: Vec<&Repo> = repos
        .iter()
        .copied()
        .filter(|repo| repo.vulnerability_alerts)
        .collect();
    gathered(
        call,
        &on,
        |repo| &repo.dependabot,
        |alert| {
            within(&states, &alert["state"])
                && within(&severities, &alert["security_advisory"]["severity"])
        },
        move |row| {
            if server && let Some(advisory) = row["security_advisory"].as_object_mut() {
                advisory.remove("classification");
            }
        },
    )
}

fn secrets<'a>(call: &Call<'a>, repos: &[&'a Repo]) -> Result<Given<'a>, Refusal> {
    let state = call.query.one_of("state", &["", "open", "resolved"])?;
    let asked = call.query.one_of("hide_secret", &["false", "true"])? == "true";
    // The oldest servers don't know the parameter, and show the secret whatever is asked.
    let knows = !matches!(call.state.options.product, Product::Server(minor) if minor < 18);
    gathered(
        call,
        repos,
        |repo| &repo.secrets,
        |alert| state.is_empty() || alert["state"] == state,
        move |row| {
            if asked
                && knows
                && let Value::Object(members) = row
            {
                members.remove("secret");
            }
        },
    )
}

fn code<'a>(call: &Call<'a>, repos: &[&'a Repo]) -> Result<Given<'a>, Refusal> {
    let state = call
        .query
        .one_of("state", &["", "open", "closed", "dismissed", "fixed"])?;
    let severity = call.query.one_of(
        "severity",
        &[
            "", "critical", "high", "medium", "low", "warning", "note", "error",
        ],
    )?;
    gathered(
        call,
        repos,
        |repo| &repo.code_alerts,
        |alert| {
            let right_state = match state {
                "" => true,
                "closed" => alert["state"] != "open",
                state => alert["state"] == state,
            };
            let rule = &alert["rule"];
            right_state
                && (severity.is_empty()
                    || rule["security_severity_level"] == severity
                    || rule["severity"] == severity)
        },
        |_| (),
    )
}
