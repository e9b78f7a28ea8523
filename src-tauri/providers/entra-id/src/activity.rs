//! When an account was last used.

use crate::datasets::people::Activity;
use evidence::Timestamp;

/// The last successful sign-in; where the service does not keep it (before December 2023), the newest sign-in of any kind.
/// `None` when it never signed in, which the service shows by leaving the whole member out.
///
/// # Errors
///
/// Why it can't be told: a moment that is not one.
pub(crate) fn last_seen(row: &Activity) -> Result<Option<Timestamp>, &'static str> {
    let Some(activity) = &row.sign_in_activity else {
        return Ok(None);
    };
    let read = |text: &Option<String>| match text {
        None => Ok(None),
        Some(text) => text
            .parse::<Timestamp>()
            .map(Some)
            .map_err(|_| "the moment of its last sign-in can't be read"),
    };
    match read(&activity.last_successful_sign_in_date_time)? {
        Some(at) => Ok(Some(at)),
        None => {
            let other = [
                read(&activity.last_sign_in_date_time)?,
                read(&activity.last_non_interactive_sign_in_date_time)?,
            ];
            match other.into_iter().flatten().max() {
                Some(at) => Ok(Some(at)),
                None => Err("its sign-in activity has no moment in it"),
            }
        }
    }
}
