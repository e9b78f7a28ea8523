//! The organization itself: its settings, its apps, its roles, and the credentials it admitted.

use super::{NOT_ON_A_SERVER, read};
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;
use std::collections::BTreeMap;

const LIST: Dataset = Dataset {
    id: "",
    title: "",
    what: "",
    permissions: &["organization_administration:read"],
    licence: None,
    key: &["/id"],
    records: Reader::Page(read::list),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &[],
};

/// The settings of the organization.
pub static ORGANIZATION: Dataset = Dataset {
    id: "github.organization",
    title: "Organization",
    what: "The organization's settings: two-factor requirement, what members may do, defaults of new repositories, plan.",
    key: &[],
    records: Reader::Page(read::single),
    // Counters and what moves with every push; the settings stay.
    volatile: &[
        "/updated_at",
        "/followers",
        "/following",
        "/public_repos",
        "/public_gists",
        "/private_gists",
        "/total_private_repos",
        "/owned_private_repos",
        "/disk_usage",
        "/collaborators",
        "/plan/filled_seats",
        "/plan/private_repos",
        "/plan/space",
    ],
    removed: &["/billing_email"],
    objectives: &["3.1.2[b]", "3.4.2[b]", "3.5.3[d]"],
    ..LIST
};

/// The apps that are installed.
pub static INSTALLATIONS: Dataset = Dataset {
    id: "github.installations",
    title: "Installed apps",
    what: "Which GitHub Apps are installed, what they may do and in which repositories.",
    records: Reader::Page(|page| read::list_in(page, "installations")),
    volatile: &["/updated_at"],
    objectives: &["3.1.1[b]", "3.1.1[e]", "3.1.20[b]"],
    ..LIST
};

/// The credentials that were admitted behind single sign-on.
pub static CREDENTIAL_AUTHORIZATIONS: Dataset = Dataset {
    id: "github.credential_authorizations",
    title: "Credentials behind single sign-on",
    what: "Which tokens and keys people authorized for the organization's single sign-on, and when they were last used.",
    licence: Some("GitHub Enterprise Cloud"),
    key: &["/credential_id"],
    volatile: &["/credential_accessed_at"],
    removed: &["/token_last_eight"],
    clouds: NOT_ON_A_SERVER,
    objectives: &["3.5.2[a]", "3.1.1[a]"],
    ..LIST
};

/// The roles of the organization.
pub static ORGANIZATION_ROLES: Dataset = Dataset {
    id: "github.organization_roles",
    title: "Organization roles",
    what: "The roles of the organization beside owner and member, and what each may do.",
    permissions: &["organization_custom_org_roles:read"],
    records: Reader::Page(|page| read::list_in(page, "roles")),
    volatile: &["/updated_at"],
    objectives: &["3.1.5[a]", "3.1.4[a]"],
    ..LIST
};

/// The settings that checks read. Every one is shown to owners only, or was added in some version: absent is not false.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Organization {
    /// Its name in addresses.
    pub login: Option<String>,
    /// Whether it proved that a domain is its own.
    pub is_verified: Option<bool>,
    /// Whether everybody needs a second factor.
    pub two_factor_requirement_enabled: Option<bool>,
    /// What members may do in every repository: `none`, `read`, `write`, `admin`.
    pub default_repository_permission: Option<String>,
    /// Whether members may create repositories.
    pub members_can_create_repositories: Option<bool>,
    /// Which: `all`, `private`, `none`, `internal`.
    pub members_allowed_repository_creation_type: Option<String>,
    /// Whether members may create public repositories.
    pub members_can_create_public_repositories: Option<bool>,
    /// Whether members may delete or transfer repositories they administer.
    pub members_can_delete_repositories: Option<bool>,
    /// Whether members may change who sees repositories they administer.
    pub members_can_change_repo_visibility: Option<bool>,
    /// Whether members may fork private repositories.
    pub members_can_fork_private_repositories: Option<bool>,
    /// Whether members may invite outside collaborators.
    pub members_can_invite_outside_collaborators: Option<bool>,
    /// Whether members may publish Pages.
    pub members_can_create_pages: Option<bool>,
    /// Whether members may publish Pages for everybody.
    pub members_can_create_public_pages: Option<bool>,
    /// Whether new repositories get Dependabot alerts.
    pub dependabot_alerts_enabled_for_new_repositories: Option<bool>,
    /// Whether new repositories get the dependency graph.
    pub dependency_graph_enabled_for_new_repositories: Option<bool>,
    /// Whether new repositories get secret scanning.
    pub secret_scanning_enabled_for_new_repositories: Option<bool>,
    /// Whether new repositories get push protection.
    pub secret_scanning_push_protection_enabled_for_new_repositories: Option<bool>,
}

/// An installed app.
#[derive(Clone, Debug, Deserialize)]
pub struct Installation {
    /// The installation's number.
    pub id: Option<u64>,
    /// The app's name in addresses.
    pub app_slug: Option<String>,
    /// `all` or `selected`.
    pub repository_selection: Option<String>,
    /// `read`, `write` or `admin` by permission; one that is not named is not held.
    pub permissions: Option<BTreeMap<String, Option<String>>>,
    /// Since when it may do nothing; null while it may.
    pub suspended_at: Option<String>,
}
