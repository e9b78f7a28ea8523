//! Accounts, when they last signed in, groups, and what each account registered for multifactor authentication.

use super::{Pace, Shape, Source, list, sent};
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;

/// Every account, members and guests, enabled and disabled.
pub(crate) static USERS: Dataset = Dataset {
    id: "entra-id.users",
    title: "Users",
    what: "Every account of the directory: whose it is, whether it is enabled, guest or member, and since when.",
    permissions: &["User.Read.All"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &["/onPremisesLastSyncDateTime"],
    removed: &[
        "/businessPhones",
        "/mobilePhone",
        "/officeLocation",
        "/preferredLanguage",
        "/givenName",
        "/surname",
        "/otherMails",
        "/streetAddress",
        "/city",
        "/postalCode",
        "/imAddresses",
        "/proxyAddresses",
    ],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.1[a]", "3.5.1[a]"],
};

pub(crate) const USERS_SOURCE: Source = Source {
    dataset: &USERS,
    path: "/v1.0/users",
    query: "$select=id,userPrincipalName,displayName,mail,accountEnabled,userType,createdDateTime,creationType,externalUserState,\
            externalUserStateChangeDateTime,onPremisesSyncEnabled,onPremisesLastSyncDateTime,lastPasswordChangeDateTime,\
            passwordPolicies,assignedLicenses,employeeId,employeeType&$top=999",
    shape: Shape::List,
    pace: Pace::Directory,
};

/// An account.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    pub(crate) id: Option<String>,
    pub(crate) user_principal_name: Option<String>,
    pub(crate) display_name: Option<String>,
    pub(crate) account_enabled: Option<bool>,
    pub(crate) user_type: Option<String>,
    pub(crate) created_date_time: Option<String>,
    pub(crate) external_user_state: Option<String>,
    pub(crate) external_user_state_change_date_time: Option<String>,
    /// Null for what was never synchronised.
    #[serde(default, deserialize_with = "sent")]
    pub(crate) on_premises_sync_enabled: Option<Option<bool>>,
    pub(crate) password_policies: Option<String>,
    pub(crate) assigned_licenses: Option<Vec<AssignedLicence>>,
}

impl User {
    /// The identifier that a finding shows.
    pub(crate) fn key(&self) -> String {
        self.id
            .clone()
            .or_else(|| self.user_principal_name.clone())
            .unwrap_or_default()
    }

    /// The name a person knows the account by.
    pub(crate) fn label(&self) -> String {
        self.user_principal_name
            .clone()
            .or_else(|| self.display_name.clone())
            .or_else(|| self.id.clone())
            .unwrap_or_default()
    }

    /// Whether it is demonstrably a guest. Without a type it counts as a member: the stricter reading.
    pub(crate) fn is_guest(&self) -> bool {
        self.user_type
            .as_deref()
            .is_some_and(|kind| kind.eq_ignore_ascii_case("guest"))
    }

    /// Whether the list of exempt accounts names it, by user principal name or by id.
    pub(crate) fn is_in(&self, exempt: &[String]) -> bool {
        [&self.id, &self.user_principal_name]
            .into_iter()
            .flatten()
            .any(|name| exempt.iter().any(|item| *item == name.to_lowercase()))
    }
}

/// A subscription given to an account.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AssignedLicence {
    pub(crate) sku_id: Option<String>,
    pub(crate) disabled_plans: Option<Vec<String>>,
}

/// The last sign-in of every account. Apart from the users, because the property needs a second permission and a licence,
/// and the list of users must not fail for the lack of either.
pub(crate) static ACTIVITY: Dataset = Dataset {
    id: "entra-id.user-sign-in-activity",
    title: "Last sign-in of users",
    what: "When each account last signed in: which ones nobody uses.",
    permissions: &["User.Read.All", "AuditLog.Read.All"],
    licence: Some("Microsoft Entra ID P1 or P2"),
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &["/signInActivity"],
    removed: &[
        "/signInActivity/lastSignInRequestId",
        "/signInActivity/lastNonInteractiveSignInRequestId",
        "/signInActivity/lastSuccessfulSignInRequestId",
    ],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.5.6[b]"],
};

pub(crate) const ACTIVITY_SOURCE: Source = Source {
    dataset: &ACTIVITY,
    path: "/v1.0/users",
    // With signInActivity the service allows 500 a page.
    query: "$select=id,userPrincipalName,accountEnabled,userType,createdDateTime,signInActivity&$top=500",
    shape: Shape::List,
    pace: Pace::Directory,
};

/// When an account last signed in.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Activity {
    pub(crate) id: Option<String>,
    pub(crate) sign_in_activity: Option<SignInActivity>,
}

/// Moments of sign-ins; absent when there was none.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SignInActivity {
    pub(crate) last_successful_sign_in_date_time: Option<String>,
    pub(crate) last_sign_in_date_time: Option<String>,
    pub(crate) last_non_interactive_sign_in_date_time: Option<String>,
}

/// Groups without their members.
pub(crate) static GROUPS: Dataset = Dataset {
    id: "entra-id.groups",
    title: "Groups",
    what: "The groups that give access, and which of them may hold administrator roles.",
    permissions: &["GroupMember.Read.All"],
    licence: None,
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &[],
    removed: &["/proxyAddresses", "/theme"],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.2[a]"],
};

pub(crate) const GROUPS_SOURCE: Source = Source {
    dataset: &GROUPS,
    path: "/v1.0/groups",
    query: "$select=id,displayName,securityEnabled,mailEnabled,groupTypes,isAssignableToRole,membershipRule,onPremisesSyncEnabled,\
            createdDateTime,visibility&$top=999",
    shape: Shape::List,
    pace: Pace::Directory,
};

/// What each account registered.
pub(crate) static REGISTRATION: Dataset = Dataset {
    id: "entra-id.mfa-registration",
    title: "MFA registration",
    what: "Which accounts registered multifactor authentication, and with which methods.",
    permissions: &["AuditLog.Read.All"],
    licence: Some("Microsoft Entra ID P1 or P2"),
    key: &["/id"],
    records: Reader::Body(list),
    volatile: &["/lastUpdatedDateTime"],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.5.3[c]", "3.5.3[d]"],
};

pub(crate) const REGISTRATION_SOURCE: Source = Source {
    dataset: &REGISTRATION,
    path: "/v1.0/reports/authenticationMethods/userRegistrationDetails",
    // The operation documents neither $select nor $top.
    query: "",
    shape: Shape::List,
    pace: Pace::Reports,
};

/// What one account registered.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Registration {
    pub(crate) id: Option<String>,
    pub(crate) is_mfa_capable: Option<bool>,
    pub(crate) is_mfa_registered: Option<bool>,
}
