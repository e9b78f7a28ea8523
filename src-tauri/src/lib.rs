//! The shell: a window and a tray over the engine. Thin: it makes the window as closed as the platform allows, carries
//! commands, and decides nothing.

mod closing;
mod command;
mod environment;
mod exit;
mod schedule;
mod tray;
mod window;

use engine::{App, Options, SystemClock};
use std::{io::Write as _, process::ExitCode, sync::Arc};

/// Starts the app and runs until it is quit.
#[must_use]
pub fn start() -> ExitCode {
    environment::close_doors();
    // Without it the process is only as closed as the system makes it; nothing else depends on it.
    let _ = vault::harden_process();
    if let Ok(filter) = tracing_subscriber::EnvFilter::try_from_env("CMMCPRO_LOG") {
        let _ = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_writer(std::io::stderr)
            .try_init();
    }
    let data_dir = match App::data_dir(std::env::var_os("CMMCPRO_DATA_DIR").map(Into::into)) {
        Ok(data_dir) => data_dir,
        Err(error) => return say(&error.to_string()),
    };
    let app = Arc::new(App::new(Options {
        data_dir,
        key_store: Arc::new(vault::OsKeyring::new()),
        clock: Arc::new(SystemClock),
        pacing: true,
        program: "CMMCPro",
        providers: registry::providers(),
        kdf: None,
    }));
    let built = tauri::Builder::default()
        .manage(Arc::clone(&app))
        .manage(closing::Resident::default())
        .manage(tray::Tray::default())
        .invoke_handler(tauri::generate_handler![command::command])
        .setup(move |tauri| {
            window::open(tauri.handle(), &app, "")?;
            tray::keep(tauri.handle().clone());
            schedule::keep(tauri.handle().clone(), app);
            Ok(())
        })
        .build(tauri::generate_context!());
    match built {
        Ok(tauri) => {
            tauri.run(exit::on_event);
            ExitCode::SUCCESS
        }
        Err(error) => say(&format!("CMMCPro could not open its window: {error}")),
    }
}

fn say(text: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{text}");
    ExitCode::FAILURE
}
