//! Users who can do everything, or take the right to, are worth the most to an attacker.

use super::{
    USERS_PAGE, report,
    rights::{Rights, Standing, filled},
};
use crate::datasets::{AUTHORIZATION_DETAILS, CredentialRow, Entity, Flag};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Rows, Verdict, WhenEmpty};
use std::collections::BTreeMap;

/// The rule, for each IAM user; [`Rights::administration`] says who is an administrator.
///
/// | administrator | MFA in the credential report | verdict |
/// | --- | --- | --- |
/// | yes | active | pass |
/// | yes | not active, whether there is a password or keys only | fail |
/// | yes | the user is not in the report, or it does not say | unknown |
/// | can't be told | any | unknown |
/// | no | any | not counted |
/// | in the report, and not among the users with their rights | any | unknown |
///
/// Nobody is an administrator, and everything was seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.iam.admin_mfa",
    alias: "AWS-07",
    version: 1,
    title: "Every IAM user with administrator rights has multi-factor authentication.",
    objectives: &["3.5.3[a]", "3.5.3[c]", "3.1.5[a]"],
    severity: Severity::Critical,
    remedy: "For each listed user: IAM > Users > the user > Security credentials > Assign MFA device. Or take the named policy away, and let the user take on a role that asks for MFA when administrator rights are needed.",
    console: USERS_PAGE,
    reperform: Reperform {
        portal: "IAM > Users > the user > Permissions: the policies, also those through groups. IAM > Credential report > Download report: the column mfa_active of the same user.",
        command: "aws iam get-account-authorization-details --filter User Group LocalManagedPolicy; aws iam generate-credential-report; aws iam get-credential-report --query Content --output text | base64 -d",
    },
    datasets: &["aws.iam_authorization_details", "aws.iam_credential_report"],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let details = collected.rows::<Entity>(AUTHORIZATION_DETAILS.id);
    let (details, report) = match (details, report::rows(collected)) {
        (Ok(details), Ok(report)) => (details, report),
        (Err(reason), _) | (_, Err(reason)) => return reason.into(),
    };
    let mut judge = Judge::over(&details);
    judge.also(&report);
    let rights = Rights::of(&details.rows);
    let in_report = by_name(&report);
    let users = || details.rows.iter().filter(|entity| entity.kind == "user");
    for user in users() {
        let mut say = |fails: bool, note: String| {
            if fails {
                judge.fail(user.id(), user.name(), "user", note);
            } else {
                judge.unknown(user.id(), user.name(), "user", note);
            }
        };
        let by = match rights.administration(user) {
            Standing::No => continue,
            Standing::Unclear(why) => {
                say(
                    false,
                    format!("It can't be told whether this is an administrator: {why}."),
                );
                continue;
            }
            Standing::Yes(by) => by,
        };
        let name = filled(&user.user_name).unwrap_or_default();
        let rows = in_report.get(name).map(Vec::as_slice).unwrap_or_default();
        let row = match rows {
            [row] if is_same(row, user) => row,
            _ => {
                say(
                    false,
                    format!(
                        "An administrator by {by}, and not in the credential report, which can be four hours old."
                    ),
                );
                continue;
            }
        };
        match Flag::of(row.mfa_active.as_deref()) {
            Flag::Yes => judge.pass(),
            Flag::No => say(true, format!("An administrator by {by}, without MFA.")),
            Flag::Unclear => say(
                false,
                format!("An administrator by {by}; the report does not say whether MFA is active."),
            ),
        }
    }
    let known: BTreeMap<&str, &Entity> = users()
        .filter_map(|user| Some((filled(&user.user_name)?, user)))
        .collect();
    for row in report.rows.iter().filter(|row| !row.is_root()) {
        let user = filled(&row.user).and_then(|name| known.get(name));
        if !user.is_some_and(|user| is_same(row, user)) {
            judge.unknown(
                row.id(),
                row.name(),
                "user",
                "In the credential report, and not among the users with their policies: deleted since, or left out.",
            );
        }
    }
    judge.conclude(WhenEmpty::NotApplicable)
}

fn by_name(report: &Rows<CredentialRow>) -> BTreeMap<&str, Vec<&CredentialRow>> {
    let mut rows = BTreeMap::<&str, Vec<_>>::new();
    for row in &report.rows {
        if let Some(name) = filled(&row.user) {
            rows.entry(name).or_default().push(row);
        }
    }
    rows
}

/// Whether a row and a user of one name are the same; names are unique in an account, and a contradiction is none.
fn is_same(row: &CredentialRow, user: &Entity) -> bool {
    match (filled(&row.arn), filled(&user.arn)) {
        (Some(one), Some(other)) => one == other,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::iam_answers::{ACCOUNT, Iam, allow};
    use super::super::testing::{Account, refused_is_unknown};
    use super::*;
    use crate::datasets::CREDENTIAL_REPORT;
    use evidence::{Completeness, Outcome, Reason, UnknownCode};
    use serde_json::json;

    const COLUMNS: &str = "user,arn,password_enabled,mfa_active";
    const AWS: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

    fn row(name: &str, mfa: &str) -> String {
        format!("{name},{ACCOUNT}user/{name},false,{mfa}")
    }

    fn with(iam: &Iam, rows: &[String]) -> Account {
        let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
        iam.account().report(COLUMNS, &rows)
    }

    fn admin(name: &str) -> Iam {
        Iam::default().user(name, &[], &[AWS], &[])
    }

    #[test]
    fn the_whole_table() {
        use Outcome::{Fail, NotApplicable, Pass, Unknown};
        let limited = || Iam::default().user("a", &[], &[], &[]);
        let unclear = || Iam::default().user("a", &["gone"], &[], &[]);
        for (iam, mfa, expected) in [
            (admin("a"), Some("true"), Pass),
            (admin("a"), Some("false"), Fail),
            (admin("a"), Some("N/A"), Unknown),
            (admin("a"), None, Unknown),
            (unclear(), Some("true"), Unknown),
            (unclear(), Some("false"), Unknown),
            (unclear(), None, Unknown),
            (limited(), Some("false"), NotApplicable),
            (limited(), None, NotApplicable),
            (Iam::default(), Some("true"), Unknown),
            (Iam::default(), None, NotApplicable),
        ] {
            let rows: Vec<String> = mfa.map(|mfa| row("a", mfa)).into_iter().collect();
            let (outcome, names) = with(&iam, &rows).outcome(&CHECK);
            assert_eq!(outcome, expected, "{mfa:?} {}", iam.text());
            assert_eq!(names.len(), usize::from(matches!(outcome, Fail | Unknown)));
        }
    }

    #[test]
    fn one_administrator_without_is_enough_and_the_way_is_told() {
        let iam = Iam::default()
            .group("ops", &[], &[("desk", allow("iam:*"))])
            .user("a", &["ops"], &[], &[])
            .user("b", &["ops"], &[], &[])
            .user("c", &[], &[], &[]);
        let verdict = with(
            &iam,
            &[row("a", "true"), row("b", "false"), row("c", "false")],
        )
        .judge(&CHECK);
        assert_eq!(
            (verdict.outcome, verdict.population.seen),
            (Outcome::Fail, 2)
        );
        assert_eq!(
            verdict.resources[0].note,
            "An administrator by the group ops (the inline policy desk, which allows every action of IAM on every \
             resource), without MFA."
        );
    }

    #[test]
    fn an_undecidable_document_keeps_from_passing() {
        let iam = admin("a").user(
            "b",
            &[],
            &[],
            &[("p", json!({"Statement": [{"Action": "*"}]}))],
        );
        let rows = [row("a", "true"), row("b", "true")];
        assert_eq!(
            with(&iam, &rows).outcome(&CHECK),
            (Outcome::Unknown, vec!["b".to_owned()])
        );
        let rows = [row("a", "false"), row("b", "true")];
        let both = vec!["a".to_owned(), "b".to_owned()];
        assert_eq!(with(&iam, &rows).outcome(&CHECK), (Outcome::Fail, both));
    }

    #[test]
    fn a_user_of_another_arn_or_there_twice_is_somebody_else() {
        let other = ["a,arn:aws:iam::123456789012:user/x/a,false,true".to_owned()];
        let (outcome, names) = with(&admin("a"), &other).outcome(&CHECK);
        assert_eq!((outcome, names.len()), (Outcome::Unknown, 2));
        let twice = [row("a", "true"), row("a", "false")];
        assert_eq!(
            with(&admin("a"), &twice).outcome(&CHECK).0,
            Outcome::Unknown
        );
    }

    #[test]
    fn half_of_either_never_passes_but_can_fail() {
        let half = || Completeness::partial(Reason::new(UnknownCode::Partial, "half"));
        let details = |iam: &Iam, mfa: &str| {
            with(iam, &[row("a", mfa)])
                .part(&AUTHORIZATION_DETAILS, iam.text().into_bytes(), half())
                .judge(&CHECK)
                .outcome
        };
        assert_eq!(details(&admin("a"), "true"), Outcome::Unknown);
        assert_eq!(details(&admin("a"), "false"), Outcome::Fail);
        let limited = Iam::default().user("a", &[], &[], &[]);
        assert_eq!(
            details(&limited, "true"),
            Outcome::Unknown,
            "nor is it not applicable"
        );
        let report = |mfa| {
            admin("a")
                .account()
                .half_report(COLUMNS, &[&row("a", mfa)])
                .judge(&CHECK)
                .outcome
        };
        assert_eq!(report("true"), Outcome::Unknown);
        assert_eq!(report("false"), Outcome::Fail);
        refused_is_unknown(&CHECK, &AUTHORIZATION_DETAILS);
        refused_is_unknown(&CHECK, &CREDENTIAL_REPORT);
    }
}
