//! The emulator seen from outside. What moto has a part in is tested before a real moto; the rest without one, because
//! starting it takes a second.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod admission;
mod binary;
mod faults;
mod own;
mod seeding;

use aws_emulator::{Answer, Emulator, Moto, Options};
use aws_lc_rs::{digest, hmac};
use chrono::Utc;
use reqwest::{Client, RequestBuilder, Response};
use serde_json::Value;

/// An emulator before a moto, and a client of it that signs.
struct Bench {
    moto: Option<Moto>,
    emulator: Emulator,
    client: Client,
    key: (String, String),
}

/// Status, content type, body.
type Told = (u16, String, String);

impl Bench {
    /// Before a moto of its own.
    fn new(change: impl FnOnce(&mut Options)) -> Self {
        let moto = Moto::start().unwrap();
        let options = Options::new(moto.url().clone());
        Self::with(options, Some(moto), change)
    }

    /// Without a moto, and with short answers to a few operations that moto would serve.
    fn alone(change: impl FnOnce(&mut Options)) -> Self {
        let nobody = "http://127.0.0.1:9/".parse().unwrap();
        let bench = Self::with(Options::new(nobody), None, change);
        for (call, answer) in [
            ("iam:ListUsers", "<ListUsersResponse/>"),
            ("iam:ListGroups", "<ListGroupsResponse/>"),
            ("ec2:DescribeVolumes", "<DescribeVolumesResponse/>"),
            ("sts", "<Account>{account}</Account>"),
            ("config:DescribeConfigRules", r#"{"ConfigRules":[]}"#),
            ("securityhub:DescribeHub", "{}"),
        ] {
            bench.emulator.set_answer(call, Answer::ok(answer));
        }
        bench
    }

    fn with(mut options: Options, moto: Option<Moto>, change: impl FnOnce(&mut Options)) -> Self {
        change(&mut options);
        Self {
            emulator: Emulator::start(options).unwrap(),
            moto,
            client: Client::builder().no_proxy().build().unwrap(),
            key: ("AKIAMADEUPMADEUPMADE".to_owned(), "made-up".to_owned()),
        }
    }

    fn moto(&self) -> &Moto {
        self.moto.as_ref().unwrap()
    }

    fn form(&self, service: &str, region: &str, version: &str, form: &str) -> RequestBuilder {
        let body = format!("{form}&Version={version}");
        self.signed(service, region, "POST", "/", &body, &[])
            .header(
                "content-type",
                "application/x-www-form-urlencoded; charset=utf-8",
            )
    }

    async fn iam(&self, form: &str) -> Told {
        told(self.form("iam", "us-east-1", "2010-05-08", form)).await
    }

    async fn ec2(&self, region: &str, form: &str) -> Told {
        told(self.form("ec2", region, "2016-11-15", form)).await
    }

    async fn sts(&self, region: &str) -> Told {
        told(self.form("sts", region, "2011-06-15", "Action=GetCallerIdentity")).await
    }

    fn json(&self, service: &str, region: &str, operation: &str, body: &str) -> RequestBuilder {
        let prefix = match service {
            "config" => "StarlingDoveService",
            "cloudtrail" => "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
            "ssm" => "AmazonSSM",
            other => panic!("{other}"),
        };
        let target = format!("{prefix}.{operation}");
        self.signed(
            service,
            region,
            "POST",
            "/",
            body,
            &[("x-amz-target", &target)],
        )
        .header("content-type", "application/x-amz-json-1.1")
    }

    async fn target(
        &self,
        service: &str,
        region: &str,
        operation: &str,
        body: &str,
    ) -> (u16, Value) {
        let (status, kind, text) = told(self.json(service, region, operation, body)).await;
        assert_eq!(kind, "application/x-amz-json-1.1", "{operation}: {text}");
        (status, serde_json::from_str(&text).unwrap())
    }

    async fn rest(
        &self,
        service: &str,
        region: &str,
        method: &str,
        path: &str,
        body: &str,
    ) -> (u16, Value) {
        let (status, kind, text) =
            told(self.signed(service, region, method, path, body, &[])).await;
        assert_eq!(kind, "application/json", "{path}: {text}");
        (status, serde_json::from_str(&text).unwrap())
    }

    /// A signed request. Written once more, apart from the emulator's own, for plain paths and queries in order.
    fn signed(
        &self,
        service: &str,
        region: &str,
        method: &str,
        path: &str,
        body: &str,
        headers: &[(&str, &str)],
    ) -> RequestBuilder {
        let host = self.emulator.url().trim_start_matches("http://");
        let stamp = Utc::now().format("%Y%m%dT%H%M%SZ").to_string();
        let hash = hex::encode(digest::digest(&digest::SHA256, body.as_bytes()));
        let mut all: Vec<(&str, &str)> = vec![
            ("host", host),
            ("x-amz-content-sha256", &hash),
            ("x-amz-date", &stamp),
        ];
        all.extend(headers);
        let names = all
            .iter()
            .map(|(name, _)| *name)
            .collect::<Vec<_>>()
            .join(";");
        let lines: String = all
            .iter()
            .map(|(name, value)| format!("{name}:{value}\n"))
            .collect();
        let (plain, query) = path.split_once('?').unwrap_or((path, ""));
        let canonical = format!("{method}\n{plain}\n{query}\n{lines}\n{names}\n{hash}");
        let scope = format!("{}/{region}/{service}/aws4_request", &stamp[..8]);
        let to_sign = format!(
            "AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{}",
            hex::encode(digest::digest(&digest::SHA256, canonical.as_bytes()))
        );
        let mut key = format!("AWS4{}", self.key.1).into_bytes();
        for part in scope.split('/').chain([&*to_sign]) {
            key = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), part.as_bytes())
                .as_ref()
                .to_vec();
        }
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={}",
            self.key.0,
            hex::encode(key)
        );
        let mut request = self
            .client
            .request(
                method.parse().unwrap(),
                format!("{}{path}", self.emulator.url()),
            )
            .body(body.to_owned())
            .header("authorization", authorization);
        for (name, value) in all {
            if name != "host" {
                request = request.header(name, value);
            }
        }
        request
    }
}

async fn told(request: RequestBuilder) -> Told {
    read(request.send().await.unwrap()).await
}

async fn read(response: Response) -> Told {
    let status = response.status().as_u16();
    let kind = response
        .headers()
        .get("content-type")
        .map(|value| value.to_str().unwrap().to_owned())
        .unwrap_or_default();
    (status, kind, response.text().await.unwrap())
}

/// The text of every element of that name.
fn elements(xml: &str, name: &str) -> Vec<String> {
    let (start, end) = (format!("<{name}>"), format!("</{name}>"));
    xml.split(&start)
        .skip(1)
        .filter_map(|rest| rest.split(&end).next().map(str::to_owned))
        .collect()
}
