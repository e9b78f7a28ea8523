//! A certificate's key that signs statements of who we are (RFC 7523), as PS256.

use aws_lc_rs::{
    encoding::{AsDer, PublicKeyX509Der},
    rand::SystemRandom,
    rsa::KeySize,
    signature::{KeyPair, RSA_PSS_SHA256, RsaKeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use evidence::Timestamp;
use rustls_pki_types::{CertificateDer, PrivatePkcs8KeyDer, pem::PemObject};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::fmt;
use uuid::Uuid;

/// How far before now a statement begins to hold: clocks differ a little.
const SKEW_S: i64 = 60;
/// How long it holds.
const LIFETIME_S: i64 = 540;

/// Why a certificate with its key can't be used. Never repeats any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningKeyError {
    /// No certificate in the text.
    #[error(
        "There is no certificate in it. It needs a block that begins with -----BEGIN CERTIFICATE-----."
    )]
    NoCertificate,
    /// No PKCS#8 key in the text.
    #[error(
        "There is no unencrypted PKCS#8 private key in it. It needs a block that begins with -----BEGIN PRIVATE KEY-----."
    )]
    NoKey,
    /// A key of another kind.
    #[error("The private key is not an RSA key that can be used.")]
    NotRsa,
    /// Too short.
    #[error("The private key is shorter than 2048 bits.")]
    TooShort,
    /// Certificate and key are strangers.
    #[error("The private key does not belong to the certificate.")]
    Mismatch,
    /// The key could not sign.
    #[error("The private key could not sign.")]
    Signing,
}

/// An RSA key with its certificate's fingerprint.
pub struct CertificateKey {
    key: RsaKeyPair,
    thumbprint: String,
}

impl fmt::Debug for CertificateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CertificateKey")
            .field("thumbprint", &self.thumbprint)
            .finish_non_exhaustive()
    }
}

impl CertificateKey {
    /// Reads PEM text with a certificate and its PKCS#8 key, in any order.
    ///
    /// # Errors
    ///
    /// [`SigningKeyError`]: what is missing or does not fit.
    pub fn from_pem(pem: &SecretString) -> Result<Self, SigningKeyError> {
        let text = pem.expose_secret().as_bytes();
        let certificate =
            CertificateDer::from_pem_slice(text).map_err(|_| SigningKeyError::NoCertificate)?;
        let key = PrivatePkcs8KeyDer::from_pem_slice(text).map_err(|_| SigningKeyError::NoKey)?;
        // The key type's copy is wiped by its own library; this one is the parsed block.
        let key = zeroize::Zeroizing::new(key.secret_pkcs8_der().to_vec());
        let key =
            RsaKeyPair::from_pkcs8(&key).map_err(|error| match error.to_string().as_str() {
                "TooSmall" => SigningKeyError::TooShort,
                _ => SigningKeyError::NotRsa,
            })?;
        if key.public_modulus_len() < KeySize::Rsa2048.len() {
            return Err(SigningKeyError::TooShort);
        }
        let public: PublicKeyX509Der<'_> = key
            .public_key()
            .as_der()
            .map_err(|_| SigningKeyError::NotRsa)?;
        // The certificate holds exactly these bytes as its subject's public key.
        if !certificate
            .windows(public.as_ref().len())
            .any(|window| window == public.as_ref())
        {
            return Err(SigningKeyError::Mismatch);
        }
        let thumbprint = URL_SAFE_NO_PAD.encode(Sha256::digest(&certificate));
        Ok(Self { key, thumbprint })
    }

    /// `x5t#S256`: base64url of the SHA-256 of the certificate's DER bytes.
    #[must_use]
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// The statement "`client_id` is asking", addressed to `audience`, valid for a few minutes around `now`.
    ///
    /// # Errors
    ///
    /// [`SigningKeyError::Signing`], if the library fails.
    pub fn assertion(
        &self,
        client_id: &str,
        audience: &str,
        now: Timestamp,
    ) -> Result<SecretString, SigningKeyError> {
        let header = serde_json::json!({"alg": "PS256", "typ": "JWT", "x5t#S256": self.thumbprint});
        let at = now.unix();
        let claims = serde_json::json!({
            "aud": audience,
            "iss": client_id,
            "sub": client_id,
            "jti": Uuid::new_v4().to_string(),
            "nbf": at - SKEW_S,
            "iat": at,
            "exp": at + LIFETIME_S,
        });
        let mut token = [header, claims]
            .map(|part| URL_SAFE_NO_PAD.encode(part.to_string()))
            .join(".");
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key
            .sign(
                &RSA_PSS_SHA256,
                &SystemRandom::new(),
                token.as_bytes(),
                &mut signature,
            )
            .map_err(|_| SigningKeyError::Signing)?;
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(&signature, &mut token);
        Ok(SecretString::from(token))
    }
}
