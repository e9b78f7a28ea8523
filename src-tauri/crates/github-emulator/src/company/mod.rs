//! The made-up organization that an emulator serves.
//!
//! The same [`Shape`] gives the same company on every machine. [`Company::tidy`] is one in which every check of the
//! provider passes; [`Company::new`] is the same with every [`flaw`](Company::flaws).

mod alerts;
mod flaws;
mod people;
mod protection;
mod records;
mod repos;
mod settings;
#[cfg(test)]
mod tests;

use chrono::{DateTime, SubsecRound as _, Utc};
use serde_json::{Map, Value, json};

pub use people::{Person, TwoFactor};
pub use protection::{classic, rules, ruleset};
pub use repos::{Repo, Visibility};

pub(crate) use people::simple_user;

/// The login of the organization's first owner, whose token is the default one.
pub const OWNER: &str = "dreyes-harborpoint";

/// What every secret in an answer starts with: found anywhere in a client's storage, it was kept though it must not be.
pub const LEAKED_SECRET: &str = "made-up-leaked-secret-";

/// What the organization pays for, which decides what it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Plan {
    /// No protection of private repositories, no audit log by API.
    Free,
    /// Protection, but no audit log by API.
    Team,
    /// Everything. Enterprise Server is always this.
    Enterprise,
}

impl Plan {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Team => "team",
            Self::Enterprise => "enterprise",
        }
    }
}

/// What a company is made from.
#[derive(Debug, Clone)]
pub struct Shape {
    /// Decides names, times and numbers.
    pub seed: u64,
    /// What ages of alerts, keys and invitations are counted from.
    pub now: DateTime<Utc>,
    /// How many members, owners included; at least 1.
    pub members: usize,
    /// How many repositories, at least 1.
    pub repos: usize,
    /// How many of the repositories are public.
    pub public: usize,
    /// What the organization pays for.
    pub plan: Plan,
    /// The organization's login.
    pub login: String,
}

impl Default for Shape {
    /// Nine members and a dozen repositories, none public, with an Enterprise plan, now.
    fn default() -> Self {
        Self {
            seed: 1,
            now: Utc::now().trunc_subsecs(0),
            members: 9,
            repos: 12,
            public: 0,
            plan: Plan::Enterprise,
            login: "harborpoint-example".to_owned(),
        }
    }
}

/// The Actions policy of an organization.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actions {
    /// `enabled_repositories`, `allowed_actions`, `sha_pinning_required`.
    pub permissions: Value,
    /// `default_workflow_permissions`, `can_approve_pull_request_reviews`.
    pub workflow: Value,
    /// `github_owned_allowed`, `verified_allowed`, `patterns_allowed`; only answered when actions are selected.
    pub selected: Value,
}

/// A role of the organization, and who has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The role as listed.
    pub row: Value,
    /// The logins of the people who have it directly.
    pub users: Vec<String>,
    /// The teams that have it.
    pub teams: Vec<Value>,
}

/// A made-up organization. Everything can be changed while it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// The organization's login.
    pub login: String,
    /// The organization's number, which page links name instead of the login.
    pub id: u64,
    /// What ages are counted from.
    pub now: DateTime<Utc>,
    /// What the organization pays for.
    pub plan: Plan,
    /// Whether SAML single sign-on is enforced: tokens that are not authorized for it are refused.
    pub saml: bool,
    /// Whether an IP allow list keeps the client out.
    pub ip_blocked: bool,
    /// Whether secret scanning of private repositories is paid for.
    pub secret_protection: bool,
    /// Whether code scanning of private repositories is paid for.
    pub code_security: bool,
    /// The settings that only an administrator sees, as members of the organization's object.
    pub settings: Map<String, Value>,
    /// Whether the organization's domain is verified.
    pub is_verified: bool,
    /// Members, owners first.
    pub members: Vec<Person>,
    /// Outside collaborators.
    pub outside: Vec<Person>,
    /// Pending invitations.
    pub invitations: Vec<Value>,
    /// Invitations that failed.
    pub failed_invitations: Vec<Value>,
    /// Repositories.
    pub repos: Vec<Repo>,
    /// The Actions policy.
    pub actions: Actions,
    /// Installed GitHub Apps.
    pub installations: Vec<Value>,
    /// The organization's webhooks.
    pub hooks: Vec<Value>,
    /// Self-hosted runners.
    pub runners: Vec<Value>,
    /// The groups they are in.
    pub runner_groups: Vec<Value>,
    /// The audit log, newest first.
    pub audit_log: Vec<Value>,
    /// Credentials authorized for single sign-on.
    pub credential_authorizations: Vec<Value>,
    /// Roles of the organization.
    pub roles: Vec<Role>,
}

impl Company {
    /// A company in which every check passes that can.
    #[must_use]
    pub fn tidy(shape: &Shape) -> Self {
        let (members, outside) = people::make(shape);
        let mut company = Self {
            login: shape.login.clone(),
            id: 87_650_000 + shape.seed % 10_000,
            now: shape.now,
            plan: shape.plan,
            saml: shape.plan == Plan::Enterprise,
            ip_blocked: false,
            secret_protection: shape.plan >= Plan::Team,
            code_security: shape.plan >= Plan::Team,
            settings: settings::tidy(),
            is_verified: true,
            members,
            outside,
            invitations: Vec::new(),
            failed_invitations: Vec::new(),
            repos: Vec::new(),
            actions: settings::actions(),
            installations: Vec::new(),
            hooks: Vec::new(),
            runners: Vec::new(),
            runner_groups: Vec::new(),
            audit_log: Vec::new(),
            credential_authorizations: Vec::new(),
            roles: Vec::new(),
        };
        records::fill(&mut company, shape);
        company.repos = repos::make(&company, shape);
        alerts::fill(&mut company);
        company
    }

    /// A company in which every check finds something.
    #[must_use]
    pub fn new(shape: &Shape) -> Self {
        let mut company = Self::tidy(shape);
        for check in Self::flaws() {
            company.spoil(check);
        }
        company
    }

    /// The repository of that name, whatever its letters' case.
    #[must_use]
    pub fn repo(&self, name: &str) -> Option<&Repo> {
        self.repos
            .iter()
            .find(|repo| repo.name.eq_ignore_ascii_case(name))
    }

    /// The same, to change it.
    pub fn repo_mut(&mut self, name: &str) -> Option<&mut Repo> {
        self.repos
            .iter_mut()
            .find(|repo| repo.name.eq_ignore_ascii_case(name))
    }

    /// Member or outside collaborator of that login.
    #[must_use]
    pub fn person(&self, login: &str) -> Option<&Person> {
        self.members
            .iter()
            .chain(&self.outside)
            .find(|person| person.login.eq_ignore_ascii_case(login))
    }

    /// The organization as the owner of things.
    pub(crate) fn account(&self) -> Value {
        let mut account = simple_user(&self.login, self.id);
        account["type"] = json!("Organization");
        account
    }
}
