//! The promises every provider keeps.

provider_kit::conformance!(provider_github::PROVIDER);
