//! The rows of a file, put together by check.

use crate::{ImportError, MAX_CHECKS, MAX_RESOURCES, MAX_ROWS, Tool, row::Row};
use evidence::{Outcome, Reason, Resource, Severity, Timestamp};
use std::collections::BTreeMap;

/// What a file says.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The tool that wrote it.
    pub tool: Tool,
    /// The tool's version.
    pub version: Option<String>,
    /// Whose service it speaks of, as the tool calls it: `aws`, `m365`, ...
    pub provider: String,
    /// The account or tenant it speaks of.
    pub account: String,
    /// Its name, where the file has one.
    pub account_name: String,
    /// When it was made: the newest time in it.
    pub made_at: Timestamp,
    /// Rows read.
    pub rows: u64,
    /// The checks, by id.
    pub checks: Vec<CheckResult>,
}

/// What the tool says for one check.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckResult {
    /// The tool's id.
    pub id: String,
    /// The tool's title.
    pub title: String,
    /// The tool's severity, the worst where rows differ.
    pub severity: Severity,
    /// Fail if any row fails, else unknown if any can't tell, else pass.
    pub outcome: Outcome,
    /// Why it is unknown; `None` otherwise.
    pub reason: Option<Reason>,
    /// Failing and unknown resources, sorted, at most [`MAX_RESOURCES`] and a line that says how many more there are.
    pub resources: Vec<Resource>,
    /// Rows of this check.
    pub seen: u64,
    /// When the tool looked: the oldest time among the rows, so that nothing looks newer than it is.
    pub at: Timestamp,
    /// The requirements that the tool itself names.
    pub claimed: Vec<String>,
}

/// What is known of the file as a whole, filled as rows come.
#[derive(Debug, Default)]
pub(crate) struct Gathering {
    checks: BTreeMap<String, Building>,
    rows: u64,
    newest: Option<Timestamp>,
}

#[derive(Debug)]
struct Building {
    result: CheckResult,
    at: Option<Timestamp>,
    more: u64,
}

impl Gathering {
    /// Adds a row.
    pub(crate) fn add(&mut self, row: Row) -> Result<(), ImportError> {
        self.rows += 1;
        if self.rows > MAX_ROWS {
            return Err(ImportError::TooMany {
                what: "rows",
                most: MAX_ROWS,
            });
        }
        self.newest = self.newest.max(row.at);
        if !self.checks.contains_key(&row.check) && self.checks.len() == MAX_CHECKS {
            return Err(ImportError::TooMany {
                what: "checks",
                most: MAX_CHECKS as u64,
            });
        }
        let building = self
            .checks
            .entry(row.check.clone())
            .or_insert_with(|| Building::new(&row));
        building.add(row);
        Ok(())
    }

    /// Rows added so far.
    pub(crate) const fn rows(&self) -> u64 {
        self.rows
    }

    /// The report. A row without a time is as old as the file's newest one: some row must have one.
    pub(crate) fn finish(
        self,
        tool: Tool,
        version: Option<String>,
        provider: String,
        (account, account_name): (String, String),
    ) -> Result<Report, ImportError> {
        if self.rows == 0 {
            return Err(ImportError::Empty);
        }
        let made_at = self.newest.ok_or(ImportError::NoTime)?;
        Ok(Report {
            tool,
            version,
            provider,
            account,
            account_name,
            made_at,
            rows: self.rows,
            checks: self
                .checks
                .into_values()
                .map(|building| building.finish(made_at))
                .collect(),
        })
    }
}

impl Building {
    fn new(row: &Row) -> Self {
        Self {
            result: CheckResult {
                id: row.check.clone(),
                title: row.title.clone(),
                severity: row.severity,
                outcome: Outcome::Pass,
                reason: None,
                resources: Vec::new(),
                seen: 0,
                at: Timestamp::from_unix(0),
                claimed: Vec::new(),
            },
            at: None,
            more: 0,
        }
    }

    fn add(&mut self, row: Row) {
        let result = &mut self.result;
        result.seen += 1;
        result.severity = result.severity.max(row.severity);
        if let Some(at) = row.at {
            self.at = Some(self.at.map_or(at, |known| known.min(at)));
        }
        for claimed in row.claimed {
            if !result.claimed.contains(&claimed) {
                result.claimed.push(claimed);
            }
        }
        if row.verdict.outcome == Outcome::Pass {
            return;
        }
        match (result.outcome, row.verdict.outcome) {
            (_, Outcome::Fail) => {
                result.outcome = Outcome::Fail;
                result.reason = None;
            }
            (Outcome::Fail | Outcome::Unknown, _) => {}
            (_, _) => {
                result.outcome = Outcome::Unknown;
                result.reason = row.verdict.reason.clone();
            }
        }
        // A failing resource is never the one that is left out for an unknown one.
        if result.resources.len() == MAX_RESOURCES {
            self.more += 1;
            if row.verdict.outcome != Outcome::Fail {
                return;
            }
            let Some(place) = result
                .resources
                .iter()
                .rposition(|resource| resource.outcome != Outcome::Fail)
            else {
                return;
            };
            result.resources.swap_remove(place);
        }
        let note = match (row.verdict.outcome, &row.verdict.reason) {
            (Outcome::Unknown, Some(reason)) if row.note.is_empty() => reason.detail.clone(),
            (Outcome::Unknown, Some(reason)) => format!("{} {}", reason.detail, row.note),
            _ => row.note,
        };
        result.resources.push(Resource {
            id: row.id,
            name: row.name,
            kind: row.kind,
            outcome: row.verdict.outcome,
            note,
        });
    }

    fn finish(self, made_at: Timestamp) -> CheckResult {
        let Self {
            mut result,
            at,
            more,
        } = self;
        result.at = at.unwrap_or(made_at);
        result.resources.sort();
        result.resources.dedup();
        result.claimed.sort();
        if more > 0 {
            result.resources.push(Resource {
                id: String::new(),
                name: format!("{more} more"),
                kind: "more".to_owned(),
                outcome: if result.outcome == Outcome::Fail {
                    Outcome::Fail
                } else {
                    Outcome::Unknown
                },
                note: "The imported file lists them.".to_owned(),
            });
        }
        result
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::row::Verdict;
    use evidence::UnknownCode;

    fn row(n: usize, verdict: Verdict) -> Row {
        Row {
            check: "c".to_owned(),
            title: "T".to_owned(),
            severity: Severity::Low,
            verdict,
            at: Some(Timestamp::from_unix(1_790_000_000 + n as i64)),
            id: format!("r{n}"),
            name: String::new(),
            kind: String::new(),
            note: String::new(),
            claimed: Vec::new(),
        }
    }

    fn unknown() -> Verdict {
        Verdict::unknown(UnknownCode::ToolError, "It could not tell.")
    }

    fn outcome(verdicts: Vec<Verdict>) -> CheckResult {
        let mut gathering = Gathering::default();
        for (n, verdict) in verdicts.into_iter().enumerate() {
            gathering.add(row(n, verdict)).unwrap();
        }
        gathering
            .finish(
                Tool::Prowler,
                None,
                "aws".into(),
                ("1".into(), String::new()),
            )
            .unwrap()
            .checks
            .remove(0)
    }

    #[test]
    fn the_worst_row_decides_in_any_order() {
        let pass = || Verdict::plain(Outcome::Pass);
        let fail = || Verdict::plain(Outcome::Fail);
        for (rows, expected) in [
            (vec![pass(), pass()], Outcome::Pass),
            (vec![pass(), unknown()], Outcome::Unknown),
            (vec![unknown(), pass()], Outcome::Unknown),
            (vec![fail(), unknown(), pass()], Outcome::Fail),
            (vec![unknown(), pass(), fail()], Outcome::Fail),
        ] {
            let result = outcome(rows.clone());
            assert_eq!(result.outcome, expected, "{rows:?}");
            assert_eq!(result.reason.is_some(), expected == Outcome::Unknown);
            assert_eq!(
                result.at,
                Timestamp::from_unix(1_790_000_000),
                "as old as its oldest row"
            );
        }
    }

    #[test]
    fn a_failing_resource_is_listed_before_unknown_ones_are_cut() {
        let mut verdicts = vec![unknown(); MAX_RESOURCES + 3];
        verdicts.push(Verdict::plain(Outcome::Fail));
        let result = outcome(verdicts);
        assert_eq!(result.outcome, Outcome::Fail);
        assert_eq!(result.resources.len(), MAX_RESOURCES + 1);
        assert!(
            result
                .resources
                .iter()
                .any(|one| one.id == format!("r{}", MAX_RESOURCES + 3))
        );
        assert_eq!(result.resources.last().unwrap().name, "4 more");
        assert_eq!(result.seen, MAX_RESOURCES as u64 + 4);
    }

    #[test]
    fn too_many_rows_and_checks_are_refused() {
        let mut gathering = Gathering::default();
        for n in 0..MAX_CHECKS {
            let mut one = row(n, unknown());
            one.check = format!("c{n}");
            gathering.add(one).unwrap();
        }
        assert_eq!(
            gathering.add(row(0, unknown())),
            Err(ImportError::TooMany {
                what: "checks",
                most: MAX_CHECKS as u64
            })
        );
        let mut gathering = Gathering {
            rows: MAX_ROWS,
            ..Gathering::default()
        };
        assert!(matches!(
            gathering.add(row(0, unknown())),
            Err(ImportError::TooMany { what: "rows", .. })
        ));
    }
}
