//! Members and outside collaborators.

use serde_json::{Value, json};
use stand_in::seed::{GIVEN, SURNAMES, mix, pick};

use super::{OWNER, Shape};

/// How a person proves who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TwoFactor {
    /// An app, a key or a passkey.
    Secure,
    /// Text messages: listed by `2fa_insecure`.
    Insecure,
    /// A password alone: listed by `2fa_disabled`.
    Off,
}

/// One person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The login.
    pub login: String,
    /// The number.
    pub id: u64,
    /// Whether they are an owner of the organization.
    pub owner: bool,
    /// How they sign in.
    pub two_factor: TwoFactor,
}

impl Person {
    /// The row of a list.
    #[must_use]
    pub fn row(&self) -> Value {
        simple_user(&self.login, self.id)
    }
}

/// A person or organization as they appear in lists.
pub(crate) fn simple_user(login: &str, id: u64) -> Value {
    let api = format!("https://api.github.com/users/{login}");
    json!({
        "login": login, "id": id, "node_id": format!("U_kgDO{id:x}"),
        "avatar_url": format!("https://avatars.githubusercontent.com/u/{id}?v=4"), "gravatar_id": "",
        "url": api, "html_url": format!("https://github.com/{login}"),
        "followers_url": format!("{api}/followers"), "following_url": format!("{api}/following{{/other_user}}"),
        "gists_url": format!("{api}/gists{{/gist_id}}"), "starred_url": format!("{api}/starred{{/owner}}{{/repo}}"),
        "subscriptions_url": format!("{api}/subscriptions"), "organizations_url": format!("{api}/orgs"),
        "repos_url": format!("{api}/repos"), "events_url": format!("{api}/events{{/privacy}}"),
        "received_events_url": format!("{api}/received_events"), "type": "User", "user_view_type": "public",
        "site_admin": false,
    })
}

/// Members, the owners first, and outside collaborators: all with a secure second factor.
pub(super) fn make(shape: &Shape) -> (Vec<Person>, Vec<Person>) {
    let members = shape.members.max(1);
    let owners = if members < 3 { members } else { 3 };
    let person = |number: usize, outside: bool| {
        let number = number as u64;
        let word = mix(shape.seed.wrapping_mul(0x1_0001) ^ number);
        let (given, family) = (pick(GIVEN, word), pick(SURNAMES, word ^ 1));
        let initial = given.chars().next().unwrap_or('x');
        Person {
            login: if outside {
                format!("{given}{family}-ext{number}").to_lowercase()
            } else if number == 0 {
                OWNER.to_owned()
            } else {
                format!("{initial}{family}{number}-harborpoint").to_lowercase()
            },
            id: if outside { 9_900_001 } else { 5_550_001 } + number,
            owner: !outside && number < owners as u64,
            two_factor: TwoFactor::Secure,
        }
    };
    let outside = if members < 3 { 0 } else { 2 };
    (
        (0..members).map(|number| person(number, false)).collect(),
        (0..outside).map(|number| person(number, true)).collect(),
    )
}
