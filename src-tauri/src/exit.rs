//! Closing and quitting. On quitting, work is stopped and the vault is closed before the process ends.

use crate::{closing, tray, window::MAIN};
use engine::{App, api::Nothing, companies};
use std::{sync::Arc, time::Duration};
use tauri::{AppHandle, Manager as _, RunEvent, WindowEvent};

/// The vault's log is emptied and its keys are dropped in this time; committed data is safe without it.
const GRACE: Duration = Duration::from_secs(2);

/// Hears of the app's events.
pub(crate) fn on_event(tauri: &AppHandle, event: RunEvent) {
    match event {
        RunEvent::WindowEvent {
            label,
            event: WindowEvent::CloseRequested { api, .. },
            ..
        } if label == MAIN => {
            api.prevent_close();
            closing::requested(tauri);
        }
        // The last window went. Quitting has a code.
        RunEvent::ExitRequested {
            code: None, api, ..
        } if closing::stays(tauri) => api.prevent_exit(),
        // A click on the app in the Dock.
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => {
            let tauri = tauri.clone();
            tauri::async_runtime::spawn(async move { closing::show(&tauri).await });
        }
        RunEvent::Exit => {
            let app = Arc::clone(&tauri.state::<Arc<App>>());
            tray::clean(&app);
            tauri::async_runtime::block_on(async {
                let _ = tokio::time::timeout(GRACE, companies::lock(&app, Nothing {})).await;
            });
        }
        _ => {}
    }
}
