//! `account:ListRegions`: the regions of the options and one that is not enabled.

use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::pages;
use crate::refusal::Refusal;
use crate::state::State;

/// A region of the commercial partition that no made-up account has enabled.
const DISABLED: &str = "me-south-1";

pub(super) fn list_regions(state: &State, call: &Call) -> Result<Answer, Refusal> {
    let invalid = |why: &str| Refusal::new(400, "ValidationException", why);
    let most: usize = match call.text("MaxResults") {
        None => 50,
        Some(text) => text
            .parse()
            .ok()
            .filter(|most| (1..=50).contains(most))
            .ok_or_else(|| invalid("MaxResults must be between 1 and 50"))?,
    };
    let wanted = call.list("RegionOptStatusContains");
    let named = |status: &str| wanted.is_empty() || wanted.iter().any(|word| word == status);
    let mut all: Vec<Value> = Vec::new();
    if named("ENABLED_BY_DEFAULT") {
        all.extend(
            super::ec2::regions(state, call)
                .map(|name| json!({ "RegionName": name, "RegionOptStatus": "ENABLED_BY_DEFAULT" })),
        );
    }
    if call.partition() == "aws" && named("DISABLED") {
        all.push(json!({ "RegionName": DISABLED, "RegionOptStatus": "DISABLED" }));
    }
    let size = state.options.page_size.unwrap_or(50).min(most);
    let token = call.text("NextToken");
    let page = pages::cut(&all, "ListRegions", token.as_deref(), size)
        .ok_or_else(|| invalid("NextToken is not valid"))?;
    let mut body = json!({ "Regions": page.items });
    if let (Some(next), Some(members)) = (page.next, body.as_object_mut()) {
        members.insert("NextToken".to_owned(), json!(next));
    }
    Ok(Answer::ok(body.to_string()))
}
