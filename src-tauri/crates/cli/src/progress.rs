//! Progress on stderr: JSON lines for machines, a spinner on a terminal, nothing else.

use crate::args::{Global, ProgressFormat};
use engine::{ProgressSink, api::Progress, silent};
use indicatif::{ProgressBar, ProgressStyle};
use std::{io::IsTerminal as _, sync::Arc, time::Duration};

/// The sink that the global options ask for.
pub(crate) fn sink(global: &Global) -> ProgressSink {
    if global.progress == Some(ProgressFormat::Json) {
        return Arc::new(|progress| {
            if let Ok(text) = serde_json::to_string(&progress) {
                crate::output::message(&text);
            }
        });
    }
    if global.json || !std::io::stderr().is_terminal() {
        return silent();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    Arc::new(move |progress| match progress {
        Progress::Started {
            label, datasets, ..
        } => bar.set_message(format!("{label}: {datasets} datasets")),
        Progress::Reading { title, rows, .. } if rows > 0 => {
            bar.set_message(format!("{title}: {rows} rows"))
        }
        Progress::Reading { title, .. } => bar.set_message(format!("{title} ...")),
        Progress::Kept { done, total, .. } => {
            bar.set_message(format!("{done} of {total} datasets kept"))
        }
        Progress::Finished { .. } => bar.finish_and_clear(),
        Progress::SignIn { .. } | Progress::SignedIn {} => {}
    })
}

/// The sink for connecting. Where a person has to sign in, that is said on stderr whatever was asked for: without it
/// nobody could.
pub(crate) fn sign_in(global: &Global) -> ProgressSink {
    if global.progress == Some(ProgressFormat::Json) {
        return sink(global);
    }
    Arc::new(|progress| match progress {
        Progress::SignIn {
            address,
            user_code,
            expires_at,
            ..
        } => {
            let text = match user_code {
                Some(code) => format!(
                    "Open this page in any browser and enter the code:\n  {address}\n  {code}\n\
                     Sign in there only if you started this yourself."
                ),
                None => format!(
                    "Open this page in a browser on this computer and sign in:\n  {address}"
                ),
            };
            crate::output::message(&format!(
                "{text}\nWaiting until {expires_at}. Ctrl+C gives up, and nothing is saved."
            ));
        }
        Progress::SignedIn {} => crate::output::message("Signed in."),
        _ => {}
    })
}
