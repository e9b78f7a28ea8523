//! Access reviews: what is reviewed how often, and how the reviews of each went.

use super::{Pace, Shape, Source, object, sent, value_of};
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::Value;

/// The member that says of which definition an instance is; the service's answer does not.
const DEFINITION: &str = "definitionId";

/// Definitions of access reviews, and the instances of each.
pub(crate) static REVIEWS: Dataset = Dataset {
    id: "entra-id.access-reviews",
    title: "Access reviews",
    what: "Which rights are reviewed regularly, and when each review was finished.",
    permissions: &["AccessReview.Read.All"],
    licence: Some("Microsoft Entra ID P2 or ID Governance"),
    key: &["/definitionId", "/id"],
    records: Reader::Page(reviews),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.5[b]", "3.12.3[a]"],
};

pub(crate) const REVIEWS_SOURCE: Source = Source {
    dataset: &REVIEWS,
    path: "/v1.0/identityGovernance/accessReviews/definitions",
    query: "$top=100",
    shape: Shape::Reviews,
    pace: Pace::Directory,
};

/// A page about a definition holds its instances, each with the definition's id; one about nothing lists definitions,
/// whose place for that id is empty.
/// A definition without instances gives one record that says so: that is not the same as instances nobody read.
fn reviews(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    let mut records = value_of(&mut object(page.body)?)?;
    let definition = page.origin.subject.as_deref().unwrap_or_default();
    if definition.is_empty() {
        if records.iter().any(|record| !record["id"].is_string()) {
            return Err(Malformed("an access review has no id".to_owned()));
        }
    } else if records.is_empty() {
        records.push(serde_json::json!({"id": "", "empty": true}));
    }
    for record in &mut records {
        if let Value::Object(members) = record {
            members.insert(DEFINITION.to_owned(), Value::String(definition.to_owned()));
        }
    }
    Ok(records)
}

/// A definition, one of its instances, or that it has none.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Review {
    pub(crate) id: Option<String>,
    /// Of which definition it is an instance; empty for a definition.
    pub(crate) definition_id: String,
    pub(crate) empty: Option<bool>,
    pub(crate) display_name: Option<String>,
    /// Of an instance `Completed`, `Applied`, `InProgress` and others.
    pub(crate) status: Option<String>,
    pub(crate) end_date_time: Option<String>,
    pub(crate) scope: Option<Value>,
    pub(crate) settings: Option<Settings>,
}

/// How a review goes.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Settings {
    /// Null, or without a pattern, for a review that happens once.
    #[serde(default, deserialize_with = "sent")]
    pub(crate) recurrence: Option<Option<Value>>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use provider_kit::Origin;
    use serde_json::json;

    fn read(subject: Option<&str>, body: &Value) -> Result<Vec<Value>, Malformed> {
        let origin = Origin {
            subject: subject.map(str::to_owned),
            ..Origin::default()
        };
        reviews(&RawPage {
            body: body.to_string().as_bytes(),
            origin: &origin,
        })
    }

    #[test]
    fn instances_carry_their_definition_and_having_none_is_seen() {
        let page = json!({"value": [{"id": "i"}]});
        assert_eq!(
            read(Some("d"), &page).unwrap(),
            [json!({"id": "i", "definitionId": "d"})]
        );
        assert_eq!(
            read(Some("d"), &json!({"value": []})).unwrap(),
            [json!({"id": "", "empty": true, "definitionId": "d"})]
        );
        assert_eq!(
            read(None, &page).unwrap(),
            [json!({"id": "i", "definitionId": ""})]
        );
        assert!(read(None, &json!({"value": [{}]})).is_err());
        assert!(read(Some("d"), &json!({})).is_err());
    }
}
