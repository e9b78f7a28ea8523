//! Which properties each type has in Graph v1.0, which of them come unasked, and what may be expanded or ordered.

mod directory;
mod governance;
mod policies;

pub(crate) use directory::*;
pub(crate) use governance::*;
pub(crate) use policies::*;

/// One Graph type as far as the emulator knows it.
pub(crate) struct Entity {
    /// The name after `microsoft.graph.`.
    pub(crate) name: &'static str,
    /// Every property `$select` and `$filter` may name.
    pub(crate) properties: &'static [&'static str],
    /// What comes when `$select` is absent; `None` means everything.
    pub(crate) default: Option<&'static [&'static str]>,
    /// Navigation properties `$expand` may name, one at a time.
    pub(crate) expand: &'static [&'static str],
    /// Properties `$orderby` may name.
    pub(crate) order_by: &'static [&'static str],
    /// Properties that are never null besides `id`.
    pub(crate) required: &'static [&'static str],
    /// Directory objects refuse `ne`, `not` and `$count` without the eventual consistency header.
    pub(crate) directory: bool,
}

const PLAIN: Entity = Entity {
    name: "",
    properties: &[],
    default: None,
    expand: &[],
    order_by: &[],
    required: &[],
    directory: false,
};
