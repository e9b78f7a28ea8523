//! `iam:SimulatePrincipalPolicy`: not a simulation, but what the options say; denials by a fault show in it.

use crate::answer::Answer;
use crate::call::Call;
use crate::options::Simulation;
use crate::pages;
use crate::refusal::{Refusal, escaped};
use crate::state::State;

pub(super) fn simulate(state: &State, call: &Call) -> Result<Answer, Refusal> {
    let invalid = |why: String| Refusal::new(400, "InvalidInput", why);
    let principal = call.text("PolicySourceArn").unwrap_or_default();
    let prefix = format!("arn:{}:iam::", call.partition());
    let kinds = [":user/", ":group/", ":role/"];
    if !principal.starts_with(&prefix) || !kinds.iter().any(|kind| principal.contains(kind)) {
        return Err(invalid(format!(
            "Invalid Entity Arn: {principal} does not clearly define entity type and name."
        )));
    }
    let actions = call.list("ActionNames");
    if actions.is_empty() {
        return Err(invalid("ActionNames must not be empty".to_owned()));
    }
    let most = call
        .text("MaxItems")
        .and_then(|text| text.parse().ok())
        .unwrap_or(100)
        .min(1000);
    let size = state.options.page_size.unwrap_or(most).min(most);
    let marker = call.text("Marker");
    let page = pages::cut(&actions, "SimulatePrincipalPolicy", marker.as_deref(), size)
        .ok_or_else(|| invalid("Invalid Marker.".to_owned()))?;
    let simulation = state.simulation();
    let members: String = page
        .items
        .iter()
        .map(|action| {
            let decision = if allows(state, &simulation, action, &call.region) {
                "allowed"
            } else {
                "implicitDeny"
            };
            format!(
                "<member><EvalActionName>{}</EvalActionName><EvalResourceName>*</EvalResourceName>\
                 <EvalDecision>{decision}</EvalDecision><MatchedStatements/><MissingContextValues/></member>",
                escaped(action)
            )
        })
        .collect();
    let rest = page.next.map_or_else(
        || "<IsTruncated>false</IsTruncated>".to_owned(),
        |next| format!("<IsTruncated>true</IsTruncated><Marker>{next}</Marker>"),
    );
    Ok(Answer::ok(format!(
        "<SimulatePrincipalPolicyResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
         <SimulatePrincipalPolicyResult><EvaluationResults>{members}</EvaluationResults>{rest}\
         </SimulatePrincipalPolicyResult><ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata>\
         </SimulatePrincipalPolicyResponse>",
        state.request_id()
    )))
}

fn allows(state: &State, simulation: &Simulation, action: &str, region: &str) -> bool {
    let (service, operation) = action.split_once(':').unwrap_or((action, ""));
    if state.faults.denies(service, operation, region) {
        return false;
    }
    match simulation {
        Simulation::Nothing => false,
        Simulation::Everything => true,
        Simulation::Only(actions) => actions.iter().any(|allowed| allowed == action),
    }
}
