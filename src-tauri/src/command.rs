//! The one door between the page and the engine: carries every row of the command table.

use engine::{
    App, ProgressSink,
    api::{ApiError, Progress},
};
use serde_json::Value;
use std::sync::Arc;
use tauri::{State, ipc::Channel};

/// Answers a command of the table. Progress goes over `progress`; a page that is gone hears nothing.
#[tauri::command]
pub(crate) async fn command(
    app: State<'_, Arc<App>>,
    name: String,
    request: Value,
    progress: Channel<Progress>,
) -> Result<Value, ApiError> {
    let sink: ProgressSink = Arc::new(move |event| {
        let _ = progress.send(event);
    });
    engine::dispatch(&app, &name, request, &sink).await
}
