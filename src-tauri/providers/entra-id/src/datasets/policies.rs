//! What decides a sign-in: Conditional Access, the locations it names, security defaults, authentication strengths.

use super::{Pace, Shape, Source, list, sent, single};
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

/// Conditional Access policies in whatever state.
pub(crate) static CONDITIONAL_ACCESS: Dataset = Dataset {
    id: "entra-id.conditional-access-policies",
    title: "Conditional Access policies",
    what: "Under which conditions people may sign in, and what each sign-in has to prove.",
    permissions: &["Policy.Read.All"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.1[d]", "3.5.3[c]", "3.5.3[d]", "3.1.12[b]"],
};

pub(crate) const CONDITIONAL_ACCESS_SOURCE: Source = Source {
    dataset: &CONDITIONAL_ACCESS,
    path: "/v1.0/identity/conditionalAccess/policies",
    // Every member decides something, so nothing is left out.
    query: "",
    shape: Shape::List,
    pace: Pace::Protection,
};

/// A Conditional Access policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Policy {
    pub(crate) id: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) conditions: Option<Conditions>,
    pub(crate) grant_controls: Option<GrantControls>,
    pub(crate) session_controls: Option<SessionControls>,
}

/// When a policy applies.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Conditions {
    pub(crate) users: Option<UserCondition>,
    pub(crate) applications: Option<ApplicationCondition>,
    pub(crate) client_app_types: Option<Vec<String>>,
    #[serde(default, deserialize_with = "sent")]
    pub(crate) platforms: Option<Option<PlatformCondition>>,
    #[serde(default, deserialize_with = "sent")]
    pub(crate) locations: Option<Option<LocationCondition>>,
    #[serde(default, deserialize_with = "sent")]
    pub(crate) devices: Option<Option<Value>>,
    pub(crate) client_applications: Option<Value>,
    pub(crate) authentication_flows: Option<AuthenticationFlows>,
    pub(crate) insider_risk_levels: Option<String>,
    pub(crate) user_risk_levels: Option<Vec<String>>,
    pub(crate) sign_in_risk_levels: Option<Vec<String>>,
    pub(crate) service_principal_risk_levels: Option<Vec<String>>,
    /// Conditions this version does not know: whatever they say may narrow the policy.
    #[serde(flatten)]
    pub(crate) other: BTreeMap<String, Value>,
}

/// Whom a policy applies to.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserCondition {
    pub(crate) include_users: Option<Vec<String>>,
    pub(crate) exclude_users: Option<Vec<String>>,
    pub(crate) include_groups: Option<Vec<String>>,
    pub(crate) exclude_groups: Option<Vec<String>>,
    pub(crate) include_roles: Option<Vec<String>>,
    pub(crate) exclude_roles: Option<Vec<String>>,
    #[serde(default, deserialize_with = "sent")]
    pub(crate) exclude_guests_or_external_users: Option<Option<Value>>,
}

/// Which applications it guards.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ApplicationCondition {
    pub(crate) include_applications: Option<Vec<String>>,
    pub(crate) exclude_applications: Option<Vec<String>>,
    pub(crate) application_filter: Option<Value>,
}

/// On which platforms.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PlatformCondition {
    pub(crate) include_platforms: Option<Vec<String>>,
    pub(crate) exclude_platforms: Option<Vec<String>>,
}

/// From where.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LocationCondition {
    pub(crate) include_locations: Option<Vec<String>>,
    pub(crate) exclude_locations: Option<Vec<String>>,
}

/// For which ways to move a sign-in to another device.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthenticationFlows {
    /// Names joined by commas.
    pub(crate) transfer_methods: Option<String>,
}

/// What a sign-in has to prove.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GrantControls {
    pub(crate) operator: Option<String>,
    pub(crate) built_in_controls: Option<Vec<String>>,
    pub(crate) custom_authentication_factors: Option<Vec<String>>,
    pub(crate) terms_of_use: Option<Vec<String>>,
    pub(crate) authentication_strength: Option<Strength>,
}

/// Which combinations of methods are strong enough.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Strength {
    pub(crate) requirements_satisfied: Option<String>,
    pub(crate) allowed_combinations: Option<Vec<String>>,
}

/// What limits the session.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SessionControls {
    pub(crate) sign_in_frequency: Option<SignInFrequency>,
    pub(crate) persistent_browser: Option<PersistentBrowser>,
}

/// How often a person signs in again.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignInFrequency {
    pub(crate) is_enabled: Option<bool>,
    pub(crate) value: Option<i64>,
    #[serde(rename = "type")]
    pub(crate) unit: Option<String>,
    pub(crate) frequency_interval: Option<String>,
}

/// Whether a browser stays signed in.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct PersistentBrowser {
    pub(crate) is_enabled: Option<bool>,
    pub(crate) mode: Option<String>,
}

/// Networks and countries that policies refer to.
pub(crate) static NAMED_LOCATIONS: Dataset = Dataset {
    id: "entra-id.named-locations",
    title: "Named locations",
    what: "Which networks and countries Conditional Access tells apart, and which of them it trusts.",
    permissions: &["Policy.Read.All"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.12[b]"],
};

pub(crate) const NAMED_LOCATIONS_SOURCE: Source = Source {
    dataset: &NAMED_LOCATIONS,
    path: "/v1.0/identity/conditionalAccess/namedLocations",
    // The kinds of location differ in their members; $select could only name the common ones.
    query: "",
    shape: Shape::List,
    pace: Pace::Protection,
};

/// Microsoft's basic protection.
pub(crate) static SECURITY_DEFAULTS: Dataset = Dataset {
    id: "entra-id.security-defaults",
    title: "Security defaults",
    what: "Whether Microsoft's basic protection is on: MFA prompts for everyone and no older protocols.",
    permissions: &["Policy.Read.All"],
    licence: None,
    key: &[],
    records: Reader::Body(single),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.5.3[c]", "3.5.3[d]"],
};

pub(crate) const SECURITY_DEFAULTS_SOURCE: Source = Source {
    dataset: &SECURITY_DEFAULTS,
    path: "/v1.0/policies/identitySecurityDefaultsEnforcementPolicy",
    query: "$select=id,displayName,isEnabled",
    shape: Shape::Single,
    pace: Pace::Directory,
};

/// The record of [`SECURITY_DEFAULTS`].
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SecurityDefaults {
    pub(crate) is_enabled: Option<bool>,
}

/// Named combinations of methods.
pub(crate) static STRENGTHS: Dataset = Dataset {
    id: "entra-id.authentication-strengths",
    title: "Authentication strengths",
    what: "Which combinations of sign-in methods a policy can ask for.",
    permissions: &["Policy.Read.All"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.5.4[a]"],
};

pub(crate) const STRENGTHS_SOURCE: Source = Source {
    dataset: &STRENGTHS,
    path: "/v1.0/policies/authenticationStrengthPolicies",
    query: "",
    shape: Shape::List,
    pace: Pace::Directory,
};
