//! The real `cmmc`, as a process, by its contract: documents on standard output, exit codes, and what is on the disk.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod contract;
mod damage;
mod decisions;
mod demo;
mod disk;
mod imports;
mod kills;
mod locks;
mod main_job;
mod offline;
mod people;
mod refusals;
mod secrets;
mod services;
mod system_keyring;
