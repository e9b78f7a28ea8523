//! What was done in the organization, by whom and when.

use super::read::{self, Refusal, SAYS, Says};
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::Value;

/// The newest entries of the audit log, the newest first. It is capped: it never shows that something did not happen.
pub static AUDIT_LOG: Dataset = Dataset {
    id: "github.audit_log",
    title: "Audit log",
    what: "The newest entries of the organization's audit log: what was done, by whom and when.",
    permissions: &["organization_administration:read"],
    licence: Some("GitHub Enterprise"),
    key: &["/_document_id"],
    records: Reader::Page(entries),
    volatile: &[],
    // The settings of a webhook hold its address, which often is a secret itself.
    removed: &[
        "/actor_ip",
        "/hashed_token",
        "/user_agent",
        "/config",
        "/config_was",
    ],
    row_cap: Some(1_000),
    clouds: Clouds::All,
    objectives: &["3.3.1[c]", "3.3.1[d]", "3.3.2[b]"],
};

/// Organizations without Enterprise have the log on screen only.
const NO_API: &[Refusal] = &[(404, "", Says::Plan), (403, "enterprise", Says::Plan)];

/// An entry; or that the plan has no log to read.
#[derive(Clone, Debug, Deserialize)]
pub struct AuditEntry {
    /// What a documented refusal means.
    #[serde(rename = "@says")]
    pub says: Option<Says>,
    /// When, in milliseconds since 1970.
    #[serde(rename = "@timestamp")]
    pub timestamp: Option<i64>,
    /// When, in milliseconds since 1970, in older entries.
    pub created_at: Option<i64>,
    /// What was done.
    pub action: Option<String>,
    /// Who did it.
    pub actor: Option<String>,
}

impl AuditEntry {
    /// When, in seconds since 1970.
    #[must_use]
    pub fn at(&self) -> Option<i64> {
        self.timestamp.or(self.created_at).map(|at| at / 1000)
    }
}

fn entries(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    if page.origin.status < 300 {
        return read::list(page);
    }
    let mut said = read::setting(page, NO_API)?;
    for record in &mut said {
        // The record stands for the log itself.
        record["_document_id"] = record[SAYS].clone();
    }
    Ok(said)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};

    fn ask(status: u16, body: &str) -> Option<Vec<AuditEntry>> {
        let origin = origin(status, None);
        let page = RawPage {
            body: body.as_bytes(),
            origin: &origin,
        };
        let rows = AUDIT_LOG.read(&page).ok()?;
        rows.into_iter()
            .map(|row| serde_json::from_value(row).ok())
            .collect()
    }

    #[test]
    fn addresses_of_webhooks_are_not_kept() {
        for member in ["/config", "/config_was"] {
            assert!(AUDIT_LOG.removed.contains(&member), "{member}");
        }
    }

    #[test]
    fn entries_have_a_moment_and_a_plan_without_a_log_says_so() {
        let rows = ask(
            200,
            r#"[{"@timestamp":1763899200000},{"created_at":1763899201000},{}]"#,
        );
        let moments: Vec<Option<i64>> = rows.unwrap().iter().map(AuditEntry::at).collect();
        assert_eq!(moments, [Some(1_763_899_200), Some(1_763_899_201), None]);
        let none = ask(404, r#"{"message":"Not Found"}"#).unwrap();
        assert_eq!(none[0].says, Some(Says::Plan));
        assert!(
            ask(
                403,
                r#"{"message":"Resource not accessible by integration"}"#
            )
            .is_none()
        );
    }
}
