//! Open alerts: vulnerable dependencies, secrets in code, and flaws in it.

use super::read::{self, Refusal, Says};
use evidence::Timestamp;
use provider_kit::{Clouds, Dataset, Reader};
use serde::Deserialize;

const ALERTS: Dataset = Dataset {
    id: "",
    title: "",
    what: "",
    permissions: &[],
    licence: None,
    key: &["/@key"],
    records: Reader::Page(read::list),
    volatile: &["/updated_at"],
    removed: &[],
    row_cap: Some(20_000),
    clouds: Clouds::All,
    objectives: &["3.11.2[c]", "3.11.3[b]"],
};

/// Open alerts on dependencies.
pub static DEPENDABOT_ALERTS: Dataset = Dataset {
    id: "github.dependabot_alerts",
    title: "Dependabot alerts",
    what: "The open alerts on vulnerable or malicious dependencies, with severity and age.",
    permissions: &["vulnerability_alerts:read"],
    records: Reader::Page(|page| {
        let known: [Refusal; 2] = [(403, "disabled", Says::Off), (404, "", Says::Off)];
        read::alerts(page, &known)
    }),
    ..ALERTS
};

/// Open alerts on secrets. The secret itself is never kept: it is asked for hidden, and removed in any case.
pub static SECRET_ALERTS: Dataset = Dataset {
    id: "github.secret_alerts",
    title: "Secret scanning alerts",
    what: "The open alerts on secrets that were found in code: kind, age and whether each still works. Never the secret.",
    permissions: &["secret_scanning_alerts:read"],
    licence: Some("GitHub Secret Protection for private repositories"),
    records: Reader::Page(|page| read::alerts(page, &[(404, "", Says::Off)])),
    removed: &["/secret"],
    objectives: &["3.5.10[a]", "3.11.3[b]"],
    ..ALERTS
};

/// Open alerts on the company's own code.
pub static CODE_ALERTS: Dataset = Dataset {
    id: "github.code_alerts",
    title: "Code scanning alerts",
    what: "The open critical and high alerts on the company's own code, with rule and age.",
    permissions: &["security_events:read"],
    licence: Some("GitHub Code Security for private repositories"),
    records: Reader::Page(|page| {
        let known: [Refusal; 3] = [
            (404, "", Says::Off),
            (403, "must be enabled", Says::Plan),
            (403, "not enabled", Says::Plan),
        ];
        read::alerts(page, &known)
    }),
    ..ALERTS
};

/// An alert on a dependency; or what a repository, or the organization, said instead of alerts.
#[derive(Clone, Debug, Deserialize)]
pub struct DependencyAlert {
    /// `owner/name`.
    #[serde(rename = "@repository")]
    pub repository: Option<String>,
    /// What a documented refusal means.
    #[serde(rename = "@says")]
    pub says: Option<Says>,
    /// The alert's number in its repository.
    pub number: Option<u64>,
    /// `open` or what became of it.
    pub state: Option<String>,
    /// What it is about.
    pub security_advisory: Option<Advisory>,
    /// When it was raised.
    pub created_at: Option<Timestamp>,
}

/// What an alert on a dependency is about.
#[derive(Clone, Debug, Deserialize)]
pub struct Advisory {
    /// Its id.
    pub ghsa_id: Option<String>,
    /// What is wrong.
    pub summary: Option<String>,
    /// `low`, `medium`, `high` or `critical`.
    pub severity: Option<String>,
    /// `general` or `malware`.
    pub classification: Option<String>,
}

/// An alert on a secret; or what a repository, or the organization, said instead of alerts.
#[derive(Clone, Debug, Deserialize)]
pub struct SecretAlert {
    /// `owner/name`.
    #[serde(rename = "@repository")]
    pub repository: Option<String>,
    /// What a documented refusal means.
    #[serde(rename = "@says")]
    pub says: Option<Says>,
    /// The alert's number in its repository.
    pub number: Option<u64>,
    /// `open` or `resolved`.
    pub state: Option<String>,
    /// What kind of secret.
    pub secret_type_display_name: Option<String>,
    /// Whether it works: `active`, `inactive` or `unknown`.
    pub validity: Option<String>,
    /// Whether it was found in public.
    pub publicly_leaked: Option<bool>,
    /// When it was raised.
    pub created_at: Option<Timestamp>,
}

/// An alert on code; or what a repository, or the organization, said instead of alerts.
#[derive(Clone, Debug, Deserialize)]
pub struct CodeAlert {
    /// `owner/name`.
    #[serde(rename = "@repository")]
    pub repository: Option<String>,
    /// What a documented refusal means.
    #[serde(rename = "@says")]
    pub says: Option<Says>,
    /// The alert's number in its repository.
    pub number: Option<u64>,
    /// `open`, `dismissed` or `fixed`.
    pub state: Option<String>,
    /// What it breaks.
    pub rule: Option<Rule>,
    /// When it was raised.
    pub created_at: Option<Timestamp>,
}

/// What an alert on code breaks.
#[derive(Clone, Debug, Deserialize)]
pub struct Rule {
    /// Its id.
    pub id: Option<String>,
    /// `low`, `medium`, `high` or `critical`; absent for a rule that is not about security.
    pub security_severity_level: Option<String>,
}
