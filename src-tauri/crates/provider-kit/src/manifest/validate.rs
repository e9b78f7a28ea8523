//! A manifest that contradicts itself is refused when it is read, not when somebody clicks.

use super::{CUSTOM, Field, FieldKind, Manifest};
use regex_lite::Regex;
use std::collections::BTreeSet;

/// Why a manifest is refused.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// Not TOML of the manifest's shape.
    #[error("the manifest is not readable: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// Readable, but wrong: everything that is.
    #[error("the manifest of {id} is wrong: {}", .problems.join(" "))]
    Wrong {
        /// The provider's id.
        id: String,
        /// A sentence each.
        problems: Vec<String>,
    },
}

/// Whether `pattern` matches all of `text`. A pattern that does not compile matches nothing.
pub(super) fn matches_whole(pattern: &str, text: &str) -> bool {
    whole(pattern).is_ok_and(|regex| regex.is_match(text))
}

fn whole(pattern: &str) -> Result<Regex, regex_lite::Error> {
    Regex::new(&format!(r"\A(?:{pattern})\z"))
}

impl Manifest {
    /// Reads and validates a manifest.
    ///
    /// # Errors
    ///
    /// [`ManifestError`], with everything that is wrong.
    pub fn parse(text: &str) -> Result<Self, ManifestError> {
        let manifest: Self = toml::from_str(text)?;
        let problems = manifest.problems();
        if problems.is_empty() {
            Ok(manifest)
        } else {
            Err(ManifestError::Wrong {
                id: manifest.id,
                problems,
            })
        }
    }

    /// What contradicts itself, in sentences.
    #[must_use]
    pub fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        self.identity(&mut problems);
        self.places(&mut problems);
        self.dialog(&mut problems);
        self.rights(&mut problems);
        self.settings(&mut problems);
        problems
    }

    fn identity(&self, problems: &mut Vec<String>) {
        if !is_id(&self.id, '-') {
            problems.push(format!(
                "The id {:?} is not lower-case words with hyphens.",
                self.id
            ));
        }
        if self.monogram.chars().count() != 2 {
            problems.push("The monogram has not two letters.".to_owned());
        }
        for (what, text) in [("name", &self.name), ("summary", &self.summary)] {
            if text.trim().is_empty() {
                problems.push(format!("The {what} is empty."));
            }
        }
        if self.reads.is_empty() || self.never_reads.is_empty() {
            problems.push("It does not say what is read and what never is.".to_owned());
        }
        if !self.may_open(&self.docs_url) {
            problems.push("docs_url is not https to one of link_hosts.".to_owned());
        }
    }

    fn places(&self, problems: &mut Vec<String>) {
        unique(
            "cloud",
            self.clouds.iter().map(|cloud| cloud.id.as_str()),
            problems,
        );
        if self.clouds.is_empty() {
            problems.push("It has no cloud.".to_owned());
        }
        for cloud in &self.clouds {
            if !is_id(&cloud.id, '-') || cloud.id == CUSTOM {
                problems.push(format!("{:?} can't be the id of a cloud.", cloud.id));
            }
            if !self.may_open(&cloud.console) {
                problems.push(format!(
                    "The console of {} is not https to one of link_hosts.",
                    cloud.id
                ));
            }
            for (role, host) in &cloud.hosts {
                let right = url::Url::parse(host)
                    .is_ok_and(|url| url.scheme() == "https" && url.query().is_none());
                if !right || host.ends_with('/') {
                    problems.push(format!(
                        "The host {role} of {} is not https without a trailing slash.",
                        cloud.id
                    ));
                }
            }
        }
        if !self
            .clouds
            .iter()
            .any(|cloud| cloud.id == self.custom.like_default)
        {
            problems.push("custom.like_default is no cloud.".to_owned());
        }
        if self.custom.fields.is_empty() {
            problems.push("A custom endpoint has no field for its address.".to_owned());
        }
        for name in &self.custom.fields {
            if self
                .field(name)
                .is_none_or(|field| field.kind != FieldKind::Text)
                || !name.ends_with("_url")
            {
                problems.push(format!("{name} is not a text field that ends in _url."));
            }
        }
    }

    fn dialog(&self, problems: &mut Vec<String>) {
        unique(
            "field",
            self.fields.iter().map(|field| field.name.as_str()),
            problems,
        );
        unique(
            "sign-in",
            self.auth.iter().map(|method| method.id.as_str()),
            problems,
        );
        if self.auth.is_empty() {
            problems.push("It has no way to sign in.".to_owned());
        }
        for method in &self.auth {
            if !is_id(&method.id, '_') {
                problems.push(format!("{:?} can't be the id of a sign-in.", method.id));
            }
            for name in &method.fields {
                if self.field(name).is_none() || self.custom.fields.contains(name) {
                    problems.push(format!(
                        "The sign-in {} names {name}, which is no field of its own.",
                        method.id
                    ));
                }
            }
        }
        self.interactive_problems(problems);
        for field in &self.fields {
            problems.extend(wrong_field(field));
        }
    }

    fn rights(&self, problems: &mut Vec<String>) {
        unique(
            "permission",
            self.permissions
                .iter()
                .map(|permission| permission.grant.as_str()),
            problems,
        );
        for permission in &self.permissions {
            if permission.why.trim().is_empty() {
                problems.push(format!("{} has no reason.", permission.grant));
            }
        }
        for excess in &self.excess {
            let compiles = excess
                .pattern
                .as_deref()
                .is_none_or(|pattern| whole(pattern).is_ok());
            if !compiles
                || excess.why.trim().is_empty()
                || (excess.pattern.is_none() && excess.grants.is_empty())
            {
                problems.push(
                    "An excess entry needs a pattern that compiles or grants, and a reason."
                        .to_owned(),
                );
            }
            for grant in &excess.grants {
                if self.permission(grant).is_some() {
                    problems.push(format!("{grant} is needed and in excess at once."));
                }
            }
        }
        for script in &self.scripts {
            if script.cloud != "*" && !self.clouds.iter().any(|cloud| cloud.id == script.cloud) {
                problems.push(format!(
                    "A script is for {}, which is no cloud.",
                    script.cloud
                ));
            }
            for cloud in self
                .clouds
                .iter()
                .filter(|cloud| script.cloud == "*" || script.cloud == cloud.id)
            {
                if self
                    .scripts_for(&cloud.id)
                    .iter()
                    .any(|rendered| rendered.text.contains("{{"))
                {
                    problems.push(format!(
                        "A script of {} has an unknown {{{{placeholder}}}}.",
                        cloud.id
                    ));
                }
            }
        }
    }

    fn settings(&self, problems: &mut Vec<String>) {
        unique(
            "parameter",
            self.parameters
                .iter()
                .map(|parameter| parameter.key.as_str()),
            problems,
        );
        for parameter in &self.parameters {
            if let Err(problem) = parameter.check(&parameter.default) {
                problems.push(format!("The default of {}: {problem}", parameter.key));
            }
            if parameter.help.trim().is_empty() {
                problems.push(format!("{} does not say what it changes.", parameter.key));
            }
        }
    }
}

fn wrong_field(field: &Field) -> Vec<String> {
    let name = &field.name;
    let mut problems = Vec::new();
    if !is_id(name, '_')
        || matches!(
            name.as_str(),
            "cloud" | "like" | "auth" | crate::auth::SIGNED_IN
        )
    {
        problems.push(format!("{name:?} can't be the name of a field."));
    }
    if (field.kind == FieldKind::Choice) == field.options.is_empty() {
        problems.push(format!("{name}: choices, and only they, have options."));
    }
    match field.pattern.as_deref() {
        Some(pattern) if whole(pattern).is_err() => {
            problems.push(format!("{name}: the pattern does not compile."))
        }
        Some(pattern)
            if field.kind != FieldKind::RegionList && !matches_whole(pattern, &field.example) =>
        {
            problems.push(format!("{name}: the example does not match the pattern."));
        }
        _ => {}
    }
    problems
}

fn unique<'a>(what: &str, names: impl Iterator<Item = &'a str>, problems: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for name in names {
        if !seen.insert(name) {
            problems.push(format!("The {what} {name} is there twice."));
        }
    }
}

/// Lower-case letters and digits in words, with `between` them.
pub(crate) fn is_id(text: &str, between: char) -> bool {
    text.split(between).all(|word| {
        !word.is_empty()
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}
