//! AWS's XML answers as a small tree. Bounded in depth; a document type definition is refused, so no entity can be
//! declared and none can grow.

use provider_kit::Malformed;
use quick_xml::{Reader, XmlVersion, escape::resolve_xml_entity, events::Event};
use serde_json::{Map, Value};

/// Deeper than any documented answer.
const MAX_DEPTH: usize = 32;
/// The list elements of AWS's query protocol and of EC2's.
const LIST_ELEMENTS: [&str; 2] = ["member", "item"];

/// An element without its attributes, which AWS uses for namespaces only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// Its name without a prefix.
    pub name: String,
    /// The character data directly in it.
    pub text: String,
    /// The elements directly in it.
    pub children: Vec<Self>,
}

impl Element {
    /// The first child of this name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|child| child.name == name)
    }

    /// The text of the first child of this name.
    #[must_use]
    pub fn text_of(&self, name: &str) -> Option<&str> {
        Some(self.child(name)?.text.trim())
    }

    /// The elements of the list `name`, which has to be there even when it is empty.
    ///
    /// # Errors
    ///
    /// The list is absent, or something else than list elements is in it.
    pub fn list(&self, name: &str) -> Result<&[Self], Malformed> {
        let mut found = self.children.iter().filter(|child| child.name == name);
        let list = found
            .next()
            .ok_or_else(|| Malformed(format!("{name} is missing")))?;
        if found.next().is_some() {
            return Err(Malformed(format!("{name} is there twice")));
        }
        if list.is_list() && list.text.trim().is_empty() {
            Ok(&list.children)
        } else {
            Err(Malformed(format!("{name} is not a list")))
        }
    }

    /// The elements of the list `list`, each of which is an `item`; the list has to be there even when it is empty.
    ///
    /// # Errors
    ///
    /// The list is absent or there twice, or something else is in it.
    pub fn each(&self, list: &str, item: &str) -> Result<&[Self], Malformed> {
        let mut found = self.children.iter().filter(|child| child.name == list);
        match (found.next(), found.next()) {
            (Some(list), None)
                if list.text.trim().is_empty()
                    && list.children.iter().all(|child| child.name == item) =>
            {
                Ok(&list.children)
            }
            (None, _) => Err(Malformed(format!("{list} is missing"))),
            (Some(_), Some(_)) => Err(Malformed(format!("{list} is there twice"))),
            _ => Err(Malformed(format!("{list} is not a list of {item}"))),
        }
    }

    /// Whether nothing but list elements of one kind is in it; also true of an empty element.
    fn is_list(&self) -> bool {
        LIST_ELEMENTS
            .iter()
            .any(|name| self.children.iter().all(|child| child.name == *name))
    }

    /// As JSON: text, a list of `member`s or `item`s, a map of `entry`s, or an object. Numbers and truth values stay text; the
    /// dataset knows which is which.
    #[must_use]
    pub fn json(&self) -> Value {
        if self.children.is_empty() {
            return Value::String(self.text.trim().to_owned());
        }
        if self.is_list() {
            return self.children.iter().map(Self::json).collect();
        }
        if let Some(map) = self.entries() {
            return Value::Object(map);
        }
        let mut object = Map::new();
        for child in &self.children {
            match object.get_mut(&child.name) {
                None => {
                    object.insert(child.name.clone(), child.json());
                }
                // A member that is there twice is no text any more, so nobody reads one of the two as the answer.
                Some(Value::Array(all)) => all.push(child.json()),
                Some(first) => *first = Value::Array(vec![first.take(), child.json()]),
            }
        }
        Value::Object(object)
    }

    /// The map of an element that holds entries only, none of them twice.
    fn entries(&self) -> Option<Map<String, Value>> {
        let mut map = Map::new();
        for entry in &self.children {
            let (key, value) = (entry.text_of("key")?, entry.child("value")?);
            if entry.name != "entry" || map.insert(key.to_owned(), value.json()).is_some() {
                return None;
            }
        }
        Some(map)
    }
}

/// The root element of a document.
///
/// # Errors
///
/// It is not well-formed XML in UTF-8 with one root, is too deep, has a document type definition or an undeclared
/// entity. The message never repeats content.
pub fn parse(body: &[u8]) -> Result<Element, Malformed> {
    let text = std::str::from_utf8(body).map_err(|_| Malformed("it is not UTF-8".to_owned()))?;
    let mut reader = Reader::from_str(text);
    reader.config_mut().check_end_names = true;
    let mut open: Vec<Element> = Vec::new();
    let mut root: Option<Element> = None;
    loop {
        match reader
            .read_event()
            .map_err(|_| Malformed("it is not well-formed XML".to_owned()))?
        {
            Event::Start(start) => {
                if open.len() >= MAX_DEPTH {
                    return Err(Malformed("it is nested too deeply".to_owned()));
                }
                open.push(named(start.local_name().as_ref()));
            }
            Event::Empty(start) => close(named(start.local_name().as_ref()), &mut open, &mut root)?,
            Event::End(_) => {
                let element = open
                    .pop()
                    .ok_or_else(|| Malformed("an element is closed twice".to_owned()))?;
                close(element, &mut open, &mut root)?;
            }
            Event::Text(text) => append(&mut open, &text.xml_content(XmlVersion::Explicit1_0))?,
            Event::CData(text) => append(&mut open, &text.xml_content(XmlVersion::Explicit1_0))?,
            Event::GeneralRef(reference) => {
                let name: &str = &reference;
                let char_ref = reference
                    .resolve_char_ref()
                    .map_err(|_| Malformed("a character reference is wrong".to_owned()))?;
                match (char_ref, resolve_xml_entity(name)) {
                    (Some(character), _) => append(&mut open, character.encode_utf8(&mut [0; 4]))?,
                    (None, Some(text)) => append(&mut open, text)?,
                    (None, None) => {
                        return Err(Malformed(
                            "it uses an entity that XML does not have".to_owned(),
                        ));
                    }
                }
            }
            Event::DocType(_) => {
                return Err(Malformed("it has a document type definition".to_owned()));
            }
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
    }
    match root {
        Some(root) if open.is_empty() => Ok(root),
        _ => Err(Malformed("it ends too early".to_owned())),
    }
}

fn named(name: &str) -> Element {
    Element {
        name: name.to_owned(),
        ..Element::default()
    }
}

fn close(
    element: Element,
    open: &mut [Element],
    root: &mut Option<Element>,
) -> Result<(), Malformed> {
    match (open.last_mut(), root.is_some()) {
        (Some(parent), _) => parent.children.push(element),
        (None, false) => *root = Some(element),
        (None, true) => return Err(Malformed("it has two roots".to_owned())),
    }
    Ok(())
}

fn append(open: &mut [Element], text: &str) -> Result<(), Malformed> {
    match open.last_mut() {
        Some(element) => element.text.push_str(text),
        None if text.trim().is_empty() => {}
        None => return Err(Malformed("there is text outside of its root".to_owned())),
    }
    Ok(())
}

/// The `<action>Result` of a successful answer to `action`.
///
/// # Errors
///
/// The document is something else.
pub fn result(body: &[u8], action: &str) -> Result<Element, Malformed> {
    let root = parse(body)?;
    if root.name.strip_suffix("Response") != Some(action) {
        return Err(Malformed(format!("it is not an answer to {action}")));
    }
    let wanted = format!("{action}Result");
    root.children
        .into_iter()
        .find(|child| child.name == wanted)
        .ok_or_else(|| Malformed(format!("{wanted} is missing")))
}

/// The document itself, if its root has this name, or one of several between bars: S3.
///
/// # Errors
///
/// It is something else.
pub fn rooted(body: &[u8], name: &str) -> Result<Element, Malformed> {
    let root = parse(body)?;
    if name.split('|').any(|name| root.name == name) {
        Ok(root)
    } else {
        Err(Malformed(format!("it is not a {name}")))
    }
}

/// The `<XResult>` in an `<XResponse>`; the root itself where there is none.
#[must_use]
pub fn result_in(root: &Element) -> &Element {
    let result = root
        .name
        .strip_suffix("Response")
        .and_then(|action| root.child(&format!("{action}Result")));
    result.unwrap_or(root)
}

/// The `<action>Response` of EC2, which has no result element in it.
///
/// # Errors
///
/// The document is something else.
pub fn response(body: &[u8], action: &str) -> Result<Element, Malformed> {
    let root = parse(body)?;
    if root.name.strip_suffix("Response") == Some(action) {
        Ok(root)
    } else {
        Err(Malformed(format!("it is not an answer to {action}")))
    }
}

/// Code and message of an error answer; `None` where the document is something else. IAM and STS write `Error`, EC2
/// and stand-ins for AWS `Errors` with one in it: botocore reads both, so we do. S3 writes `Error` and nothing around it.
#[must_use]
pub fn error(body: &[u8]) -> Option<(String, String)> {
    let root = parse(body).ok()?;
    let error = match root.name.as_str() {
        "ErrorResponse" | "Response" => root.child("Errors").unwrap_or(&root).child("Error")?,
        "Error" => &root,
        _ => return None,
    };
    let code = error.text_of("Code").filter(|code| !code.is_empty())?;
    Some((
        code.to_owned(),
        error.text_of("Message").unwrap_or_default().to_owned(),
    ))
}

/// The code of an error answer; `None` where the document is something else.
#[must_use]
pub fn error_code(body: &[u8]) -> Option<String> {
    error(body).map(|(code, _)| code)
}

/// The request id of an answer, for the support bundle.
#[must_use]
pub fn request_id(body: &[u8]) -> Option<String> {
    let root = parse(body).ok()?;
    let holder = root.child("ResponseMetadata").unwrap_or(&root);
    ["RequestId", "RequestID"]
        .iter()
        .find_map(|name| holder.text_of(name))
        .map(str::to_owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_maps_and_objects_become_json() {
        let root = parse(
            b"<?xml version='1.0'?><a xmlns='urn:x'><list><member><n>1</n></member><member/></list>\
              <map><entry><key>k</key><value>2</value></entry></map><t>a &amp; b&#33;<![CDATA[<c>]]></t><e/></a>",
        )
        .unwrap();
        assert_eq!(
            root.json(),
            json!({"list": [{"n": "1"}, ""], "map": {"k": "2"}, "t": "a & b!<c>", "e": ""})
        );
        assert_eq!(root.list("e").unwrap().len(), 0);
        assert_eq!(root.list("list").unwrap().len(), 2);
        assert!(root.list("map").is_err() && root.list("nothing").is_err());
    }

    #[test]
    fn a_list_or_an_entry_that_is_there_twice_is_none() {
        let root = parse(b"<R><set/><set><item><n>1</n></item></set></R>").unwrap();
        assert!(root.list("set").is_err());
        let map = b"<m><entry><key>k</key><value>0</value></entry><entry><key>k</key><value>1</value></entry></m>";
        assert!(parse(map).unwrap().json().get("k").is_none());
    }

    #[test]
    fn a_member_that_is_there_twice_is_not_one_of_the_two() {
        assert_eq!(
            parse(b"<a><b>1</b><b>2</b><c/></a>").unwrap().json(),
            json!({"b": ["1", "2"], "c": ""})
        );
    }

    #[test]
    fn items_of_ec2_are_a_list_and_a_mixture_is_none() {
        let root =
            parse(b"<R><set><item><n>1</n></item><item/></set><odd><item/><member/></odd></R>")
                .unwrap();
        assert_eq!(root.list("set").unwrap().len(), 2);
        assert_eq!(root.child("set").unwrap().json(), json!([{"n": "1"}, ""]));
        assert!(root.list("odd").is_err());
        assert!(response(b"<DescribeXResponse/>", "DescribeX").is_ok());
        assert!(response(b"<DescribeXResponse/>", "DescribeY").is_err());
    }

    #[test]
    fn a_list_of_named_elements_is_that_and_nothing_else() {
        let root =
            parse(b"<R><Bs><B>1</B><B/></Bs><None/><Odd><B/><C/></Odd><T>x</T></R>").unwrap();
        assert_eq!(root.each("Bs", "B").unwrap().len(), 2);
        assert_eq!(root.each("None", "B").unwrap().len(), 0);
        for odd in ["Odd", "T", "Absent"] {
            assert!(root.each(odd, "B").is_err(), "{odd}");
        }
        assert!(
            parse(b"<R><Bs/><Bs/></R>")
                .unwrap()
                .each("Bs", "B")
                .is_err()
        );
        let nested = parse(b"<AResponse><AResult><n>1</n></AResult></AResponse>").unwrap();
        assert_eq!(result_in(&nested).text_of("n"), Some("1"));
        assert_eq!(result_in(&root), &root);
        assert!(rooted(b"<R/>", "R").is_ok() && rooted(b"<R/>", "S").is_err());
        assert!(rooted(b"<R/>", "S|R").is_ok() && rooted(b"<R/>", "S|T").is_err());
    }

    #[test]
    fn hostile_documents_are_refused() {
        let deep = format!("{}{}", "<a>".repeat(40), "</a>".repeat(40));
        for (document, why) in [
            (
                "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>",
                "document type definition",
            ),
            ("<a>&x;</a>", "entity"),
            (&deep, "too deeply"),
            ("<a><b></a>", "not well-formed"),
            ("<a>", "too early"),
            ("", "too early"),
            ("<a/><b/>", "two roots"),
            ("x<a/>", "outside"),
        ] {
            let error = parse(document.as_bytes()).unwrap_err().0;
            assert!(error.contains(why), "{document}: {error}");
        }
        assert!(parse(b"<a>\xff</a>").is_err());
    }

    #[test]
    fn answers_and_errors_are_told_apart() {
        let error = b"<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code></Error><RequestId>r1</RequestId></ErrorResponse>";
        assert_eq!(error_code(error).unwrap(), "AccessDenied");
        assert_eq!(request_id(error).unwrap(), "r1");
        let nested = b"<ErrorResponse><Errors><Error><Code>X</Code><Message>m</Message></Error></Errors></ErrorResponse>";
        assert_eq!(
            super::error(nested).unwrap(),
            ("X".to_owned(), "m".to_owned())
        );
        let bare = b"<Error><Code>NoSuchBucket</Code><RequestId>r2</RequestId></Error>";
        assert_eq!(error_code(bare).unwrap(), "NoSuchBucket");
        assert_eq!(request_id(bare).unwrap(), "r2");
        assert_eq!(error_code(b"<Error><Code/></Error>"), None);
        assert_eq!(error_code(b"<Else><Code>X</Code></Else>"), None);
        assert!(result(error, "ListUsers").is_err());
        let answer = b"<ListUsersResponse><ListUsersResult><IsTruncated>false</IsTruncated></ListUsersResult></ListUsersResponse>";
        assert_eq!(
            result(answer, "ListUsers").unwrap().text_of("IsTruncated"),
            Some("false")
        );
        assert!(result(answer, "ListRoles").is_err());
        assert_eq!(error_code(answer), None);
    }
}
