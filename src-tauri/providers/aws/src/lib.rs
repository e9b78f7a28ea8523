//! Amazon Web Services: IAM users, their credentials, and the root user.
//!
//! Signed by the AWS SDK, sent by the one HTTP client of the kit. Nothing is taken from the environment, neither `AWS_*`
//! variables nor instance metadata, and AWS's files on this computer count only where the user named a profile.

pub mod checks;
mod client;
pub mod datasets;
pub mod xml;

use async_trait::async_trait;
use provider_kit::{Check, Connection, Dataset, Manifest, Provider, ProviderError, Session};
use std::sync::LazyLock;

/// The provider as the registry lists it.
pub static PROVIDER: Aws = Aws;

#[expect(
    clippy::expect_used,
    reason = "the text is compiled in, and the conformance test reads it"
)]
static MANIFEST: LazyLock<Manifest> = LazyLock::new(|| {
    Manifest::parse(include_str!("../provider.toml")).expect("the manifest is valid")
});

/// Amazon Web Services.
#[derive(Clone, Copy, Debug)]
pub struct Aws;

#[async_trait]
impl Provider for Aws {
    fn manifest(&self) -> &Manifest {
        &MANIFEST
    }

    fn datasets(&self) -> &'static [&'static Dataset] {
        datasets::ALL
    }

    fn checks(&self) -> &'static [&'static Check] {
        checks::ALL
    }

    async fn sign_in(&self, connection: Connection) -> Result<Box<dyn Session>, ProviderError> {
        client::sign_in(&MANIFEST, connection).await
    }
}
