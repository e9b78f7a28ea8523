//! One computer for both programs: a session bus with a key store and a tray, a home each, and a company.

use crate::eye::{Eye, Seen};
use end_to_end::tray::Tray;
use end_to_end::{Desk, SecretService, process, programs};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// The two programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// Ours.
    App,
    /// The bare window.
    Bare,
}

/// The computer.
pub struct Place {
    /// Its display.
    pub eye: Eye,
    /// Its tray.
    pub tray: Tray,
    /// Where the app's company is.
    pub desk: Desk,
    bare: Desk,
    _bus: SecretService,
}

/// A program that runs, with its window.
pub struct Window {
    child: Child,
    /// When it showed something.
    pub seen: Seen,
}

impl Place {
    /// Makes it, with a Level 2 company that opens with a passphrase, and a person who was told of the tray.
    pub fn new() -> Self {
        let bus = SecretService::unlocked();
        let tray = Tray::on(bus.address());
        let desk = Desk::new().with_bus(bus.address());
        std::fs::write(desk.data().join("app.json"), r#"{"toldOfTray": true}"#).unwrap();
        desk.make_company();
        Self {
            eye: Eye::open(),
            tray,
            desk,
            bare: Desk::new().with_bus(bus.address()),
            _bus: bus,
        }
    }

    /// Starts a program and watches its window.
    pub fn start(&self, program: Program) -> Window {
        let mut command: Command = match program {
            Program::App => self.desk.program(&programs::app()),
            Program::Bare => self.bare.program(&bare_window()),
        };
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let start = Instant::now();
        let child = command.spawn().expect("the program starts");
        let seen = self.eye.watch(child.id(), start);
        Window { child, seen }
    }

    /// Closes a program's window as its button does, and waits until its page is gone.
    pub fn close(&self, window: &Window) {
        let display = self.eye.display();
        display.close(display.windows(window.id())[0]);
        process::until("the end of the page", || {
            let page = process::descendants(window.id())
                .into_iter()
                .any(|pid| process::name(pid).is_some_and(|name| name == "WebKitWebProces"));
            (!page && display.windows(window.id()).is_empty()).then_some(())
        });
        assert!(process::is_alive(window.id()), "the program stays");
    }
}

impl Window {
    /// The program's process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let below = process::descendants(self.child.id());
        let _ = self.child.kill();
        let _ = self.child.wait();
        // The pages' processes end by themselves once nobody is there to show them.
        process::until("the end of every process", || {
            (!below.iter().any(|pid| process::is_alive(*pid))).then_some(())
        });
    }
}

fn bare_window() -> PathBuf {
    let path = std::env::var_os("BARE_WINDOW_BIN").expect("BARE_WINDOW_BIN is set");
    PathBuf::from(path)
}
