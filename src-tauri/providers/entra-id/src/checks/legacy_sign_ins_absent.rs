//! ENTRA-05, seen from the log: did anybody get in by a protocol that can't ask for a second factor?

use super::console;
use crate::datasets::logs::{SIGN_INS, SignIn};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// Names by which the log calls clients that can ask for a second factor.
const MODERN: [&str; 2] = ["Browser", "Mobile Apps and Desktop clients"];

/// | recent sign-ins | verdict |
/// | --- | --- |
/// | a successful one by an older protocol | fail |
/// | none, and the log was read to its end | pass |
/// | none, but only the newest were read | unknown |
/// | one does not say how, or whether, it succeeded | unknown |
pub(crate) static CHECK: Check = Check {
    id: "entra-id.sign_ins.legacy_sign_ins_absent",
    alias: "ENTRA-05L",
    version: 1,
    title: "Nobody signed in by a protocol without multifactor authentication.",
    objectives: &["3.5.4[a]"],
    severity: Severity::High,
    remedy: "Find out which program or device used the older protocol, move it to a current one, then block older protocols by \
             Conditional Access.",
    console: console!("Microsoft_AAD_IAM/ActiveDirectoryMenuBlade/~/SignIns"),
    reperform: Reperform {
        portal: "Entra admin center > Monitoring & health > Sign-in logs: add the filter Client app, choose all legacy clients, Status Success.",
        command: "Get-MgAuditLogSignIn -Top 500 | Where-Object { $_.Status.ErrorCode -eq 0 } | Group-Object ClientAppUsed",
    },
    datasets: &["entra-id.sign-ins"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let rows = match collected.rows::<SignIn>(SIGN_INS.id) {
        Ok(rows) => rows,
        Err(reason) => return Verdict::unknown(reason),
    };
    let mut judge = Judge::over(&rows);
    for row in &rows.rows {
        let id = row.id.clone().unwrap_or_default();
        let name = row.user_principal_name.clone().unwrap_or_else(|| id.clone());
        let code = row.status.as_ref().and_then(|status| status.error_code);
        match (code, row.client_app_used.as_deref()) {
            (Some(0), Some(client)) if MODERN.iter().any(|modern| modern.eq_ignore_ascii_case(client)) => judge.pass(),
            (Some(0), Some(client)) if !client.is_empty() => {
                let when = row.created_date_time.as_deref().unwrap_or("an unknown time");
                judge.fail(id, name, "signIn", format!("signed in by {client} at {when}"));
            }
            (Some(0), _) => judge.unknown(id, name, "signIn", "the client is not named"),
            (Some(_), _) => judge.pass(),
            (None, _) => judge.unknown(id, name, "signIn", "whether it succeeded is not said"),
        }
    }
    judge.conclude(WhenEmpty::Unknown("The log holds no sign-in at all.".to_owned()))
}
