//! One stored credential, sealed so that it opens in its own place only.
//!
//! Version 1: `1`, the wrapped key (nonce, 32 bytes, tag), the sealed value (nonce, bytes, tag). The key is fresh for
//! every write and encrypts one value once, so no nonce can repeat under it.

use uuid::Uuid;

use crate::seal::{NONCE, TAG, fields, open, open_key, seal};
use crate::{Secret32, SecretBytes, VaultError};

const VERSION: u8 = 1;
const LABEL: &[u8] = b"cmmcpro/cred";
const WRAPPED: usize = NONCE + 32 + TAG;
/// Far above any key file or certificate; a limit keeps a mistaken paste out of the database.
const MAX_PLAINTEXT: usize = 1024 * 1024;

/// The place a credential belongs to. A sealed value opens only where every one of these is the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CredentialAad<'a> {
    /// The vault that holds it.
    pub vault_id: Uuid,
    /// The integration it signs in.
    pub integration_id: &'a str,
    /// The provider's id, e.g. `entra-id`.
    pub provider_type: &'a str,
    /// The field of the provider's manifest, e.g. `client_secret`.
    pub field_type: &'a str,
    /// Counts the writes of this field, from 1. An older value does not open under a newer number.
    pub version: u64,
}

impl CredentialAad<'_> {
    /// The seven fields, length-prefixed. `layer` is the purpose: the value itself or its wrapped key.
    fn bytes(&self, label: &[u8], format: u8, layer: &[u8]) -> Vec<u8> {
        fields(&[
            label,
            &[format],
            self.vault_id.as_bytes(),
            self.integration_id.as_bytes(),
            self.provider_type.as_bytes(),
            self.field_type.as_bytes(),
            &self.version.to_be_bytes(),
            layer,
        ])
    }
}

pub(crate) fn seal_credential(
    kek: &Secret32,
    aad: &CredentialAad<'_>,
    value: &[u8],
) -> Result<Vec<u8>, VaultError> {
    seal_as(kek, aad, value, LABEL, VERSION)
}

pub(crate) fn open_credential(
    kek: &Secret32,
    aad: &CredentialAad<'_>,
    blob: &[u8],
) -> Result<SecretBytes, VaultError> {
    open_as(kek, aad, blob, LABEL, VERSION)
}

fn seal_as(
    kek: &Secret32,
    aad: &CredentialAad<'_>,
    value: &[u8],
    label: &[u8],
    format: u8,
) -> Result<Vec<u8>, VaultError> {
    if value.len() > MAX_PLAINTEXT {
        return Err(VaultError::TooLarge);
    }
    let cek = Secret32::random()?;
    let mut blob = vec![VERSION];
    blob.extend(seal(kek, &aad.bytes(label, format, b"key"), cek.expose())?);
    blob.extend(seal(&cek, &aad.bytes(label, format, b"value"), value)?);
    Ok(blob)
}

fn open_as(
    kek: &Secret32,
    aad: &CredentialAad<'_>,
    blob: &[u8],
    label: &[u8],
    format: u8,
) -> Result<SecretBytes, VaultError> {
    let refused = |_| VaultError::CredentialRefused;
    let Some((&VERSION, rest)) = blob.split_first() else {
        return Err(VaultError::CredentialRefused);
    };
    let (wrapped, sealed) = rest
        .split_at_checked(WRAPPED)
        .ok_or(VaultError::CredentialRefused)?;
    let cek = open_key(kek, &aad.bytes(label, format, b"key"), wrapped).map_err(refused)?;
    open(&cek, &aad.bytes(label, format, b"value"), sealed).map_err(refused)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn place() -> CredentialAad<'static> {
        CredentialAad {
            vault_id: Uuid::from_u128(7),
            integration_id: "b7e1",
            provider_type: "entra-id",
            field_type: "client_secret",
            version: 3,
        }
    }

    fn kek() -> Secret32 {
        Secret32::from_bytes([9; 32])
    }

    type Place = (CredentialAad<'static>, &'static [u8], u8);

    /// The seven places that differ from `place()` in exactly one field.
    fn elsewhere() -> [(&'static str, Place); 7] {
        let base = place();
        [
            ("label", (base, b"cmmcpro/crad", VERSION)),
            ("format", (base, LABEL, VERSION + 1)),
            (
                "vault",
                (
                    CredentialAad {
                        vault_id: Uuid::from_u128(8),
                        ..base
                    },
                    LABEL,
                    VERSION,
                ),
            ),
            (
                "integration",
                (
                    CredentialAad {
                        integration_id: "b7e2",
                        ..base
                    },
                    LABEL,
                    VERSION,
                ),
            ),
            (
                "provider",
                (
                    CredentialAad {
                        provider_type: "entra-ie",
                        ..base
                    },
                    LABEL,
                    VERSION,
                ),
            ),
            (
                "field",
                (
                    CredentialAad {
                        field_type: "client_secre",
                        ..base
                    },
                    LABEL,
                    VERSION,
                ),
            ),
            (
                "version",
                (CredentialAad { version: 2, ..base }, LABEL, VERSION),
            ),
        ]
    }

    #[test]
    fn a_credential_opens_in_its_place() {
        let blob = seal_credential(&kek(), &place(), b"s3cret").unwrap();
        assert_eq!(
            open_credential(&kek(), &place(), &blob).unwrap().expose(),
            b"s3cret"
        );
        assert!(open_credential(&Secret32::from_bytes([8; 32]), &place(), &blob).is_err());
        let empty = seal_credential(&kek(), &place(), b"").unwrap();
        assert_eq!(
            open_credential(&kek(), &place(), &empty).unwrap().expose(),
            b""
        );
    }

    #[test]
    fn it_opens_nowhere_else_seven_fields_both_ways() {
        let here = seal_credential(&kek(), &place(), b"s3cret").unwrap();
        for (field, (aad, label, format)) in elsewhere() {
            assert!(
                open_as(&kek(), &aad, &here, label, format).is_err(),
                "moved away: {field}"
            );
            let there = seal_as(&kek(), &aad, b"s3cret", label, format).unwrap();
            assert!(
                open_as(&kek(), &aad, &there, label, format).is_ok(),
                "control: {field}"
            );
            assert!(
                open_credential(&kek(), &place(), &there).is_err(),
                "moved here: {field}"
            );
        }
    }

    #[test]
    fn an_older_version_can_not_be_replayed() {
        let old = seal_credential(
            &kek(),
            &CredentialAad {
                version: 2,
                ..place()
            },
            b"old",
        )
        .unwrap();
        assert!(matches!(
            open_credential(&kek(), &place(), &old),
            Err(VaultError::CredentialRefused)
        ));
    }

    #[test]
    fn key_and_value_of_two_writes_can_not_be_mixed() {
        let first = seal_credential(&kek(), &place(), b"first").unwrap();
        let second = seal_credential(&kek(), &place(), b"other").unwrap();
        let mut mixed = first[..=WRAPPED].to_vec();
        mixed.extend_from_slice(&second[1 + WRAPPED..]);
        assert!(open_credential(&kek(), &place(), &mixed).is_err());
    }

    #[test]
    fn border_shifts_between_fields_are_different_places() {
        let left = CredentialAad {
            integration_id: "a",
            provider_type: "bc",
            ..place()
        };
        let right = CredentialAad {
            integration_id: "ab",
            provider_type: "c",
            ..place()
        };
        let blob = seal_credential(&kek(), &left, b"s").unwrap();
        assert!(open_credential(&kek(), &right, &blob).is_err());
    }

    #[test]
    fn every_flipped_bit_and_every_truncation_is_refused() {
        let blob = seal_credential(&kek(), &place(), b"s3cret").unwrap();
        assert_eq!(blob[0], VERSION);
        for bit in 0..blob.len() * 8 {
            let mut changed = blob.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(
                open_credential(&kek(), &place(), &changed).is_err(),
                "bit {bit}"
            );
        }
        for length in 0..blob.len() {
            assert!(
                open_credential(&kek(), &place(), &blob[..length]).is_err(),
                "length {length}"
            );
        }
    }

    #[test]
    fn every_write_has_its_own_key_and_nonces() {
        let blobs: Vec<_> = (0..64)
            .map(|_| seal_credential(&kek(), &place(), b"same").unwrap())
            .collect();
        for (index, blob) in blobs.iter().enumerate() {
            for other in &blobs[index + 1..] {
                assert_ne!(
                    blob[1..=NONCE],
                    other[1..=NONCE],
                    "nonce of the wrapped key"
                );
                assert_ne!(blob[1 + WRAPPED..], other[1 + WRAPPED..], "sealed value");
            }
        }
    }

    #[test]
    fn a_mistaken_paste_is_refused() {
        let huge = vec![0; MAX_PLAINTEXT + 1];
        assert!(matches!(
            seal_credential(&kek(), &place(), &huge),
            Err(VaultError::TooLarge)
        ));
    }
}
