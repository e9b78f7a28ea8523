//! What the access token says of itself. Microsoft calls it opaque: it is read for diagnosis only, and may be unreadable.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::collections::BTreeSet;

/// The readable claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Claims {
    /// The tenant that issued it.
    pub(crate) tenant: Option<String>,
    /// Application permissions; `None` where the token can't be read.
    pub(crate) roles: Option<BTreeSet<String>>,
}

#[derive(Deserialize)]
struct Payload {
    tid: Option<String>,
    roles: Option<Vec<String>>,
}

impl Claims {
    /// Reads the payload without verifying it.
    pub(crate) fn of(token: &SecretString) -> Self {
        let payload = token
            .expose_secret()
            .split('.')
            .nth(1)
            .and_then(|part| URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok());
        let payload: Option<Payload> =
            payload.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        match payload {
            // A token without roles is legal: nothing was consented to.
            Some(payload) => Self {
                tenant: payload.tid,
                roles: Some(payload.roles.unwrap_or_default().into_iter().collect()),
            },
            None => Self::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(payload: &str) -> Claims {
        Claims::of(&SecretString::from(format!(
            "e30.{}.x",
            URL_SAFE_NO_PAD.encode(payload)
        )))
    }

    #[test]
    fn a_token_without_roles_grants_nothing_and_an_opaque_one_says_nothing() {
        assert_eq!(
            claims(r#"{"tid":"t"}"#),
            Claims {
                tenant: Some("t".into()),
                roles: Some(BTreeSet::new())
            }
        );
        assert_eq!(
            claims(r#"{"roles":["User.Read.All"]}"#).roles,
            Some(BTreeSet::from(["User.Read.All".to_owned()]))
        );
        assert_eq!(Claims::of(&SecretString::from("opaque")), Claims::default());
        assert_eq!(claims("not json"), Claims::default());
    }
}
