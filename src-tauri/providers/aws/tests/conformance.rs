//! The promises every provider keeps.
#![allow(clippy::unwrap_used)]

provider_kit::conformance!(provider_aws::PROVIDER);
