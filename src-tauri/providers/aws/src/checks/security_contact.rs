//! AWS writes to the security contact when it sees something wrong with the account.

use super::{console::console, rights::filled};
use crate::datasets::{SECURITY_CONTACT, SecurityContact};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};

/// The rule.
///
/// | AWS's answer | verdict |
/// | --- | --- |
/// | a contact with an e-mail address | pass |
/// | none was named | fail |
/// | a contact without an address | unknown |
/// | a refusal, as where the service does not exist | unknown |
pub static CHECK: Check = Check {
    id: "aws.account.security_contact",
    alias: "AWS-28",
    version: 1,
    title: "The account names somebody whom AWS tells about security.",
    objectives: &["3.6.2[d]", "3.14.3[b]"],
    severity: Severity::Low,
    remedy: "Account menu > Account > Alternate contacts > Security contact > Edit: enter an address that several people read, such as security@ of the company.",
    console: console!("billing/home#/account"),
    reperform: Reperform {
        portal: "Account menu > Account > Alternate contacts: Security contact.",
        command: "aws account get-alternate-contact --alternate-contact-type SECURITY",
    },
    datasets: &["aws.account_security_contact"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let contact = match collected.one::<SecurityContact>(SECURITY_CONTACT.id) {
        Ok(contact) => contact,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::new();
    let (id, name, kind) = ("security-contact", "security contact", "contact");
    match (filled(&contact.email_address), &contact.absent) {
        (Some(address), None) if address.contains('@') => judge.pass(),
        (None, Some(_)) => judge.fail(id, name, kind, "None is named."),
        _ => {
            let note = "AWS does not say at which address it can be reached.";
            judge.unknown(id, name, kind, note);
        }
    }
    judge.conclude(WhenEmpty::Unknown(
        "There is always an answer about the contact.".to_owned(),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Account, origin, refused_is_unknown};
    use evidence::{Completeness, Outcome};

    fn outcome(status: u16, body: &str) -> Outcome {
        let pages = vec![(origin(status, "us-east-1", None), body.as_bytes().to_vec())];
        Account::new()
            .pages(&SECURITY_CONTACT, pages, Completeness::complete())
            .judge(&CHECK)
            .outcome
    }

    #[test]
    fn an_address_counts_and_none_is_an_answer() {
        let with =
            |members: &str| outcome(200, &format!(r#"{{"AlternateContact":{{{members}}}}}"#));
        assert_eq!(
            with(r#""EmailAddress":"security@example.com""#),
            Outcome::Pass
        );
        assert_eq!(with(r#""EmailAddress":"security""#), Outcome::Unknown);
        assert_eq!(with(r#""Name":"Security""#), Outcome::Unknown);
        let none = r#"{"__type":"ResourceNotFoundException","message":"none"}"#;
        assert_eq!(outcome(404, none), Outcome::Fail);
        let denied = r#"{"__type":"AccessDeniedException"}"#;
        assert_eq!(outcome(403, denied), Outcome::Unknown);
        refused_is_unknown(&CHECK, &SECURITY_CONTACT);
    }
}
