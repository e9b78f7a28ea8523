//! Commands that set up the access, generated from the permissions so that the two never drift apart.

use super::{Manifest, Permission};
use serde::{Deserialize, Serialize};

/// A template. `{{permissions}}` and `{{role_ids}}` stand for the lists, one a line in the form of `item`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
pub struct Script {
    /// The cloud it is for; `*` for every one.
    pub cloud: String,
    /// What it does, e.g. "Create the app registration with PowerShell".
    pub label: String,
    /// `powershell`, `bash`, `json`, ...
    pub language: String,
    /// How one entry of a list is written; `{}` stands for the value. Commas between entries belong to `between`.
    #[serde(default = "plain")]
    pub item: String,
    /// What stands between two entries.
    #[serde(default = "line_end")]
    pub between: String,
    /// The text.
    pub text: String,
}

fn plain() -> String {
    "{}".to_owned()
}

fn line_end() -> String {
    "\n".to_owned()
}

/// A script ready to paste.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RenderedScript {
    /// What it does.
    pub label: String,
    /// What it is written in.
    pub language: String,
    /// The text.
    pub text: String,
}

/// What a template has in place of the permissions' names.
const PERMISSIONS: &str = "{{permissions}}";

/// What it has in place of their ids at the service.
const ROLE_IDS: &str = "{{role_ids}}";

impl Manifest {
    /// The scripts of a cloud, filled in with every permission. `{{cloud}}`, `{{console}}` and `{{host:NAME}}` are that
    /// cloud's.
    #[must_use]
    pub fn scripts_for(&self, cloud: &str) -> Vec<RenderedScript> {
        let all: Vec<&Permission> = self.permissions.iter().collect();
        self.scripts_granting(cloud, &all)
    }

    /// The scripts of a cloud, filled in with these permissions alone. A script that would list none is left out: a policy
    /// that grants nothing is none.
    #[must_use]
    pub fn scripts_granting(
        &self,
        cloud: &str,
        permissions: &[&Permission],
    ) -> Vec<RenderedScript> {
        let like = self.like(cloud);
        let lists =
            |script: &Script| script.text.contains(PERMISSIONS) || script.text.contains(ROLE_IDS);
        self.scripts
            .iter()
            .filter(|script| script.cloud == "*" || script.cloud == like)
            .filter(|script| !permissions.is_empty() || !lists(script))
            .map(|script| RenderedScript {
                label: script.label.clone(),
                language: script.language.clone(),
                text: self.render(script, like, permissions),
            })
            .collect()
    }

    fn render(&self, script: &Script, cloud: &str, permissions: &[&Permission]) -> String {
        let list = |values: Vec<&str>| {
            values
                .iter()
                .map(|value| script.item.replace("{}", value))
                .collect::<Vec<_>>()
                .join(&script.between)
        };
        let grants = permissions
            .iter()
            .map(|permission| permission.grant.as_str())
            .collect();
        let roles = permissions
            .iter()
            .filter_map(|permission| permission.role_id.as_deref())
            .collect();
        let mut text = script
            .text
            .replace(PERMISSIONS, &list(grants))
            .replace(ROLE_IDS, &list(roles))
            .replace("{{cloud}}", cloud);
        if let Some(cloud) = self.clouds.iter().find(|entry| entry.id == cloud) {
            text = text.replace("{{console}}", &cloud.console);
            for (name, host) in &cloud.hosts {
                text = text.replace(&format!("{{{{host:{name}}}}}"), host);
            }
        }
        text
    }
}
