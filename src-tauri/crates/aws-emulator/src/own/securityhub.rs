//! Security Hub: nothing but `DescribeHub` tells moto that a hub must be enabled, and its findings are not filtered.

use http::Method;
use serde_json::Value;

use crate::answer::Answer;
use crate::call::Call;
use crate::forward;
use crate::refusal::Refusal;
use crate::state::State;

/// Whether the hub is enabled in the call's region.
pub(crate) async fn subscribed(state: &State, call: &Call) -> Result<(), Refusal> {
    let answer = forward::ask(state, call, Method::GET, "/accounts", None, "").await;
    if answer.status == 401 || answer.status == 404 {
        return Err(Refusal::not_subscribed());
    }
    Ok(())
}

/// Takes the findings out of a page that the request's filters exclude. A page may end up empty and still have a next
/// one, as at AWS. Filters that are not known here exclude nothing.
pub(crate) fn filter_findings(call: &Call, answer: &mut Answer) {
    let Some(filters) = call.json().get("Filters").and_then(Value::as_object) else {
        return;
    };
    let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else {
        return;
    };
    let Some(findings) = body.get_mut("Findings").and_then(Value::as_array_mut) else {
        return;
    };
    findings.retain(|finding| {
        filters.iter().all(|(name, conditions)| {
            let Some(have) = values(finding, name) else {
                return true;
            };
            let conditions: Vec<&Value> = conditions.as_array().into_iter().flatten().collect();
            conditions.is_empty() || conditions.iter().any(|condition| meets(&have, condition))
        })
    });
    answer.body = body.to_string().into();
}

/// What a finding has for a filter; none for filters that are not known.
fn values<'a>(finding: &'a Value, filter: &str) -> Option<Vec<&'a str>> {
    let pointer = match filter {
        "ComplianceAssociatedStandardsId" => {
            let list = finding.pointer("/Compliance/AssociatedStandards");
            return Some(
                list.and_then(Value::as_array)
                    .into_iter()
                    .flatten()
                    .filter_map(|standard| standard.get("StandardsId")?.as_str())
                    .collect(),
            );
        }
        "ComplianceStatus" => "/Compliance/Status",
        "ComplianceSecurityControlId" => "/Compliance/SecurityControlId",
        "RecordState" => "/RecordState",
        "SeverityLabel" => "/Severity/Label",
        "WorkflowStatus" => "/Workflow/Status",
        _ => return None,
    };
    Some(
        finding
            .pointer(pointer)
            .and_then(Value::as_str)
            .into_iter()
            .collect(),
    )
}

fn meets(have: &[&str], condition: &Value) -> bool {
    let member = |name: &str| {
        condition
            .get(name)
            .and_then(Value::as_str)
            .unwrap_or_default()
    };
    let wanted = member("Value");
    match member("Comparison") {
        "EQUALS" => have.contains(&wanted),
        "NOT_EQUALS" => !have.contains(&wanted),
        "PREFIX" => have.iter().any(|value| value.starts_with(wanted)),
        "PREFIX_NOT_EQUALS" => !have.iter().any(|value| value.starts_with(wanted)),
        _ => false,
    }
}
