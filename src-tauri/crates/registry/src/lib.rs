//! The list of providers: one dependency line and one line here each (`cargo xtask new provider` makes both).

use provider_kit::Provider;

/// Every provider that works, in the order of the cards.
#[must_use]
pub fn providers() -> &'static [&'static dyn Provider] {
    &[]
}
