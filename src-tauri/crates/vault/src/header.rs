//! `vault.hdr`: what a vault needs in order to be opened, and nothing that a stranger may not see.
//!
//! One line of JSON in exactly one spelling: what does not come out of the parser and the writer byte for byte as it
//! went in is damaged. Two seals end the file. `check` (SHA-256, no key) tells damage from a wrong passphrase before
//! any key is there; `mac` (HMAC under a key derived from the root key) tells whether someone rewrote the header and
//! made a new `check`.
//!
//! `format`, `app_version` and `min_app` keep their names and meaning in every later format: an older program reads
//! them to say who wrote the vault, and touches nothing.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::kdf::KdfProfile;
use crate::seal::{derive, key_check, mac, seal, sha256};
use crate::secret::same_bytes;
use crate::slot::Slot;
use crate::{Secret32, VaultError};

/// The header format this program writes.
pub const FORMAT: u32 = 1;
/// A header file is smaller than this.
pub(crate) const MAX_BYTES: usize = 4096;
/// The oldest program that understands what this one writes.
const MIN_APP: &str = "0.1.0";
const APP_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Bytes that stand as base64 in the header.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(pub(crate) Vec<u8>);

impl std::fmt::Debug for Sealed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

impl Serialize for Sealed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use base64::Engine;
        serializer.serialize_str(&base64::engine::general_purpose::STANDARD_NO_PAD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use base64::Engine;
        let text = String::deserialize(deserializer)?;
        base64::engine::general_purpose::STANDARD_NO_PAD
            .decode(text)
            .map(Self)
            .map_err(serde::de::Error::custom)
    }
}

/// How a vault is opened from day to day. The recovery key opens it in every mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// By the key in the OS keyring, silently.
    Standard,
    /// By a passphrase.
    Passphrase,
    /// By a passphrase and the key in the OS keyring, both needed.
    TwoSecret,
}

/// The passphrase derivation of a vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Kdf {
    pub name: KdfName,
    pub profile: KdfProfile,
    pub salt: Sealed,
}

/// Names of key derivations. Format 1 knows one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum KdfName {
    /// Argon2id version 1.3 with 32 bytes of output.
    #[serde(rename = "argon2id")]
    Argon2id,
}

/// The working keys, each wrapped by the root key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WrappedKeys {
    pub database: Sealed,
    pub credentials: Sealed,
    pub signing: Sealed,
    pub chain: Sealed,
}

/// How far the evidence chain had come when the header was last told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Number of entries.
    pub seq: u64,
    /// SHA-256 of the newest entry, as 64 lowercase hexadecimal digits.
    #[serde(with = "hex_digest")]
    pub digest: [u8; 32],
    /// The header's generation in which this was written.
    pub generation: u64,
}

mod hex_digest {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        digest: &[u8; 32],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(digest))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<[u8; 32], D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut digest = [0; 32];
        hex::decode_to_slice(text, &mut digest).map_err(serde::de::Error::custom)?;
        Ok(digest)
    }
}

/// A vault's header. Read without a key it is only *plausible*; once the vault is open it is authenticated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Always [`FORMAT`].
    pub format: u32,
    /// The version of the program that wrote it last.
    pub app_version: String,
    /// The oldest version that may open it.
    pub min_app: String,
    /// The vault. Also the name of its keyring item.
    pub vault_id: Uuid,
    /// How it is opened.
    pub mode: Mode,
    /// Counts the writes of the header, from 1.
    pub generation: u64,
    pub(crate) kdf: Option<Kdf>,
    pub(crate) slots: Vec<Slot>,
    pub(crate) keys: WrappedKeys,
    /// Recognises the right root key.
    #[serde(with = "hex_check")]
    pub(crate) kcv: [u8; 8],
    /// The company's name under a key derived from the root key: a list of locked companies can't show it.
    pub sealed_name: Sealed,
    /// The head of the evidence chain, once there is one.
    pub head: Option<Head>,
}

mod hex_check {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        check: &[u8; 8],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(check))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<[u8; 8], D::Error> {
        let text = String::deserialize(deserializer)?;
        let mut check = [0; 8];
        hex::decode_to_slice(text, &mut check).map_err(serde::de::Error::custom)?;
        Ok(check)
    }
}

/// What was found besides a usable header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeaderNotice {
    /// `vault.hdr` is damaged; the second copy was read. The next write repairs it.
    FirstCopyDamaged,
    /// `vault.hdr` is missing; the second copy was read.
    FirstCopyMissing,
    /// `vault.hdr` is older than its second copy, which was read: somebody put an old file back.
    FirstCopyOlder,
    /// The second copy is damaged or missing; the first is fine.
    SecondCopyUnusable,
}

/// The file: the header and its two seals.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    header: Header,
    mac: Sealed,
    check: Sealed,
}

/// What every format promises to say about itself.
#[derive(Deserialize)]
struct Probe {
    header: ProbeHeader,
}

#[derive(Deserialize)]
struct ProbeHeader {
    format: u32,
    app_version: String,
}

/// A header read from a file whose `check` fits, with the `mac` that still has to be verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ReadHeader {
    pub header: Header,
    mac: Sealed,
}

impl Header {
    /// The key check value of the root key and the parts that are set once.
    pub(crate) fn new(
        vault_id: Uuid,
        mode: Mode,
        root: &Secret32,
        keys: WrappedKeys,
        sealed_name: Sealed,
    ) -> Self {
        Self {
            format: FORMAT,
            app_version: APP_VERSION.into(),
            min_app: MIN_APP.into(),
            vault_id,
            mode,
            generation: 1,
            kdf: None,
            slots: Vec::new(),
            keys,
            kcv: key_check(root),
            sealed_name,
            head: None,
        }
    }

    /// Marks the header as written by this program.
    pub(crate) fn stamp(&mut self) {
        self.app_version = APP_VERSION.into();
        self.min_app = MIN_APP.into();
    }

    /// The bytes that the seals cover.
    fn canonical(&self) -> Result<Vec<u8>, VaultError> {
        serde_json::to_vec(self).map_err(|_| VaultError::HeaderDamaged { both: false })
    }

    /// The whole file, sealed under the root key.
    pub(crate) fn encode(&self, root: &Secret32) -> Result<Vec<u8>, VaultError> {
        let canonical = self.canonical()?;
        let mac = mac(&header_key(root, self.vault_id), &canonical);
        let file = File {
            check: Sealed(check(&canonical, &mac)),
            mac: Sealed(mac.to_vec()),
            header: self.clone(),
        };
        let mut bytes =
            serde_json::to_vec(&file).map_err(|_| VaultError::HeaderDamaged { both: false })?;
        bytes.push(b'\n');
        if bytes.len() >= MAX_BYTES {
            return Err(VaultError::TooLarge);
        }
        Ok(bytes)
    }

    /// Slots, derivation and mode belong together.
    fn is_consistent(&self) -> bool {
        use crate::slot::SlotKind::{K, Kp, P, R};
        let daily = match self.mode {
            Mode::Standard => K,
            Mode::Passphrase => P,
            Mode::TwoSecret => Kp,
        };
        let kinds: Vec<_> = self.slots.iter().map(Slot::kind).collect();
        let salted = self.kdf.as_ref().is_some_and(|kdf| kdf.salt.0.len() == 16);
        kinds == [daily, R]
            && self.kdf.is_some() == (self.mode != Mode::Standard)
            && (self.kdf.is_none() || salted)
    }
}

impl ReadHeader {
    /// Reads the bytes of one copy. `None` is damage of any kind.
    ///
    /// # Errors
    /// [`VaultError::NewerFormat`] when an intact header is newer than this program.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Option<Self>, VaultError> {
        if bytes.len() >= MAX_BYTES {
            return Self::newer(bytes).map_or(Ok(None), Err);
        }
        let Some(read) = Self::parse_exact(bytes) else {
            return Self::newer(bytes).map_or(Ok(None), Err);
        };
        if version(&read.header.min_app) > version(APP_VERSION) {
            return Err(VaultError::NewerFormat {
                made_by: read.header.app_version,
            });
        }
        Ok(Some(read))
    }

    fn parse_exact(bytes: &[u8]) -> Option<Self> {
        let file: File = serde_json::from_slice(bytes).ok()?;
        let mut again = serde_json::to_vec(&file).ok()?;
        again.push(b'\n');
        let sound = again == bytes && file.header.format == FORMAT && file.header.is_consistent();
        let canonical = file.header.canonical().ok()?;
        (sound && file.check.0 == check(&canonical, &file.mac.0)).then_some(Self {
            header: file.header,
            mac: file.mac,
        })
    }

    /// A header of a later format, unless it is one of ours whose format number alone was damaged.
    fn newer(bytes: &[u8]) -> Option<VaultError> {
        let probe: Probe = serde_json::from_slice(bytes).ok()?;
        if probe.header.format <= FORMAT {
            return None;
        }
        if let Ok(mut file) = serde_json::from_slice::<File>(bytes) {
            file.header.format = FORMAT;
            if file
                .header
                .canonical()
                .is_ok_and(|canonical| file.check.0 == check(&canonical, &file.mac.0))
            {
                return None;
            }
        }
        Some(VaultError::NewerFormat {
            made_by: probe.header.app_version,
        })
    }

    /// Whether this root key belongs to the header and sealed every byte of it.
    pub(crate) fn is_sealed_by(&self, root: &Secret32) -> bool {
        let Ok(canonical) = self.header.canonical() else {
            return false;
        };
        let expected = mac(&header_key(root, self.header.vault_id), &canonical);
        same_bytes(&self.header.kcv, &key_check(root)) && same_bytes(&self.mac.0, &expected)
    }
}

fn check(canonical: &[u8], mac: &[u8]) -> Vec<u8> {
    sha256(&crate::seal::fields(&[b"cmmcpro/hdr", canonical, mac])).to_vec()
}

fn header_key(root: &Secret32, vault_id: Uuid) -> Secret32 {
    derive(root.expose(), vault_id, "cmmcpro/1/header")
}

fn name_key(root: &Secret32, vault_id: Uuid) -> Secret32 {
    derive(root.expose(), vault_id, "cmmcpro/1/name")
}

/// Seals the company's name.
pub(crate) fn seal_name(root: &Secret32, vault_id: Uuid, name: &str) -> Result<Sealed, VaultError> {
    seal(&name_key(root, vault_id), b"name", name.as_bytes()).map(Sealed)
}

/// Opens the company's name; `None` when it was sealed elsewhere.
pub(crate) fn open_name(root: &Secret32, vault_id: Uuid, sealed: &Sealed) -> Option<String> {
    let bytes = crate::seal::open(&name_key(root, vault_id), b"name", &sealed.0).ok()?;
    bytes.expose_str().map(str::to_owned)
}

/// `major.minor.patch` as numbers. What is no version counts as newest, so it is refused rather than trusted.
fn version(text: &str) -> [u64; 3] {
    let mut parts = text.split('.').map(|part| part.parse().unwrap_or(u64::MAX));
    let mut next = || parts.next().unwrap_or(u64::MAX);
    [next(), next(), next()]
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_compare_as_numbers_and_nonsense_is_newest() {
        assert!(version("0.10.0") > version("0.9.9"));
        assert!(version("1.0.0") > version("0.99.99"));
        assert!(version("next") > version("999.0.0"));
        assert!(version("1.2") > version("1.2.5"));
    }
}
