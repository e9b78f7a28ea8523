//! S3: the buckets, what holds for all of them, and one dataset a question about each. "There is none" is an answer.

use super::read::{about, absent, flag, object, of_region};
use crate::{
    client::{
        Asked, Operation, Paging, Question, Request, S3, S3_CONTROL, Scope, Subject, Subjects,
    },
    xml,
};
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::{Map, Value, json};

const LIST: &str = "s3:ListAllMyBuckets";
/// The code of "nothing blocks public access here", of a bucket and of the account.
const NO_BLOCK: &str = "NoSuchPublicAccessBlockConfiguration";

/// The buckets.
pub static S3_BUCKETS: Dataset = Dataset {
    id: "aws.s3_buckets",
    title: "S3 buckets",
    what: "Every bucket of the account and the region it is in.",
    permissions: &[LIST],
    licence: None,
    key: &["/Name"],
    records: Reader::Page(|page| {
        let root = xml::rooted(page.body, "ListAllMyBucketsResult")?;
        let buckets = root.each("Buckets", "Bucket")?;
        Ok(buckets.iter().map(xml::Element::json).collect())
    }),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.13.16[a]", "3.4.1[d]"],
};

/// AWS names a bucket's region only in answers to a request with an argument. A stand-in that never names one is asked
/// at home; AWS would refuse that for a bucket that is elsewhere, which leaves a gap.
pub(crate) static BUCKETS_LIST: Subjects = Subjects {
    id: "s3 buckets",
    scope: Scope::Once,
    list: Operation {
        service: &S3,
        permission: LIST,
        request: Request::Xml("/?max-buckets=1000", "ListAllMyBucketsResult"),
        paging: Paging::Token {
            asks: "continuation-token",
            answers: "ContinuationToken",
        },
        not_used: |_, _| false,
    },
    read: buckets,
    batch: 1,
    most: None,
};

fn buckets(page: &RawPage<'_>) -> Result<Vec<Subject>, Malformed> {
    xml::rooted(page.body, "ListAllMyBucketsResult")?
        .each("Buckets", "Bucket")?
        .iter()
        .map(|bucket| {
            let text = |name: &str| bucket.text_of(name).filter(|text| !text.is_empty());
            Ok(Subject {
                id: text("Name")
                    .ok_or_else(|| Malformed("a bucket has no name".to_owned()))?
                    .to_owned(),
                region: text("BucketRegion").map(str::to_owned),
            })
        })
        .collect()
}

/// What blocks public access for the whole account.
pub static S3_ACCOUNT_BLOCK: Dataset = Dataset {
    id: "aws.s3_account_public_access",
    title: "S3 public access block of the account",
    what: "Whether public access is blocked for every bucket of the account at once.",
    permissions: &["s3:GetAccountPublicAccessBlock"],
    licence: None,
    key: &[],
    records: Reader::Page(|page| {
        if let Some(none) = absent(page, no_block)? {
            return Ok(vec![none]);
        }
        let root = xml::rooted(page.body, "PublicAccessBlockConfiguration")?;
        Ok(vec![of_region(members(&root), page.place()?)?])
    }),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.22[d]", "3.13.5[b]"],
};

pub(crate) static ACCOUNT_BLOCK: Operation = Operation {
    service: &S3_CONTROL,
    permission: "s3:GetAccountPublicAccessBlock",
    request: Request::Xml(
        "/v20180820/configuration/publicAccessBlock",
        "PublicAccessBlockConfiguration",
    ),
    paging: Paging::None,
    not_used: no_block,
};

fn no_block(code: &str, _: &str) -> bool {
    code == NO_BLOCK
}

fn no_policy(code: &str, _: &str) -> bool {
    code == "NoSuchBucketPolicy"
}

fn no_encryption(code: &str, _: &str) -> bool {
    code == "ServerSideEncryptionConfigurationNotFoundError"
}

fn no_ownership(code: &str, _: &str) -> bool {
    code == "OwnershipControlsNotFoundError"
}

fn no_lock(code: &str, _: &str) -> bool {
    code == "ObjectLockConfigurationNotFoundError"
}

/// S3 always answers: what was never set is an empty document.
fn always(_: &str, _: &str) -> bool {
    false
}

/// What an element holds as an object, even where it is empty.
fn members(element: &xml::Element) -> Value {
    match element.json() {
        members @ Value::Object(_) => members,
        _ => Value::Object(Map::new()),
    }
}

/// A dataset about each bucket, whose answer has this root.
const fn asked(
    (id, title, what): (&'static str, &'static str, &'static str),
    permissions: &'static [&'static str],
    records: fn(&RawPage<'_>) -> Result<Vec<Value>, Malformed>,
    objectives: &'static [&'static str],
) -> Dataset {
    Dataset {
        id,
        title,
        what,
        permissions,
        licence: None,
        key: &["/@subject"],
        records: Reader::Page(records),
        volatile: &[],
        removed: &[],
        row_cap: None,
        clouds: Clouds::All,
        objectives,
    }
}

const fn question(
    permission: &'static str,
    part: &'static str,
    root: Option<&'static str>,
    not_used: fn(&str, &str) -> bool,
) -> Operation {
    Operation {
        service: &S3,
        permission,
        request: Request::Bucket(part, root),
        paging: Paging::None,
        not_used,
    }
}

const fn about_buckets(asks: &'static [&'static Operation]) -> Question {
    Question {
        subjects: &BUCKETS_LIST,
        asks,
        probe: None,
    }
}

/// The one record of a page about a bucket: none of it, or the document's members.
fn one(
    page: &RawPage<'_>,
    none: fn(&str, &str) -> bool,
    root: &str,
) -> Result<Vec<Value>, Malformed> {
    if let Some(none) = absent(page, none)? {
        return Ok(vec![none]);
    }
    let root = xml::rooted(page.body, root)?;
    Ok(vec![about(page, members(&root))?])
}

/// As [`one`], of a document that is a list of `Rule`s.
fn rules(
    page: &RawPage<'_>,
    none: fn(&str, &str) -> bool,
    root: &str,
) -> Result<Vec<Value>, Malformed> {
    if let Some(none) = absent(page, none)? {
        return Ok(vec![none]);
    }
    let root = xml::rooted(page.body, root)?;
    if root.children.iter().any(|child| child.name != "Rule") {
        return Err(Malformed(format!("{} holds more than rules", root.name)));
    }
    let rules: Vec<Value> = root.children.iter().map(members).collect();
    Ok(vec![about(page, json!({"Rules": rules}))?])
}

/// What blocks public access to each bucket.
pub static S3_BUCKET_BLOCKS: Dataset = asked(
    (
        "aws.s3_public_access",
        "S3 public access blocks",
        "Whether public access is blocked for each bucket by itself.",
    ),
    &["s3:GetBucketPublicAccessBlock", LIST],
    |page| one(page, no_block, "PublicAccessBlockConfiguration"),
    &["3.1.22[d]", "3.13.5[b]"],
);

static BLOCKS: Question = about_buckets(&[&question(
    "s3:GetBucketPublicAccessBlock",
    "publicAccessBlock",
    Some("PublicAccessBlockConfiguration"),
    no_block,
)]);

/// How new objects are encrypted.
pub static S3_ENCRYPTION: Dataset = asked(
    (
        "aws.s3_encryption",
        "S3 default encryption",
        "How each bucket encrypts what is stored in it.",
    ),
    &["s3:GetEncryptionConfiguration", LIST],
    |page| rules(page, no_encryption, "ServerSideEncryptionConfiguration"),
    &["3.13.16[a]", "3.13.11[a]"],
);

static ENCRYPTION: Question = about_buckets(&[&question(
    "s3:GetEncryptionConfiguration",
    "encryption",
    Some("ServerSideEncryptionConfiguration"),
    no_encryption,
)]);

/// Whether requests to each bucket are recorded.
pub static S3_LOGGING: Dataset = asked(
    (
        "aws.s3_logging",
        "S3 access logging",
        "Whether requests to each bucket are recorded, and where.",
    ),
    &["s3:GetBucketLogging", LIST],
    |page| one(page, always, "BucketLoggingStatus"),
    &["3.3.1[c]"],
);

static LOGGING: Question = about_buckets(&[&question(
    "s3:GetBucketLogging",
    "logging",
    Some("BucketLoggingStatus"),
    always,
)]);

/// Whether AWS calls each bucket's policy public.
pub static S3_POLICY_STATUS: Dataset = asked(
    (
        "aws.s3_policy_status",
        "S3 policy status",
        "Whether AWS finds that each bucket's policy lets everybody in.",
    ),
    &["s3:GetBucketPolicyStatus", LIST],
    |page| one(page, no_policy, "PolicyStatus"),
    &["3.1.22[d]", "3.13.5[b]"],
);

static POLICY_STATUS: Question = about_buckets(&[&question(
    "s3:GetBucketPolicyStatus",
    "policyStatus",
    Some("PolicyStatus"),
    no_policy,
)]);

/// The buckets' policies.
pub static S3_POLICIES: Dataset = asked(
    (
        "aws.s3_policies",
        "S3 bucket policies",
        "Each bucket's own policy: who may do what with it, and whether it refuses plain HTTP.",
    ),
    &["s3:GetBucketPolicy", LIST],
    |page| {
        if let Some(none) = absent(page, no_policy)? {
            return Ok(vec![none]);
        }
        let policy = Value::Object(object(page.body)?);
        Ok(vec![about(page, json!({"Policy": policy}))?])
    },
    &["3.13.8[c]", "3.1.3[e]"],
);

static POLICIES: Question =
    about_buckets(&[&question("s3:GetBucketPolicy", "policy", None, no_policy)]);

/// The buckets' access control lists.
pub static S3_ACLS: Dataset = asked(
    (
        "aws.s3_acls",
        "S3 access control lists",
        "Whom each bucket's own list lets in.",
    ),
    &["s3:GetBucketAcl", LIST],
    |page| {
        let root = xml::rooted(page.body, "AccessControlPolicy")?;
        let grants = root.each("AccessControlList", "Grant")?;
        let grants: Vec<Value> = grants.iter().map(members).collect();
        Ok(vec![about(page, json!({"Grants": grants}))?])
    },
    &["3.1.3[e]", "3.13.5[b]"],
);

static ACLS: Question = about_buckets(&[&question(
    "s3:GetBucketAcl",
    "acl",
    Some("AccessControlPolicy"),
    always,
)]);

/// The root of an answer about versioning; moto names it after the operation.
const VERSIONING_ROOT: &str = "VersioningConfiguration|GetBucketVersioningResponse";

/// Whether earlier versions of objects are kept.
pub static S3_VERSIONING: Dataset = asked(
    (
        "aws.s3_versioning",
        "S3 versioning",
        "Whether each bucket keeps earlier versions of what is stored in it.",
    ),
    &["s3:GetBucketVersioning", LIST],
    |page| one(page, always, VERSIONING_ROOT),
    &["3.3.8[c]", "3.8.9[a]"],
);

static VERSIONING: Question = about_buckets(&[&question(
    "s3:GetBucketVersioning",
    "versioning",
    Some(VERSIONING_ROOT),
    always,
)]);

/// Whether access control lists count.
pub static S3_OWNERSHIP: Dataset = asked(
    (
        "aws.s3_ownership",
        "S3 object ownership",
        "Whether access control lists are switched off for each bucket.",
    ),
    &["s3:GetBucketOwnershipControls", LIST],
    |page| rules(page, no_ownership, "OwnershipControls"),
    &["3.1.2[b]", "3.1.3[e]"],
);

static OWNERSHIP: Question = about_buckets(&[&question(
    "s3:GetBucketOwnershipControls",
    "ownershipControls",
    Some("OwnershipControls"),
    no_ownership,
)]);

/// Whether objects can be locked.
pub static S3_OBJECT_LOCK: Dataset = asked(
    (
        "aws.s3_object_lock",
        "S3 object lock",
        "Whether each bucket keeps its objects from being deleted for a time.",
    ),
    &["s3:GetBucketObjectLockConfiguration", LIST],
    |page| one(page, no_lock, "ObjectLockConfiguration"),
    &["3.3.8[c]"],
);

static OBJECT_LOCK: Question = about_buckets(&[&question(
    "s3:GetBucketObjectLockConfiguration",
    "object-lock",
    Some("ObjectLockConfiguration"),
    no_lock,
)]);

/// How each dataset of S3 is asked for.
pub(crate) const BUCKETS_ASKED: Asked = Asked::List(&BUCKETS_LIST);
pub(crate) const ACCOUNT_BLOCK_ASKED: Asked = Asked::Once(&ACCOUNT_BLOCK);
pub(crate) const BLOCKS_ASKED: Asked = Asked::About(&BLOCKS);
pub(crate) const ENCRYPTION_ASKED: Asked = Asked::About(&ENCRYPTION);
pub(crate) const LOGGING_ASKED: Asked = Asked::About(&LOGGING);
pub(crate) const POLICY_STATUS_ASKED: Asked = Asked::About(&POLICY_STATUS);
pub(crate) const POLICIES_ASKED: Asked = Asked::About(&POLICIES);
pub(crate) const ACLS_ASKED: Asked = Asked::About(&ACLS);
pub(crate) const VERSIONING_ASKED: Asked = Asked::About(&VERSIONING);
pub(crate) const OWNERSHIP_ASKED: Asked = Asked::About(&OWNERSHIP);
pub(crate) const OBJECT_LOCK_ASKED: Asked = Asked::About(&OBJECT_LOCK);

/// A bucket.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Bucket {
    /// Its name.
    pub name: Option<String>,
    /// Where it is.
    pub bucket_region: Option<String>,
}

/// What is told about a bucket.
#[derive(Clone, Debug, Deserialize)]
pub struct AboutBucket<T> {
    /// Its name.
    #[serde(rename = "@subject")]
    pub bucket: String,
    /// AWS's code for "there is none".
    #[serde(rename = "@absent")]
    pub absent: Option<String>,
    /// The answer.
    #[serde(flatten)]
    pub told: T,
}

/// What blocks public access, of a bucket or of the account.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PublicAccessBlock {
    /// Whether lists that let everybody in are refused.
    #[serde(default, deserialize_with = "flag")]
    pub block_public_acls: Option<bool>,
    /// Whether such lists count for nothing.
    #[serde(default, deserialize_with = "flag")]
    pub ignore_public_acls: Option<bool>,
    /// Whether policies that let everybody in are refused.
    #[serde(default, deserialize_with = "flag")]
    pub block_public_policy: Option<bool>,
    /// Whether such policies let in the account's own and AWS's services only.
    #[serde(default, deserialize_with = "flag")]
    pub restrict_public_buckets: Option<bool>,
}

/// What blocks public access for the account.
#[derive(Clone, Debug, Deserialize)]
pub struct AccountBlock {
    /// AWS's code for "nothing does".
    #[serde(rename = "@absent")]
    pub absent: Option<String>,
    /// The answer.
    #[serde(flatten)]
    pub told: PublicAccessBlock,
}

/// How a bucket encrypts.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Encryption {
    /// The rules; AWS documents one.
    pub rules: Option<Vec<EncryptionRule>>,
}

/// A rule for encryption.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct EncryptionRule {
    /// What is done where a request does not say.
    pub apply_server_side_encryption_by_default: Option<ByDefault>,
}

/// What is done by default.
#[derive(Clone, Debug, Deserialize)]
pub struct ByDefault {
    /// `AES256`, `aws:kms`, `aws:kms:dsse`, ...
    #[serde(rename = "SSEAlgorithm")]
    pub algorithm: Option<String>,
}

/// Whether requests are recorded.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Logging {
    /// Where to; absent where they are not.
    pub logging_enabled: Option<LoggingTarget>,
}

/// Where records of requests go.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoggingTarget {
    /// The bucket.
    pub target_bucket: Option<String>,
}

/// Whether a policy is public.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyStatus {
    /// Whether it lets everybody in.
    #[serde(default, deserialize_with = "flag")]
    pub is_public: Option<bool>,
}

/// A bucket's policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct BucketPolicy {
    /// The document.
    pub policy: Option<Value>,
}

/// Whom a bucket's list lets in.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Acl {
    /// The entries.
    pub grants: Option<Vec<AclGrant>>,
}

/// An entry of the list.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AclGrant {
    /// Who.
    pub grantee: Option<Grantee>,
    /// What: `READ`, `WRITE`, `FULL_CONTROL`, ...
    pub permission: Option<String>,
}

/// Who is let in: a user by id, or a group by its address.
#[derive(Clone, Debug, Deserialize)]
pub struct Grantee {
    /// The user's id.
    #[serde(rename = "ID")]
    pub id: Option<String>,
    /// The group's address.
    #[serde(rename = "URI")]
    pub uri: Option<String>,
}

/// Whether earlier versions are kept.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Versioning {
    /// `Enabled` or `Suspended`; absent where it was never switched on.
    pub status: Option<String>,
}

/// Who owns what is stored.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Ownership {
    /// The rules; AWS documents one.
    pub rules: Option<Vec<OwnershipRule>>,
}

/// A rule for ownership.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OwnershipRule {
    /// `BucketOwnerEnforced`, `BucketOwnerPreferred` or `ObjectWriter`.
    pub object_ownership: Option<String>,
}

/// Whether objects can be locked.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ObjectLock {
    /// `Enabled`.
    pub object_lock_enabled: Option<String>,
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{
        super::read::{ABSENT, SUBJECT, tests::origin},
        *,
    };

    fn read(dataset: &Dataset, status: u16, body: &str) -> Result<Vec<Value>, Malformed> {
        dataset.read(&RawPage {
            body: body.as_bytes(),
            origin: &origin(status, Some("us-east-1"), Some("b-1")),
        })
    }

    #[test]
    fn buckets_are_asked_about_where_they_are() {
        let page = |body: &str| {
            buckets(&RawPage {
                body: body.as_bytes(),
                origin: &origin(200, Some("us-east-1"), None),
            })
        };
        let list = |inner: &str| {
            format!("<ListAllMyBucketsResult><Buckets>{inner}</Buckets></ListAllMyBucketsResult>")
        };
        let two = list(
            "<Bucket><Name>a</Name><BucketRegion>us-west-2</BucketRegion></Bucket>\
             <Bucket><Name>b</Name><BucketRegion>us-east-1</BucketRegion></Bucket>",
        );
        let found = page(&two).unwrap();
        assert_eq!(found[0].region.as_deref(), Some("us-west-2"));
        assert_eq!(read(&S3_BUCKETS, 200, &two).unwrap()[1]["Name"], "b");
        for odd in [
            list("<Bucket><BucketRegion>us-east-1</BucketRegion></Bucket>"),
            list("<Other/>"),
            "<ListAllMyBucketsResult/>".to_owned(),
            "<Else><Buckets/></Else>".to_owned(),
        ] {
            assert!(page(&odd).is_err(), "{odd}");
        }
        assert_eq!(page(&list("")).unwrap(), []);
        let silent = list("<Bucket><Name>a</Name></Bucket>");
        assert_eq!(page(&silent).unwrap(), [Subject::here("a")]);
    }

    #[test]
    fn an_empty_answer_is_a_record_and_another_document_is_none() {
        for (dataset, empty) in [
            (&S3_LOGGING, "<BucketLoggingStatus/>"),
            (&S3_VERSIONING, "<VersioningConfiguration/>"),
        ] {
            let rows = read(dataset, 200, empty).unwrap();
            assert_eq!(rows, [json!({"@region": "us-east-1", "@subject": "b-1"})]);
            assert!(read(dataset, 200, "<Else/>").is_err());
            let gone = "<Error><Code>NoSuchBucket</Code></Error>";
            assert!(read(dataset, 404, gone).is_err(), "{}", dataset.id);
        }
    }

    #[test]
    fn there_is_none_is_a_record_of_each_question_that_can_say_so() {
        for (dataset, code) in [
            (&S3_ACCOUNT_BLOCK, NO_BLOCK),
            (&S3_BUCKET_BLOCKS, NO_BLOCK),
            (
                &S3_ENCRYPTION,
                "ServerSideEncryptionConfigurationNotFoundError",
            ),
            (&S3_POLICY_STATUS, "NoSuchBucketPolicy"),
            (&S3_POLICIES, "NoSuchBucketPolicy"),
            (&S3_OWNERSHIP, "OwnershipControlsNotFoundError"),
            (&S3_OBJECT_LOCK, "ObjectLockConfigurationNotFoundError"),
        ] {
            let body = format!("<Error><Code>{code}</Code><Message>m</Message></Error>");
            assert_eq!(read(dataset, 404, &body).unwrap()[0][ABSENT], code);
            let denied = "<Error><Code>AccessDenied</Code></Error>";
            assert!(read(dataset, 403, denied).is_err(), "{}", dataset.id);
        }
    }

    #[test]
    fn answers_become_members_and_lists() {
        let rows = read(
            &S3_ENCRYPTION,
            200,
            "<ServerSideEncryptionConfiguration><Rule><ApplyServerSideEncryptionByDefault>\
             <SSEAlgorithm>AES256</SSEAlgorithm></ApplyServerSideEncryptionByDefault></Rule>\
             </ServerSideEncryptionConfiguration>",
        )
        .unwrap();
        let row: AboutBucket<Encryption> = serde_json::from_value(rows[0].clone()).unwrap();
        let rule = row.told.rules.unwrap().remove(0);
        let algorithm = rule.apply_server_side_encryption_by_default.unwrap();
        assert_eq!(
            (row.bucket.as_str(), algorithm.algorithm.as_deref()),
            ("b-1", Some("AES256"))
        );
        let rows = read(
            &S3_ACLS,
            200,
            "<AccessControlPolicy><Owner><ID>o</ID></Owner><AccessControlList><Grant><Grantee><URI>u</URI></Grantee>\
             <Permission>READ</Permission></Grant></AccessControlList></AccessControlPolicy>",
        )
        .unwrap();
        assert_eq!(
            rows[0]["Grants"],
            json!([{"Grantee": {"URI": "u"}, "Permission": "READ"}])
        );
        let rows = read(&S3_POLICIES, 200, r#"{"Statement":[]}"#).unwrap();
        assert_eq!(rows[0]["Policy"], json!({"Statement": []}));
        assert_eq!(rows[0][SUBJECT], "b-1");
        assert!(
            read(
                &S3_OWNERSHIP,
                200,
                "<OwnershipControls><X/></OwnershipControls>"
            )
            .is_err()
        );
    }

    #[test]
    fn truth_values_of_a_block_are_read_strictly() {
        let row = |value| serde_json::from_value::<AboutBucket<PublicAccessBlock>>(value);
        let told = row(json!({"@subject": "b", "BlockPublicAcls": "true"}))
            .unwrap()
            .told;
        assert_eq!(
            (told.block_public_acls, told.ignore_public_acls),
            (Some(true), None)
        );
        assert!(row(json!({"@subject": "b", "BlockPublicAcls": "TRUE"})).is_err());
    }
}
