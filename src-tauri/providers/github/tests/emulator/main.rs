//! The provider against a strict stand-in for GitHub.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod faults;
mod judged;
mod reading;
mod signing_in;
mod support;
