//! A provider's manifest: what its card, its dialog, its permission table and its set-up script are made from.
//! Written as TOML in the provider's folder, served as camelCase JSON to screens.

mod access;
mod clean;
mod cloud;
mod draft;
mod oauth;
mod parameter;
mod script;
#[cfg(test)]
pub(crate) mod tests;
mod types;
mod validate;

pub use access::{Access, checks_in, evidence_only};
pub use clean::{Cleaned, FieldError, Notice};
pub use cloud::{CUSTOM, ResolvedCloud};
pub use draft::Draft;
pub use oauth::{Interactive, OAuth, SignInRequest};
pub use parameter::{Parameter, ParameterKind};
pub use script::{RenderedScript, Script};
pub use types::{
    AuthMethod, Category, Choice, Cloud, Custom, Excess, Field, FieldKind, Manifest, Permission,
    Prerequisite,
};
pub use validate::ManifestError;
pub(crate) use validate::is_id;
