//! The one door between the page and the engine: carries every row of the command table.

use crate::{closing, tray};
use engine::{
    App, ProgressSink,
    api::{AnswerClosing, ApiError, Progress},
};
use serde_json::Value;
use std::sync::Arc;
use tauri::{AppHandle, State, ipc::Channel};

/// Answers a command of the table. Progress goes over `progress`; a page that is gone hears nothing.
#[tauri::command]
pub(crate) async fn command(
    tauri: AppHandle,
    app: State<'_, Arc<App>>,
    name: String,
    request: Value,
    progress: Channel<Progress>,
) -> Result<Value, ApiError> {
    let sink: ProgressSink = Arc::new(move |event| {
        let _ = progress.send(event);
    });
    let sink = tray::following(&tauri, sink);
    let closing: Option<AnswerClosing> = (name == "answer_closing")
        .then(|| serde_json::from_value(request.clone()).ok())
        .flatten();
    let answer = engine::dispatch(&app, &name, request, &sink).await;
    if name == "unlock" {
        let elsewhere = answer.as_ref().err().map(|error| error.code.as_str());
        closing::found_elsewhere(&tauri, elsewhere == Some("vault_in_use"));
    }
    if !only_reads(&name) {
        match &answer {
            Ok(_) if ends_trouble(&name) => tray::trouble(&tauri, None),
            _ => tray::changed(&tauri),
        }
    }
    // The engine remembers the answer; the window is the shell's.
    if let (Ok(_), Some(closing)) = (&answer, closing) {
        closing::answered(&tauri, closing.answer);
    }
    answer
}

/// Whether a command changes nothing that the tray shows. Of a new row it is not assumed.
fn only_reads(name: &str) -> bool {
    name.starts_with("get_")
        || name.starts_with("list_")
        || matches!(
            name,
            "app_state"
                | "catalogue"
                | "open_link"
                | "open_sign_in"
                | "cancel_sign_in"
                | "verify_vault"
                | "test_integration"
        )
}

/// Whether its success shows that what stopped an earlier attempt stops none now.
fn ends_trouble(name: &str) -> bool {
    matches!(
        name,
        "unlock"
            | "lock"
            | "create_company"
            | "create_demo"
            | "sync_integration"
            | "collect_evidence"
            | "run_due"
    )
}

#[cfg(test)]
mod tests {
    use super::{ends_trouble, only_reads};

    #[test]
    fn only_what_collects_or_opens_ends_trouble() {
        let ending = engine::COMMANDS
            .iter()
            .filter(|command| ends_trouble(command.name))
            .count();
        assert_eq!(ending, 7, "each of them is a command");
        for other in [
            "set_appearance",
            "determine",
            "set_parameter",
            "answer_closing",
        ] {
            assert!(!ends_trouble(other), "{other}");
        }
    }

    #[test]
    fn whatever_opens_closes_collects_or_plans_has_the_tray_look_again() {
        for name in [
            "unlock",
            "lock",
            "create_company",
            "create_demo",
            "update_profile",
            "connect_integration",
            "remove_integration",
            "sync_integration",
            "collect_evidence",
            "run_due",
            "set_schedule",
        ] {
            assert!(engine::COMMANDS.iter().any(|command| command.name == name));
            assert!(!only_reads(name), "{name}");
        }
    }
}
