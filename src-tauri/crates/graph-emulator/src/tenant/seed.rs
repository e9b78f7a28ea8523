//! Names and identifiers that are the same on every run and on every machine.

pub(crate) use stand_in::seed::{GIVEN, SURNAMES, before, guid, mix, pick, stamp};

/// Made-up job titles.
pub(crate) const TITLES: &[&str] = &[
    "CNC Machinist",
    "Quality Inspector",
    "Buyer",
    "Design Engineer",
    "Accountant",
    "Shift Supervisor",
    "Welder",
    "Contracts Manager",
    "Metrologist",
    "Planner",
];
