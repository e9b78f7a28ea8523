//! Keeps the schedule while the app runs, and tells the page when something was collected.

use engine::{App, silent, ticker::keep_schedule};
use std::sync::Arc;
use tauri::{AppHandle, Emitter as _};
use tokio_util::sync::CancellationToken;

/// The event that tells the page to read anew.
const CHANGED: &str = "changed";

/// Runs what is due, until the app ends.
pub(crate) fn keep(tauri: AppHandle, app: Arc<App>) {
    tauri::async_runtime::spawn(async move {
        let changed = move |_| {
            // A page that is not there reads everything when it comes.
            let _ = tauri.emit(CHANGED, ());
        };
        keep_schedule(app, silent(), CancellationToken::new(), changed).await;
    });
}
