//! How things stand at a glance: what the tray says while no window is open.

use crate::{App, OpenCompany, api::ApiError, companies::stored, data_dir, schedule};
use chrono::DateTime;
use chrono_tz::Tz;
use evidence::Timestamp;
use store::{RunState, integrations::IntegrationStatus};

/// How things stand on this computer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// No company was made here yet.
    NoCompany,
    /// There are companies; none is open.
    Locked,
    /// One is open.
    Open(CompanyStanding),
}

/// How the open company stands. Times are the company's local ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompanyStanding {
    /// Its name, as it was typed.
    pub name: String,
    /// Whether something is being collected right now.
    pub collecting: bool,
    /// The connections that were not removed.
    pub connections: usize,
    /// Those among them whose newest run collected nothing.
    pub failing: usize,
    /// Whether the newest run of a connection got only a part, or there was none yet.
    pub partly: bool,
    /// When a run last collected something.
    pub last_sync: Option<DateTime<Tz>>,
    /// When the next daily sync is due; `None` while it is switched off.
    pub next_run: Option<DateTime<Tz>>,
}

/// How things stand now. Reads little: it is asked after everything that may have changed it.
pub async fn standing(app: &App) -> Result<Standing, ApiError> {
    match app.opened() {
        Some(open) => Ok(Standing::Open(of(app, &open).await?)),
        None if data_dir::companies(app.dir()).is_empty() => Ok(Standing::NoCompany),
        None => Ok(Standing::Locked),
    }
}

async fn of(app: &App, open: &OpenCompany) -> Result<CompanyStanding, ApiError> {
    let mut reader = open.store.read().await?;
    let profile = stored(&mut reader).await?;
    let connections = store::integrations::list(&mut reader, false).await?;
    let mut partly = false;
    for connection in &connections {
        let newest = store::runs::list(&mut reader, Some(connection.id), 1).await?;
        partly |= connection.last_sync_at.is_none()
            || newest
                .iter()
                .any(|run| run.state == Some(RunState::Partial));
    }
    drop(reader);
    let zone = profile.zone.parse().unwrap_or(Tz::UTC);
    let local = |at: Timestamp| at.datetime().with_timezone(&zone);
    Ok(CompanyStanding {
        name: profile.name,
        collecting: open.is_working(),
        connections: connections.len(),
        failing: connections
            .iter()
            .filter(|one| one.status == IntegrationStatus::Error)
            .count(),
        partly,
        last_sync: connections
            .iter()
            .filter_map(|one| one.last_sync_at)
            .max()
            .map(local),
        next_run: schedule::next_due(app, open).await?.map(local),
    })
}
