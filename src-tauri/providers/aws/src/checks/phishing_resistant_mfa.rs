//! The code of an authenticator app can be asked for by a false sign-in page; a security key answers the true one only.

use super::{
    USERS_PAGE, number, report,
    rights::{Rights, Standing, filled},
};
use crate::datasets::{
    AUTHORIZATION_DETAILS, CredentialRow, Entity, Flag, VIRTUAL_MFA_DEVICES, VirtualMfaDevice,
};
use evidence::{Population, Severity};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeSet;

/// Whether the company asks for it: 1 or 0.
const REQUIRED: &str = "aws.phishing_resistant_mfa";

/// The rule, for each IAM user that is an administrator ([`Rights::administration`]) and has MFA.
///
/// | an authenticator app is assigned | verdict |
/// | --- | --- |
/// | yes, even beside a security key: it opens the account as well | fail |
/// | no: the second factor is a security key, a passkey or a hardware token | pass |
/// | AWS lists an app of nobody | unknown |
///
/// A user of whom it can't be told whether it is an administrator, or has MFA, is unknown. An administrator without MFA
/// is a matter of `aws.iam.admin_mfa`, and not counted. The list of apps is AWS's own and whole, so that nobody has to be
/// asked about one by one.
///
/// The company does not ask for it (the parameter is 0, as it is at first): not applicable, once everything needed was
/// seen. Nobody is an administrator with MFA, and everything was seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.iam.phishing_resistant_mfa",
    alias: "AWS-08",
    version: 1,
    title: "No administrator's second factor is an authenticator app.",
    objectives: &["3.5.3[c]", "3.5.4[a]"],
    severity: Severity::Low,
    remedy: "For each listed user: IAM > Users > the user > Security credentials > Assign MFA device > Passkey or security key. Remove the authenticator app when the key works.",
    console: USERS_PAGE,
    reperform: Reperform {
        portal: "IAM > Users > the administrator > Security credentials > Multi-factor authentication: the type column.",
        command: "aws iam list-virtual-mfa-devices --assignment-status Assigned; aws iam list-mfa-devices --user-name NAME",
    },
    datasets: &[
        "aws.iam_authorization_details",
        "aws.iam_credential_report",
        "aws.iam_virtual_mfa_devices",
    ],
    parameters: &[REQUIRED],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let details = collected.rows::<Entity>(AUTHORIZATION_DETAILS.id);
    let devices = collected.rows::<VirtualMfaDevice>(VIRTUAL_MFA_DEVICES.id);
    let (details, devices, report) = match (details, devices, report::rows(collected)) {
        (Ok(details), Ok(devices), Ok(report)) => (details, devices, report),
        (Err(reason), ..) | (_, Err(reason), _) | (.., Err(reason)) => return reason.into(),
    };
    let required = match number(collected, REQUIRED) {
        Ok(required) => required != 0,
        Err(reason) => return reason.into(),
    };
    let mut judge = Judge::over(&details);
    judge.also(&devices);
    judge.also(&report);
    let whole = details.missing.is_none() && devices.missing.is_none() && report.missing.is_none();
    if !required && whole {
        return Verdict::not_applicable(Population {
            seen: 0,
            total: Some(0),
            pages: details.pages + devices.pages + report.pages,
            complete: true,
        });
    }
    if !required {
        return judge.conclude(WhenEmpty::NotApplicable);
    }
    let owners: Option<BTreeSet<&str>> = devices
        .rows
        .iter()
        .map(|device| filled(&device.user.as_ref()?.arn))
        .collect();
    let rights = Rights::of(&details.rows);
    for user in details.rows.iter().filter(|entity| entity.kind == "user") {
        let (id, name) = (user.id(), user.name());
        match (rights.administration(user), mfa(&report.rows, user)) {
            (Standing::No, _) | (Standing::Yes(_), Flag::No) => {}
            (Standing::Unclear(why), _) => {
                let note = format!("It can't be told whether this is an administrator: {why}.");
                judge.unknown(id, name, "user", note);
            }
            (Standing::Yes(by), Flag::Unclear) => {
                let note = format!(
                    "An administrator by {by}; the credential report does not say whether MFA is active."
                );
                judge.unknown(id, name, "user", note);
            }
            (Standing::Yes(by), Flag::Yes) => match (&owners, filled(&user.arn)) {
                (_, Some(arn)) if devices.rows.iter().any(|device| is_of(device, arn)) => {
                    let note = format!(
                        "An administrator by {by}, with an authenticator app as second factor."
                    );
                    judge.fail(id, name, "user", note);
                }
                (Some(_), Some(_)) => judge.pass(),
                _ => {
                    let note = "AWS does not say whose an authenticator app is.";
                    judge.unknown(id, name, "user", note);
                }
            },
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

fn is_of(device: &VirtualMfaDevice, arn: &str) -> bool {
    device
        .user
        .as_ref()
        .is_some_and(|owner| owner.arn.as_deref() == Some(arn))
}

/// Whether the one row of a user says that MFA is active.
fn mfa(report: &[CredentialRow], user: &Entity) -> Flag {
    let mut rows = report.iter().filter(|row| {
        filled(&row.user).is_some()
            && row.user == user.user_name
            && (row.arn == user.arn || row.arn.is_none())
    });
    match (rows.next(), rows.next()) {
        (Some(row), None) => Flag::of(row.mfa_active.as_deref()),
        _ => Flag::Unclear,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::iam_answers::{ACCOUNT, Iam, allow};
    use super::super::testing::{Account, refused_is_unknown};
    use super::*;
    use evidence::{Completeness, Outcome, Reason, UnknownCode};

    const COLUMNS: &str = "user,arn,mfa_active";

    fn iam() -> Iam {
        Iam::default()
            .user("a", &[], &[], &[("p", allow("*"))])
            .user("b", &[], &[], &[])
    }

    fn devices(owners: &[&str]) -> Vec<u8> {
        let devices: String = owners
            .iter()
            .map(|owner| match *owner {
                "" => "<member><SerialNumber>s</SerialNumber></member>".to_owned(),
                owner => format!(
                    "<member><SerialNumber>s</SerialNumber><User><Arn>{ACCOUNT}user/{owner}</Arn></User></member>"
                ),
            })
            .collect();
        format!(
            "<ListVirtualMFADevicesResponse><ListVirtualMFADevicesResult><VirtualMFADevices>{devices}</VirtualMFADevices>\
             </ListVirtualMFADevicesResult></ListVirtualMFADevicesResponse>"
        )
        .into_bytes()
    }

    fn account(iam: &Iam, mfa: &str, owners: &[&str]) -> Account {
        let row = |name: &str, mfa: &str| format!("{name},{ACCOUNT}user/{name},{mfa}");
        let rows = [row("a", mfa), row("b", "true")];
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        iam.account()
            .report(COLUMNS, &rows)
            .page(&VIRTUAL_MFA_DEVICES, devices(owners))
            .with(REQUIRED, 1.into())
    }

    #[test]
    fn an_app_of_an_administrator_fails_and_one_of_others_does_not() {
        let outcome = |owners: &[&str]| account(&iam(), "true", owners).outcome(&CHECK);
        assert_eq!(outcome(&[]), (Outcome::Pass, vec![]));
        assert_eq!(outcome(&["b"]), (Outcome::Pass, vec![]));
        assert_eq!(outcome(&["b", "a"]), (Outcome::Fail, vec!["a".to_owned()]));
        assert_eq!(outcome(&[""]), (Outcome::Unknown, vec!["a".to_owned()]));
        assert_eq!(outcome(&["", "a"]), (Outcome::Fail, vec!["a".to_owned()]));
    }

    #[test]
    fn who_has_no_mfa_or_is_no_administrator_is_not_counted() {
        let outcome = |iam: &Iam, mfa: &str| account(iam, mfa, &["a"]).judge(&CHECK).outcome;
        assert_eq!(outcome(&iam(), "false"), Outcome::NotApplicable);
        assert_eq!(outcome(&iam(), "perhaps"), Outcome::Unknown);
        let limited = Iam::default().user("a", &[], &[], &[]);
        assert_eq!(outcome(&limited, "true"), Outcome::NotApplicable);
        let odd = serde_json::json!({"Statement": {"Action": "*"}});
        let unclear = Iam::default().user("a", &[], &[], &[("p", odd)]);
        assert_eq!(outcome(&unclear, "true"), Outcome::Unknown);
    }

    #[test]
    fn it_applies_only_where_the_company_asks_for_it() {
        let asked = |value| account(&iam(), "true", &["a"]).with(REQUIRED, value);
        assert_eq!(
            asked(0.into()).judge(&CHECK).outcome,
            Outcome::NotApplicable
        );
        assert_eq!(
            asked(serde_json::Value::Null).judge(&CHECK).outcome,
            Outcome::Unknown
        );
        let half = Completeness::partial(Reason::new(UnknownCode::Partial, "half"));
        let part = asked(0.into()).part(&VIRTUAL_MFA_DEVICES, devices(&[]), half);
        assert_eq!(part.judge(&CHECK).outcome, Outcome::Unknown);
    }

    #[test]
    fn all_three_datasets_are_needed() {
        refused_is_unknown(&CHECK, &AUTHORIZATION_DETAILS);
        refused_is_unknown(&CHECK, &VIRTUAL_MFA_DEVICES);
        refused_is_unknown(&CHECK, &crate::datasets::CREDENTIAL_REPORT);
    }
}
