//! A request as data: what is asked, with which arguments, and how a list goes on.

use super::{
    reach::{Call, Part},
    service::Service,
};
use crate::xml;
use provider_kit::ProviderError;
use serde_json::Value;
use std::borrow::Cow;

/// An operation of a service: asked in each region, once, or about a subject.
#[derive(Clone, Copy)]
pub struct Operation {
    /// The service.
    pub service: &'static Service,
    /// The permission it needs.
    pub permission: &'static str,
    /// What is asked.
    pub request: Request,
    /// How it goes on.
    pub paging: Paging,
    /// Whether a code and message say "not switched on here" or "there is none": a documented answer, kept like any
    /// other.
    pub not_used: fn(&str, &str) -> bool,
}

/// Stands for the account's number in an argument.
pub const ACCOUNT: &str = "{account}";
/// Stands for a list of what is asked about: a text of a document that is this, and nothing else.
pub const SUBJECTS: &str = "{subjects}";

/// What is asked. Arguments can hold `{account}`, `{partition}`, `{region}`, and, where it is asked about something,
/// `{subject}`, `{subjects}` and `{parent}`.
#[derive(Clone, Copy)]
pub enum Request {
    /// A form with these arguments (EC2 and the query protocol).
    Form(&'static str, &'static [(&'static str, &'static str)]),
    /// A JSON 1.1 operation.
    Document(&'static str, fn() -> Value),
    /// `GET` of a path, which can hold a query.
    Get(&'static str),
    /// `POST` of a document to a path.
    Post(&'static str, fn() -> Value),
    /// `GET` of a path of S3 or S3 Control itself; the answer's root element has this name (see `xml::rooted`).
    Xml(&'static str, &'static str),
    /// `GET` of this part (a query) of the subject, a bucket. The answer's root element has this name; without one it
    /// is a JSON object.
    Bucket(&'static str, Option<&'static str>),
}

/// How a list goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Paging {
    /// There is one page.
    None,
    /// The answer names the next token under this name, and `NextToken` asks with it.
    NextToken(&'static str),
    /// As `NextToken`, with another name in the request.
    Token {
        /// The argument that asks with the token.
        asks: &'static str,
        /// The member of the answer that names it.
        answers: &'static str,
    },
}

impl Paging {
    /// The token's name in a request and in an answer.
    pub const fn names(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::None => None,
            Self::NextToken(answers) => Some(("NextToken", answers)),
            Self::Token { asks, answers } => Some((asks, answers)),
        }
    }
}

/// What an operation is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The subject; several where a request takes a list of them.
    pub ids: Vec<String>,
    /// What the subject was listed about, if it was.
    pub parent: Option<String>,
}

/// What stands in the place of the names in braces.
#[derive(Clone, Copy, Debug)]
pub struct Fill<'a> {
    /// The account's number.
    pub account: &'a str,
    /// `aws` or `aws-us-gov`.
    pub partition: &'a str,
    /// The region that is asked.
    pub region: &'a str,
    /// What is asked about.
    pub about: Option<&'a About>,
}

impl Fill<'_> {
    fn value(&self, name: &str) -> Option<&str> {
        let about = self.about;
        match name {
            "account" => Some(self.account),
            "partition" => Some(self.partition),
            "region" => Some(self.region),
            "subject" => about?.ids.first().map(String::as_str),
            "parent" => about?.parent.as_deref(),
            _ => None,
        }
    }

    /// The template with its names replaced, once: what is put in is not looked through again.
    fn text(&self, template: &str, put: fn(&str) -> Cow<'_, str>) -> String {
        let mut text = String::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            text.push_str(before);
            match after
                .split_once('}')
                .and_then(|(name, after)| Some((self.value(name)?, after)))
            {
                Some((value, after)) => {
                    text.push_str(&put(value));
                    rest = after;
                }
                None => {
                    text.push('{');
                    rest = after;
                }
            }
        }
        text.push_str(rest);
        text
    }

    /// The template with its names replaced.
    pub fn plain(&self, template: &str) -> String {
        self.text(template, |value| Cow::Borrowed(value))
    }

    /// A path or query with what is put in encoded, so that it stays one part of it.
    fn path(&self, template: &str) -> String {
        self.text(template, |value| Cow::Owned(encoded(value)))
    }

    fn document(&self, document: Value) -> Value {
        match document {
            Value::String(text) if text == SUBJECTS => self
                .about
                .map_or_else(Vec::new, |about| about.ids.clone())
                .into(),
            Value::String(text) => Value::String(self.plain(&text)),
            Value::Array(items) => items.into_iter().map(|item| self.document(item)).collect(),
            Value::Object(members) => members
                .into_iter()
                .map(|(name, value)| (name, self.document(value)))
                .collect(),
            other => other,
        }
    }
}

/// Everything encoded that is not unreserved in an address (RFC 3986).
pub fn encoded(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect()
}

impl Request {
    /// The request for the page at `token`.
    pub fn call(self, paging: Paging, token: Option<&str>, fill: &Fill<'_>) -> Call {
        let token = token.and_then(|token| Some((paging.names()?.0, token)));
        let put = |document: Value| {
            let mut document = fill.document(document);
            if let (Some((name, token)), Some(members)) = (token, document.as_object_mut()) {
                members.insert(name.to_owned(), Value::String(token.to_owned()));
            }
            document
        };
        let address = |path: String| match token {
            None => path,
            Some((name, token)) => {
                let mark = if path.contains('?') { '&' } else { '?' };
                format!("{path}{mark}{name}={}", encoded(token))
            }
        };
        match self {
            Self::Form(action, arguments) => {
                let mut form: Vec<(String, String)> = arguments
                    .iter()
                    .map(|(name, value)| ((*name).to_owned(), fill.plain(value)))
                    .collect();
                form.extend(token.map(|(name, token)| (name.to_owned(), token.to_owned())));
                Call::Form(action, form)
            }
            Self::Document(action, document) => Call::Document(action, put(document())),
            Self::Get(path) => Call::Path(address(fill.path(path)), None),
            Self::Post(path, document) => Call::Path(fill.path(path), Some(put(document()))),
            Self::Xml(path, root) => Call::Part(Part {
                account: fill.account.to_owned(),
                bucket: None,
                path: address(fill.path(path)),
                root: Some(root),
            }),
            Self::Bucket(query, root) => Call::Part(Part {
                account: fill.account.to_owned(),
                bucket: fill.value("subject").map(str::to_owned),
                path: address(format!("/?{}", fill.path(query))),
                root,
            }),
        }
    }
}

/// The next token in a body. One that is there and no text is no end, and neither is an answer that says it is cut off
/// and not where it goes on.
///
/// # Errors
///
/// It is there twice, is something else than text, or is lacking.
pub fn next_token(body: &[u8], name: &str) -> Result<Option<String>, ProviderError> {
    let odd = || {
        ProviderError::malformed(
            "The pages of AWS's answer do not add up.",
            "Where it goes on is not said in words.",
        )
    };
    let (token, cut) = match xml::parse(body) {
        Ok(root) => {
            let holder = xml::result_in(&root);
            let mut found = holder.children.iter().filter(|child| child.name == name);
            let token = match (found.next(), found.next()) {
                (None, _) => None,
                (Some(token), None) if token.children.is_empty() => {
                    Some(token.text.trim().to_owned())
                }
                _ => return Err(odd()),
            };
            let cut = holder.text_of("IsTruncated") == Some("true");
            (token, cut)
        }
        Err(_) => {
            let document: Value = serde_json::from_slice(body).unwrap_or_default();
            let token = match document.get(name) {
                None | Some(Value::Null) => None,
                Some(Value::String(token)) => Some(token.clone()),
                Some(_) => return Err(odd()),
            };
            (token, document.get("Truncated") == Some(&Value::Bool(true)))
        }
    };
    match token.filter(|token| !token.is_empty()) {
        None if cut => Err(odd()),
        token => Ok(token),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    fn about(ids: &[&str], parent: Option<&str>) -> About {
        About {
            ids: ids.iter().map(|id| (*id).to_owned()).collect(),
            parent: parent.map(str::to_owned),
        }
    }

    fn fill(about: Option<&About>) -> Fill<'_> {
        Fill {
            account: "123456789012",
            partition: "aws",
            region: "us-east-1",
            about,
        }
    }

    #[test]
    fn names_are_replaced_once_and_encoded_in_paths() {
        let odd = about(&["a/b {account}?"], Some("p"));
        let filled = fill(Some(&odd));
        assert_eq!(
            filled.path("/x/{subject}/{parent}?r={region}"),
            "/x/a%2Fb%20%7Baccount%7D%3F/p?r=us-east-1"
        );
        assert_eq!(
            filled.plain("arn:{partition}:s3:::{subject} {else} {"),
            "arn:aws:s3:::a/b {account}? {else} {"
        );
        let none = fill(None);
        assert_eq!(none.plain("{subject}"), "{subject}");
        assert_eq!(none.plain(ACCOUNT), "123456789012");
    }

    #[test]
    fn documents_take_one_or_a_list() {
        let two = about(&["a", "b"], None);
        let document = json!({"Ids": "{subjects}", "One": ["{subject}"], "N": 1});
        assert_eq!(
            fill(Some(&two)).document(document),
            json!({"Ids": ["a", "b"], "One": ["a"], "N": 1})
        );
    }

    #[test]
    fn a_token_goes_where_the_protocol_takes_it() {
        let subject = about(&["b"], None);
        let asked = |request: Request| {
            let paging = Paging::Token {
                asks: "marker",
                answers: "x",
            };
            request.call(paging, Some("t/1"), &fill(Some(&subject)))
        };
        match asked(Request::Form("A", &[("n", "{subject}")])) {
            Call::Form("A", form) => assert_eq!(
                form,
                [("n".into(), "b".into()), ("marker".into(), "t/1".into())]
            ),
            other => panic!("{other:?}"),
        }
        match asked(Request::Post("/p/{subject}", || json!({"a": 1}))) {
            Call::Path(path, Some(document)) => {
                assert_eq!(path, "/p/b");
                assert_eq!(document, json!({"a": 1, "marker": "t/1"}));
            }
            other => panic!("{other:?}"),
        }
        match asked(Request::Get("/p?a=1")) {
            Call::Path(path, None) => assert_eq!(path, "/p?a=1&marker=t%2F1"),
            other => panic!("{other:?}"),
        }
        match asked(Request::Bucket("acl", Some("R"))) {
            Call::Part(part) => {
                assert_eq!(part.bucket.as_deref(), Some("b"));
                assert_eq!(part.path, "/?acl&marker=t%2F1");
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn tokens_are_found_in_every_protocol() {
        for (body, found) in [
            ("<XResponse><t>1</t></XResponse>", Some("1")),
            (
                "<XResponse><XResult><t>1</t></XResult><t>2</t></XResponse>",
                Some("1"),
            ),
            (
                "<List><t>1</t><IsTruncated>true</IsTruncated></List>",
                Some("1"),
            ),
            ("<XResponse><XResult/></XResponse>", None),
            (r#"{"t":"1","Truncated":true}"#, Some("1")),
            (r#"{"t":""}"#, None),
            (r#"{"t":null,"Truncated":false}"#, None),
            ("{}", None),
        ] {
            assert_eq!(
                next_token(body.as_bytes(), "t").unwrap().as_deref(),
                found,
                "{body}"
            );
        }
        for odd in [
            "<XResponse><t>1</t><t>2</t></XResponse>",
            "<XResponse><t><u/></t></XResponse>",
            "<List><IsTruncated>true</IsTruncated></List>",
            r#"{"t":1}"#,
            r#"{"Truncated":true}"#,
            r#"{"Truncated":true,"t":""}"#,
        ] {
            assert!(next_token(odd.as_bytes(), "t").is_err(), "{odd}");
        }
    }
}
