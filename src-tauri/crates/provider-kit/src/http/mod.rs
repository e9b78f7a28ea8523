//! The one way out: every request of every provider goes through [`HttpClient`], which bounds, paces, retries and
//! logs it. Credentials are in headers and bodies only, and neither is ever logged or shown.

mod address;
mod ask;
mod attempt;
mod bounded;
mod client;
mod content;
mod failure;
mod issuer;
mod log;
mod pacing;
mod policy;
mod redact;
mod retry;
#[cfg(test)]
pub(crate) mod tests;

pub(crate) use address::{check_address, same_origin};
pub use ask::{Answer, Ask, Expects};
pub use client::{HttpClient, Stats};
pub use log::{MemoryLog, OutboundRecord, RequestLog};
pub use policy::HttpPolicy;
pub(crate) use redact::host as shown_host;
pub use redact::{HIDDEN, form as redacted_form};
