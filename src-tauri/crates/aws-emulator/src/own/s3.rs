//! `s3:ListBuckets`: moto does not say in which region a bucket is.

use http::Method;

use crate::amend::between;
use crate::answer::Answer;
use crate::call::Call;
use crate::forward;
use crate::refusal::Refusal;
use crate::state::State;

pub(super) async fn list_buckets(state: &State, call: &Call) -> Result<Answer, Refusal> {
    let mut answer = forward::ask(state, call, Method::GET, "/", None, "").await;
    // AWS names regions only where the request has an argument.
    if !answer.is_ok() || call.text("max-buckets").is_none() {
        return Ok(answer);
    }
    let text = answer.text().to_owned();
    let mut amended = String::new();
    for (number, part) in text.split("</Bucket>").enumerate() {
        if number > 0 {
            amended.push_str("</Bucket>");
        }
        amended.push_str(part);
        let name = part
            .rsplit_once("<Bucket>")
            .and_then(|(_, bucket)| between(bucket, "<Name>", "</Name>"));
        if let Some(name) = name {
            let region = region(state, call, name).await;
            amended.push_str(&format!("<BucketRegion>{region}</BucketRegion>"));
        }
    }
    answer.body = amended.into();
    Ok(answer)
}

/// Where a bucket is; moto leaves the first region out, as AWS does.
async fn region(state: &State, call: &Call, name: &str) -> String {
    let path = format!("/{name}?location");
    let answer = forward::ask(state, call, Method::GET, &path, None, "").await;
    let text = answer.text();
    let place = text
        .split_once("<LocationConstraint")
        .and_then(|(_, rest)| between(rest, ">", "</LocationConstraint>"));
    match place {
        Some(place) if !place.is_empty() => place.to_owned(),
        _ => "us-east-1".to_owned(),
    }
}
