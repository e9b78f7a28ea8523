//! The app, its companies, and unlocking.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// No input.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Nothing {}

/// What the app knows before a vault is open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AppState {
    /// The app's version.
    pub version: String,
    /// The vaults of this computer, newest first.
    pub vaults: Vec<VaultEntry>,
    /// The company that is open, if one is.
    pub company: Option<Company>,
    /// How the system's key store answers.
    pub key_store: KeyStoreState,
    /// Light, dark, or as the system.
    pub appearance: Appearance,
    /// Where the vaults are kept, for people.
    pub data_dir: String,
}

/// One vault of this computer. Its company's name is sealed until it is opened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct VaultEntry {
    /// The company's id.
    pub company_id: String,
    /// How it is protected.
    pub protection: Protection,
    /// When its header was last written (UTC).
    pub changed_at: String,
    /// Why it can't be opened at all, where that is known without a key.
    pub problem: Option<super::ApiError>,
}

/// How the system's key store answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum KeyStoreState {
    /// Keys can be kept.
    Available,
    /// There, but locked.
    Locked,
    /// Not there: a passphrase is the only way.
    Absent,
    /// It does not answer in time.
    NotAnswering,
}

/// The colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Appearance {
    /// As the system.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How a vault is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Protection {
    /// The key is in the system's key store: opens silently.
    Standard,
    /// A passphrase, without the system's key store.
    Passphrase,
    /// A passphrase and the system's key store together.
    TwoSecret,
}

/// A company that is open.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Company {
    /// Its id.
    pub id: String,
    /// How its vault is protected.
    pub protection: Protection,
    /// Its profile.
    pub profile: Profile,
    /// Something to know about the vault: history restored from an older copy, a second header used, ...
    pub warnings: Vec<String>,
}

/// A company's profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Profile {
    /// The company's name.
    pub name: String,
    /// 1 or 2.
    pub level: u8,
    /// IANA zone, e.g. `America/New_York`.
    pub zone: String,
    /// CAGE code.
    pub cage_code: Option<String>,
    /// Unique Entity Identifier.
    pub uei: Option<String>,
    /// What the assessed system is, in a sentence.
    pub scope: Option<String>,
    /// Whether this is the made-up demo company.
    pub demo: bool,
}

/// A new company.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CreateCompany {
    /// Its name.
    pub name: String,
    /// 1 or 2.
    pub level: u8,
    /// IANA zone; the system's where left out.
    pub zone: Option<String>,
    /// How to protect its vault.
    pub protection: Protection,
    /// For the modes with a passphrase.
    pub passphrase: Option<String>,
}

/// What making a company gives. The recovery key is shown here, once, and never again.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct CompanyCreated {
    /// The company, open.
    pub company: Company,
    /// 8 groups of 7 characters.
    pub recovery_key: Vec<String>,
}

/// Asks for a new recovery key. The vault is opened once more with this first.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RenewRecoveryKey {
    /// What the vault is opened with.
    pub with: UnlockWith,
}

/// A new recovery key. It is shown here, once, and never again.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RecoveryKeyShown {
    /// 8 groups of 7 characters.
    pub recovery_key: Vec<String>,
}

/// Shows that the recovery key was written down. Two groups of it, by place (0 to 7).
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ConfirmRecovery {
    /// Places and what was typed for them.
    pub groups: Vec<RecoveryGroup>,
}

/// One typed group of the recovery key.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RecoveryGroup {
    /// 0 to 7.
    pub place: u8,
    /// What was typed.
    pub text: String,
}

/// Whether what was typed is right.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct RecoveryConfirmed {
    /// Places that don't match.
    pub wrong: Vec<u8>,
}

/// Opens a vault.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Unlock {
    /// Which.
    pub company_id: String,
    /// With what.
    pub with: UnlockWith,
}

/// What a vault is opened with.
#[derive(Clone, Serialize, Deserialize, TS)]
#[serde(
    tag = "kind",
    rename_all = "snake_case",
    rename_all_fields = "camelCase"
)]
#[ts(export)]
pub enum UnlockWith {
    /// The system's key store.
    KeyStore,
    /// A passphrase.
    Passphrase {
        /// The passphrase.
        passphrase: String,
    },
    /// The recovery key.
    Recovery {
        /// As typed.
        key: String,
    },
}

/// Changes the profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct UpdateProfile {
    /// The new profile; `demo` can't be changed.
    pub profile: Profile,
}

/// Changes the colours.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SetAppearance {
    /// The colours.
    pub appearance: Appearance,
}

/// What a person answered when told that closing the window leaves the app in the tray.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Closing {
    /// The window closes, the app goes on in the tray.
    KeepRunning,
    /// The app quits.
    Quit,
    /// The window stays.
    Stay,
}

/// Answers what is asked when the window is closed for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct AnswerClosing {
    /// The answer.
    pub answer: Closing,
}

/// Opens a documentation or console page in the system's browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OpenLink {
    /// An https address on the allow-list.
    pub url: String,
}

/// What `vault verify` found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct VaultVerified {
    /// Whether nothing is wrong.
    pub ok: bool,
    /// Entries of the chain.
    #[ts(type = "number")]
    pub entries: u64,
    /// Digest of the newest entry.
    pub head: String,
    /// What is wrong, and where.
    pub problems: Vec<VaultProblem>,
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct VaultProblem {
    /// What.
    pub what: String,
    /// Where: an entry, a table and row, a blob, a page.
    pub place: String,
}
