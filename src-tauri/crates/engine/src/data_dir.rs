//! The data directory: which vaults there are, and the few things that are not sealed.
//!
//! `app.json` holds appearance, opaque company ids and what was told once; company names are sealed in the vaults' headers.

use crate::api::{ApiError, Appearance};
use evidence::CompanyId;
use serde::{Deserialize, Serialize};
use std::{
    io::Write as _,
    path::{Path, PathBuf},
};

/// What `app.json` holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct AppFile {
    pub appearance: Appearance,
    /// The company opened last.
    pub last_company: Option<CompanyId>,
    /// Whether somebody was told that closing the window leaves the app in the tray.
    pub told_of_tray: bool,
}

/// The platform's place for the app's data.
pub(crate) fn platform() -> Option<PathBuf> {
    directories::ProjectDirs::from("com", "CMMCPro", "CMMCPro")
        .map(|dirs| dirs.data_local_dir().to_owned())
}

/// The folder of a company.
pub(crate) fn company_dir(data_dir: &Path, id: CompanyId) -> PathBuf {
    data_dir.join("companies").join(id.to_string())
}

/// The companies that have a folder here, by the age of their header, newest first.
pub(crate) fn companies(
    data_dir: &Path,
) -> Vec<(CompanyId, PathBuf, Option<std::time::SystemTime>)> {
    let Ok(entries) = std::fs::read_dir(data_dir.join("companies")) else {
        return Vec::new();
    };
    let mut found: Vec<_> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| {
            let id: CompanyId = entry.file_name().to_str()?.parse().ok()?;
            let path = entry.path();
            let holds_vault = !path.join(UNFINISHED).exists()
                && (path.join(vault::HEADER_FILE).exists()
                    || path.join(vault::HEADER_BACKUP_FILE).exists());
            let changed = path
                .join(vault::HEADER_FILE)
                .metadata()
                .and_then(|meta| meta.modified())
                .ok();
            holds_vault.then_some((id, path, changed))
        })
        .collect();
    found.sort_by(|a, b| b.2.cmp(&a.2).then(a.0.cmp(&b.0)));
    found
}

/// Marks a folder whose company was not made to the end.
const UNFINISHED: &str = ".unfinished";

/// An unfinished folder older than this is nobody's work any more.
const ABANDONED_S: u64 = 3600;

/// Makes a company's folder, marked unfinished.
pub(crate) fn begin_company(dir: &Path) -> Result<(), ApiError> {
    make_private(dir)?;
    std::fs::write(dir.join(UNFINISHED), b"").map_err(|error| unusable(dir, &error))
}

/// Takes the mark away: from here on the company exists.
pub(crate) fn finish_company(dir: &Path) -> Result<(), ApiError> {
    let done = || -> std::io::Result<()> {
        std::fs::remove_file(dir.join(UNFINISHED))?;
        #[cfg(unix)]
        std::fs::File::open(dir)?.sync_all()?;
        Ok(())
    };
    done().map_err(|error| unusable(dir, &error))
}

/// Removes what killed attempts left. Nothing in them was ever acknowledged to anybody.
pub(crate) fn discard_unfinished(data_dir: &Path) {
    let Ok(entries) = std::fs::read_dir(data_dir.join("companies")) else {
        return;
    };
    for entry in entries.filter_map(Result::ok) {
        let mark = entry.path().join(UNFINISHED);
        let age = mark
            .metadata()
            .and_then(|meta| meta.modified())
            .ok()
            .and_then(|at| at.elapsed().ok());
        if age.is_some_and(|age| age.as_secs() > ABANDONED_S) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Makes the directory, readable by its owner alone.
pub(crate) fn make_private(dir: &Path) -> Result<(), ApiError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).map_err(|error| unusable(dir, &error))
}

fn unusable(dir: &Path, error: &std::io::Error) -> ApiError {
    ApiError {
        code: "data_dir_unusable".to_owned(),
        class: "storage".to_owned(),
        what: "The folder for the app's data can't be used.".to_owned(),
        why: format!("{}: {}.", dir.display(), error.kind()),
        fix:
            "Make the folder writable for you, free some space, or choose another with --data-dir."
                .to_owned(),
        detail: None,
        field: None,
    }
}

/// Reads `app.json`; a missing or unreadable one is the default, for it holds nothing that matters.
pub(crate) fn read_app_file(data_dir: &Path) -> AppFile {
    std::fs::read(data_dir.join("app.json"))
        .ok()
        .and_then(|bytes| serde_json::from_slice(&bytes).ok())
        .unwrap_or_default()
}

/// Writes `app.json` beside and renames it: a killed write leaves the old one.
pub(crate) fn write_app_file(data_dir: &Path, file: &AppFile) -> Result<(), ApiError> {
    make_private(data_dir)?;
    let write = || -> std::io::Result<()> {
        let part = data_dir.join("app.json.part");
        let mut out = std::fs::File::create(&part)?;
        out.write_all(&serde_json::to_vec_pretty(file)?)?;
        out.sync_all()?;
        std::fs::rename(part, data_dir.join("app.json"))
    };
    write().map_err(|error| unusable(data_dir, &error))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_app_file_survives_a_round_trip_and_damage() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(read_app_file(dir.path()), AppFile::default());
        let file = AppFile {
            appearance: Appearance::Dark,
            last_company: Some(CompanyId::random()),
            told_of_tray: true,
        };
        write_app_file(dir.path(), &file).unwrap();
        assert_eq!(read_app_file(dir.path()), file);
        std::fs::write(dir.path().join("app.json"), b"{ half").unwrap();
        assert_eq!(read_app_file(dir.path()), AppFile::default());
    }

    #[test]
    fn only_folders_with_a_header_are_companies() {
        let dir = tempfile::tempdir().unwrap();
        let id = CompanyId::random();
        std::fs::create_dir_all(company_dir(dir.path(), id)).unwrap();
        std::fs::create_dir_all(dir.path().join("companies/not-an-id")).unwrap();
        assert!(companies(dir.path()).is_empty());
        std::fs::write(company_dir(dir.path(), id).join(vault::HEADER_FILE), b"{}").unwrap();
        assert_eq!(companies(dir.path()).len(), 1);
        begin_company(&company_dir(dir.path(), id)).unwrap();
        assert!(
            companies(dir.path()).is_empty(),
            "an unfinished one is none"
        );
        finish_company(&company_dir(dir.path(), id)).unwrap();
        assert_eq!(companies(dir.path()).len(), 1);
    }
}
