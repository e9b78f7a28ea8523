//! A request as the emulator reads it: what came over the wire, and what it asks for.

use bytes::Bytes;
use http::{HeaderMap, Method, Uri};
use serde_json::Value;

use crate::protocol::Protocol;
use crate::{partition, rest};

/// A request, read completely.
#[derive(Debug, Clone)]
pub(crate) struct Wire {
    pub(crate) method: Method,
    pub(crate) uri: Uri,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Wire {
    /// A header's text; empty if it is missing or not text.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.headers.contains_key(name)
    }

    pub(crate) fn path(&self) -> &str {
        self.uri.path()
    }

    pub(crate) fn query(&self) -> &str {
        self.uri.query().unwrap_or_default()
    }

    pub(crate) fn is_form(&self) -> bool {
        self.header("content-type")
            .starts_with("application/x-www-form-urlencoded")
    }

    /// The pairs of the query and, for a form, of the body.
    pub(crate) fn form(&self) -> Vec<(String, String)> {
        let mut pairs: Vec<(String, String)> = url::form_urlencoded::parse(self.query().as_bytes())
            .into_owned()
            .collect();
        if self.is_form() {
            pairs.extend(url::form_urlencoded::parse(&self.body).into_owned());
        }
        pairs
    }
}

/// What a signed request asks for.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    /// The signing name.
    pub(crate) service: String,
    pub(crate) region: String,
    pub(crate) operation: String,
    pub(crate) key_id: String,
    pub(crate) protocol: Protocol,
    form: Vec<(String, String)>,
    json: Value,
}

impl Call {
    pub(crate) fn read(wire: &Wire, service: &str, region: &str, key_id: &str) -> Self {
        let target = wire.header("x-amz-target");
        let protocol = Protocol::of(service, !target.is_empty(), wire.is_form());
        let form = wire.form();
        let operation = match protocol {
            Protocol::Query | Protocol::Ec2 => {
                value(&form, "Action").unwrap_or_default().to_owned()
            }
            Protocol::Json => target.rsplit('.').next().unwrap_or_default().to_owned(),
            Protocol::RestXml | Protocol::RestJson => {
                rest::operation(service, wire.method.as_str(), wire.path(), wire.query())
            }
        };
        Self {
            service: service.to_owned(),
            region: region.to_owned(),
            operation,
            key_id: key_id.to_owned(),
            protocol,
            form,
            json: serde_json::from_slice(&wire.body).unwrap_or(Value::Null),
        }
    }

    pub(crate) fn is(&self, service: &str, operation: &str) -> bool {
        self.service == service && self.operation == operation
    }

    pub(crate) fn partition(&self) -> &'static str {
        partition(&self.region)
    }

    /// A parameter: of the form or the query, else a text or number of the JSON body.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        if let Some(text) = value(&self.form, name) {
            return Some(text.to_owned());
        }
        match self.json.get(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            _ => None,
        }
    }

    /// A list: `Name.member.1` and `Name.1` of a form, or an array of texts of the JSON body.
    pub(crate) fn list(&self, name: &str) -> Vec<String> {
        let form = self.form.iter().filter(|(key, _)| {
            key.strip_prefix(name)
                .and_then(|rest| rest.strip_prefix('.'))
                .map(|rest| rest.strip_prefix("member.").unwrap_or(rest))
                .is_some_and(|number| number.parse::<u32>().is_ok())
        });
        let json = self.json.get(name).and_then(Value::as_array);
        form.map(|(_, value)| value.clone())
            .chain(
                json.into_iter()
                    .flatten()
                    .filter_map(|value| value.as_str().map(str::to_owned)),
            )
            .collect()
    }

    /// The JSON body; null if there is none.
    pub(crate) fn json(&self) -> &Value {
        &self.json
    }

    /// The permission that the operation needs, as denials name it.
    pub(crate) fn action(&self) -> String {
        action(&self.service, &self.operation)
    }
}

/// The permission of an operation: mostly its own name, with a few of S3 and CloudWatch that differ.
pub(crate) fn action(service: &str, operation: &str) -> String {
    let (service, operation) = match (service, operation) {
        ("s3", "ListBuckets") => ("s3", "ListAllMyBuckets"),
        ("s3", "GetBucketEncryption") => ("s3", "GetEncryptionConfiguration"),
        ("s3", "GetPublicAccessBlock") => ("s3", "GetBucketPublicAccessBlock"),
        ("s3", "GetObjectLockConfiguration") => ("s3", "GetBucketObjectLockConfiguration"),
        ("s3", "GetBucketLifecycleConfiguration") => ("s3", "GetLifecycleConfiguration"),
        ("s3", "ListObjects") => ("s3", "ListBucket"),
        ("monitoring", operation) => ("cloudwatch", operation),
        same => same,
    };
    format!("{service}:{operation}")
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn wire(
        method: Method,
        uri: &str,
        headers: &[(&'static str, &'static str)],
        body: &str,
    ) -> Wire {
        Wire {
            method,
            uri: uri.parse().unwrap(),
            headers: headers
                .iter()
                .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
                .collect(),
            body: Bytes::copy_from_slice(body.as_bytes()),
        }
    }

    #[test]
    fn forms_targets_and_paths_name_operation_and_parameters() {
        let form = [(
            "content-type",
            "application/x-www-form-urlencoded; charset=utf-8",
        )];
        let body =
            "Action=SimulatePrincipalPolicy&ActionNames.member.1=a%3Ab&ActionNames.member.2=c";
        let call = Call::read(
            &wire(Method::POST, "/", &form, body),
            "iam",
            "us-east-1",
            "k",
        );
        assert_eq!(call.operation, "SimulatePrincipalPolicy");
        assert_eq!(call.list("ActionNames"), ["a:b", "c"]);

        let target = [("x-amz-target", "StarlingDoveService.DescribeConfigRules")];
        let body = r#"{"NextToken":"t","ConfigRuleNames":["r"],"Limit":5}"#;
        let call = Call::read(
            &wire(Method::POST, "/", &target, body),
            "config",
            "us-east-1",
            "k",
        );
        assert_eq!(call.operation, "DescribeConfigRules");
        assert_eq!(call.text("NextToken").unwrap(), "t");
        assert_eq!(call.text("Limit").unwrap(), "5");
        assert_eq!(call.list("ConfigRuleNames"), ["r"]);

        let call = Call::read(
            &wire(Method::GET, "/analyzer?maxResults=2", &[], ""),
            "access-analyzer",
            "us-gov-west-1",
            "k",
        );
        assert_eq!(call.action(), "access-analyzer:ListAnalyzers");
        assert_eq!(call.text("maxResults").unwrap(), "2");
        assert_eq!(call.partition(), "aws-us-gov");
    }
}
