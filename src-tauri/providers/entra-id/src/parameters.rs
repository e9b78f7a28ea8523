//! The keys of the company's parameters, as the manifest declares them.

/// Emergency accounts, by user principal name or id.
pub(crate) const BREAK_GLASS: &str = "entra-id.break_glass_accounts";
/// Ids of groups, roles and applications that Conditional Access may leave out.
pub(crate) const CONDITIONAL_ACCESS_EXEMPTIONS: &str = "entra-id.conditional_access_exemptions";
/// Accounts that need no multifactor authentication, e.g. service accounts.
pub(crate) const MFA_EXEMPT: &str = "entra-id.mfa_exempt_accounts";
/// Percent above which the rule of the old practice IA.1.076 calls the share of registered members enough.
pub(crate) const MFA_THRESHOLD: &str = "entra-id.mfa_registration_threshold";
/// Fewest Global Administrators.
pub(crate) const MIN_GLOBAL_ADMINS: &str = "entra-id.min_global_admins";
/// Most Global Administrators.
pub(crate) const MAX_GLOBAL_ADMINS: &str = "entra-id.max_global_admins";
/// Days without a sign-in after which a member's account should be disabled.
pub(crate) const INACTIVE_DAYS: &str = "entra-id.inactive_days";
/// Days without a sign-in after which a guest should be removed.
pub(crate) const GUEST_INACTIVE_DAYS: &str = "entra-id.guest_inactive_days";
/// Days a guest may leave an invitation unanswered.
pub(crate) const GUEST_PENDING_DAYS: &str = "entra-id.guest_pending_days";
/// Days an application's secret may be valid.
pub(crate) const SECRET_DAYS: &str = "entra-id.app_secret_days";
/// Days an application's certificate may be valid.
pub(crate) const CERTIFICATE_DAYS: &str = "entra-id.app_certificate_days";
/// Hours an administrator's sign-in may last.
pub(crate) const ADMIN_SESSION_HOURS: &str = "entra-id.admin_session_hours";
/// Hours anybody's sign-in may last.
pub(crate) const SESSION_HOURS: &str = "entra-id.session_hours";
/// Hours within which the audit log should have an event.
pub(crate) const AUDIT_HOURS: &str = "entra-id.audit_event_hours";
/// Wrong passwords before an account locks.
pub(crate) const LOCKOUT_THRESHOLD: &str = "entra-id.lockout_threshold";
/// Seconds an account stays locked at least.
pub(crate) const LOCKOUT_SECONDS: &str = "entra-id.lockout_seconds";
/// Days an account may be at high risk before somebody has dealt with it.
pub(crate) const RISKY_USER_DAYS: &str = "entra-id.risky_user_days";
/// Applications that may hold powerful permissions, by application id.
pub(crate) const APPROVED_APPS: &str = "entra-id.approved_apps";
/// Devices that one person may register.
pub(crate) const DEVICE_QUOTA: &str = "entra-id.device_quota";
/// Days within which rights are reviewed.
pub(crate) const REVIEW_DAYS: &str = "entra-id.access_review_days";

use evidence::{Reason, UnknownCode};
use provider_kit::Collected;

/// The value of a number, or the reason that it is not set.
pub(crate) fn number(collected: &Collected<'_>, key: &str) -> Result<i64, Reason> {
    collected
        .parameters
        .integer(key)
        .filter(|value| *value >= 0)
        .ok_or_else(|| {
            Reason::new(
                UnknownCode::NeedsJudgement,
                format!("The parameter {key} has no value."),
            )
        })
}
