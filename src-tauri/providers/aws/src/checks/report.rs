//! How checks of users and keys read the credential report.

use crate::datasets::{CREDENTIAL_REPORT, CredentialRow};
use evidence::{Reason, UnknownCode};
use provider_kit::{Collected, Rows};

/// The report's rows, complete only if root's is among them.
///
/// What proves that nobody is left out: the report comes in one answer, whose XML has its end and whose table has
/// equally long rows, and AWS writes root's row first in every report. A report without it is not the documented one,
/// and may lack users as it lacks root. So without it a failing user still fails, and nothing else is concluded: no
/// pass, and no "there is nobody to judge".
pub fn rows(collected: &Collected<'_>) -> Result<Rows<CredentialRow>, Reason> {
    let mut rows = collected.rows::<CredentialRow>(CREDENTIAL_REPORT.id)?;
    if !rows.rows.iter().any(CredentialRow::is_root) {
        rows.missing.get_or_insert_with(|| {
            Reason::new(
                UnknownCode::MalformedAnswer,
                "The credential report has no row for the root user, which AWS writes first: it may lack other users too.",
            )
        });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::{
        console_mfa, key_rotation, one_active_key, testing::Account, unused_credentials,
    };
    use evidence::{Outcome, UnknownCode};
    use provider_kit::{Check, Verdict};

    const CHECKS: [&Check; 4] = [
        &console_mfa::CHECK,
        &key_rotation::CHECK,
        &unused_credentials::CHECK,
        &one_active_key::CHECK,
    ];
    const COLUMNS: &str = "user,arn,password_enabled,password_last_used,password_last_changed,mfa_active,\
                           access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
                           access_key_2_active,access_key_2_last_rotated,access_key_2_last_used_date";
    const GOOD: &str = "a,1,true,2026-11-01T00:00:00Z,2026-11-01T00:00:00Z,true,\
                        true,2026-11-01T00:00:00Z,2026-11-01T00:00:00Z,false,N/A,N/A";
    const BAD: &str = "b,2,true,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,false,\
                       true,2024-01-01T00:00:00Z,2024-01-01T00:00:00Z,true,2024-01-01T00:00:00Z,N/A";
    const NOTHING: &str = "c,3,false,N/A,N/A,false,false,N/A,N/A,false,N/A,N/A";

    fn is_unknown(verdict: &Verdict, context: &str) {
        assert_eq!(verdict.outcome, Outcome::Unknown, "{context}");
        let reason = verdict.reason.as_ref().unwrap();
        assert_eq!(reason.code, UnknownCode::MalformedAnswer, "{context}");
        assert!(!verdict.population.complete, "{context}");
    }

    #[test]
    fn without_roots_row_nothing_passes_or_does_not_apply_but_can_fail() {
        for check in CHECKS {
            let rootless =
                |rows: &[&str]| Account::new().rootless_report(COLUMNS, rows).judge(check);
            is_unknown(&rootless(&[GOOD]), check.id);
            is_unknown(&rootless(&[NOTHING]), check.id);
            is_unknown(&rootless(&[]), check.id);
            let fail = rootless(&[GOOD, BAD]);
            assert_eq!(
                (fail.outcome, fail.population.complete),
                (Outcome::Fail, false),
                "{}",
                check.id
            );
        }
    }

    #[test]
    fn with_roots_row_the_users_decide() {
        for check in CHECKS {
            let outcome = |rows: &[&str]| Account::new().report(COLUMNS, rows).judge(check).outcome;
            assert_eq!(outcome(&[GOOD]), Outcome::Pass, "{}", check.id);
            assert_eq!(outcome(&[GOOD, BAD]), Outcome::Fail, "{}", check.id);
            assert_eq!(outcome(&[]), Outcome::NotApplicable, "{}", check.id);
        }
    }
}
