//! What the access token says of itself. Microsoft calls it opaque: it is read for diagnosis only, and may be unreadable.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use std::collections::BTreeSet;

/// OpenID's own scopes, and the one every sign-in of a person gets: they open nothing that is read here.
const NO_PERMISSIONS: [&str; 5] = ["openid", "offline_access", "profile", "email", "User.Read"];

/// Whose permissions a token names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The app's own.
    Application,
    /// A person's, who lends them to the app. What they open is also limited by the person's roles.
    Delegated,
}

impl Kind {
    /// As Microsoft's pages call it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Application => "application",
            Self::Delegated => "delegated",
        }
    }
}

/// What a token grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Granted {
    /// The permissions' names.
    pub(crate) names: BTreeSet<String>,
    /// Whose they are.
    pub(crate) kind: Kind,
}

/// The readable claims.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Claims {
    /// The tenant that issued it.
    pub(crate) tenant: Option<String>,
    /// Permissions; `None` where the token can't be read.
    pub(crate) granted: Option<Granted>,
}

#[derive(Deserialize)]
struct Payload {
    tid: Option<String>,
    roles: Option<Vec<String>>,
    scp: Option<String>,
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
        payload.map_or_else(Self::default, |payload| Self {
            tenant: payload.tid,
            granted: Some(match payload.scp {
                // `roles` of a person's token are the person's roles in the app, not permissions.
                Some(scopes) => Granted {
                    names: scopes
                        .split_whitespace()
                        .filter(|scope| !NO_PERMISSIONS.contains(scope))
                        .map(str::to_owned)
                        .collect(),
                    kind: Kind::Delegated,
                },
                // A token without roles is legal: nothing was consented to.
                None => Granted {
                    names: payload.roles.unwrap_or_default().into_iter().collect(),
                    kind: Kind::Application,
                },
            }),
        })
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

    fn granted(kind: Kind, names: &[&str]) -> Option<Granted> {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        Some(Granted { names, kind })
    }

    #[test]
    fn a_token_without_roles_grants_nothing_and_an_opaque_one_says_nothing() {
        assert_eq!(
            claims(r#"{"tid":"t"}"#),
            Claims {
                tenant: Some("t".into()),
                granted: granted(Kind::Application, &[])
            }
        );
        assert_eq!(
            claims(r#"{"roles":["User.Read.All"]}"#).granted,
            granted(Kind::Application, &["User.Read.All"])
        );
        assert_eq!(Claims::of(&SecretString::from("opaque")), Claims::default());
        assert_eq!(claims("not json"), Claims::default());
    }

    #[test]
    fn a_persons_token_grants_its_scopes_and_not_the_persons_roles() {
        assert_eq!(
            claims(r#"{"scp":"User.Read.All openid  profile Mail.Read User.Read","roles":["App.Admin"]}"#)
                .granted,
            granted(Kind::Delegated, &["Mail.Read", "User.Read.All"])
        );
        assert_eq!(
            claims(r#"{"scp":""}"#).granted,
            granted(Kind::Delegated, &[])
        );
    }
}
