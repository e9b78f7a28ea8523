//! Tenant-wide settings: who may do what by default, which methods are allowed, consent, passwords.

use super::{Pace, Shape, Source, list, single};
use evidence::{Reason, UnknownCode};
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;

/// What members and guests may do without any role.
pub(crate) static AUTHORIZATION: Dataset = Dataset {
    id: "entra-id.authorization-policy",
    title: "Authorization policy",
    what: "What members and guests may do by default: invite, register apps, create tenants, read the directory.",
    permissions: &["Policy.Read.All"],
    licence: None,
    key: &[],
    records: Reader::Body(single),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.2[b]"],
};

pub(crate) const AUTHORIZATION_SOURCE: Source = Source {
    dataset: &AUTHORIZATION,
    path: "/v1.0/policies/authorizationPolicy",
    query: "$select=id,displayName,allowInvitesFrom,allowEmailVerifiedUsersToJoinOrganization,allowUserConsentForRiskyApps,\
            allowedToSignUpEmailBasedSubscriptions,allowedToUseSSPR,blockMsolPowerShell,guestUserRoleId,defaultUserRolePermissions",
    shape: Shape::Single,
    pace: Pace::Directory,
};

/// The record of [`AUTHORIZATION`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Authorization {
    pub(crate) allow_invites_from: Option<String>,
    pub(crate) guest_user_role_id: Option<String>,
    pub(crate) allow_user_consent_for_risky_apps: Option<bool>,
    pub(crate) default_user_role_permissions: Option<DefaultPermissions>,
}

/// What every member may do.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DefaultPermissions {
    pub(crate) allowed_to_create_apps: Option<bool>,
    pub(crate) allowed_to_create_tenants: Option<bool>,
    pub(crate) permission_grant_policies_assigned: Option<Vec<String>>,
}

/// Which methods people may register and use.
pub(crate) static METHODS: Dataset = Dataset {
    id: "entra-id.authentication-methods-policy",
    title: "Authentication methods policy",
    what: "Which sign-in methods are allowed, for whom, and whether people are led to register better ones.",
    permissions: &["Policy.Read.All"],
    licence: None,
    key: &[],
    records: Reader::Body(single),
    volatile: &["/lastModifiedDateTime"],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.5.4[a]"],
};

pub(crate) const METHODS_SOURCE: Source = Source {
    dataset: &METHODS,
    path: "/v1.0/policies/authenticationMethodsPolicy",
    query: "",
    shape: Shape::Single,
    pace: Pace::Directory,
};

/// The record of [`METHODS`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Methods {
    /// `migrationComplete` once the older policies for MFA and password reset count no more.
    pub(crate) policy_migration_state: Option<String>,
    pub(crate) authentication_method_configurations: Option<Vec<Method>>,
}

impl Methods {
    /// Why this policy alone does not say which methods are off: the older policies for multifactor authentication and
    /// password reset may still allow them. `None` once it does.
    pub(crate) fn older_policies_count(&self) -> Option<Reason> {
        match self.policy_migration_state.as_deref() {
            Some("migrationComplete") => None,
            Some("preMigration" | "migrationInProgress") => Some(Reason::new(
                UnknownCode::NeedsJudgement,
                "The migration to the authentication methods policy is not complete: whether the older policies for multifactor authentication and password reset still allow a method has to be looked at.",
            )),
            _ => Some(Reason::new(
                UnknownCode::MalformedAnswer,
                "The authentication methods policy does not say whether older policies still count.",
            )),
        }
    }
}

/// One method.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Method {
    pub(crate) id: Option<String>,
    pub(crate) state: Option<String>,
    /// Of the Authenticator app alone.
    pub(crate) feature_settings: Option<AuthenticatorFeatures>,
}

/// What the Authenticator app shows with a prompt.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthenticatorFeatures {
    pub(crate) display_app_information_required_state: Option<Feature>,
    pub(crate) display_location_information_required_state: Option<Feature>,
}

/// One of those, and for whom.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Feature {
    /// `enabled`, `disabled`, or `default` where Microsoft decides.
    pub(crate) state: Option<String>,
    pub(crate) include_target: Option<Target>,
    pub(crate) exclude_target: Option<Target>,
}

/// A group, by id.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Target {
    /// `all_users` for everybody, the zero id for nobody.
    pub(crate) id: Option<String>,
}

/// Whether people can ask an administrator for an app.
pub(crate) static CONSENT_REQUESTS: Dataset = Dataset {
    id: "entra-id.admin-consent-policy",
    title: "Admin consent requests",
    what: "Whether a person can ask an administrator to approve an app, and who decides.",
    permissions: &["Policy.Read.All"],
    licence: None,
    key: &[],
    records: Reader::Body(single),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.4.9[b]"],
};

pub(crate) const CONSENT_REQUESTS_SOURCE: Source = Source {
    dataset: &CONSENT_REQUESTS,
    path: "/v1.0/policies/adminConsentRequestPolicy",
    query: "",
    shape: Shape::Single,
    pace: Pace::Directory,
};

/// The record of [`CONSENT_REQUESTS`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ConsentRequests {
    pub(crate) is_enabled: Option<bool>,
}

/// Settings kept as name and value, among them the password rules.
pub(crate) static DIRECTORY_SETTINGS: Dataset = Dataset {
    id: "entra-id.directory-settings",
    title: "Directory settings",
    what: "Lockout after wrong passwords, banned passwords, and who may create groups, where they differ from Microsoft's defaults.",
    permissions: &["GroupSettings.Read.All"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.8[b]", "3.5.7[c]"],
};

pub(crate) const DIRECTORY_SETTINGS_SOURCE: Source = Source {
    dataset: &DIRECTORY_SETTINGS,
    path: "/v1.0/groupSettings",
    query: "",
    shape: Shape::List,
    pace: Pace::Directory,
};

/// The template whose values are the password rules.
pub(crate) const PASSWORD_RULES: &str = "5cf42378-d67d-4f36-ba46-e8b86229381d";

/// One set of settings.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DirectorySetting {
    pub(crate) id: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) template_id: Option<String>,
    pub(crate) values: Option<Vec<NamedValue>>,
}

/// A setting; the service writes every value as text.
#[derive(Debug, Deserialize)]
pub(crate) struct NamedValue {
    pub(crate) name: Option<String>,
    pub(crate) value: Option<String>,
}

impl DirectorySetting {
    /// The text of the setting `name`.
    pub(crate) fn value(&self, name: &str) -> Option<&str> {
        self.values
            .as_ref()?
            .iter()
            .find(|pair| {
                pair.name
                    .as_deref()
                    .is_some_and(|other| other.eq_ignore_ascii_case(name))
            })?
            .value
            .as_deref()
    }
}

/// What other tenants are trusted for by default.
pub(crate) static CROSS_TENANT: Dataset = Dataset {
    id: "entra-id.cross-tenant-access",
    title: "Access across tenants",
    what: "What is taken on trust from other tenants, such as their MFA and their devices, where no rule of its own was made for one.",
    permissions: &["Policy.Read.All"],
    licence: None,
    key: &[],
    records: Reader::Body(single),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.20[a]", "3.1.20[e]"],
};

pub(crate) const CROSS_TENANT_SOURCE: Source = Source {
    dataset: &CROSS_TENANT,
    path: "/v1.0/policies/crossTenantAccessPolicy/default",
    query: "",
    shape: Shape::Single,
    pace: Pace::Directory,
};

/// What the secrets and certificates of applications may be.
pub(crate) static APP_MANAGEMENT: Dataset = Dataset {
    id: "entra-id.app-management-policy",
    title: "Rules for app credentials",
    what: "Whether the tenant limits the secrets and certificates that applications may have.",
    permissions: &["Policy.Read.All"],
    licence: None,
    key: &[],
    records: Reader::Body(single),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.5.2[b]"],
};

pub(crate) const APP_MANAGEMENT_SOURCE: Source = Source {
    dataset: &APP_MANAGEMENT,
    path: "/v1.0/policies/defaultAppManagementPolicy",
    query: "",
    shape: Shape::Single,
    pace: Pace::Directory,
};
