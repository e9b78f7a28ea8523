//! Protection that administrators can step around protects from accidents only.

use super::{
    effective::{Branch, Branches, PROTECTING, Source},
    jury::Jury,
    population::{Answers, Forks, Repo, repositories, told, unexpected},
    told::Told,
};
use crate::datasets::{BypassActor, Each, Protection, RULESETS, Rule, Ruleset};
use evidence::{Reason, Severity, UnknownCode};
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};
use std::collections::BTreeSet;

/// The rule. Each default branch, by two sources:
///
/// | classic protection | holds |
/// | --- | --- |
/// | administrators are bound, and nobody may merge without review | yes |
/// | administrators are not bound, or somebody may merge without review | no |
/// | left out, hidden by the plan, or not collected | unknown |
/// | there is none | no |
///
/// | rulesets that rules of the branch come from | hold |
/// | --- | --- |
/// | each: nobody may bypass it, or only by a pull request | yes |
/// | one: somebody may bypass it | no |
/// | one: who may is left out, which it is for a token that may not write | unknown |
/// | one: not collected, or a rule does not name its ruleset | unknown |
/// | there are none | no |
///
/// | either | it |
/// | --- | --- |
/// | one holds | passes |
/// | none holds, one is unknown | unknown |
/// | none holds | fails |
///
/// Repositories without a commit, archived ones and forks are not judged. Without a branch, all having been seen: not
/// applicable.
pub static CHECK: Check = Check {
    id: "github.branch.no_bypass",
    alias: "GITHUB-33",
    version: 1,
    title: "The protection of the default branch binds administrators too.",
    objectives: &["3.4.5[h]", "3.1.7[c]"],
    severity: Severity::Medium,
    remedy: "In a classic rule tick \"Do not allow bypassing the above settings\" and empty the list of those who may bypass pull requests; in a ruleset empty the bypass list, or allow bypassing for pull requests only.",
    console: console!("repositories/configuring-branches-and-merges-in-your-repository"),
    reperform: Reperform {
        portal: "Settings > Rules > Rulesets: bypass list; Settings > Branches: bypassing, of each repository.",
        command: "gh api repos/ORG/REPO/branches/BRANCH/protection --jq '[.enforce_admins.enabled, .required_pull_request_reviews.bypass_pull_request_allowances]'; gh api repos/ORG/REPO/rulesets/ID --jq .bypass_actors",
    },
    datasets: &[
        "github.repositories",
        "github.branch_protection",
        "github.branch_rules",
        "github.rulesets",
    ],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

const NONE: &str = "Nothing protects the default branch, so nothing binds administrators.";

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut jury = Jury::new();
    let repos = repositories(collected, &mut jury, Forks::Out);
    let branches = Branches::read(collected, &mut jury);
    let rulesets = Answers::<Ruleset>::optional(collected, RULESETS.id);
    let refused = collected.rows::<serde_json::Value>(RULESETS.id);
    let refused = match refused {
        Ok(rows) => rows.missing,
        Err(reason) => Some(reason),
    };
    for repo in &repos {
        if let Some(branch) = branches.of(repo) {
            let told = binds(repo, &branch, &rulesets, refused.as_ref());
            jury.repository(repo, told);
        }
    }
    jury.conclude(WhenEmpty::NotApplicable)
}

fn binds(
    repo: &Repo,
    branch: &Branch<'_>,
    rulesets: &Answers<Ruleset>,
    refused: Option<&Reason>,
) -> Told {
    let by_classic = match &branch.classic {
        Source::There(protection) => classic(protection),
        Source::Nothing => Told::no(NONE),
        Source::Unclear(reason) => Told::Unclear(reason.clone()),
    };
    let by_rules = match &branch.rules {
        Source::There(rules) => by_rulesets(repo, rules, rulesets, refused),
        Source::Nothing => Told::no(NONE),
        Source::Unclear(reason) => Told::Unclear(reason.clone()),
    };
    let why = match (&by_classic, &by_rules) {
        (Told::No(why), _) if why != NONE => why.clone(),
        (_, Told::No(why)) => why.clone(),
        _ => NONE.to_owned(),
    };
    Told::any([by_classic, by_rules], &why)
}

fn classic(protection: &Protection) -> Told {
    let admins = protection.enforce_admins.as_ref();
    let bound = Told::of(
        admins.and_then(|admins| admins.enabled),
        "Administrators are not bound by the branch protection.",
        "GitHub does not say whether administrators are bound.",
    );
    let reviews = protection.required_pull_request_reviews.as_ref();
    let bypass = reviews.and_then(|reviews| reviews.bypass_pull_request_allowances.as_ref());
    let reviewed = match bypass {
        None => Told::Yes,
        Some(bypass) => {
            let lists = [&bypass.users, &bypass.teams, &bypass.apps];
            if lists
                .iter()
                .any(|list| list.as_ref().is_some_and(|list| !list.0.is_empty()))
            {
                Told::no("Somebody may merge without the review.")
            } else if lists.iter().any(|list| list.is_none()) {
                Told::silent("GitHub does not say who may merge without the review.")
            } else {
                Told::Yes
            }
        }
    };
    Told::all([bound, reviewed])
}

fn by_rulesets(
    repo: &Repo,
    rules: &[Option<&Rule>],
    rulesets: &Answers<Ruleset>,
    refused: Option<&Reason>,
) -> Told {
    // A ruleset that protects against nothing binds nobody, whoever may bypass it. A kind that is left out may protect.
    let protecting = |rule: &&Option<&Rule>| {
        let kind = rule.and_then(|rule| rule.kind.as_deref());
        kind.is_none_or(|kind| PROTECTING.contains(&kind))
    };
    let ids: BTreeSet<Option<u64>> = rules
        .iter()
        .filter(protecting)
        .map(|rule| rule.and_then(|rule| rule.ruleset_id))
        .collect();
    if ids.is_empty() {
        return Told::no(NONE);
    }
    Told::all(ids.into_iter().map(|id| match id {
        None => Told::silent("A rule does not name its ruleset."),
        Some(id) => {
            let found = rulesets.part(&repo.name, &id.to_string());
            match (told(found, unexpected, ruleset), refused) {
                (Told::Unclear(reason), Some(refused))
                    if reason.code == UnknownCode::NotCollected =>
                {
                    Told::Unclear(refused.clone())
                }
                (told, _) => told,
            }
        }
    }))
}

fn ruleset(ruleset: &Ruleset) -> Told {
    let name = ruleset.name.as_deref().unwrap_or("without a name");
    let Some(Each(actors)) = &ruleset.bypass_actors else {
        return Told::Unclear(Reason::new(
            UnknownCode::PermissionMissing,
            format!(
                "GitHub shows who may bypass the ruleset {name} only to a token that may change it, which ours must not."
            ),
        ));
    };
    let modes = actors.iter().map(|actor| {
        let mode = actor
            .as_ref()
            .and_then(|BypassActor { bypass_mode, .. }| bypass_mode.as_deref());
        match mode {
            Some("pull_request") => Told::Yes,
            Some("always" | "exempt") => {
                Told::no(format!("Somebody may bypass the ruleset {name}."))
            }
            _ => Told::silent(format!(
                "GitHub does not say how the ruleset {name} can be bypassed."
            )),
        }
    });
    match Told::all(modes) {
        Told::No(_) => Told::no(format!("Somebody may bypass the ruleset {name}.")),
        told => told,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Org, on_branch, protection};
    use evidence::Outcome::{self, Fail, Pass, Unknown};
    use serde_json::{Value, json};

    fn unprotected() -> (u16, Value) {
        (404, json!({"message": "Branch not protected"}))
    }

    fn org(classic: (u16, Value), rules: Value, bypass: &[(&str, Value)]) -> Org {
        let pages: Vec<(String, Value)> = bypass
            .iter()
            .map(|(id, actors)| {
                (
                    format!("harbor/erp#{id}"),
                    json!({"name": "main", "bypass_actors": actors}),
                )
            })
            .collect();
        let pages: Vec<(&str, u16, Value)> = pages
            .iter()
            .map(|(of, body)| (of.as_str(), 200, body.clone()))
            .collect();
        on_branch(classic, (200, rules)).about(&RULESETS, &pages)
    }

    fn from(ids: &[u64]) -> Value {
        ids.iter()
            .map(|id| json!({"type": "deletion", "ruleset_id": id}))
            .collect()
    }

    #[test]
    fn classic_protection_binds_everybody_or_not() {
        let allowances = |users: Value| json!({"bypass_pull_request_allowances": {"users": users, "teams": [], "apps": []}});
        for (changes, expected) in [
            (json!({"enforce_admins": {"enabled": true}}), Pass),
            (json!({"enforce_admins": {"enabled": false}}), Fail),
            (json!({"enforce_admins": {}}), Unknown),
            (json!({"enforce_admins": null}), Unknown),
            (
                json!({"required_pull_request_reviews": allowances(json!([]))}),
                Pass,
            ),
            (
                json!({"required_pull_request_reviews": allowances(json!([{"login": "dreyes"}]))}),
                Fail,
            ),
            (
                json!({"required_pull_request_reviews": allowances(json!([null]))}),
                Fail,
            ),
            (
                json!({"required_pull_request_reviews": allowances(json!(null))}),
                Unknown,
            ),
            (json!({"required_pull_request_reviews": null}), Pass),
        ] {
            let says = org((200, protection(changes.clone())), json!([]), &[])
                .says(&CHECK)
                .0;
            assert_eq!(says, expected, "{changes}");
        }
        assert_eq!(org(unprotected(), json!([]), &[]).says(&CHECK).0, Fail);
    }

    #[test]
    fn every_ruleset_of_the_branch_binds_or_none_does() {
        let by = |mode: &str| json!([{"actor_type": "OrganizationAdmin", "bypass_mode": mode}]);
        let says = |ids: &[u64], bypass: &[(&str, Value)]| -> (Outcome, Option<UnknownCode>) {
            org(unprotected(), from(ids), bypass).says(&CHECK)
        };
        assert_eq!(says(&[1], &[("1", json!([]))]), (Pass, None));
        assert_eq!(says(&[1], &[("1", by("pull_request"))]), (Pass, None));
        assert_eq!(says(&[1], &[("1", by("always"))]), (Fail, None));
        assert_eq!(says(&[1], &[("1", by("exempt"))]), (Fail, None));
        assert_eq!(
            says(&[1, 2], &[("1", json!([])), ("2", json!([]))]),
            (Pass, None)
        );
        assert_eq!(
            says(&[1, 2], &[("1", json!([])), ("2", by("always"))]),
            (Fail, None)
        );
        let malformed = (Unknown, Some(UnknownCode::MalformedAnswer));
        assert_eq!(says(&[1], &[("1", by("sometimes"))]), malformed);
        assert_eq!(says(&[1], &[("1", json!([7]))]), malformed);
        assert_eq!(
            says(&[1], &[("1", json!(null))]),
            (Unknown, Some(UnknownCode::PermissionMissing))
        );
        assert_eq!(
            says(&[1], &[("2", json!([]))]),
            (Unknown, Some(UnknownCode::NotCollected))
        );
        let nameless = org(unprotected(), json!([{"type": "deletion"}]), &[]).says(&CHECK);
        assert_eq!(nameless, malformed);
    }

    #[test]
    fn a_ruleset_that_protects_against_nothing_binds_nobody() {
        let rules = json!([{"type": "copilot_code_review", "ruleset_id": 1}]);
        let bypass = [("1", json!([]))];
        let says = |rules| org(unprotected(), rules, &bypass).says(&CHECK);
        assert_eq!(says(rules), (Fail, None));
        let beside =
            json!([{"type": "deletion", "ruleset_id": 1}, {"type": "creation", "ruleset_id": 2}]);
        assert_eq!(says(beside), (Pass, None));
        let silent = json!([{"ruleset_id": 2}]);
        assert_eq!(says(silent).0, Unknown);
    }

    #[test]
    fn one_that_binds_is_enough() {
        let bound = || (200, protection(json!({})));
        let loose = || {
            (
                200,
                protection(json!({"enforce_admins": {"enabled": false}})),
            )
        };
        let hidden = [("1", json!(null))];
        assert_eq!(org(bound(), from(&[1]), &hidden).says(&CHECK), (Pass, None));
        assert_eq!(
            org(loose(), from(&[1]), &[("1", json!([]))]).says(&CHECK),
            (Pass, None)
        );
        assert_eq!(org(loose(), from(&[1]), &hidden).says(&CHECK).0, Unknown);
        let refused = org(loose(), from(&[1]), &[]).without(&RULESETS);
        assert_eq!(
            refused.says(&CHECK),
            (Unknown, Some(UnknownCode::PermissionMissing))
        );
        let unneeded = org(bound(), json!([]), &[]).without(&RULESETS);
        assert_eq!(unneeded.says(&CHECK), (Pass, None));
        let plan = || (403, json!({"message": "Upgrade to GitHub Pro"}));
        let free = on_branch(plan(), plan()).says(&CHECK);
        assert_eq!(free, (Unknown, Some(UnknownCode::LicenceMissing)));
    }
}
