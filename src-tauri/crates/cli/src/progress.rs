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
    })
}
