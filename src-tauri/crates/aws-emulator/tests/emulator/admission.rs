//! Requests that AWS would not look at.

use super::{Bench, elements, read};

const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn unsigned_requests_are_refused_in_every_protocol() {
    let bench = Bench::alone(|_| {});
    let address = bench.emulator.url().to_owned() + "/";
    let post = |body: &'static str| bench.client.post(&address).body(body);
    let query = post("Action=ListUsers&Version=2010-05-08").header("content-type", FORM);
    let (status, _, told) = read(query.send().await.unwrap()).await;
    assert_eq!(
        (status, elements(&told, "Code")),
        (403, vec!["MissingAuthenticationToken".to_owned()])
    );
    let ec2 = post("Action=DescribeVolumes&Version=2016-11-15").header("content-type", FORM);
    let (status, _, told) = read(ec2.send().await.unwrap()).await;
    assert_eq!(
        (status, elements(&told, "Code")),
        (401, vec!["AuthFailure".to_owned()])
    );
    let json = post("{}").header("x-amz-target", "StarlingDoveService.DescribeConfigRules");
    let (status, kind, told) = read(json.send().await.unwrap()).await;
    assert_eq!((status, &*kind), (400, "application/x-amz-json-1.1"));
    assert!(
        told.contains("MissingAuthenticationTokenException"),
        "{told}"
    );
    let rest = bench
        .client
        .get(format!("{address}analyzer"))
        .send()
        .await
        .unwrap();
    assert_eq!(rest.status(), 403);
    assert_eq!(
        rest.headers()["x-amzn-errortype"],
        "MissingAuthenticationTokenException"
    );
    assert!(
        bench
            .emulator
            .requests()
            .iter()
            .all(|entry| !entry.forwarded && entry.service.is_empty())
    );
}

#[tokio::test]
async fn scopes_times_and_signed_headers_must_be_right() {
    let bench = Bench::alone(|_| {});
    let code = async |service: &str,
                      region: &str,
                      spoil: &dyn Fn(String) -> String,
                      date: Option<&str>| {
        let request = bench
            .form(service, region, "2010-05-08", "Action=ListUsers")
            .build()
            .unwrap();
        let (mut parts, body) = (
            request.headers().clone(),
            request.body().unwrap().as_bytes().unwrap().to_vec(),
        );
        let spoiled = spoil(parts["authorization"].to_str().unwrap().to_owned());
        parts.insert("authorization", spoiled.parse().unwrap());
        if let Some(date) = date {
            parts.insert("x-amz-date", date.parse().unwrap());
        }
        let response = bench
            .client
            .post(request.url().clone())
            .headers(parts)
            .body(body);
        let (_, _, told) = read(response.send().await.unwrap()).await;
        elements(&told, "Code").pop().unwrap_or_default()
    };
    let same = |text: String| text;
    assert_eq!(
        code("iam", "us-east-1", &same, None).await,
        "",
        "the request itself is good"
    );
    assert_eq!(
        code("iam", "us-east-2", &same, None).await,
        "SignatureDoesNotMatch"
    );
    assert_eq!(
        code("iam", "nowhere", &same, None).await,
        "SignatureDoesNotMatch"
    );
    assert_eq!(
        code("sts", "us-east-1", &same, None).await,
        "SignatureDoesNotMatch"
    );
    assert_eq!(
        code("iam", "us-east-1", &same, Some("20150830T123600Z")).await,
        "SignatureDoesNotMatch"
    );
    for (part, without) in [
        ("host;", ""),
        ("x-amz-date", "x-amz-other"),
        ("/aws4_request", ""),
        ("Signature=", "Sign="),
    ] {
        let spoil = |text: String| text.replace(part, without);
        assert_eq!(
            code("iam", "us-east-1", &spoil, None).await,
            "IncompleteSignature",
            "{part}"
        );
    }
    let day = |text: String| text.replacen("/20", "/19", 1);
    assert_eq!(
        code("iam", "us-east-1", &day, None).await,
        "SignatureDoesNotMatch"
    );
}

#[tokio::test]
async fn with_known_keys_signatures_are_verified() {
    let mut bench = Bench::alone(|options| {
        options.keys = [("AKIAKNOWNKNOWNKNOWN0".to_owned(), "right".to_owned())].into();
    });
    for (id, secret, query, ec2, json) in [
        ("AKIAKNOWNKNOWNKNOWN0", "right", "", "", ""),
        (
            "AKIAKNOWNKNOWNKNOWN0",
            "wrong",
            "SignatureDoesNotMatch",
            "AuthFailure",
            "InvalidSignatureException",
        ),
        (
            "AKIASTRANGERSTRANGER",
            "right",
            "InvalidClientTokenId",
            "AuthFailure",
            "UnrecognizedClientException",
        ),
    ] {
        bench.key = (id.to_owned(), secret.to_owned());
        let (_, _, told) = bench.iam("Action=ListUsers").await;
        assert_eq!(elements(&told, "Code").concat(), query, "{told}");
        let (_, _, told) = bench.ec2("us-east-2", "Action=DescribeVolumes").await;
        assert_eq!(elements(&told, "Code").concat(), ec2, "{told}");
        let (_, told) = bench
            .target("config", "us-east-2", "DescribeConfigRules", "{}")
            .await;
        assert_eq!(told["__type"].as_str().unwrap_or_default(), json, "{told}");
    }
    bench.key = ("AKIAKNOWNKNOWNKNOWN0".to_owned(), "right".to_owned());
    let (status, _) = bench
        .rest(
            "access-analyzer",
            "us-east-1",
            "GET",
            "/analyzer?maxResults=5&type=ACCOUNT",
            "",
        )
        .await;
    assert_eq!(status, 200, "a query is part of what is signed");
}

#[tokio::test]
async fn a_clock_that_is_off_is_told() {
    let bench = Bench::alone(|_| {});
    for (ahead, says) in [(3600, "Signature expired"), (-3600, "not yet current")] {
        bench.emulator.set_clock_ahead(ahead);
        let response = bench
            .form("iam", "us-east-1", "2010-05-08", "Action=ListUsers")
            .send()
            .await
            .unwrap();
        let date = response.headers()["date"].to_str().unwrap().to_owned();
        let date = chrono::DateTime::parse_from_rfc2822(&date).unwrap();
        let off = (date.to_utc() - chrono::Utc::now()).num_seconds();
        assert!((off - ahead).abs() < 60, "{date}");
        let (status, _, told) = read(response).await;
        assert_eq!(status, 403);
        assert_eq!(elements(&told, "Code"), ["SignatureDoesNotMatch"]);
        assert!(told.contains(says), "{told}");
        let (_, _, told) = bench.ec2("us-east-1", "Action=DescribeVolumes").await;
        assert_eq!(elements(&told, "Code"), ["RequestExpired"]);
    }
    bench.emulator.set_clock_ahead(600);
    assert_eq!(
        bench.iam("Action=ListUsers").await.0,
        200,
        "ten minutes are forgiven"
    );
}
