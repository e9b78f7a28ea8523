//! The SDK's way out: the kit's HTTP client, bounded, logged and paced, in place of the SDK's own.

use crate::xml;
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
use provider_kit::{
    Answer, Ask, Expects, HttpClient as KitClient, ProviderError, http::redacted_form,
};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio_util::sync::CancellationToken;
use url::Url;

/// An answer that is XML but not AWS's is asked for once more, like one that is not XML at all.
const MALFORMED_ATTEMPTS: u32 = 2;
/// Headers that AWS's signature leaves out and that would tell about this machine's environment.
const NOT_SENT: [&str; 2] = ["user-agent", "x-amzn-trace-id"];

/// One request as evidence names it, and its answer as it came.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The request without signature, host as asked.
    pub request: PageRequest,
    /// The status.
    pub status: u16,
    /// The decoded body.
    pub body: Bytes,
    /// Seconds by which AWS's clock is ahead of this computer's; `None` where it does not say.
    pub skew_s: Option<i64>,
}

/// The connector of one SDK client. It keeps the last exchange, or the failure in its place: the SDK's types hold
/// neither the raw body nor our errors.
#[derive(Clone, Debug)]
pub struct Wire {
    http: KitClient,
    cancel: CancellationToken,
    last: Arc<Mutex<Option<Result<Exchange, ProviderError>>>>,
}

impl Wire {
    /// A connector over `http`.
    pub fn new(http: KitClient, cancel: CancellationToken) -> Self {
        Self {
            http,
            cancel,
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
        let (ask, shown, action) = translate(&request)?;
        let mut attempt = 1;
        loop {
            let answer = self.http.send(ask.clone(), &self.cancel).await?;
            if is_of_aws(&answer, &action) {
                let skew_s = answer
                    .header("date")
                    .and_then(|date| skew(date, Utc::now()));
                return Ok(Exchange {
                    request: shown,
                    status: answer.status,
                    body: answer.body,
                    skew_s,
                });
            }
            if attempt >= MALFORMED_ATTEMPTS {
                let why = format!(
                    "It is not AWS's answer to {action} (status {}).",
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

/// The SDK's request as the kit's, as evidence names it, and its action.
fn translate(request: &HttpRequest) -> Result<(Ask, PageRequest, String), ProviderError> {
    let broken = |why: &str| ProviderError::malformed("The request to AWS could not be made.", why);
    let url = Url::parse(request.uri()).map_err(|_| broken("Its address is not one."))?;
    let method = Method::from_bytes(request.method().as_bytes())
        .map_err(|_| broken("Its method is not one."))?;
    let body = request.body().bytes().unwrap_or_default();
    let form = String::from_utf8_lossy(body).into_owned();
    let action = url::form_urlencoded::parse(body)
        .find(|(name, _)| name == "Action")
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default();
    let mut ask = Ask::new(method, url)
        .expects(Expects::Xml)
        .throttled_when(is_throttled)
        .repeatable();
    // The path says nothing here: the log shows the operation with it.
    let shown_path = ask.url.path().to_owned();
    ask = ask.logged_as(format!("{shown_path}?Action={action}"));
    ask.body = Some(Bytes::copy_from_slice(body));
    for (name, value) in request.headers() {
        let name = HeaderName::try_from(name).map_err(|_| broken("A header's name is not one."))?;
        if NOT_SENT.contains(&name.as_str()) || name == http::header::CONTENT_LENGTH {
            continue;
        }
        let value =
            HeaderValue::try_from(value).map_err(|_| broken("A header's value is not one."))?;
        // Both hold what signs for us.
        ask = if matches!(name.as_str(), "authorization" | "x-amz-security-token") {
            ask.secret_header(name, value)
        } else {
            ask.header(name, value)
        };
    }
    let shown = PageRequest {
        path: shown_path,
        query: redacted_form(&form),
        ..ask.page_request()
    };
    Ok((ask, shown, action))
}

/// Whether an answer is one of AWS's query protocol: the action's own, or an error with a code.
fn is_of_aws(answer: &Answer, action: &str) -> bool {
    if answer.is_success() {
        xml::result(&answer.body, action).is_ok()
    } else {
        xml::error_code(&answer.body).is_some()
    }
}

fn is_throttled(answer: &Answer) -> bool {
    answer.status == 400
        && xml::error_code(&answer.body).is_some_and(|code| {
            code.starts_with("Throttling")
                || code == "RequestLimitExceeded"
                || code == "TooManyRequestsException"
        })
}

fn skew(date: &str, now: DateTime<Utc>) -> Option<i64> {
    Some((DateTime::parse_from_rfc2822(date).ok()?.to_utc() - now).num_seconds())
}
