//! The bench's first collection from made-up AWS accounts.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use serde_json::Value;

use crate::bench::Options;
use crate::bench_collect::{Collection, note, pages, watch, words};
use crate::bench_page::{grouped, met, table};
use crate::bench_prowler::{self, Prowler};
use crate::cmmc::{TemporaryCompany, read_answer};
use crate::process::{Background, Step};
use crate::random::TemporaryFolder;
use crate::{Failure, Outcome, workspace};

const USERS: [u32; 2] = [25, 500];

const REGIONS: &str = "us-east-1,us-east-2,us-west-1,us-west-2";

/// The most requests for one that is needed (performance.md, P14).
const AIM: f64 = 1.1;

/// The part of Prowler's time and memory that we may take.
const PART_OF_PROWLER: f64 = 0.15;

/// Operations whose one answer is the whole answer: a second one in the same region tells nothing new. The last makes
/// the report that another one reads, and is asked until it is there.
const ONCE: [&str; 7] = [
    "sts:GetCallerIdentity",
    "ec2:DescribeRegions",
    "iam:ListAccountAliases",
    "iam:GetAccountSummary",
    "iam:GetAccountPasswordPolicy",
    "iam:GetCredentialReport",
    "iam:GenerateCredentialReport",
];

/// Operations of these whose answer is not kept as a page.
const NO_PAGE: [&str; 2] = ["sts:GetCallerIdentity", "iam:GenerateCredentialReport"];

/// One measured collection.
struct Row {
    users: u32,
    pacing: bool,
    collection: Collection,
    sent: u64,
    needed: u64,
    datasets: (usize, usize),
}

/// The made-up account. It ends when this is dropped.
struct Account {
    _process: Background,
    said: Value,
}

impl Account {
    fn start(users: u32) -> Outcome<Self> {
        let program = workspace::built("release", "aws-emulator");
        let users = users.to_string();
        let mut process = Step::new(program)
            .args(["--users", &users, "--regions", REGIONS])
            // The one that `cargo xtask setup` installs, wherever the emulator was built.
            .arg("--moto")
            .arg(workspace::venv_program("moto_server"))
            .start(|command| {
                command.stdin(Stdio::piped()).stdout(Stdio::piped());
            })?;
        let silent = || Failure::new("the AWS emulator did not say where it listens");
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
            .ok_or_else(|| Failure::new(format!("the AWS emulator did not announce its {name}")))
    }

    /// Every request so far.
    fn log(&self) -> Outcome<Vec<Value>> {
        let address = format!("{}/__emulator/log", self.field("url")?);
        let (text, _) = Step::new("curl")
            .args(["--silent", "--fail", "--noproxy", "*", &address])
            .output()?;
        serde_json::from_str(&text)
            .map_err(|_| Failure::new("the AWS emulator's log could not be read"))
    }
}

/// Measures and returns the section.
pub fn measure(options: &Options) -> Outcome<String> {
    let users: &[u32] = if options.quick { &USERS[..1] } else { &USERS };
    let mut rows = Vec::new();
    for users in users {
        for pacing in [true, false] {
            println!(
                "{users} IAM users in four regions, pacing {}...",
                if pacing { "on" } else { "off" }
            );
            let row = measure_one(*users, pacing)?;
            println!("  {:.2} s", row.collection.wall.as_secs_f64());
            rows.push(row);
        }
    }
    let mut told = section(&rows);
    if options.prowler {
        let prowler = Prowler::installed()?;
        let mut beside = Vec::new();
        for users in users {
            println!("Prowler, {users} IAM users in four regions...");
            let account = Account::start(*users)?;
            let collection = prowler.scan(&bench_prowler::Account {
                endpoint: account.field("url")?,
                access_key_id: account.field("accessKeyId")?,
                secret_access_key: account.field("secretAccessKey")?,
                regions: REGIONS,
            })?;
            println!("  {:.2} s", collection.wall.as_secs_f64());
            beside.push((*users, collection));
        }
        told += &compared(&rows, &beside);
    }
    Ok(told)
}

/// Prowler's figures, and ours as parts of them.
fn compared(rows: &[Row], beside: &[(u32, Collection)]) -> String {
    let ours = |users: u32| rows.iter().find(|row| row.users == users && row.pacing);
    let mut worst = (0.0_f64, 0.0_f64);
    let cells: Vec<Vec<String>> = beside
        .iter()
        .filter_map(|(users, theirs)| {
            let row = ours(*users)?;
            let wall = row.collection.wall.as_secs_f64() / theirs.wall.as_secs_f64();
            let memory = row.collection.peak_kib? as f64 / theirs.peak_kib?.max(1) as f64;
            worst = (worst.0.max(wall), worst.1.max(memory));
            Some(vec![
                grouped(u64::from(*users)),
                format!("{:.2} s", theirs.wall.as_secs_f64()),
                format!("{} MiB", theirs.peak_kib?.div_ceil(1024)),
                format!("{wall:.2}"),
                format!("{memory:.2}"),
            ])
        })
        .collect();
    let columns = [
        ">IAM users",
        ">Prowler, wall",
        ">Prowler, peak RSS",
        ">ours ÷ its wall",
        ">ours ÷ its memory",
    ];
    format!(
        "\nProwler 5.46 on the same account, its checks for NIST SP 800-171, Python's start included; ours with pacing on.\n\n{}\nAim: at most {PART_OF_PROWLER} of its time ({}) and of its memory ({}).\n",
        table(&columns, &cells),
        met(worst.0 <= PART_OF_PROWLER),
        met(worst.1 <= PART_OF_PROWLER),
    )
}

fn measure_one(users: u32, pacing: bool) -> Outcome<Row> {
    let account = Account::start(users)?;
    let company =
        TemporaryCompany::create(&workspace::built("release", "cmmc"), "Bench Machine Shop")?;
    let folder = TemporaryFolder::new("bench-aws")?;
    let secrets = serde_json::json!({
        "access_key_id": account.field("accessKeyId")?,
        "secret_access_key": account.field("secretAccessKey")?,
    });
    let secrets = folder.write("secrets.json", &secrets.to_string())?;
    let endpoint = format!("endpoint_url={}", account.field("url")?);
    company.json(&[
        "connect",
        "aws",
        "--label",
        "Bench account",
        "--cloud",
        "custom",
        "--set",
        &endpoint,
        "--secrets-file",
        &secrets.display().to_string(),
    ])?;
    let before = account.log()?.len();
    let collection = watch(company.command(&words(pacing)))?;
    let log = account.log()?;
    let answer = read_answer(&["sync"], &collection.text, collection.code)?;
    let log = log.get(before..).unwrap_or_default();
    Ok(Row {
        users,
        pacing,
        sent: log.len() as u64,
        needed: needed(log, pages(&answer)),
        datasets: datasets(&answer),
        collection,
    })
}

/// The smaller of two counts. By the log: one request for each service, region and operation of [`ONCE`], and every
/// answered request of the others, which read pages or ask about one thing at a time. By what was kept: one request a
/// page, and one for each operation that leaves no page.
fn needed(log: &[Value], pages: u64) -> u64 {
    let text = |entry: &Value, key: &str| {
        entry
            .get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let mut answered: BTreeMap<(String, String), u64> = BTreeMap::new();
    for entry in log {
        let status = entry.get("status").and_then(Value::as_u64).unwrap_or(0);
        if (200..300).contains(&status) {
            let call = format!("{}:{}", text(entry, "service"), text(entry, "operation"));
            *answered.entry((call, text(entry, "region"))).or_default() += 1;
        }
    }
    let by_log = answered
        .iter()
        .map(|((call, _), count)| {
            if ONCE.contains(&call.as_str()) {
                1
            } else {
                *count
            }
        })
        .sum();
    let without_page = answered
        .keys()
        .filter(|(call, _)| NO_PAGE.contains(&call.as_str()))
        .count() as u64;
    (pages + without_page).min(by_log)
}

/// Datasets that were read to the end, and all of them.
fn datasets(sync: &Value) -> (usize, usize) {
    let runs = sync.get("runs").and_then(Value::as_array);
    let states: Vec<&str> = runs
        .into_iter()
        .flatten()
        .filter_map(|run| run.get("datasets")?.as_array())
        .flatten()
        .filter_map(|dataset| dataset.get("state")?.as_str())
        .collect();
    let whole = states.iter().filter(|state| **state == "current").count();
    (whole, states.len())
}

fn section(rows: &[Row]) -> String {
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            vec![
                grouped(u64::from(row.users)),
                if row.pacing { "on" } else { "off" }.to_owned(),
                format!("{} of {}", row.datasets.0, row.datasets.1),
                format!("{:.2} s", row.collection.wall.as_secs_f64()),
                row.collection.memory(),
                grouped(row.sent),
                grouped(row.needed),
                format!("{:.2}", ratio(row)),
            ]
        })
        .collect();
    let columns = [
        ">IAM users",
        "own pacing",
        ">datasets complete",
        ">wall",
        ">peak RSS after unlock",
        ">requests sent",
        ">requests needed",
        ">sent ÷ needed",
    ];
    let worst = rows.iter().map(ratio).fold(0.0, f64::max);
    format!(
        "{}{}\nAim: sent ÷ needed at most {AIM} (worst here {worst:.2}): {}.\n",
        table(&columns, &cells),
        note(rows.iter().map(|row| &row.collection)),
        met(worst <= AIM),
    )
}

fn ratio(row: &Row) -> f64 {
    // Counts of requests are far from where a float is inexact.
    row.sent as f64 / row.needed.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use std::time::Duration;

    fn asked(call: &str, region: &str, status: u16) -> Value {
        let (service, operation) = call.split_once(':').unwrap_or_default();
        json!({"service": service, "operation": operation, "region": region, "status": status})
    }

    #[test]
    fn repeats_refusals_and_what_was_not_kept_are_not_needed() {
        let log = [
            asked("sts:GetCallerIdentity", "us-east-1", 200),
            asked("ec2:DescribeRegions", "us-east-1", 200),
            asked("ec2:DescribeRegions", "us-east-1", 200),
            asked("iam:ListUsers", "us-east-1", 200),
            asked("iam:ListUsers", "us-east-1", 200),
            asked("ec2:DescribeVolumes", "us-east-1", 503),
            asked("ec2:DescribeVolumes", "us-east-1", 200),
            asked("ec2:DescribeVolumes", "us-west-1", 200),
        ];
        // Kept: regions, two pages of users, volumes of two regions.
        assert_eq!(needed(&log, 5), 6);
        // Somebody read a page twice and kept it once.
        assert_eq!(needed(&log, 4), 5);
        // Somebody kept a page twice: the log does not have it twice.
        assert_eq!(needed(&log, 9), 6);
    }

    #[test]
    fn a_row_tells_what_was_measured_and_whether_the_aim_is_met() {
        let row = Row {
            users: 500,
            pacing: false,
            collection: Collection {
                wall: Duration::from_millis(1_234),
                text: String::new(),
                code: Some(0),
                peak_kib: Some(2_049),
                peak_after_unlock: true,
            },
            sent: 120,
            needed: 100,
            datasets: (21, 22),
        };
        let told = section(&[row]);
        assert!(told.contains("| 500 | off | 21 of 22 | 1.23 s | 3 MiB | 120 | 100 | 1.20 |"));
        assert!(told.contains("**not met**"), "{told}");
    }

    #[test]
    fn prowlers_figures_stand_beside_ours() {
        let collection = |seconds, mebibytes: u64| Collection {
            wall: Duration::from_secs(seconds),
            text: String::new(),
            code: Some(0),
            peak_kib: Some(mebibytes * 1024),
            peak_after_unlock: true,
        };
        let row = Row {
            users: 25,
            pacing: true,
            collection: collection(6, 60),
            sent: 1,
            needed: 1,
            datasets: (1, 1),
        };
        let told = compared(&[row], &[(25, collection(60, 200))]);
        assert!(
            told.contains("| 25 | 60.00 s | 200 MiB | 0.10 | 0.30 |"),
            "{told}"
        );
        assert!(
            told.contains("time (met)") && told.contains("**not met**"),
            "{told}"
        );
    }

    #[test]
    fn datasets_are_counted_by_their_state() {
        let sync = json!({"runs": [{"datasets": [{"state": "current"}, {"state": "partial"}]}, {"datasets": [{"state": "current"}]}]});
        assert_eq!(datasets(&sync), (2, 3));
    }
}
