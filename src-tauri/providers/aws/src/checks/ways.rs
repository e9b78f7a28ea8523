//! What both checks of risky rights say of a policy, by the ways in which it grants them.

use super::{named::named, own_policies::Own, permissions::Grant};
use provider_kit::Judge;

/// A risky right, in words, and whether the policy grants it.
pub(super) type Way = (String, Grant);

/// Judges a policy that does not allow everything; whether a person has to look at it.
///
/// | some way | and it counts | it can't be told whether it counts |
/// | --- | --- | --- |
/// | is granted | fail | unknown |
/// | is granted under a condition, and none without: `look` says what to look for | unknown | unknown |
/// | can't be told, and none is granted | unknown | unknown |
/// | none is granted | pass | pass |
pub(super) fn tell(judge: &mut Judge, own: &Own<'_>, ways: &[Way], look: &str) -> bool {
    let by = |wanted: &Grant| {
        named(
            ways.iter()
                .filter(|(_, grant)| grant == wanted)
                .map(|(way, _)| way.as_str()),
        )
    };
    let most = ways
        .iter()
        .map(|(_, grant)| grant.clone())
        .fold(Grant::No, Grant::or);
    let (id, name) = (&own.id, &own.name);
    match (most, own.doubt) {
        (Grant::Yes, None) => {
            let note = format!("Grants {} on everything.", by(&Grant::Yes));
            judge.fail(id, name, own.kind, note);
        }
        (Grant::Yes, Some(doubt)) => {
            let note = format!("Grants {} on everything, and {doubt}.", by(&Grant::Yes));
            judge.unknown(id, name, own.kind, note);
        }
        (Grant::Conditional, _) => {
            let note = format!(
                "Grants {} on everything under a condition. Look whether {look}.",
                by(&Grant::Conditional)
            );
            judge.unknown(id, name, own.kind, note);
            return true;
        }
        (Grant::Unclear(why), _) => {
            judge.unknown(id, name, own.kind, format!("It can't be read: {why}."));
        }
        (Grant::No, _) => judge.pass(),
    }
    false
}
