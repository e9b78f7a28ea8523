//! How an emulator is set up: which product it is, who may ask, and how the service behaves.

use std::time::Duration;

use crate::permission::{Permissions, read_everything};
use crate::token::{Selection, Token};

/// Which GitHub it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Product {
    /// github.com, and Enterprise Cloud with data residency, which differs in its addresses only.
    #[default]
    Cloud,
    /// Enterprise Server 3.x, with this x. Its base path is `/api/v3`, and it does not limit rates.
    Server(u8),
}

impl Product {
    /// The path before every address of the API.
    #[must_use]
    pub fn base_path(self) -> &'static str {
        match self {
            Self::Cloud => "",
            Self::Server(_) => "/api/v3",
        }
    }

    pub(crate) fn is_server(self) -> bool {
        matches!(self, Self::Server(_))
    }
}

/// The GitHub App that may ask for installation tokens and start the device flow. Its key is made by the emulator.
#[derive(Debug, Clone)]
pub struct App {
    /// The App's number.
    pub id: u64,
    /// The client id, which `iss` and the device flow name.
    pub client_id: String,
    /// The App's short name.
    pub slug: String,
    /// The installation in the organization.
    pub installation_id: u64,
    /// What the installation may do.
    pub permissions: Permissions,
    /// Which repositories the installation reaches.
    pub repositories: Selection,
    /// Whether the installation is suspended.
    pub suspended: bool,
    /// Whether the App is installed at all.
    pub installed: bool,
    /// Whether the device flow is switched on.
    pub device_flow: bool,
    /// Whether user tokens end after eight hours and come with a refresh token.
    pub user_tokens_expire: bool,
}

impl Default for App {
    fn default() -> Self {
        Self {
            id: 4_210_077,
            client_id: "Iv23liEmulatedClient".to_owned(),
            slug: "evidence-reader".to_owned(),
            installation_id: 70_010_442,
            permissions: read_everything(),
            repositories: Selection::All,
            suspended: false,
            installed: true,
            device_flow: true,
            user_tokens_expire: true,
        }
    }
}

/// A secondary limit: so many requests in a window, and what the refusal looks like.
#[derive(Debug, Clone)]
pub struct Secondary {
    /// How many requests are let through in one window.
    pub requests: usize,
    /// How long the window is.
    pub window: Duration,
    /// 403 or 429.
    pub status: u16,
    /// Seconds in `Retry-After`; without it the header is missing.
    pub retry_after: Option<u64>,
}

/// The set-up of one emulator.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 lets the system choose.
    pub port: u16,
    /// Which GitHub it is.
    pub product: Product,
    /// Another base path than the product's own; empty or starting with a slash, and without one at the end.
    pub base_path: Option<String>,
    /// The tokens that are accepted from the start. [`crate::Emulator::token`] is the first one.
    pub tokens: Vec<Token>,
    /// The GitHub App.
    pub app: App,
    /// The client id of an OAuth App, whose device flow gives `gho_` tokens with scopes.
    pub oauth_client_id: String,
    /// The seconds between polls that the device flow asks for.
    pub device_interval: u64,
    /// How many requests an hour a token has; without it, what GitHub grants.
    pub rate_limit: Option<u32>,
    /// The status of the primary limit: 403 or 429.
    pub rate_limit_status: u16,
    /// A secondary limit. Off by default, so that tests are quick.
    pub secondary: Option<Secondary>,
    /// How many requests at a time are let through before the secondary limit refuses.
    pub concurrent: usize,
    /// A pause before each answer.
    pub latency: Duration,
    /// Whether a 304 repeats the `Link` of the answer that it stands for.
    pub link_with_304: bool,
    /// Whether the list of repositories leaves `security_and_analysis` out, which then is on each repository alone.
    pub list_without_security: bool,
    /// Whether the 404 of switched-off vulnerability alerts has a body that says so.
    pub alerts_off_says_so: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            product: Product::Cloud,
            base_path: None,
            tokens: vec![Token::fine_grained(
                "11EMULATED0owner0token_4f9c2d7e1b8a6035c4d2e9f0a7b16384",
            )],
            app: App::default(),
            oauth_client_id: "Ov23liEmulatedOauth0".to_owned(),
            device_interval: 5,
            rate_limit: None,
            rate_limit_status: 403,
            secondary: None,
            concurrent: 100,
            latency: Duration::ZERO,
            link_with_304: false,
            list_without_security: false,
            alerts_off_says_so: false,
        }
    }
}

impl Options {
    /// The path before every address of the API: empty, or with a slash at its start and none at its end.
    #[must_use]
    pub fn base_path(&self) -> &str {
        self.base_path
            .as_deref()
            .unwrap_or(self.product.base_path())
    }
}
