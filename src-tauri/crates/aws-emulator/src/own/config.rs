//! `config:DescribeComplianceByConfigRule`, over the rules that moto has.

use http::Method;
use serde_json::{Value, json};

use crate::answer::Answer;
use crate::call::Call;
use crate::compliance::{Compliance, compliance_of};
use crate::forward;
use crate::pages;
use crate::refusal::Refusal;
use crate::state::State;

/// The most rules on a page.
const MOST: usize = 100;
const RULES: &str = "StarlingDoveService.DescribeConfigRules";

pub(super) async fn compliance(state: &State, call: &Call) -> Result<Answer, Refusal> {
    let mut names = rules(state, call).await?;
    let wanted = call.list("ConfigRuleNames");
    if let Some(stranger) = wanted.iter().find(|name| !names.contains(name)) {
        return Err(Refusal::new(
            400,
            "NoSuchConfigRuleException",
            format!("The ConfigRule '{stranger}' provided in the request is invalid."),
        ));
    }
    names.retain(|name| wanted.is_empty() || wanted.contains(name));
    let types = call.list("ComplianceTypes");
    let mut judged: Vec<(String, Compliance)> = names
        .into_iter()
        .map(|name| {
            let set = state.options.compliance.get(&name).copied();
            let compliance = set.unwrap_or_else(|| compliance_of(&name));
            (name, compliance)
        })
        .collect();
    judged.retain(|(_, compliance)| {
        types.is_empty() || types.iter().any(|word| word == compliance.word())
    });
    let size = state.options.page_size.unwrap_or(MOST).min(MOST);
    let token = call.text("NextToken");
    let page = pages::cut(
        &judged,
        "DescribeComplianceByConfigRule",
        token.as_deref(),
        size,
    )
    .ok_or_else(|| {
        Refusal::new(
            400,
            "InvalidNextTokenException",
            "The nextToken provided is invalid",
        )
    })?;
    let listed: Vec<Value> = page
        .items
        .iter()
        .map(|(name, compliance)| {
            let mut judged = json!({ "ComplianceType": compliance.word() });
            if let (Compliance::NonCompliant, Some(members)) = (compliance, judged.as_object_mut())
            {
                members.insert(
                    "ComplianceContributorCount".to_owned(),
                    json!({ "CappedCount": 2, "CapExceeded": false }),
                );
            }
            json!({ "ConfigRuleName": name, "Compliance": judged })
        })
        .collect();
    let mut body = json!({ "ComplianceByConfigRules": listed });
    if let (Some(next), Some(members)) = (page.next, body.as_object_mut()) {
        members.insert("NextToken".to_owned(), json!(next));
    }
    Ok(Answer::ok(body.to_string()))
}

/// The names of all rules in the call's region, sorted.
async fn rules(state: &State, call: &Call) -> Result<Vec<String>, Refusal> {
    let mut names = Vec::new();
    let mut token = Value::Null;
    loop {
        let asked = if token.is_null() {
            json!({})
        } else {
            json!({ "NextToken": token })
        };
        let answer = forward::ask(
            state,
            call,
            Method::POST,
            "/",
            Some(RULES),
            asked.to_string(),
        )
        .await;
        let body: Value = serde_json::from_slice(&answer.body).unwrap_or(Value::Null);
        let Some(list) = body
            .get("ConfigRules")
            .and_then(Value::as_array)
            .filter(|_| answer.is_ok())
        else {
            // Moto refuses the caller here as AWS would refuse the operation itself.
            let code = body
                .get("__type")
                .and_then(Value::as_str)
                .unwrap_or("InternalFailure");
            return Err(Refusal::new(
                answer.status,
                code,
                "The rules could not be read.",
            ));
        };
        names.extend(
            list.iter()
                .filter_map(|rule| rule.get("ConfigRuleName")?.as_str().map(str::to_owned)),
        );
        token = body.get("NextToken").cloned().unwrap_or(Value::Null);
        if token.as_str().is_none_or(str::is_empty) {
            break;
        }
    }
    names.sort();
    Ok(names)
}
