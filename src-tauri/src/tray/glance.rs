//! From how things stand to what the tray shows: one shape and a few lines. Pure.
//!
//! Nothing here grows untrue by waiting: days are named, never "today", so that nobody has to look at the clock.

use chrono::{DateTime, TimeZone};
use engine::standing::{CompanyStanding, Standing};
use std::fmt::Display;

/// What the icon shows between its brackets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// Nothing asks for anybody.
    Dot,
    /// Somebody should look.
    Alert,
    /// Something is being collected.
    Arrow,
    /// No company is open.
    Lock,
}

/// Everything the tray shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Glance {
    pub shape: Shape,
    /// Whose evidence it is.
    pub company: String,
    /// How it stands.
    pub state: String,
    /// When the next run is.
    pub next: String,
    /// Whether there is something to sync and nothing is being collected.
    pub can_sync: bool,
    /// Whether a company is open.
    pub can_lock: bool,
}

/// The longest company name that is shown, in characters.
const NAME_MAX: usize = 60;

/// What is shown. `trouble` is what stopped the newest attempt before it could be recorded.
pub(crate) fn glance(standing: &Standing, trouble: Option<&str>) -> Glance {
    let closed = |state: &str, next: &str| Glance {
        shape: Shape::Lock,
        company: "CMMCPro".to_owned(),
        state: state.to_owned(),
        next: next.to_owned(),
        can_sync: false,
        can_lock: false,
    };
    match standing {
        Standing::NoCompany => closed("Not open: no company was set up yet", "Next run: none"),
        Standing::Locked => closed("Locked", "Next run: when the vault is unlocked"),
        Standing::Open(company) => {
            let (shape, state) = state(company, trouble);
            Glance {
                shape,
                company: plain(&company.name),
                state,
                next: next(company),
                can_sync: company.connections > 0 && !company.collecting,
                can_lock: true,
            }
        }
    }
}

fn state(company: &CompanyStanding, trouble: Option<&str>) -> (Shape, String) {
    if company.collecting {
        return (Shape::Arrow, "Collecting…".to_owned());
    }
    if let Some(trouble) = trouble {
        return (Shape::Alert, format!("Needs attention: {}", plain(trouble)));
    }
    if company.failing > 0 {
        let (failing, all) = (company.failing, company.connections);
        let services = if all == 1 { "service" } else { "services" };
        return (
            Shape::Alert,
            format!("Needs attention: {failing} of {all} {services} could not be read"),
        );
    }
    let state = match &company.last_sync {
        _ if company.connections == 0 => "No service is connected yet".to_owned(),
        None => "Nothing was collected yet".to_owned(),
        Some(at) if company.partly => format!("Collected in part, last sync {}", moment(at)),
        // Without a schedule nothing keeps it up to date.
        Some(at) if company.next_run.is_none() => format!("Last sync {}", moment(at)),
        Some(at) => format!("Up to date, last sync {}", moment(at)),
    };
    (Shape::Dot, state)
}

fn next(company: &CompanyStanding) -> String {
    match &company.next_run {
        _ if company.connections == 0 => "Next run: when a service is connected".to_owned(),
        None => "Next run: none, the schedule is off".to_owned(),
        Some(at) => format!("Next run: {}", moment(at)),
    }
}

fn moment<Tz: TimeZone<Offset: Display>>(at: &DateTime<Tz>) -> String {
    at.format("%a %b %-d, %-I:%M %p").to_string()
}

/// A text in one line that shows nothing but itself: no control characters, nothing that turns the writing round.
fn plain(text: &str) -> String {
    let shown = |char: &char| {
        !char.is_control()
            && !matches!(char, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let mut chars = text.chars().filter(shown);
    let mut short: String = chars.by_ref().take(NAME_MAX).collect();
    if chars.next().is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use chrono_tz::Tz;

    fn local(text: &str) -> DateTime<Tz> {
        let utc: DateTime<chrono::Utc> = text.parse().unwrap();
        utc.with_timezone(&Tz::America__New_York)
    }

    fn good() -> CompanyStanding {
        CompanyStanding {
            name: "Larkfield Machine".to_owned(),
            collecting: false,
            connections: 2,
            failing: 0,
            partly: false,
            last_sync: Some(local("2026-11-23T14:00:04Z")),
            next_run: Some(local("2026-11-24T14:00:00Z")),
        }
    }

    fn open(company: CompanyStanding) -> Glance {
        glance(&Standing::Open(company), None)
    }

    #[test]
    fn a_company_that_is_up_to_date_says_when_it_was_and_will_be_read() {
        assert_eq!(
            open(good()),
            Glance {
                shape: Shape::Dot,
                company: "Larkfield Machine".to_owned(),
                state: "Up to date, last sync Mon Nov 23, 9:00 AM".to_owned(),
                next: "Next run: Tue Nov 24, 9:00 AM".to_owned(),
                can_sync: true,
                can_lock: true,
            }
        );
    }

    #[test]
    fn every_state_has_its_shape_and_its_words() {
        let collecting = open(CompanyStanding {
            collecting: true,
            failing: 1,
            ..good()
        });
        assert_eq!(
            (
                collecting.shape,
                collecting.state.as_str(),
                collecting.can_sync
            ),
            (Shape::Arrow, "Collecting…", false)
        );
        let failing = open(CompanyStanding {
            failing: 1,
            ..good()
        });
        assert_eq!(
            (failing.shape, failing.state.as_str(), failing.can_sync),
            (
                Shape::Alert,
                "Needs attention: 1 of 2 services could not be read",
                true
            )
        );
        let locked = glance(&Standing::Locked, Some("The disk is full."));
        assert_eq!(
            (
                locked.shape,
                locked.state.as_str(),
                locked.can_sync,
                locked.can_lock
            ),
            (Shape::Lock, "Locked", false, false)
        );
        let none = glance(&Standing::NoCompany, None);
        assert_eq!(none.shape, Shape::Lock);
        assert!(none.state.starts_with("Not open"));
        let trouble = glance(&Standing::Open(good()), Some("The disk is full."));
        assert_eq!(
            (trouble.shape, trouble.state.as_str()),
            (Shape::Alert, "Needs attention: The disk is full.")
        );
    }

    #[test]
    fn up_to_date_is_said_of_nothing_less() {
        for (company, state) in [
            (
                CompanyStanding {
                    connections: 0,
                    last_sync: None,
                    ..good()
                },
                "No service is connected yet",
            ),
            (
                CompanyStanding {
                    last_sync: None,
                    partly: true,
                    ..good()
                },
                "Nothing was collected yet",
            ),
            (
                CompanyStanding {
                    partly: true,
                    ..good()
                },
                "Collected in part, last sync Mon Nov 23, 9:00 AM",
            ),
            (
                CompanyStanding {
                    next_run: None,
                    ..good()
                },
                "Last sync Mon Nov 23, 9:00 AM",
            ),
        ] {
            let shown = open(company);
            assert_eq!((shown.shape, shown.state.as_str()), (Shape::Dot, state));
        }
        let off = open(CompanyStanding {
            next_run: None,
            ..good()
        });
        assert_eq!(off.next, "Next run: none, the schedule is off");
    }

    #[test]
    fn a_hostile_name_stays_one_short_line() {
        let name = format!("A\u{202e}B\n\u{200b}C & Sons {}", "x".repeat(200));
        let shown = open(CompanyStanding { name, ..good() }).company;
        assert!(shown.starts_with("ABC & Sons xxx"), "{shown}");
        assert_eq!(shown.chars().count(), NAME_MAX + 1);
    }
}
