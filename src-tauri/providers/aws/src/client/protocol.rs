//! AWS's answers in whichever protocol: whether it is one of AWS, and the code and message of a refusal.

use crate::xml;
use provider_kit::Answer;
use serde_json::Value;

/// What a successful answer has to look like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `<ActionResponse><ActionResult>`: IAM, STS, RDS.
    Query(String),
    /// `<ActionResponse>`: EC2.
    Ec2(String),
    /// An XML document with this root (see [`xml::rooted`]): S3.
    Root(&'static str),
    /// A JSON object: all others.
    Json,
}

/// Whether an answer is one of AWS: of the expected shape, or an error with a code. What a proxy or a stand-in that
/// does not know the operation says is neither.
pub fn is_of_aws(answer: &Answer, shape: &Shape) -> bool {
    if !answer.is_success() {
        return refusal(answer).is_some();
    }
    match shape {
        Shape::Query(action) => xml::result(&answer.body, action).is_ok(),
        Shape::Ec2(action) => xml::response(&answer.body, action).is_ok(),
        Shape::Root(name) => xml::rooted(&answer.body, name).is_ok(),
        Shape::Json => {
            serde_json::from_slice::<Value>(&answer.body).is_ok_and(|value| value.is_object())
        }
    }
}

/// Code and message of a refusal; `None` where the answer holds none.
pub fn refusal(answer: &Answer) -> Option<(String, String)> {
    in_body(&answer.body, answer.header("x-amzn-errortype"))
}

/// As [`refusal`], from a body and the header `x-amzn-errortype`.
pub fn in_body(body: &[u8], error_type: Option<&str>) -> Option<(String, String)> {
    if let Some(found) = xml::error(body) {
        return Some(found);
    }
    let document = serde_json::from_slice::<Value>(body).ok()?;
    let members = document.as_object()?;
    let text = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| members.get(*name)?.as_str())
            .filter(|text| !text.is_empty())
    };
    let code = text(&["__type", "code", "Code"]).or(error_type)?;
    Some((
        bare(code).to_owned(),
        text(&["message", "Message"]).unwrap_or_default().to_owned(),
    ))
}

/// The code in `namespace#Code:address`, as the JSON protocols write it.
fn bare(code: &str) -> &str {
    let code = code.rsplit_once('#').map_or(code, |(_, code)| code);
    code.split_once(':').map_or(code, |(code, _)| code).trim()
}

/// Whether an answer with an unusual status says "slow down".
pub fn is_throttled(answer: &Answer) -> bool {
    !answer.is_success() && refusal(answer).is_some_and(|(code, _)| says_slow_down(&code))
}

/// Whether a code says "slow down" (section 4 of the notes on AWS: each service has a word of its own).
pub fn says_slow_down(code: &str) -> bool {
    code.starts_with("Throttling")
        || matches!(
            code,
            "RequestLimitExceeded"
                | "TooManyRequestsException"
                | "LimitExceededException"
                | "SlowDown"
        )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_code_is_found_in_every_protocol() {
        for (body, header, code, message) in [
            (
                r#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"m"}"#,
                None,
                "AccessDeniedException",
                "m",
            ),
            (
                r#"{"Message":"m"}"#,
                Some("InvalidAccessException:http://internal/"),
                "InvalidAccessException",
                "m",
            ),
            (
                r#"{"Code":"InvalidAccessException","Message":"m"}"#,
                None,
                "InvalidAccessException",
                "m",
            ),
            (
                "<Error><Code>NoSuchBucketPolicy</Code><Message>m</Message><HostId>h</HostId></Error>",
                None,
                "NoSuchBucketPolicy",
                "m",
            ),
            (
                "<Response><Errors><Error><Code>UnauthorizedOperation</Code><Message>m</Message></Error></Errors></Response>",
                None,
                "UnauthorizedOperation",
                "m",
            ),
        ] {
            let found = in_body(body.as_bytes(), header).unwrap();
            assert_eq!(found, (code.to_owned(), message.to_owned()));
        }
        for nothing in ["", "<html></html>", "[]", "{}", r#"{"Message":"m"}"#] {
            assert_eq!(in_body(nothing.as_bytes(), None), None, "{nothing}");
        }
    }

    #[test]
    fn each_services_word_for_slow_down_is_known() {
        for code in [
            "Throttling",
            "ThrottlingException",
            "RequestLimitExceeded",
            "TooManyRequestsException",
            "LimitExceededException",
            "SlowDown",
        ] {
            assert!(says_slow_down(code), "{code}");
        }
        assert!(!says_slow_down("AccessDenied"));
    }
}
