//! Documentation and console pages, opened in the system's browser: https and an allow-list only.

use crate::{
    App,
    api::{ApiError, Nothing, OpenLink},
};

/// Opens a page that a provider's manifest allows.
pub async fn open_link(app: &App, request: OpenLink) -> Result<Nothing, ApiError> {
    if !app
        .options
        .providers
        .iter()
        .any(|provider| provider.manifest().may_open(&request.url))
    {
        return Err(ApiError::usage(
            "This page is not opened.",
            "Only https pages of the services that CMMCPro knows are.",
            "Copy the address and open it yourself if you trust it.",
        )
        .coded("link_not_allowed"));
    }
    open(&request.url)?;
    Ok(Nothing {})
}

/// Opens an address, whose caller answers for it, in the system's browser.
pub(crate) fn open(address: &str) -> Result<(), ApiError> {
    open::that_detached(address).map_err(|error| ApiError {
        code: "no_browser".to_owned(),
        class: "our_bug".to_owned(),
        what: "The browser could not be opened.".to_owned(),
        why: format!("The system said: {}.", error.kind()),
        fix: "Open the address yourself.".to_owned(),
        detail: None,
        field: None,
    })
}
