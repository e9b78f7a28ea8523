//! What protects a default branch in effect: a classic protection rule, the active rules of rulesets, or both.
//!
//! A branch is held to everything that either of them asks for, so that something holds if one of them asks for it, and
//! does not hold only if both are known not to.

use super::{
    jury::Jury,
    population::{Answers, Forks, Found, Repo, plan, refusal, repositories},
    told::Told,
};
use crate::datasets::{
    BRANCH_PROTECTION, BRANCH_RULES, Each, Enabled, Protection, RequiredCheck, Reviews, Rule,
    RuleParameters, Says,
};
use evidence::Reason;
use provider_kit::{Collected, Verdict, WhenEmpty};

/// The datasets that a check on default branches reads.
pub(super) const DATASETS: &[&str] = &[
    "github.repositories",
    "github.branch_protection",
    "github.branch_rules",
];

/// Rules whose presence means that a branch is protected.
pub(super) const PROTECTING: [&str; 6] = [
    "pull_request",
    "non_fast_forward",
    "deletion",
    "required_status_checks",
    "required_signatures",
    "update",
];

/// What protects default branches.
pub(super) struct Branches {
    protection: Answers<Protection>,
    rules: Answers<Each<Rule>>,
}

/// One of the two sources.
pub(super) enum Source<T> {
    /// What it asks for.
    There(T),
    /// Nothing: it is not used.
    Nothing,
    /// It can't be told.
    Unclear(Reason),
}

/// A default branch.
pub(super) struct Branch<'a> {
    /// Classic protection.
    pub(super) classic: Source<&'a Protection>,
    /// Active rules; one that can't be read is `None`.
    pub(super) rules: Source<Vec<Option<&'a Rule>>>,
}

impl Branches {
    /// Reads what protects default branches.
    pub(super) fn read(collected: &Collected<'_>, jury: &mut Jury) -> Self {
        Self {
            protection: Answers::needed(collected, jury, BRANCH_PROTECTION.id),
            rules: Answers::needed(collected, jury, BRANCH_RULES.id),
        }
    }

    /// The default branch of `repo`; `None` for a repository without a commit, which has none.
    pub(super) fn of(&self, repo: &Repo) -> Option<Branch<'_>> {
        let hidden = || plan("The plan has no protection for branches of private repositories.");
        let classic = match self.protection.about(repo) {
            Found::There(protection) => Source::There(protection),
            Found::Says(Says::Off) => Source::Nothing,
            Found::Says(Says::NoBranch) if repo.row.size == Some(0) => return None,
            Found::Says(Says::Plan) => Source::Unclear(hidden()),
            Found::Says(says) => Source::Unclear(refusal(says)),
            Found::Lacking(reason) => Source::Unclear(reason),
        };
        let rules = match self.rules.about(repo) {
            Found::There(_) => match self.rules.listed(repo) {
                Ok(rules) if rules.is_empty() => Source::Nothing,
                Ok(rules) => Source::There(rules),
                Err(reason) => Source::Unclear(reason),
            },
            Found::Says(Says::Plan) => Source::Unclear(hidden()),
            Found::Says(says) => Source::Unclear(refusal(says)),
            Found::Lacking(reason) => Source::Unclear(reason),
        };
        Some(Branch { classic, rules })
    }
}

impl Branch<'_> {
    /// Whether classic protection or one of the rules asks for something; `no` says that neither does.
    fn told(
        &self,
        classic: impl Fn(&Protection) -> Told,
        rule: impl Fn(&str, &Rule) -> Told,
        no: &str,
    ) -> Told {
        let by_classic = match &self.classic {
            Source::There(protection) => classic(protection),
            Source::Nothing => Told::no(no),
            Source::Unclear(reason) => Told::Unclear(reason.clone()),
        };
        let by_rules = match &self.rules {
            Source::There(rules) => Told::any(
                rules.iter().map(|one| {
                    match one.and_then(|one| Some((one.kind.as_deref()?, one))) {
                        Some((kind, one)) => rule(kind, one),
                        None => Told::silent("A rule of a ruleset can't be read."),
                    }
                }),
                no,
            ),
            Source::Nothing => Told::no(no),
            Source::Unclear(reason) => Told::Unclear(reason.clone()),
        };
        Told::any([by_classic, by_rules], no)
    }

    /// A switch of classic protection, or a kind of rule.
    fn switched(&self, switch: impl Fn(&Protection) -> Option<bool>, kind: &str, no: &str) -> Told {
        self.told(
            |protection| {
                Told::of(
                    switch(protection),
                    no,
                    "GitHub left a switch of the branch protection out.",
                )
            },
            |found, _| Told::of(Some(found == kind), no, ""),
            no,
        )
    }

    /// Something about reviews, which classic protection has only where it asks for them.
    fn reviewed(
        &self,
        classic: impl Fn(&Reviews) -> Option<bool>,
        rule: impl Fn(&RuleParameters) -> Option<bool>,
        no: &str,
    ) -> Told {
        let silent = "GitHub left a detail of the review rule out.";
        self.told(
            |protection| match &protection.required_pull_request_reviews {
                Some(reviews) => Told::of(classic(reviews), no, silent),
                None => Told::no(no),
            },
            |kind, one| match (kind, &one.parameters) {
                ("pull_request", Some(parameters)) => Told::of(rule(parameters), no, silent),
                ("pull_request", None) => Told::silent(silent),
                _ => Told::no(no),
            },
            no,
        )
    }

    /// Whether anything protects it.
    pub(super) fn protected(&self) -> Told {
        self.told(
            |_| Told::Yes,
            |kind, _| Told::of(Some(PROTECTING.contains(&kind)), "", ""),
            "Nothing protects the default branch.",
        )
    }

    /// Whether at least so many have to approve.
    pub(super) fn approvals(&self, least: i64) -> Told {
        let enough = |count: u64| i64::try_from(count).unwrap_or(i64::MAX) >= least;
        self.reviewed(
            |reviews| reviews.required_approving_review_count.map(enough),
            |rule| rule.required_approving_review_count.map(enough),
            &format!("Changes get in with fewer approvals than {least}."),
        )
    }

    /// Whether a new commit dismisses approvals.
    pub(super) fn dismiss_stale(&self) -> Told {
        self.reviewed(
            |reviews| reviews.dismiss_stale_reviews,
            |rule| rule.dismiss_stale_reviews_on_push,
            "Approvals stay when new commits come.",
        )
    }

    /// Whether code owners have to approve.
    pub(super) fn codeowner_review(&self) -> Told {
        self.reviewed(
            |reviews| reviews.require_code_owner_reviews,
            |rule| rule.require_code_owner_review,
            "Code owners need not approve.",
        )
    }

    /// Whether conversations have to be resolved.
    pub(super) fn conversations(&self) -> Told {
        let no = "Changes get in with open conversations.";
        let silent = "GitHub left a switch of the protection out.";
        self.told(
            |protection| {
                let on = on(&protection.required_conversation_resolution);
                Told::of(on, no, silent)
            },
            |kind, one| match (kind, &one.parameters) {
                ("pull_request", Some(parameters)) => {
                    Told::of(parameters.required_review_thread_resolution, no, silent)
                }
                ("pull_request", None) => Told::silent(silent),
                _ => Told::no(no),
            },
            no,
        )
    }

    /// Whether history can't be rewritten.
    pub(super) fn no_force_push(&self) -> Told {
        self.switched(
            |protection| on(&protection.allow_force_pushes).map(|on| !on),
            "non_fast_forward",
            "Its history can be rewritten with a force push.",
        )
    }

    /// Whether it can't be deleted.
    pub(super) fn no_deletion(&self) -> Told {
        self.switched(
            |protection| on(&protection.allow_deletions).map(|on| !on),
            "deletion",
            "The default branch can be deleted.",
        )
    }

    /// Whether commits have to be signed.
    pub(super) fn signed(&self) -> Told {
        self.switched(
            |protection| on(&protection.required_signatures),
            "required_signatures",
            "Commits need no signature.",
        )
    }

    /// Whether history stays a line.
    pub(super) fn linear(&self) -> Told {
        self.switched(
            |protection| on(&protection.required_linear_history),
            "required_linear_history",
            "Merge commits are allowed.",
        )
    }

    /// Whether any status check has to pass.
    pub(super) fn status_checks(&self) -> Told {
        let no = "No status check has to pass.";
        let some = |list: &Each<RequiredCheck>| {
            named(
                list.0
                    .iter()
                    .map(|check| check.as_ref().map(|check| check.context.is_some())),
                no,
            )
        };
        self.told(
            |protection| match &protection.required_status_checks {
                None => Told::no(no),
                Some(asked) => {
                    let contexts = asked.contexts.as_ref().map(|list| {
                        named(list.0.iter().map(|name| name.as_ref().map(|_| true)), no)
                    });
                    let checks = asked.checks.as_ref().map(some);
                    match (contexts, checks) {
                        (None, None) => Told::silent("GitHub left the status checks out."),
                        (one, other) => Told::any(one.into_iter().chain(other), no),
                    }
                }
            },
            |kind, one| match (kind, &one.parameters) {
                (
                    "required_status_checks",
                    Some(RuleParameters {
                        required_status_checks: Some(list),
                        ..
                    }),
                ) => some(list),
                ("required_status_checks", _) => Told::silent("GitHub left the status checks out."),
                _ => Told::no(no),
            },
            no,
        )
    }
}

fn named(list: impl Iterator<Item = Option<bool>>, no: &str) -> Told {
    let each = list.map(|named| match named {
        Some(true) => Told::Yes,
        _ => Told::silent("A status check has no name."),
    });
    Told::any(each, no)
}

fn on(switch: &Option<Enabled>) -> Option<bool> {
    switch.as_ref().and_then(|switch| switch.enabled)
}

/// The verdict on every default branch by one property of it.
pub(super) fn judge(
    collected: &Collected<'_>,
    property: impl Fn(&Branch<'_>) -> Option<Told>,
) -> Verdict {
    let mut jury = Jury::new();
    let repos = repositories(collected, &mut jury, Forks::Out);
    let branches = Branches::read(collected, &mut jury);
    for repo in &repos {
        if let Some(told) = branches.of(repo).and_then(|branch| property(&branch)) {
            jury.repository(repo, told);
        }
    }
    jury.conclude(WhenEmpty::NotApplicable)
}
