//! ENTRA-11. An account that Microsoft holds to be taken over is not left like that.

use super::{console, moment};
use crate::{
    datasets::{
        people::{USERS, User},
        risk::{RISKY_USERS, RiskyUser},
    },
    licences::{lacking, sees_risk},
    parameters::{self, number},
};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Judge, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeMap;

/// Accounts whose risk was dealt with (remediated, dismissed, confirmed safe) pass. Per account that is at risk or
/// confirmed as taken over:
///
/// | level | account | its record last changed | verdict |
/// | --- | --- | --- | --- |
/// | high | enabled | more than the company's days ago | fail |
/// | high | enabled | fewer days ago, or in the future | unknown: a person has to look |
/// | high | disabled or deleted | any | pass |
/// | low, medium, none | any | any | pass |
/// | hidden | any | any | unknown: a person has to look |
/// | not said | any | any | unknown |
/// | high | not read, or not said whether it is enabled | any | unknown |
/// | high | enabled | not said | unknown |
///
/// When the record changed is the latest moment since which the account can be at high risk; it was so before, perhaps for
/// long. A state that is not said or not known makes the account unknown. Without the license for it nothing is known:
/// a list without anybody at risk says nothing where nobody looks.
pub(crate) static CHECK: Check = Check {
    id: "entra-id.risk.risky_users_handled",
    alias: "ENTRA-11",
    version: 1,
    title: "No account at high risk is left without anybody dealing with it.",
    objectives: &["3.14.7[b]", "3.6.1[e]", "3.14.3[c]"],
    severity: Severity::High,
    remedy: "Look at each listed account's risk: reset the password and confirm the account as compromised, or dismiss the risk if it is \
             explained. Write down what was done.",
    console: console!("Microsoft_AAD_IAM/SecurityMenuBlade/~/RiskyUsers"),
    reperform: Reperform {
        portal: "Entra admin center > Protection > Risky activities > Risky users: Risk level High, Risk state At risk or Confirmed compromised.",
        command: "Get-MgRiskyUser -All -Filter \"riskState eq 'atRisk' or riskState eq 'confirmedCompromised'\" | Select-Object UserPrincipalName, RiskLevel, RiskState, RiskLastUpdatedDateTime",
    },
    datasets: &[
        "entra-id.risky-users",
        "entra-id.users",
        "entra-id.licences",
    ],
    parameters: &[parameters::RISKY_USER_DAYS],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let (days, rows, users) = match (
        number(collected, parameters::RISKY_USER_DAYS),
        collected.rows::<RiskyUser>(RISKY_USERS.id),
        collected.rows::<User>(USERS.id),
    ) {
        (Ok(days), Ok(rows), Ok(users)) => (days, rows, users),
        (Err(reason), ..) | (_, Err(reason), _) | (.., Err(reason)) => {
            return Verdict::unknown(reason);
        }
    };
    let enabled: BTreeMap<&str, Option<bool>> = users
        .rows
        .iter()
        .filter_map(|user| Some((user.id.as_deref()?, user.account_enabled)))
        .collect();
    let mut judge = Judge::over(&rows);
    judge.also(&users);
    match sees_risk(collected) {
        Ok(true) => {}
        Ok(false) => {
            let what = "without which Microsoft does not say who is at risk";
            judge.lacks(lacking("Microsoft Entra ID P2", what));
        }
        Err(reason) => judge.lacks(reason),
    }
    for row in &rows.rows {
        let id = row.id.clone().unwrap_or_default();
        let name = row
            .user_principal_name
            .clone()
            .unwrap_or_else(|| id.clone());
        if row.is_deleted == Some(true) {
            judge.pass();
            continue;
        }
        match row.risk_state.as_deref() {
            Some("atRisk" | "confirmedCompromised") => {}
            Some("remediated" | "dismissed" | "confirmedSafe" | "none") => {
                judge.pass();
                continue;
            }
            _ => {
                judge.unknown(
                    id,
                    name,
                    "user",
                    "whether the risk was dealt with is not said",
                );
                continue;
            }
        }
        match row.risk_level.as_deref() {
            Some("high") => {}
            Some("low" | "medium" | "none") => {
                judge.pass();
                continue;
            }
            Some("hidden") => {
                let note = "is at a risk that Microsoft does not show; whether somebody is dealing with it has to be looked at";
                judge.ask(id, name, "user", note);
                continue;
            }
            _ => {
                judge.unknown(id, name, "user", "how high the risk is, is not said");
                continue;
            }
        }
        match enabled.get(id.as_str()) {
            Some(Some(false)) => judge.pass(),
            Some(Some(true)) => match moment(row.risk_last_updated_date_time.as_deref()) {
                None => judge.unknown(id, name, "user", "when its record changed is not said"),
                Some(changed) => {
                    let age = (collected.now.unix() - changed.unix()).div_euclid(24 * 3600);
                    let note = format!(
                        "is enabled and at high risk; the record last changed {age} days ago"
                    );
                    if age > days {
                        judge.fail(id, name, "user", note);
                    } else {
                        let open = "whether somebody is dealing with it has to be looked at";
                        judge.ask(id, name, "user", format!("{note}; {open}"));
                    }
                }
            },
            _ => judge.unknown(
                id,
                name,
                "user",
                "whether the account is enabled was not read",
            ),
        }
    }
    judge.conclude(WhenEmpty::Passes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::CHECK;
    use crate::checks::testing::{Bench, tell};
    use evidence::Outcome::{Fail, Pass, Unknown};
    use evidence::UnknownCode;
    use serde_json::json;

    const RISKY: &str = "risky-users";

    const CHANGED: &str = "/0/value/0/riskLastUpdatedDateTime";

    fn high() -> Bench {
        Bench::good().set(RISKY, "/0/value/0/riskLevel", json!("high"))
    }

    fn long() -> Bench {
        high().set(RISKY, CHANGED, json!("2026-01-01T00:00:00Z"))
    }

    #[test]
    fn a_high_risk_is_dealt_with_within_days() {
        tell(
            &CHECK,
            &[
                ("none", RISKY, "/0/value", json!([]), Pass),
                (
                    "state not said",
                    RISKY,
                    "/0/value/0/riskState",
                    json!(null),
                    Unknown,
                ),
                (
                    "level not said",
                    RISKY,
                    "/0/value/0/riskLevel",
                    json!(null),
                    Unknown,
                ),
            ],
        );
        assert_eq!(long().outcome(&CHECK), Fail);
        assert_eq!(
            long().notes(&CHECK),
            [
                "alex.admin@northfieldmachining.example: is enabled and at high risk; the record last changed 326 days ago"
            ]
        );
        for (part, value) in [
            ("riskLastUpdatedDateTime", json!(null)),
            ("riskLastUpdatedDateTime", json!("lately")),
            ("id", json!("gone")),
            ("id", json!(null)),
        ] {
            let bench = long().set(RISKY, &format!("/0/value/0/{part}"), value);
            let reason = bench.judge(&CHECK).reason.unwrap();
            assert_eq!(reason.code, UnknownCode::MalformedAnswer, "{part}");
        }
    }

    #[test]
    fn a_record_that_changed_lately_is_for_a_person_to_look_at() {
        let hidden = Bench::good().set(RISKY, "/0/value/0/riskLevel", json!("hidden"));
        let to_come = high().set(RISKY, CHANGED, json!("2090-01-01T00:00:00Z"));
        let longer = long().parameter(crate::parameters::RISKY_USER_DAYS, json!(365));
        for bench in [high(), hidden, to_come, longer] {
            let reason = bench.judge(&CHECK).reason.unwrap();
            assert_eq!(reason.code, UnknownCode::NeedsJudgement, "{reason:?}");
        }
    }

    #[test]
    fn levels_below_high_and_accounts_that_are_off_or_gone_are_no_failure() {
        for level in ["low", "medium", "none"] {
            let bench = long().set(RISKY, "/0/value/0/riskLevel", json!(level));
            assert_eq!(bench.outcome(&CHECK), Pass, "{level}");
        }
        for (state, expected) in [
            ("confirmedCompromised", Fail),
            ("remediated", Pass),
            ("dismissed", Pass),
            ("ofTomorrow", Unknown),
        ] {
            let bench = long().set(RISKY, "/0/value/0/riskState", json!(state));
            assert_eq!(bench.outcome(&CHECK), expected, "{state}");
        }
        let disabled = long().set("users", "/0/value/0/accountEnabled", json!(false));
        assert_eq!(disabled.outcome(&CHECK), Pass);
        let unsaid = long().set("users", "/0/value/0/accountEnabled", json!(null));
        assert_eq!(unsaid.outcome(&CHECK), Unknown);
        let gone = long().set(RISKY, "/0/value/0/id", json!("gone")).set(
            RISKY,
            "/0/value/0/isDeleted",
            json!(true),
        );
        assert_eq!(gone.outcome(&CHECK), Pass);
    }

    #[test]
    fn a_clean_list_says_nothing_where_nobody_looks() {
        for (part, value) in [
            ("/0/value", json!([])),
            ("/0/value/1/capabilityStatus", json!("Suspended")),
        ] {
            let clean = Bench::good().set("licences", part, value.clone());
            let empty = clean.clone().set(RISKY, "/0/value", json!([]));
            for bench in [clean, empty] {
                let reason = bench.judge(&CHECK).reason.unwrap();
                assert_eq!(reason.code, UnknownCode::LicenceMissing, "{part}");
            }
            let seen = long().set("licences", part, value);
            assert_eq!(seen.outcome(&CHECK), Fail, "{part}");
        }
    }

    #[test]
    fn without_the_license_nothing_is_known() {
        let verdict = Bench::good()
            .without("entra-id.risky-users", UnknownCode::LicenceMissing)
            .judge(&CHECK);
        assert_eq!(verdict.reason.unwrap().code, UnknownCode::LicenceMissing);
    }
}
