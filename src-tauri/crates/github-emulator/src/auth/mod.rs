//! Who asks: tokens, the App's assertions, the device flow.

pub(crate) mod app;
pub(crate) mod device;
pub(crate) mod jwt;
