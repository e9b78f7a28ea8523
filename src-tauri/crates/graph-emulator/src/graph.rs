//! Graph v1.0: who may ask, what they may ask for, and the pages they get.

use serde_json::Value;
use stand_in::form::percent_decode;
use stand_in::{Reply, Request};

use crate::auth::access;
use crate::faults::Fault;
use crate::odata::query::{self, Query};
use crate::page::Page;
use crate::reply::GraphError;
use crate::route::{self, Denial, Licence, Route, Shape};
use crate::state::State;
use crate::tenant::Tenant;

/// Serves one Graph request; the flag says whether the access token was good.
pub(crate) fn serve(
    state: &State,
    request: &Request,
    faults: &[Fault],
) -> (Result<Reply, GraphError>, bool) {
    let roles = match access::check(state, request.header("authorization")) {
        Ok(roles) => roles,
        Err(error) => return (Err(error), false),
    };
    (answer(state, request, &roles, faults), true)
}

fn answer(
    state: &State,
    request: &Request,
    roles: &[String],
    faults: &[Fault],
) -> Result<Reply, GraphError> {
    let path = percent_decode(request.path.strip_prefix("/v1.0/").unwrap_or_default());
    let (plain, counting) = match path.strip_suffix("/$count") {
        Some(plain) => (plain, true),
        None => (path.as_str(), false),
    };
    let (plain, alternate) = by_app_id(plain);
    let Some((route, mut id)) = route::find(&plain) else {
        let segment = plain.rsplit('/').next().unwrap_or_default();
        return Err(GraphError::new(
            404,
            "BadRequest",
            format!("Resource not found for the segment '{segment}'."),
        ));
    };
    if request.method != "GET" {
        return Err(GraphError::new(
            405,
            "Request_BadRequest",
            "Specified HTTP method is not allowed for the request target.",
        ));
    }
    permitted(route, roles)?;
    let eventual = request
        .header("consistencylevel")
        .is_some_and(|level| level.eq_ignore_ascii_case("eventual"));
    let query = query::parse(&request.query, route, eventual)?;
    let tenant = state.tenant();
    licensed(route, &tenant, &query, roles)?;
    if let Some(app_id) = alternate {
        let list = if plain.starts_with("applications") {
            &tenant.applications
        } else {
            &tenant.service_principals
        };
        id = list
            .iter()
            .find(|row| row["appId"] == app_id.as_str())
            .and_then(|row| row["id"].as_str())
            .unwrap_or(&app_id)
            .to_owned();
    }
    let mut rows = (route.load)(&tenant, &id).ok_or_else(|| {
        GraphError::new(
            404,
            "Request_ResourceNotFound",
            format!("Resource '{id}' does not exist or one of its queried reference-property objects are not present."),
        )
    })?;
    if let Some(filter) = &query.filter {
        rows.retain(|(_, row)| filter.matches(row));
    }
    if let Some((name, descending)) = &query.order_by {
        rows.sort_by(|a, b| {
            let order = text(a.1, name).cmp(text(b.1, name));
            if *descending { order.reverse() } else { order }
        });
    }
    if counting {
        if route.shape == Shape::Single || (route.entity.directory && !eventual) {
            return Err(GraphError::new(
                400,
                "Request_BadRequest",
                "$count is not currently supported without ConsistencyLevel: eventual.",
            ));
        }
        return Ok(Reply::text(200, "text/plain", rows.len().to_string()));
    }
    let page = Page {
        state,
        tenant: &tenant,
        route,
        query: &query,
        path: &request.path,
        faults,
    };
    if route.shape == Shape::Single {
        page.single(&rows)
    } else {
        page.list(&rows, eventual)
    }
}

/// `things(appId='x')` is another way to write `things/{id}`.
fn by_app_id(path: &str) -> (String, Option<String>) {
    let found = path
        .split_once("(appId='")
        .and_then(|(head, rest)| rest.split_once("')").map(|(id, tail)| (head, id, tail)));
    match found {
        Some((head, id, tail)) => (format!("{head}/{id}{tail}"), Some(id.to_owned())),
        None => (path.to_owned(), None),
    }
}

fn permitted(route: &Route, roles: &[String]) -> Result<(), GraphError> {
    if access::permits(roles, route.permissions) {
        return Ok(());
    }
    Err(match route.denial {
        Denial::Directory => GraphError::new(
            403,
            "Authorization_RequestDenied",
            "Insufficient privileges to complete the operation.",
        ),
        Denial::Scopes => GraphError::new(
            403,
            "AccessDenied",
            "You cannot perform the requested operation, required scopes are missing in the token.",
        ),
        Denial::Reports => GraphError::new(
            403,
            "Authentication_MSGraphPermissionMissing",
            format!(
                "Calling principal does not have required MSGraph permissions {}",
                route.permissions.join(",")
            ),
        ),
    })
}

fn licensed(
    route: &Route,
    tenant: &Tenant,
    query: &Query,
    roles: &[String],
) -> Result<(), GraphError> {
    let not_premium = || {
        GraphError::new(
            403,
            "Authentication_RequestFromNonPremiumTenantOrB2CTenant",
            "Neither tenant is B2C or tenant doesn't have premium license",
        )
    };
    let activity = query
        .select
        .iter()
        .flatten()
        .any(|name| name == "signInActivity")
        || query
            .filter
            .as_ref()
            .is_some_and(|filter| filter.properties().contains(&"signInActivity"));
    if activity {
        if !access::permits(roles, &["AuditLog.Read.All"]) {
            return Err(GraphError::new(
                403,
                "Authentication_MSGraphPermissionMissing",
                "Calling principal does not have required MSGraph permissions AuditLog.Read.All",
            ));
        }
        if !tenant.has_premium() {
            return Err(not_premium());
        }
    }
    match route.licence {
        Licence::Premium if !tenant.has_premium() => Err(not_premium()),
        Licence::P2 if !tenant.has_p2() => Err(GraphError::new(
            400,
            "AadPremiumLicenseRequired",
            "The tenant needs to have Microsoft Entra ID P2 or Microsoft Entra ID Governance license.",
        )),
        _ => Ok(()),
    }
}

fn text<'v>(row: &'v Value, name: &str) -> &'v str {
    row[name].as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema;

    #[test]
    fn every_object_of_the_tenant_has_only_known_properties() {
        let tenant = Tenant::small();
        for route in crate::routes::ROUTES {
            let graph = tenant
                .service_principals
                .iter()
                .find(|row| row["appId"] == "00000003-0000-0000-c000-000000000000");
            let id = match route.path.split('/').next() {
                Some("servicePrincipals") => graph,
                Some("users") => tenant.users.first(),
                Some("groups") => tenant.groups.first(),
                Some("directoryRoles") => tenant.directory_roles.first(),
                Some("applications") => tenant.applications.first(),
                Some("identityGovernance") => tenant.governance.access_reviews.first(),
                _ => tenant.service_principals.first(),
            }
            .map(|row| text(row, "id").to_owned())
            .unwrap_or_default();
            let rows = (route.load)(&tenant, &id);
            assert!(
                rows.as_ref().is_some_and(|rows| !rows.is_empty()),
                "{}",
                route.path
            );
            for (kind, row) in rows.into_iter().flatten() {
                if kind.is_some() || route.entity.name == schema::NAMED_LOCATION.name {
                    continue;
                }
                for name in row.as_object().into_iter().flatten().map(|(name, _)| name) {
                    assert!(
                        route.entity.properties.contains(&name.as_str()),
                        "{}: {name}",
                        route.path
                    );
                }
            }
        }
    }
}
