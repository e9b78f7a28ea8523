//! GitHub: who belongs to an organization, how changes reach its default branches, what scanning finds. Read-only.
//!
//! What is special here: most of it is asked about each repository, a refusal often looks like "there is none" (404), and
//! what is documented to mean "off" comes as an error status. An answer counts as "off" only where the service is
//! documented to say so and the repository is known to be visible; anything else is a reason, never a result.

pub mod checks;
mod client;
pub mod datasets;

use async_trait::async_trait;
use provider_kit::{Check, Connection, Dataset, Manifest, Provider, ProviderError, Session};
use std::sync::LazyLock;

/// The provider as the registry lists it.
pub static PROVIDER: GitHub = GitHub;

#[expect(
    clippy::expect_used,
    reason = "the text is compiled in, and the conformance test reads it"
)]
static MANIFEST: LazyLock<Manifest> = LazyLock::new(|| {
    Manifest::parse(include_str!("../provider.toml")).expect("the manifest is valid")
});

/// GitHub.
#[derive(Clone, Copy, Debug)]
pub struct GitHub;

#[async_trait]
impl Provider for GitHub {
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
        Ok(Box::new(client::sign_in(&MANIFEST, connection).await?))
    }
}
