//! The account's alias: the name in its sign-in address.

use crate::xml;
use provider_kit::{Clouds, Dataset, Malformed, Reader};
use serde_json::{Value, json};

/// The alias, if the company chose one: evidence names the account by it.
pub static ACCOUNT_ALIASES: Dataset = Dataset {
    id: "aws.iam_account_aliases",
    title: "Account alias",
    what: "The name of the account in its sign-in address, which tells one account from another.",
    permissions: &["iam:ListAccountAliases"],
    licence: None,
    key: &["/alias"],
    records: Reader::Body(records),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &[],
};

fn records(body: &[u8]) -> Result<Vec<Value>, Malformed> {
    let result = xml::result(body, "ListAccountAliases")?;
    Ok(result
        .list("AccountAliases")?
        .iter()
        .map(|alias| json!({ "alias": alias.json() }))
        .collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_fixture_is_read() {
        let rows = records(include_bytes!(
            "../../fixtures/good/iam_account_aliases.1.xml"
        ))
        .unwrap();
        assert_eq!(rows, [json!({"alias": "example-shop"})]);
        assert!(records(b"<ListUsersResponse/>").is_err());
    }
}
