//! Tokens: what they may do, whose they are, and what is wrong with them.

use chrono::{DateTime, Utc};

use crate::permission::{Permissions, read_everything};

/// What sort of token it is; its first letters tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    /// `github_pat_`: permissions, for one organization.
    FineGrained,
    /// `ghp_`: scopes.
    Classic,
    /// `gho_`: scopes, from the device flow of an OAuth App.
    OAuth,
    /// `ghu_`: permissions of a GitHub App, on behalf of a person.
    User,
    /// `ghs_`: permissions of a GitHub App's installation.
    Installation,
}

impl TokenKind {
    /// Whether scopes decide, and not permissions.
    #[must_use]
    pub fn has_scopes(self) -> bool {
        matches!(self, Self::Classic | Self::OAuth)
    }

    /// The first letters of such a token.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::FineGrained => "github_pat_",
            Self::Classic => "ghp_",
            Self::OAuth => "gho_",
            Self::User => "ghu_",
            Self::Installation => "ghs_",
        }
    }
}

/// Which repositories a token reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All of the organization.
    All,
    /// Those with these names; other private ones are not found.
    Named(Vec<String>),
}

impl Selection {
    /// The word the API uses.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Named(_) => "selected",
        }
    }

    pub(crate) fn holds(&self, name: &str) -> bool {
        match self {
            Self::All => true,
            Self::Named(names) => names.iter().any(|have| have == name),
        }
    }
}

/// One token that the emulator accepts.
#[derive(Clone)]
pub struct Token {
    /// What stands behind `Bearer`.
    pub secret: String,
    /// What sort of token it is.
    pub kind: TokenKind,
    /// Whose it is; empty for an installation.
    pub login: String,
    /// Whether that person is an owner of the organization, and so sees two-factor data.
    pub owner: bool,
    /// What it may do, unless scopes decide.
    pub permissions: Permissions,
    /// The scopes of a classic or OAuth token.
    pub scopes: Vec<String>,
    /// Which repositories it reaches.
    pub repositories: Selection,
    /// When it ends; told in `github-authentication-token-expiration`.
    pub expires_at: Option<DateTime<Utc>>,
    /// Whether an owner approved it. An unapproved one sees what the public sees.
    pub approved: bool,
    /// Whether it is authorized for the organization's single sign-on. Only matters where that is enforced.
    pub sso_authorized: bool,
    /// Whether it belongs to this organization, and not to a person's own account or another organization.
    pub of_this_organization: bool,
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Token")
            .field("kind", &self.kind)
            .field("login", &self.login)
            .field("owner", &self.owner)
            .finish_non_exhaustive()
    }
}

impl Token {
    /// A token of this kind that may read everything, of an owner (unless it is an installation's), without an end.
    /// The secret is made of the kind's first letters and `tail`.
    #[must_use]
    pub fn new(kind: TokenKind, tail: &str) -> Self {
        let person = kind != TokenKind::Installation;
        let scopes: &[&str] = match kind {
            TokenKind::Classic | TokenKind::OAuth => &["admin:org", "admin:org_hook", "repo"],
            _ => &[],
        };
        Self {
            secret: format!("{}{tail}", kind.prefix()),
            kind,
            login: if person { crate::OWNER } else { "" }.to_owned(),
            owner: person,
            permissions: if kind.has_scopes() {
                Permissions::new()
            } else {
                read_everything()
            },
            scopes: scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            repositories: Selection::All,
            expires_at: None,
            approved: true,
            sso_authorized: true,
            of_this_organization: true,
        }
    }

    /// A fine-grained token of an owner that may read everything, without an end.
    #[must_use]
    pub fn fine_grained(tail: &str) -> Self {
        Self::new(TokenKind::FineGrained, tail)
    }

    /// The same without one permission.
    #[must_use]
    pub fn without(mut self, permission: &str) -> Self {
        self.permissions.remove(permission);
        self
    }

    /// The same for a member who is not an owner.
    #[must_use]
    pub fn of_member(mut self, login: &str) -> Self {
        self.login = login.to_owned();
        self.owner = false;
        self
    }

    /// Whether it sees settings and administrative lists: an owner, or an app with the permission for them.
    pub(crate) fn administers(&self) -> bool {
        self.of_this_organization
            && self.approved
            && (self.owner || self.kind == TokenKind::Installation)
    }
}
