//! A client certificate for tests, and reading the public key out of one.

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use stand_in::RsaKey;
use stand_in::der::{element as der, from_pem, pem, take};

/// Why a certificate could not be made or read.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum CertificateError {
    /// The PEM block is missing or not base64.
    #[error("no CERTIFICATE block could be read")]
    Pem,
    /// The DER is not an X.509 certificate.
    #[error("the certificate is not well formed")]
    Der,
    /// The system could not make or use a key.
    #[error("a key could not be made")]
    Key,
}

/// A certificate registered with the application, with its private key when it was made here.
#[derive(Clone)]
pub struct ClientCertificate {
    der: Vec<u8>,
    public_key: Vec<u8>,
    private_key: Option<Vec<u8>>,
}

impl std::fmt::Debug for ClientCertificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientCertificate")
            .field("thumbprint", &self.thumbprint())
            .finish_non_exhaustive()
    }
}

impl ClientCertificate {
    /// Makes a self-signed RSA-2048 certificate valid until 2049, and its key.
    ///
    /// # Errors
    /// [`CertificateError::Key`] when the system has no randomness.
    pub fn generate() -> Result<Self, CertificateError> {
        let key = RsaKey::generate().map_err(|_| CertificateError::Key)?;
        let spki = key.public_der().map_err(|_| CertificateError::Key)?;
        let sha256_rsa = der(
            0x30,
            &[
                &der(
                    0x06,
                    &[&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b]],
                ),
                &[5, 0],
            ],
        );
        let common_name = der(
            0x30,
            &[
                &der(0x06, &[&[0x55, 0x04, 0x03]]),
                &der(0x0c, &[b"evidence reader"]),
            ],
        );
        let name = der(0x30, &[&der(0x31, &[&common_name])]);
        let validity = der(
            0x30,
            &[
                &der(0x17, &[b"200101000000Z"]),
                &der(0x17, &[b"491231235959Z"]),
            ],
        );
        let mut serial = [0_u8; 8];
        getrandom::fill(&mut serial).map_err(|_| CertificateError::Key)?;
        serial[0] = (serial[0] & 0x7f) | 1;
        let version = der(0xa0, &[&[2, 1, 2]]);
        let body = der(
            0x30,
            &[
                &version,
                &der(0x02, &[&serial]),
                &sha256_rsa,
                &name,
                &validity,
                &name,
                &spki,
            ],
        );
        let signature = key.sign(&body).map_err(|_| CertificateError::Key)?;
        let certificate = der(0x30, &[&body, &sha256_rsa, &der(0x03, &[&[0], &signature])]);
        let mut made = Self::from_der(&certificate)?;
        made.private_key = Some(key.pkcs8().map_err(|_| CertificateError::Key)?);
        Ok(made)
    }

    /// Reads a PEM file; anything but the first `CERTIFICATE` block is ignored.
    ///
    /// # Errors
    /// [`CertificateError`] when there is no readable certificate in it.
    pub fn from_pem(pem: &str) -> Result<Self, CertificateError> {
        Self::from_der(&from_pem("CERTIFICATE", pem).ok_or(CertificateError::Pem)?)
    }

    /// Reads a DER certificate with an RSA key.
    ///
    /// # Errors
    /// [`CertificateError::Der`] when it is not one.
    pub fn from_der(certificate: &[u8]) -> Result<Self, CertificateError> {
        let public_key = rsa_public_key(certificate).ok_or(CertificateError::Der)?;
        Ok(Self {
            der: certificate.to_vec(),
            public_key,
            private_key: None,
        })
    }

    /// The certificate and, when it was made here, its PKCS#8 private key, both as PEM.
    #[must_use]
    pub fn to_pem(&self) -> String {
        let mut text = pem("CERTIFICATE", &self.der);
        if let Some(key) = &self.private_key {
            text.push_str(&pem("PRIVATE KEY", key));
        }
        text
    }

    /// The PKCS#8 private key when the certificate was made here.
    #[must_use]
    pub fn private_key_pkcs8(&self) -> Option<&[u8]> {
        self.private_key.as_deref()
    }

    /// What `x5t#S256` must be: the SHA-256 of the DER certificate, base64url without padding.
    #[must_use]
    pub fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, &self.der))
    }

    /// What `x5t` must be in the older form: the SHA-1 of the DER certificate.
    pub(crate) fn sha1_thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &self.der))
    }

    /// The public key as PKCS#1.
    pub(crate) fn public_key(&self) -> &[u8] {
        &self.public_key
    }
}

fn rsa_public_key(certificate: &[u8]) -> Option<Vec<u8>> {
    let (0x30, outer, _) = take(certificate)? else {
        return None;
    };
    let (0x30, mut body, _) = take(outer)? else {
        return None;
    };
    // The version is optional; serial, algorithm, issuer, validity and subject come before the key.
    if let (0xa0, _, rest) = take(body)? {
        body = rest;
    }
    for _ in 0..5 {
        body = take(body)?.2;
    }
    let (0x30, spki, _) = take(body)? else {
        return None;
    };
    let (0x30, algorithm, rest) = take(spki)? else {
        return None;
    };
    let (0x06, oid, _) = take(algorithm)? else {
        return None;
    };
    if oid != [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01] {
        return None;
    }
    let (0x03, bits, _) = take(rest)? else {
        return None;
    };
    bits.split_first()
        .filter(|(unused, _)| **unused == 0)
        .map(|(_, key)| key.to_vec())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use aws_lc_rs::signature::KeyPair as _;

    use super::*;

    #[test]
    fn a_made_certificate_reads_back_from_its_pem() {
        let made = ClientCertificate::generate().unwrap();
        let read = ClientCertificate::from_pem(&made.to_pem()).unwrap();
        assert_eq!(read.thumbprint(), made.thumbprint());
        assert_eq!(read.public_key(), made.public_key());
        assert!(read.private_key_pkcs8().is_none());
        assert_eq!(made.thumbprint().len(), 43);
        let key = aws_lc_rs::rsa::KeyPair::from_pkcs8(made.private_key_pkcs8().unwrap()).unwrap();
        assert_eq!(key.public_key().as_ref(), made.public_key());
    }

    #[test]
    fn other_bytes_are_refused_without_panic() {
        let made = ClientCertificate::generate().unwrap();
        for end in 0..made.der.len() {
            assert!(ClientCertificate::from_der(&made.der[..end]).is_err());
        }
        assert_eq!(
            ClientCertificate::from_pem("nothing").unwrap_err(),
            CertificateError::Pem
        );
    }
}
