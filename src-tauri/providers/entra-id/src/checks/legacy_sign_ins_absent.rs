//! ENTRA-05, seen from the log: did anybody get in by a protocol that can't ask for a second factor?

use super::console;
use crate::datasets::logs::{SIGN_INS, SignIn};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// Names by which the log calls clients that can ask for a second factor.
const MODERN: [&str; 2] = ["Browser", "Mobile Apps and Desktop clients"];

/// Names by which it calls those that can't: Microsoft Learn, "Sign-in log activity details", client app.
const LEGACY: [&str; 12] = [
    "Authenticated SMTP",
    "Autodiscover",
    "Exchange ActiveSync",
    "Exchange Online PowerShell",
    "Exchange Web Services",
    "IMAP4",
    "MAPI Over HTTP",
    "Offline Address Book",
    "Outlook Anywhere (RPC over HTTP)",
    "Outlook Service",
    "POP3",
    "Reporting Web Services",
];

/// How the log begins the name of clients it does not tell apart.
const OTHER_CLIENTS: &str = "other clients";

/// | recent sign-ins | verdict |
/// | --- | --- |
/// | a successful one by an older protocol | fail |
/// | none | unknown: a log of some days shows what happened, never that nothing did |
/// | one does not say how, or whether, it succeeded, or is by a client that is not known | unknown |
///
/// It can't pass, so it speaks for an objective that a person has to judge anyway (whether unauthorized use is noticed)
/// and leaves the one about replay to the policy that blocks such protocols.
pub(crate) static CHECK: Check = Check {
    id: "entra-id.sign_ins.legacy_sign_ins_absent",
    alias: "ENTRA-05L",
    version: 3,
    title: "Nobody signed in by a protocol without multifactor authentication.",
    objectives: &["3.14.7[b]"],
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
        let name = row
            .user_principal_name
            .clone()
            .unwrap_or_else(|| id.clone());
        let code = row.status.as_ref().and_then(|status| status.error_code);
        match (code, row.client_app_used.as_deref()) {
            (Some(0), Some(client))
                if MODERN
                    .iter()
                    .any(|modern| modern.eq_ignore_ascii_case(client)) =>
            {
                judge.pass()
            }
            (Some(0), Some(client)) if is_legacy(client) => {
                let when = row
                    .created_date_time
                    .as_deref()
                    .unwrap_or("an unknown time");
                judge.fail(
                    id,
                    name,
                    "signIn",
                    format!("signed in by {client} at {when}"),
                );
            }
            (Some(0), Some(client)) if !client.is_empty() => {
                let note = format!("signed in by {client}; what that can ask for is not known");
                judge.unknown(id, name, "signIn", note);
            }
            (Some(0), _) => judge.unknown(id, name, "signIn", "the client is not named"),
            (Some(_), _) => judge.pass(),
            (None, _) => judge.unknown(id, name, "signIn", "whether it succeeded is not said"),
        }
    }
    judge.lacks(Reason::new(
        UnknownCode::Partial,
        "The log holds the newest sign-ins of some days. It shows none by an older protocol, which does not prove that there are none.",
    ));
    judge.conclude(WhenEmpty::Unknown(
        "The log holds no sign-in at all.".to_owned(),
    ))
}

fn is_legacy(client: &str) -> bool {
    LEGACY
        .iter()
        .any(|known| known.eq_ignore_ascii_case(client))
        || client.to_lowercase().starts_with(OTHER_CLIENTS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::Bench;
    use evidence::Outcome;
    use serde_json::{Value, json};

    fn judged(sign_ins: &[Value]) -> Verdict {
        Bench::good()
            .set("sign-ins", "/0/value", Value::from(sign_ins.to_vec()))
            .judge(&CHECK)
    }

    fn sign_in(client: Option<&str>, code: Option<i64>) -> Value {
        json!({"id": "s", "userPrincipalName": "ada@example.test", "clientAppUsed": client, "status": {"errorCode": code}})
    }

    #[test]
    fn one_success_by_an_older_protocol_fails() {
        let verdict = judged(&[
            sign_in(Some("Browser"), Some(0)),
            sign_in(Some("IMAP4"), Some(0)),
        ]);
        assert_eq!(verdict.outcome, Outcome::Fail);
        assert_eq!(verdict.resources[0].name, "ada@example.test");
    }

    #[test]
    fn only_a_client_that_is_known_to_be_old_fails() {
        for (client, expected) in [
            ("Exchange ActiveSync", Outcome::Fail),
            ("exchange online powershell", Outcome::Fail),
            ("Other clients; IMAP", Outcome::Fail),
            ("Client of tomorrow", Outcome::Unknown),
        ] {
            let verdict = judged(&[sign_in(Some(client), Some(0))]);
            assert_eq!(verdict.outcome, expected, "{client}");
        }
        let verdict = judged(&[sign_in(Some("Client of tomorrow"), Some(0))]);
        assert_eq!(verdict.resources.len(), 1);
    }

    #[test]
    fn none_seen_is_never_none_there() {
        for log in [
            vec![sign_in(Some("Browser"), Some(0))],
            vec![sign_in(Some("IMAP4"), Some(50_126))],
            vec![],
        ] {
            assert_eq!(judged(&log).outcome, Outcome::Unknown, "{log:?}");
        }
    }

    #[test]
    fn what_is_not_said_is_unknown() {
        assert_eq!(judged(&[sign_in(None, Some(0))]).outcome, Outcome::Unknown);
        assert_eq!(
            judged(&[sign_in(Some("IMAP4"), None)]).outcome,
            Outcome::Unknown
        );
    }
}
