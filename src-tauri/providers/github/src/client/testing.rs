//! Made-up answers and connections for the client's tests.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use provider_kit::{Answer, Connection, HttpClient, HttpPolicy, MemoryLog, auth::unkept};
use secrecy::SecretString;
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use url::Url;

/// An answer of this kind.
pub fn answer(status: u16, body: &str, headers: &[(&'static str, &str)]) -> Answer {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| {
            let value = HeaderValue::from_bytes(value.as_bytes());
            // What no header can carry comes as something odd that one can.
            let value = value.unwrap_or_else(|_| HeaderValue::from_static("A-1<b>"));
            (HeaderName::from_static(name), value)
        })
        .collect();
    Answer {
        status,
        headers,
        body: Bytes::from(body.to_owned()),
        #[expect(clippy::expect_used, reason = "the address is a constant")]
        url: Url::parse("https://api.example.com/x").expect("an address"),
        tls_issuer: None,
    }
}

/// A connection with a token to what listens at `base`.
#[expect(clippy::expect_used, reason = "the policy is a constant")]
pub fn connection(base: &str) -> Connection {
    let policy = HttpPolicy {
        pacing: false,
        attempts: 3,
        backoff_base: Duration::from_millis(1),
        backoff_cap: Duration::from_millis(5),
        ..HttpPolicy::default()
    };
    Connection {
        cloud: "custom".to_owned(),
        config: [("organization", "acme"), ("base_url", base)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
        secrets: [(
            "token".to_owned(),
            SecretString::from("github_pat_CANARY".to_owned()),
        )]
        .into(),
        renewed: unkept(),
        http: HttpClient::new(policy, Arc::new(MemoryLog::default())).expect("a client"),
        cancel: CancellationToken::new(),
    }
}
