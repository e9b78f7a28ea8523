//! What emulators of services share, for tests and for the headless tour. Not part of the product.
//!
//! A [`server`] on the loopback, [`http1`] by hand, a [`log`] of what was asked, a [`switchboard`] for things that go
//! wrong on purpose, the [`bomb`], made-up names and numbers ([`seed`]), an RSA [`key`] with its [`der`] and PEM forms,
//! the [`program`] around an emulator, and a [`trial`] of it. It knows no service: what an answer says is the emulator's own.

pub mod bomb;
pub mod der;
pub mod form;
pub mod http1;
pub mod key;
pub mod log;
pub mod program;
pub mod reply;
pub mod retry_after;
pub mod seed;
pub mod server;
pub mod spoil;
pub mod switchboard;
pub mod trial;

pub use http1::Request;
pub use key::{KeyError, RsaKey};
pub use log::Log;
pub use reply::{Manner, Reply};
pub use retry_after::RetryAfter;
pub use server::{Bound, Serving};
pub use switchboard::{Misbehaviour, Switchboard};
