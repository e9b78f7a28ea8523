//! Keeps the schedule while the app runs, and tells the page and the tray when something was collected.

use crate::tray;
use engine::{App, api::ApiError, silent, ticker::keep_schedule};
use std::sync::Arc;
use tauri::{AppHandle, Emitter as _};
use tokio_util::sync::CancellationToken;

/// The event that tells the page to read anew.
pub(crate) const CHANGED: &str = "changed";

/// Runs what is due, until the app ends.
pub(crate) fn keep(tauri: AppHandle, app: Arc<App>) {
    tauri::async_runtime::spawn(async move {
        let sink = tray::following(&tauri, silent());
        let changed = move |ran: Result<_, ApiError>| {
            // A vault that was locked meanwhile is no trouble.
            let stopped = ran.err().filter(|error| error.code != "locked");
            tray::trouble(&tauri, stopped.map(|error| error.what));
            // A page that is not there reads everything when it comes.
            let _ = tauri.emit(CHANGED, ());
        };
        keep_schedule(app, sink, CancellationToken::new(), changed).await;
    });
}
