//! The provider as the registry lists it.

use crate::{checks::CHECKS, client, datasets::DATASETS, mfa_share, refusal};
use async_trait::async_trait;
use provider_kit::{
    Answer, Check, Connection, Dataset, LegacyRule, Manifest, Provider, ProviderError, Session,
};
use std::sync::LazyLock;

/// The provider as the registry lists it.
pub static PROVIDER: EntraId = EntraId;

#[expect(
    clippy::expect_used,
    reason = "the text is compiled in, and the conformance test reads it"
)]
pub(crate) static MANIFEST: LazyLock<Manifest> = LazyLock::new(|| {
    Manifest::parse(include_str!("../provider.toml")).expect("the manifest is valid")
});

static LEGACY_RULES: &[&LegacyRule] = &[&mfa_share::RULE];

/// Microsoft Entra ID.
#[derive(Clone, Copy, Debug)]
pub struct EntraId;

#[async_trait]
impl Provider for EntraId {
    fn manifest(&self) -> &Manifest {
        &MANIFEST
    }

    fn datasets(&self) -> &'static [&'static Dataset] {
        DATASETS
    }

    fn checks(&self) -> &'static [&'static Check] {
        CHECKS
    }

    fn legacy_rules(&self) -> &'static [&'static LegacyRule] {
        LEGACY_RULES
    }

    fn refusal(&self) -> fn(&Answer) -> ProviderError {
        refusal::of_sign_in
    }

    async fn sign_in(&self, connection: Connection) -> Result<Box<dyn Session>, ProviderError> {
        Ok(Box::new(client::sign_in(connection).await?))
    }
}
