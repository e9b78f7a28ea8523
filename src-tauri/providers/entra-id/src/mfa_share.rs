//! The share of enabled members with MFA registered: the rule that the old practice IA.1.076 is reported with.
//! It answers that legacy question only. It never feeds 3.5.1 or 3.5.3, which know no such threshold.

use crate::{
    datasets::people::{REGISTRATION, Registration, USERS, User},
    parameters::{self, number},
    privileged::whole,
};
use evidence::{Reason, UnknownCode};
use provider_kit::{Collected, LegacyRule, LegacyShare};
use std::collections::BTreeMap;

/// The rule, as the kit lists it.
pub(crate) static RULE: LegacyRule = LegacyRule {
    control: "IA.1.076",
    datasets: &["entra-id.users", "entra-id.mfa-registration"],
    parameters: &[parameters::MFA_THRESHOLD],
    evaluate: legacy_rule,
};

/// The share from the users and their registration report.
///
/// # Errors
///
/// The reason why it can't be told: a dataset that is missing or not whole, no enabled member, an account whose state is
/// not said, or so many accounts without a row in the report that they decide the answer.
fn legacy_rule(collected: &Collected<'_>) -> Result<LegacyShare, Reason> {
    let threshold_percent =
        u8::try_from(number(collected, parameters::MFA_THRESHOLD)?).map_err(|_| {
            Reason::new(
                UnknownCode::NeedsJudgement,
                "The threshold is not a percentage.",
            )
        })?;
    let users = whole::<User>(collected, USERS.id)?;
    let registrations = whole::<Registration>(collected, REGISTRATION.id)?;
    let by_id: BTreeMap<&str, Option<bool>> = registrations
        .rows
        .iter()
        .filter_map(|row| Some((row.id.as_deref()?, row.is_mfa_registered)))
        .collect();
    let (mut eligible, mut registered, mut unsaid) = (0_u64, 0_u64, 0_u64);
    for user in users.rows.iter().filter(|user| !user.is_guest()) {
        match user.account_enabled {
            Some(false) => continue,
            Some(true) => eligible += 1,
            None => {
                let detail = format!(
                    "Whether the account {} is enabled is not said.",
                    user.label()
                );
                return Err(Reason::new(UnknownCode::MalformedAnswer, detail));
            }
        }
        match user
            .id
            .as_deref()
            .and_then(|id| by_id.get(id).copied().flatten())
        {
            Some(true) => registered += 1,
            Some(false) => {}
            None => unsaid += 1,
        }
    }
    if eligible == 0 {
        return Err(Reason::new(
            UnknownCode::MalformedAnswer,
            "No enabled member was found.",
        ));
    }
    let low = LegacyShare {
        having: registered,
        eligible,
        threshold_percent,
    };
    let high = LegacyShare {
        having: registered + unsaid,
        ..low
    };
    // Accounts that the report lacks are not registered, unless that would decide the answer.
    if above(&low) == above(&high) {
        Ok(low)
    } else {
        let detail = format!(
            "The registration report says nothing of {unsaid} of {eligible} enabled members."
        );
        Err(Reason::new(UnknownCode::Partial, detail))
    }
}

fn above(share: &LegacyShare) -> bool {
    share.having * 100 > share.eligible * u64::from(share.threshold_percent)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::checks::testing::Bench;
    use serde_json::json;

    fn share(bench: &Bench) -> Result<(u64, u64, bool), UnknownCode> {
        bench
            .with(legacy_rule)
            .map(|share| (share.having, share.eligible, above(&share)))
            .map_err(|reason| reason.code)
    }

    #[test]
    fn enabled_members_count_and_nobody_else() {
        // Alex, Blair, Casey and the emergency account; the last has registered nothing.
        assert_eq!(share(&Bench::good()), Ok((3, 4, false)));
        assert_eq!(
            share(&Bench::good().parameter(parameters::MFA_THRESHOLD, json!(74))),
            Ok((3, 4, true))
        );
        assert_eq!(
            share(&Bench::good().parameter(parameters::MFA_THRESHOLD, json!(75))),
            Ok((3, 4, false)),
            "above, not at"
        );
    }

    #[test]
    fn without_the_report_it_is_open() {
        let code = UnknownCode::LicenceMissing;
        assert_eq!(
            share(&Bench::good().without("entra-id.mfa-registration", code)),
            Err(code)
        );
        assert_eq!(
            share(&Bench::good().partly("entra-id.users")),
            Err(UnknownCode::Partial)
        );
        assert_eq!(
            share(&Bench::good().no_parameter(parameters::MFA_THRESHOLD)),
            Err(UnknownCode::NeedsJudgement)
        );
        assert_eq!(
            share(&Bench::good().set("users", "/0/value/0/accountEnabled", json!(null))),
            Err(UnknownCode::MalformedAnswer)
        );
        assert_eq!(
            share(&Bench::good().set("users", "/0/value", json!([])).set(
                "users",
                "/1/value",
                json!([])
            )),
            Err(UnknownCode::MalformedAnswer)
        );
    }

    #[test]
    fn accounts_the_report_lacks_leave_it_open_only_where_they_decide() {
        let lacking = || Bench::good().cut("mfa-registration", "/0/value/0");
        assert_eq!(
            share(&lacking()),
            Ok((2, 4, false)),
            "three of four would not be above 80 percent either"
        );
        assert_eq!(
            share(&lacking().parameter(parameters::MFA_THRESHOLD, json!(60))),
            Err(UnknownCode::Partial)
        );
    }
}
