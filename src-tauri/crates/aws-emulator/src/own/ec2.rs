//! `ec2:DescribeRegions`: moto lists every region of the commercial partition, even in GovCloud. And public snapshots: moto
//! does not know whether one is, and lists all of them.

use crate::answer::Answer;
use crate::call::Call;
use crate::partition;
use crate::refusal::Refusal;
use crate::state::State;

/// A region that is only listed when all are asked for.
const NOT_OPTED_IN: &str = "me-south-1";

/// The regions of the options that belong to the partition of a call.
pub(super) fn regions<'a>(state: &'a State, call: &'a Call) -> impl Iterator<Item = &'a str> {
    state
        .options
        .regions
        .iter()
        .map(String::as_str)
        .filter(|region| partition(region) == call.partition())
}

pub(super) fn describe_regions(state: &State, call: &Call) -> Result<Answer, Refusal> {
    let named = call.list("RegionName");
    let mut all: Vec<(&str, &str)> = regions(state, call)
        .map(|name| (name, "opt-in-not-required"))
        .collect();
    if call.text("AllRegions").as_deref() == Some("true") && call.partition() == "aws" {
        all.push((NOT_OPTED_IN, "not-opted-in"));
    }
    if let Some(stranger) = named
        .iter()
        .find(|name| !all.iter().any(|(have, _)| have == name))
    {
        return Err(Refusal::new(
            400,
            "InvalidParameterValue",
            format!("Invalid region provided: [{stranger}]"),
        ));
    }
    let items: String = all
        .iter()
        .filter(|(name, _)| named.is_empty() || named.iter().any(|wanted| wanted == name))
        .map(|(name, status)| {
            format!(
                "<item><regionName>{name}</regionName><regionEndpoint>ec2.{name}.amazonaws.com</regionEndpoint>\
                 <optInStatus>{status}</optInStatus></item>"
            )
        })
        .collect();
    Ok(Answer::ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DescribeRegionsResponse \
         xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>{}</requestId><regionInfo>{items}</regionInfo>\
         </DescribeRegionsResponse>",
        state.request_id()
    )))
}

/// Whether a list of snapshots is to be of public ones only.
pub(super) fn asks_for_public(call: &Call) -> bool {
    call.list("RestorableBy").iter().any(|who| who == "all")
}

/// No snapshot is public.
pub(super) fn public_snapshots(state: &State) -> Result<Answer, Refusal> {
    Ok(Answer::ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<DescribeSnapshotsResponse \
         xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\"><requestId>{}</requestId><snapshotSet/>\
         </DescribeSnapshotsResponse>",
        state.request_id()
    )))
}
