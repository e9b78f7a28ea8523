//! Prowler's `json-ocsf`: one array of OCSF detection findings, a row each.
//!
//! | member | means |
//! | --- | --- |
//! | `metadata.event_code` | the check |
//! | `metadata.product.{name,version}` | the tool |
//! | `status_code` | `PASS`, `FAIL`, `MANUAL` (older ones: `MUTED`) |
//! | `status_id` 3, `status` `Suppressed` | muted |
//! | `time`, `finding_info.created_time` | when, in seconds |
//! | `resources[]` `.uid .name .type .region` | about what |
//! | `cloud.provider`, `cloud.account.{uid,name}` | whose |
//! | `unmapped.compliance` | frameworks and their ids |

use crate::{
    ImportError, Report,
    mapping::claimed,
    report::Gathering,
    row::{self, Muted, Row, is_check_id, moment, prowler_verdict},
    text::clean,
    whole::Whole,
};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeSeed, Error as _, SeqAccess, Visitor},
};
use serde_json::Value;
use std::fmt;

#[derive(Deserialize)]
struct Finding {
    metadata: Metadata,
    finding_info: Option<Info>,
    status_code: Option<Value>,
    status: Option<Value>,
    status_id: Option<Value>,
    status_detail: Option<Value>,
    severity: Option<Value>,
    time: Option<Value>,
    resources: Option<Vec<Resource>>,
    cloud: Option<Cloud>,
    unmapped: Option<Unmapped>,
}

#[derive(Deserialize)]
struct Metadata {
    event_code: Option<Value>,
    product: Option<Product>,
}

#[derive(Deserialize)]
struct Product {
    name: Option<Value>,
    version: Option<Value>,
}

#[derive(Deserialize)]
struct Info {
    title: Option<Value>,
    created_time: Option<Value>,
}

#[derive(Deserialize)]
struct Resource {
    uid: Option<Value>,
    name: Option<Value>,
    #[serde(rename = "type")]
    kind: Option<Value>,
    region: Option<Value>,
}

#[derive(Deserialize)]
struct Cloud {
    provider: Option<Value>,
    account: Option<Account>,
}

#[derive(Deserialize)]
struct Account {
    uid: Option<Value>,
    name: Option<Value>,
}

#[derive(Deserialize)]
struct Unmapped {
    compliance: Option<Value>,
}

fn text(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str)
}

/// A text member for people: nothing where it is of another type.
fn shown(value: Option<&Value>, most: usize) -> String {
    clean(text(value).unwrap_or_default(), most)
}

/// Seconds, or milliseconds where it is too many for seconds (OCSF asks for those, Prowler writes these).
fn time(value: Option<&Value>) -> Option<evidence::Timestamp> {
    let number = value?.as_i64()?;
    moment(if number > 100_000_000_000 {
        number / 1000
    } else {
        number
    })
}

fn muted(finding: &Finding) -> Muted {
    let by_word = match &finding.status {
        None => Muted::No,
        Some(Value::String(word)) if word.eq_ignore_ascii_case("suppressed") => Muted::Yes,
        Some(Value::String(_)) => Muted::No,
        Some(_) => Muted::Unreadable,
    };
    let by_number = match &finding.status_id {
        None => Muted::No,
        Some(number) => match number.as_i64() {
            Some(3) => Muted::Yes,
            Some(_) => Muted::No,
            None => Muted::Unreadable,
        },
    };
    match (by_word, by_number) {
        (Muted::Yes, _) | (_, Muted::Yes) => Muted::Yes,
        (Muted::Unreadable, _) | (_, Muted::Unreadable) => Muted::Unreadable,
        // Neither is there: it can't be told whether somebody muted it.
        _ if finding.status.is_none() && finding.status_id.is_none() => Muted::Unreadable,
        _ => Muted::No,
    }
}

struct Rows<'a> {
    gathering: &'a mut Gathering,
    whole: &'a mut Whole,
    /// Serde's errors carry text only; ours is kept beside them.
    failed: &'a mut Option<ImportError>,
}

impl Rows<'_> {
    fn take(&mut self, finding: Finding) -> Result<(), ImportError> {
        let at = self.gathering.rows() + 1;
        let product = finding.metadata.product.as_ref();
        let name = text(product.and_then(|product| product.name.as_ref()));
        if !name.is_some_and(|name| name.eq_ignore_ascii_case("prowler")) {
            return Err(ImportError::OtherTool {
                expected: "Prowler",
                why: format!("row {at} names another product"),
            });
        }
        let cloud = finding.cloud.as_ref();
        let account = cloud.and_then(|cloud| cloud.account.as_ref());
        self.whole.take(
            at,
            text(product.and_then(|product| product.version.as_ref())),
            text(cloud.and_then(|cloud| cloud.provider.as_ref())),
            text(account.and_then(|account| account.uid.as_ref())),
            text(account.and_then(|account| account.name.as_ref())).unwrap_or_default(),
        )?;
        let check = text(finding.metadata.event_code.as_ref())
            .filter(|id| is_check_id(id))
            .ok_or(ImportError::RowLacks {
                row: at,
                what: "readable check id",
            })?
            .to_owned();
        let verdict = prowler_verdict(text(finding.status_code.as_ref()), muted(&finding));
        let info = finding.finding_info.as_ref();
        let resource = finding.resources.as_ref().and_then(|all| all.first());
        let note = shown(finding.status_detail.as_ref(), row::NOTE);
        let region = shown(resource.and_then(|one| one.region.as_ref()), 60);
        self.gathering.add(Row {
            title: shown(info.and_then(|info| info.title.as_ref()), row::TITLE),
            severity: row::severity(text(finding.severity.as_ref())),
            verdict,
            at: time(finding.time.as_ref())
                .or_else(|| time(info.and_then(|info| info.created_time.as_ref()))),
            id: shown(resource.and_then(|one| one.uid.as_ref()), row::NAME),
            name: shown(resource.and_then(|one| one.name.as_ref()), row::NAME),
            kind: shown(resource.and_then(|one| one.kind.as_ref()), 100),
            note: if region.is_empty() {
                note
            } else {
                format!("{region}: {note}")
            },
            claimed: claimed(
                finding
                    .unmapped
                    .and_then(|unmapped| unmapped.compliance)
                    .as_ref(),
            ),
            check,
        })
    }
}

impl<'de> Visitor<'de> for Rows<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array of findings")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<(), A::Error> {
        // One row in memory at a time: their metadata can be large.
        while let Some(finding) = seq.next_element::<Finding>()? {
            if let Err(error) = self.take(finding) {
                *self.failed = Some(error);
                return Err(A::Error::custom("refused"));
            }
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Rows<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

pub(crate) fn read(text: &str) -> Result<Report, ImportError> {
    let (mut gathering, mut whole, mut failed) = (Gathering::default(), Whole::default(), None);
    let rows = Rows {
        gathering: &mut gathering,
        whole: &mut whole,
        failed: &mut failed,
    };
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let read = rows
        .deserialize(&mut deserializer)
        .and_then(|()| deserializer.end());
    if let Some(error) = failed {
        return Err(error);
    }
    read.map_err(|error| malformed(&error))?;
    whole.finish(gathering)
}

/// A JSON error without the words of the file, which serde quotes.
pub(crate) fn malformed(error: &serde_json::Error) -> ImportError {
    ImportError::Malformed {
        what: if error.is_eof() {
            "It breaks off"
        } else if error.is_syntax() {
            "It is not JSON, or nests too deep"
        } else {
            "It is not laid out as the tool lays it out"
        },
        line: error.line() as u64,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use evidence::Outcome;
    use serde_json::json;

    /// A row as Prowler writes it, of made-up things.
    pub(crate) fn row(check: &str, status: &str, resource: &str) -> Value {
        json!({
            "message": "m", "severity_id": 4, "severity": "High",
            "metadata": {"event_code": check, "version": "1.5.0", "profiles": ["cloud", "datetime"],
                "product": {"uid": "prowler", "name": "Prowler", "vendor_name": "Prowler", "version": "5.46.0"}},
            "status_code": status, "status": "New", "status_id": 1, "status_detail": "What was found.",
            "finding_info": {"title": "A title.", "uid": "u", "created_time": 1_790_000_000},
            "time": 1_790_000_000, "time_dt": "2026-09-21T13:33:20.123456",
            "resources": [{"uid": resource, "name": resource, "type": "AwsIamUser", "region": "us-east-1",
                "data": {"details": "", "metadata": {"big": [1, 2, {"deep": true}]}}}],
            "cloud": {"provider": "aws", "region": "us-east-1", "account": {"uid": "123456789012", "name": "made-up"}},
            "unmapped": {"compliance": {"NIST-800-171-Revision-2": ["3_1_1", "3_5_3"], "CIS-3.0": ["1.5"]}}
        })
    }

    fn read_rows(rows: Vec<Value>) -> Result<Report, ImportError> {
        read(&Value::Array(rows).to_string())
    }

    #[test]
    fn rows_of_a_check_are_put_together() {
        let report = read_rows(vec![
            row("iam_user_mfa_enabled_console_access", "PASS", "ada"),
            row("iam_user_mfa_enabled_console_access", "FAIL", "dan"),
            row("iam_root_mfa_enabled", "PASS", "root"),
        ])
        .unwrap();
        assert_eq!(
            (
                report.rows,
                report.account.as_str(),
                report.provider.as_str()
            ),
            (3, "123456789012", "aws")
        );
        assert_eq!(report.version.as_deref(), Some("5.46.0"));
        let outcomes: Vec<_> = report
            .checks
            .iter()
            .map(|one| (one.id.as_str(), one.outcome))
            .collect();
        assert_eq!(
            outcomes,
            [
                ("iam_root_mfa_enabled", Outcome::Pass),
                ("iam_user_mfa_enabled_console_access", Outcome::Fail)
            ]
        );
        let fails = &report.checks[1];
        assert_eq!(fails.seen, 2);
        assert_eq!(fails.resources.len(), 1);
        assert_eq!(fails.resources[0].name, "dan");
        assert_eq!(fails.claimed, ["3.1.1", "3.5.3"]);
    }

    #[test]
    fn muted_manual_unheard_of_and_mistyped_results_are_unknown() {
        type Change = fn(&mut Value);
        let changes: [(&str, Change); 9] = [
            ("muted by word", |row| row["status"] = json!("Suppressed")),
            ("muted by number", |row| row["status_id"] = json!(3)),
            ("manual", |row| row["status_code"] = json!("MANUAL")),
            ("other word", |row| row["status_code"] = json!("Pass")),
            ("number", |row| row["status_code"] = json!(1)),
            ("list", |row| row["status_code"] = json!(["PASS"])),
            ("none", |row| row["status_code"] = json!(null)),
            ("mistyped muting", |row| row["status_id"] = json!("3")),
            ("no muting", |row| {
                row.as_object_mut().unwrap().remove("status");
                row.as_object_mut().unwrap().remove("status_id");
            }),
        ];
        for (what, change) in changes {
            let mut one = row("iam_root_mfa_enabled", "PASS", "root");
            change(&mut one);
            let report = read_rows(vec![one]).unwrap();
            assert_eq!(report.checks[0].outcome, Outcome::Unknown, "{what}");
            assert!(report.checks[0].reason.is_some(), "{what}");
        }
    }

    #[test]
    fn what_could_hide_a_result_refuses_the_whole_file() {
        let good = row("iam_root_mfa_enabled", "PASS", "root");
        let whole = Value::Array(vec![good.clone(), good.clone()]).to_string();
        for cut in 1..whole.len() {
            assert!(read(&whole[..cut]).is_err(), "cut at {cut}");
        }
        assert_eq!(read("[]"), Err(ImportError::Empty));
        for text in [
            "{}",
            "null",
            "",
            "[1]",
            "[[]]",
            "[{}]",
            &format!("{whole} x"),
        ] {
            assert!(read(text).is_err(), "{text}");
        }
        let deep = format!(
            "[{{\"metadata\":{{\"event_code\":{}1{}}}}}]",
            "[".repeat(100_000),
            "]".repeat(100_000)
        );
        assert!(matches!(read(&deep), Err(ImportError::Malformed { .. })));
        type Change = fn(&mut Value);
        let changes: [(&str, Change); 6] = [
            ("no check", |row| {
                row["metadata"]["event_code"] = json!(null)
            }),
            ("check is no id", |row| {
                row["metadata"]["event_code"] = json!("a b\u{202e}")
            }),
            ("other product", |row| {
                row["metadata"]["product"]["name"] = json!("Scout")
            }),
            ("no account", |row| {
                row["cloud"]["account"]["uid"] = json!("")
            }),
            ("other version", |row| {
                row["metadata"]["product"]["version"] = json!("5.45.0")
            }),
            ("other account", |row| {
                row["cloud"]["account"]["uid"] = json!("210987654321")
            }),
        ];
        for (what, change) in changes {
            let mut other = good.clone();
            change(&mut other);
            assert!(read_rows(vec![good.clone(), other]).is_err(), "{what}");
        }
        let mut timeless = good.clone();
        timeless["time"] = json!("yesterday");
        timeless["finding_info"]["created_time"] = json!(-1);
        assert_eq!(read_rows(vec![timeless]), Err(ImportError::NoTime));
        let twice = whole.replacen(
            "\"status_code\":\"PASS\"",
            "\"status_code\":\"FAIL\",\"status_code\":\"PASS\"",
            1,
        );
        assert!(read(&twice).is_err(), "one member twice has no one meaning");
    }

    #[test]
    fn an_error_repeats_nothing_of_the_file() {
        let error = read("[{\"metadata\": \"SECRET-IN-FILE\"}]").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("SECRET"));
    }
}
