//! Signing in with OAuth 2.0 client credentials: a client secret, or a certificate's key (`private_key_jwt`).

mod assertion;
mod clock;
#[cfg(test)]
mod tests;
mod token;

pub use assertion::{CertificateKey, SigningKeyError};
pub use clock::{Clock, FixedClock, SystemClock};
pub use token::{BearerToken, ClientCredential, TokenRequest, TokenSource};
