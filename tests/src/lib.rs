//! What the end-to-end tests stand on: the real programs, the services they talk to, and the damage done to them.
//!
//! Everything runs as a person would run it: `cmmc` and the app as processes of their own, services over the loopback,
//! the key store over a session bus. Nothing of the product is linked in except the Graph emulator.
//! A broken assumption here is a failed test, so the harness panics instead of returning errors.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

pub mod answer;
pub mod axe;
pub mod canary;
pub mod desk;
pub mod entra;
pub mod github;
pub mod kill;
pub mod moto;
pub mod process;
pub mod programs;
pub mod secret_service;
#[cfg(target_os = "linux")]
pub mod tray;
pub mod webdriver;
pub mod window;
#[cfg(target_os = "linux")]
pub mod x11;

pub use answer::Answer;
pub use canary::Canary;
pub use desk::Desk;
pub use entra::Entra;
pub use github::GitHub;
pub use moto::Moto;
pub use secret_service::SecretService;
pub use window::Window;
