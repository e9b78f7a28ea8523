//! Faults as they appear in an answer.

use std::io;

use serde_json::{Value, json};
use stand_in::{Reply, bomb, spoil};

use crate::api::{ip_allow_list, secondary_limit, sso};
use crate::faults::Fault;
use crate::permission::Needs;
use crate::refusal::Refusal;
use crate::routes::upgrade;
use crate::state::State;
use crate::token::TokenKind;

/// The permission that a made-up refusal names.
const NAMED: Needs = &[&[("administration", crate::permission::Access::Read)]];

/// The answer that a fault gives instead of the right one, if it does.
pub(crate) fn instead(state: &State, path: &str, fault: &Fault) -> Option<Reply> {
    let refusal = match fault {
        Fault::Throttle(wait) => {
            let mut reply = Refusal::new(429, "Too many requests.").reply();
            if let Some(wait) = wait {
                reply.set("retry-after", wait.value(state.now()));
            }
            return Some(reply);
        }
        Fault::SecondaryLimit {
            status,
            retry_after,
        } => secondary_limit(*status, *retry_after),
        Fault::PrimaryLimit { status, reset } => {
            let reset = state.now() + chrono::Duration::from_std(*reset).unwrap_or_default();
            return Some(
                Refusal::new(*status, "API rate limit exceeded for user ID 5550001.")
                    .with("x-ratelimit-limit", "5000")
                    .with("x-ratelimit-remaining", "0")
                    .with("x-ratelimit-used", "5000")
                    .with("x-ratelimit-reset", reset.timestamp().to_string())
                    .with("x-ratelimit-resource", "core")
                    .reply(),
            );
        }
        Fault::Unauthorized => Refusal::bad_credentials(),
        Fault::Forbidden => Refusal::not_accessible(TokenKind::FineGrained, NAMED),
        Fault::NotFound => Refusal::not_found(),
        Fault::IpAllowList => ip_allow_list(),
        Fault::SsoRequired => sso(&state.company().login),
        Fault::Upgrade => upgrade(),
        Fault::Status(status) => Refusal::new(*status, "Something went wrong."),
        Fault::Redirect { status, location } => {
            let location = if location.is_empty() {
                format!("{}{path}", state.url)
            } else {
                location.clone()
            };
            return Some(
                Refusal::new(*status, "Moved")
                    .with("Location", location)
                    .reply(),
            );
        }
        Fault::HtmlPage => return Some(spoil::captive_portal()),
        Fault::AlwaysNotModified => return Some(Reply::new(304, "")),
        _ => return None,
    };
    Some(refusal.reply())
}

/// Applies the faults that change an answer.
pub(crate) fn change(reply: &mut Reply, faults: &[Fault]) -> io::Result<()> {
    for fault in faults {
        match fault {
            Fault::EmptyBody => reply.body.clear(),
            Fault::WrongContentType => reply.set("Content-Type", "text/plain"),
            Fault::InvalidJson => spoil::stop_in_the_middle(reply),
            Fault::OtherShape => {
                let body: Value = serde_json::from_slice(&reply.body).unwrap_or_default();
                let other = if body.is_array() {
                    json!({"message": "a list was due"})
                } else {
                    json!(["an object was due"])
                };
                reply.body = other.to_string().into_bytes();
            }
            Fault::GzipBomb { mebibytes } => {
                reply.body = bomb::gzip(br#"[{"login":""#, br#""}]"#, *mebibytes)?;
                reply.set("Content-Encoding", "gzip");
            }
            Fault::Oversized { mebibytes } => {
                let mut body = br#"[{"login":""#.to_vec();
                body.resize(body.len() + *mebibytes as usize * 1024 * 1024, b'a');
                body.extend_from_slice(br#""}]"#);
                reply.body = body;
            }
            Fault::NoEtag => reply.remove("etag"),
            _ => {}
        }
    }
    Ok(())
}
