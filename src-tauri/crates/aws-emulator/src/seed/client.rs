//! Plain signed requests to moto, in the three shapes that seeding needs.

use bytes::Bytes;
use chrono::Utc;
use http::header::{CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;
use url::Url;

use super::SeedError;
use crate::call::Wire;
use crate::sigv4;

/// Moto takes any key until it enforces permissions.
const KEY: (&str, &str) = ("AKIASEEDSEEDSEEDSEED", "made-up");

/// A client of one moto.
pub(super) struct Client {
    http: reqwest::Client,
    url: Url,
}

impl Client {
    pub(super) fn new(url: &Url) -> Result<Self, SeedError> {
        Ok(Self {
            http: reqwest::Client::builder().no_proxy().build()?,
            url: url.clone(),
        })
    }

    /// An operation of a service with forms.
    pub(super) async fn form(
        &self,
        (service, region): (&str, &str),
        version: &str,
        action: &str,
        pairs: &[(&str, &str)],
    ) -> Result<String, SeedError> {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("Action", action)
            .append_pair("Version", version)
            .extend_pairs(pairs)
            .finish();
        let kind = "application/x-www-form-urlencoded; charset=utf-8";
        self.send(
            (service, region),
            Method::POST,
            "/",
            kind,
            None,
            body.into(),
            action,
        )
        .await
    }

    /// An operation of IAM.
    pub(super) async fn iam(
        &self,
        region: &str,
        action: &str,
        pairs: &[(&str, &str)],
    ) -> Result<String, SeedError> {
        self.form(("iam", region), "2010-05-08", action, pairs)
            .await
    }

    /// An operation of EC2.
    pub(super) async fn ec2(
        &self,
        region: &str,
        action: &str,
        pairs: &[(&str, &str)],
    ) -> Result<String, SeedError> {
        self.form(("ec2", region), "2016-11-15", action, pairs)
            .await
    }

    /// An operation of a service with targets; `prefix` is what stands before its name.
    pub(super) async fn target(
        &self,
        scope: (&str, &str),
        prefix: &str,
        operation: &str,
        body: Value,
    ) -> Result<String, SeedError> {
        let target = format!("{prefix}.{operation}");
        let kind = "application/x-amz-json-1.1";
        let body = body.to_string().into();
        self.send(
            scope,
            Method::POST,
            "/",
            kind,
            Some(&target),
            body,
            operation,
        )
        .await
    }

    /// An operation of a service with methods and paths.
    pub(super) async fn rest(
        &self,
        scope: (&str, &str),
        method: Method,
        path: &str,
        body: impl Into<Bytes>,
    ) -> Result<String, SeedError> {
        let what = format!("{method} {path}");
        self.send(
            scope,
            method,
            path,
            "application/json",
            None,
            body.into(),
            &what,
        )
        .await
    }

    #[expect(
        clippy::too_many_arguments,
        reason = "the parts of one request, called from here alone"
    )]
    async fn send(
        &self,
        scope: (&str, &str),
        method: Method,
        path: &str,
        kind: &str,
        target: Option<&str>,
        body: Bytes,
        what: &str,
    ) -> Result<String, SeedError> {
        let incomplete = |part| SeedError::Incomplete {
            what: what.to_owned(),
            part,
        };
        let host = format!(
            "{}:{}",
            self.url.host_str().unwrap_or_default(),
            self.url.port_or_known_default().unwrap_or_default()
        );
        let mut headers = HeaderMap::new();
        let mut put = |name: HeaderName, text: &str| {
            HeaderValue::from_str(text).map(|value| headers.insert(name, value))
        };
        put(HOST, &host).map_err(|_| incomplete("host"))?;
        put(CONTENT_TYPE, kind).map_err(|_| incomplete("content type"))?;
        if let Some(target) = target {
            put(HeaderName::from_static("x-amz-target"), target)
                .map_err(|_| incomplete("target"))?;
        }
        let mut wire = Wire {
            method,
            uri: path.parse().map_err(|_| incomplete("path"))?,
            headers,
            body,
        };
        sigv4::sign(&mut wire, KEY, scope, Utc::now());
        let address = format!("{}{path}", self.url.as_str().trim_end_matches('/'));
        let response = self
            .http
            .request(wire.method, address)
            .headers(wire.headers)
            .body(wire.body)
            .send()
            .await?;
        let status = response.status().as_u16();
        let bytes = response.bytes().await?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if (200..300).contains(&status) {
            Ok(text)
        } else {
            Err(SeedError::Refused {
                what: what.to_owned(),
                status,
                text: text.chars().take(300).collect(),
            })
        }
    }
}
