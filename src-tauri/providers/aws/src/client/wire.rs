//! The SDK's way out: the kit's HTTP client, bounded, logged and paced, in place of the SDK's own.

use super::protocol::{self, Shape};
use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        http::{
            HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings,
            SharedHttpConnector,
        },
        interceptors::{
            Intercept, context::BeforeTransmitInterceptorContextMut, dyn_dispatch_hint,
        },
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
    http::StatusCode,
};
use aws_smithy_types::{body::SdkBody, config_bag::ConfigBag};
use bytes::Bytes;
use chrono::{DateTime, Utc};
use evidence::PageRequest;
use http::{HeaderName, HeaderValue, Method};
use provider_kit::{Ask, Expects, HttpClient as KitClient, ProviderError, http::redacted_form};
use serde_json::Value;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;
use url::Url;

/// An answer that is XML or JSON but not AWS's is asked for once more, like one that is not XML at all.
const MALFORMED_ATTEMPTS: u32 = 2;
/// Headers that AWS's signature leaves out and that would tell about this machine's environment.
const NOT_SENT: [&str; 2] = ["user-agent", "x-amzn-trace-id"];
/// Headers that hold what signs for us.
const SECRET: [&str; 3] = [
    "authorization",
    "x-amz-security-token",
    "x-amz-sso_bearer_token",
];

/// One request as evidence names it, and its answer as it came.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The request without signature, host as asked.
    pub request: PageRequest,
    /// The status.
    pub status: u16,
    /// The decoded body.
    pub body: Bytes,
    /// Code and message, where AWS refused.
    pub refusal: Option<(String, String)>,
    /// Seconds by which AWS's clock is ahead of this computer's; `None` where it does not say.
    pub skew_s: Option<i64>,
}

/// Sends a request until an answer of AWS comes, or gives up on what is none after [`MALFORMED_ATTEMPTS`].
///
/// # Errors
///
/// The kit's, and a malformed answer.
pub async fn send(
    http: &KitClient,
    cancel: &CancellationToken,
    ask: Ask,
    shown: PageRequest,
    shape: &Shape,
) -> Result<Exchange, ProviderError> {
    let mut attempt = 1;
    loop {
        let answer = http.send(ask.clone(), cancel).await?;
        if protocol::is_of_aws(&answer, shape) {
            let refusal = (!answer.is_success())
                .then(|| protocol::refusal(&answer))
                .flatten();
            let skew_s = answer
                .header("date")
                .and_then(|date| skew(date, Utc::now()));
            return Ok(Exchange {
                request: shown,
                status: answer.status,
                body: answer.body,
                refusal,
                skew_s,
            });
        }
        if attempt >= MALFORMED_ATTEMPTS {
            let why = format!(
                "It is not AWS's answer to {} (status {}).",
                operation(&shown),
                answer.status
            );
            return Err(ProviderError::malformed(
                format!("The answer of {} can't be read.", shown.host),
                why,
            ));
        }
        attempt += 1;
    }
}

/// The operation's name, which is first in every shown query; the path for those that have none.
fn operation(shown: &PageRequest) -> &str {
    let first = shown.query.split('&').next().unwrap_or_default();
    first.strip_prefix("Action=").unwrap_or(&shown.path)
}

/// The connector of one SDK client. It keeps the last exchange, or the failure in its place: the SDK's types hold
/// neither the raw body nor our errors.
#[derive(Clone, Debug)]
pub struct Wire {
    http: KitClient,
    cancel: CancellationToken,
    lane: Option<String>,
    last: Arc<Mutex<Option<Result<Exchange, ProviderError>>>>,
}

impl Wire {
    /// A connector over `http`, drawing on the budget `lane` (see [`Ask::lane`]).
    pub fn new(http: KitClient, cancel: CancellationToken, lane: Option<String>) -> Self {
        Self {
            http,
            cancel,
            lane,
            last: Arc::default(),
        }
    }

    /// What came of the last request; `None` where none was sent since the last call.
    pub fn take(&self) -> Option<Result<Exchange, ProviderError>> {
        self.slot().take()
    }

    fn slot(&self) -> MutexGuard<'_, Option<Result<Exchange, ProviderError>>> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn exchange(&self, request: HttpRequest) -> Result<Exchange, ProviderError> {
        let (mut ask, shown, shape) = translate(&request)?;
        ask.lane.clone_from(&self.lane);
        send(&self.http, &self.cancel, ask, shown, &shape).await
    }
}

impl HttpConnector for Wire {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let wire = self.clone();
        HttpConnectorFuture::new(async move {
            let outcome = wire.exchange(request).await;
            *wire.slot() = Some(outcome.clone());
            match outcome {
                Ok(exchange) => {
                    let status = StatusCode::try_from(exchange.status)
                        .map_err(|error| ConnectorError::other(error.into(), None))?;
                    Ok(HttpResponse::new(status, SdkBody::from(exchange.body)))
                }
                Err(error) => Err(ConnectorError::other(error.into(), None)),
            }
        })
    }
}

impl HttpClient for Wire {
    fn http_connector(
        &self,
        _: &HttpConnectorSettings,
        _: &RuntimeComponents,
    ) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

/// Takes away what the SDK tells about the environment before the request is signed.
#[derive(Debug)]
pub struct NothingOfTheEnvironment;

#[dyn_dispatch_hint]
impl Intercept for NothingOfTheEnvironment {
    fn name(&self) -> &'static str {
        "NothingOfTheEnvironment"
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        context
            .request_mut()
            .headers_mut()
            .remove("x-amz-user-agent");
        Ok(())
    }
}

/// The SDK's request as the kit's, as evidence names it, and what its answer has to look like.
fn translate(request: &HttpRequest) -> Result<(Ask, PageRequest, Shape), ProviderError> {
    let broken = |why: &str| ProviderError::malformed("The request to AWS could not be made.", why);
    let url = Url::parse(request.uri()).map_err(|_| broken("Its address is not one."))?;
    let method = Method::from_bytes(request.method().as_bytes())
        .map_err(|_| broken("Its method is not one."))?;
    let body = request.body().bytes().unwrap_or_default();
    let (form, shape) = match request.headers().get("x-amz-target") {
        Some(target) => {
            let action = target.rsplit_once('.').map_or(target, |(_, action)| action);
            let arguments = serde_json::from_slice(body).unwrap_or_default();
            (shown_form(action, &arguments), Shape::Json)
        }
        // IAM Identity Center: a path, and a body that holds what signs in.
        None if !is_form(request) => (String::new(), Shape::Json),
        None => {
            let action = url::form_urlencoded::parse(body)
                .find(|(name, _)| name == "Action")
                .map(|(_, value)| value.into_owned())
                .unwrap_or_default();
            (
                String::from_utf8_lossy(body).into_owned(),
                Shape::Query(action),
            )
        }
    };
    let mut ask = Ask::new(method, with_an_address(url));
    ask.body = (!body.is_empty()).then(|| Bytes::copy_from_slice(body));
    let is_signed = request.headers().get("authorization").is_some();
    for (name, value) in request.headers() {
        let name = HeaderName::try_from(name).map_err(|_| broken("A header's name is not one."))?;
        let left_out = NOT_SENT.contains(&name.as_str())
            || name == http::header::CONTENT_LENGTH
            // Of signed requests it is taken away before they are signed.
            || (!is_signed && name == "x-amz-user-agent");
        if left_out {
            continue;
        }
        let value =
            HeaderValue::try_from(value).map_err(|_| broken("A header's value is not one."))?;
        ask = if SECRET.contains(&name.as_str()) {
            ask.secret_header(name, value)
        } else {
            ask.header(name, value)
        };
    }
    let (ask, shown) = ready(ask, &form, &shape);
    Ok((ask, shown, shape))
}

fn is_form(request: &HttpRequest) -> bool {
    request
        .headers()
        .get("content-type")
        .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"))
}

/// IAM Identity Center has no FIPS hosts (botocore's list of endpoints), though the endpoint rules name some.
fn with_an_address(url: Url) -> Url {
    let plain = ["portal.sso", "oidc"].iter().find_map(|name| {
        let region = url.host_str()?.strip_prefix(name)?.strip_prefix("-fips.")?;
        let mut plain = url.clone();
        plain.set_host(Some(&format!("{name}.{region}"))).ok()?;
        Some(plain)
    });
    plain.unwrap_or(url)
}

/// A reading request as the kit sends it, and as evidence and the log name it: the path says nothing here, so the
/// operation and its arguments (`form`, encoded) stand with it.
pub fn ready(ask: Ask, form: &str, shape: &Shape) -> (Ask, PageRequest) {
    let expects = match shape {
        Shape::Query(_) | Shape::Ec2(_) | Shape::Root(_) => Expects::Xml,
        Shape::Json => Expects::Json,
    };
    let path = ask.url.path().to_owned();
    let query = redacted_form(form);
    let action = query.split('&').next().unwrap_or_default();
    let logged = if action.starts_with("Action=") {
        format!("{path}?{action}")
    } else if ask.url.query().is_some() {
        // Its name says which part is asked for; a value can name a resource.
        format!("{path}?{}", action.split('=').next().unwrap_or_default())
    } else {
        path.clone()
    };
    let ask = ask
        .expects(expects)
        .throttled_when(protocol::is_throttled)
        .own_failure_when(|answer| protocol::refusal(answer).is_some())
        .repeatable()
        .logged_as(logged);
    let shown = PageRequest {
        path,
        query,
        ..ask.page_request()
    };
    (ask, shown)
}

/// An operation of a JSON protocol as a form, so that every request is shown alike.
pub fn shown_form(action: &str, arguments: &Value) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    form.append_pair("Action", action);
    for (name, value) in arguments.as_object().into_iter().flatten() {
        match value {
            Value::String(text) => form.append_pair(name, text),
            other => form.append_pair(name, &other.to_string()),
        };
    }
    form.finish()
}

fn skew(date: &str, now: DateTime<Utc>) -> Option<i64> {
    Some((DateTime::parse_from_rfc2822(date).ok()?.to_utc() - now).num_seconds())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_sign_on_is_asked_where_it_has_an_address() {
        for (host, asked) in [
            (
                "portal.sso-fips.us-east-1.amazonaws.com",
                "portal.sso.us-east-1.amazonaws.com",
            ),
            (
                "oidc-fips.us-east-1.amazonaws.com",
                "oidc.us-east-1.amazonaws.com",
            ),
            (
                "portal.sso.us-gov-west-1.amazonaws.com",
                "portal.sso.us-gov-west-1.amazonaws.com",
            ),
            (
                "sts-fips.us-east-1.amazonaws.com",
                "sts-fips.us-east-1.amazonaws.com",
            ),
        ] {
            let url = Url::parse(&format!("https://{host}/a?b=c")).unwrap();
            assert_eq!(
                with_an_address(url).as_str(),
                format!("https://{asked}/a?b=c")
            );
        }
    }

    #[test]
    fn the_token_of_a_sign_on_is_secret_and_its_answer_json() {
        let mut request = HttpRequest::get(
            "https://portal.sso.us-east-1.amazonaws.com/federation/credentials?role_name=r",
        )
        .unwrap();
        request
            .headers_mut()
            .insert("x-amz-sso_bearer_token", "made-up-token");
        request
            .headers_mut()
            .insert("x-amz-user-agent", "about this computer");
        let (ask, shown, shape) = translate(&request).unwrap();
        assert!(ask.headers["x-amz-sso_bearer_token"].is_sensitive());
        assert!(!ask.headers.contains_key("x-amz-user-agent"));
        assert_eq!((shape, ask.body), (Shape::Json, None));
        assert!(!format!("{shown:?}").contains("made-up-token"));
    }
}
