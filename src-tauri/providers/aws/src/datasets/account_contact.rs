//! Whom AWS writes to when it sees something wrong with the account's security.

use super::read::{absent, object, of_region};
use crate::client::{ACCOUNT_MANAGEMENT, Operation, Paging, Request};
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::{Value, json};

/// The security contact, or AWS's answer that none was named.
pub static SECURITY_CONTACT: Dataset = Dataset {
    id: "aws.account_security_contact",
    title: "Security contact of the account",
    what: "Whether somebody is named whom AWS tells about security, and at which address; no telephone number is kept.",
    permissions: &["account:GetAlternateContact"],
    licence: None,
    key: &[],
    records: Reader::Page(records),
    volatile: &[],
    removed: &["/AlternateContact/PhoneNumber"],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.6.2[d]"],
};

pub(crate) static SECURITY_CONTACT_OPERATION: Operation = Operation {
    service: &ACCOUNT_MANAGEMENT,
    permission: "account:GetAlternateContact",
    request: Request::Post(
        "/getAlternateContact",
        || json!({"AlternateContactType": "SECURITY"}),
    ),
    paging: Paging::None,
    not_used: none_named,
};

/// The contact. One without an address reaches nobody.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SecurityContact {
    /// Where AWS writes to.
    pub email_address: Option<String>,
    /// AWS's code that none was named, where that is the answer.
    #[serde(rename = "@absent")]
    pub absent: Option<String>,
}

fn none_named(code: &str, _: &str) -> bool {
    code == "ResourceNotFoundException"
}

fn records(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    if let Some(absent) = absent(page, none_named)? {
        return Ok(vec![absent]);
    }
    match object(page.body)?.remove("AlternateContact") {
        Some(contact) => Ok(vec![of_region(contact, page.place()?)?]),
        None => Err(Malformed("the answer has no `AlternateContact`".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};

    fn read(status: u16, body: &str) -> Result<SecurityContact, Malformed> {
        let origin = origin(status, Some("us-east-1"), None);
        let page = RawPage {
            body: body.as_bytes(),
            origin: &origin,
        };
        let row = records(&page)?.remove(0);
        serde_json::from_value(row).map_err(|error| Malformed(error.to_string()))
    }

    #[test]
    fn a_contact_and_none_are_both_answers_and_a_refusal_is_not() {
        let named = read(
            200,
            r#"{"AlternateContact":{"EmailAddress":"a@b.example"}}"#,
        )
        .unwrap();
        assert_eq!(named.email_address.as_deref(), Some("a@b.example"));
        let none = r#"{"__type":"ResourceNotFoundException","message":"No contact"}"#;
        assert!(read(404, none).unwrap().absent.is_some());
        assert!(read(403, r#"{"__type":"AccessDeniedException"}"#).is_err());
        assert!(read(200, none).is_err());
    }
}
