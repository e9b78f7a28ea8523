//! Faults that change a good answer.

use std::io;

use serde_json::{Value, json};
use stand_in::bomb;

use crate::ACCOUNT;
use crate::answer::Answer;
use crate::call::{Call, Wire};
use crate::faults::Fault;
use crate::protocol::Protocol;

/// The token that every page names under [`Fault::RepeatToken`].
const TOKEN: &str = "the-same-page-again";

/// Whether a request asks for the page that repeats.
pub(crate) fn asks_again(wire: &Wire) -> bool {
    wire.query().contains(TOKEN) || String::from_utf8_lossy(&wire.body).contains(TOKEN)
}

/// Names the repeated page as the next one, as the operation writes it.
pub(crate) fn repeat_token(call: &Call, answer: &mut Answer) {
    name_next(call, answer, TOKEN);
}

/// Names an empty token where the answer names no next page.
pub(crate) fn empty_token(call: &Call, answer: &mut Answer) {
    let text = answer.text().to_ascii_lowercase();
    let names = ["nexttoken", "nextmarker", "<marker>", "continuationtoken"];
    if !names.iter().any(|name| text.contains(name)) {
        name_next(call, answer, "");
    }
}

fn name_next(call: &Call, answer: &mut Answer, token: &str) {
    let more = !token.is_empty();
    if !answer.is_ok() {
        return;
    }
    if call.protocol.is_json() {
        let Ok(Value::Object(mut members)) = serde_json::from_slice(&answer.body) else {
            return;
        };
        let name = match &*call.service {
            "kms" => {
                members.insert("Truncated".to_owned(), json!(more));
                "NextMarker"
            }
            "logs" | "access-analyzer" | "inspector2" | "guardduty" => "nextToken",
            "config" if call.operation.contains("DiscoveredResource") => "nextToken",
            _ => "NextToken",
        };
        members.insert(name.to_owned(), json!(token));
        answer.body = Value::Object(members).to_string().into();
        return;
    }
    let mut text = answer.text().to_owned();
    let (names, added, end): (&[&str], String, String) = match (call.protocol, &*call.service) {
        (Protocol::Ec2, _) => (
            &["nextToken"],
            format!("<nextToken>{token}</nextToken>"),
            format!("</{}Response>", call.operation),
        ),
        (Protocol::RestXml, _) => (
            &["ContinuationToken"],
            format!("<ContinuationToken>{token}</ContinuationToken>"),
            "</ListAllMyBucketsResult>".to_owned(),
        ),
        (_, "sns" | "monitoring") => (
            &["NextToken"],
            format!("<NextToken>{token}</NextToken>"),
            format!("</{}Result>", call.operation),
        ),
        (_, "iam") => (
            &["IsTruncated", "Marker"],
            format!("<IsTruncated>{more}</IsTruncated><Marker>{token}</Marker>"),
            format!("</{}Result>", call.operation),
        ),
        (_, "elasticloadbalancing") => (
            &["NextMarker"],
            format!("<NextMarker>{token}</NextMarker>"),
            format!("</{}Result>", call.operation),
        ),
        _ => (
            &["Marker"],
            format!("<Marker>{token}</Marker>"),
            format!("</{}Result>", call.operation),
        ),
    };
    for name in names {
        text = without(&text, name);
    }
    answer.body = text.replacen(&end, &format!("{added}{end}"), 1).into();
}

/// Applies the faults that change an answer's bytes.
pub(crate) fn spoil(call: &Call, answer: &mut Answer, faults: &[Fault]) -> io::Result<()> {
    for fault in faults {
        match fault {
            Fault::WrongAccount(other) => {
                answer.body = answer.text().replace(ACCOUNT, other).into();
            }
            Fault::EmptyBody => answer.body.clear(),
            Fault::InvalidBody => answer.body.truncate(answer.body.len() * 2 / 3),
            Fault::GzipBomb { mebibytes } => {
                let (start, end): (&[u8], &[u8]) = if call.protocol.is_json() {
                    (br#"{"NextToken":""#, br#""}"#)
                } else {
                    (b"<Response><Marker>", b"</Marker></Response>")
                };
                answer.body = bomb::gzip(start, end, *mebibytes)?.into();
                answer.set("content-encoding", "gzip");
            }
            _ => {}
        }
    }
    Ok(())
}

/// The page that a captive portal puts in the way.
pub(crate) fn captive_portal() -> Answer {
    let page = stand_in::spoil::captive_portal();
    Answer {
        status: page.status,
        headers: page.headers,
        body: page.body.into(),
    }
}

/// The text without the first element of that name.
fn without(text: &str, name: &str) -> String {
    let text = text.replace(&format!("<{name}/>"), "");
    let (start, end) = (format!("<{name}>"), format!("</{name}>"));
    if let Some((before, rest)) = text.split_once(&start)
        && let Some((_, after)) = rest.split_once(&end)
    {
        return format!("{before}{after}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_cut_out() {
        assert_eq!(without("<a><b>1</b><c/></a>", "b"), "<a><c/></a>");
        assert_eq!(without("<a><b>1</b><c/></a>", "c"), "<a><b>1</b></a>");
        assert_eq!(without("<a/>", "b"), "<a/>");
    }
}
