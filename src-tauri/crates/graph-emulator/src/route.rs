//! The v1.0 addresses the emulator serves: what each needs, how it pages, and where its rows are.

use serde_json::Value;

use crate::routes::ROUTES;
use crate::schema::Entity;
use crate::tenant::Tenant;

/// One row: the `@odata.type` it must carry, if its collection mixes types, and the object.
pub(crate) type Row<'a> = (Option<&'static str>, &'a Value);

/// What an address answers with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// A collection that pages: page size by default and at most.
    Paged { default: usize, max: usize },
    /// A collection that refuses `$top` and comes in one piece.
    Whole,
    /// One object.
    Single,
}

/// How Graph words a missing permission; it depends on the service behind the address.
#[derive(Clone, Copy)]
pub(crate) enum Denial {
    Directory,
    Scopes,
    Reports,
}

/// The licence without which an address answers with an error.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Licence {
    None,
    Premium,
    P2,
}

/// One address.
pub(crate) struct Route {
    /// Segments after `/v1.0/`; `*` stands for an id.
    pub(crate) path: &'static str,
    pub(crate) entity: &'static Entity,
    pub(crate) shape: Shape,
    /// Any one of these application permissions is enough.
    pub(crate) permissions: &'static [&'static str],
    pub(crate) denial: Denial,
    pub(crate) licence: Licence,
    /// `None` when the object named in the address does not exist.
    pub(crate) load: for<'a> fn(&'a Tenant, &str) -> Option<Vec<Row<'a>>>,
}

/// The route for the segments after `/v1.0/`, and the id in them (empty if there is none).
pub(crate) fn find(path: &str) -> Option<(&'static Route, String)> {
    let segments: Vec<&str> = path.split('/').collect();
    ROUTES.iter().find_map(|route| {
        let pattern: Vec<&str> = route.path.split('/').collect();
        if pattern.len() != segments.len() {
            return None;
        }
        let mut id = String::new();
        for (want, have) in pattern.iter().zip(&segments) {
            if *want == "*" {
                if have.is_empty() {
                    return None;
                }
                id = (*have).to_owned();
            } else if want != have {
                return None;
            }
        }
        Some((route, id))
    })
}
