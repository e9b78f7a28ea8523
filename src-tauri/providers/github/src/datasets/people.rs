//! People: members, owners, outside collaborators, who of them lacks a second factor, and who was invited.

use super::{NOT_ON_A_SERVER, read};
use evidence::Timestamp;
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;

const PEOPLE: Dataset = Dataset {
    id: "",
    title: "",
    what: "",
    permissions: &["members:read"],
    licence: None,
    key: &["/id"],
    records: Reader::Page(read::list),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &[],
};

/// Everybody in the organization.
pub static MEMBERS: Dataset = Dataset {
    id: "github.members",
    title: "Members",
    what: "Everybody who belongs to the organization.",
    objectives: &["3.1.1[a]", "3.5.1[a]"],
    ..PEOPLE
};

/// Who may do everything.
pub static OWNERS: Dataset = Dataset {
    id: "github.owners",
    title: "Owners",
    what: "The members who own the organization: they may do everything in it.",
    objectives: &["3.1.5[a]", "3.1.6[b]"],
    ..PEOPLE
};

/// Members without a second factor. Only an owner's token may ask.
pub static MEMBERS_WITHOUT_2FA: Dataset = Dataset {
    id: "github.members_without_2fa",
    title: "Members without a second factor",
    what: "The members who have no two-factor authentication.",
    objectives: &["3.5.3[c]", "3.5.3[d]"],
    ..PEOPLE
};

/// Members whose second factor is weak. Only an owner's token may ask.
pub static MEMBERS_INSECURE_2FA: Dataset = Dataset {
    id: "github.members_insecure_2fa",
    title: "Members with a weak second factor",
    what: "The members whose two-factor authentication can be a text message.",
    objectives: &["3.5.3[d]", "3.5.4[a]"],
    ..PEOPLE
};

/// People who are let into single repositories without belonging to the organization.
pub static OUTSIDE_COLLABORATORS: Dataset = Dataset {
    id: "github.outside_collaborators",
    title: "Outside collaborators",
    what: "The people who work in single repositories without belonging to the organization.",
    objectives: &["3.1.1[a]", "3.1.20[a]"],
    ..PEOPLE
};

/// Outside collaborators without a second factor. Only an owner's token may ask.
pub static OUTSIDE_WITHOUT_2FA: Dataset = Dataset {
    id: "github.outside_without_2fa",
    title: "Outside collaborators without a second factor",
    what: "The outside collaborators who have no two-factor authentication.",
    objectives: &["3.5.3[d]", "3.1.20[d]"],
    ..PEOPLE
};

/// Who was invited and has not answered.
pub static INVITATIONS: Dataset = Dataset {
    id: "github.invitations",
    title: "Open invitations",
    what: "Who was invited to the organization, by whom and when, and has not answered.",
    clouds: NOT_ON_A_SERVER,
    objectives: &["3.1.1[a]"],
    ..PEOPLE
};

/// Invitations that came to nothing.
pub static FAILED_INVITATIONS: Dataset = Dataset {
    id: "github.failed_invitations",
    title: "Failed invitations",
    what: "The invitations to the organization that expired or failed, and why.",
    clouds: NOT_ON_A_SERVER,
    objectives: &["3.1.1[a]"],
    ..PEOPLE
};

/// Somebody.
#[derive(Clone, Debug, Deserialize)]
pub struct Person {
    /// The number of the account.
    pub id: Option<u64>,
    /// The name people sign in with.
    pub login: Option<String>,
}

/// An invitation.
#[derive(Clone, Debug, Deserialize)]
pub struct Invitation {
    /// Its number.
    pub id: Option<u64>,
    /// The invited account; null for an address without one.
    pub login: Option<String>,
    /// The invited address.
    pub email: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// Why it came to nothing; null while it is open.
    pub failed_reason: Option<String>,
}

impl Person {
    /// The name for people: the login, or the account's number.
    #[must_use]
    pub fn name(&self) -> String {
        self.login.clone().unwrap_or_else(|| number(self.id))
    }
}

impl Invitation {
    /// The name for people: account, address or number.
    #[must_use]
    pub fn name(&self) -> String {
        let known = self.login.clone().or_else(|| self.email.clone());
        known.unwrap_or_else(|| number(self.id))
    }
}

fn number(id: Option<u64>) -> String {
    id.map_or_else(|| "without a name".to_owned(), |id| format!("number {id}"))
}
