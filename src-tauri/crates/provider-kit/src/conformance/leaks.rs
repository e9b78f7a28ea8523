//! What looks like a real secret: fixtures are made up, and must look it.

use regex_lite::Regex;
use std::sync::LazyLock;

/// What it would be, and what it looks like.
const KINDS: &[(&str, &str)] = &[
    ("a private key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    ("an AWS access key", r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b"),
    (
        "a JSON web token",
        r"\beyJ[A-Za-z0-9_-]{16,}\.eyJ[A-Za-z0-9_-]{16,}\.",
    ),
    (
        "a GitHub token",
        r"\b(?:gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})",
    ),
    ("a Slack token", r"\bxox[abeprs]-[A-Za-z0-9-]{10,}"),
    (
        "an Entra client secret",
        r"\b[A-Za-z0-9_.~-]{3}[78]Q~[A-Za-z0-9_.~-]{30,}",
    ),
    ("a Google key", r"\bAIza[0-9A-Za-z_-]{35}\b"),
    ("an Okta token", r"\b00[A-Za-z0-9_-]{40}\b"),
    ("a bearer token", r"(?i)\bbearer [A-Za-z0-9._~+/-]{20,}"),
    (
        "a password or secret",
        r#"(?i)"[a-z_]*(?:password|secret|secretaccesskey|access_?token|api_?key|private_?key)[a-z_]*"\s*:\s*"[^"\s]{16,}""#,
    ),
];

static PATTERNS: LazyLock<Vec<(&str, Regex)>> = LazyLock::new(|| {
    KINDS
        .iter()
        .filter_map(|(what, pattern)| Some((*what, Regex::new(pattern).ok()?)))
        .collect()
});

/// What `text` holds that looks like a secret. A word with `EXAMPLE` or `***` in it is taken for made up.
#[must_use]
pub fn looks_secret(text: &str) -> Option<&'static str> {
    PATTERNS.iter().find_map(|(what, pattern)| {
        pattern
            .find_iter(text)
            .any(|found| {
                !found.as_str().to_ascii_uppercase().contains("EXAMPLE")
                    && !found.as_str().contains("***")
            })
            .then_some(*what)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles_and_finds() {
        assert_eq!(PATTERNS.len(), KINDS.len());
        // Put together here so that no file of ours holds one.
        let key = format!("{}{}", "AKIA", "QWERTYUIOPASDFGH");
        assert_eq!(
            looks_secret(&format!("{{\"id\": \"{key}\"}}")),
            Some("an AWS access key")
        );
        let token = format!(
            "{}.{}.x",
            format_args!("eyJ{}", "h".repeat(20)),
            format_args!("eyJ{}", "p".repeat(20))
        );
        assert_eq!(looks_secret(&token), Some("a JSON web token"));
        let secret = format!("abc{}{}", "8Q~", "a".repeat(34));
        assert_eq!(looks_secret(&secret), Some("an Entra client secret"));
        assert_eq!(
            looks_secret(&format!("{{\"clientSecret\": \"{}\"}}", "q".repeat(20))),
            Some("a password or secret")
        );
    }

    #[test]
    fn made_up_and_plain_values_are_let_through() {
        for text in [
            "{\"AccessKeyId\": \"AKIAIOSFODNN7EXAMPLE\"}",
            "{\"passwordPolicies\": null, \"isSecretKnown\": true, \"secretText\": null}",
            "{\"passwordCredentials\": [{\"keyId\": \"f0b0b335-1d71-4883-8f98-567911bfdca6\"}]}",
            "{\"userPrincipalName\": \"grace@contoso.example\"}",
        ] {
            assert_eq!(looks_secret(text), None, "{text}");
        }
    }
}
