//! Starting other programs, and ending them.

use std::ffi::{OsStr, OsString};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use crate::{Failure, Outcome, workspace};

/// One program to run in the workspace's root folder.
pub struct Step {
    command: Command,
    shown: String,
    silent: bool,
}

/// What a program that was watched left behind.
pub struct Watched {
    /// Everything it printed on both streams.
    pub text: String,
    /// Whether it ended with success.
    pub success: bool,
}

impl Step {
    /// A program by name or path.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let program = program.as_ref();
        let mut command = Command::new(program);
        command.current_dir(workspace::root());
        // Cargo tells a running program about its package. Passed on to another Cargo, that would make
        // build scripts that watch these variables run again each time.
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(describes_this_package) {
                command.env_remove(name);
            }
        }
        let shown = Path::new(program)
            .file_name()
            .unwrap_or(program)
            .to_string_lossy()
            .into_owned();
        Self {
            command,
            shown,
            silent: false,
        }
    }

    /// The Cargo that started this task.
    pub fn cargo() -> Self {
        Self::new(std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")))
    }

    /// `npm`, in the UI's folder.
    pub fn npm() -> Self {
        // On Windows npm is a script, which is only found by its full name.
        Self::new(if cfg!(windows) { "npm.cmd" } else { "npm" }).folder(&workspace::ui())
    }

    /// Adds one argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.shown.push(' ');
        self.shown.push_str(&argument.as_ref().to_string_lossy());
        self.command.arg(argument);
        self
    }

    /// Adds several arguments.
    pub fn args<I>(self, arguments: I) -> Self
    where
        I: IntoIterator,
        I::Item: AsRef<OsStr>,
    {
        arguments.into_iter().fold(self, Step::arg)
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it in another folder.
    pub fn folder(mut self, folder: &Path) -> Self {
        self.command.current_dir(folder);
        self
    }

    /// Runs it with our own streams; anything but success is a failure.
    pub fn run(mut self) -> Outcome {
        println!("> {}", self.shown);
        flush();
        let status = self
            .command
            .status()
            .map_err(|error| self.no_start(&error))?;
        if status.success() {
            Ok(())
        } else {
            Err(Failure::new(format!("`{}` failed ({status})", self.shown)))
        }
    }

    /// Drops what it says on its error stream.
    pub fn quiet(mut self) -> Self {
        self.silent = true;
        self
    }

    /// Runs it quietly and returns what it printed and its exit code (`None` when a signal ended it).
    pub fn output(mut self) -> Outcome<(String, Option<i32>)> {
        let output = self
            .command
            .stdin(Stdio::null())
            .stderr(if self.silent {
                Stdio::null()
            } else {
                Stdio::inherit()
            })
            .output()
            .map_err(|error| self.no_start(&error))?;
        Ok((
            String::from_utf8_lossy(&output.stdout).into_owned(),
            output.status.code(),
        ))
    }

    /// Whether it starts and ends with success; its output is dropped.
    pub fn succeeds(mut self) -> bool {
        self.command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .is_ok_and(|status| status.success())
    }

    /// Runs it, shows both its streams as they come and keeps a copy.
    pub fn watch(mut self) -> Outcome<Watched> {
        println!("> {}", self.shown);
        flush();
        let mut child = self
            .command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| self.no_start(&error))?;
        let kept = Arc::new(Mutex::new(String::new()));
        let readers = [
            child.stdout.take().map(|stream| show(stream, &kept)),
            child.stderr.take().map(|stream| show(stream, &kept)),
        ];
        let status = child
            .wait()
            .map_err(|error| Failure::new(format!("`{}` was lost: {error}", self.shown)))?;
        for reader in readers.into_iter().flatten() {
            if reader.join().is_err() {
                return Err(Failure::new(format!(
                    "the output of `{}` could not be read",
                    self.shown
                )));
            }
        }
        let text = kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Ok(Watched {
            text,
            success: status.success(),
        })
    }

    /// Starts it and leaves it running; `adjust` sets its streams.
    pub fn start(mut self, adjust: impl FnOnce(&mut Command)) -> Outcome<Background> {
        adjust(&mut self.command);
        let child = self
            .command
            .spawn()
            .map_err(|error| self.no_start(&error))?;
        Ok(Background { child })
    }

    fn no_start(&self, error: &std::io::Error) -> Failure {
        Failure::new(format!("`{}` could not be started: {error}", self.shown))
    }
}

/// A program that runs beside this one, and is ended by its process id when dropped.
pub struct Background {
    /// The running program.
    pub child: Child,
}

impl Drop for Background {
    fn drop(&mut self) {
        // It may have ended by itself already: both calls then have nothing to do.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a program of this name can be found on the path.
pub fn is_on_path(program: &str) -> bool {
    let Some(path) = std::env::var_os("PATH") else {
        return false;
    };
    std::env::split_paths(&path).any(|folder| {
        let file = folder.join(program);
        file.is_file()
            || file.with_extension("exe").is_file()
            || file.with_extension("cmd").is_file()
    })
}

fn describes_this_package(variable: &str) -> bool {
    variable.starts_with("CARGO_PKG_") || variable.starts_with("CARGO_MANIFEST_")
}

fn show<R: Read + Send + 'static>(stream: R, kept: &Arc<Mutex<String>>) -> thread::JoinHandle<()> {
    let kept = Arc::clone(kept);
    thread::spawn(move || {
        let mut lines = BufReader::new(stream);
        let mut line = Vec::new();
        while lines
            .read_until(b'\n', &mut line)
            .is_ok_and(|read| read > 0)
        {
            let text = String::from_utf8_lossy(&line);
            print!("{text}");
            flush();
            kept.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push_str(&text);
            line.clear();
        }
    })
}

fn flush() {
    // A closed pipe behind us is not a reason to stop the work.
    let _ = std::io::stdout().flush();
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_watched_program_keeps_both_streams_and_its_success() {
        let watched = Step::new("sh")
            .args(["-c", "echo one; echo two >&2; exit 3"])
            .watch()
            .unwrap();
        assert!(watched.text.contains("one\n") && watched.text.contains("two\n"));
        assert!(!watched.success);
    }

    #[test]
    fn programs_do_not_inherit_what_cargo_says_of_this_package() {
        let (text, _) = Step::new("env").output().unwrap();
        assert!(!text.contains("CARGO_PKG_") && !text.contains("CARGO_MANIFEST_"));
    }

    #[test]
    fn a_program_that_does_not_exist_is_named() {
        let failure = Step::new("no-such-program-here").run().unwrap_err();
        assert!(failure.to_string().contains("no-such-program-here"));
    }

    #[test]
    fn a_background_program_ends_when_dropped() {
        let background = Step::new("sleep").arg("60").start(|_| {}).unwrap();
        let proc_entry = format!("/proc/{}", background.child.id());
        drop(background);
        assert!(!Path::new(&proc_entry).exists());
    }
}
