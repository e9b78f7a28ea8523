//! Prowler beside us: the same account, the same regions, its checks for NIST SP 800-171. Only when asked for, because
//! it is installed from the Python package index and is large.

use std::path::{Path, PathBuf};

use crate::bench_collect::{Collection, watch};
use crate::process::Step;
use crate::random::TemporaryFolder;
use crate::{Failure, Outcome, workspace};

/// The version that is compared with.
const VERSION: &str = "5.46.0";

/// Its list of checks for the standard.
const COMPLIANCE: &str = "nist_800_171_revision_2_aws";

/// Prowler ends with this when it found failures, which is no failure of it.
const FOUND_FAILURES: i32 = 3;

/// An installed Prowler.
pub struct Prowler {
    program: PathBuf,
}

/// The account it reads.
pub struct Account<'a> {
    /// Where AWS is answered for.
    pub endpoint: &'a str,
    /// The key's id.
    pub access_key_id: &'a str,
    /// The key's secret: it opens nothing but the emulator.
    pub secret_access_key: &'a str,
    /// The regions, joined by commas.
    pub regions: &'a str,
}

impl Prowler {
    /// Installs it below `target`, once.
    pub fn installed() -> Outcome<Self> {
        let folder = workspace::root().join("target/prowler");
        let program = folder.join("bin/prowler");
        if version_of(&program).as_deref() != Some(VERSION) {
            println!("installing Prowler {VERSION} (some two gigabytes)...");
            Step::new("python3")
                .args(["-m", "venv"])
                .arg(&folder)
                .run()?;
            Step::new(folder.join("bin/pip"))
                .args(["install", "--quiet", &format!("prowler=={VERSION}")])
                .run()?;
        }
        Ok(Self { program })
    }

    /// One scan, watched from its start to its end; Python's own start is in it.
    pub fn scan(&self, account: &Account<'_>) -> Outcome<Collection> {
        let output = TemporaryFolder::new("prowler")?;
        let step = Step::new(&self.program)
            .args(["aws", "--compliance", COMPLIANCE, "--no-banner"])
            .args(["--output-formats", "csv", "--output-directory"])
            .arg(output.path())
            .arg("--region")
            .args(account.regions.split(','))
            .env("AWS_ENDPOINT_URL", account.endpoint)
            .env("AWS_ACCESS_KEY_ID", account.access_key_id)
            .env("AWS_SECRET_ACCESS_KEY", account.secret_access_key)
            .env("AWS_DEFAULT_REGION", "us-east-1");
        let collection = watch(step)?;
        match collection.code {
            Some(0 | FOUND_FAILURES) => Ok(collection),
            code => Err(Failure::new(format!("Prowler ended with {code:?}"))),
        }
    }
}

fn version_of(program: &Path) -> Option<String> {
    if !program.exists() {
        return None;
    }
    let (text, _) = Step::new(program).arg("--version").quiet().output().ok()?;
    version_in(&text)
}

/// The version in `Prowler 5.46.0`, which other words may follow.
fn version_in(text: &str) -> Option<String> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("Prowler "))?;
    line.split_whitespace().next().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_its_line() {
        assert_eq!(
            version_in("Prowler 5.46.0 (latest)\n").as_deref(),
            Some("5.46.0")
        );
        assert_eq!(
            version_in("warning\nProwler 5.1.0\n").as_deref(),
            Some("5.1.0")
        );
        assert_eq!(version_in("prowler"), None);
    }
}
