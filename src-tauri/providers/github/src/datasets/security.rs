//! What GitHub watches for in each repository: dependencies, code, and reports from outside.

use super::{
    NOT_ON_A_SERVER,
    read::{self, Refusal, Says, Shape},
    repositories::ONE_EACH,
};
use provider_kit::{Dataset, Reader};
use serde::Deserialize;

/// Documented for "it is not switched on". Whoever may not administer a repository gets the same answer, so that the client
/// keeps it only from a repository that is visible and not known to be administered by others.
const OFF: Refusal = (404, "", Says::Off);

/// Whether GitHub warns of vulnerable dependencies.
pub static VULNERABILITY_ALERTS: Dataset = Dataset {
    id: "github.vulnerability_alerts",
    title: "Dependabot alerts switch",
    what: "Whether Dependabot alerts are on in each repository.",
    // 204 without a body is on.
    records: Reader::Page(|page| read::about(page, Shape::Nothing, &[OFF])),
    objectives: &["3.11.2[c]", "3.14.1[b]"],
    ..ONE_EACH
};

/// Whether GitHub proposes updates that close vulnerabilities.
pub static SECURITY_UPDATES: Dataset = Dataset {
    id: "github.security_updates",
    title: "Dependabot security updates",
    what: "Whether Dependabot proposes updates that close vulnerabilities in each repository.",
    records: Reader::Page(|page| read::about(page, Shape::Object, &[OFF])),
    objectives: &["3.14.1[f]"],
    ..ONE_EACH
};

/// Whether code scanning is set up.
pub static CODE_SCANNING_SETUP: Dataset = Dataset {
    id: "github.code_scanning_setup",
    title: "Code scanning setup",
    what: "Whether code scanning is set up in each repository, and whether a workflow delivers analyses where the default setup is off.",
    permissions: &[
        "administration:read",
        "metadata:read",
        "security_events:read",
    ],
    // `owner/name` asks for the default setup, `owner/name:analyses` for what workflows delivered.
    records: Reader::Page(|page| {
        let subject = page.origin.subject.as_deref();
        let analyses = subject.is_some_and(|subject| subject.ends_with(":analyses"));
        let shape = if analyses { Shape::List } else { Shape::Object };
        let known = [
            (403, "must be enabled", Says::Plan),
            (403, "not enabled", Says::Plan),
            OFF,
        ];
        read::about(page, shape, &known)
    }),
    // Which analysis is the newest moves with every run of the workflow; that there is one does not.
    volatile: &[
        "/answer/updated_at",
        "/answer/*/id",
        "/answer/*/url",
        "/answer/*/created_at",
        "/answer/*/commit_sha",
        "/answer/*/sarif_id",
        "/answer/*/results_count",
        "/answer/*/rules_count",
    ],
    objectives: &["3.11.2[c]", "3.13.2[e]"],
    ..ONE_EACH
};

/// Whether people outside can report a vulnerability in private.
pub static VULNERABILITY_REPORTING: Dataset = Dataset {
    id: "github.vulnerability_reporting",
    title: "Private vulnerability reporting",
    what: "Whether people outside can report a vulnerability of each repository in private.",
    permissions: &["metadata:read"],
    // 422: the repository is not public.
    records: Reader::Page(|page| {
        let known = [(422, "", Says::Off), (404, "", Says::NotFound)];
        read::about(page, Shape::Object, &known)
    }),
    clouds: NOT_ON_A_SERVER,
    objectives: &["3.14.1[c]", "3.6.2[c]"],
    ..ONE_EACH
};

/// Whether a release can't be changed any more.
pub static IMMUTABLE_RELEASES: Dataset = Dataset {
    id: "github.immutable_releases",
    title: "Immutable releases",
    what: "Whether releases of each repository can't be changed once they are published.",
    records: Reader::Page(|page| read::about(page, Shape::Object, &[OFF])),
    clouds: NOT_ON_A_SERVER,
    objectives: &["3.14.2[b]", "3.4.3[d]"],
    ..ONE_EACH
};

/// Something that is on or off.
#[derive(Clone, Debug, Deserialize)]
pub struct Switch {
    /// Whether it is on.
    pub enabled: Option<bool>,
}

/// Whether updates are proposed.
#[derive(Clone, Debug, Deserialize)]
pub struct SecurityUpdates {
    /// Whether it is on.
    pub enabled: Option<bool>,
    /// Whether GitHub paused it.
    pub paused: Option<bool>,
}

/// How code scanning is set up: the default setup, or the list of what workflows delivered.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum ScanningSetup {
    /// The default setup.
    Default {
        /// `configured` or `not-configured`.
        state: Option<String>,
    },
    /// Analyses, the newest first.
    Analyses(Vec<serde_json::Value>),
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};
    use provider_kit::RawPage;
    use serde_json::json;

    fn says(dataset: &Dataset, of: &str, status: u16, body: &str) -> Option<serde_json::Value> {
        let origin = origin(status, Some(of));
        let page = RawPage {
            body: body.as_bytes(),
            origin: &origin,
        };
        dataset
            .read(&page)
            .ok()
            .map(|mut rows| rows.remove(0)["@says"].take())
    }

    #[test]
    fn on_is_an_answer_without_a_body_and_off_is_not_found() {
        let alerts = |status, body: &str| says(&VULNERABILITY_ALERTS, "a/b", status, body);
        assert_eq!(alerts(204, "").unwrap(), json!(null));
        assert_eq!(alerts(404, "").unwrap(), "off");
        let disabled = r#"{"message":"Vulnerability alerts are disabled."}"#;
        assert_eq!(alerts(404, disabled).unwrap(), "off");
        assert_eq!(alerts(404, r#"{"message":"Not Found"}"#).unwrap(), "off");
        assert_eq!(alerts(404, "[]"), None);
        assert_eq!(alerts(403, r#"{"message":"Forbidden"}"#), None);
        assert_eq!(alerts(200, "{}"), None);
    }

    #[test]
    fn scanning_is_asked_for_in_two_ways() {
        let setup = |of, status, body: &str| says(&CODE_SCANNING_SETUP, of, status, body);
        assert!(setup("a/b", 200, "{}").is_some() && setup("a/b", 200, "[]").is_none());
        assert!(setup("a/b:analyses", 200, "[]").is_some());
        assert!(setup("a/b:analyses", 200, "{}").is_none());
        let none = r#"{"message":"no analysis found"}"#;
        assert_eq!(setup("a/b:analyses", 404, none).unwrap(), "off");
        let product = r#"{"message":"Code Security must be enabled for this repository to use code scanning."}"#;
        assert_eq!(setup("a/b", 403, product).unwrap(), "plan");
        let read = |value| serde_json::from_value::<ScanningSetup>(value).unwrap();
        assert!(matches!(
            read(json!({"state": "configured"})),
            ScanningSetup::Default { state: Some(_) }
        ));
        assert!(
            matches!(read(json!([{"id": 1}])), ScanningSetup::Analyses(list) if list.len() == 1)
        );
    }
}
