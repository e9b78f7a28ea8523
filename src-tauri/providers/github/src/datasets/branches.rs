//! What protects the default branch: classic protection, rules, and who may go past them.

use super::{
    read::{self, Each, Refusal, Says, Shape},
    repositories::ONE_EACH,
};
use provider_kit::{Dataset, Reader};
use serde::{Deserialize, Deserializer};

const PLAN: Refusal = (403, "upgrade to", Says::Plan);
const NO_BRANCH: Refusal = (404, "branch not found", Says::NoBranch);

/// Classic protection of default branches.
pub static BRANCH_PROTECTION: Dataset = Dataset {
    id: "github.branch_protection",
    title: "Branch protection",
    what: "How the default branch of each repository is protected by a branch protection rule.",
    records: Reader::Page(|page| {
        let known = [(404, "branch not protected", Says::Off), NO_BRANCH, PLAN];
        read::about(page, Shape::Object, &known)
    }),
    objectives: &["3.4.3[c]", "3.4.5[h]"],
    ..ONE_EACH
};

/// Rules that hold for default branches.
pub static BRANCH_RULES: Dataset = Dataset {
    id: "github.branch_rules",
    title: "Branch rules",
    what: "Which active rules of repository and organization rulesets hold for the default branch of each repository.",
    permissions: &["metadata:read"],
    records: Reader::Page(|page| read::about(page, Shape::List, &[NO_BRANCH, PLAN])),
    objectives: &["3.4.3[c]", "3.4.5[h]"],
    ..ONE_EACH
};

/// Rulesets, and who may bypass each.
pub static RULESETS: Dataset = Dataset {
    id: "github.rulesets",
    title: "Rulesets",
    what: "The rulesets that hold in each repository, and who may bypass them.",
    permissions: &["metadata:read"],
    records: Reader::Page(|page| {
        let one = page.origin.subject.as_deref();
        let shape = match one.is_some_and(|subject| subject.contains('#')) {
            true => Shape::Object,
            false => Shape::List,
        };
        read::about(page, shape, &[PLAN])
    }),
    volatile: &["/answer/updated_at", "/answer/*/updated_at"],
    objectives: &["3.4.5[h]", "3.1.7[c]"],
    ..ONE_EACH
};

/// Something that is on or off.
#[derive(Clone, Debug, Deserialize)]
pub struct Enabled {
    /// Whether it is on.
    pub enabled: Option<bool>,
}

/// Classic protection of a branch. What it does not ask for is absent (reviews, checks); switches are always there.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Protection {
    /// Status checks it waits for.
    pub required_status_checks: Option<StatusChecks>,
    /// Whether administrators are bound too.
    pub enforce_admins: Option<Enabled>,
    /// Reviews it waits for.
    pub required_pull_request_reviews: Option<Reviews>,
    /// Signed commits.
    pub required_signatures: Option<Enabled>,
    /// No merge commits.
    pub required_linear_history: Option<Enabled>,
    /// Rewriting history.
    pub allow_force_pushes: Option<Enabled>,
    /// Deleting the branch.
    pub allow_deletions: Option<Enabled>,
    /// Resolved conversations.
    pub required_conversation_resolution: Option<Enabled>,
}

/// Status checks that classic protection waits for: the same ones in two ways.
#[derive(Clone, Debug, Deserialize)]
pub struct StatusChecks {
    /// Their names.
    pub contexts: Option<Each<String>>,
    /// Their names with the app.
    pub checks: Option<Each<Check>>,
}

/// A status check.
#[derive(Clone, Debug, Deserialize)]
pub struct Check {
    /// Its name.
    pub context: Option<String>,
}

/// Reviews that classic protection waits for.
#[derive(Clone, Debug, Deserialize)]
pub struct Reviews {
    /// Whether a new commit dismisses approvals.
    pub dismiss_stale_reviews: Option<bool>,
    /// Whether code owners have to approve.
    pub require_code_owner_reviews: Option<bool>,
    /// How many have to approve.
    pub required_approving_review_count: Option<u64>,
    /// Who may merge without; absent for nobody.
    pub bypass_pull_request_allowances: Option<Bypass>,
}

/// Who may merge without a review.
#[derive(Clone, Debug, Deserialize)]
pub struct Bypass {
    /// People.
    pub users: Option<Each<serde_json::Value>>,
    /// Teams.
    pub teams: Option<Each<serde_json::Value>>,
    /// Apps.
    pub apps: Option<Each<serde_json::Value>>,
}

/// An active rule.
#[derive(Clone, Debug, Deserialize)]
pub struct Rule {
    /// Its kind, e.g. `pull_request`.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// The ruleset it comes from.
    pub ruleset_id: Option<u64>,
    /// Its details.
    pub parameters: Option<RuleParameters>,
}

/// The details of a rule, those that checks read.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct RuleParameters {
    /// How many have to approve.
    pub required_approving_review_count: Option<u64>,
    /// Whether a new commit dismisses approvals.
    pub dismiss_stale_reviews_on_push: Option<bool>,
    /// Whether code owners have to approve.
    pub require_code_owner_review: Option<bool>,
    /// Whether conversations have to be resolved.
    pub required_review_thread_resolution: Option<bool>,
    /// Status checks it waits for.
    pub required_status_checks: Option<Each<Check>>,
}

/// A ruleset asked for by itself; in the list of a repository they are only named.
#[derive(Clone, Debug, Default)]
pub struct Ruleset {
    /// Its name.
    pub name: Option<String>,
    /// Who may bypass it; absent for a token without write access.
    pub bypass_actors: Option<Each<BypassActor>>,
}

/// Somebody who may bypass a ruleset.
#[derive(Clone, Debug, Deserialize)]
pub struct BypassActor {
    /// `User`, `Team`, `RepositoryRole`, `OrganizationAdmin`, `Integration`, ...
    pub actor_type: Option<String>,
    /// `always`, `exempt`, or `pull_request` for one who still needs a pull request.
    pub bypass_mode: Option<String>,
}

impl<'de> Deserialize<'de> for Ruleset {
    /// A page of a list of rulesets reads as one without details: a check looks at them by their part.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct One {
            name: Option<String>,
            bypass_actors: Option<Each<BypassActor>>,
        }
        let value = serde_json::Value::deserialize(from)?;
        if value.is_array() {
            return Ok(Self::default());
        }
        let one: One = serde_json::from_value(value).map_err(serde::de::Error::custom)?;
        Ok(Self {
            name: one.name,
            bypass_actors: one.bypass_actors,
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};
    use provider_kit::RawPage;
    use serde_json::{Value, json};

    fn ask(dataset: &Dataset, status: u16, of: &str, body: &str) -> Option<Value> {
        let origin = origin(status, Some(of));
        let page = RawPage {
            body: body.as_bytes(),
            origin: &origin,
        };
        dataset.read(&page).ok().map(|mut rows| rows.remove(0))
    }

    #[test]
    fn each_documented_refusal_has_its_meaning() {
        let says = |dataset: &Dataset, status, message: &str| {
            let body = json!({ "message": message }).to_string();
            ask(dataset, status, "a/b", &body).map(|row| row["@says"].clone())
        };
        let plan = "Upgrade to GitHub Pro or make this repository public to enable this feature.";
        assert_eq!(
            says(&BRANCH_PROTECTION, 404, "Branch not protected").unwrap(),
            "off"
        );
        assert_eq!(
            says(&BRANCH_PROTECTION, 404, "Branch not found").unwrap(),
            "no_branch"
        );
        for dataset in [&BRANCH_PROTECTION, &BRANCH_RULES, &RULESETS] {
            assert_eq!(says(dataset, 403, plan).unwrap(), "plan");
            assert_eq!(says(dataset, 404, "Not Found"), None);
            assert_eq!(says(dataset, 403, "Resource not accessible"), None);
        }
    }

    #[test]
    fn a_ruleset_is_asked_for_by_itself_or_named_in_a_list() {
        let of = |subject, body| ask(&RULESETS, 200, subject, body);
        assert!(of("a/b", "[]").is_some() && of("a/b#1", "{}").is_some());
        assert!(of("a/b", "{}").is_none() && of("a/b#1", "[]").is_none());
        let named: Ruleset = serde_json::from_value(json!([{"id": 1}])).unwrap();
        assert!(named.bypass_actors.is_none());
        let one = json!({"name": "n", "bypass_actors": [{"bypass_mode": "always"}, 7]});
        let one: Ruleset = serde_json::from_value(one).unwrap();
        let actors = one.bypass_actors.unwrap().0;
        assert!(actors[0].is_some() && actors[1].is_none());
    }
}
