//! Runs, outbound requests, the schedule.

use super::RunReport;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The newest runs and requests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Activity {
    /// Newest first, at most 100.
    pub runs: Vec<RunReport>,
    /// Newest first, at most 500.
    pub requests: Vec<OutboundRequest>,
    /// When the daily sync runs.
    pub schedule: Schedule,
}

/// One outbound request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct OutboundRequest {
    /// When (UTC).
    pub at: String,
    /// `GET`, `POST`.
    pub method: String,
    /// The host.
    pub host: String,
    /// The path; secret parts as `***`.
    pub path: String,
    /// The answer's status; `null` without an answer.
    pub status: Option<u16>,
}

/// When the daily sync runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct Schedule {
    /// Whether it runs.
    pub enabled: bool,
    /// Local time, `09:00`.
    pub daily_at: String,
    /// IANA zone.
    pub zone: String,
    /// The next times (UTC).
    pub next: Vec<String>,
    /// The last scheduled run: when it was due and when it ran (UTC).
    pub last: Option<ScheduledRun>,
}

/// A scheduled run that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct ScheduledRun {
    /// When it was due (UTC).
    pub due: String,
    /// When it ran (UTC).
    pub ran: String,
}

/// Changes the schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct SetSchedule {
    /// Whether it runs.
    pub enabled: bool,
    /// Local time, `09:00`.
    pub daily_at: String,
}

/// What running what is due gave.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
#[ts(export)]
pub struct DueRun {
    /// The due time that was served; `null` when nothing was due.
    pub due: Option<String>,
    /// How many earlier due times were missed and are covered by this run.
    pub missed: u32,
    /// The runs.
    pub runs: Vec<RunReport>,
}
