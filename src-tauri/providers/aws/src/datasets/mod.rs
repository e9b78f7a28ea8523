//! What AWS serves: one file a dataset. Pages are AWS's XML answers as they came.

mod account_aliases;
mod account_summary;
mod credential_report;
mod password_policy;
mod users;
mod virtual_mfa_devices;

pub use account_aliases::ACCOUNT_ALIASES;
pub use account_summary::{ACCOUNT_SUMMARY, AccountSummary};
pub use credential_report::{CREDENTIAL_REPORT, CredentialRow, Flag, Key, Moment, ROOT};
pub use password_policy::{NO_SUCH_ENTITY, PASSWORD_POLICY, PasswordPolicy};
pub use users::{USERS, User};
pub use virtual_mfa_devices::{SEEDS, VIRTUAL_MFA_DEVICES, VirtualMfaDevice, without_seeds};

use provider_kit::Dataset;

/// Every dataset.
pub static ALL: [&Dataset; 6] = [
    &ACCOUNT_SUMMARY,
    &CREDENTIAL_REPORT,
    &USERS,
    &VIRTUAL_MFA_DEVICES,
    &PASSWORD_POLICY,
    &ACCOUNT_ALIASES,
];
