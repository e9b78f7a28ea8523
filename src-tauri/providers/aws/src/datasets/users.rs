//! IAM users.

use crate::xml;
use provider_kit::{Clouds, Dataset, Malformed, Reader};
use serde::Deserialize;
use serde_json::Value;

/// Every IAM user of the account.
pub static USERS: Dataset = Dataset {
    id: "aws.iam_users",
    title: "IAM users",
    what: "Every IAM user of the account, when it was made and when its password was last used.",
    permissions: &["iam:ListUsers"],
    licence: None,
    key: &["/Arn"],
    records: Reader::Body(records),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.1[a]", "3.5.1[a]"],
};

/// One user.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct User {
    /// Its name.
    pub user_name: Option<String>,
    /// Its ARN.
    pub arn: Option<String>,
}

fn records(body: &[u8]) -> Result<Vec<Value>, Malformed> {
    let result = xml::result(body, "ListUsers")?;
    Ok(result
        .list("Users")?
        .iter()
        .map(xml::Element::json)
        .collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_fixture_is_read() {
        let rows = records(include_bytes!("../../fixtures/mixed/iam_users.1.xml")).unwrap();
        let names: Vec<String> = rows
            .into_iter()
            .map(|row| {
                serde_json::from_value::<User>(row)
                    .unwrap()
                    .user_name
                    .unwrap()
            })
            .collect();
        assert_eq!(names, ["avery", "blake", "casey", "deploy-bot"]);
    }

    #[test]
    fn no_users_is_an_answer_but_no_list_is_not() {
        let answer = |inner: &str| {
            format!(
                "<ListUsersResponse><ListUsersResult>{inner}</ListUsersResult></ListUsersResponse>"
            )
            .into_bytes()
        };
        assert!(records(&answer("<Users/>")).unwrap().is_empty());
        assert!(records(&answer("")).is_err());
        assert!(records(b"<html></html>").is_err());
    }
}
