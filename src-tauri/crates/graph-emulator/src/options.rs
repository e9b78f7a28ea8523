//! How an emulator is set up: the registered application, what it may do, and how the service behaves.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::certificate::ClientCertificate;

/// What Graph puts into properties that may be null.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nullable {
    /// The tenant's values.
    #[default]
    Values,
    /// `null` in every property that is allowed to be null.
    Null,
    /// Those properties are left out of the answer altogether.
    Omitted,
}

/// The set-up of one emulator.
#[derive(Debug, Clone)]
pub struct Options {
    /// The port on 127.0.0.1; 0 lets the system choose.
    pub port: u16,
    /// The application (client) id.
    pub client_id: String,
    /// The client secret that works, if the application has one.
    pub client_secret: Option<String>,
    /// A client secret that used to work: answered with "expired".
    pub expired_secret: Option<String>,
    /// The certificate registered with the application. The private key in it is never used here.
    pub certificate: Option<ClientCertificate>,
    /// Application permissions granted to the application, as they appear in the `roles` claim.
    pub roles: Vec<String>,
    /// The Graph root that scopes and audiences name. It stays the real one even though the host is the loopback.
    pub audience: String,
    /// The sign-in authority an assertion may name as its audience besides this emulator's own token endpoint.
    pub authority: String,
    /// How long access tokens live.
    pub token_lifetime: Duration,
    /// A pause before each answer.
    pub latency: Duration,
    /// What to put into nullable properties.
    pub nullable: Nullable,
    /// A smaller page size than the service's own default, for requests without `$top`.
    pub page_size: Option<usize>,
    /// Whether the service's own limits hold: five report requests in ten seconds, one Conditional Access request a
    /// second (refused without `Retry-After`). Off by default, so that tests are quick.
    pub limits: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            client_id: crate::tenant::guid("client", 1),
            client_secret: Some("emulated~secret.value-0123456789abcdefghij".to_owned()),
            expired_secret: None,
            certificate: None,
            roles: CORE_ROLES.iter().map(|role| (*role).to_owned()).collect(),
            audience: "https://graph.microsoft.com".to_owned(),
            authority: "https://login.microsoftonline.com".to_owned(),
            token_lifetime: Duration::from_secs(3599),
            latency: Duration::ZERO,
            nullable: Nullable::Values,
            page_size: None,
            limits: false,
        }
    }
}

/// The read-only permissions that cover every address the emulator serves.
pub const CORE_ROLES: [&str; 11] = [
    "AuditLog.Read.All",
    "Directory.Read.All",
    "Policy.Read.All",
    "Policy.Read.DeviceConfiguration",
    "IdentityRiskyUser.Read.All",
    "IdentityRiskEvent.Read.All",
    "IdentityRiskyServicePrincipal.Read.All",
    "SecurityEvents.Read.All",
    "AccessReview.Read.All",
    "PrivilegedEligibilitySchedule.Read.AzureADGroup",
    "RoleManagement.Read.Directory",
];
