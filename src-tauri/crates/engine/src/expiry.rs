//! When credentials end, as far as services say it: kept between runs, and warned of in time.
//!
//! Working state, not evidence: it concerns the connection, not the company.

use crate::{
    OpenCompany,
    api::{ApiError, CredentialExpiry},
};
use evidence::{IntegrationId, Timestamp};
use provider_kit::Expiry;
use store::{Connection, settings};

/// Days before the end when it is warned of: two weekly looks and some time to mend it.
const WARN_DAYS: i64 = 14;

fn key(integration: IntegrationId) -> String {
    format!("expiry:{integration}")
}

/// Remembers what a session said. One that says nothing leaves what was known: a renewed token is told by its service.
pub(crate) async fn remember(
    open: &OpenCompany,
    integration: IntegrationId,
    expiry: Option<&Expiry>,
) -> Result<(), ApiError> {
    let Some(expiry) = expiry else {
        return Ok(());
    };
    let mut tx = open.store.begin().await?;
    settings::set(&mut tx, &key(integration), expiry).await?;
    tx.commit().await?;
    Ok(())
}

/// Forgets what was known: the credentials were replaced.
pub(crate) async fn forget(open: &OpenCompany, integration: IntegrationId) -> Result<(), ApiError> {
    let mut tx = open.store.begin().await?;
    settings::remove(&mut tx, &key(integration)).await?;
    tx.commit().await?;
    Ok(())
}

/// When the credentials of a connection end, seen from `now`.
pub(crate) async fn of(
    connection: &mut Connection,
    integration: IntegrationId,
    now: Timestamp,
) -> Result<Option<CredentialExpiry>, ApiError> {
    let known: Option<Expiry> = settings::get(connection, &key(integration)).await?;
    Ok(known.map(|expiry| seen_from(&expiry, now)))
}

/// An expiry as people see it at `now`.
pub(crate) fn seen_from(expiry: &Expiry, now: Timestamp) -> CredentialExpiry {
    let seconds = expiry.at.unix() - now.unix();
    let days = seconds.div_euclid(24 * 3600);
    let warning = match (seconds, days) {
        (..0, _) => Some(format!("{} has expired.", expiry.what)),
        (_, 0) => Some(format!("{} expires within a day.", expiry.what)),
        (_, 1) => Some(format!("{} expires in 1 day.", expiry.what)),
        (_, days) if days <= WARN_DAYS => Some(format!("{} expires in {days} days.", expiry.what)),
        _ => None,
    };
    CredentialExpiry {
        what: expiry.what.clone(),
        at: expiry.at.to_string(),
        warning,
        fix: expiry.fix.clone(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn it_is_warned_of_from_two_weeks_before_the_end() {
        const DAY: i64 = 24 * 3600;
        let expiry = Expiry {
            what: "This token".to_owned(),
            at: Timestamp::from_unix(100 * DAY),
            fix: "Make another.".to_owned(),
        };
        let warning = |now: i64| seen_from(&expiry, Timestamp::from_unix(now)).warning;
        for (now, expected) in [
            (0, None),
            (85 * DAY, None),
            (85 * DAY + 1, Some("This token expires in 14 days.")),
            (98 * DAY, Some("This token expires in 2 days.")),
            (99 * DAY, Some("This token expires in 1 day.")),
            (99 * DAY + 1, Some("This token expires within a day.")),
            (100 * DAY, Some("This token expires within a day.")),
            (100 * DAY + 1, Some("This token has expired.")),
        ] {
            assert_eq!(warning(now).as_deref(), expected, "{now}");
        }
    }
}
