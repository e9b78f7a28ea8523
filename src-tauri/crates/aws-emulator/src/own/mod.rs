//! What the emulator answers itself.

mod account;
mod built_in;
mod cloudtrail;
mod config;
mod ec2;
mod iam;
mod s3;
mod securityhub;

use crate::answer::Answer;
use crate::call::Call;
use crate::refusal::Refusal;
use crate::state::State;

pub(crate) use securityhub::{filter_findings, subscribed};

/// Serves a call, or says that moto shall.
pub(crate) async fn serve(state: &State, call: &Call) -> Option<Result<Answer, Refusal>> {
    if let Some(answer) = state.answer(call) {
        return Some(Ok(answer));
    }
    // What Security Hub says about itself needs the hub, whoever answers.
    if call.service == "securityhub"
        && matches!(
            &*call.operation,
            "GetEnabledStandards"
                | "ListFindingAggregators"
                | "DescribeStandards"
                | "GetFindings"
                | "ListSecurityControlDefinitions"
        )
        && let Err(refusal) = subscribed(state, call).await
    {
        return Some(Err(refusal));
    }
    if let Some(text) = built_in::find(state.options.answers.as_deref(), call) {
        return Some(Ok(Answer::ok(state.filled(&text, call))));
    }
    Some(match (&*call.service, &*call.operation) {
        ("account", "ListRegions") => account::list_regions(state, call),
        ("cloudtrail", "LookupEvents") => cloudtrail::lookup_events(state, call),
        ("cloudtrail", "GetEventDataStore") => cloudtrail::event_data_store(state, call),
        ("config", "DescribeComplianceByConfigRule") => config::compliance(state, call).await,
        ("ec2", "DescribeRegions") => ec2::describe_regions(state, call),
        ("ec2", "DescribeSnapshots") if ec2::asks_for_public(call) => ec2::public_snapshots(state),
        ("s3", "ListBuckets") => s3::list_buckets(state, call).await,
        ("iam", "SimulatePrincipalPolicy") => iam::simulate(state, call),
        ("iam", "ListOrganizationsFeatures") => iam::organizations_features(state, call).await,
        _ => return None,
    })
}
