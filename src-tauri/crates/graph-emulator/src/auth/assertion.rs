//! The client assertion: a JWT signed with the certificate registered for the application.

use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::token::TokenError;
use crate::state::State;

/// Clocks may differ by this many seconds.
const SKEW: i64 = 300;

/// An assertion lives at most this many seconds (the documented ten minutes, and one for a backdated start).
const LONGEST: i64 = 660;

/// Checks the assertion of the application `client_id` sent to the token endpoint of `tenant`.
pub(super) fn check(
    state: &State,
    assertion: &str,
    client_id: &str,
    tenant: &str,
) -> Result<(), TokenError> {
    let malformed = |why: &str| {
        TokenError::invalid_client(50027, format!("JWT token is invalid or malformed: {why}."))
    };
    let parts: Vec<&str> = assertion.split('.').collect();
    let [head, body, signature] = parts.as_slice() else {
        return Err(malformed("it needs three parts"));
    };
    let header = decode(head).ok_or_else(|| malformed("header"))?;
    let claims = decode(body).ok_or_else(|| malformed("payload"))?;
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| malformed("signature"))?;
    if header["typ"] != "JWT" {
        return Err(malformed("typ must be JWT"));
    }
    let key_error = |why: &str| {
        TokenError::invalid_client(
            700_027,
            format!(
                "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - {why}]"
            ),
        )
    };
    let certificate = state
        .options
        .certificate
        .as_ref()
        .ok_or_else(|| key_error("The key was not found."))?;
    let signed = format!("{head}.{body}");
    let verified = match header["alg"].as_str() {
        Some("PS256") => {
            let named = header["x5t#S256"]
                .as_str()
                .ok_or_else(|| key_error("x5t#S256 is missing."))?;
            if named != certificate.thumbprint() {
                return Err(key_error("The key was not found."));
            }
            UnparsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, certificate.public_key())
                .verify(signed.as_bytes(), &signature)
        }
        Some("RS256") => {
            let known = header["x5t"] == certificate.sha1_thumbprint().as_str()
                || header["x5t#S256"] == certificate.thumbprint().as_str();
            if !known {
                return Err(key_error("The key was not found."));
            }
            UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, certificate.public_key())
                .verify(signed.as_bytes(), &signature)
        }
        _ => return Err(malformed("the algorithm is not supported")),
    };
    verified.map_err(|_| key_error("The signature does not match."))?;
    check_claims(state, &claims, client_id, tenant)
}

fn check_claims(
    state: &State,
    claims: &Value,
    client_id: &str,
    tenant: &str,
) -> Result<(), TokenError> {
    let own = format!("{}/{tenant}/oauth2/v2.0/token", state.url);
    let official = format!("{}/{tenant}/oauth2/v2.0/token", state.options.authority);
    if claims["aud"] != own.as_str() && claims["aud"] != official.as_str() {
        return Err(TokenError::invalid_client(
            700_023,
            "Client assertion audience claim does not match Realm issuer.",
        ));
    }
    if claims["iss"] != client_id || claims["sub"] != client_id {
        return Err(TokenError::invalid_client(
            700_021,
            "Client assertion application identifier doesn't match 'client_id' parameter.",
        ));
    }
    let now = state.now().timestamp();
    let outside = || {
        TokenError::invalid_client(
            700_024,
            "Client assertion is not within its valid time range.",
        )
    };
    let (Some(start), Some(end)) = (claims["nbf"].as_i64(), claims["exp"].as_i64()) else {
        return Err(outside());
    };
    if start > now + SKEW || end <= now - SKEW || end <= start || end - start > LONGEST {
        return Err(outside());
    }
    let id = claims["jti"].as_str().filter(|id| !id.is_empty());
    if !id.is_some_and(|id| state.first_use(id)) {
        return Err(TokenError::invalid_client(
            50027,
            "JWT token is invalid or malformed: jti is missing or was used before.",
        ));
    }
    Ok(())
}

fn decode(part: &str) -> Option<Value> {
    let value: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()?;
    value.is_object().then_some(value)
}
