//! KMS: the keys, whether they rotate, and whom their own policies let in.

use super::read::{about, absent, object};
use crate::client::{Asked, KMS, Operation, Paging, Question, Request, Scope, Subject, Subjects};
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::{Value, json};

static KEYS_LIST: Subjects = Subjects {
    id: "kms keys",
    scope: Scope::Regions,
    list: Operation {
        service: &KMS,
        permission: "kms:ListKeys",
        request: Request::Document("ListKeys", || json!({"Limit": 1000})),
        paging: Paging::Token {
            asks: "Marker",
            answers: "NextMarker",
        },
        not_used: |_, _| false,
    },
    read: keys,
    batch: 1,
    most: None,
};

/// The keys on a page, by their ARNs.
fn keys(page: &RawPage<'_>) -> Result<Vec<Subject>, Malformed> {
    let Some(Value::Array(keys)) = object(page.body)?.remove("Keys") else {
        return Err(Malformed("the answer has no `Keys`".to_owned()));
    };
    keys.iter()
        .map(|key| match key["KeyArn"].as_str() {
            Some(arn) if !arn.is_empty() => Ok(Subject::here(arn)),
            _ => Err(Malformed("a key has no ARN".to_owned())),
        })
        .collect()
}

const fn operation(
    permission: &'static str,
    request: Request,
    not_used: fn(&str, &str) -> bool,
) -> Operation {
    Operation {
        service: &KMS,
        permission,
        request,
        paging: Paging::None,
        not_used,
    }
}

const fn about_keys(asks: &'static [&'static Operation]) -> Question {
    Question {
        subjects: &KEYS_LIST,
        asks,
        probe: None,
    }
}

/// The keys.
pub static KMS_KEYS: Dataset = Dataset {
    id: "aws.kms_keys",
    title: "KMS keys",
    what: "Each key in every region: whose it is, its kind, and whether it is in use or about to be deleted.",
    permissions: &["kms:DescribeKey", "kms:ListKeys", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@subject"],
    records: Reader::Page(|page| match object(page.body)?.remove("KeyMetadata") {
        Some(metadata @ Value::Object(_)) => Ok(vec![about(page, metadata)?]),
        _ => Err(Malformed("the answer has no `KeyMetadata`".to_owned())),
    }),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.13.10[a]", "3.13.10[b]"],
};

static DESCRIPTION: Question = about_keys(&[&operation(
    "kms:DescribeKey",
    Request::Document("DescribeKey", || json!({"KeyId": "{subject}"})),
    |_, _| false,
)]);
pub(crate) const KEYS_ASKED: Asked = Asked::About(&DESCRIPTION);

/// Whether each key rotates.
pub static KMS_ROTATION: Dataset = Dataset {
    id: "aws.kms_rotation",
    title: "KMS key rotation",
    what: "Whether each key is replaced by AWS from time to time.",
    permissions: &[
        "kms:GetKeyRotationStatus",
        "kms:ListKeys",
        "ec2:DescribeRegions",
    ],
    licence: None,
    key: &["/@subject"],
    records: Reader::Page(|page| {
        if let Some(none) = absent(page, no_rotation)? {
            return Ok(vec![none]);
        }
        Ok(vec![about(page, Value::Object(object(page.body)?))?])
    }),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.13.10[b]"],
};

/// Keys that can't be rotated say so.
fn no_rotation(code: &str, _: &str) -> bool {
    matches!(
        code,
        "UnsupportedOperationException" | "KMSInvalidStateException"
    )
}

static ROTATION: Question = about_keys(&[&operation(
    "kms:GetKeyRotationStatus",
    Request::Document("GetKeyRotationStatus", || json!({"KeyId": "{subject}"})),
    no_rotation,
)]);
pub(crate) const ROTATION_ASKED: Asked = Asked::About(&ROTATION);

/// The keys' own policies.
pub static KMS_POLICIES: Dataset = Dataset {
    id: "aws.kms_policies",
    title: "KMS key policies",
    what: "Whom each key's own policy lets use or manage it.",
    permissions: &["kms:GetKeyPolicy", "kms:ListKeys", "ec2:DescribeRegions"],
    licence: None,
    key: &["/@subject"],
    records: Reader::Page(|page| Ok(vec![about(page, Value::Object(object(page.body)?))?])),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.13.10[b]", "3.1.3[e]"],
};

static POLICY: Question = about_keys(&[&operation(
    "kms:GetKeyPolicy",
    Request::Document(
        "GetKeyPolicy",
        || json!({"KeyId": "{subject}", "PolicyName": "default"}),
    ),
    |_, _| false,
)]);
pub(crate) const POLICIES_ASKED: Asked = Asked::About(&POLICY);

/// A key.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KmsKey {
    /// Its ARN.
    #[serde(rename = "@subject")]
    pub arn: String,
    /// Where it is.
    #[serde(rename = "@region")]
    pub region: String,
    /// What its owner wrote about it.
    pub description: Option<String>,
    /// `CUSTOMER`, or `AWS` for those that AWS manages.
    pub key_manager: Option<String>,
    /// `Enabled`, `Disabled`, `PendingDeletion`, ...
    pub key_state: Option<String>,
    /// `SYMMETRIC_DEFAULT`, or another kind.
    pub key_spec: Option<String>,
    /// `AWS_KMS`, or where else its material is from.
    pub origin: Option<String>,
    /// Whether it is one of several regions.
    pub multi_region: Option<bool>,
    /// Which of them it is; AWS gives it for keys of several regions.
    pub multi_region_configuration: Option<MultiRegion>,
    /// When it will be deleted, in seconds since 1970.
    pub deletion_date: Option<f64>,
}

/// A key of several regions.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MultiRegion {
    /// `PRIMARY` or `REPLICA`.
    pub multi_region_key_type: Option<String>,
}

impl KmsKey {
    /// The key's id with its region, for people.
    #[must_use]
    pub fn name(&self) -> String {
        let id = self
            .arn
            .rsplit_once('/')
            .map_or(self.arn.as_str(), |(_, id)| id);
        match self.description.as_deref().filter(|text| !text.is_empty()) {
            Some(description) => format!("{description}, {id} ({})", self.region),
            None => format!("{id} ({})", self.region),
        }
    }
}

/// Whether a key rotates.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyRotation {
    /// The key's ARN.
    #[serde(rename = "@subject")]
    pub key: String,
    /// Whether it does.
    pub key_rotation_enabled: Option<bool>,
}

/// A key's own policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyPolicy {
    /// The key's ARN.
    #[serde(rename = "@subject")]
    pub key: String,
    /// The document as text.
    pub policy: Option<String>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};

    fn read(dataset: &Dataset, status: u16, body: &str) -> Result<Vec<Value>, Malformed> {
        dataset.read(&RawPage {
            body: body.as_bytes(),
            origin: &origin(
                status,
                Some("us-east-1"),
                Some("arn:aws:kms:us-east-1:1:key/k-1"),
            ),
        })
    }

    #[test]
    fn keys_are_named_by_their_arns() {
        let page = |body: &str| {
            keys(&RawPage {
                body: body.as_bytes(),
                origin: &origin(200, Some("us-east-1"), None),
            })
        };
        let two = r#"{"Keys":[{"KeyArn":"a","KeyId":"1"},{"KeyArn":"b"}],"Truncated":false}"#;
        assert_eq!(page(two).unwrap(), [Subject::here("a"), Subject::here("b")]);
        for odd in [r#"{"Keys":[{"KeyId":"1"}]}"#, "{}", r#"{"Keys":{}}"#] {
            assert!(page(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn a_key_that_cannot_rotate_says_so() {
        let none = r#"{"__type":"UnsupportedOperationException","message":"m"}"#;
        let rows = read(&KMS_ROTATION, 400, none).unwrap();
        assert_eq!(rows[0]["@absent"], "UnsupportedOperationException");
        let denied = r#"{"__type":"AccessDeniedException"}"#;
        assert!(read(&KMS_ROTATION, 400, denied).is_err());
        let on = read(&KMS_ROTATION, 200, r#"{"KeyRotationEnabled":true}"#).unwrap();
        let row: KeyRotation = serde_json::from_value(on[0].clone()).unwrap();
        assert_eq!(row.key_rotation_enabled, Some(true));
    }

    #[test]
    fn a_description_is_the_keys() {
        let rows = read(
            &KMS_KEYS,
            200,
            r#"{"KeyMetadata":{"KeyManager":"CUSTOMER","Description":"files"}}"#,
        )
        .unwrap();
        let key: KmsKey = serde_json::from_value(rows[0].clone()).unwrap();
        assert_eq!(key.name(), "files, k-1 (us-east-1)");
        assert!(read(&KMS_KEYS, 200, "{}").is_err());
    }
}
