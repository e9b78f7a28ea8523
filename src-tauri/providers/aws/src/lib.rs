//! Amazon Web Services: IAM users, their credentials, and the root user.
//!
//! Signed by the AWS SDK, sent by the one HTTP client of the kit. Nothing is taken from the environment: no profile,
//! no `AWS_*` variable, no instance metadata.

pub mod checks;
mod client;
pub mod datasets;
pub mod xml;

use async_trait::async_trait;
use provider_kit::{
    Check, Connection, Dataset, Manifest, ManifestError, Provider, ProviderError, Session,
};

/// Amazon Web Services.
#[derive(Debug)]
pub struct Aws {
    manifest: Manifest,
}

impl Aws {
    /// The provider, with its manifest read.
    ///
    /// # Errors
    ///
    /// The manifest does not follow the schema; the conformance test says where.
    pub fn new() -> Result<Self, ManifestError> {
        Ok(Self {
            manifest: Manifest::parse(include_str!("../provider.toml"))?,
        })
    }
}

#[async_trait]
impl Provider for Aws {
    fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    fn datasets(&self) -> &'static [&'static Dataset] {
        &datasets::ALL
    }

    fn checks(&self) -> &'static [&'static Check] {
        &checks::ALL
    }

    async fn sign_in(&self, connection: Connection) -> Result<Box<dyn Session>, ProviderError> {
        client::sign_in(&self.manifest, connection).await
    }
}
