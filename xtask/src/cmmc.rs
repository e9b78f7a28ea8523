//! Driving the `cmmc` command over a vault that is thrown away afterwards.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::emulator::Tenant;
use crate::process::Step;
use crate::random::{TemporaryFolder, passphrase};
use crate::{Failure, Outcome};

/// `cmmc` ends with this code when some datasets could not be read.
const DONE_IN_PART: i32 = 6;

/// A company in a temporary folder, and the program that works on it.
pub struct TemporaryCompany {
    program: PathBuf,
    folder: TemporaryFolder,
    passphrase_file: PathBuf,
}

impl TemporaryCompany {
    /// Makes the vault.
    pub fn create(program: &Path, name: &str) -> Outcome<Self> {
        let folder = TemporaryFolder::new("company")?;
        let passphrase_file = folder.write("passphrase", &passphrase())?;
        let company = Self {
            program: program.to_path_buf(),
            folder,
            passphrase_file,
        };
        let recovery = company.folder.path().join("recovery").display().to_string();
        company.json(&[
            "init",
            "--company",
            name,
            "--level",
            "2",
            "--recovery-out",
            &recovery,
        ])?;
        Ok(company)
    }

    /// Connects the made-up tenant.
    pub fn connect(&self, tenant: &Tenant, label: &str) -> Outcome {
        let secrets = self.folder.write("secrets.json", &tenant.secrets())?;
        let mut words = tenant.connect_arguments(label);
        words.extend(["--secrets-file".to_owned(), secrets.display().to_string()]);
        self.json(&words.iter().map(String::as_str).collect::<Vec<_>>())
            .map(drop)
    }

    /// A `cmmc` command on this company that answers in JSON.
    pub fn command(&self, words: &[&str]) -> Step {
        Step::new(&self.program)
            .arg("--data-dir")
            .arg(self.folder.path().join("data"))
            .arg("--passphrase-file")
            .arg(&self.passphrase_file)
            .arg("--json")
            .args(words)
    }

    /// Runs a command and reads its answer.
    pub fn json(&self, words: &[&str]) -> Outcome<Value> {
        let (text, code) = self.command(words).output()?;
        read_answer(words, &text, code)
    }
}

/// Reads what `cmmc --json` printed; a refusal becomes its own what, why and fix.
pub fn read_answer(words: &[&str], text: &str, code: Option<i32>) -> Outcome<Value> {
    let name = words.first().copied().unwrap_or_default();
    let answer: Value = serde_json::from_str(text).unwrap_or(Value::Null);
    if !matches!(code, Some(0 | DONE_IN_PART)) {
        let part = |key: &str| {
            answer
                .pointer(&format!("/error/{key}"))
                .and_then(Value::as_str)
        };
        let said = ["what", "why", "fix"]
            .into_iter()
            .filter_map(part)
            .collect::<Vec<_>>()
            .join(" ");
        let code = code.map_or_else(|| "a signal".to_owned(), |code| format!("exit code {code}"));
        return Err(Failure::new(format!(
            "`cmmc {name}` ended with {code}. {said}"
        )));
    }
    if answer.is_null() {
        return Err(Failure::new(format!(
            "`cmmc {name}` did not answer in JSON"
        )));
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn done_in_part_is_an_answer() {
        let answer = read_answer(&["sync"], r#"{"runs":[]}"#, Some(6)).unwrap();
        assert!(answer.get("runs").is_some());
    }

    #[test]
    fn a_refusal_is_told_in_its_own_words() {
        let refused = r#"{"error":{"code":"x","class":"y","what":"Sign-in was refused.","why":"The secret is wrong.","fix":"Copy it again."}}"#;
        let failure = read_answer(&["connect"], refused, Some(3)).unwrap_err();
        assert_eq!(
            failure.to_string(),
            "`cmmc connect` ended with exit code 3. Sign-in was refused. The secret is wrong. Copy it again."
        );
    }

    #[test]
    fn silence_is_not_success() {
        assert!(read_answer(&["sync"], "", Some(0)).is_err());
        assert!(read_answer(&["sync"], "{}", None).is_err());
    }
}
