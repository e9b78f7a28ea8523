//! Lists and what is asked about their entries, against scripted answers.
#![allow(clippy::unwrap_used)]

use super::{
    Account, GUARD_DUTY, KMS, Operation, Paging, Request, S3,
    subjects::{Asked, Question, Scope, Subject, Subjects, collect},
    tests::{Aws, Pages},
};
use crate::datasets::testing::{absent, object, of_region};
use evidence::{Completeness, UnknownCode};
use provider_kit::{Clouds, Dataset, ErrorClass, Malformed, ProviderError, RawPage, Reader};
use serde_json::{Value, json};

const fn dataset(
    row_cap: Option<u64>,
    read: fn(&RawPage<'_>) -> Result<Vec<Value>, Malformed>,
) -> Dataset {
    Dataset {
        id: "aws.made_up",
        title: "Made up",
        what: "Made up for the tests.",
        permissions: &[],
        licence: None,
        key: &[],
        records: Reader::Page(read),
        volatile: &[],
        removed: &[],
        row_cap,
        clouds: Clouds::All,
        objectives: &[],
    }
}

/// The page as one record, or that there is none of it.
fn whole(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    if let Some(none) = absent(page, is_none)? {
        return Ok(vec![none]);
    }
    Ok(vec![of_region(
        Value::Object(object(page.body)?),
        page.place()?,
    )?])
}

fn is_none(code: &str, _: &str) -> bool {
    code == "NoSuchBucketPolicy"
}

fn texts(body: &[u8], list: &str) -> Result<Vec<Subject>, Malformed> {
    match object(body)?.remove(list) {
        Some(Value::Array(ids)) => Ok(ids
            .iter()
            .filter_map(Value::as_str)
            .map(Subject::here)
            .collect()),
        _ => Err(Malformed(format!("no {list}"))),
    }
}

static WHOLE: Dataset = dataset(None, whole);
static CAPPED: Dataset = dataset(Some(1), whole);

static KEYS: Subjects = Subjects {
    id: "keys",
    scope: Scope::Regions,
    list: Operation {
        service: &KMS,
        permission: "kms:ListKeys",
        request: Request::Document("ListKeys", || json!({})),
        paging: Paging::Token {
            asks: "Marker",
            answers: "NextMarker",
        },
        not_used: |_, _| false,
    },
    read: |page| texts(page.body, "Keys"),
    batch: 1,
    most: None,
};

static KEY: Operation = Operation {
    service: &KMS,
    permission: "kms:DescribeKey",
    request: Request::Document("DescribeKey", || json!({"KeyId": "{subject}"})),
    paging: Paging::None,
    not_used: |_, _| false,
};

static POLICY: Operation = Operation {
    request: Request::Document(
        "GetKeyPolicy",
        || json!({"KeyId": "{subject}", "PolicyName": "default"}),
    ),
    permission: "kms:GetKeyPolicy",
    ..KEY
};

static ABOUT_KEYS: Question = Question {
    subjects: &KEYS,
    asks: &[&KEY, &POLICY],
    probe: None,
};

static BUCKETS: Subjects = Subjects {
    id: "buckets",
    scope: Scope::Once,
    list: Operation {
        service: &S3,
        permission: "s3:ListAllMyBuckets",
        request: Request::Xml("/?max-buckets=2", "Buckets"),
        paging: Paging::Token {
            asks: "continuation-token",
            answers: "ContinuationToken",
        },
        not_used: |_, _| false,
    },
    read: |page| {
        let root = crate::xml::rooted(page.body, "Buckets")?;
        Ok(root
            .children
            .iter()
            .filter(|child| child.name == "Bucket")
            .map(|bucket| Subject {
                id: bucket.text_of("Name").unwrap_or_default().to_owned(),
                region: bucket.text_of("Region").map(str::to_owned),
            })
            .collect())
    },
    batch: 1,
    most: None,
};

static ABOUT_BUCKETS: Question = Question {
    subjects: &BUCKETS,
    asks: &[&Operation {
        service: &S3,
        permission: "s3:GetBucketPolicy",
        request: Request::Bucket("policy", None),
        paging: Paging::None,
        not_used: is_none,
    }],
    probe: None,
};

static DETECTORS: Subjects = Subjects {
    id: "detectors",
    scope: Scope::Regions,
    list: Operation {
        service: &GUARD_DUTY,
        permission: "guardduty:ListDetectors",
        request: Request::Get("/detector"),
        paging: Paging::Token {
            asks: "nextToken",
            answers: "nextToken",
        },
        not_used: |_, _| false,
    },
    read: |page| texts(page.body, "detectorIds"),
    batch: 1,
    most: None,
};

static FINDINGS: Subjects = Subjects {
    id: "findings",
    scope: Scope::Each(&DETECTORS),
    list: Operation {
        permission: "guardduty:ListFindings",
        request: Request::Post("/detector/{subject}/findings", || json!({"maxResults": 50})),
        ..DETECTORS_OPERATION
    },
    read: |page| texts(page.body, "findingIds"),
    batch: 2,
    most: Some(3),
};

const DETECTORS_OPERATION: Operation = Operation {
    service: &GUARD_DUTY,
    permission: "guardduty:ListDetectors",
    request: Request::Get("/detector"),
    paging: Paging::None,
    not_used: |_, _| false,
};

static ABOUT_FINDINGS: Question = Question {
    subjects: &FINDINGS,
    asks: &[&Operation {
        permission: "guardduty:GetFindings",
        request: Request::Post(
            "/detector/{parent}/findings/get",
            || json!({"findingIds": "{subjects}"}),
        ),
        ..DETECTORS_OPERATION
    }],
    probe: None,
};

async fn read(
    account: &Account,
    dataset: &Dataset,
    asked: Asked,
) -> (Result<Completeness, ProviderError>, Vec<String>) {
    let mut pages = Pages::default();
    let completeness = collect(account, dataset, asked, &mut pages).await;
    let told = pages
        .0
        .into_iter()
        .map(|page| {
            format!(
                "{} {} {} {}",
                page.origin.place.unwrap_or_default(),
                page.origin.subject.unwrap_or_default(),
                page.origin.status,
                String::from_utf8_lossy(&page.body)
            )
        })
        .collect();
    (completeness, told)
}

async fn two_regions() -> (Aws, Account) {
    let aws = Aws::start().await;
    aws.regions(&["us-east-1", "us-west-2"]).await;
    let account = aws.connect(&[]).await.unwrap();
    (aws, account)
}

const DENIED: &str = r#"{"__type":"AccessDeniedException","Message":"User: x is not authorized to perform: kms:GetKeyPolicy because no resource-based policy allows it"}"#;

#[tokio::test]
async fn each_operation_is_asked_about_each_subject_where_it_is() {
    let (aws, account) = two_regions().await;
    let (east, west) = (("kms", "us-east-1"), ("kms", "us-west-2"));
    // The second page is asked for with the first one's marker; moto writes the last marker as empty.
    aws.regional(
        east,
        r#""Marker":"m""#,
        200,
        r#"{"Keys":["b"],"NextMarker":"","Truncated":false}"#,
    )
    .await;
    aws.regional(
        east,
        "ListKeys",
        200,
        r#"{"Keys":["a"],"NextMarker":"m","Truncated":true}"#,
    )
    .await;
    aws.regional(west, "ListKeys", 200, r#"{"Keys":[]}"#).await;
    for key in ["a", "b"] {
        let body = format!(r#"{{"described":"{key}"}}"#);
        aws.regional(east, &format!(r#"{{"KeyId":"{key}"}}"#), 200, &body)
            .await;
    }
    aws.regional(
        east,
        r#"{"KeyId":"a","PolicyName""#,
        200,
        r#"{"policy":"a"}"#,
    )
    .await;
    aws.regional(east, r#"{"KeyId":"b","PolicyName""#, 400, DENIED)
        .await;
    let (completeness, told) = read(&account, &WHOLE, Asked::About(&ABOUT_KEYS)).await;
    assert_eq!(
        told,
        [
            r#"us-east-1 a 200 {"described":"a"}"#,
            r#"us-east-1 a 200 {"policy":"a"}"#,
            r#"us-east-1 b 200 {"described":"b"}"#,
        ]
    );
    let reason = completeness.unwrap().reason.unwrap();
    assert_eq!(reason.code, UnknownCode::PermissionMissing);
    assert!(
        reason.detail.starts_with("Not read for b: ") && reason.detail.contains("kms:GetKeyPolicy"),
        "{}",
        reason.detail
    );
    let (completeness, told) = read(&account, &WHOLE, Asked::List(&KEYS)).await;
    assert!(completeness.unwrap().complete);
    assert_eq!(told.len(), 3, "{told:?}");
    assert_eq!(
        aws.count("kms", "us-west-2", "ListKeys").await,
        1,
        "a list is read once in a session"
    );
}

#[tokio::test]
async fn a_list_that_is_refused_in_part_leaves_a_gap_and_altogether_an_error() {
    let (aws, account) = two_regions().await;
    let refused = r#"{"__type":"AccessDeniedException"}"#;
    aws.regional(("kms", "us-west-2"), "ListKeys", 400, refused)
        .await;
    aws.regional(("kms", "us-east-1"), "ListKeys", 200, r#"{"Keys":[]}"#)
        .await;
    for asked in [Asked::List(&KEYS), Asked::About(&ABOUT_KEYS)] {
        let (completeness, _) = read(&account, &WHOLE, asked).await;
        let reason = completeness.unwrap().reason.unwrap();
        assert_eq!(reason.code, UnknownCode::PermissionMissing);
        assert!(reason.detail.contains("us-west-2"), "{}", reason.detail);
    }
    let (aws, account) = two_regions().await;
    for region in ["us-east-1", "us-west-2"] {
        aws.regional(("kms", region), "ListKeys", 400, refused)
            .await;
    }
    let (completeness, _) = read(&account, &WHOLE, Asked::About(&ABOUT_KEYS)).await;
    assert_eq!(completeness.unwrap_err().class, ErrorClass::Permission);
}

#[tokio::test]
async fn a_list_that_says_it_is_cut_off_and_not_where_is_no_whole() {
    let (aws, account) = two_regions().await;
    aws.regional(
        ("kms", "us-east-1"),
        "ListKeys",
        200,
        r#"{"Keys":[],"Truncated":true}"#,
    )
    .await;
    aws.regional(("kms", "us-west-2"), "ListKeys", 200, r#"{"Nothing":1}"#)
        .await;
    let (completeness, _) = read(&account, &WHOLE, Asked::About(&ABOUT_KEYS)).await;
    let reason = completeness.unwrap().reason.unwrap();
    assert_eq!(reason.code, UnknownCode::MalformedAnswer);
    for region in ["us-east-1", "us-west-2"] {
        assert!(reason.detail.contains(region), "{}", reason.detail);
    }
}

#[tokio::test]
async fn buckets_are_asked_about_in_their_own_region_and_none_is_data() {
    let aws = Aws::start().await;
    let account = aws.connect(&[]).await.unwrap();
    let list = "<Buckets><Bucket><Name>a-1</Name><Region>eu-west-1</Region></Bucket>\
                <Bucket><Name>b-1</Name><Region>us-east-1</Region></Bucket></Buckets>";
    aws.regional(("s3", "us-east-1"), "/", 200, list).await;
    aws.regional(("s3", "eu-west-1"), "/a-1", 200, r#"{"Statement":[]}"#)
        .await;
    let none = "<Error><Code>NoSuchBucketPolicy</Code><Message>m</Message></Error>";
    aws.regional(("s3", "us-east-1"), "/b-1", 404, none).await;
    let (completeness, told) = read(&account, &WHOLE, Asked::About(&ABOUT_BUCKETS)).await;
    assert!(completeness.unwrap().complete, "no region has to be known");
    assert_eq!(
        told,
        [
            r#"eu-west-1 a-1 200 {"Statement":[]}"#.to_owned(),
            format!("us-east-1 b-1 404 {none}"),
        ]
    );
}

#[tokio::test]
async fn buckets_outside_of_the_users_regions_are_told_and_not_asked_about() {
    let aws = Aws::start().await;
    aws.regions(&["us-east-1", "eu-west-1"]).await;
    let account = aws.connect(&[("regions", "us-east-1")]).await.unwrap();
    let list = "<Buckets><Bucket><Name>a-1</Name><Region>eu-west-1</Region></Bucket></Buckets>";
    aws.regional(("s3", "us-east-1"), "/", 200, list).await;
    let (completeness, told) = read(&account, &WHOLE, Asked::About(&ABOUT_BUCKETS)).await;
    assert_eq!(told, Vec::<String>::new());
    let reason = completeness.unwrap().reason.unwrap();
    assert_eq!(reason.code, UnknownCode::Partial);
    assert!(reason.detail.contains("1 others"), "{}", reason.detail);
}

#[tokio::test]
async fn lists_about_subjects_are_read_and_asked_about_in_batches() {
    let (aws, account) = two_regions().await;
    let east = ("guardduty", "us-east-1");
    aws.regional(east, "/detector", 200, r#"{"detectorIds":["d1"]}"#)
        .await;
    aws.regional(
        ("guardduty", "us-west-2"),
        "/detector",
        200,
        r#"{"detectorIds":[]}"#,
    )
    .await;
    aws.regional(
        east,
        "/detector/d1/findings",
        200,
        r#"{"findingIds":["f1","f2","f3","f4"]}"#,
    )
    .await;
    for ids in [r#"["f1","f2"]"#, r#"["f3"]"#] {
        let asked = format!(r#"{{"findingIds":{ids}}}"#);
        aws.regional(east, &asked, 200, &asked).await;
    }
    let (completeness, told) = read(&account, &WHOLE, Asked::About(&ABOUT_FINDINGS)).await;
    assert_eq!(
        told,
        [
            r#"us-east-1 d1 200 {"findingIds":["f1","f2"]}"#,
            r#"us-east-1 d1 200 {"findingIds":["f3"]}"#,
        ]
    );
    let reason = completeness.unwrap().reason.unwrap();
    assert_eq!(reason.code, UnknownCode::Partial, "there was a fourth");
    assert!(reason.detail.contains("first 3"), "{}", reason.detail);
}

#[tokio::test]
async fn one_operation_is_asked_once() {
    let (aws, account) = two_regions().await;
    aws.regional(("kms", "us-east-1"), "DescribeKey", 200, r#"{"a":1}"#)
        .await;
    let (completeness, told) = read(&account, &CAPPED, Asked::Once(&KEY)).await;
    assert!(completeness.unwrap().complete);
    assert_eq!(told, [r#"us-east-1  200 {"a":1}"#]);
    assert_eq!(aws.count("kms", "us-west-2", "DescribeKey").await, 0);
    let (_, account) = two_regions().await;
    let (refused, _) = read(&account, &WHOLE, Asked::Once(&KEY)).await;
    assert!(refused.is_err());
}
