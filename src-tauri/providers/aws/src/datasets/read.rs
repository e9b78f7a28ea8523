//! From AWS's answers to records, in each protocol. Every record of a regional dataset says which region it is of.

use crate::{client::refusal_in, xml};
use provider_kit::{Malformed, RawPage};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Map, Value, json};

/// The member that says which region a record is of.
pub(crate) const REGION: &str = "@region";
/// The member that says what a record is about, where the answer does not.
pub(crate) const SUBJECT: &str = "@subject";
/// The member that says that the service is not switched on in the region.
pub(crate) const NOT_USED: &str = "@notUsed";

/// The member that says that there is none of what was asked about, by AWS's code for it.
pub(crate) const ABSENT: &str = "@absent";

/// A record with its region.
pub(crate) fn of_region(record: Value, region: &str) -> Result<Value, Malformed> {
    match record {
        Value::Object(mut members) => {
            members.insert(REGION.to_owned(), Value::String(region.to_owned()));
            Ok(Value::Object(members))
        }
        _ => Err(Malformed("a record is not an object".to_owned())),
    }
}

/// The items of the set `set` in EC2's answer to `action`.
pub(crate) fn ec2_items(
    page: &RawPage<'_>,
    action: &str,
    set: &str,
) -> Result<Vec<Value>, Malformed> {
    let region = page.place()?;
    xml::response(page.body, action)?
        .list(set)?
        .iter()
        .map(|item| of_region(item.json(), region))
        .collect()
}

/// The JSON object of a page.
pub(crate) fn object(body: &[u8]) -> Result<Map<String, Value>, Malformed> {
    match serde_json::from_slice(body) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Malformed("the answer is not a JSON object".to_owned())),
        Err(error) => Err(Malformed(format!("the answer is not JSON ({error})"))),
    }
}

/// The objects of the list `list` in a JSON answer.
pub(crate) fn json_items(page: &RawPage<'_>, list: &str) -> Result<Vec<Value>, Malformed> {
    let region = page.place()?;
    match object(page.body)?.remove(list) {
        Some(Value::Array(records)) => records
            .into_iter()
            .map(|record| of_region(record, region))
            .collect(),
        Some(_) => Err(Malformed(format!("`{list}` is not a list"))),
        None => Err(Malformed(format!("the answer has no `{list}`"))),
    }
}

/// The one object of a JSON answer about the page's subject.
pub(crate) fn json_about(page: &RawPage<'_>, needed: &[&str]) -> Result<Vec<Value>, Malformed> {
    let mut members = object(page.body)?;
    if !needed.iter().any(|name| members.contains_key(*name)) {
        return Err(Malformed(format!(
            "the answer has no `{}`",
            needed.join("` and no `")
        )));
    }
    members.insert(
        SUBJECT.to_owned(),
        Value::String(page.subject()?.to_owned()),
    );
    Ok(vec![of_region(Value::Object(members), page.place()?)?])
}

/// The record of a page that says "not switched on here", as `says` tells by code and message; `None` for a page with
/// data.
pub(crate) fn not_used(
    page: &RawPage<'_>,
    says: fn(&str, &str) -> bool,
) -> Result<Option<Value>, Malformed> {
    if page.origin.status < 400 {
        return Ok(None);
    }
    match refusal_in(page.body, None) {
        Some((code, message)) if says(&code, &message) => {
            Ok(Some(json!({REGION: page.place()?, NOT_USED: true})))
        }
        _ => Err(Malformed(
            "the answer does not say that the service is switched off".to_owned(),
        )),
    }
}

/// The record of a page that says "there is none", as `says` tells by code and message: region, subject (if there is
/// one) and the code. `None` for a page with data.
pub(crate) fn absent(
    page: &RawPage<'_>,
    says: fn(&str, &str) -> bool,
) -> Result<Option<Value>, Malformed> {
    if page.origin.status < 400 {
        return Ok(None);
    }
    match refusal_in(page.body, None) {
        Some((code, message)) if says(&code, &message) => {
            let mut record = json!({REGION: page.place()?, ABSENT: code});
            if let Some(subject) = &page.origin.subject {
                record[SUBJECT] = Value::String(subject.clone());
            }
            Ok(Some(record))
        }
        _ => Err(Malformed(
            "the answer does not say that there is none".to_owned(),
        )),
    }
}

/// A record about the page's subject, with its region.
pub(crate) fn about(page: &RawPage<'_>, record: Value) -> Result<Value, Malformed> {
    let mut record = of_region(record, page.place()?)?;
    record[SUBJECT] = Value::String(page.subject()?.to_owned());
    Ok(record)
}

/// The elements `item` of the list `list` in the result of `action` (the query protocol).
pub(crate) fn query_items(
    page: &RawPage<'_>,
    action: &str,
    (list, item): (&str, &str),
) -> Result<Vec<Value>, Malformed> {
    let region = page.place()?;
    xml::result(page.body, action)?
        .each(list, item)?
        .iter()
        .map(|element| of_region(element.json(), region))
        .collect()
}

/// A truth value of an XML answer. What is neither is not readable; nothing is taken for `false`.
pub(crate) fn flag<'de, D: Deserializer<'de>>(from: D) -> Result<Option<bool>, D::Error> {
    match Option::<String>::deserialize(from)?.as_deref() {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(serde::de::Error::custom(
            "a truth value is neither true nor false",
        )),
    }
}

/// A whole number of an XML answer.
pub(crate) fn number<'de, D: Deserializer<'de>>(from: D) -> Result<Option<i64>, D::Error> {
    match Option::<String>::deserialize(from)? {
        None => Ok(None),
        Some(text) => text
            .parse()
            .map(Some)
            .map_err(|_| serde::de::Error::custom("a number is none")),
    }
}

/// The items of a list in an XML answer, whose empty form reads as empty text. A list that is absent is `None`.
pub(crate) fn items<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    from: D,
) -> Result<Option<Vec<T>>, D::Error> {
    match Option::<Value>::deserialize(from)? {
        None => Ok(None),
        Some(Value::String(text)) if text.is_empty() => Ok(Some(Vec::new())),
        Some(list @ Value::Array(_)) => serde_json::from_value(list)
            .map(Some)
            .map_err(serde::de::Error::custom),
        Some(_) => Err(serde::de::Error::custom("a list is none")),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use provider_kit::Origin;

    pub(crate) fn origin(status: u16, place: Option<&str>, subject: Option<&str>) -> Origin {
        Origin {
            status,
            place: place.map(str::to_owned),
            subject: subject.map(str::to_owned),
        }
    }

    #[test]
    fn a_record_without_its_region_is_none() {
        let here = origin(200, Some("us-east-1"), None);
        let page = |body, origin| RawPage { body, origin };
        let rows = json_items(&page(br#"{"l":[{"a":1}]}"#, &here), "l").unwrap();
        assert_eq!(rows, [json!({"a": 1, "@region": "us-east-1"})]);
        let nowhere = origin(200, None, None);
        assert!(json_items(&page(br#"{"l":[]}"#, &nowhere), "l").is_err());
        for bad in ["{}", r#"{"l":{}}"#, r#"{"l":[1]}"#, "[]", "<a/>"] {
            assert!(
                json_items(&page(bad.as_bytes(), &here), "l").is_err(),
                "{bad}"
            );
        }
    }

    #[test]
    fn switched_off_is_data_only_where_the_answer_says_so() {
        let says: fn(&str, &str) -> bool = |code, _| code == "InvalidAccessException";
        let refused = origin(401, Some("us-east-1"), None);
        let page = |body, origin| RawPage { body, origin };
        let off = br#"{"Code":"InvalidAccessException","Message":"m"}"#;
        assert_eq!(
            not_used(&page(off, &refused), says).unwrap(),
            Some(json!({"@region": "us-east-1", "@notUsed": true}))
        );
        let denied = br#"{"Code":"AccessDeniedException"}"#;
        assert!(not_used(&page(denied, &refused), says).is_err());
        let fine = origin(200, Some("us-east-1"), None);
        assert_eq!(not_used(&page(off, &fine), says).unwrap(), None);
    }

    #[test]
    fn there_is_none_is_data_only_where_the_answer_says_so() {
        let says: fn(&str, &str) -> bool = |code, _| code == "NoSuchBucketPolicy";
        let page = |body, origin| RawPage { body, origin };
        let about = origin(404, Some("us-east-1"), Some("b"));
        let none = b"<Error><Code>NoSuchBucketPolicy</Code></Error>";
        assert_eq!(
            absent(&page(none, &about), says).unwrap(),
            Some(json!({"@region": "us-east-1", "@subject": "b", "@absent": "NoSuchBucketPolicy"}))
        );
        let gone = b"<Error><Code>NoSuchBucket</Code></Error>";
        assert!(absent(&page(gone, &about), says).is_err());
        let fine = origin(200, Some("us-east-1"), Some("b"));
        assert_eq!(absent(&page(none, &fine), says).unwrap(), None);
        let record = super::about(&page(none, &fine), json!({"a": 1})).unwrap();
        assert_eq!(
            record,
            json!({"a": 1, "@region": "us-east-1", "@subject": "b"})
        );
        let nothing = origin(200, Some("us-east-1"), None);
        assert!(super::about(&page(none, &nothing), json!({})).is_err());
    }

    #[test]
    fn lists_of_the_query_protocol_are_read_by_name() {
        let here = origin(200, Some("us-east-1"), None);
        let read = |body: &str| {
            let page = RawPage {
                body: body.as_bytes(),
                origin: &here,
            };
            query_items(&page, "A", ("Bs", "B"))
        };
        assert_eq!(
            read("<AResponse><AResult><Bs><B><n>1</n></B></Bs></AResult></AResponse>").unwrap(),
            [json!({"n": "1", "@region": "us-east-1"})]
        );
        for odd in [
            "<AResponse><AResult/></AResponse>",
            "<AResponse><AResult><Bs><B>x</B></Bs></AResult></AResponse>",
            "<CResponse/>",
        ] {
            assert!(read(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn values_of_xml_are_read_strictly() {
        #[derive(Deserialize)]
        struct Row {
            #[serde(default, deserialize_with = "flag")]
            on: Option<bool>,
            #[serde(default, deserialize_with = "number")]
            port: Option<i64>,
            #[serde(default, deserialize_with = "items")]
            list: Option<Vec<String>>,
        }
        let row = |value| serde_json::from_value::<Row>(value);
        let full = row(json!({"on": "true", "port": "22", "list": ["a"]})).unwrap();
        assert_eq!(
            (full.on, full.port, full.list),
            (Some(true), Some(22), Some(vec!["a".into()]))
        );
        let empty = row(json!({"list": ""})).unwrap();
        assert_eq!(
            (empty.on, empty.port, empty.list),
            (None, None, Some(vec![]))
        );
        for bad in [
            json!({"on": "yes"}),
            json!({"port": "x"}),
            json!({"list": "x"}),
            json!({"on": ""}),
        ] {
            assert!(row(bad).is_err());
        }
    }
}
