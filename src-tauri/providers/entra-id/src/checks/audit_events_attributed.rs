//! ENTRA-29. The audit log works, and says who did what.

use super::{console, moment};
use crate::{
    datasets::logs::{AUDITS, Actor, Audit, LOG_ROWS},
    parameters::{self, number},
};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// Events that are looked at one by one.
const NEWEST: usize = 20;

/// | audit log | verdict |
/// | --- | --- |
/// | the newest event is older than the company's hours at the time of collecting | fail |
/// | one of the newest twenty names neither a person nor an application | fail |
/// | the newest twenty each have a moment and an actor | pass |
/// | a moment can't be read | unknown |
/// | no event, log read to its end | fail: nothing was logged |
/// | not read in full | unknown; but a log read up to its row cap still shows its newest events |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.audit.audit_events_attributed",
    alias: "ENTRA-29",
    version: 1,
    title: "Directory changes are logged with who made them and when.",
    objectives: &["3.3.1[c]", "3.3.1[d]", "3.3.2[b]", "3.1.7[d]"],
    severity: Severity::High,
    remedy: "Open the audit log and look at the listed events. If the log is empty although changes were made, ask Microsoft support.",
    console: console!("Microsoft_AAD_IAM/ActiveDirectoryMenuBlade/~/Auditing"),
    reperform: Reperform {
        portal: "Entra admin center > Monitoring & health > Audit logs: columns Date, Activity, Initiated by.",
        command: "Get-MgAuditLogDirectoryAudit -Top 20 | Select-Object ActivityDateTime, ActivityDisplayName, @{n='By';e={$_.InitiatedBy.User.UserPrincipalName ?? $_.InitiatedBy.App.DisplayName}}",
    },
    datasets: &["entra-id.directory-audits"],
    parameters: &[parameters::AUDIT_HOURS],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    judge(collected).unwrap_or_else(Verdict::unknown)
}

fn judge(collected: &Collected<'_>) -> Result<Verdict, Reason> {
    let hours = number(collected, parameters::AUDIT_HOURS)?;
    let mut rows = collected.rows::<Audit>(AUDITS.id)?;
    let capped = rows.rows.len() as u64 >= LOG_ROWS
        && rows
            .missing
            .as_ref()
            .is_some_and(|why| why.code == UnknownCode::Partial);
    if capped {
        rows.missing = None;
    }
    let mut judge = Judge::over(&rows);
    let mut events: Vec<_> = rows
        .rows
        .iter()
        .map(|row| (moment(row.activity_date_time.as_deref()), row))
        .collect();
    // Newest first; one without a readable moment could be the newest, so it is looked at too.
    events.sort_by_key(|(at, _)| std::cmp::Reverse((at.is_none(), *at)));
    let newest = events.iter().find_map(|(at, _)| *at);
    if let Some(at) = newest
        && collected.now.unix() - at.unix() > hours.saturating_mul(3600)
        && rows.missing.is_none()
    {
        let note = format!(
            "The newest event is of {at}, more than {hours} hours before the log was read."
        );
        judge.fail("", "", "absence", note);
    }
    for (at, row) in events.iter().take(NEWEST) {
        let id = row.id.clone().unwrap_or_default();
        let name = row
            .activity_display_name
            .clone()
            .unwrap_or_else(|| id.clone());
        let Some(initiator) = &row.initiated_by else {
            judge.unknown(id, name, "auditEvent", "who did it is not said");
            continue;
        };
        if at.is_none() {
            judge.unknown(id, name, "auditEvent", "when it happened can't be read");
        } else if [&initiator.user, &initiator.app]
            .into_iter()
            .flatten()
            .any(names_somebody)
        {
            judge.pass();
        } else {
            judge.fail(
                id,
                name,
                "auditEvent",
                "names neither a person nor an application",
            );
        }
    }
    Ok(judge.conclude(WhenEmpty::Fails("The audit log holds no event.".to_owned())))
}

fn names_somebody(actor: &Actor) -> bool {
    [
        &actor.id,
        &actor.user_principal_name,
        &actor.display_name,
        &actor.app_id,
        &actor.service_principal_id,
    ]
    .into_iter()
    .flatten()
    .any(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::CHECK;
    use crate::checks::testing::{Bench, tell};
    use evidence::Outcome::{Fail, Pass, Unknown};
    use serde_json::json;

    #[test]
    fn events_are_recent_and_attributed() {
        tell(
            &CHECK,
            &[
                (
                    "old",
                    "directory-audits",
                    "/0/value",
                    json!([{"id": "1", "activityDateTime": "2026-11-01T00:00:00Z", "initiatedBy": {"user": {"id": "u"}}}]),
                    Fail,
                ),
                (
                    "nobody",
                    "directory-audits",
                    "/0/value/0/initiatedBy/user",
                    json!(null),
                    Fail,
                ),
                (
                    "an empty actor",
                    "directory-audits",
                    "/0/value/0/initiatedBy/user",
                    json!({"id": "", "displayName": null}),
                    Fail,
                ),
                (
                    "who is not said",
                    "directory-audits",
                    "/0/value/0/initiatedBy",
                    json!(null),
                    Unknown,
                ),
                (
                    "when is not said",
                    "directory-audits",
                    "/0/value/0/activityDateTime",
                    json!(null),
                    Unknown,
                ),
                ("no event", "directory-audits", "/0/value", json!([]), Fail),
            ],
        );
    }

    #[test]
    fn a_log_read_up_to_its_cap_still_shows_its_newest_events() {
        let event = json!({"id": "1", "activityDateTime": "2026-11-22T00:00:00Z", "initiatedBy": {"app": {"displayName": "Sync"}}});
        let capped = Bench::good()
            .set("directory-audits", "/0/value", json!(vec![event; 500]))
            .partly("entra-id.directory-audits");
        assert_eq!(capped.outcome(&CHECK), Pass);
    }
}
