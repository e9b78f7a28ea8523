//! `cmmc import`: the file and the person, before there is a vault.

use engine::{api::ApiError, imports::Handed};
use std::{fs::File, io::Read as _, path::Path};

/// The largest file that is read into memory: above it the engine refuses anyway.
const MOST: u64 = 130 * 1024 * 1024;

/// What is handed to the engine.
pub(crate) fn handed(
    format: String,
    path: &Path,
    integration: Option<String>,
    label: Option<String>,
    by: Option<String>,
) -> Result<Handed, ApiError> {
    let unreadable = |why: String| {
        ApiError::usage(
            "The file can't be read.",
            format!("{}: {why}.", path.display()),
            "Name a file that the tool wrote and that you may read.",
        )
        .about("file")
    };
    let file = File::open(path).map_err(|error| unreadable(error.kind().to_string()))?;
    // A pipe or a device has no end that could be trusted.
    if !file.metadata().is_ok_and(|about| about.is_file()) {
        return Err(unreadable("it is not a file".to_owned()));
    }
    let mut bytes = Vec::new();
    file.take(MOST)
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(error.kind().to_string()))?;
    Ok(Handed {
        format,
        name: path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default(),
        bytes,
        integration,
        label,
        by: by.or_else(user).unwrap_or_default(),
    })
}

/// The user of this computer, as the system names them; the engine refuses an import by nobody.
fn user() -> Option<String> {
    ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|name| !name.trim().is_empty())
}
