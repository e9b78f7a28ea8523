//! An RSA key for tests: made here, handed out as PEM, and verified against.

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize, PublicKey};
use aws_lc_rs::signature::{
    KeyPair as _, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, UnparsedPublicKey,
};

use crate::der;

/// Why a key could not be made or used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a key could not be made or used")]
pub struct KeyError;

/// An RSA key of 2048 bits.
pub struct RsaKey {
    pair: KeyPair,
}

impl std::fmt::Debug for RsaKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RsaKey").finish_non_exhaustive()
    }
}

impl RsaKey {
    /// Makes a key.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn generate() -> Result<Self, KeyError> {
        KeyPair::generate(KeySize::Rsa2048)
            .map(|pair| Self { pair })
            .map_err(|_| KeyError)
    }

    /// The public half, with its algorithm, as DER.
    ///
    /// # Errors
    /// When the key cannot be written.
    pub fn public_der(&self) -> Result<Vec<u8>, KeyError> {
        let public: &PublicKey = self.pair.public_key();
        public
            .as_der()
            .map(|spki| spki.as_ref().to_vec())
            .map_err(|_| KeyError)
    }

    /// The private key as PKCS#8.
    ///
    /// # Errors
    /// When the key cannot be written.
    pub fn pkcs8(&self) -> Result<Vec<u8>, KeyError> {
        self.pair
            .as_der()
            .map(|pkcs8| pkcs8.as_ref().to_vec())
            .map_err(|_| KeyError)
    }

    /// The private key as a PEM file with a PKCS#1 block, as GitHub hands them out.
    ///
    /// # Errors
    /// When the key cannot be written.
    pub fn pkcs1_pem(&self) -> Result<String, KeyError> {
        let pkcs8 = self.pkcs8()?;
        let inner = unwrap(&pkcs8).ok_or(KeyError)?;
        Ok(der::pem("RSA PRIVATE KEY", inner))
    }

    /// Signs with PKCS#1 v1.5 and SHA-256, as `RS256` does.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message,
                &mut signature,
            )
            .map_err(|_| KeyError)?;
        Ok(signature)
    }

    /// Whether the signature (PKCS#1 v1.5 and SHA-256) is this key's.
    #[must_use]
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, self.pair.public_key().as_ref())
            .verify(message, signature)
            .is_ok()
    }
}

/// The PKCS#1 key inside a PKCS#8 one: version, algorithm, then the key in an octet string.
fn unwrap(pkcs8: &[u8]) -> Option<&[u8]> {
    let (0x30, outer, _) = der::take(pkcs8)? else {
        return None;
    };
    let (0x02, _, rest) = der::take(outer)? else {
        return None;
    };
    let (0x30, _, rest) = der::take(rest)? else {
        return None;
    };
    let (0x04, key, _) = der::take(rest)? else {
        return None;
    };
    Some(key)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn both_private_forms_sign_what_the_key_verifies() {
        let key = RsaKey::generate().unwrap();
        let signature = key.sign(b"message").unwrap();
        assert!(key.verify(b"message", &signature));
        assert!(!key.verify(b"massage", &signature));
        assert!(!RsaKey::generate().unwrap().verify(b"message", &signature));
        let pem = key.pkcs1_pem().unwrap();
        let pkcs1 = der::from_pem("RSA PRIVATE KEY", &pem).unwrap();
        let read = KeyPair::from_der(&pkcs1).unwrap();
        assert_eq!(read.public_key().as_ref(), key.pair.public_key().as_ref());
        let read = KeyPair::from_pkcs8(&key.pkcs8().unwrap()).unwrap();
        assert_eq!(read.public_key().as_ref(), key.pair.public_key().as_ref());
    }
}
