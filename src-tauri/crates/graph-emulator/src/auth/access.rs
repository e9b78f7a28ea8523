//! Access tokens: three-part JWTs whose signature only this emulator can make and check.

use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::reply::GraphError;
use crate::state::State;
use crate::tenant::guid;

/// The tenant that the wrong-tenant fault pretends to be.
pub(crate) fn other_tenant() -> String {
    guid("tenant", 2)
}

/// The claims of a token issued now to the registered application.
pub(crate) fn claims(state: &State, tenant: &str) -> Value {
    let now = state.now().timestamp();
    let lifetime = i64::try_from(state.options.token_lifetime.as_secs()).unwrap_or(i64::MAX / 4);
    let mut claims = json!({
        "aud": state.options.audience,
        "iss": format!("https://sts.windows.net/{tenant}/"),
        "iat": now,
        "nbf": now,
        "exp": now + lifetime,
        "app_displayname": "Evidence reader",
        "appid": state.options.client_id,
        "appidacr": "1",
        "idp": format!("https://sts.windows.net/{tenant}/"),
        "idtyp": "app",
        "oid": guid("oid", 1),
        "sub": guid("oid", 1),
        "tid": tenant,
        "uti": state.request_id(),
        "ver": "1.0",
    });
    // Without any granted permission the claim is missing, not empty.
    if !state.options.roles.is_empty() {
        claims["roles"] = json!(state.options.roles);
    }
    claims
}

/// Signs the claims into a token.
pub(crate) fn mint(state: &State, claims: &Value) -> String {
    let header = json!({"typ": "JWT", "alg": "RS256", "kid": "emulated", "x5t": "emulated"});
    let head = URL_SAFE_NO_PAD.encode(header.to_string());
    let body = URL_SAFE_NO_PAD.encode(claims.to_string());
    let signature = hmac::sign(&state.key, format!("token:{head}.{body}").as_bytes());
    format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// Checks an `Authorization` header and answers with the granted permissions.
pub(crate) fn check(state: &State, header: Option<&str>) -> Result<Vec<String>, GraphError> {
    let header = header.ok_or_else(|| GraphError::unauthorized("Access token is empty."))?;
    let token = match header.split_once(' ') {
        Some((scheme, token))
            if scheme.eq_ignore_ascii_case("Bearer") && !token.trim().is_empty() =>
        {
            token.trim()
        }
        _ => return Err(GraphError::unauthorized("Access token is empty.")),
    };
    let malformed =
        || GraphError::unauthorized("IDX14100: JWT is not well formed, there are no dots (.).");
    let (signed, signature) = token.rsplit_once('.').ok_or_else(malformed)?;
    let (_, body) = signed.split_once('.').ok_or_else(malformed)?;
    let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| malformed())?;
    let claims: Value = URL_SAFE_NO_PAD
        .decode(body)
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .ok_or_else(malformed)?;
    hmac::verify(&state.key, format!("token:{signed}").as_bytes(), &signature).map_err(|_| {
        GraphError::unauthorized("Access token validation failure. Invalid signature.")
    })?;
    let now = state.now().timestamp();
    if claims["exp"].as_i64().is_none_or(|expiry| expiry <= now) {
        return Err(GraphError::unauthorized(
            "Lifetime validation failed, the token is expired.",
        ));
    }
    if claims["nbf"].as_i64().is_none_or(|start| start > now + 300) {
        return Err(GraphError::unauthorized(
            "Lifetime validation failed, the token is not yet valid.",
        ));
    }
    let audience = claims["aud"].as_str().unwrap_or_default();
    if audience != state.options.audience && audience != "00000003-0000-0000-c000-000000000000" {
        return Err(GraphError::unauthorized(
            "Access token validation failure. Invalid audience.",
        ));
    }
    let tenant = claims["tid"].as_str().unwrap_or_default();
    if tenant != state.tenant().id && tenant != other_tenant() {
        return Err(GraphError::unauthorized(
            "Access token validation failure. Invalid tenant.",
        ));
    }
    let roles = claims["roles"].as_array().cloned().unwrap_or_default();
    // A person's token names what was consented to in one text.
    let scopes = claims["scp"].as_str().unwrap_or_default();
    Ok(roles
        .iter()
        .filter_map(Value::as_str)
        .chain(scopes.split_whitespace())
        .map(str::to_owned)
        .collect())
}

/// Whether one of `wanted` is among the granted permissions; a write permission includes reading.
pub(crate) fn permits(roles: &[String], wanted: &[&str]) -> bool {
    roles
        .iter()
        .any(|role| wanted.contains(&role.replace(".ReadWrite.", ".Read.").as_str()))
}
