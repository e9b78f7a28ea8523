//! The daily sync: what is due follows from what is stored, not from a timer that was running.
//!
//! Sleep, a closed app, daylight saving and clock changes lose nothing and double nothing: every local day has one due
//! moment, a missed one is caught up once, and the run says when it was due.

use crate::{
    App, OpenCompany, ProgressSink,
    api::{ApiError, DueRun, Nothing, Schedule, ScheduledRun, SetSchedule},
    companies::stored,
    parameters::settle_expired,
    providers::datasets_in,
    sync::{Assignment, Cause, like, named, run_all},
};
use chrono::{Days, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;
use evidence::Timestamp;
use serde::{Deserialize, Serialize};
use store::Trigger;

const KEY: &str = "daily";

/// Later than this a run is a catch-up and says so.
const ON_TIME_S: i64 = 300;

/// What is remembered of the daily sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Daily {
    enabled: bool,
    at: NaiveTime,
    /// Everything due up to here is served.
    served: Timestamp,
    last_due: Option<Timestamp>,
    last_ran: Option<Timestamp>,
}

/// The moment that `at` is on a local day. In a gap it is the first moment after it, when ambiguous the earlier one.
fn on_day(zone: Tz, day: NaiveDate, at: NaiveTime) -> Option<Timestamp> {
    let mut local = day.and_time(at);
    // The longest gap known is a whole day (a zone that moved across the date line).
    for _ in 0..=(24 * 60) {
        match zone.from_local_datetime(&local) {
            LocalResult::Single(found) | LocalResult::Ambiguous(found, _) => {
                return Some(Timestamp::from_datetime(found.with_timezone(&Utc)));
            }
            LocalResult::None => local = local.checked_add_signed(TimeDelta::minutes(1))?,
        }
    }
    None
}

/// The due moments after `from`, in order.
fn after(zone: Tz, at: NaiveTime, from: Timestamp) -> impl Iterator<Item = Timestamp> {
    let first = from.datetime().with_timezone(&zone).date_naive();
    (0..)
        .map_while(move |days| {
            first
                .checked_sub_days(Days::new(1))?
                .checked_add_days(Days::new(days))
        })
        .filter_map(move |day| on_day(zone, day, at))
        .filter(move |due| *due > from)
}

/// The newest due moment in (`served`, `now`] and how many there are.
fn due_between(
    zone: Tz,
    at: NaiveTime,
    served: Timestamp,
    now: Timestamp,
) -> Option<(Timestamp, u32)> {
    let mut found = None;
    for (number, due) in (1..).zip(after(zone, at, served).take_while(|due| *due <= now)) {
        found = Some((due, number));
    }
    found
}

async fn read(open: &OpenCompany) -> Result<(Daily, Tz), ApiError> {
    let mut reader = open.store.read().await?;
    let zone = stored(&mut reader).await?.zone.parse().unwrap_or(Tz::UTC);
    let created = store::company::get(&mut reader)
        .await?
        .map(|company| company.created_at);
    let daily = store::schedule_state::get::<Daily>(&mut reader, KEY)
        .await?
        .unwrap_or_else(|| Daily {
            enabled: true,
            at: NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default(),
            served: created.unwrap_or_else(|| Timestamp::from_unix(0)),
            last_due: None,
            last_ran: None,
        });
    Ok((daily, zone))
}

async fn write(open: &OpenCompany, daily: &Daily) -> Result<(), ApiError> {
    let mut tx = open.store.begin().await?;
    store::schedule_state::set(&mut tx, KEY, daily).await?;
    Ok(tx.commit().await?)
}

/// When the daily sync runs.
pub(crate) async fn get(app: &App, open: &OpenCompany) -> Result<Schedule, ApiError> {
    let (daily, zone) = read(open).await?;
    let next = if daily.enabled {
        after(zone, daily.at, app.now().max(daily.served))
            .take(5)
            .map(|due| due.to_string())
            .collect()
    } else {
        Vec::new()
    };
    Ok(Schedule {
        enabled: daily.enabled,
        daily_at: daily.at.format("%H:%M").to_string(),
        zone: zone.name().to_owned(),
        next,
        last: daily
            .last_due
            .zip(daily.last_ran)
            .map(|(due, ran)| ScheduledRun {
                due: due.to_string(),
                ran: ran.to_string(),
            }),
    })
}

/// The next due moment: one that was missed is due now.
pub(crate) async fn next_due(app: &App, open: &OpenCompany) -> Result<Option<Timestamp>, ApiError> {
    let (daily, zone) = read(open).await?;
    let now = app.now();
    if !daily.enabled {
        return Ok(None);
    }
    if due_between(zone, daily.at, daily.served, now).is_some() {
        return Ok(Some(now));
    }
    Ok(after(zone, daily.at, now.max(daily.served)).next())
}

/// Changes when the daily sync runs. Nothing that was due before becomes due by it.
pub async fn set(app: &App, request: SetSchedule) -> Result<Schedule, ApiError> {
    let open = app.company()?;
    let at = NaiveTime::parse_from_str(&request.daily_at, "%H:%M").map_err(|_| {
        ApiError::usage(
            "The schedule was not changed.",
            "The time is not a time of day.",
            "Write it like 09:00.",
        )
        .about("dailyAt")
    })?;
    let (daily, _) = read(&open).await?;
    write(
        &open,
        &Daily {
            enabled: request.enabled,
            at,
            served: app.now(),
            ..daily
        },
    )
    .await?;
    get(app, &open).await
}

/// Runs what is due now, once. Several missed days are one run.
pub async fn run_due(app: &App, _: Nothing, progress: &ProgressSink) -> Result<DueRun, ApiError> {
    let open = app.company()?;
    settle_expired(app, &open).await?;
    let (daily, zone) = read(&open).await?;
    let now = app.now();
    let due = if daily.enabled {
        due_between(zone, daily.at, daily.served, now)
    } else {
        None
    };
    let Some((due, count)) = due else {
        return Ok(DueRun {
            due: None,
            missed: 0,
            runs: Vec::new(),
        });
    };
    let trigger = if now.unix() - due.unix() > ON_TIME_S {
        Trigger::CatchUp
    } else {
        Trigger::Schedule
    };
    let mut assignments = Vec::new();
    for integration in named(&open, &[]).await? {
        let provider = app.provider(&integration.provider)?;
        let datasets = datasets_in(provider, &like(provider, &integration)?).collect();
        assignments.push(Assignment {
            integration,
            datasets,
        });
    }
    let asked = assignments.len();
    let runs = run_all(
        app,
        &open,
        assignments,
        Cause {
            trigger,
            scheduled_for: Some(due),
        },
        progress,
    )
    .await?;
    // A process that was told to end leaves the rest due; a person who cancels does not want it today.
    let whole = runs.len() == asked && runs.iter().all(|run| run.state != "cancelled");
    if !whole && !open.was_given_up() {
        return Ok(DueRun {
            due: Some(due.to_string()),
            missed: count - 1,
            runs,
        });
    }
    // Served only now: a run that was killed is due again, and continues where it was.
    // Read again: somebody may have changed the schedule meanwhile.
    let (daily, _) = read(&open).await?;
    write(
        &open,
        &Daily {
            served: due.max(daily.served),
            last_due: Some(due),
            last_ran: Some(now),
            ..daily
        },
    )
    .await?;
    Ok(DueRun {
        due: Some(due.to_string()),
        missed: count - 1,
        runs,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::BTreeSet;

    fn nine() -> NaiveTime {
        NaiveTime::from_hms_opt(9, 0, 0).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn every_local_day_of_seven_years_has_exactly_one_due_moment_in_every_zone() {
        let midnight = NaiveTime::from_hms_opt(0, 0, 0).unwrap();
        let zones = [
            "America/New_York",
            "Europe/Dublin",
            "Australia/Lord_Howe",
            "America/Havana",
            "Africa/Casablanca",
            "UTC",
        ];
        for (zone, time) in zones
            .into_iter()
            .flat_map(|zone| [(zone, nine()), (zone, midnight)])
        {
            let zone: Tz = zone.parse().unwrap();
            let (from, to) = (at("2024-01-01T12:00:00Z"), at("2031-01-01T12:00:00Z"));
            let days: Vec<NaiveDate> = after(zone, time, from)
                .take_while(|due| *due <= to)
                .map(|due| due.datetime().with_timezone(&zone).date_naive())
                .collect();
            let unique: BTreeSet<NaiveDate> = days.iter().copied().collect();
            assert_eq!(unique.len(), days.len(), "{zone}: a day came twice");
            let span = (*days.last().unwrap() - *days.first().unwrap()).num_days() + 1;
            assert_eq!(
                i64::try_from(days.len()).unwrap(),
                span,
                "{zone}: a day is missing"
            );
        }
    }

    #[test]
    fn daylight_saving_moves_the_moment_and_not_the_local_time() {
        let zone: Tz = "America/New_York".parse().unwrap();
        let due: Vec<String> = after(zone, nine(), at("2026-10-31T00:00:00Z"))
            .take(2)
            .map(|due| due.to_string())
            .collect();
        assert_eq!(due, ["2026-10-31T13:00:00Z", "2026-11-01T14:00:00Z"]);
    }

    #[test]
    fn missed_days_are_one_due_run_and_a_clock_set_back_makes_none() {
        let zone = Tz::UTC;
        let served = at("2026-11-20T09:00:00Z");
        assert_eq!(
            due_between(zone, nine(), served, at("2026-11-21T08:59:59Z")),
            None
        );
        assert_eq!(
            due_between(zone, nine(), served, at("2026-11-21T09:00:00Z")),
            Some((at("2026-11-21T09:00:00Z"), 1))
        );
        assert_eq!(
            due_between(zone, nine(), served, at("2026-11-23T11:42:00Z")),
            Some((at("2026-11-23T09:00:00Z"), 3))
        );
        assert_eq!(
            due_between(zone, nine(), served, at("2026-11-10T09:00:00Z")),
            None
        );
    }
}
