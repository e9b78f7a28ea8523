//! What is judged: one file per check.

mod access_reviewed;
mod activation_guarded;
mod admin_mfa_enforced;
mod admin_phishing_resistant_mfa;
mod app_credentials_short_lived;
mod app_permissions_approved;
mod audit_events_attributed;
mod authenticator_context_shown;
mod banned_passwords;
mod device_code_flow_blocked;
mod device_registration_controlled;
mod global_administrators_few;
mod guest_access_limited;
mod guest_invitations_restricted;
mod guests_in_use;
mod inactive_members_disabled;
mod legacy_authentication_blocked;
mod legacy_sign_ins_absent;
mod managed_device_required;
mod members_mfa_capable;
mod mfa_enforced_for_all;
mod privileged_accounts_cloud_only;
mod privileged_accounts_separate;
mod privileged_accounts_valid;
mod risk_handled_by_policy;
mod risky_users_handled;
mod sessions_limited;
mod smart_lockout;
mod standing_privilege_absent;
mod user_app_registration_restricted;
mod user_consent_restricted;
mod weak_methods_disabled;

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use evidence::Timestamp;
use provider_kit::Check;

/// Every check.
pub(crate) static CHECKS: &[&Check] = &[
    &admin_mfa_enforced::CHECK,
    &mfa_enforced_for_all::CHECK,
    &members_mfa_capable::CHECK,
    &admin_phishing_resistant_mfa::CHECK,
    &legacy_authentication_blocked::CHECK,
    &legacy_sign_ins_absent::CHECK,
    &weak_methods_disabled::CHECK,
    &managed_device_required::CHECK,
    &device_code_flow_blocked::CHECK,
    &global_administrators_few::CHECK,
    &privileged_accounts_cloud_only::CHECK,
    &privileged_accounts_separate::CHECK,
    &standing_privilege_absent::CHECK,
    &privileged_accounts_valid::CHECK,
    &inactive_members_disabled::CHECK,
    &guests_in_use::CHECK,
    &guest_invitations_restricted::CHECK,
    &guest_access_limited::CHECK,
    &user_app_registration_restricted::CHECK,
    &user_consent_restricted::CHECK,
    &app_credentials_short_lived::CHECK,
    &smart_lockout::CHECK,
    &banned_passwords::CHECK,
    &sessions_limited::CHECK,
    &audit_events_attributed::CHECK,
    &authenticator_context_shown::CHECK,
    &risk_handled_by_policy::CHECK,
    &risky_users_handled::CHECK,
    &activation_guarded::CHECK,
    &app_permissions_approved::CHECK,
    &device_registration_controlled::CHECK,
    &access_reviewed::CHECK,
];

/// The page of the admin center of each cloud.
macro_rules! console {
    ($page:literal) => {
        &[
            (
                "global",
                concat!("https://entra.microsoft.com/#view/", $page),
            ),
            ("gcc", concat!("https://entra.microsoft.com/#view/", $page)),
            ("gcc-high", concat!("https://portal.azure.us/#view/", $page)),
            ("dod", concat!("https://portal.azure.us/#view/", $page)),
            ("china", concat!("https://portal.azure.cn/#view/", $page)),
        ]
    };
}
pub(crate) use console;

/// A moment as the service writes it; fractions of a second are cut.
pub(crate) fn moment(text: Option<&str>) -> Option<Timestamp> {
    text?.parse().ok()
}
