//! Proof key for code exchange (RFC 7636), always S256, and the other random values of a sign-in.

use crate::{ErrorClass, ProviderError};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// 32 random bytes as 43 characters that addresses can carry.
///
/// # Errors
///
/// Our bug, if the system gives no random bytes.
pub(super) fn random() -> Result<SecretString, ProviderError> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    aws_lc_rs::rand::fill(bytes.as_mut_slice()).map_err(|_| {
        ProviderError::new(
            ErrorClass::OurBug,
            "no_random_bytes",
            "Signing in can't begin.",
            "The system gives no random numbers.",
            "Restart the computer and try again.",
        )
    })?;
    Ok(SecretString::from(URL_SAFE_NO_PAD.encode(bytes.as_slice())))
}

/// What goes out first, so that the verifier proves later that the same program asks.
pub(super) fn challenge(verifier: &SecretString) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose_secret().as_bytes()))
}

/// Whether two values are the same, in a time that tells nothing about where they differ.
pub(super) fn same(one: &str, other: &str) -> bool {
    aws_lc_rs::constant_time::verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_challenge_is_the_one_of_the_standard() {
        let verifier = SecretString::from("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(
            challenge(&verifier),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn a_verifier_has_the_length_and_the_letters_of_the_standard_and_never_repeats() {
        let (one, two) = (random().unwrap(), random().unwrap());
        for value in [&one, &two] {
            let value = value.expose_secret();
            assert_eq!(value.len(), 43);
            assert!(
                value
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            );
        }
        assert!(!same(one.expose_secret(), two.expose_secret()));
        assert!(same(one.expose_secret(), one.clone().expose_secret()));
        assert!(!same("a", "ab") && !same("", "a"));
    }
}
