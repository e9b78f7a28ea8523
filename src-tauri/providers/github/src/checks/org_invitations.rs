//! An invitation that nobody answers is a door that nobody watches.

use super::{
    ages::{age, number},
    jury::Jury,
    told::Told,
};
use crate::datasets::{FAILED_INVITATIONS, INVITATIONS, Invitation};
use evidence::{Reason, Severity};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

const DAYS: &str = "github.invitation_days";

/// The rule. It is information: nothing fails.
///
/// | invitation | it |
/// | --- | --- |
/// | open for at most the company's days | passes |
/// | open for longer | unknown: for a person to judge |
/// | expired or failed | unknown: for a person to judge |
/// | open since a moment that GitHub leaves out | unknown |
///
/// Without any, both lists having been read to their end: passes.
pub static CHECK: Check = Check {
    id: "github.org.stale_invites",
    alias: "GITHUB-18",
    version: 1,
    title: "No invitation to the organization is left unanswered.",
    objectives: &["3.1.1[a]"],
    severity: Severity::Info,
    remedy: "Organization > People > Invitations: cancel what nobody answered, and invite again whom the company still wants.",
    console: console!("organizations/managing-membership-in-your-organization"),
    reperform: Reperform {
        portal: "Organization > People > Invitations, and Failed invitations.",
        command: "gh api --paginate orgs/ORG/invitations --jq '.[] | [.login, .email, .created_at]'; gh api --paginate orgs/ORG/failed_invitations",
    },
    datasets: &["github.invitations", "github.failed_invitations"],
    parameters: &[DAYS],
    clouds: Clouds::Only(&["github", "ghe"]),
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    judge(collected).unwrap_or_else(Verdict::unknown)
}

fn judge(collected: &Collected<'_>) -> Result<Verdict, Reason> {
    let days = number(collected, DAYS)?;
    let mut jury = Jury::new();
    for open in jury.rows::<Invitation>(collected, INVITATIONS.id) {
        let told = match open.created_at.and_then(|at| age(collected.now, at)) {
            None => Told::silent("GitHub does not say when it was made."),
            Some(age) if age > days => {
                Told::for_a_person(format!("Open for {age} days; at most {days}."))
            }
            Some(_) => Told::Yes,
        };
        one(&mut jury, &open, told);
    }
    for failed in jury.rows::<Invitation>(collected, FAILED_INVITATIONS.id) {
        let why = failed.failed_reason.as_deref().unwrap_or("no reason given");
        let told = Told::for_a_person(format!("Came to nothing: {}.", why.trim_end_matches('.')));
        one(&mut jury, &failed, told);
    }
    Ok(jury.conclude(WhenEmpty::Passes))
}

fn one(jury: &mut Jury, invitation: &Invitation, told: Told) {
    let id = invitation.id.map(|id| id.to_string()).unwrap_or_default();
    jury.told("invitation", &id, &invitation.name(), told);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::Org;
    use evidence::{
        Outcome::{Pass, Unknown},
        UnknownCode,
    };
    use serde_json::{Value, json};

    fn org(open: Value, failed: Value) -> Org {
        Org::new()
            .list(&INVITATIONS, open)
            .list(&FAILED_INVITATIONS, failed)
    }

    #[test]
    fn what_is_left_over_is_for_a_person() {
        let open = |at: Value| {
            org(
                json!([{"id": 1, "login": "kim", "created_at": at}]),
                json!([]),
            )
        };
        let judgement = (Unknown, Some(UnknownCode::NeedsJudgement));
        assert_eq!(
            open(json!("2026-11-16T09:00:00Z")).says(&CHECK),
            (Pass, None)
        );
        assert_eq!(open(json!("2026-11-15T08:00:00Z")).says(&CHECK), judgement);
        assert_eq!(
            open(json!(null)).says(&CHECK),
            (Unknown, Some(UnknownCode::MalformedAnswer))
        );
        let failed = org(
            json!([]),
            json!([{"id": 2, "email": "kim@harbor.example", "failed_reason": "Invitation expired."}]),
        );
        assert_eq!(failed.says(&CHECK), judgement);
        assert_eq!(failed.told(&CHECK).1, ["kim@harbor.example"]);
        assert_eq!(org(json!([]), json!([{}])).says(&CHECK), judgement);
        assert_eq!(org(json!([]), json!([])).says(&CHECK), (Pass, None));
        let longer = open(json!("2026-11-15T08:00:00Z")).with(DAYS, json!(8));
        assert_eq!(longer.says(&CHECK), (Pass, None));
        let unset = org(json!([]), json!([])).with(DAYS, json!(null));
        assert_eq!(unset.says(&CHECK), judgement);
    }

    #[test]
    fn half_of_either_list_is_not_enough() {
        for half in [
            org(json!([]), json!([])).half(&INVITATIONS, json!([])),
            org(json!([]), json!([])).half(&FAILED_INVITATIONS, json!([])),
        ] {
            assert_eq!(half.says(&CHECK), (Unknown, Some(UnknownCode::Partial)));
        }
    }
}
