//! How AWS is reached: one HTTP client, one set of keys, hosts by service and region.

use super::{
    keys::Keys,
    protocol::Shape,
    refusal::{LATE, Refusal},
    service::{Protocol, Service},
    target::Target,
    wire::{Exchange, NothingOfTheEnvironment, Wire, ready, send, shown_form},
};
use aws_config::{
    BehaviorVersion, Region, SdkConfig, retry::RetryConfig,
    stalled_stream_protection::StalledStreamProtectionConfig, timeout::TimeoutConfig,
};
use aws_credential_types::{Credentials, provider::SharedCredentialsProvider};
use aws_sigv4::{
    http_request::{SignableBody, SignableRequest, SigningSettings, sign},
    sign::v4,
};
use aws_smithy_runtime_api::client::{orchestrator::HttpResponse, result::SdkError};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, header};
use provider_kit::{Ask, HttpClient, ProviderError};
use serde_json::Value;
use std::time::SystemTime;
use tokio_util::sync::CancellationToken;
use url::Url;

/// The way to AWS.
pub struct Reach {
    /// What the user decided.
    pub target: Target,
    /// What signs.
    pub keys: Keys,
    /// The kit's client.
    pub http: HttpClient,
    /// Stops everything.
    pub cancel: CancellationToken,
}

/// What is asked of a service.
#[derive(Clone, Debug)]
pub enum Call {
    /// An operation with arguments in a form (EC2).
    Form(&'static str, Vec<(String, String)>),
    /// An operation with a JSON document (JSON 1.1).
    Document(&'static str, Value),
    /// A path, with a document where it is a `POST`.
    Path(&'static str, Option<Value>),
}

impl Reach {
    /// A connector for an SDK client.
    pub fn wire(&self, service: &str, region: &str) -> Wire {
        Wire::new(
            self.http.clone(),
            self.cancel.clone(),
            self.lane(service, region),
        )
    }

    /// At AWS each service and region has a host and a budget of its own. A stand-in has one address for all.
    fn lane(&self, service: &str, region: &str) -> Option<String> {
        self.target
            .endpoint
            .as_ref()
            .map(|_| format!("{service} {region}"))
    }

    /// The SDK's configuration for a region, made of what the user entered and of nothing else.
    pub fn sdk(&self, region: &str, credentials: Credentials) -> SdkConfig {
        let mut builder = SdkConfig::builder()
            // Fixed, so that an upgrade can't change how requests are made.
            .behavior_version(BehaviorVersion::v2026_01_12())
            .region(Region::new(region.to_owned()))
            .use_fips(self.target.fips_in(region))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            // The kit's client repeats and times out; two that do would multiply.
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::disabled())
            // It takes a request that waits for the network or its turn for one that hangs, and drops it unheard.
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        if let Some(endpoint) = &self.target.endpoint {
            builder = builder.endpoint_url(endpoint.as_str().trim_end_matches('/'));
        }
        builder.build()
    }

    /// An IAM client and what it is connected by. One at a time may use it: the wire keeps the last exchange.
    ///
    /// # Errors
    ///
    /// There are no credentials.
    pub async fn iam(&self) -> Result<(aws_sdk_iam::Client, Wire), ProviderError> {
        let wire = self.wire("iam", &self.target.home);
        let sdk = self.sdk(&self.target.home, self.keys.current(self).await?);
        let config = aws_sdk_iam::config::Builder::from(&sdk)
            .http_client(wire.clone())
            .interceptor(NothingOfTheEnvironment)
            .build();
        Ok((aws_sdk_iam::Client::from_conf(config), wire))
    }

    /// A client of AWS Config in `region`, as [`Reach::iam`].
    ///
    /// # Errors
    ///
    /// There are no credentials.
    pub async fn config(
        &self,
        region: &str,
    ) -> Result<(aws_sdk_config::Client, Wire), ProviderError> {
        let wire = self.wire("config", region);
        let sdk = self.sdk(region, self.keys.current(self).await?);
        let config = aws_sdk_config::config::Builder::from(&sdk)
            .http_client(wire.clone())
            .interceptor(NothingOfTheEnvironment)
            .build();
        Ok((aws_sdk_config::Client::from_conf(config), wire))
    }

    /// An SDK operation's typed output with the exchange behind it, or why there is none.
    ///
    /// # Errors
    ///
    /// What AWS or the network refused.
    pub fn settle<O, E>(
        &self,
        permission: &str,
        wire: &Wire,
        result: Result<O, SdkError<E, HttpResponse>>,
    ) -> Result<(O, Exchange), Refusal> {
        let unreadable = |why: &str| {
            Refusal::other(ProviderError::malformed(
                format!("{permission} could not be read."),
                why,
            ))
        };
        let exchange = match wire.take() {
            Some(Ok(exchange)) => exchange,
            Some(Err(error)) => return Err(Refusal::other(error)),
            // Nothing of the user's is in it: the SDK refused to make the request.
            None => return Err(unreadable("The request could not be made.")),
        };
        match (result, exchange.refusal.clone()) {
            (Ok(output), None) => Ok((output, exchange)),
            (_, Some(refusal)) => Err(Refusal::answered(
                permission,
                &self.target.partition,
                refusal,
                exchange,
            )),
            (Err(_), None) => Err(unreadable("The answer is not of the documented shape.")),
        }
    }

    /// Asks a service in `region`, signed (Signature Version 4).
    ///
    /// # Errors
    ///
    /// What AWS or the network refused.
    pub async fn ask(
        &self,
        service: &Service,
        region: &str,
        permission: &str,
        call: &Call,
    ) -> Result<Exchange, Refusal> {
        match self.ask_once(service, region, permission, call).await {
            // It waited for its turn for longer than a signature lasts: a new one is made.
            Err(refusal) if refusal.error.code == LATE => {
                self.ask_once(service, region, permission, call).await
            }
            other => other,
        }
    }

    async fn ask_once(
        &self,
        service: &Service,
        region: &str,
        permission: &str,
        call: &Call,
    ) -> Result<Exchange, Refusal> {
        let made = self.make(service, region, call).await;
        let (ask, form, shape) = made.map_err(Refusal::other)?;
        let (mut ask, shown) = ready(ask, &form, &shape);
        ask.lane = self.lane(service.id, region);
        let exchange = send(&self.http, &self.cancel, ask, shown, &shape)
            .await
            .map_err(Refusal::other)?;
        match exchange.refusal.clone() {
            None => Ok(exchange),
            Some(refusal) => Err(Refusal::answered(
                permission,
                &self.target.partition,
                refusal,
                exchange,
            )),
        }
    }

    /// The signed request, its arguments as a form, and the shape of its answer.
    async fn make(
        &self,
        service: &Service,
        region: &str,
        call: &Call,
    ) -> Result<(Ask, String, Shape), ProviderError> {
        let mut url = match &self.target.endpoint {
            Some(endpoint) => endpoint.clone(),
            None => Url::parse(&format!(
                "https://{}/",
                service.host(region, self.target.fips_in(region))
            ))
            .map_err(|_| broken())?,
        };
        let (method, kind, target, body, form, shape) = match call {
            Call::Form(action, arguments) => {
                let Protocol::Ec2 { version } = service.protocol else {
                    return Err(broken());
                };
                let form = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("Action", action)
                    .extend_pairs(arguments)
                    .append_pair("Version", version)
                    .finish();
                let kind = "application/x-www-form-urlencoded; charset=utf-8";
                let shape = Shape::Ec2((*action).to_owned());
                (Method::POST, kind, None, form.clone(), form, shape)
            }
            Call::Document(action, document) => {
                let Protocol::Json { target } = service.protocol else {
                    return Err(broken());
                };
                let form = shown_form(action, document);
                let target = Some(format!("{target}.{action}"));
                let kind = "application/x-amz-json-1.1";
                (
                    Method::POST,
                    kind,
                    target,
                    document.to_string(),
                    form,
                    Shape::Json,
                )
            }
            Call::Path(path, document) => {
                // A stand-in may live below a path of its own.
                let below = url.path().trim_end_matches('/').to_owned();
                url.set_path(&format!("{below}{path}"));
                let (method, body, form) = match document {
                    Some(document) => {
                        let form = shown_form("", document);
                        let form = form.split_once('&').map_or("", |(_, rest)| rest).to_owned();
                        (Method::POST, document.to_string(), form)
                    }
                    None => (Method::GET, String::new(), String::new()),
                };
                (method, "application/json", None, body, form, Shape::Json)
            }
        };
        let mut ask =
            Ask::new(method, url).header(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        if let Some(target) = target {
            let value = HeaderValue::try_from(target).map_err(|_| broken())?;
            ask = ask.header(HeaderName::from_static("x-amz-target"), value);
        }
        ask.body = (!body.is_empty()).then(|| Bytes::from(body));
        let credentials = self.keys.current(self).await?;
        Ok((signed(ask, service.id, region, credentials)?, form, shape))
    }
}

/// The request with AWS's signature over method, address, content type, target and body.
fn signed(
    mut ask: Ask,
    service: &str,
    region: &str,
    credentials: Credentials,
) -> Result<Ask, ProviderError> {
    let identity = credentials.into();
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service)
        .time(SystemTime::now())
        .settings(SigningSettings::default())
        .build()
        .map_err(|_| broken())?
        .into();
    let headers: Vec<(String, String)> = ask
        .headers
        .iter()
        .filter_map(|(name, value)| Some((name.to_string(), value.to_str().ok()?.to_owned())))
        .collect();
    let body = ask.body.clone().unwrap_or_default();
    let request = SignableRequest::new(
        ask.method.as_str(),
        ask.url.as_str(),
        headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str())),
        SignableBody::Bytes(&body),
    )
    .map_err(|_| broken())?;
    let (instructions, _) = sign(request, &parameters)
        .map_err(|_| broken())?
        .into_parts();
    for (name, value) in instructions.headers() {
        let name = HeaderName::try_from(name).map_err(|_| broken())?;
        let value = HeaderValue::try_from(value).map_err(|_| broken())?;
        ask = if matches!(name.as_str(), "authorization" | "x-amz-security-token") {
            ask.secret_header(name, value)
        } else {
            ask.header(name, value)
        };
    }
    Ok(ask)
}

/// Nothing the user entered leads here: hosts and operations are ours, and fields were validated.
fn broken() -> ProviderError {
    ProviderError::malformed(
        "The request to AWS could not be made.",
        "It could not be signed.",
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::client::service::{CLOUD_TRAIL, EC2, SECURITY_HUB};
    use provider_kit::{Connection, HttpPolicy, Manifest, MemoryLog};
    use secrecy::SecretString;
    use std::{collections::BTreeMap, sync::Arc};

    /// The way to AWS itself, with temporary credentials. Nothing is sent.
    fn reach(cloud: &str, extra: &[(&str, &str)]) -> Reach {
        let secrets = [
            ("access_key_id", "ASIAEXAMPLEEXAMPLE00"),
            ("secret_access_key", "made-up"),
            ("session_token", "made-up-token"),
        ];
        let connection = Connection {
            cloud: cloud.to_owned(),
            config: extra
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect::<BTreeMap<_, _>>(),
            secrets: secrets
                .map(|(name, value)| (name.to_owned(), SecretString::from(value)))
                .into(),
            http: HttpClient::new(HttpPolicy::default(), Arc::new(MemoryLog::default())).unwrap(),
            cancel: CancellationToken::new(),
        };
        let manifest = Manifest::parse(include_str!("../../provider.toml")).unwrap();
        Reach {
            target: Target::of(&manifest, &connection).unwrap(),
            keys: Keys::default(),
            http: connection.http,
            cancel: connection.cancel,
        }
    }

    async fn made(reach: &Reach, service: &Service, region: &str, call: &Call) -> Ask {
        reach.make(service, region, call).await.unwrap().0
    }

    #[tokio::test]
    async fn each_service_is_asked_at_its_own_host_and_signed_for_it() {
        let form = Call::Form("DescribeRegions", Vec::new());
        let ask = made(&reach("aws", &[]), &EC2, "eu-west-1", &form).await;
        assert_eq!(ask.url.as_str(), "https://ec2.eu-west-1.amazonaws.com/");
        let signature = ask.headers["authorization"].to_str().unwrap();
        assert!(
            signature.contains("/eu-west-1/ec2/aws4_request")
                && signature.contains("x-amz-security-token"),
            "{signature}"
        );
        assert_eq!(ask.headers["x-amz-security-token"], "made-up-token");
        for name in ["authorization", "x-amz-security-token"] {
            assert!(ask.headers[name].is_sensitive(), "{name}");
        }
        let document = Call::Document("DescribeTrails", serde_json::json!({}));
        let ask = made(&reach("aws", &[]), &CLOUD_TRAIL, "us-east-1", &document).await;
        assert_eq!(
            ask.url.as_str(),
            "https://cloudtrail-fips.us-east-1.amazonaws.com/"
        );
        let target = ask.headers["x-amz-target"].to_str().unwrap();
        assert!(target.ends_with("CloudTrail_20131101.DescribeTrails"));
    }

    #[tokio::test]
    async fn govcloud_and_the_fips_switch_lead_to_their_own_hosts() {
        let path = Call::Path("/accounts", None);
        for (cloud, extra, region, host) in [
            (
                "aws-us-gov",
                vec![],
                "us-gov-east-1",
                "securityhub-fips.us-gov-east-1.amazonaws.com",
            ),
            (
                "aws",
                vec![("fips", "off")],
                "us-east-1",
                "securityhub.us-east-1.amazonaws.com",
            ),
            (
                "aws",
                vec![],
                "ap-southeast-2",
                "securityhub.ap-southeast-2.amazonaws.com",
            ),
        ] {
            let reach = reach(cloud, &extra);
            let ask = made(&reach, &SECURITY_HUB, region, &path).await;
            assert_eq!(ask.url.as_str(), format!("https://{host}/accounts"));
            let sdk = reach.sdk(region, reach.keys.current(&reach).await.unwrap());
            let fips = host.contains("-fips");
            assert_eq!(sdk.use_fips().unwrap_or_default(), fips, "SDK clients too");
            assert!(sdk.endpoint_url().is_none());
        }
    }
}
