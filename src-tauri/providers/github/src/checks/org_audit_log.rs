//! The audit log is there, and something is written into it.

use super::{ages::number, jury::Jury, population::plan, told::Told};
use crate::datasets::{AUDIT_LOG, AuditEntry, Says};
use evidence::{Reason, Severity};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};

const DAYS: &str = "github.audit_log_days";
/// Clocks that differ a little make no entry one of the future.
const TOLERANCE: i64 = 300;

/// The rule.
///
/// | the log | it |
/// | --- | --- |
/// | GitHub says that the plan has none to read | unknown: the licence is missing; it has to be exported by hand |
/// | has an entry of the company's last days, counted from when it was read | passes, however much of it was read |
/// | was read to its end and has none | fails |
/// | was not read to its end and has none | unknown |
/// | an entry without a readable moment or of the future, and no other of those days | unknown |
pub static CHECK: Check = Check {
    id: "github.org.audit_log",
    alias: "GITHUB-17",
    version: 1,
    title: "The audit log can be read and is being written.",
    objectives: &["3.3.1[c]", "3.3.1[d]", "3.3.2[b]", "3.1.7[d]"],
    severity: Severity::Medium,
    remedy: "Organization settings > Logs > Audit log: look whether entries are missing. With GitHub Enterprise have the log streamed to where it is kept; without it export the log by hand before GitHub drops entries after 180 days.",
    console: console!(
        "organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/reviewing-the-audit-log-for-your-organization"
    ),
    reperform: Reperform {
        portal: "Organization settings > Logs > Audit log: the newest entries.",
        command: "gh api 'orgs/ORG/audit-log?per_page=5&order=desc' --jq '.[] | [.\"@timestamp\", .action, .actor]'",
    },
    datasets: &["github.audit_log"],
    parameters: &[DAYS],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    judge(collected).unwrap_or_else(Verdict::unknown)
}

fn judge(collected: &Collected<'_>) -> Result<Verdict, Reason> {
    let days = number(collected, DAYS)?;
    let log = collected.rows::<AuditEntry>(AUDIT_LOG.id)?;
    if log.rows.iter().any(|entry| entry.says == Some(Says::Plan)) {
        return Err(plan(
            "GitHub lets the audit log be read by programs with Enterprise only. The log on the organization's pages keeps 180 days: export it by hand.",
        ));
    }
    let now = collected.now.unix();
    let recent = |at: i64| now - at <= days.saturating_mul(86_400) && at <= now + TOLERANCE;
    let moments = || log.rows.iter().map(AuditEntry::at);
    let mut jury = Jury::new();
    let told = if moments().flatten().any(recent) {
        // What was not read can't make this entry go away.
        Told::Yes
    } else if let Some(reason) = log.missing {
        return Err(reason);
    } else if moments().any(|at| at.is_none_or(|at| at > now + TOLERANCE)) {
        Told::silent("An entry does not say when it was made, or names a moment to come.")
    } else {
        Told::no(format!("Nothing was logged in the last {days} days."))
    };
    jury.told("auditLog", "auditLog", "audit log", told);
    Ok(jury.conclude(WhenEmpty::Unknown("There is one log.".to_owned())))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{NOW, Org};
    use evidence::{
        Outcome::{Fail, Pass, Unknown},
        Timestamp, UnknownCode,
    };
    use serde_json::{Value, json};

    fn entry(days_ago: i64) -> Value {
        let now: Timestamp = NOW.parse().unwrap();
        json!({"@timestamp": (now.unix() - days_ago * 86_400) * 1000, "_document_id": "a", "action": "repo.access"})
    }

    #[test]
    fn a_recent_entry_shows_that_it_is_written() {
        let org = |rows: Value| Org::new().list(&AUDIT_LOG, rows);
        assert_eq!(org(json!([entry(0), entry(90)])).says(&CHECK), (Pass, None));
        assert_eq!(org(json!([entry(30)])).says(&CHECK), (Pass, None));
        assert_eq!(org(json!([entry(31)])).says(&CHECK), (Fail, None));
        assert_eq!(org(json!([])).says(&CHECK), (Fail, None));
        assert_eq!(
            org(json!([entry(-1)])).says(&CHECK),
            (Unknown, Some(UnknownCode::MalformedAnswer)),
            "not yet: a clock is wrong"
        );
        assert_eq!(
            org(json!([{}, entry(31)])).says(&CHECK),
            (Unknown, Some(UnknownCode::MalformedAnswer))
        );
        assert_eq!(org(json!([{}, entry(1)])).says(&CHECK), (Pass, None));
        let short = org(json!([entry(3)])).with(DAYS, json!(2));
        assert_eq!(short.says(&CHECK), (Fail, None));
        let unset = org(json!([entry(3)])).with(DAYS, json!(null));
        assert_eq!(
            unset.says(&CHECK),
            (Unknown, Some(UnknownCode::NeedsJudgement))
        );
    }

    #[test]
    fn a_capped_log_shows_what_is_there_and_never_what_is_not() {
        let half = |rows: Value| Org::new().half(&AUDIT_LOG, rows);
        assert_eq!(half(json!([entry(1)])).says(&CHECK), (Pass, None));
        assert_eq!(
            half(json!([entry(31)])).says(&CHECK),
            (Unknown, Some(UnknownCode::Partial))
        );
        assert_eq!(
            half(json!([])).says(&CHECK),
            (Unknown, Some(UnknownCode::Partial))
        );
    }

    #[test]
    fn a_plan_without_a_log_is_a_missing_licence() {
        let org = Org::new().refused(&AUDIT_LOG, 404, json!({"message": "Not Found"}));
        assert_eq!(
            org.says(&CHECK),
            (Unknown, Some(UnknownCode::LicenceMissing))
        );
        let other = Org::new().refused(&AUDIT_LOG, 403, json!({"message": "Forbidden"}));
        assert_eq!(
            other.says(&CHECK),
            (Unknown, Some(UnknownCode::MalformedAnswer))
        );
    }
}
