//! What of an address may be shown.

use url::{Url, form_urlencoded};

/// What stands in place of a secret or opaque value.
pub const HIDDEN: &str = "***";

/// Parts of parameter names whose values are secret, or mean something to the service only and change every time.
const HIDING: &[&str] = &[
    "token",
    "secret",
    "password",
    "passphrase",
    "passwd",
    "pwd",
    "key",
    "credential",
    "signature",
    "sig",
    "assertion",
    "code",
    "auth",
    "session",
    "jwt",
    "cursor",
    "marker",
    "skip",
    "after",
    "before",
    "state",
    "nonce",
    "bearer",
];

/// Longest run of letters and digits that is still taken for a word.
const LONGEST_WORD: usize = 40;

/// Host and, where it is not the scheme's own, port.
pub fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// The query with hidden values; names stay, decoded, so that the request can be understood.
pub fn query(url: &Url) -> String {
    url.query_pairs()
        .map(|(name, value)| {
            if hides(&name, &value) {
                format!("{name}={HIDDEN}")
            } else {
                format!("{name}={value}")
            }
        })
        .collect::<Vec<_>>()
        .join("&")
}

/// The query of an encoded form that is no URL's, treated alike.
#[must_use]
pub fn form(encoded: &str) -> String {
    form_urlencoded::parse(encoded.as_bytes())
        .map(|(name, value)| {
            if hides(&name, &value) {
                format!("{name}={HIDDEN}")
            } else {
                format!("{name}={value}")
            }
        })
        .collect::<Vec<_>>()
        .join("&")
}

fn hides(name: &str, value: &str) -> bool {
    let number = value.len() <= 10 && value.bytes().all(|byte| byte.is_ascii_digit());
    let name = name.to_ascii_lowercase();
    (!number && HIDING.iter().any(|part| name.contains(part))) || is_opaque(value)
}

/// Whether a value looks like a token: a long run of base64 or hex that is not a list of words.
fn is_opaque(value: &str) -> bool {
    value
        .split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '=' | '_' | '~')))
        .any(|run| {
            run.len() > LONGEST_WORD
                || (run.len() >= 20 && run.bytes().filter(u8::is_ascii_digit).count() >= 3)
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn shown(text: &str) -> String {
        query(&Url::parse(&format!("https://h.example/p?{text}")).unwrap())
    }

    #[test]
    fn words_stay_and_tokens_go() {
        for kept in [
            "$select=id,displayName,accountEnabled&$top=999",
            "Action=ListUsers&Version=2010-05-08&MaxItems=100",
            "$filter=createdDateTime ge 2026-11-01T00:00:00Z",
            "tenant=8f2a1c9e-0000-4000-8000-1234567890ab",
            "$skip=200",
        ] {
            assert_eq!(shown(kept), kept, "shown as it is");
        }
        assert_eq!(shown("$skiptoken=RFNwdAIA&x=1"), "$skiptoken=***&x=1");
        assert_eq!(
            shown("api_key=abc&NextToken=q"),
            "api_key=***&NextToken=***"
        );
        assert_eq!(
            shown("q=AKIAIOSFODNN7EXAMPLE123"),
            "q=***",
            "opaque whatever its name"
        );
        assert_eq!(shown(&format!("q={}", "a".repeat(41))), "q=***");
        assert_eq!(
            form("client_secret=s%26t&scope=a+b"),
            "client_secret=***&scope=a b"
        );
    }

    #[test]
    fn the_port_is_part_of_the_host() {
        assert_eq!(
            host(&Url::parse("http://127.0.0.1:8080/x").unwrap()),
            "127.0.0.1:8080"
        );
        assert_eq!(
            host(&Url::parse("https://user:pw@h.example/x").unwrap()),
            "h.example"
        );
    }
}
