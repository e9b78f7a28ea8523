//! The App's own assertion: an RS256 JWT that it signs with its private key.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::refusal::Refusal;
use crate::state::State;

/// The longest time between now and `exp`, in seconds.
const LONGEST: i64 = 600;

fn refused(why: &str) -> Refusal {
    Refusal::new(401, why)
}

/// Checks the assertion in an `Authorization` header.
pub(crate) fn check(state: &State, authorization: Option<&str>) -> Result<(), Refusal> {
    let text = authorization
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, text)| text.trim())
        .ok_or_else(|| refused("A JSON web token could not be decoded"))?;
    let undecodable = || refused("A JSON web token could not be decoded");
    let mut parts = text.split('.');
    let (Some(head), Some(body), Some(signature), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(undecodable());
    };
    let json = |part: &str| -> Option<Value> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
    };
    let (header, claims) = (
        json(head).ok_or_else(undecodable)?,
        json(body).ok_or_else(undecodable)?,
    );
    if header["alg"] != "RS256" || header["typ"] != "JWT" {
        return Err(undecodable());
    }
    check_issuer(state, &claims["iss"])?;
    let signature = URL_SAFE_NO_PAD
        .decode(signature)
        .map_err(|_| undecodable())?;
    let key = state
        .key()
        .map_err(|_| Refusal::new(500, "The App has no key."))?;
    if !key.verify(format!("{head}.{body}").as_bytes(), &signature) {
        return Err(undecodable());
    }
    check_times(state.now().timestamp(), &claims)
}

fn check_issuer(state: &State, issuer: &Value) -> Result<(), Refusal> {
    let app = &state.options.app;
    let named = match issuer {
        Value::String(name) => *name == app.client_id || *name == app.id.to_string(),
        Value::Number(number) => number.as_u64() == Some(app.id),
        Value::Null => return Err(refused("Missing 'issuer' claim ('iss') in assertion")),
        _ => false,
    };
    if named {
        Ok(())
    } else {
        Err(Refusal::new(404, "Integration not found"))
    }
}

fn check_times(now: i64, claims: &Value) -> Result<(), Refusal> {
    let Some(issued) = claims["iat"].as_i64().filter(|issued| *issued <= now) else {
        return Err(refused(
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued, \
             and in the past",
        ));
    };
    let Some(expires) = claims["exp"].as_i64().filter(|expires| *expires > now) else {
        return Err(refused(
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the \
             assertion expires",
        ));
    };
    if expires > now + LONGEST || expires > issued + LONGEST + 60 {
        return Err(refused(
            "'Expiration time' claim ('exp') is too far in the future",
        ));
    }
    Ok(())
}

/// An assertion as a careful client makes it; `change` may spoil header and claims first.
pub(crate) fn sign(
    state: &State,
    change: impl FnOnce(&mut Value, &mut Value),
) -> Result<String, stand_in::KeyError> {
    let now = state.now().timestamp();
    let mut header = json!({"alg": "RS256", "typ": "JWT"});
    let mut claims = json!({"iat": now - 60, "exp": now + 540, "iss": state.options.app.client_id});
    change(&mut header, &mut claims);
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(&header), part(&claims));
    let signature = state.key()?.sign(text.as_bytes())?;
    Ok(format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn times_are_held_to_their_rules() {
        let now = 1_000_000;
        let check = |iat: Value, exp: Value| check_times(now, &json!({"iat": iat, "exp": exp}));
        assert!(check(json!(now - 60), json!(now + 600)).is_ok());
        assert!(check(json!(now - 60), json!(now + 540)).is_ok());
        let told = |result: Result<(), Refusal>| {
            let body = result.unwrap_err().reply().body;
            String::from_utf8(body).unwrap()
        };
        assert!(told(check(json!(now + 1), json!(now + 60))).contains("in the past"));
        assert!(told(check(json!("soon"), json!(now + 60))).contains("Integer"));
        assert!(told(check(json!(now), json!(now))).contains("future time"));
        assert!(told(check(json!(now), json!(now + 601))).contains("too far"));
        assert!(told(check(json!(now - 200), json!(now + 500))).contains("too far"));
    }
}
