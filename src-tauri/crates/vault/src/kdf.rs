//! From a passphrase to a key: normalisation, the least cost, and the greatest that is believed.

use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::error::PassphraseWeakness;
use crate::{Secret32, VaultError};

/// The least number of characters of a passphrase, after normalisation.
pub const PASSPHRASE_MIN_CHARS: usize = 12;
/// The greatest number of characters of a passphrase.
pub const PASSPHRASE_MAX_CHARS: usize = 1024;

const FLOOR_M_KIB: u32 = 64 * 1024;
const FLOOR_T: u32 = 3;
/// Calibration stays at or below this, so a vault made on a large machine opens on a small one.
const CALIBRATED_T_MAX: u32 = 12;
const CALIBRATED_M_MAX_KIB: u32 = 256 * 1024;
/// A header that asks for more was not written by us; opening it would only exhaust the machine.
const CEILING_M_KIB: u32 = 1024 * 1024;
const CEILING_T: u32 = 50;
const CEILING_P: u32 = 16;

/// The cost of deriving a key from a passphrase with Argon2id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KdfProfile {
    /// Memory in KiB.
    m_kib: u32,
    /// Passes over the memory.
    t: u32,
    /// Lanes.
    p: u32,
}

impl KdfProfile {
    /// The least cost that a new vault may have: 64 MiB, three passes, one lane.
    #[must_use]
    pub const fn floor() -> Self {
        Self {
            m_kib: FLOOR_M_KIB,
            t: FLOOR_T,
            p: 1,
        }
    }

    /// A cost of one's own; refused at [`crate::Vault::create_with`] when below the floor.
    #[must_use]
    pub const fn new(m_kib: u32, t: u32, p: u32) -> Self {
        Self { m_kib, t, p }
    }

    /// Measures this machine once and raises the cost towards `target`; never below the floor.
    ///
    /// # Errors
    /// [`VaultError::OutOfMemory`] when even the floor does not fit into memory.
    pub fn calibrated(target: Duration) -> Result<Self, VaultError> {
        let start = Instant::now();
        Self::floor().run(b"calibration only", &[0; 16])?;
        Ok(Self::scaled(start.elapsed(), target))
    }

    /// The cost for `target` when the floor took `measured`: first more passes, then more memory.
    fn scaled(measured: Duration, target: Duration) -> Self {
        let times = target.as_secs_f64() / measured.as_secs_f64().max(1e-6);
        let passes =
            (f64::from(FLOOR_T) * times).clamp(f64::from(FLOOR_T), f64::from(CALIBRATED_T_MAX));
        let left = times / (passes / f64::from(FLOOR_T));
        let memory = (f64::from(FLOOR_M_KIB) * left)
            .clamp(f64::from(FLOOR_M_KIB), f64::from(CALIBRATED_M_MAX_KIB));
        // Both are clamped to small positive numbers, so the casts only drop the fraction.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped just above"
        )]
        let (t, m_kib) = (passes as u32, memory as u32);
        Self { m_kib, t, p: 1 }
    }

    /// A cost that protects nothing, for tests that are not about the cost.
    #[cfg(any(test, feature = "test-kdf"))]
    #[must_use]
    pub const fn cheap_for_tests() -> Self {
        Self {
            m_kib: 8,
            t: 1,
            p: 1,
        }
    }

    /// Whether a new vault may be protected by this.
    pub(crate) fn check_for_create(self) -> Result<(), VaultError> {
        #[cfg(any(test, feature = "test-kdf"))]
        if self == Self::cheap_for_tests() {
            return Ok(());
        }
        if self.is_below_floor() {
            return Err(VaultError::KdfTooCheap);
        }
        self.check_for_open()
    }

    pub(crate) fn is_below_floor(self) -> bool {
        self.m_kib < FLOOR_M_KIB || self.t < FLOOR_T || self.p < 1
    }

    /// Whether opening may spend this much.
    pub(crate) fn check_for_open(self) -> Result<(), VaultError> {
        if self.m_kib > CEILING_M_KIB || self.t > CEILING_T || self.p > CEILING_P {
            return Err(VaultError::KdfTooExpensive);
        }
        Ok(())
    }

    /// Derives the passphrase's key. The passphrase is normalised (NFKC), so the same characters typed on another
    /// keyboard or system give the same key; nothing is trimmed.
    pub(crate) fn derive(
        self,
        passphrase: &SecretString,
        salt: &[u8; 16],
    ) -> Result<Secret32, VaultError> {
        self.check_for_open()?;
        let normal = normalise(passphrase);
        if weakness_of_length(&normal).is_some() {
            // No vault has such a passphrase; there is no need to spend the derivation on it.
            return Err(VaultError::WrongPassphrase);
        }
        self.run(normal.as_bytes(), salt)
    }

    fn run(self, passphrase: &[u8], salt: &[u8; 16]) -> Result<Secret32, VaultError> {
        let params = Params::new(self.m_kib, self.t, self.p, Some(32))
            .map_err(|_| VaultError::HeaderDamaged { both: false })?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase, salt, key.as_mut_slice())
            .map_err(|_| VaultError::OutOfMemory)?;
        Ok(Secret32::from_bytes(*key))
    }
}

fn normalise(passphrase: &SecretString) -> Zeroizing<String> {
    let raw = passphrase.expose_secret();
    // NFKC can lengthen a character up to 18 times; room for the usual case keeps partial copies from being left behind.
    let mut normal = Zeroizing::new(String::with_capacity(raw.len().saturating_mul(4)));
    normal.extend(raw.nfkc());
    normal
}

fn weakness_of_length(normal: &str) -> Option<PassphraseWeakness> {
    let chars = normal.chars().count();
    if chars < PASSPHRASE_MIN_CHARS {
        Some(PassphraseWeakness::TooShort)
    } else if chars > PASSPHRASE_MAX_CHARS {
        Some(PassphraseWeakness::TooLong)
    } else {
        None
    }
}

/// Whether a passphrase may protect a vault: 12 to 1,024 characters, at least five of them different.
pub(crate) fn check_new_passphrase(passphrase: &SecretString) -> Result<(), VaultError> {
    let normal = normalise(passphrase);
    if let Some(why) = weakness_of_length(&normal) {
        return Err(VaultError::weak(why));
    }
    let mut seen = ['\0'; 4];
    let mut different = 0;
    for char in normal.chars() {
        if seen
            .get(..different)
            .is_some_and(|known| known.contains(&char))
        {
            continue;
        }
        match seen.get_mut(different) {
            Some(place) => *place = char,
            None => return Ok(()),
        }
        different += 1;
    }
    Err(VaultError::weak(PassphraseWeakness::TooUniform))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn weakness(text: &str) -> Option<PassphraseWeakness> {
        match check_new_passphrase(&SecretString::from(text)) {
            Ok(()) => None,
            Err(VaultError::WeakPassphrase {
                min: 12,
                max: 1024,
                why,
            }) => Some(why),
            Err(other) => panic!("{other}"),
        }
    }

    #[test]
    fn the_length_of_a_passphrase_is_counted_in_characters_after_normalisation() {
        assert_eq!(weakness("eleven char"), Some(PassphraseWeakness::TooShort));
        assert_eq!(weakness("twelve chars"), None);
        assert_eq!(weakness("zwölf Zeiche"), None);
        // The ligature is one character before NFKC and three after it.
        assert_eq!(weakness("ten chars\u{FB03}"), None);
        assert_eq!(weakness(&"abcdefgh".repeat(128)), None);
        assert_eq!(
            weakness(&format!("{}x", "abcdefgh".repeat(128))),
            Some(PassphraseWeakness::TooLong)
        );
    }

    #[test]
    fn repeated_characters_are_not_a_passphrase() {
        assert_eq!(
            weakness("aaaaaaaaaaaaaaaa"),
            Some(PassphraseWeakness::TooUniform)
        );
        assert_eq!(
            weakness("abcdabcdabcdabcd"),
            Some(PassphraseWeakness::TooUniform)
        );
        assert_eq!(weakness("abcdeabcdeabcde"), None);
    }

    #[test]
    fn spaces_count_and_nothing_is_trimmed() {
        let cheap = KdfProfile::cheap_for_tests();
        let key = |text: &str| cheap.derive(&SecretString::from(text), &[1; 16]).unwrap();
        assert!(!key("correct horse battery").same_as(&key("correct horse battery ")));
    }

    #[test]
    fn composed_and_decomposed_letters_are_the_same_passphrase() {
        let cheap = KdfProfile::cheap_for_tests();
        let key = |text: &str| cheap.derive(&SecretString::from(text), &[1; 16]).unwrap();
        assert!(key("caf\u{e9} au lait 1").same_as(&key("cafe\u{301} au lait 1")));
    }

    #[test]
    fn a_vault_below_the_floor_is_not_made() {
        for weak in [
            KdfProfile::new(FLOOR_M_KIB - 1, 3, 1),
            KdfProfile::new(FLOOR_M_KIB, 2, 1),
            KdfProfile::new(FLOOR_M_KIB, 3, 0),
        ] {
            assert!(
                matches!(weak.check_for_create(), Err(VaultError::KdfTooCheap)),
                "{weak:?}"
            );
        }
        KdfProfile::floor().check_for_create().unwrap();
        assert!(
            KdfProfile::cheap_for_tests().is_below_floor(),
            "the test profile must never count as real"
        );
    }

    #[test]
    fn an_excessive_cost_is_refused_before_it_is_spent() {
        let passphrase = SecretString::from("correct horse battery");
        for dear in [
            KdfProfile::new(CEILING_M_KIB + 1, 3, 1),
            KdfProfile::new(FLOOR_M_KIB, CEILING_T + 1, 1),
            KdfProfile::new(FLOOR_M_KIB, 3, CEILING_P + 1),
            KdfProfile::new(u32::MAX, u32::MAX, u32::MAX),
        ] {
            let start = Instant::now();
            assert!(
                matches!(
                    dear.derive(&passphrase, &[0; 16]),
                    Err(VaultError::KdfTooExpensive)
                ),
                "{dear:?}"
            );
            assert!(start.elapsed() < Duration::from_millis(100));
        }
    }

    #[test]
    fn calibration_raises_passes_first_then_memory_and_stops_at_the_cap() {
        let ms = Duration::from_millis;
        assert_eq!(KdfProfile::scaled(ms(600), ms(500)), KdfProfile::floor());
        assert_eq!(
            KdfProfile::scaled(ms(250), ms(500)),
            KdfProfile::new(FLOOR_M_KIB, 6, 1)
        );
        assert_eq!(
            KdfProfile::scaled(ms(62), ms(496)),
            KdfProfile::new(2 * FLOOR_M_KIB, 12, 1)
        );
        let capped = KdfProfile::scaled(ms(1), ms(500));
        assert_eq!(
            capped,
            KdfProfile::new(CALIBRATED_M_MAX_KIB, CALIBRATED_T_MAX, 1)
        );
        capped.check_for_open().unwrap();
    }
}
