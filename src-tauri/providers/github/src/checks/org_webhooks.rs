//! What GitHub sends to a webhook tells of code and people: to the right receiver, and so that it knows the sender.

use super::{
    jury::Jury,
    population::{Answers, Forks, repositories},
    told::Told,
};
use crate::datasets::{Each, Hook, ORGANIZATION_HOOKS, REPOSITORY_HOOKS};
use evidence::Severity;
use provider_kit::{Check, Clouds, Collected, Reperform, Verdict, WhenEmpty};
use serde_json::Value;

/// The rule. Each active webhook of the organization and of its repositories is judged:
///
/// | part | passes | fails | unknown |
/// | --- | --- | --- | --- |
/// | address | starts with `https://` | anything else | absent |
/// | `insecure_ssl` | `0` | `1` | anything else |
/// | secret | GitHub shows its mask | absent: GitHub leaves it out where there is none | - |
///
/// One part that fails decides. A hook that is not active sends nothing; one that does not say whether it is active is
/// unknown, and so is a repository without its list. Without an active hook anywhere, all having been seen: not
/// applicable.
pub static CHECK: Check = Check {
    id: "github.org.webhooks_secure",
    alias: "GITHUB-16",
    version: 1,
    title: "Every webhook verifies its receiver and signs what it sends.",
    objectives: &["3.13.8[c]", "3.13.15[a]"],
    severity: Severity::Medium,
    remedy: "Edit each listed webhook: give it an https address, enable SSL verification, and set a secret that the receiver checks.",
    console: console!("webhooks/using-webhooks/best-practices-for-using-webhooks"),
    reperform: Reperform {
        portal: "Organization settings > Webhooks, and Settings > Webhooks of each repository: address, SSL verification, secret.",
        command: "gh api --paginate orgs/ORG/hooks --jq '.[] | [.id, .active, .config.insecure_ssl, (.config.secret != null)]'; the same for repos/ORG/REPO/hooks",
    },
    datasets: &[
        "github.organization_hooks",
        "github.repositories",
        "github.repository_hooks",
    ],
    parameters: &[],
    clouds: Clouds::All,
    evaluate,
};

fn evaluate(collected: &Collected<'_>) -> Verdict {
    let mut jury = Jury::new();
    for hook in jury.rows::<Hook>(collected, ORGANIZATION_HOOKS.id) {
        one(&mut jury, Some(&hook), "organization");
    }
    let repos = repositories(collected, &mut jury, Forks::Out);
    let hooks = Answers::<Each<Hook>>::needed(collected, &mut jury, REPOSITORY_HOOKS.id);
    for repo in &repos {
        match hooks.listed(repo) {
            Ok(hooks) => {
                for hook in hooks {
                    one(&mut jury, hook, &repo.name);
                }
            }
            Err(reason) => jury.repository(repo, Told::Unclear(reason)),
        }
    }
    jury.conclude(WhenEmpty::NotApplicable)
}

fn one(jury: &mut Jury, hook: Option<&Hook>, place: &str) {
    let id = hook.and_then(|hook| hook.id);
    let id = id.map(|id| id.to_string()).unwrap_or_default();
    let told = match hook.map(|hook| (hook.active, hook)) {
        Some((Some(false), _)) => return,
        Some((Some(true), hook)) => rule(hook),
        Some((None, _)) => Told::silent("GitHub does not say whether it is active."),
        None => Told::silent("The webhook can't be read."),
    };
    jury.told("webhook", &id, &format!("{place}, webhook {id}"), told);
}

fn rule(hook: &Hook) -> Told {
    let Some(config) = &hook.config else {
        return Told::silent("GitHub does not say where it sends to.");
    };
    let address = match config.url.as_deref() {
        Some(url) if url.starts_with("https://") => Told::Yes,
        Some(_) => Told::no("Sends without encryption."),
        None => Told::silent("GitHub does not say where it sends to."),
    };
    let insecure = match &config.insecure_ssl {
        Some(Value::String(text)) => text.parse().ok(),
        Some(Value::Number(number)) => number.as_i64(),
        _ => None,
    };
    let receiver = match insecure {
        Some(0) => Told::Yes,
        Some(1) => Told::no("Does not verify the receiver's certificate."),
        _ => Told::silent("GitHub does not say whether the receiver's certificate is verified."),
    };
    let sender = match config.secret.as_deref() {
        Some(secret) if !secret.is_empty() => Told::Yes,
        _ => Told::no("Has no secret."),
    };
    Told::all([address, receiver, sender])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::testing::{Org, repository};
    use crate::datasets::MASK;
    use evidence::{
        Outcome::{self, Fail, NotApplicable, Pass, Unknown},
        UnknownCode,
    };
    use serde_json::json;

    fn good() -> Value {
        json!({"id": 1, "active": true, "config": {"url": "https://ci.example/***", "insecure_ssl": "0", "secret": MASK}})
    }

    fn changed(path: &str, value: Value) -> Value {
        let mut hook = good();
        if let Some(at) = hook.pointer_mut(path) {
            *at = value;
        }
        hook
    }

    fn org(organization: Value, repo: Value) -> Org {
        Org::new()
            .repositories(&[repository("erp", json!({}))])
            .list(&ORGANIZATION_HOOKS, organization)
            .about(&REPOSITORY_HOOKS, &[("harbor/erp", 200, repo)])
    }

    #[test]
    fn each_part_decides_wherever_the_hook_is() {
        for (hook, expected) in [
            (good(), Pass),
            (changed("/config/insecure_ssl", json!(0)), Pass),
            (changed("/config/url", json!("http://ci.example/***")), Fail),
            (changed("/config/url", json!(null)), Unknown),
            (changed("/config/insecure_ssl", json!("1")), Fail),
            (changed("/config/insecure_ssl", json!(1)), Fail),
            (changed("/config/insecure_ssl", json!("yes")), Unknown),
            (changed("/config/insecure_ssl", json!(null)), Unknown),
            (changed("/config/secret", json!(null)), Fail),
            (changed("/config/secret", json!("")), Fail),
            (changed("/config", json!(null)), Unknown),
            (changed("/active", json!(null)), Unknown),
            (changed("/active", json!(false)), NotApplicable),
        ] {
            let at_organization = org(json!([hook]), json!([])).says(&CHECK).0;
            let at_repository = org(json!([]), json!([hook])).says(&CHECK).0;
            assert_eq!(
                (at_organization, at_repository),
                (expected, expected),
                "{hook}"
            );
        }
        let outcome = |repo: Value| -> Outcome { org(json!([good()]), repo).says(&CHECK).0 };
        assert_eq!(
            outcome(json!([7])),
            Unknown,
            "a hook that can't be read is seen"
        );
        assert_eq!(outcome(json!([])), Pass);
    }

    #[test]
    fn a_repository_without_its_list_is_unknown() {
        let org = org(json!([]), json!([]))
            .repositories(&[repository("erp", json!({})), repository("web", json!({}))]);
        assert_eq!(org.says(&CHECK), (Unknown, Some(UnknownCode::NotCollected)));
        assert_eq!(org.told(&CHECK).1, ["harbor/web"]);
    }
}
