//! What IAM says of organizations, and `iam:SimulatePrincipalPolicy`: not a simulation, but what the options say;
//! denials by a fault show in it.

use http::Method;

use crate::answer::Answer;
use crate::call::Call;
use crate::forward;
use crate::options::Simulation;
use crate::pages;
use crate::protocol::Protocol;
use crate::refusal::{Refusal, escaped};
use crate::state::State;

/// `iam:ListOrganizationsFeatures`: root users are managed centrally wherever moto has an organization.
pub(super) async fn organizations_features(state: &State, call: &Call) -> Result<Answer, Refusal> {
    let mut asked = call.clone();
    "organizations".clone_into(&mut asked.service);
    asked.protocol = Protocol::Json;
    let target = Some("AWSOrganizationsV20161128.DescribeOrganization");
    let answer = forward::ask(state, &asked, Method::POST, "/", target, "{}").await;
    if !answer.is_ok() {
        return Err(Refusal::new(
            404,
            "OrganizationNotFoundException",
            "No organization is associated with the account.",
        ));
    }
    Ok(Answer::ok(format!(
        "<ListOrganizationsFeaturesResponse xmlns=\"https://iam.amazonaws.com/doc/2010-05-08/\">\
         <ListOrganizationsFeaturesResult><OrganizationId>o-madeup0001</OrganizationId><EnabledFeatures>\
         <member>RootCredentialsManagement</member></EnabledFeatures></ListOrganizationsFeaturesResult>\
         <ResponseMetadata><RequestId>{}</RequestId></ResponseMetadata></ListOrganizationsFeaturesResponse>",
        state.request_id()
    )))
}

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
