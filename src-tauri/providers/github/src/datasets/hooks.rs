//! Webhooks: where GitHub sends what happens.
//!
//! A hook's secret is never kept. GitHub shows a mask for one, and whether there is one matters: it is what lets the
//! receiver tell GitHub from somebody else. So [`without_hook_secrets`] puts the mask in place of whatever stands there,
//! and the reader refuses a page that still holds anything else. Addresses of hooks are often secrets themselves (a chat
//! room's hook is its address): only scheme and host are kept.

use super::{
    read::{self, Shape},
    repositories::ONE_EACH,
};
use provider_kit::{Clouds, Dataset, Malformed, RawPage, Reader};
use serde::Deserialize;
use serde_json::Value;

/// What GitHub shows in place of a secret.
pub const MASK: &str = "********";
/// What is kept in place of the rest of an address.
const REST: &str = "/***";

/// Hooks of the organization.
pub static ORGANIZATION_HOOKS: Dataset = Dataset {
    id: "github.organization_hooks",
    title: "Organization webhooks",
    what: "Where GitHub sends what happens in the organization, and how that is protected.",
    permissions: &["organization_hooks:read"],
    licence: None,
    key: &["/id"],
    records: Reader::Page(|page| {
        let hooks = read::list(page)?;
        hooks.iter().try_for_each(refuse_secret)?;
        Ok(hooks)
    }),
    volatile: &["/updated_at", "/last_response"],
    removed: &[],
    row_cap: None,
    clouds: Clouds::All,
    objectives: &["3.13.8[c]", "3.13.15[a]"],
};

/// Hooks of repositories.
pub static REPOSITORY_HOOKS: Dataset = Dataset {
    id: "github.repository_hooks",
    title: "Repository webhooks",
    what: "Where GitHub sends what happens in each repository, and how that is protected.",
    permissions: &["repository_hooks:read", "metadata:read"],
    records: Reader::Page(about_hooks),
    volatile: &["/answer/*/updated_at", "/answer/*/last_response"],
    objectives: &["3.13.8[c]", "3.13.15[a]"],
    ..ONE_EACH
};

/// A webhook.
#[derive(Clone, Debug, Deserialize)]
pub struct Hook {
    /// Its number.
    pub id: Option<u64>,
    /// Whether anything is sent.
    pub active: Option<bool>,
    /// Where and how.
    pub config: Option<HookConfig>,
}

/// Where and how a webhook sends.
#[derive(Clone, Debug, Deserialize)]
pub struct HookConfig {
    /// Scheme and host.
    pub url: Option<String>,
    /// `"0"` if the receiver's certificate is verified, `"1"` if not; text or number.
    pub insecure_ssl: Option<Value>,
    /// The mask; absent without a secret.
    pub secret: Option<String>,
}

/// Members of a hook's `config` that are kept. Hooks of old services have others, some of them passwords.
const KEPT: [&str; 4] = ["url", "content_type", "insecure_ssl", "secret"];

/// The body with masks in place of secrets and of all of an address but scheme and host, and nothing else of how a hook
/// sends. A body that is no list of hooks stays as it is.
#[must_use]
pub fn without_hook_secrets(body: &[u8]) -> Vec<u8> {
    let Ok(Value::Array(mut hooks)) = serde_json::from_slice(body) else {
        return body.to_vec();
    };
    for hook in &mut hooks {
        let Some(Value::Object(config)) = hook.get_mut("config") else {
            continue;
        };
        config.retain(|member, _| KEPT.contains(&member.as_str()));
        if let Some(secret) = config.get_mut("secret")
            && *secret != ""
            && !secret.is_null()
        {
            *secret = Value::from(MASK);
        }
        if let Some(url @ Value::String(_)) = config.get_mut("url") {
            *url = Value::from(shortened(url.as_str().unwrap_or_default()));
        }
    }
    Value::Array(hooks).to_string().into_bytes()
}

/// Scheme and host of an address; nothing of one that has none.
fn shortened(address: &str) -> String {
    let Some((scheme, rest)) = address.split_once("://") else {
        return "***".to_owned();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    // A name and a password may stand before the host.
    let host = rest[..end].rsplit('@').next().unwrap_or_default();
    format!("{scheme}://{host}{REST}")
}

fn refuse_secret(hook: &Value) -> Result<(), Malformed> {
    let shown = match hook.pointer("/config/secret") {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.is_empty() && text != MASK,
        Some(_) => true,
    };
    let whole = hook
        .pointer("/config/url")
        .and_then(Value::as_str)
        .is_some_and(|url| url != shortened(url));
    let further = hook
        .pointer("/config")
        .and_then(Value::as_object)
        .is_some_and(|config| config.keys().any(|member| !KEPT.contains(&member.as_str())));
    match shown || whole || further {
        true => Err(Malformed("it holds the secret of a webhook".to_owned())),
        false => Ok(()),
    }
}

fn about_hooks(page: &RawPage<'_>) -> Result<Vec<Value>, Malformed> {
    let records = read::about(page, Shape::List, &[])?;
    let hooks = records
        .iter()
        .filter_map(|record| record["answer"].as_array());
    hooks.flatten().try_for_each(refuse_secret)?;
    Ok(records)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::{super::read::tests::origin, *};

    const SHOWN: &str = r#"[{"id":1,"config":{"url":"https://u:p@chat.example/T0/B1?k=v","secret":"s3cr3t","token":"t0ken","room":"9"}},{"id":2,"config":{"url":"http://build.example","secret":""}},{"id":3,"config":{"url":"nowhere"}},{"id":4},7]"#;

    #[test]
    fn a_secret_leaves_its_mask_and_an_address_its_host() {
        let kept = without_hook_secrets(SHOWN.as_bytes());
        let hooks: Value = serde_json::from_slice(&kept).unwrap();
        assert_eq!(hooks[0]["config"]["secret"], MASK);
        assert_eq!(hooks[0]["config"]["url"], "https://chat.example/***");
        assert_eq!(
            hooks[1]["config"]["secret"], "",
            "that there is none is kept"
        );
        assert_eq!(hooks[1]["config"]["url"], "http://build.example/***");
        assert_eq!(hooks[2]["config"]["url"], "***");
        let text = String::from_utf8(kept.clone()).unwrap();
        for lost in ["s3cr3t", "u:p", "T0", "k=v", "nowhere", "t0ken", "room"] {
            assert!(!text.contains(lost), "{lost}");
        }
        assert_eq!(without_hook_secrets(&kept), kept, "twice is once");
        assert_eq!(without_hook_secrets(b"{}"), b"{}");
    }

    #[test]
    fn a_page_that_shows_a_secret_is_refused() {
        let origin = origin(200, Some("a/b"));
        let read = |body: &str| {
            let page = RawPage {
                body: body.as_bytes(),
                origin: &origin,
            };
            let whole = ORGANIZATION_HOOKS.read(&page).is_ok();
            assert_eq!(whole, REPOSITORY_HOOKS.read(&page).is_ok(), "{body}");
            whole
        };
        assert!(read(
            r#"[{"config":{"secret":"********","url":"https://a.example/***"}},{"config":{}}]"#
        ));
        assert!(!read(r#"[{"config":{"secret":"s3cr3t"}}]"#));
        assert!(!read(r#"[{"config":{"secret":7}}]"#));
        assert!(!read(r#"[{"config":{"password":"p"}}]"#));
        assert!(!read(r#"[{"config":{"url":"https://a.example/T0"}}]"#));
    }
}
