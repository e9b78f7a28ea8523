//! Days: what a company set, and how old something was when it was collected.

use super::told::Told;
use evidence::{Reason, Timestamp, UnknownCode};
use provider_kit::Collected;

/// A number that the company set, or the manifest's default. Without either there is nothing to judge by.
pub(super) fn number(collected: &Collected<'_>, key: &str) -> Result<i64, Reason> {
    collected.parameters.integer(key).ok_or_else(|| {
        Reason::new(
            UnknownCode::NeedsJudgement,
            format!("The parameter {key} has no number."),
        )
    })
}

/// Whole days from `since` to `now`. A moment that is to come has no age: one of the clocks is wrong.
pub(super) fn age(now: Timestamp, since: Timestamp) -> Option<i64> {
    Some(now.days_since(since)).filter(|days| *days >= 0)
}

/// Whether an open alert of this severity is younger than the days its severity is given. `critical` and `high` are the
/// days; any other severity may wait.
pub(super) fn in_time(
    severity: Option<&str>,
    since: Option<Timestamp>,
    now: Timestamp,
    critical: i64,
    high: i64,
) -> Told {
    let days = match severity {
        Some("critical") => critical,
        Some("high") => high,
        Some("medium" | "low") => return Told::Yes,
        _ => return Told::silent("GitHub does not say how severe it is."),
    };
    match since.and_then(|since| age(now, since)) {
        Some(age) if age > days => Told::no(format!(
            "{} and open for {age} days; at most {days}.",
            severity.unwrap_or_default()
        )),
        Some(_) => Told::Yes,
        None => Told::silent("GitHub does not say since when it is open."),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn each_severity_has_its_days_and_the_last_day_counts() {
        let now: Timestamp = "2026-11-23T09:00:00Z".parse().unwrap();
        let told = |severity, days: Option<i64>| {
            let since = days.map(|days| Timestamp::from_unix(now.unix() - days * 86_400));
            in_time(severity, since, now, 15, 30)
        };
        for (severity, days, expected) in [
            (Some("critical"), Some(15), Told::Yes),
            (
                Some("critical"),
                Some(16),
                Told::no("critical and open for 16 days; at most 15."),
            ),
            (Some("high"), Some(30), Told::Yes),
            (
                Some("high"),
                Some(31),
                Told::no("high and open for 31 days; at most 30."),
            ),
            (
                Some("high"),
                Some(-1),
                Told::silent("GitHub does not say since when it is open."),
            ),
            (Some("medium"), None, Told::Yes),
            (Some("low"), Some(900), Told::Yes),
            (
                Some("high"),
                None,
                Told::silent("GitHub does not say since when it is open."),
            ),
            (
                None,
                Some(900),
                Told::silent("GitHub does not say how severe it is."),
            ),
            (
                Some("grave"),
                Some(900),
                Told::silent("GitHub does not say how severe it is."),
            ),
        ] {
            assert_eq!(told(severity, days), expected, "{severity:?} {days:?}");
        }
    }
}
