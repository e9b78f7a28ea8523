//! A role that nobody uses any more is a way in that nobody watches.

use super::{console::console, for_a_person, number, rights::filled};
use crate::datasets::{ROLES, Role};
use evidence::{Severity, Timestamp};
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use serde_json::Value;

/// After how many days without use a role is looked at.
const DAYS: &str = "aws.stale_role_days";
/// The company's own list of roles that stay though nobody uses them.
const KEPT: &str = "aws.kept_roles";

/// The rule, for each role but AWS's own (below `/aws-service-role/`). It informs and never fails: some roles are there
/// for the day that nobody hopes for.
///
/// | last used | made | on the company's list | verdict |
/// | --- | --- | --- | --- |
/// | within the days | any | any | pass |
/// | any | within the days | any | pass |
/// | any | any | yes | pass |
/// | before | before | no | unknown: a person looks whether it is still needed |
/// | never, as far as AWS knows (400 days) | before | no | unknown: a person looks |
/// | AWS does not say, or not when | before, or it does not say | no | unknown |
/// | never, or before | AWS does not say | no | unknown |
///
/// There is no such role, and everything was seen: not applicable.
pub static CHECK: Check = Check {
    id: "aws.iam.stale_roles",
    alias: "AWS-23",
    version: 1,
    title: "Roles that nobody uses any more were looked at.",
    objectives: &["3.5.6[b]", "3.1.5[b]"],
    severity: Severity::Info,
    remedy: "For each listed role: IAM > Roles > the role: Last activity and Trust relationships. Delete what nobody needs. Enter what has to stay in the list of roles that are kept, with who approved it.",
    console: console!("iam/home#/roles"),
    reperform: Reperform {
        portal: "IAM > Roles: the column Last activity.",
        command: "aws iam get-account-authorization-details --filter Role --query 'RoleDetailList[].[RoleName,CreateDate,RoleLastUsed.LastUsedDate]'",
    },
    datasets: &["aws.iam_roles"],
    parameters: &[DAYS, KEPT],
    clouds: Clouds::All,
    evaluate,
};

/// By so much a clock may differ.
const CLOCK_SECONDS: i64 = 600;

/// When a role was last used.
enum Use {
    At(Timestamp),
    Never,
    Unclear,
}

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let roles = collected.rows::<Role>(ROLES.id);
    let (roles, days) = match (roles, number(collected, DAYS)) {
        (Ok(roles), Ok(days)) => (roles, days),
        (Err(reason), _) | (_, Err(reason)) => return reason.into(),
    };
    let kept = collected.parameters.list(KEPT);
    let mut judge = Judge::over(&roles);
    let mut looks = 0;
    for role in &roles.rows {
        let path = filled(&role.path);
        if path.is_some_and(|path| path.starts_with("/aws-service-role/")) {
            continue;
        }
        let id = filled(&role.arn).or(filled(&role.role_name)).unwrap_or("");
        let name = filled(&role.role_name).unwrap_or(id);
        let on_list = [id, name]
            .iter()
            .any(|known| kept.contains(&known.to_lowercase()));
        // A time that is still to come says nothing.
        let has_been = |at: &Timestamp| at.unix() <= collected.now.unix() + CLOCK_SECONDS;
        let made: Option<Timestamp> = filled(&role.create_date)
            .and_then(|at| at.parse().ok())
            .filter(has_been);
        let since = |at: Timestamp| collected.now.days_since(at);
        let used = match last_use(role) {
            Use::At(at) if !has_been(&at) => Use::Unclear,
            used => used,
        };
        let recent = match used {
            Use::At(at) => since(at) <= days,
            _ => false,
        };
        if recent || on_list || made.is_some_and(|at| since(at) <= days) {
            judge.pass();
            continue;
        }
        match (used, made) {
            (Use::At(at), Some(_)) => {
                looks += 1;
                let note = format!(
                    "Last used {} days ago. Look whether it is needed.",
                    since(at)
                );
                judge.unknown(id, name, "role", note);
            }
            (Use::Never, Some(at)) => {
                looks += 1;
                let note = format!(
                    "Made {} days ago, and AWS knows of no use. Look whether it is needed.",
                    since(at)
                );
                judge.unknown(id, name, "role", note);
            }
            _ => {
                let note = "AWS does not say when it was made or last used.";
                judge.unknown(id, name, "role", note);
            }
        }
    }
    for_a_person::conclude(judge, looks, WhenEmpty::NotApplicable)
}

fn last_use(role: &Role) -> Use {
    match &role.role_last_used {
        Some(Value::String(text)) if text.is_empty() => Use::Never,
        Some(Value::Object(members)) => members
            .get("LastUsedDate")
            .and_then(Value::as_str)
            .and_then(|at| at.parse().ok())
            .map_or(Use::Unclear, Use::At),
        _ => Use::Unclear,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::{Account, refused_is_unknown};
    use evidence::{Completeness, Outcome, Reason, UnknownCode};

    const OLD: &str = "<CreateDate>2024-03-02T14:11:05Z</CreateDate>";

    fn roles(path: &str, members: &str) -> Vec<u8> {
        format!(
            "<GetAccountAuthorizationDetailsResponse><GetAccountAuthorizationDetailsResult><RoleDetailList><member>\
             {path}<RoleName>r</RoleName><Arn>arn:aws:iam::123456789012:role/r</Arn>{members}</member></RoleDetailList>\
             </GetAccountAuthorizationDetailsResult></GetAccountAuthorizationDetailsResponse>"
        )
        .into_bytes()
    }

    fn account(members: &str) -> Account {
        Account::new().page(&ROLES, roles("<Path>/</Path>", members))
    }

    fn code(members: &str) -> (Outcome, Option<UnknownCode>) {
        let verdict = account(members).judge(&CHECK);
        (verdict.outcome, verdict.reason.map(|reason| reason.code))
    }

    #[test]
    fn recent_use_or_a_new_role_passes_and_the_rest_is_for_a_person() {
        let used = |at: &str| {
            format!("{OLD}<RoleLastUsed><LastUsedDate>{at}</LastUsedDate></RoleLastUsed>")
        };
        let person = (Outcome::Unknown, Some(UnknownCode::NeedsJudgement));
        let damaged = (Outcome::Unknown, Some(UnknownCode::MalformedAnswer));
        assert_eq!(code(&used("2026-08-25T09:00:00Z")), (Outcome::Pass, None));
        assert_eq!(code(&used("2026-08-24T09:00:00Z")), person);
        assert_eq!(code(&format!("{OLD}<RoleLastUsed/>")), person);
        assert_eq!(
            code("<CreateDate>2026-11-01T00:00:00Z</CreateDate><RoleLastUsed/>"),
            (Outcome::Pass, None)
        );
        assert_eq!(code(OLD), damaged);
        assert_eq!(code(&used("soon")), damaged);
        assert_eq!(code(&used("2027-11-23T09:00:00Z")), damaged);
        assert_eq!(
            code("<CreateDate>2027-11-01T00:00:00Z</CreateDate><RoleLastUsed/>"),
            damaged
        );
        assert_eq!(code("<RoleLastUsed/>"), damaged);
        assert_eq!(
            code(&format!(
                "{OLD}<RoleLastUsed><Region>r</Region></RoleLastUsed>"
            )),
            damaged
        );
    }

    #[test]
    fn the_companys_list_and_days_count() {
        let stale = || account(&format!("{OLD}<RoleLastUsed/>"));
        for kept in ["R", "arn:aws:iam::123456789012:role/r"] {
            let verdict = stale().with(KEPT, serde_json::json!([kept])).judge(&CHECK);
            assert_eq!(verdict.outcome, Outcome::Pass);
        }
        assert_eq!(
            stale().with(DAYS, 2000.into()).judge(&CHECK).outcome,
            Outcome::Pass
        );
        let unset = stale().with(DAYS, Value::Null).judge(&CHECK);
        assert_eq!(unset.outcome, Outcome::Unknown);
    }

    #[test]
    fn awss_own_roles_do_not_count_and_a_half_never_passes() {
        let service = roles(
            "<Path>/aws-service-role/x.amazonaws.com/</Path>",
            &format!("{OLD}<RoleLastUsed/>"),
        );
        let own = Account::new().page(&ROLES, service.clone());
        assert_eq!(own.judge(&CHECK).outcome, Outcome::NotApplicable);
        let half = Completeness::partial(Reason::new(UnknownCode::Partial, "half"));
        let own = Account::new().part(&ROLES, service, half);
        assert_eq!(own.judge(&CHECK).outcome, Outcome::Unknown);
        refused_is_unknown(&CHECK, &ROLES);
    }
}
