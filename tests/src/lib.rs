//! End-to-end tests: the real window and the real command against emulators.
