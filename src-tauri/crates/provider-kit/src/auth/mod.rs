//! Signing in with OAuth 2.0: unattended with client credentials (a client secret, or a certificate's key), or as a
//! person through the browser ([`browser`]) or with a code ([`device`]).
//!
//! The flows are written here, over the one HTTP client, and not with the `oauth2` crate (5.0), which was read for it:
//! it takes every answer with status 200 for tokens, and GitHub's "pending" is one; its errors keep the raw answer, or
//! reduce it to what the standard knows, where provider crates look up their service's codes; its tokens are strings
//! that nobody wipes; it has no loopback listener, which is the part with the traps; and it brings older copies of
//! `rand`, `sha2` and `thiserror`. What it would have saved is the filling in of three forms.

mod assertion;
mod attempt;
pub mod browser;
mod clock;
pub mod device;
mod loopback;
mod pkce;
mod refusal;
mod renewed;
#[cfg(test)]
mod tests;
mod token;
mod tokens;

pub use assertion::{CertificateKey, SigningKeyError};
pub use attempt::{Attempt, Prompt};
pub use browser::{BrowserFlow, BrowserRequest};
pub use clock::{Clock, FixedClock, SystemClock};
pub use device::{DeviceFlow, DeviceRequest};
pub use loopback::Redirect;
pub use refusal::{DECLINED, SIGN_IN_AGAIN, TOO_LATE, refused};
pub use renewed::{MemorySink, SecretsSink, Turn, Unkept, unkept};
pub use token::{ClientCredential, TokenRequest, TokenSource};
pub use tokens::{BearerToken, SIGNED_IN, Tokens};

use refusal::{again_because, code as refused_with, sign_in_again};

use crate::Ask;
use http::{HeaderValue, header};
use std::sync::{Mutex, MutexGuard, PoisonError};
use url::Url;

/// A form for an endpoint of OAuth. GitHub answers with a form unless JSON is asked for.
fn ask(url: Url, fields: &[(&str, &str)]) -> Ask {
    Ask::form(url, fields).header(header::ACCEPT, HeaderValue::from_static("application/json"))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
