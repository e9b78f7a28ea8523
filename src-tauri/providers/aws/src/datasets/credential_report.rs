//! The credential report: one line a user, root first, with the state of every credential.

use crate::xml;
use base64::{Engine, engine::general_purpose::STANDARD};
use evidence::Timestamp;
use provider_kit::{Clouds, Dataset, Malformed, Reader};
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// How AWS names the root user in the report.
pub const ROOT: &str = "<root_account>";

/// One row a user. Dates of last use are not volatile: checks judge them, so a snapshot with older ones can't stand
/// for a newer one.
pub static CREDENTIAL_REPORT: Dataset = Dataset {
    id: "aws.iam_credential_report",
    title: "IAM credential report",
    what: "For each user and root: password, multi-factor sign-in and access keys, with the dates of change and last use.",
    permissions: &["iam:GenerateCredentialReport", "iam:GetCredentialReport"],
    licence: None,
    key: &["/arn"],
    records: Reader::Body(records),
    volatile: &[],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.1.1[a]", "3.5.2[a]", "3.5.3[c]"],
};

/// A row as checks read it: AWS's words, not yet judged.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct CredentialRow {
    /// The user's name, or [`ROOT`].
    pub user: Option<String>,
    /// Its ARN.
    pub arn: Option<String>,
    /// When it was made.
    pub user_creation_time: Option<String>,
    /// Whether it can sign in to the console.
    pub password_enabled: Option<String>,
    /// When it last did.
    pub password_last_used: Option<String>,
    /// When its password was last changed.
    pub password_last_changed: Option<String>,
    /// Whether it has a second factor.
    pub mfa_active: Option<String>,
    /// Whether the first key works.
    pub access_key_1_active: Option<String>,
    /// When the first key was made.
    pub access_key_1_last_rotated: Option<String>,
    /// When the first key was last used.
    pub access_key_1_last_used_date: Option<String>,
    /// Whether the second key works.
    pub access_key_2_active: Option<String>,
    /// When the second key was made.
    pub access_key_2_last_rotated: Option<String>,
    /// When the second key was last used.
    pub access_key_2_last_used_date: Option<String>,
}

/// A yes or no of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// `true`.
    Yes,
    /// `false`.
    No,
    /// Anything else: `N/A`, `not_supported`, a word we do not know, or no such column.
    Unclear,
}

impl Flag {
    /// The flag that AWS's word means.
    #[must_use]
    pub fn of(word: Option<&str>) -> Self {
        match word {
            Some(word) if word.eq_ignore_ascii_case("true") => Self::Yes,
            Some(word) if word.eq_ignore_ascii_case("false") => Self::No,
            _ => Self::Unclear,
        }
    }
}

/// A date of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Then.
    At(Timestamp),
    /// AWS has none: never, or not since it began to note it.
    Never,
    /// A word we do not know, or no such column.
    Unclear,
}

impl Moment {
    /// The moment that AWS's word means.
    #[must_use]
    pub fn of(word: Option<&str>) -> Self {
        match word {
            Some("N/A" | "no_information" | "not_supported") => Self::Never,
            Some(word) => word.parse().map_or(Self::Unclear, Self::At),
            None => Self::Unclear,
        }
    }
}

/// One of a user's two access keys.
#[derive(Clone, Copy, Debug)]
pub struct Key<'a> {
    /// 1 or 2.
    pub number: u8,
    /// Whether it works.
    pub active: Flag,
    /// When it was made.
    pub rotated: Moment,
    /// When it was last used.
    pub used: Moment,
    row: &'a CredentialRow,
}

impl Key<'_> {
    /// The report names keys by place, not by id.
    #[must_use]
    pub fn id(&self) -> String {
        format!("{}#access_key_{}", self.row.id(), self.number)
    }

    /// For people.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{}, access key {}", self.row.name(), self.number)
    }
}

impl CredentialRow {
    /// Whether it is the root user's.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.user.as_deref() == Some(ROOT)
    }

    /// The ARN, or the name where the row has no ARN.
    #[must_use]
    pub fn id(&self) -> &str {
        self.arn
            .as_deref()
            .or(self.user.as_deref())
            .unwrap_or_default()
    }

    /// The name for people.
    #[must_use]
    pub fn name(&self) -> &str {
        if self.is_root() {
            "root user"
        } else {
            self.user.as_deref().unwrap_or_else(|| self.id())
        }
    }

    /// Whether it can sign in to the console.
    #[must_use]
    pub fn has_password(&self) -> Flag {
        Flag::of(self.password_enabled.as_deref())
    }

    /// Both keys.
    #[must_use]
    pub fn keys(&self) -> [Key<'_>; 2] {
        let key = |number,
                   active: &Option<String>,
                   rotated: &Option<String>,
                   used: &Option<String>| Key {
            number,
            active: Flag::of(active.as_deref()),
            rotated: Moment::of(rotated.as_deref()),
            used: Moment::of(used.as_deref()),
            row: self,
        };
        [
            key(
                1,
                &self.access_key_1_active,
                &self.access_key_1_last_rotated,
                &self.access_key_1_last_used_date,
            ),
            key(
                2,
                &self.access_key_2_active,
                &self.access_key_2_last_rotated,
                &self.access_key_2_last_used_date,
            ),
        ]
    }
}

fn records(body: &[u8]) -> Result<Vec<Value>, Malformed> {
    let result = xml::result(body, "GetCredentialReport")?;
    if let Some(format) = result
        .text_of("ReportFormat")
        .filter(|format| *format != "text/csv")
    {
        return Err(Malformed(format!("the report is {format}, not text/csv")));
    }
    let content = result
        .text_of("Content")
        .ok_or_else(|| Malformed("Content is missing".to_owned()))?;
    let packed: String = content.split_ascii_whitespace().collect();
    let table = STANDARD
        .decode(packed)
        .map_err(|_| Malformed("the report is not base64".to_owned()))?;
    let unreadable = |_| Malformed("the report is not a table of equally long rows".to_owned());
    let mut reader = csv::Reader::from_reader(table.as_slice());
    let header = reader.headers().map_err(unreadable)?.clone();
    // By name and not by place: AWS adds columns.
    let names: BTreeSet<&str> = header.iter().collect();
    if names.len() != header.len() || !names.contains("user") || !names.contains("arn") {
        return Err(Malformed(
            "the report's columns are not the documented ones".to_owned(),
        ));
    }
    let rows = reader
        .records()
        .map(|row| {
            let row = row.map_err(unreadable)?;
            let members: Map<String, Value> = header
                .iter()
                .zip(row.iter())
                .map(|(name, cell)| (name.to_owned(), Value::from(cell)))
                .collect();
            Ok(Value::Object(members))
        })
        .collect::<Result<Vec<Value>, Malformed>>()?;
    if rows.is_empty() {
        return Err(Malformed(
            "the report has no row, and every account has a root user".to_owned(),
        ));
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn answer(table: &str) -> Vec<u8> {
        format!(
            "<GetCredentialReportResponse><GetCredentialReportResult><Content>{}</Content><ReportFormat>text/csv</ReportFormat>\
             </GetCredentialReportResult></GetCredentialReportResponse>",
            STANDARD.encode(table)
        )
        .into_bytes()
    }

    #[test]
    fn the_fixture_is_read_root_first() {
        let rows = records(include_bytes!(
            "../../fixtures/mixed/iam_credential_report.1.xml"
        ))
        .unwrap();
        let rows: Vec<CredentialRow> = rows
            .into_iter()
            .map(|row| serde_json::from_value(row).unwrap())
            .collect();
        assert_eq!(
            rows.iter().map(CredentialRow::name).collect::<Vec<_>>(),
            ["root user", "avery", "blake", "casey", "deploy-bot"]
        );
        assert!(rows[0].is_root());
        assert_eq!(rows[2].has_password(), Flag::Yes);
        assert_eq!(rows[4].keys()[0].active, Flag::Yes);
        assert_eq!(
            rows[4].keys()[1].id(),
            "arn:aws:iam::123456789012:user/deploy-bot#access_key_2"
        );
    }

    #[test]
    fn columns_are_found_by_name_and_new_ones_are_kept() {
        let rows = records(&answer(
            "arn,user,additional_credentials_info\na,u,\"2, more\"\n",
        ))
        .unwrap();
        assert_eq!(
            rows[0],
            serde_json::json!({"arn": "a", "user": "u", "additional_credentials_info": "2, more"})
        );
    }

    #[test]
    fn a_broken_report_is_malformed() {
        for table in [
            "",
            "user,arn\n",
            "user,name\nu,n\n",
            "user,arn,user\nu,a,u\n",
            "user,arn\nu\n",
        ] {
            assert!(records(&answer(table)).is_err(), "{table:?}");
        }
        let body = String::from_utf8(answer("user,arn\nu,a\n")).unwrap();
        assert!(records(body.replace("text/csv", "text/html").as_bytes()).is_err());
        assert!(records(body.replace("<Content>", "<Content>!").as_bytes()).is_err());
        assert!(records(b"<GetCredentialReportResponse/>").is_err());
    }

    #[test]
    fn words_mean_what_aws_says_and_nothing_is_guessed() {
        assert_eq!(Flag::of(Some("TRUE")), Flag::Yes);
        assert_eq!(Flag::of(Some("false")), Flag::No);
        for word in [
            Some("N/A"),
            Some("not_supported"),
            Some("yes"),
            Some(""),
            None,
        ] {
            assert_eq!(Flag::of(word), Flag::Unclear, "{word:?}");
        }
        assert_eq!(
            Moment::of(Some("2026-01-04T09:12:44+00:00")),
            Moment::At("2026-01-04T09:12:44Z".parse().unwrap())
        );
        assert_eq!(Moment::of(Some("no_information")), Moment::Never);
        assert_eq!(Moment::of(Some("soon")), Moment::Unclear);
        assert_eq!(Moment::of(None), Moment::Unclear);
    }
}
