//! What every provider promises.
#![allow(clippy::unwrap_used, clippy::expect_used)]

provider_kit::conformance!(provider_entra_id::PROVIDER);
