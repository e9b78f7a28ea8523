//! A display, a session bus and a home folder that nobody has used before: what an installed program is tried out in.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::process::{Background, Step};
use crate::random::TemporaryFolder;
use crate::{Failure, Outcome};

/// How long anything may take to show.
const PATIENCE: Duration = Duration::from_secs(60);

/// Variables that programs get from us; everything else is the fresh user's own.
const KEPT: [&str; 3] = ["PATH", "LANG", "TZ"];

/// A fresh user's session. Its processes end with it.
pub struct Session {
    display: String,
    bus: String,
    _bus: Background,
    _display: Background,
    home: TemporaryFolder,
}

/// A window as the display knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// Its id, as X programs take it.
    pub id: String,
    /// What its title bar says.
    pub title: String,
    /// Instance and class, which menu entries are matched with.
    pub class: [String; 2],
    /// Width and height in pixels.
    pub size: (u32, u32),
}

impl Session {
    /// Starts both servers. Needs Xvfb and dbus-daemon.
    pub fn start() -> Outcome<Self> {
        let home = TemporaryFolder::new("bundle-check")?;
        let (display_server, display) = announced(
            Step::new("Xvfb").args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                "1440x1000x24",
                "-nolisten",
                "tcp",
            ]),
            |_| {},
        )?;
        let display = format!(":{display}");
        let (bus_server, bus) = announced(
            Step::new("dbus-daemon").args(["--session", "--nofork", "--print-address=1"]),
            |command| fresh(command, home.path(), &display),
        )?;
        Ok(Self {
            display,
            bus,
            _bus: bus_server,
            _display: display_server,
            home,
        })
    }

    /// The fresh user's home folder.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Makes a command one of this session.
    pub fn adopt(&self, command: &mut Command) {
        fresh(command, self.home.path(), &self.display);
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.bus);
    }

    /// Starts a program and leaves it running; `extra` are variables that somebody else set.
    pub fn open(
        &self,
        program: &str,
        arguments: &[&str],
        extra: &[(&str, &str)],
    ) -> Outcome<Background> {
        Step::new(program).args(arguments).start(|command| {
            self.adopt(command);
            command
                .envs(extra.iter().copied())
                .stdin(Stdio::null())
                .stdout(Stdio::null());
        })
    }

    /// Runs a program to its end and returns what it printed.
    pub fn run(&self, program: &str, arguments: &[&str]) -> Outcome<String> {
        let mut command = Command::new(program);
        self.adopt(&mut command);
        let shown = format!("{program} {}", arguments.join(" "));
        let output = command
            .args(arguments)
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| Failure::new(format!("`{shown}` could not be started: {error}")))?;
        if output.status.success() {
            Ok(String::from_utf8_lossy(&output.stdout).into_owned())
        } else {
            Err(Failure::new(format!(
                "`{shown}` failed ({})",
                output.status
            )))
        }
    }

    /// Waits until a window of this title is on the screen.
    pub fn window(&self, title: &str) -> Outcome<Window> {
        let mut last = String::new();
        until(|| {
            last = self.x("xwininfo", &["-root", "-tree"])?;
            for window in windows(&last) {
                // Toolkits keep small unmapped windows of the same name for their own use.
                if window.title == title
                    && self
                        .x("xwininfo", &["-id", &window.id])?
                        .contains("Map State: IsViewable")
                {
                    return Ok(Some(window));
                }
            }
            Ok(None)
        })?
        .ok_or_else(|| {
            Failure::new(format!(
                "no window called {title} came up. On the display:\n{last}"
            ))
        })
    }

    /// Waits until more than bare ground can be seen in a window, and keeps the picture.
    pub fn picture(&self, window: &Window, file: &Path) -> Outcome {
        let target = file.to_string_lossy();
        until(|| {
            self.x("import", &["-window", &window.id, &target])?;
            let colors = self.x("identify", &["-format", "%k", &target])?;
            // Text alone has dozens of shades; an empty page has one or two.
            Ok(colors
                .trim()
                .parse::<u32>()
                .ok()
                .filter(|colors| *colors > 50))
        })?
        .map(|_| ())
        .ok_or_else(|| Failure::new(format!("the window stayed empty: {target}")))
    }

    fn x(&self, program: &str, arguments: &[&str]) -> Outcome<String> {
        let (answer, _) = Step::new(program)
            .args(arguments)
            .env("DISPLAY", &self.display)
            .quiet()
            .output()?;
        Ok(answer)
    }
}

/// Takes everything of ours from a command's environment.
fn fresh(command: &mut Command, home: &Path, display: &str) {
    command.env_clear();
    for name in KEPT {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    command
        .env("HOME", home)
        .env("DISPLAY", display)
        .current_dir(home);
}

/// Starts a server that prints where it can be found.
fn announced(step: Step, adjust: impl FnOnce(&mut Command)) -> Outcome<(Background, String)> {
    let mut server = step.start(|command| {
        adjust(command);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
    })?;
    let mut line = String::new();
    if let Some(stream) = server.child.stdout.take() {
        BufReader::new(stream)
            .read_line(&mut line)
            .map_err(|error| Failure::new(format!("a server could not be heard: {error}")))?;
    }
    if line.trim().is_empty() {
        return Err(Failure::new("a server ended before it said where it is"));
    }
    Ok((server, line.trim().to_owned()))
}

/// Asks again until there is an answer or patience ends.
pub fn until<T>(mut ask: impl FnMut() -> Outcome<Option<T>>) -> Outcome<Option<T>> {
    let start = Instant::now();
    loop {
        if let Some(answer) = ask()? {
            return Ok(Some(answer));
        }
        if start.elapsed() > PATIENCE {
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(300));
    }
}

/// The named windows in what `xwininfo -root -tree` says:
/// `0x600007 "Title": ("instance" "Class")  1280x800+0+0  +80+100`.
fn windows(tree: &str) -> Vec<Window> {
    let window = |line: &str| {
        let (id, rest) = line.trim().split_once(' ')?;
        let (title, rest) = rest.trim().strip_prefix('"')?.split_once("\": (\"")?;
        let (instance, rest) = rest.split_once("\" \"")?;
        let (class, rest) = rest.split_once("\")")?;
        let (width, rest) = rest.trim().split_once('x')?;
        let height = rest.split(['+', '-']).next()?;
        Some(Window {
            id: id.to_owned(),
            title: title.to_owned(),
            class: [instance.to_owned(), class.to_owned()],
            size: (width.parse().ok()?, height.parse().ok()?),
        })
    };
    tree.lines().filter_map(window).collect()
}

/// The processes that a process started, and theirs: proc_pid_task_children(5).
pub fn descendants(id: u32) -> Vec<u32> {
    let path = PathBuf::from(format!("/proc/{id}/task/{id}/children"));
    let text = std::fs::read_to_string(path).unwrap_or_default();
    let children: Vec<u32> = text
        .split_whitespace()
        .filter_map(|id| id.parse().ok())
        .collect();
    let further: Vec<u32> = children.iter().copied().flat_map(descendants).collect();
    [children, further].concat()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn windows_are_read_with_title_class_and_size() {
        let tree = "
xwininfo: Window id: 0x533 (the root window) (has no name)

  Root window id: 0x533 (the root window) (has no name)
  Parent window id: 0x0 (none)
     3 children:
     0x200001 \"cmmcpro\": (\"cmmcpro\" \"Cmmcpro\")  10x10+10+10  +10+10
     0x200007 \"CMMCPro\": (\"cmmcpro\" \"Cmmcpro\")  1280x800+80-20  +80+100
        1 child:
        0x200008 (has no name): ()  1x1+-1+-1  +79+99
";
        let found = windows(tree);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1].id, "0x200007");
        assert_eq!(found[1].title, "CMMCPro");
        assert_eq!(found[1].class, ["cmmcpro", "Cmmcpro"]);
        assert_eq!(found[1].size, (1280, 800));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_has_the_descendants_it_started() {
        let parent = Step::new("sh")
            .args(["-c", "sleep 60; true"])
            .start(|_| {})
            .unwrap();
        let found = until(|| Ok(descendants(parent.child.id()).first().copied()))
            .unwrap()
            .unwrap();
        assert!(Path::new(&format!("/proc/{found}")).exists());
        assert!(
            Step::new("kill")
                .args(["-KILL", &found.to_string()])
                .succeeds()
        );
    }
}
