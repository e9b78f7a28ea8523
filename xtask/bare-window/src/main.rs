//! The least a Tauri window can be: a heading, a button and one command. What the app takes beyond it is the app's own.
//!
//! Closing the window takes the page away and leaves the process, as the app's tray does; it is ended by a signal.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use tauri::RunEvent;

#[tauri::command]
fn ready() {}

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![ready])
        .build(tauri::generate_context!())?
        .run(|_, event| {
            if let RunEvent::ExitRequested {
                code: None, api, ..
            } = event
            {
                api.prevent_exit();
            }
        });
    Ok(())
}
