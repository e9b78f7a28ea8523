//! Trying an emulator out, for the emulators' own tests.

use std::io::{self, BufRead as _, BufReader};
use std::process::{Child, Command, ExitStatus, Stdio};

use serde_json::Value;

/// An emulator's program that runs. Dropping it kills the program.
#[derive(Debug)]
pub struct Trial {
    child: Child,
    /// What its one line says.
    pub told: Value,
}

impl Trial {
    /// Starts the program and reads its line.
    ///
    /// # Errors
    /// When it does not start, or its line is not JSON.
    pub fn start(program: &str, arguments: &[&str]) -> io::Result<Self> {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let mut trial = Self {
            child,
            told: Value::Null,
        };
        trial.told = serde_json::from_str(&line)?;
        Ok(trial)
    }

    /// A text of the line; empty if there is none of that name.
    #[must_use]
    pub fn text(&self, name: &str) -> String {
        self.told[name].as_str().unwrap_or_default().to_owned()
    }

    /// Closes standard input, and waits for the end that this means.
    ///
    /// # Errors
    /// When the program cannot be waited for.
    pub fn end(mut self) -> io::Result<ExitStatus> {
        drop(self.child.stdin.take());
        self.child.wait()
    }

    /// Kills it without a word.
    ///
    /// # Errors
    /// When it cannot be killed or waited for.
    pub fn kill(mut self) -> io::Result<ExitStatus> {
        self.child.kill()?;
        self.child.wait()
    }
}

impl Drop for Trial {
    fn drop(&mut self) {
        // It may have ended by itself, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a program says to arguments that it does not take: its exit code, and what it wrote to both outputs.
///
/// # Errors
/// When it does not start.
pub fn refusal(program: &str, arguments: &[&str]) -> io::Result<(Option<i32>, String, String)> {
    let output = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    ))
}

/// The size of a body once it is unpacked. Whether a client unpacks by itself depends on how it was built, so a body that
/// is not gzip counts as it is.
///
/// # Errors
/// When it begins like gzip and is not.
pub fn unpacked_size(body: &[u8]) -> io::Result<u64> {
    if body.starts_with(&[0x1f, 0x8b]) {
        io::copy(&mut flate2::read::GzDecoder::new(body), &mut io::sink())
    } else {
        Ok(body.len() as u64)
    }
}
