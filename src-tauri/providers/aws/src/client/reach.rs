//! How AWS is reached: one HTTP client, one set of keys, hosts by service and region.

use super::{
    keys::Keys,
    operation::encoded,
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
    http_request::{
        PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
        UriPathNormalizationMode, sign,
    },
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
    /// An operation with arguments in a form (EC2 and the query protocol).
    Form(&'static str, Vec<(String, String)>),
    /// An operation with a JSON document (JSON 1.1).
    Document(&'static str, Value),
    /// An encoded path, perhaps with a query, and a document where it is a `POST`.
    Path(String, Option<Value>),
    /// Something of S3.
    Part(Part),
}

/// What is asked of S3 or S3 Control.
#[derive(Clone, Debug)]
pub struct Part {
    /// The account's number, which S3 Control wants to hear.
    pub account: String,
    /// The bucket; `None` for what is asked of S3 itself.
    pub bucket: Option<String>,
    /// An encoded path with its query.
    pub path: String,
    /// The name of the answer's root element; a JSON object is expected where there is none.
    pub root: Option<&'static str>,
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
            // STS and Config have no such hosts in Canada.
            .use_fips(self.target.fips_in(region) && !region.starts_with("ca-"))
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
            // One host for every region.
            .use_fips(self.target.fips_in(&self.target.home))
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
        let region = service.region(region);
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
        let mut url = self.address(service, region, call)?;
        let json = "application/json";
        let (method, kind, target, body, form, shape) = match call {
            Call::Form(action, arguments) => {
                let (version, shape) = match service.protocol {
                    Protocol::Ec2 { version } => (version, Shape::Ec2((*action).to_owned())),
                    Protocol::Query { version } => (version, Shape::Query((*action).to_owned())),
                    _ => return Err(broken()),
                };
                let form = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("Action", action)
                    .extend_pairs(arguments)
                    .append_pair("Version", version)
                    .finish();
                let kind = "application/x-www-form-urlencoded; charset=utf-8";
                (Method::POST, Some(kind), None, form.clone(), form, shape)
            }
            Call::Document(action, document) => {
                let Protocol::Json { target } = service.protocol else {
                    return Err(broken());
                };
                let form = shown_form(action, document);
                let target = Some(format!("{target}.{action}"));
                let kind = Some("application/x-amz-json-1.1");
                let body = document.to_string();
                (Method::POST, kind, target, body, form, Shape::Json)
            }
            Call::Path(path, document) => {
                put_path(&mut url, path);
                let shown = url.query().unwrap_or_default().to_owned();
                match document {
                    Some(document) => {
                        let form = shown_form("", document);
                        let form = form.split_once('&').map_or("", |(_, rest)| rest).to_owned();
                        let body = document.to_string();
                        (Method::POST, Some(json), None, body, form, Shape::Json)
                    }
                    None => {
                        let body = String::new();
                        (Method::GET, Some(json), None, body, shown, Shape::Json)
                    }
                }
            }
            Call::Part(part) => {
                put_path(&mut url, &part.path);
                let shown = url.query().unwrap_or_default().to_owned();
                let shape = part.root.map_or(Shape::Json, Shape::Root);
                (Method::GET, None, None, String::new(), shown, shape)
            }
        };
        let mut ask = Ask::new(method, url);
        if let Some(kind) = kind {
            ask = ask.header(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        }
        if let (Protocol::S3Control, Call::Part(part)) = (service.protocol, call) {
            let account = HeaderValue::try_from(&part.account).map_err(|_| broken())?;
            ask = ask.header(HeaderName::from_static("x-amz-account-id"), account);
        }
        if let Some(target) = target {
            let value = HeaderValue::try_from(target).map_err(|_| broken())?;
            ask = ask.header(HeaderName::from_static("x-amz-target"), value);
        }
        ask.body = (!body.is_empty()).then(|| Bytes::from(body));
        let credentials = self.keys.current(self).await?;
        Ok((signed(ask, service, region, credentials)?, form, shape))
    }

    /// Where a service is asked, without the path. A bucket whose name can be a part of a host is one at AWS, as AWS
    /// wants it; one with a dot would fit no certificate, and a stand-in has one host: there it is a part of the path.
    fn address(&self, service: &Service, region: &str, call: &Call) -> Result<Url, ProviderError> {
        let bucket = match (service.protocol, call) {
            (Protocol::S3, Call::Part(part)) => part.bucket.as_deref(),
            _ => None,
        };
        let mut first = String::new();
        let mut below = String::new();
        match (&self.target.endpoint, bucket) {
            (None, Some(bucket)) if fits_a_host(bucket) => first = format!("{bucket}."),
            (_, Some(bucket)) => below = format!("/{}", encoded(bucket)),
            (_, None) => {}
        }
        if let (None, Protocol::S3Control, Call::Part(part)) =
            (&self.target.endpoint, service.protocol, call)
        {
            if !fits_a_host(&part.account) {
                return Err(broken());
            }
            first = format!("{}.", part.account);
        }
        let mut url = match &self.target.endpoint {
            Some(endpoint) => endpoint.clone(),
            None => {
                let host = service.host(region, self.target.fips_in(region));
                Url::parse(&format!("https://{first}{host}/")).map_err(|_| broken())?
            }
        };
        // A stand-in may live below a path of its own.
        let path = format!("{}{below}", url.path().trim_end_matches('/'));
        url.set_path(&path);
        Ok(url)
    }
}

/// Whether a name can stand before a host's, under a certificate for it.
fn fits_a_host(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// Puts a path with its query below what is there.
fn put_path(url: &mut Url, path: &str) {
    let (path, query) = match path.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (path, None),
    };
    let below = url.path().trim_end_matches('/').to_owned();
    // What asks a bucket for a part of it has no path of its own.
    let whole = match path {
        "/" if !below.is_empty() => below,
        path => format!("{below}{path}"),
    };
    url.set_path(&whole);
    url.set_query(query);
}

/// The request with AWS's signature over method, address, content type, target and body.
fn signed(
    mut ask: Ask,
    service: &Service,
    region: &str,
    credentials: Credentials,
) -> Result<Ask, ProviderError> {
    let identity = credentials.into();
    let mut settings = SigningSettings::default();
    if matches!(service.protocol, Protocol::S3 | Protocol::S3Control) {
        // S3 takes the path as it is, and wants the body's digest in a header.
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    }
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name(service.id)
        .time(SystemTime::now())
        .settings(settings)
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
    use crate::client::service::{CLOUD_TRAIL, EC2, ORGANIZATIONS, S3, S3_CONTROL, SECURITY_HUB};
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
            renewed: provider_kit::auth::unkept(),
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
        let path = Call::Path("/accounts".to_owned(), None);
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

    #[tokio::test]
    async fn in_canada_the_sdk_asks_at_ordinary_hosts() {
        let reach = reach("aws", &[]);
        for (region, fips) in [
            ("ca-central-1", false),
            ("us-west-2", true),
            ("eu-west-1", false),
        ] {
            let sdk = reach.sdk(region, reach.keys.current(&reach).await.unwrap());
            assert_eq!(sdk.use_fips().unwrap_or_default(), fips, "{region}");
        }
    }

    fn part(bucket: Option<&str>, path: &str) -> Call {
        Call::Part(Part {
            account: "123456789012".to_owned(),
            bucket: bucket.map(str::to_owned),
            path: path.to_owned(),
            root: Some("R"),
        })
    }

    #[tokio::test]
    async fn a_bucket_is_a_part_of_the_host_where_it_can_be() {
        for (cloud, extra, region, bucket, address) in [
            (
                "aws",
                vec![],
                "us-east-1",
                "plain-1",
                "https://plain-1.s3-fips.us-east-1.amazonaws.com/?acl",
            ),
            (
                "aws",
                vec![],
                "eu-west-1",
                "plain-1",
                "https://plain-1.s3.eu-west-1.amazonaws.com/?acl",
            ),
            (
                "aws-us-gov",
                vec![],
                "us-gov-east-1",
                "with.dot",
                "https://s3-fips.us-gov-east-1.amazonaws.com/with.dot?acl",
            ),
            (
                "aws",
                vec![("fips", "off")],
                "us-east-1",
                "Old_one/x",
                "https://s3.us-east-1.amazonaws.com/Old_one%2Fx?acl",
            ),
            (
                "custom",
                vec![("endpoint_url", "http://127.0.0.1:9/below/")],
                "us-east-1",
                "plain-1",
                "http://127.0.0.1:9/below/plain-1?acl",
            ),
        ] {
            let ask = made(
                &reach(cloud, &extra),
                &S3,
                region,
                &part(Some(bucket), "/?acl"),
            )
            .await;
            assert_eq!(ask.url.as_str(), address);
            assert!(!ask.headers.contains_key("content-type"));
            assert!(ask.headers.contains_key("x-amz-content-sha256"));
            let signature = ask.headers["authorization"].to_str().unwrap();
            assert!(signature.contains(&format!("/{region}/s3/aws4_request")));
        }
        let list = part(None, "/?max-buckets=1000");
        let ask = made(&reach("aws", &[]), &S3, "us-east-1", &list).await;
        assert_eq!(
            ask.url.as_str(),
            "https://s3-fips.us-east-1.amazonaws.com/?max-buckets=1000"
        );
    }

    #[tokio::test]
    async fn s3_control_is_asked_at_the_accounts_host() {
        let path = "/v20180820/configuration/publicAccessBlock";
        let gov = reach("aws-us-gov", &[]);
        let ask = made(&gov, &S3_CONTROL, "us-gov-west-1", &part(None, path)).await;
        assert_eq!(
            ask.url.as_str(),
            format!("https://123456789012.s3-control-fips.us-gov-west-1.amazonaws.com{path}")
        );
        assert_eq!(ask.headers["x-amz-account-id"], "123456789012");
        let stand_in = reach("custom", &[("endpoint_url", "http://127.0.0.1:9")]);
        let ask = made(&stand_in, &S3_CONTROL, "us-east-1", &part(None, path)).await;
        assert_eq!(ask.url.as_str(), format!("http://127.0.0.1:9{path}"));
    }

    #[tokio::test]
    async fn a_call_that_the_service_does_not_take_is_not_made() {
        let form = Call::Form("DescribeOrganization", Vec::new());
        let made = reach("aws", &[])
            .make(&ORGANIZATIONS, "us-east-1", &form)
            .await;
        assert!(made.is_err());
    }
}
