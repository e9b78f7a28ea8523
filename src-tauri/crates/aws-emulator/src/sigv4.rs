//! Signature version 4, both ways: read and computed anew for requests that come in, made for those of our own.
//!
//! Written here and not taken from the library that the product signs with, so that a mistake there is noticed.

use aws_lc_rs::{digest, hmac};
use chrono::{DateTime, Utc};
use http::header::{AUTHORIZATION, HOST};
use http::{HeaderName, HeaderValue};

use crate::call::Wire;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";

/// What an `Authorization` header says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Authorization {
    pub(crate) key_id: String,
    /// `YYYYMMDD`.
    pub(crate) date: String,
    pub(crate) region: String,
    pub(crate) service: String,
    /// Names of the signed headers.
    pub(crate) signed: Vec<String>,
    pub(crate) signature: String,
}

impl Authorization {
    /// Reads the header. The error names the part that is missing or malformed.
    pub(crate) fn read(text: &str) -> Result<Self, &'static str> {
        let rest = text
            .strip_prefix(ALGORITHM)
            .ok_or("Authorization header requires the algorithm AWS4-HMAC-SHA256")?;
        let part = |name: &str| {
            rest.split(',')
                .find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='))
                .filter(|value| !value.is_empty())
        };
        let credential =
            part("Credential").ok_or("Authorization header requires 'Credential' parameter.")?;
        let signed = part("SignedHeaders")
            .ok_or("Authorization header requires 'SignedHeaders' parameter.")?;
        let signature =
            part("Signature").ok_or("Authorization header requires 'Signature' parameter.")?;
        let scope: Vec<&str> = credential.split('/').collect();
        let [key_id, date, region, service, "aws4_request"] = scope.as_slice() else {
            return Err(
                "Credential must have exactly 5 slash-delimited elements and end in 'aws4_request'.",
            );
        };
        if [key_id, date, region, service]
            .iter()
            .any(|part| part.is_empty())
        {
            return Err("Credential must not have empty elements.");
        }
        Ok(Self {
            key_id: (*key_id).to_owned(),
            date: (*date).to_owned(),
            region: (*region).to_owned(),
            service: (*service).to_owned(),
            signed: signed.split(';').map(str::to_ascii_lowercase).collect(),
            signature: signature.to_owned(),
        })
    }

    /// The signature that the request would have with this secret.
    pub(crate) fn expected(&self, wire: &Wire, secret: &str) -> String {
        let scope = format!(
            "{}/{}/{}/aws4_request",
            self.date, self.region, self.service
        );
        let canonical = canonical_request(wire, &self.service, &self.signed);
        let to_sign = format!(
            "{ALGORITHM}\n{}\n{scope}\n{}",
            wire.header("x-amz-date"),
            sha256(canonical.as_bytes())
        );
        let mut key = mac(format!("AWS4{secret}").as_bytes(), &self.date);
        for part in [&*self.region, &*self.service, "aws4_request"] {
            key = mac(&key, part);
        }
        hex::encode(mac(&key, &to_sign))
    }
}

/// Signs a request of our own: adds `x-amz-date`, `x-amz-content-sha256` and `Authorization`. It must have `host`.
pub(crate) fn sign(
    wire: &mut Wire,
    (key_id, secret): (&str, &str),
    (service, region): (&str, &str),
    now: DateTime<Utc>,
) {
    let stamp = now.format("%Y%m%dT%H%M%SZ").to_string();
    for (name, text) in [
        ("x-amz-date", stamp),
        ("x-amz-content-sha256", sha256(&wire.body)),
    ] {
        put(wire, HeaderName::from_static(name), &text);
    }
    let mut signed: Vec<String> = wire
        .headers
        .keys()
        .filter(|name| *name == HOST || name.as_str().starts_with("x-amz-"))
        .map(ToString::to_string)
        .collect();
    signed.sort();
    let mut authorization = Authorization {
        key_id: key_id.to_owned(),
        date: now.format("%Y%m%d").to_string(),
        region: region.to_owned(),
        service: service.to_owned(),
        signed,
        signature: String::new(),
    };
    authorization.signature = authorization.expected(wire, secret);
    let text = format!(
        "{ALGORITHM} Credential={key_id}/{}/{region}/{service}/aws4_request, SignedHeaders={}, Signature={}",
        authorization.date,
        authorization.signed.join(";"),
        authorization.signature
    );
    put(wire, AUTHORIZATION, &text);
}

fn put(wire: &mut Wire, name: HeaderName, text: &str) {
    // Everything put here is ASCII of our own making, except a key's id; one that is no header value signs nothing.
    if let Ok(value) = HeaderValue::from_str(text) {
        wire.headers.insert(name, value);
    }
}

fn canonical_request(wire: &Wire, service: &str, signed: &[String]) -> String {
    // S3 signs the path as it is sent; every other service encodes it once more.
    let path = if service == "s3" {
        wire.path().to_owned()
    } else {
        encoded(wire.path().as_bytes(), true)
    };
    let mut pairs: Vec<(String, String)> = wire
        .query()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (
                encoded(&decoded(name), false),
                encoded(&decoded(value), false),
            )
        })
        .collect();
    pairs.sort();
    let query: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let headers: String = signed
        .iter()
        .map(|name| {
            let values: Vec<String> = wire
                .headers
                .get_all(name.as_str())
                .iter()
                .map(|value| {
                    let text = String::from_utf8_lossy(value.as_bytes());
                    text.split_whitespace().collect::<Vec<_>>().join(" ")
                })
                .collect();
            format!("{name}:{}\n", values.join(","))
        })
        .collect();
    // The header may say that the body is not signed. A hash that is not the body's does not help a client.
    let payload = match wire.header("x-amz-content-sha256") {
        named if named.starts_with("UNSIGNED-PAYLOAD") || named.starts_with("STREAMING-") => {
            named.to_owned()
        }
        _ => sha256(&wire.body),
    };
    format!(
        "{}\n{path}\n{}\n{headers}\n{}\n{payload}",
        wire.method,
        query.join("&"),
        signed.join(";")
    )
}

/// Percent-encodes everything but unreserved characters and, for paths, the slash.
fn encoded(bytes: &[u8], path: bool) -> String {
    let mut out = String::with_capacity(bytes.len());
    for &byte in bytes {
        let plain =
            byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) || (path && byte == b'/');
        if plain {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

fn decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let code = (byte == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(code.unwrap_or(byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    out
}

fn sha256(bytes: &[u8]) -> String {
    hex::encode(digest::digest(&digest::SHA256, bytes))
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    let key = hmac::Key::new(hmac::HMAC_SHA256, key);
    hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use bytes::Bytes;
    use http::Method;

    /// The example of AWS's own documentation of signature version 4: a GET of `ListUsers`.
    #[test]
    fn the_documented_example_verifies() {
        let wire = Wire {
            method: Method::GET,
            uri: "/?Action=ListUsers&Version=2010-05-08".parse().unwrap(),
            headers: [
                (
                    "content-type",
                    "application/x-www-form-urlencoded; charset=utf-8",
                ),
                ("host", "iam.amazonaws.com"),
                ("x-amz-date", "20150830T123600Z"),
            ]
            .into_iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect(),
            body: Bytes::new(),
        };
        let signature = "5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7";
        let header = format!(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, \
             SignedHeaders=content-type;host;x-amz-date, Signature={signature}"
        );
        let authorization = Authorization::read(&header).unwrap();
        assert_eq!(
            (
                authorization.region.as_str(),
                authorization.service.as_str()
            ),
            ("us-east-1", "iam")
        );
        assert_eq!(
            authorization.expected(&wire, "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"),
            signature
        );
        assert_ne!(authorization.expected(&wire, "another"), signature);
    }

    #[test]
    fn what_is_missing_is_named() {
        let whole = "AWS4-HMAC-SHA256 Credential=A/20150830/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0";
        assert!(Authorization::read(whole).is_ok());
        for (cut, named) in [
            ("AWS4-HMAC-SHA256", "algorithm"),
            ("Credential", "Credential"),
            ("SignedHeaders", "SignedHeaders"),
            ("Signature=0", "'Signature'"),
            ("/aws4_request", "5 slash-delimited"),
            ("us-east-1", "empty"),
        ] {
            let error = Authorization::read(&whole.replacen(cut, "", 1)).unwrap_err();
            assert!(error.contains(named), "{cut}: {error}");
        }
    }
}
