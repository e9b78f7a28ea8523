//! The real window: the journeys of a person, from the first screen to evidence that is still there offline.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod company;
mod demo;
mod hostile;
mod imports;
mod journey;
mod services;
mod signing_in;
#[cfg(target_os = "linux")]
mod tray;
mod walls;
