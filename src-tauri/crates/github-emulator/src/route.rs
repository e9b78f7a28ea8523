//! The addresses the emulator serves: what each needs, and what it answers with.

use serde_json::Value;
use stand_in::Request;

use crate::company::{Company, Repo};
use crate::faults::Fault;
use crate::options::Product;
use crate::permission::Needs;
use crate::query::Query;
use crate::refusal::Refusal;
use crate::routes;
use crate::state::State;
use crate::token::Token;

/// Everything one answer depends on.
pub(crate) struct Call<'a> {
    pub(crate) state: &'a State,
    pub(crate) company: &'a Company,
    pub(crate) token: &'a Token,
    /// The repository in the address.
    pub(crate) repo: Option<&'a Repo>,
    /// What `*` and `**` stand for, decoded.
    pub(crate) rest: Vec<String>,
    pub(crate) query: &'a Query,
    pub(crate) request: &'a Request,
    pub(crate) faults: &'a [Fault],
}

impl<'a> Call<'a> {
    /// The repository of an address below `/repos`.
    pub(crate) fn repo(&self) -> Result<&'a Repo, Refusal> {
        self.repo.ok_or_else(Refusal::not_found)
    }

    pub(crate) fn rest(&self, number: usize) -> &str {
        self.rest.get(number).map_or("", String::as_str)
    }
}

/// How a list is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paging {
    /// `page` and `per_page`.
    Numbered,
    /// `after`, `before` and `per_page`.
    Cursor,
}

/// The rows of a list, made when they are asked for.
pub(crate) struct List<'a> {
    pub(crate) count: usize,
    pub(crate) row: Box<dyn Fn(usize) -> Value + 'a>,
    pub(crate) paging: Paging,
    /// The member that holds the rows beside `total_count`; a bare list without.
    pub(crate) wrap: Option<&'static str>,
}

/// What an address answers with.
pub(crate) enum Given<'a> {
    One(Value),
    List(List<'a>),
    /// 204.
    Nothing,
    /// The bytes of a file.
    Raw(Vec<u8>),
}

impl<'a> Given<'a> {
    /// A numbered list of rows that are there.
    pub(crate) fn rows(rows: &'a [Value]) -> Self {
        Self::made(rows.len(), move |at| {
            rows.get(at).cloned().unwrap_or_default()
        })
    }

    /// A numbered list of rows that were made for this answer.
    pub(crate) fn owned(rows: Vec<Value>) -> Self {
        Self::made(rows.len(), move |at| {
            rows.get(at).cloned().unwrap_or_default()
        })
    }

    /// A numbered list of rows that are made one by one.
    pub(crate) fn made(count: usize, row: impl Fn(usize) -> Value + 'a) -> Self {
        Self::List(List {
            count,
            row: Box::new(row),
            paging: Paging::Numbered,
            wrap: None,
        })
    }

    /// The same list with cursors.
    pub(crate) fn by_cursor(self) -> Self {
        match self {
            Self::List(list) => Self::List(List {
                paging: Paging::Cursor,
                ..list
            }),
            other => other,
        }
    }

    /// The same list inside an object with its total.
    pub(crate) fn inside(self, member: &'static str) -> Self {
        match self {
            Self::List(list) => Self::List(List {
                wrap: Some(member),
                ..list
            }),
            other => other,
        }
    }
}

/// Whose permission counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// Any member's.
    Member,
    /// An administrator's: an owner, or an app.
    Administrator,
}

/// Where an address is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// At the root.
    Root,
    /// Below `/orgs/{org}`.
    Org,
    /// Below `/repos/{owner}/{repo}`.
    Repo,
}

/// One address.
pub(crate) struct Route {
    pub(crate) place: Place,
    /// Segments after the place; `*` stands for one, `**` for all that are left.
    pub(crate) path: &'static str,
    pub(crate) needs: Needs,
    /// Any of these scopes is enough for a token that has scopes.
    pub(crate) scopes: &'static [&'static str],
    pub(crate) whose: Whose,
    /// Which products have it.
    pub(crate) on: fn(Product) -> bool,
    pub(crate) serve: for<'a> fn(&Call<'a>) -> Result<Given<'a>, Refusal>,
}

/// The route for the segments after a place, and what its stars stand for.
pub(crate) fn find(
    place: Place,
    segments: &[String],
    product: Product,
) -> Option<(&'static Route, Vec<String>)> {
    routes::all()
        .filter(|route| route.place == place && (route.on)(product))
        .find_map(|route| Some((route, stars(route.path, segments)?)))
}

fn stars(pattern: &str, segments: &[String]) -> Option<Vec<String>> {
    let mut rest = Vec::new();
    let mut have = segments.iter();
    for want in pattern.split('/').filter(|part| !part.is_empty()) {
        if want == "**" {
            let left: Vec<&str> = have.by_ref().map(String::as_str).collect();
            rest.push(left.join("/"));
            return Some(rest);
        }
        let segment = have.next()?;
        if want == "*" && !segment.is_empty() {
            rest.push(segment.clone());
        } else if want != segment {
            return None;
        }
    }
    have.next().is_none().then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_segments() {
        let segments = |text: &str| -> Vec<String> { text.split('/').map(str::to_owned).collect() };
        let try_it = |pattern: &str, text: &str| stars(pattern, &segments(text));
        assert_eq!(try_it("a/*/b", "a/x/b"), Some(vec!["x".to_owned()]));
        assert_eq!(try_it("a/*/b", "a//b"), None);
        assert_eq!(try_it("a/*", "a/x/b"), None);
        assert_eq!(try_it("a/**", "a/x/b"), Some(vec!["x/b".to_owned()]));
        assert_eq!(stars("", &[]), Some(Vec::new()));
    }
}
