//! The query options of one request, checked against what the address supports.

use super::filter::{self, Filter, FilterError};
use crate::reply::GraphError;
use crate::route::{Route, Shape};

/// A checked query.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pub(crate) select: Option<Vec<String>>,
    pub(crate) top: Option<usize>,
    pub(crate) filter: Option<Filter>,
    /// The one expanded navigation property, with the properties selected inside it.
    pub(crate) expand: Option<(String, Option<Vec<String>>)>,
    pub(crate) count: bool,
    /// Property and whether descending.
    pub(crate) order_by: Option<(String, bool)>,
    pub(crate) skip_token: Option<String>,
    /// Every option but the skip token, in one agreed order: what a skip token is bound to.
    pub(crate) canonical: String,
    /// The options as they go into a next link.
    pub(crate) carried: Vec<(String, String)>,
}

/// Parses and checks the raw query string. `eventual` says whether `ConsistencyLevel: eventual` was sent.
pub(crate) fn parse(raw: &str, route: &Route, eventual: bool) -> Result<Query, GraphError> {
    let mut query = Query::default();
    let mut seen: Vec<String> = Vec::new();
    for (name, value) in url::form_urlencoded::parse(raw.as_bytes()) {
        let (name, value) = (name.into_owned(), value.into_owned());
        if seen.contains(&name) {
            return Err(GraphError::bad_request(format!(
                "Query option '{name}' was specified more than once."
            )));
        }
        seen.push(name.clone());
        match name.as_str() {
            "$select" => {
                query.select = Some(names(&value, route.entity.properties, route.entity.name)?)
            }
            "$top" => query.top = Some(top(&value, route.shape)?),
            "$filter" => query.filter = Some(parse_filter(&value, route)?),
            "$expand" => query.expand = Some(expand(&value, route)?),
            "$count" => {
                query.count = match value.as_str() {
                    "true" => true,
                    "false" => false,
                    _ => {
                        return Err(GraphError::bad_request(format!(
                            "Invalid value '{value}' for $count."
                        )));
                    }
                };
            }
            "$orderby" => query.order_by = Some(order_by(&value, route)?),
            "$skiptoken" => query.skip_token = Some(value.clone()),
            _ if name.starts_with('$') => {
                return Err(GraphError::bad_request(format!(
                    "The query parameter '{name}' is not supported."
                )));
            }
            // Custom options without a dollar sign are ignored, as OData asks.
            _ => continue,
        }
        if name != "$skiptoken" {
            query.carried.push((name, value));
        }
    }
    if route.shape == Shape::Single
        && (query.filter.is_some() || query.order_by.is_some() || query.count)
    {
        return Err(GraphError::bad_request(
            "This query option cannot be applied to a single resource.",
        ));
    }
    check_advanced(&query, route, eventual)?;
    let mut sorted = query.carried.clone();
    sorted.sort();
    query.canonical = format!("{sorted:?}");
    Ok(query)
}

fn check_advanced(query: &Query, route: &Route, eventual: bool) -> Result<(), GraphError> {
    let advanced = query.filter.as_ref().is_some_and(Filter::is_advanced);
    if route.entity.directory && advanced && !(eventual && query.count) {
        return Err(GraphError::new(
            400,
            "Request_UnsupportedQuery",
            "Unsupported Query.",
        ));
    }
    let looks_at = query
        .filter
        .as_ref()
        .map(Filter::properties)
        .unwrap_or_default();
    if looks_at.contains(&"signInActivity") && looks_at.iter().any(|name| *name != "signInActivity")
    {
        return Err(GraphError::bad_request(
            "Filter on signInActivity cannot be combined with other properties.",
        ));
    }
    Ok(())
}

fn names(value: &str, known: &[&str], type_name: &str) -> Result<Vec<String>, GraphError> {
    let mut list = Vec::new();
    for name in value.split(',').map(str::trim) {
        if name.is_empty() {
            return Err(GraphError::bad_request(
                "Parsing OData Select and Expand failed: Term '' is not valid.",
            ));
        }
        if !known.contains(&name) {
            return Err(unknown_property(name, type_name));
        }
        list.push(name.to_owned());
    }
    Ok(list)
}

fn unknown_property(name: &str, type_name: &str) -> GraphError {
    GraphError::bad_request(format!(
        "Parsing OData Select and Expand failed: Could not find a property named '{name}' on type 'microsoft.graph.{type_name}'."
    ))
}

fn top(value: &str, shape: Shape) -> Result<usize, GraphError> {
    let Shape::Paged { max, .. } = shape else {
        return Err(GraphError::new(
            400,
            "Request_UnsupportedQuery",
            "The query parameter '$top' is not supported.",
        ));
    };
    match value.parse::<usize>() {
        Ok(top) if (1..=max).contains(&top) => Ok(top),
        _ => Err(GraphError::bad_request(format!(
            "Invalid page size specified: '{value}'. Must be between 1 and {max} inclusive."
        ))),
    }
}

fn parse_filter(value: &str, route: &Route) -> Result<Filter, GraphError> {
    filter::parse(value, route.entity).map_err(|error| match error {
        FilterError::UnknownProperty(name) => GraphError::bad_request(format!(
            "Invalid filter clause: Could not find a property named '{name}' on type 'microsoft.graph.{}'.",
            route.entity.name
        )),
        FilterError::Syntax(why) => GraphError::bad_request(format!("Invalid filter clause: {why}.")),
        FilterError::Types => GraphError::bad_request(
            "Invalid filter clause: A binary operator with incompatible types was detected.",
        ),
    })
}

/// `name` or `name($select=a,b)`; several at once are refused, as the role services refuse them.
fn expand(value: &str, route: &Route) -> Result<(String, Option<Vec<String>>), GraphError> {
    // The rules of a role's policy come with it and can't be asked for without it.
    let value = if value == "policy($expand=rules)" {
        "policy"
    } else {
        value
    };
    let (name, inner) = match value.split_once('(') {
        Some((name, rest)) => {
            let inner = rest
                .strip_suffix(')')
                .and_then(|rest| rest.strip_prefix("$select="))
                .ok_or_else(|| {
                    GraphError::bad_request(
                        "Parsing OData Select and Expand failed: unsupported nested option.",
                    )
                })?;
            let known = crate::schema::DIRECTORY_OBJECT.properties;
            (name, Some(names(inner, known, "directoryObject")?))
        }
        None => (value, None),
    };
    if name.contains(',') {
        return Err(GraphError::bad_request(
            "Expanding more than one property at once is not supported.",
        ));
    }
    if !route.entity.expand.contains(&name) {
        return Err(unknown_property(name, route.entity.name));
    }
    Ok((name.to_owned(), inner))
}

fn order_by(value: &str, route: &Route) -> Result<(String, bool), GraphError> {
    let mut words = value.split_whitespace();
    let name = words.next().unwrap_or_default();
    let descending = match words.next() {
        None | Some("asc") => false,
        Some("desc") => true,
        Some(_) => return Err(GraphError::bad_request("Invalid $orderby direction.")),
    };
    if !route.entity.order_by.contains(&name) || words.next().is_some() {
        return Err(GraphError::new(
            400,
            "Request_UnsupportedQuery",
            format!("Ordering by '{value}' is not supported."),
        ));
    }
    Ok((name.to_owned(), descending))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::route::find;

    fn check(path: &str, raw: &str) -> Result<Query, GraphError> {
        parse(raw, find(path).unwrap().0, false)
    }

    #[test]
    fn unknown_names_sizes_and_options_are_refused() {
        for (path, raw, message) in [
            (
                "users",
                "$select=id,nope",
                "Could not find a property named 'nope'",
            ),
            ("users", "$select=id,,mail", "not valid"),
            ("users", "$top=1000", "Invalid page size"),
            ("users", "$top=0", "Invalid page size"),
            ("auditLogs/signIns", "$top=1001", "Invalid page size"),
            ("directoryRoles", "$top=5", "'$top' is not supported"),
            ("users", "$skip=5", "'$skip' is not supported"),
            ("users", "$select=id&$select=mail", "more than once"),
            ("users", "$orderby=mail", "not supported"),
            ("users", "$filter=userType ne 'Guest'", "Unsupported Query"),
            (
                "users",
                "$filter=signInActivity/lastSignInDateTime le 2026-01-01T00:00:00Z and userType eq 'Guest'",
                "combined",
            ),
            (
                "users",
                "$expand=manager",
                "Could not find a property named 'manager'",
            ),
            (
                "roleManagement/directory/roleAssignments",
                "$expand=principal,roleDefinition",
                "more than one",
            ),
            (
                "policies/authorizationPolicy",
                "$filter=id eq 'x'",
                "single resource",
            ),
        ] {
            let error = check(path, raw).unwrap_err();
            assert_eq!(error.status, 400, "{raw}");
            assert!(error.message.contains(message), "{raw}: {}", error.message);
        }
    }

    #[test]
    fn encoded_options_are_understood() {
        let query = check("users", "%24select=id%2CuserType&%24top=999&plain=1").unwrap();
        assert_eq!(query.select.unwrap(), ["id", "userType"]);
        assert_eq!(query.top, Some(999));
        let nested = check(
            "roleManagement/directory/roleAssignments",
            "$expand=principal($select=id,displayName)",
        )
        .unwrap();
        assert_eq!(nested.expand.unwrap().1.unwrap().len(), 2);
    }
}
