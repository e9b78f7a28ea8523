//! The share of enabled members with MFA registered: the rule that the old practice IA.1.076 is reported with.
//! It answers that legacy question only. It never feeds 3.5.1 or 3.5.3, which know no such threshold.

use crate::{
    datasets::people::{REGISTRATION, Registration, USERS, User},
    parameters::{self, number},
    privileged::whole,
};
use evidence::{Reason, UnknownCode};
use provider_kit::Collected;
use serde::Serialize;
use std::collections::BTreeMap;

/// The share with what it was made from.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LegacyShare {
    /// Percent of the eligible accounts that registered, rounded to one place. Counts accounts the report lacks as not registered.
    pub share: f64,
    /// Percent that has to be exceeded.
    pub threshold: i64,
    /// Enabled members with MFA registered.
    pub registered: u64,
    /// Enabled members.
    pub eligible: u64,
}

impl LegacyShare {
    /// Whether the share is above the threshold, reckoned without rounding.
    #[must_use]
    pub fn compliant(&self) -> bool {
        i128::from(self.registered) * 100 > i128::from(self.threshold) * i128::from(self.eligible)
    }
}

/// The share from the users and their registration report.
///
/// # Errors
///
/// The reason why it can't be told: a dataset that is missing or not whole, no enabled member, an account whose state is
/// not said, or so many accounts without a row in the report that they decide the answer.
pub fn legacy_rule(collected: &Collected<'_>) -> Result<LegacyShare, Reason> {
    let threshold = number(collected, parameters::MFA_THRESHOLD)?;
    let users = whole::<User>(collected, USERS.id)?;
    let registrations = whole::<Registration>(collected, REGISTRATION.id)?;
    let by_id: BTreeMap<&str, Option<bool>> =
        registrations.rows.iter().filter_map(|row| Some((row.id.as_deref()?, row.is_mfa_registered))).collect();
    let (mut eligible, mut registered, mut unsaid) = (0_u64, 0_u64, 0_u64);
    for user in users.rows.iter().filter(|user| !user.is_guest()) {
        match user.account_enabled {
            Some(false) => continue,
            Some(true) => eligible += 1,
            None => {
                let detail = format!("Whether the account {} is enabled is not said.", user.label());
                return Err(Reason::new(UnknownCode::MalformedAnswer, detail));
            }
        }
        match user.id.as_deref().and_then(|id| by_id.get(id).copied().flatten()) {
            Some(true) => registered += 1,
            Some(false) => {}
            None => unsaid += 1,
        }
    }
    if eligible == 0 {
        return Err(Reason::new(UnknownCode::MalformedAnswer, "No enabled member was found."));
    }
    #[expect(clippy::cast_precision_loss, reason = "a share for display; counts are far below 2^52")]
    let share = (registered as f64 * 1000.0 / eligible as f64).round() / 10.0;
    let low = LegacyShare { share, threshold, registered, eligible };
    let high = LegacyShare { registered: registered + unsaid, ..low };
    if low.compliant() == high.compliant() {
        Ok(low)
    } else {
        let detail = format!("The registration report says nothing of {unsaid} of {eligible} enabled members.");
        Err(Reason::new(UnknownCode::Partial, detail))
    }
}
