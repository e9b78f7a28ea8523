//! The primitives: AES-256-GCM, HKDF-SHA256 and HMAC-SHA256, each behind one function.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::secret::fill_random;
use crate::{Secret32, SecretBytes, VaultError};

/// Bytes of a nonce: 96 bits, always random.
pub(crate) const NONCE: usize = 12;
/// Bytes of an authentication tag.
pub(crate) const TAG: usize = 16;

/// A sealed value did not open: another key, another place, or changed bytes. GCM can't tell which.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Unopened;

/// Encrypts `plaintext` and binds it to `aad`. The answer is nonce, then ciphertext and tag.
pub(crate) fn seal(key: &Secret32, aad: &[u8], plaintext: &[u8]) -> Result<Vec<u8>, VaultError> {
    let mut nonce = [0; NONCE];
    fill_random(&mut nonce)?;
    let sealed = cipher(key)
        .encrypt(
            &Nonce::from(nonce),
            Payload {
                msg: plaintext,
                aad,
            },
        )
        // GCM refuses only plaintexts beyond 64 GiB.
        .map_err(|_| VaultError::TooLarge)?;
    let mut answer = Vec::with_capacity(NONCE + sealed.len());
    answer.extend_from_slice(&nonce);
    answer.extend_from_slice(&sealed);
    Ok(answer)
}

/// Opens what [`seal`] made, with the same key and the same `aad`.
pub(crate) fn open(key: &Secret32, aad: &[u8], sealed: &[u8]) -> Result<SecretBytes, Unopened> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE>().ok_or(Unopened)?;
    cipher(key)
        .decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad })
        .map(SecretBytes::new)
        .map_err(|_| Unopened)
}

/// Opens a sealed 256-bit key.
pub(crate) fn open_key(key: &Secret32, aad: &[u8], sealed: &[u8]) -> Result<Secret32, Unopened> {
    Secret32::from_slice(open(key, aad, sealed)?.expose()).ok_or(Unopened)
}

fn cipher(key: &Secret32) -> Aes256Gcm {
    Aes256Gcm::new(key.expose().into())
}

/// HKDF-SHA256 with the vault id as salt and `label` as info.
pub(crate) fn derive(input: &[u8], vault_id: Uuid, label: &str) -> Secret32 {
    let mut key = [0; 32];
    #[expect(
        clippy::expect_used,
        reason = "HKDF-SHA256 fails only beyond 255 * 32 bytes of output; this asks for 32"
    )]
    Hkdf::<Sha256>::new(Some(vault_id.as_bytes()), input)
        .expand(label.as_bytes(), &mut key)
        .expect("32 bytes are within HKDF's limit");
    Secret32::from_bytes(key)
}

/// HMAC-SHA256 of `message`.
pub(crate) fn mac(key: &Secret32, message: &[u8]) -> [u8; 32] {
    #[expect(clippy::expect_used, reason = "HMAC accepts keys of every length")]
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key.expose())
        .expect("HMAC takes any key length");
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// The first eight bytes of HMAC-SHA256(key, "kcv"): recognises a 256-bit random key without revealing it.
pub(crate) fn key_check(key: &Secret32) -> [u8; 8] {
    let [a, b, c, d, e, f, g, h, ..] = mac(key, b"kcv");
    [a, b, c, d, e, f, g, h]
}

/// SHA-256 of `bytes`.
pub(crate) fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

/// Associated data as a sequence of fields, each preceded by its length, so `("a","bc")` and `("ab","c")` differ.
pub(crate) fn fields(parts: &[&[u8]]) -> Vec<u8> {
    let mut joined = Vec::with_capacity(parts.iter().map(|part| part.len() + 8).sum());
    for part in parts {
        joined.extend_from_slice(&(part.len() as u64).to_be_bytes());
        joined.extend_from_slice(part);
    }
    joined
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn key(byte: u8) -> Secret32 {
        Secret32::from_bytes([byte; 32])
    }

    #[test]
    fn what_was_sealed_opens_with_the_same_key_and_place() {
        let sealed = seal(&key(1), b"here", b"value").unwrap();
        assert_eq!(open(&key(1), b"here", &sealed).unwrap().expose(), b"value");
        assert_eq!(open(&key(2), b"here", &sealed).unwrap_err(), Unopened);
        assert_eq!(open(&key(1), b"there", &sealed).unwrap_err(), Unopened);
    }

    #[test]
    fn every_flipped_bit_and_every_truncation_is_refused() {
        let sealed = seal(&key(1), b"here", b"value").unwrap();
        assert_eq!(sealed.len(), NONCE + 5 + TAG);
        for bit in 0..sealed.len() * 8 {
            let mut changed = sealed.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(open(&key(1), b"here", &changed).is_err(), "bit {bit}");
        }
        for length in 0..sealed.len() {
            assert!(
                open(&key(1), b"here", &sealed[..length]).is_err(),
                "length {length}"
            );
        }
    }

    #[test]
    fn the_same_value_never_looks_the_same_twice() {
        assert_ne!(
            seal(&key(1), b"", b"v").unwrap(),
            seal(&key(1), b"", b"v").unwrap()
        );
    }

    #[test]
    fn derived_keys_depend_on_input_vault_and_label() {
        let (a, b) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let base = derive(b"in", a, "x");
        assert!(base.same_as(&derive(b"in", a, "x")));
        for other in [
            derive(b"im", a, "x"),
            derive(b"in", b, "x"),
            derive(b"in", a, "y"),
        ] {
            assert!(!base.same_as(&other));
        }
    }

    #[test]
    fn hmac_agrees_with_another_implementation() {
        // Computed with Python's hmac module for key 0b*32, "Hi There".
        assert_eq!(
            hex::encode(mac(&key(0x0b), b"Hi There")),
            "198a607eb44bfbc69903a0f1cf2bbdc5ba0aa3f3d9ae3c1c7a3b1696a0b68cf7"
        );
    }

    #[test]
    fn field_borders_matter() {
        assert_ne!(fields(&[b"a", b"bc"]), fields(&[b"ab", b"c"]));
        assert_ne!(fields(&[b"a"]), fields(&[b"a", b""]));
    }
}
