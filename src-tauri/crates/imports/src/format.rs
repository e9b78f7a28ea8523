//! The formats that are read, and the tools that write them.

use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// A format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Prowler 4 and 5, `-M json-ocsf`.
    ProwlerOcsf,
    /// Prowler 4 and 5, `-M csv`: semicolons.
    ProwlerCsv,
    /// ScubaGear's `ScubaResults_*.json`.
    #[serde(rename = "scubagear")]
    ScubaGear,
}

/// A tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tool {
    /// Prowler.
    Prowler,
    /// ScubaGear.
    ScubaGear,
}

impl Format {
    /// Every format, in the order of the command line's help.
    pub const ALL: [Self; 3] = [Self::ProwlerOcsf, Self::ProwlerCsv, Self::ScubaGear];

    /// Its word on the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::ProwlerOcsf => "prowler-ocsf",
            Self::ProwlerCsv => "prowler-csv",
            Self::ScubaGear => "scubagear",
        }
    }

    /// The tool that writes it.
    #[must_use]
    pub const fn tool(self) -> Tool {
        match self {
            Self::ProwlerOcsf | Self::ProwlerCsv => Tool::Prowler,
            Self::ScubaGear => Tool::ScubaGear,
        }
    }
}

impl FromStr for Format {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        Self::ALL
            .into_iter()
            .find(|format| format.word() == text)
            .ok_or(())
    }
}

impl Tool {
    /// Its word in ids and JSON.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Prowler => "prowler",
            Self::ScubaGear => "scubagear",
        }
    }

    /// Its name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Prowler => "Prowler",
            Self::ScubaGear => "ScubaGear",
        }
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
