//! The bench's collections from a made-up GitHub organization: the first one, and one of the unchanged organization.

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::bench::Options;
use crate::bench_collect::{Collection, note, pages, watch, words};
use crate::bench_page::{grouped, met, table};
use crate::cmmc::{TemporaryCompany, read_answer};
use crate::process::{Background, Step};
use crate::random::TemporaryFolder;
use crate::{Failure, Outcome, workspace};

/// Repositories of the organization.
const REPOSITORIES: u32 = 1_000;
const QUICK_REPOSITORIES: u32 = 50;

/// People in it.
const MEMBERS: u32 = 60;

/// The most requests for one that is needed (performance.md, P14).
const AIM: f64 = 1.1;

/// What one collection took.
struct Row {
    what: &'static str,
    collection: Collection,
    sent: u64,
    pages: u64,
    confirmed: u64,
    bytes: u64,
}

/// The made-up organization. It ends when this is dropped.
struct Organization {
    _process: Background,
    said: Value,
}

impl Organization {
    fn start(repositories: u32) -> Outcome<Self> {
        let silent = || Failure::new("the GitHub emulator did not say where it listens");
        let (repositories, members) = (repositories.to_string(), MEMBERS.to_string());
        let mut process = Step::new(workspace::built("release", "github-emulator"))
            .args(["--repos", &repositories, "--members", &members])
            // The hourly allowance of one token is a third of what the first collection needs.
            .args(["--plan", "enterprise", "--rate-limit", "1000000"])
            .start(|command| {
                command.stdin(Stdio::piped()).stdout(Stdio::piped());
            })?;
        let mut line = String::new();
        let output = process.child.stdout.take().ok_or_else(silent)?;
        BufReader::new(output)
            .read_line(&mut line)
            .map_err(|_| silent())?;
        Ok(Self {
            said: serde_json::from_str(&line).map_err(|_| silent())?,
            _process: process,
        })
    }

    fn field(&self, name: &str) -> Outcome<&str> {
        self.said
            .get(name)
            .and_then(Value::as_str)
            .ok_or_else(|| Failure::new(format!("the GitHub emulator did not announce its {name}")))
    }
}

/// Measures and returns the section.
pub fn measure(options: &Options) -> Outcome<String> {
    let repositories = if options.quick {
        QUICK_REPOSITORIES
    } else {
        REPOSITORIES
    };
    let organization = Organization::start(repositories)?;
    let company =
        TemporaryCompany::create(&workspace::built("release", "cmmc"), "Bench Machine Shop")?;
    connect(&company, &organization)?;
    let mut rows = Vec::new();
    for what in ["first", "again, unchanged"] {
        println!("{repositories} repositories, {what}...");
        // Paced, the service's hourly allowance is all that would be measured.
        let collection = watch(company.command(&words(false)))?;
        let answer = read_answer(&["sync"], &collection.text, collection.code)?;
        println!("  {:.2} s", collection.wall.as_secs_f64());
        rows.push(Row {
            what,
            sent: of_runs(&answer, "requests"),
            bytes: of_runs(&answer, "bytes"),
            pages: pages(&answer),
            confirmed: confirmed(&answer),
            collection,
        });
    }
    Ok(section(repositories, &rows))
}

fn connect(company: &TemporaryCompany, organization: &Organization) -> Outcome {
    let folder = TemporaryFolder::new("bench-github")?;
    let secrets = serde_json::json!({"token": organization.field("token")?});
    let secrets = folder.write("secrets.json", &secrets.to_string())?;
    let address = format!("base_url={}", organization.field("apiUrl")?);
    let name = format!("organization={}", organization.field("organization")?);
    let words = [
        "connect",
        "github",
        "--label",
        "Bench organization",
        "--cloud",
        "custom",
        "--set",
        &address,
        "--set",
        &name,
        "--secrets-file",
        &secrets.display().to_string(),
    ];
    company.json(&words).map(drop)
}

/// The sum of a number over the runs.
fn of_runs(sync: &Value, key: &str) -> u64 {
    let runs = sync.get("runs").and_then(Value::as_array);
    runs.into_iter()
        .flatten()
        .filter_map(|run| run.get(key)?.as_u64())
        .sum()
}

/// Pages that the service confirmed as unchanged.
fn confirmed(sync: &Value) -> u64 {
    let runs = sync.get("runs").and_then(Value::as_array);
    runs.into_iter()
        .flatten()
        .filter_map(|run| run.get("datasets")?.as_array())
        .flatten()
        .filter_map(|dataset| dataset.get("confirmed")?.as_u64())
        .sum()
}

fn section(repositories: u32, rows: &[Row]) -> String {
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                row.what.to_owned(),
                format!("{:.2} s", row.collection.wall.as_secs_f64()),
                row.collection.memory(),
                grouped(row.sent),
                grouped(row.pages),
                grouped(row.confirmed),
                format!("{} KiB", grouped(row.bytes.div_ceil(1024))),
                format!("{:.2}", ratio(row)),
            ]
        })
        .collect();
    let columns = [
        "collection",
        ">wall",
        ">peak RSS after unlock",
        ">requests sent",
        ">pages kept",
        ">confirmed unchanged",
        ">bytes read",
        ">sent ÷ kept",
    ];
    let worst = rows.iter().map(ratio).fold(0.0, f64::max);
    format!(
        "{} repositories, {MEMBERS} members, Enterprise plan; own pacing off.\n\n{}{}\nAim: sent ÷ kept at most {AIM} (worst here {worst:.2}): {}.\n",
        grouped(u64::from(repositories)),
        table(&columns, &cells),
        note(rows.iter().map(|row| &row.collection)),
        met(worst <= AIM),
    )
}

fn ratio(row: &Row) -> f64 {
    // Counts of requests are far from where a float is inexact.
    row.sent as f64 / row.pages.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::time::Duration;

    #[test]
    fn runs_and_datasets_add_up() {
        let sync = json!({"runs": [
            {"requests": 4, "bytes": 10, "datasets": [{"confirmed": 2}, {"confirmed": 1}, {}]},
            {"requests": 3, "bytes": null},
        ]});
        assert_eq!(of_runs(&sync, "requests"), 7);
        assert_eq!(of_runs(&sync, "bytes"), 10);
        assert_eq!(confirmed(&sync), 3);
    }

    #[test]
    fn a_row_tells_what_was_measured_and_whether_the_aim_is_met() {
        let row = Row {
            what: "first",
            collection: Collection {
                wall: Duration::from_millis(1_234),
                text: String::new(),
                code: Some(0),
                peak_kib: Some(2_049),
                peak_after_unlock: true,
            },
            sent: 120,
            pages: 100,
            confirmed: 90,
            bytes: 2_049,
        };
        let told = section(1_000, &[row]);
        assert!(
            told.contains("| first | 1.23 s | 3 MiB | 120 | 100 | 90 | 3 KiB | 1.20 |"),
            "{told}"
        );
        assert!(told.contains("**not met**"), "{told}");
    }
}
