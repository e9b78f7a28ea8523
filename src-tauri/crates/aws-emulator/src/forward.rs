//! The way to moto: a client's request passed on, or a question of the emulator's own.

use bytes::Bytes;
use chrono::Utc;
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, EXPECT, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue, Method};

use crate::answer::Answer;
use crate::call::{Call, Wire};
use crate::sigv4;
use crate::state::State;

/// Headers that belong to one connection.
const OF_THE_CONNECTION: [HeaderName; 4] = [CONNECTION, CONTENT_LENGTH, EXPECT, TRANSFER_ENCODING];

/// Passes a request on. It keeps its `host`, which the client has signed.
pub(crate) async fn forward(state: &State, wire: &Wire) -> Answer {
    let path = wire
        .uri
        .path_and_query()
        .map_or("/", http::uri::PathAndQuery::as_str);
    let address = format!(
        "{}{path}",
        state.options.upstream.as_str().trim_end_matches('/')
    );
    let mut headers = wire.headers.clone();
    for name in OF_THE_CONNECTION {
        headers.remove(name);
    }
    let sent = state
        .http
        .request(wire.method.clone(), address)
        .headers(headers)
        .body(wire.body.clone())
        .send()
        .await;
    let received = match sent {
        Ok(response) => {
            let status = response.status().as_u16();
            let headers = kept(response.headers());
            response.bytes().await.map(|body| Answer {
                status,
                headers,
                body,
            })
        }
        Err(error) => Err(error),
    };
    received.unwrap_or_else(|error| {
        Answer::with_status(502, format!("moto does not answer: {error}"))
            .with("content-type", "text/plain")
    })
}

/// The request as moto can verify it, where the key's secret is known and the signature was verified already: moto
/// miscounts a request that has neither query nor body unless the hash of the body is a signed header.
pub(crate) fn resigned(state: &State, call: &Call, wire: &Wire) -> Wire {
    let mut wire = wire.clone();
    if let (Some(Some(secret)), true) = (state.secret(&call.key_id), call.service != "s3") {
        sigv4::sign(
            &mut wire,
            (&call.key_id, &secret),
            (&call.service, &call.region),
            Utc::now(),
        );
    }
    wire
}

fn kept(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .filter(|(name, _)| {
            !OF_THE_CONNECTION.contains(name) && !matches!(name.as_str(), "server" | "date")
        })
        .map(|(name, value)| {
            (
                name.to_string(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect()
}

/// Asks moto something on behalf of a call, in its region and with its key.
pub(crate) async fn ask(
    state: &State,
    call: &Call,
    method: Method,
    path: &str,
    target: Option<&'static str>,
    body: impl Into<Bytes>,
) -> Answer {
    let mut headers = HeaderMap::new();
    if let Some(target) = target {
        headers.insert("x-amz-target", HeaderValue::from_static(target));
    }
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static(call.protocol.content_type()),
    );
    let host = state
        .options
        .upstream
        .as_str()
        .split('/')
        .nth(2)
        .unwrap_or_default();
    if let Ok(host) = HeaderValue::from_str(host) {
        headers.insert(HOST, host);
    }
    let Ok(uri) = path.parse() else {
        return Answer::with_status(500, format!("{path} is no path"));
    };
    let mut wire = Wire {
        method,
        uri,
        headers,
        body: body.into(),
    };
    // Without a known secret moto does not check either.
    let secret = state.secret(&call.key_id).flatten().unwrap_or_default();
    sigv4::sign(
        &mut wire,
        (&call.key_id, &secret),
        (&call.service, &call.region),
        Utc::now(),
    );
    forward(state, &wire).await
}
