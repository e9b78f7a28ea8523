//! What every provider is made of: manifest, clouds, sign-in, HTTP client, datasets, checks, error classes,
//! and the conformance suite that every provider runs.
//!
//! A provider is one folder: a manifest that screens are generated from, a client with what is special about the
//! service, datasets that say what is asked, and checks that judge what came back. A check can't reach the network,
//! the clock or the store: it is a function of recorded data.

pub mod auth;
pub mod check;
pub mod conditional;
pub mod conformance;
pub mod dataset;
pub mod error;
pub mod http;
pub mod manifest;
pub mod paging;
pub mod provider;
pub mod verdict;

pub use check::{Check, Collected, Gathered, LegacyRule, LegacyShare, Parameters, Reperform, Rows};
pub use dataset::{Clouds, Dataset, Malformed, Origin, PageSource, RawPage, Reader, Records};
pub use error::{ErrorClass, ProviderError};
pub use http::{
    Answer, Ask, Expects, HttpClient, HttpPolicy, MemoryLog, OutboundRecord, RequestLog, Stats,
};
pub use manifest::{Cleaned, Draft, FieldError, Manifest, ManifestError, ResolvedCloud};
pub use paging::{Next, Pages, follow};
pub use provider::{
    Connection, Expiry, Grant, GrantState, Identity, Page, PageSink, Provider, Session,
};
pub use verdict::{Judge, Verdict, WhenEmpty};
