//! Wrappers for secrets: wiped when dropped, silent in `Debug`, neither cloned nor serialised.

use std::fmt;

use secrecy::{ExposeSecret, SecretBox};
use zeroize::{Zeroize, Zeroizing};

use crate::VaultError;

/// A 256-bit key. It sits on the heap, so moving the value leaves no copy behind, and is wiped when dropped.
pub struct Secret32(SecretBox<[u8; 32]>);

impl Secret32 {
    /// A key from the operating system's random source.
    ///
    /// # Errors
    /// [`VaultError::NoRandomness`] when that source fails.
    pub fn random() -> Result<Self, VaultError> {
        let mut key = Box::new([0; 32]);
        fill_random(key.as_mut_slice())?;
        Ok(Self(SecretBox::new(key)))
    }

    /// Takes over known bytes, for instance from a test vector. The argument is wiped.
    #[must_use]
    pub fn from_bytes(mut bytes: [u8; 32]) -> Self {
        let key = Box::new(bytes);
        bytes.zeroize();
        Self(SecretBox::new(key))
    }

    /// A key from exactly 32 bytes; `None` for any other length.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != 32 {
            return None;
        }
        let mut key = Box::new([0; 32]);
        key.copy_from_slice(bytes);
        Some(Self(SecretBox::new(key)))
    }

    /// The bytes, for the moment of use. Never log or store them.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose_secret()
    }

    /// The key as 64 lowercase hexadecimal digits, for SQLCipher's raw key syntax. Wiped when dropped.
    #[must_use]
    pub fn expose_hex(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.expose()))
    }

    /// Whether both keys are the same, compared without stopping at the first difference.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        same_bytes(self.expose(), other.expose())
    }
}

impl fmt::Debug for Secret32 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret32([redacted])")
    }
}

/// A secret of any length, such as an opened credential. Wiped when dropped.
pub struct SecretBytes(SecretBox<[u8]>);

impl SecretBytes {
    /// Takes over bytes. A vector with spare capacity is copied once and the original wiped.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        let bytes = Zeroizing::new(bytes);
        Self(SecretBox::new(Box::from(bytes.as_slice())))
    }

    /// The bytes, for the moment of use.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        self.0.expose_secret()
    }

    /// The bytes as text; `None` when they are not UTF-8.
    #[must_use]
    pub fn expose_str(&self) -> Option<&str> {
        std::str::from_utf8(self.expose()).ok()
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretBytes([redacted])")
    }
}

/// Fills `buffer` from the operating system's random source.
pub(crate) fn fill_random(buffer: &mut [u8]) -> Result<(), VaultError> {
    getrandom::fill(buffer).map_err(|_| VaultError::NoRandomness)
}

/// Equality that looks at every byte, so its duration tells nothing about where two values differ.
pub(crate) fn same_bytes(left: &[u8], right: &[u8]) -> bool {
    left.len() == right.len()
        && left
            .iter()
            .zip(right)
            .fold(0u8, |difference, (a, b)| difference | (a ^ b))
            == 0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn debug_shows_no_byte_of_a_secret() {
        let key = Secret32::from_bytes([0xAB; 32]);
        let bytes = SecretBytes::new(b"hunter2-hunter2".to_vec());
        let shown = format!("{key:?} {bytes:?} {key:#?} {bytes:#?}");
        assert!(
            !shown.contains("171") && !shown.to_lowercase().contains("ab, ab"),
            "{shown}"
        );
        assert!(
            !shown.contains("hunter2") && !shown.contains("104"),
            "{shown}"
        );
        assert!(shown.contains("redacted"));
    }

    #[test]
    fn random_keys_differ() {
        let (a, b) = (Secret32::random().unwrap(), Secret32::random().unwrap());
        assert!(!a.same_as(&b));
        assert!(a.same_as(&Secret32::from_slice(a.expose()).unwrap()));
        assert_ne!(a.expose(), &[0; 32]);
    }

    #[test]
    fn only_32_bytes_make_a_key() {
        assert!(Secret32::from_slice(&[1; 31]).is_none());
        assert!(Secret32::from_slice(&[1; 33]).is_none());
    }

    #[test]
    fn one_different_bit_anywhere_is_seen() {
        let base = [7u8; 32];
        for bit in 0..256 {
            let mut other = base;
            other[bit / 8] ^= 1 << (bit % 8);
            assert!(!same_bytes(&base, &other), "bit {bit}");
        }
        assert!(!same_bytes(&base, &base[..31]));
    }
}
