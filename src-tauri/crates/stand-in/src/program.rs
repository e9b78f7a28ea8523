//! The program around an emulator: its arguments, its one line of output, and its end.

use std::io::{self, BufRead as _, Read as _, Write as _};
use std::process::ExitCode;
use std::str::FromStr;

use serde_json::Value;

/// The words after the program's name.
pub struct Arguments(Box<dyn Iterator<Item = String>>);

impl std::fmt::Debug for Arguments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Arguments").finish_non_exhaustive()
    }
}

impl Arguments {
    /// Any words, for tests.
    #[must_use]
    pub fn of(words: &[&str]) -> Self {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Self(Box::new(words.into_iter()))
    }

    /// The next option's name.
    pub fn name(&mut self) -> Option<String> {
        self.0.next()
    }

    /// The value that belongs to the option.
    ///
    /// # Errors
    /// A sentence for the user when the words end.
    pub fn value(&mut self, name: &str) -> Result<String, String> {
        self.0.next().ok_or_else(|| format!("{name} needs a value"))
    }

    /// The number that belongs to the option.
    ///
    /// # Errors
    /// A sentence for the user when the words end, or the next is not such a number.
    pub fn number<T: FromStr>(&mut self, name: &str) -> Result<T, String> {
        let text = self.value(name)?;
        text.parse()
            .map_err(|_| format!("{text} is not a number that fits here"))
    }
}

/// Reads the arguments and serves. 2 for wrong arguments, with `usage` on standard error; 1 when serving fails.
pub fn run<S>(
    name: &str,
    usage: &str,
    read: impl FnOnce(Arguments) -> Result<S, String>,
    serve: impl FnOnce(S) -> io::Result<()>,
) -> ExitCode {
    let arguments = Arguments(Box::new(std::env::args().skip(1)));
    let settings = match read(arguments) {
        Ok(settings) => settings,
        Err(why) => {
            let _ = writeln!(io::stderr(), "{why}\n{usage}");
            return ExitCode::from(2);
        }
    };
    match serve(settings) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{name}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the one line that says how to reach the emulator.
///
/// # Errors
/// When standard output is closed.
pub fn announce(line: &Value) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Returns when standard input closes or the process is asked to end.
///
/// # Errors
/// When the system gives no runtime or no signals.
pub fn wait_for_the_end() -> io::Result<()> {
    let (closed, input) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let mut stdin = io::stdin().lock();
        loop {
            match stdin.fill_buf().map(<[u8]>::len) {
                Ok(0) | Err(_) => break,
                Ok(length) => {
                    // What is typed means nothing; only the end counts.
                    let _ = stdin
                        .by_ref()
                        .take(length as u64)
                        .read_to_end(&mut Vec::new());
                }
            }
        }
        let _ = closed.send(());
    });
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async {
            #[cfg(unix)]
            {
                use tokio::signal::unix::{SignalKind, signal};
                let mut terminate = signal(SignalKind::terminate())?;
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = tokio::signal::ctrl_c() => {}
                    _ = input => {}
                }
            }
            #[cfg(not(unix))]
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = input => {}
            }
            Ok(())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_numbers_are_asked_for_by_name() {
        let mut words = Arguments::of(&["--a", "1", "--b", "x", "--c"]);
        assert_eq!(words.name().as_deref(), Some("--a"));
        assert_eq!(words.number::<u16>("--a"), Ok(1));
        assert_eq!(words.name().as_deref(), Some("--b"));
        assert_eq!(
            words.number::<u16>("--b"),
            Err("x is not a number that fits here".to_owned())
        );
        assert_eq!(words.name().as_deref(), Some("--c"));
        assert_eq!(words.value("--c"), Err("--c needs a value".to_owned()));
        assert_eq!(words.name(), None);
    }
}
