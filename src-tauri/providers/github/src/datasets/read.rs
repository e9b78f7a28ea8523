//! From GitHub's answers to records.
//!
//! A list of the organization is read as its elements. What is asked of one repository becomes one [`Answer`] a page,
//! with the repository that the page's subject names: `owner/name`, `owner/name:path` for a file, `owner/name#id` for a
//! ruleset. A refusal that GitHub documents as a state (protection is off, the plan has no rulesets) is an answer too,
//! and says so in `@says`; any other refusal is malformed here, because the client should have told it as an error.

use provider_kit::{Malformed, RawPage};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::{Value, json};

/// The member that names the repository.
pub(crate) const REPOSITORY: &str = "@repository";
/// The member that says what a documented refusal means.
pub(crate) const SAYS: &str = "@says";
/// The key members of an answer about a repository.
pub(crate) const ABOUT: &[&str] = &["/@repository", "/@part"];

/// What a documented refusal means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Says {
    /// It is not switched on, not protected, or not there.
    Off,
    /// The repository has no such branch.
    NoBranch,
    /// The plan does not include it, or a product for it was not bought.
    Plan,
    /// "Not Found", which does not say whether it is off or kept from whoever asked.
    NotFound,
}

impl Says {
    const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::NoBranch => "no_branch",
            Self::Plan => "plan",
            Self::NotFound => "not_found",
        }
    }
}

/// A documented refusal: its status, words in its message (any message if empty), and what it means.
pub(crate) type Refusal = (u16, &'static str, Says);

/// What GitHub answered about one repository.
#[derive(Clone, Debug, Deserialize)]
pub struct Answer<T> {
    /// `owner/name`.
    #[serde(rename = "@repository")]
    pub repository: String,
    /// The file's path or the ruleset's id; empty where the question was about the repository itself.
    #[serde(rename = "@part")]
    pub part: String,
    /// What a documented refusal means.
    #[serde(rename = "@says")]
    pub says: Option<Says>,
    /// What it answered otherwise.
    pub answer: Option<T>,
}

/// A list whose elements are read one by one: one that can't be read is `None`, so that it hides neither itself nor what
/// stands beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Each<T>(pub Vec<Option<T>>);

impl<'de, T: DeserializeOwned> Deserialize<'de> for Each<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let read = |item: Value| serde_json::from_value(item).ok();
        let list = Vec::<Value>::deserialize(from)?;
        Ok(Self(list.into_iter().map(read).collect()))
    }
}

/// The organization's answer to a question that it can refuse with a documented meaning.
#[derive(Clone, Debug, Deserialize)]
pub struct Setting<T> {
    /// What a documented refusal means.
    #[serde(rename = "@says")]
    pub says: Option<Says>,
    /// What it answered otherwise.
    pub answer: Option<T>,
}

/// The body as JSON; an empty one is null, as the answer 204 has none.
fn body(page: &RawPage<'_>) -> Result<Value, Malformed> {
    if page.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Null);
    }
    serde_json::from_slice(page.body)
        .map_err(|error| Malformed(format!("the answer is not JSON ({error})")))
}

/// The body of an answer that was not refused.
fn granted(page: &RawPage<'_>) -> Result<Value, Malformed> {
    match page.origin.status {
        200..=299 => body(page),
        status => Err(Malformed(format!("GitHub refused it with status {status}"))),
    }
}

/// What the refusal of `page` means; `None` if it was not refused.
fn refused(page: &RawPage<'_>, known: &[Refusal]) -> Result<Option<Says>, Malformed> {
    let status = page.origin.status;
    if (200..=299).contains(&status) {
        return Ok(None);
    }
    let message = match body(page)? {
        Value::Null => String::new(),
        Value::Object(members) => match members.get("message") {
            Some(Value::String(message)) => message.to_lowercase(),
            _ => return Err(Malformed("a refusal has no message".to_owned())),
        },
        _ => return Err(Malformed("a refusal is not an object".to_owned())),
    };
    known
        .iter()
        .find(|(of, words, _)| *of == status && message.contains(words))
        .map(|(_, _, says)| Some(*says))
        .ok_or_else(|| Malformed(format!("a refusal with status {status} is not a known one")))
}

fn objects(list: Value) -> Result<Vec<Value>, Malformed> {
    match list {
        Value::Array(items) if items.iter().all(Value::is_object) => Ok(items),
        Value::Array(_) => Err(Malformed("an element of the list is no object".to_owned())),
        _ => Err(Malformed("the answer is not a list".to_owned())),
    }
}

/// The elements of a list.
pub(crate) fn list(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    objects(granted(page)?)
}

/// The elements of the list `name` in the answer.
pub(crate) fn list_in(page: &RawPage<'_>, name: &str) -> Result<Vec<Value>, Malformed> {
    match granted(page)? {
        Value::Object(mut members) => match members.remove(name) {
            Some(list) => objects(list),
            None => Err(Malformed(format!("the answer has no `{name}`"))),
        },
        _ => Err(Malformed("the answer is not an object".to_owned())),
    }
}

/// The one object of the answer.
pub(crate) fn single(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    match granted(page)? {
        object @ Value::Object(_) => Ok(vec![object]),
        _ => Err(Malformed("the answer is not an object".to_owned())),
    }
}

/// The one object of the answer, or what its refusal means: a [`Setting`].
pub(crate) fn setting(page: &RawPage<'_>, known: &[Refusal]) -> Result<Vec<Value>, Malformed> {
    match refused(page, known)? {
        Some(says) => Ok(vec![json!({ SAYS: says.word() })]),
        None => Ok(vec![json!({ "answer": single(page)?.remove(0) })]),
    }
}

/// The repository that the page is about, and the part of it.
fn subject<'a>(page: &RawPage<'a>) -> Result<(&'a str, &'a str), Malformed> {
    let subject = page.origin.subject.as_deref();
    let subject = subject.ok_or_else(|| {
        Malformed("the page does not say which repository it is about".to_owned())
    })?;
    let (repository, part) = match subject.find([':', '#']) {
        Some(at) => (&subject[..at], &subject[at + 1..]),
        None => (subject, ""),
    };
    match repository.split_once('/') {
        Some((owner, name)) if !owner.is_empty() && !name.is_empty() => Ok((repository, part)),
        _ => Err(Malformed(format!("{subject:?} names no repository"))),
    }
}

/// Which kind of body an answer about a repository has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// An object.
    Object,
    /// A list of objects.
    List,
    /// None: that it was not refused says everything.
    Nothing,
}

/// What GitHub answered about the page's repository: an [`Answer`].
pub(crate) fn about(
    page: &RawPage<'_>,
    shape: Shape,
    known: &[Refusal],
) -> Result<Vec<Value>, Malformed> {
    let (repository, part) = subject(page)?;
    let mut record = json!({ REPOSITORY: repository, "@part": part });
    let (name, value) = match refused(page, known)? {
        Some(says) => (SAYS, Value::from(says.word())),
        None => {
            let value = body(page)?;
            let right = match shape {
                Shape::Object => value.is_object(),
                Shape::List => value.is_array(),
                Shape::Nothing => value.is_null(),
            };
            if !right {
                return Err(Malformed(format!(
                    "the answer about {repository} is not of the documented shape"
                )));
            }
            match shape {
                Shape::Nothing => ("answer", json!({ "enabled": true })),
                Shape::Object | Shape::List => ("answer", value),
            }
        }
    };
    record[name] = value;
    Ok(vec![record])
}

/// The alerts of a page, of the whole organization or of the repository that its subject names. A page of a repository
/// gives one record more, without a number: that the repository answered, or what its refusal means.
pub(crate) fn alerts(page: &RawPage<'_>, known: &[Refusal]) -> Result<Vec<Value>, Malformed> {
    let of = match page.origin.subject {
        Some(_) => Some(subject(page)?.0),
        None => None,
    };
    let place = of.unwrap_or("organization");
    let said = refused(page, known)?;
    let mut records = Vec::new();
    if said.is_some() || of.is_some() {
        let mut record = json!({ "@key": place, SAYS: said.map(Says::word) });
        if let Some(of) = of {
            record[REPOSITORY] = Value::from(of);
        }
        records.push(record);
    }
    if said.is_some() {
        return Ok(records);
    }
    for mut alert in list(page)? {
        let named = alert.pointer("/repository/full_name");
        let repository = named.and_then(Value::as_str).or(of).map(str::to_owned);
        let number = alert.get("number").unwrap_or(&Value::Null);
        alert["@key"] = Value::from(format!(
            "{}#{number}",
            repository.as_deref().unwrap_or(place)
        ));
        if let Some(repository) = repository {
            alert[REPOSITORY] = Value::from(repository);
        }
        records.push(alert);
    }
    Ok(records)
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use provider_kit::Origin;

    pub(crate) fn origin(status: u16, subject: Option<&str>) -> Origin {
        Origin {
            status,
            place: None,
            subject: subject.map(str::to_owned),
        }
    }

    const OFF: &[Refusal] = &[(404, "not protected", Says::Off), (403, "", Says::Plan)];

    #[test]
    fn a_list_holds_objects_and_a_refusal_is_none() {
        let fine = origin(200, None);
        let read = |body: &str| {
            list(&RawPage {
                body: body.as_bytes(),
                origin: &fine,
            })
        };
        assert_eq!(read(r#"[{"a":1}]"#).unwrap().len(), 1);
        for bad in ["{}", "[1]", "[null]", "", "<a/>", r#"{"value":[]}"#] {
            assert!(read(bad).is_err(), "{bad}");
        }
        let refused = origin(404, None);
        let page = RawPage {
            body: b"[]",
            origin: &refused,
        };
        assert!(list(&page).is_err());
        assert!(single(&page).is_err());
        let named = |body: &str| {
            list_in(
                &RawPage {
                    body: body.as_bytes(),
                    origin: &fine,
                },
                "runners",
            )
        };
        assert_eq!(named(r#"{"runners":[{"id":1}]}"#).unwrap().len(), 1);
        for bad in ["{}", "[]", r#"{"runners":{}}"#, r#"{"runners":[1]}"#] {
            assert!(named(bad).is_err(), "{bad}");
        }
    }

    fn ask(status: u16, of: Option<&str>, body: &str, shape: Shape) -> Result<Value, Malformed> {
        let origin = origin(status, of);
        about(
            &RawPage {
                body: body.as_bytes(),
                origin: &origin,
            },
            shape,
            OFF,
        )
        .map(|mut records| records.remove(0))
    }

    #[test]
    fn an_answer_names_its_repository_and_its_part() {
        let record = ask(200, Some("harbor/erp"), "{}", Shape::Object).unwrap();
        assert_eq!(
            record,
            json!({"@repository": "harbor/erp", "@part": "", "answer": {}})
        );
        let file = ask(200, Some("harbor/erp:docs/A#b"), "{}", Shape::Object).unwrap();
        assert_eq!(
            (&file["@repository"], &file["@part"]),
            (&json!("harbor/erp"), &json!("docs/A#b"))
        );
        let ruleset = ask(200, Some("harbor/erp#12"), "{}", Shape::Object).unwrap();
        assert_eq!(ruleset["@part"], "12");
        for nowhere in [None, Some(""), Some("erp"), Some("/erp"), Some("harbor/")] {
            assert!(ask(200, nowhere, "{}", Shape::Object).is_err());
        }
        for (body, shape) in [
            ("[]", Shape::Object),
            ("{}", Shape::List),
            ("{}", Shape::Nothing),
            ("", Shape::Object),
            ("{", Shape::Object),
        ] {
            assert!(ask(200, Some("a/b"), body, shape).is_err(), "{body}");
        }
        let nothing = ask(204, Some("a/b"), "", Shape::Nothing).unwrap();
        assert_eq!(nothing["answer"], json!({"enabled": true}));
    }

    #[test]
    fn only_a_documented_refusal_is_an_answer() {
        let says = |status, body| {
            ask(status, Some("a/b"), body, Shape::Object).map(|record| record[SAYS].clone())
        };
        let off = r#"{"message":"Branch not protected"}"#;
        assert_eq!(says(404, off).unwrap(), "off");
        assert_eq!(says(403, "").unwrap(), "plan", "a refusal without a body");
        for (status, body) in [
            (404, r#"{"message":"Not Found"}"#),
            (404, r#"{"note":"Branch not protected"}"#),
            (404, "[]"),
            (404, "<a/>"),
            (500, off),
        ] {
            assert!(says(status, body).is_err(), "{status} {body}");
        }
        let refused = origin(404, None);
        let page = RawPage {
            body: off.as_bytes(),
            origin: &refused,
        };
        assert_eq!(setting(&page, OFF).unwrap(), [json!({"@says": "off"})]);
        for says in [Says::Off, Says::NoBranch, Says::Plan, Says::NotFound] {
            let read: Says = serde_json::from_value(json!(says.word())).unwrap();
            assert_eq!(read, says);
        }
    }

    #[test]
    fn alerts_come_from_the_organization_or_from_a_repository() {
        let read = |status, of, body: &str| {
            let origin = origin(status, of);
            alerts(
                &RawPage {
                    body: body.as_bytes(),
                    origin: &origin,
                },
                OFF,
            )
        };
        let all = r#"[{"number":1,"repository":{"full_name":"a/b"}},{"number":2}]"#;
        let rows = read(200, None, all).unwrap();
        assert_eq!(rows.len(), 2);
        assert_eq!(
            (&rows[0]["@key"], &rows[0][REPOSITORY]),
            (&json!("a/b#1"), &json!("a/b"))
        );
        assert_eq!(
            (&rows[1]["@key"], rows[1].get(REPOSITORY)),
            (&json!("organization#2"), None)
        );
        let own = read(200, Some("a/b"), r#"[{"number":3}]"#).unwrap();
        assert_eq!(
            (&own[0]["@key"], &own[0][SAYS]),
            (&json!("a/b"), &Value::Null)
        );
        assert_eq!(own[1]["@key"], "a/b#3");
        let off = r#"{"message":"Not protected"}"#;
        assert_eq!(read(404, Some("a/b"), off).unwrap()[0][SAYS], "off");
        assert_eq!(read(404, None, off).unwrap()[0]["@key"], "organization");
        assert!(read(404, None, r#"{"message":"?"}"#).is_err());
        assert!(read(200, None, "{}").is_err());
        assert!(read(200, Some("a"), "[]").is_err());
    }

    #[test]
    fn an_element_that_cannot_be_read_is_seen() {
        #[derive(Deserialize)]
        struct Row {
            list: Option<Each<u8>>,
        }
        let row = |value| serde_json::from_value::<Row>(value).map(|row| row.list);
        assert_eq!(
            row(json!({"list": [1, "x", null]})).unwrap(),
            Some(Each(vec![Some(1), None, None]))
        );
        assert_eq!(row(json!({})).unwrap(), None);
        assert_eq!(row(json!({"list": null})).unwrap(), None);
        assert!(row(json!({"list": 1})).is_err());
    }
}
