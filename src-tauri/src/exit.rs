//! Quitting: work is stopped and the vault is closed before the process ends.

use engine::{App, api::Nothing, companies};
use std::{sync::Arc, time::Duration};
use tauri::{AppHandle, Manager as _, RunEvent};

/// The vault's log is emptied and its keys are dropped in this time; committed data is safe without it.
const GRACE: Duration = Duration::from_secs(2);

/// Hears of the app's events.
pub(crate) fn on_event(tauri: &AppHandle, event: RunEvent) {
    if let RunEvent::Exit = event {
        let app = Arc::clone(&tauri.state::<Arc<App>>());
        tauri::async_runtime::block_on(async {
            let _ = tokio::time::timeout(GRACE, companies::lock(&app, Nothing {})).await;
        });
    }
}
