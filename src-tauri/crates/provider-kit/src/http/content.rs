//! Whether a successful answer is of the expected type at all.

use super::{Expects, failure};
use crate::ProviderError;
use http::{HeaderMap, header};
use serde::de::IgnoredAny;

/// Judges the body of a 2xx answer.
pub fn judge(
    host: &str,
    status: u16,
    headers: &HeaderMap,
    body: &[u8],
    expects: Expects,
) -> Result<(), ProviderError> {
    let content_type = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let content_type = content_type.to_ascii_lowercase();
    let text = body
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(body)
        .trim_ascii_start();
    if expects == Expects::Any {
        return Ok(());
    }
    // A page says so in its header or in its first bytes. The header may lie about a JSON document: stand-ins for AWS
    // call theirs a page.
    let called_a_page =
        content_type.starts_with("text/html") || content_type.starts_with("application/xhtml");
    let is_document = expects == Expects::Json && text.starts_with(b"{");
    if begins_a_page(text) || (called_a_page && !is_document) {
        return Err(failure::web_page(host));
    }
    // 204 means "nothing to say": the status itself is the answer.
    if status == 204 {
        return Ok(());
    }
    if text.is_empty() {
        return Err(malformed(host, "It is empty.", None));
    }
    match expects {
        Expects::Json => match serde_json::from_slice::<IgnoredAny>(body) {
            Ok(_) => Ok(()),
            Err(error) if error.is_eof() => Err(malformed(
                host,
                "Its JSON ends too early.",
                Some(place(&error)),
            )),
            Err(error) => Err(malformed(host, "It is not JSON.", Some(place(&error)))),
        },
        Expects::Xml if text.starts_with(b"<") && body.trim_ascii_end().ends_with(b">") => Ok(()),
        Expects::Xml => Err(malformed(host, "It is not XML.", None)),
        Expects::Any => Ok(()),
    }
}

fn begins_a_page(text: &[u8]) -> bool {
    let start = text[..text.len().min(15)].to_ascii_lowercase();
    start.starts_with(b"<!doctype html") || start.starts_with(b"<html")
}

/// Only the place: the message could repeat a part of the body.
fn place(error: &serde_json::Error) -> String {
    format!("line {}, column {}", error.line(), error.column())
}

fn malformed(host: &str, why: &str, detail: Option<String>) -> ProviderError {
    let error = ProviderError::malformed(format!("The answer of {host} can't be read."), why);
    match detail {
        Some(detail) => error.with_detail(detail),
        None => error,
    }
}
