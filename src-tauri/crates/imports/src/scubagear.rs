//! ScubaGear's `ScubaResults_*.json`: `MetaData` says who, `Results` holds groups of controls by product.
//!
//! | `Result` | means |
//! | --- | --- |
//! | `Pass` | pass |
//! | `Fail`, `Warning` | fail: `Warning` is ScubaGear's word where a recommended setting is not so |
//! | anything else (`N/A`, `Omitted`, `Error`, ...) | unknown |
//!
//! A control that ScubaGear can't look at itself (`Not-Implemented`, `3rd Party` in `Criticality`) is unknown whatever its
//! result says.

use crate::{
    ImportError, Report, Tool,
    prowler_ocsf::malformed,
    report::Gathering,
    row::{self, Row, Verdict, is_check_id, is_version, moment},
    text::clean,
};
use evidence::{Outcome, Severity, Timestamp, UnknownCode};
use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct File {
    #[serde(rename = "MetaData")]
    meta: Meta,
    // Raw, which holds the whole export of the tenant, is passed over.
    #[serde(rename = "Results")]
    results: BTreeMap<String, Vec<Group>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Meta {
    tenant_id: Option<Value>,
    display_name: Option<Value>,
    tool: Option<Value>,
    tool_version: Option<Value>,
    timestamp_zulu: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Group {
    controls: Vec<Control>,
}

#[derive(Deserialize)]
struct Control {
    #[serde(rename = "Control ID")]
    id: Option<Value>,
    #[serde(rename = "Requirement")]
    requirement: Option<Value>,
    #[serde(rename = "Result")]
    result: Option<Value>,
    #[serde(rename = "Criticality")]
    criticality: Option<Value>,
    #[serde(rename = "Details")]
    details: Option<Value>,
}

fn text(value: Option<&Value>) -> Option<&str> {
    value.and_then(Value::as_str)
}

fn verdict(result: Option<&str>, criticality: Option<&str>) -> Verdict {
    let by_hand = |text: &str| text.contains("Not-Implemented") || text.contains("3rd Party");
    match criticality {
        Some(text) if by_hand(text) => {
            return Verdict::unknown(
                UnknownCode::NeedsJudgement,
                "ScubaGear can't look at it: a person has to.",
            );
        }
        Some(_) => {}
        None => {
            return Verdict::unknown(
                UnknownCode::ToolError,
                "Whether ScubaGear looked at it can't be read.",
            );
        }
    }
    match result {
        Some("Pass") => Verdict::plain(Outcome::Pass),
        Some("Fail" | "Warning") => Verdict::plain(Outcome::Fail),
        Some("N/A") => Verdict::unknown(
            UnknownCode::NeedsJudgement,
            "ScubaGear leaves it to a person.",
        ),
        Some("Omitted" | "Omit") => Verdict::unknown(
            UnknownCode::NeedsJudgement,
            "It was left out in ScubaGear's configuration.",
        ),
        Some("Error") => Verdict::unknown(UnknownCode::ToolError, "ScubaGear met an error."),
        Some(other) => Verdict::unknown(
            UnknownCode::ToolError,
            format!(
                "ScubaGear says \"{}\", which is neither pass nor fail.",
                clean(other, 40)
            ),
        ),
        None => Verdict::unknown(
            UnknownCode::ToolError,
            "The control has no readable result.",
        ),
    }
}

pub(crate) fn read(json: &str) -> Result<Report, ImportError> {
    let file: File = serde_json::from_str(json).map_err(|error| malformed(&error))?;
    let meta = &file.meta;
    if !text(meta.tool.as_ref()).is_some_and(|tool| tool.eq_ignore_ascii_case("scubagear")) {
        return Err(ImportError::OtherTool {
            expected: "ScubaGear",
            why: "it names another tool".to_owned(),
        });
    }
    let version = text(meta.tool_version.as_ref())
        .filter(|version| is_version(version))
        .map(str::to_owned);
    let account = text(meta.tenant_id.as_ref())
        .map(|id| clean(id, row::NAME).to_ascii_lowercase())
        .filter(|id| !id.is_empty())
        .ok_or(ImportError::RowLacks {
            row: 1,
            what: "tenant id",
        })?;
    let at = text(meta.timestamp_zulu.as_ref())
        .and_then(|at| at.parse::<Timestamp>().ok())
        .and_then(|at| moment(at.unix()));
    let mut gathering = Gathering::default();
    for (product, groups) in &file.results {
        for control in groups.iter().flat_map(|group| &group.controls) {
            let check = text(control.id.as_ref())
                .filter(|id| is_check_id(id))
                .ok_or(ImportError::RowLacks {
                    row: gathering.rows() + 1,
                    what: "readable control id",
                })?;
            let criticality = text(control.criticality.as_ref());
            gathering.add(Row {
                check: check.to_owned(),
                title: clean(
                    text(control.requirement.as_ref()).unwrap_or(check),
                    row::TITLE,
                ),
                severity: if criticality.is_some_and(|text| text.starts_with("Should")) {
                    Severity::Low
                } else {
                    Severity::High
                },
                verdict: verdict(text(control.result.as_ref()), criticality),
                at,
                id: account.clone(),
                name: clean(
                    text(meta.display_name.as_ref()).unwrap_or(&account),
                    row::NAME,
                ),
                kind: format!("{} tenant", clean(product, 40)),
                note: plain(text(control.details.as_ref()).unwrap_or_default()),
                claimed: Vec::new(),
            })?;
        }
    }
    gathering.finish(
        Tool::ScubaGear,
        version,
        "m365".to_owned(),
        (
            account,
            clean(
                text(meta.display_name.as_ref()).unwrap_or_default(),
                row::NAME,
            ),
        ),
    )
}

/// ScubaGear's details are HTML: the text without what stands between angle brackets.
fn plain(html: &str) -> String {
    let mut out = String::new();
    let mut inside = false;
    for c in html.chars().take(row::NOTE * 8) {
        match c {
            '<' => {
                inside = true;
                out.push(' ');
            }
            '>' if inside => inside = false,
            c if !inside => out.push(c),
            _ => {}
        }
    }
    let words: Vec<&str> = out.split_whitespace().collect();
    clean(&words.join(" "), row::NOTE)
}

#[cfg(test)]
pub(crate) mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    pub(crate) fn control(id: &str, result: &str) -> Value {
        json!({"Control ID": id, "Requirement": "A made-up sentence.", "Result": result, "Criticality": "Shall",
            "Details": "1 policy <a href='x'>found</a>. <script>alert(1)</script>"})
    }

    pub(crate) fn file(controls: Vec<Value>) -> Value {
        json!({
            "MetaData": {"TenantId": "AAAAAAAA-0000-4000-8000-000000000001", "DisplayName": "Made-up tenant",
                "Tool": "ScubaGear", "ToolVersion": "1.5.0", "TimestampZulu": "2026-09-21T13:33:20.138Z"},
            "Summary": {"AAD": {"Passes": 9}},
            "Results": {"AAD": [{"GroupName": "g", "GroupNumber": "1", "Controls": controls}]},
            "Raw": {"anything": [1, {"large": true}]}
        })
    }

    fn outcome(change: impl Fn(&mut Value)) -> Outcome {
        let mut one = control("MS.AAD.1.1v1", "Pass");
        change(&mut one);
        read(&file(vec![one]).to_string()).unwrap().checks[0].outcome
    }

    #[test]
    fn only_a_plain_pass_passes() {
        assert_eq!(outcome(|_| {}), Outcome::Pass);
        for (result, expected) in [
            ("Fail", Outcome::Fail),
            ("Warning", Outcome::Fail),
            ("N/A", Outcome::Unknown),
            ("Omitted", Outcome::Unknown),
            ("Error", Outcome::Unknown),
            ("Incorrect", Outcome::Unknown),
            ("pass", Outcome::Unknown),
            ("", Outcome::Unknown),
        ] {
            assert_eq!(
                outcome(|one| one["Result"] = json!(result)),
                expected,
                "{result}"
            );
        }
        for other in [json!(null), json!(true), json!(["Pass"])] {
            assert_eq!(
                outcome(|one| one["Result"] = other.clone()),
                Outcome::Unknown
            );
            assert_eq!(
                outcome(|one| one["Criticality"] = other.clone()),
                Outcome::Unknown
            );
        }
        for criticality in ["Shall/Not-Implemented", "Should/3rd Party"] {
            assert_eq!(
                outcome(|one| one["Criticality"] = json!(criticality)),
                Outcome::Unknown
            );
        }
    }

    #[test]
    fn who_and_when_are_read_and_markup_is_not_kept() {
        let report = read(&file(vec![control("MS.AAD.1.1v1", "Fail")]).to_string()).unwrap();
        assert_eq!(report.account, "aaaaaaaa-0000-4000-8000-000000000001");
        assert_eq!(
            (report.account_name.as_str(), report.version.as_deref()),
            ("Made-up tenant", Some("1.5.0"))
        );
        assert_eq!(report.made_at.to_string(), "2026-09-21T13:33:20Z");
        let note = &report.checks[0].resources[0].note;
        assert!(
            note.starts_with("1 policy found") && !note.contains('<'),
            "{note}"
        );
    }

    #[test]
    fn what_could_hide_a_result_refuses_the_whole_file() {
        let whole = file(vec![control("MS.AAD.1.1v1", "Pass")]).to_string();
        for cut in 0..whole.len() {
            assert!(read(&whole[..cut]).is_err(), "cut at {cut}");
        }
        type Change = fn(&mut Value);
        let changes: [(&str, Change); 6] = [
            ("other tool", |file| {
                file["MetaData"]["Tool"] = json!("Other")
            }),
            ("no tenant", |file| {
                file["MetaData"]["TenantId"] = json!(null)
            }),
            ("no time", |file| {
                file["MetaData"]["TimestampZulu"] = json!("soon")
            }),
            ("no control id", |file| {
                file["Results"]["AAD"][0]["Controls"][0]["Control ID"] = json!(7)
            }),
            ("groups are no list", |file| {
                file["Results"]["AAD"] = json!({})
            }),
            ("nothing in it", |file| file["Results"] = json!({})),
        ];
        for (what, change) in changes {
            let mut other = file(vec![control("MS.AAD.1.1v1", "Pass")]);
            change(&mut other);
            assert!(read(&other.to_string()).is_err(), "{what}");
        }
    }
}
