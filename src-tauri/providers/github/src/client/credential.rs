//! What proves who we are.

use super::{
    app::{App, Installation, SigningKey},
    target::{Target, bad_field},
};
use provider_kit::{
    Connection, HttpClient, Manifest, ProviderError,
    auth::{BearerToken, ClientCredential, SystemClock, TokenRequest, TokenSource, refused},
    manifest::Permission,
};
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What proves who we are.
#[derive(Debug)]
pub enum Credential {
    /// A personal access token, fine-grained or classic.
    Token(SecretString),
    /// An app of the organization.
    App(Box<App>),
    /// A person who signed in through an app.
    Person(TokenSource),
}

/// A token that holds now.
#[derive(Debug)]
pub struct Held {
    /// The token.
    pub token: SecretString,
    /// As its source knows it.
    bearer: Option<BearerToken>,
}

impl From<SecretString> for Held {
    fn from(token: SecretString) -> Self {
        Self {
            token,
            bearer: None,
        }
    }
}

impl Credential {
    /// What the connection holds, by its way to sign in; where it names none, by what is there.
    ///
    /// # Errors
    ///
    /// Configuration, with the field that is missing or can't be used.
    pub fn of(
        manifest: &Manifest,
        connection: &Connection,
        target: &Target,
        http: &HttpClient,
    ) -> Result<Self, ProviderError> {
        let secret = |name: &str| {
            connection
                .secrets
                .get(name)
                .filter(|value| !value.expose_secret().trim().is_empty())
                .ok_or_else(|| bad_field(name, "It is empty."))
        };
        let app = match connection.config.get("auth").map(String::as_str) {
            Some("app") => true,
            Some("device") => return person(connection, target, http),
            Some(_) => false,
            None => connection.secrets.contains_key("private_key"),
        };
        if !app {
            let token = secret("token")?;
            let fits = token
                .expose_secret()
                .bytes()
                .all(|byte| byte.is_ascii_graphic());
            return if fits {
                Ok(Self::Token(token.clone()))
            } else {
                Err(bad_field(
                    "token",
                    "It holds spaces or letters that no token has.",
                ))
            };
        }
        let issuer = connection
            .config
            .get("app_id")
            .map(|value| value.trim())
            .filter(|value| !value.is_empty())
            .ok_or_else(|| bad_field("app_id", "It is empty."))?;
        let key = SigningKey::from_pem(secret("private_key")?)?;
        Ok(Self::App(Box::new(App::new(
            issuer.to_owned(),
            key,
            target.clone(),
            wanted(manifest),
            http.clone(),
        ))))
    }

    /// A token that holds now.
    ///
    /// # Errors
    ///
    /// A new one can't be had.
    pub async fn token(&self, cancel: &CancellationToken) -> Result<Held, ProviderError> {
        match self {
            Self::Token(token) => Ok(token.clone().into()),
            Self::App(app) => Ok(app.token(cancel).await?.into()),
            Self::Person(tokens) => {
                let bearer = tokens.token(cancel).await?;
                Ok(Held {
                    token: bearer.token.clone(),
                    bearer: Some(bearer),
                })
            }
        }
    }

    /// Forgets a token that was refused. False where there is no other one to be had.
    pub async fn forget(&self, held: &Held) -> bool {
        match (self, &held.bearer) {
            (Self::App(app), _) => app.forget(&held.token).await,
            (Self::Person(tokens), Some(bearer)) => tokens.forget(bearer).await,
            _ => return false,
        }
        true
    }

    /// The installation, where an app signs in.
    ///
    /// # Errors
    ///
    /// It can't be looked up.
    pub async fn installation(
        &self,
        cancel: &CancellationToken,
    ) -> Result<Option<&Installation>, ProviderError> {
        match self {
            Self::Token(_) | Self::Person(_) => Ok(None),
            Self::App(app) => app.installation(cancel).await.map(Some),
        }
    }

    /// Whether an app asks, which owns nothing.
    #[must_use]
    pub const fn is_app(&self) -> bool {
        matches!(self, Self::App(_))
    }

    /// Whether it is a token whose permissions GitHub lists one by one (`github_pat_`).
    #[must_use]
    pub fn is_fine_grained(&self) -> bool {
        matches!(self, Self::Token(token) if token.expose_secret().starts_with("github_pat_"))
    }
}

/// The permissions that are of use here, by their names at the interface: an installation lists them by those.
pub fn wanted(manifest: &Manifest) -> Vec<String> {
    let name = |permission: &Permission| permission.role_id.clone();
    manifest.permissions.iter().filter_map(name).collect()
}

/// The sign-in of a person that was kept.
fn person(
    connection: &Connection,
    target: &Target,
    http: &HttpClient,
) -> Result<Credential, ProviderError> {
    let client_id = connection
        .config
        .get("client_id")
        .map(|value| value.trim())
        .filter(|value| !value.is_empty())
        .ok_or_else(|| bad_field("client_id", "It is empty."))?;
    let request = TokenRequest {
        endpoint: target
            .web
            .join("/login/oauth/access_token")
            .map_err(|_| bad_field("base_url", "It is not an address."))?,
        client_id: client_id.to_owned(),
        scope: None,
        extra: Vec::new(),
        refusal: refused,
    };
    let kept = ClientCredential::person(&connection.secrets, Arc::clone(&connection.renewed))?;
    Ok(Credential::Person(TokenSource::new(
        http.clone(),
        Arc::new(SystemClock),
        request,
        kept,
    )))
}
