//! From what was typed or pasted to what is stored: cleaned, validated, secrets apart.

use super::{CUSTOM, Field, FieldKind, Manifest, cloud::check_endpoint, validate::matches_whole};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use zeroize::Zeroize;

/// A field that can't be right: the dialog marks it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{field}: {message}")]
#[serde(rename_all = "camelCase")]
pub struct FieldError {
    /// Its name.
    pub field: String,
    /// What is wrong and what to do. Never repeats the value.
    pub message: String,
}

impl FieldError {
    /// An error at `field`.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            message: message.into(),
        }
    }
}

/// Something that was mended in a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Notice {
    /// The field's name.
    pub field: String,
    /// What was mended. Never repeats the value.
    pub message: String,
}

/// Fields ready to use.
#[derive(Debug)]
pub struct Cleaned {
    /// The chosen cloud.
    pub cloud: String,
    /// The way to sign in.
    pub auth: String,
    /// Plain fields; `cloud`, `auth` and for a custom one `like` are among them.
    pub config: BTreeMap<String, String>,
    /// Secret fields.
    pub secrets: BTreeMap<String, SecretString>,
    /// What was mended.
    pub notices: Vec<Notice>,
}

impl Manifest {
    /// The way to sign in whose required fields are all among `names`; the first one that fits, else the first one.
    /// One in which a person signs in is never guessed: it has to be named.
    #[must_use]
    pub fn infer_auth<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> &str {
        let names: BTreeSet<&str> = names.into_iter().collect();
        let fits = |fields: &[String]| {
            fields
                .iter()
                .filter_map(|name| self.field(name))
                .all(|field| !field.required || names.contains(field.name.as_str()))
        };
        self.auth
            .iter()
            .find(|method| method.interactive.is_none() && fits(&method.fields))
            .or(self.auth.first())
            .map_or("", |method| method.id.as_str())
    }

    /// Cleans and validates `values` for the sign-in `auth_id`. `cloud` and `like` may be among them.
    /// The plain copies of secrets are wiped.
    ///
    /// # Errors
    ///
    /// The first field that is unknown, missing or not acceptable, in the order of the manifest.
    pub fn clean(
        &self,
        auth_id: &str,
        mut values: BTreeMap<String, String>,
    ) -> Result<Cleaned, FieldError> {
        let result = self.sort_out(auth_id, &values);
        values.values_mut().for_each(Zeroize::zeroize);
        result
    }

    fn sort_out(
        &self,
        auth_id: &str,
        values: &BTreeMap<String, String>,
    ) -> Result<Cleaned, FieldError> {
        let method = self.auth_method(auth_id).ok_or_else(|| {
            let ids: Vec<&str> = self.auth.iter().map(|method| method.id.as_str()).collect();
            FieldError::new("auth", format!("Choose one of {}.", ids.join(", ")))
        })?;
        let mut cleaned = Cleaned {
            cloud: String::new(),
            auth: method.id.clone(),
            config: BTreeMap::from([("auth".to_owned(), method.id.clone())]),
            secrets: BTreeMap::new(),
            notices: Vec::new(),
        };
        for name in ["cloud", "like"] {
            if let Some(value) = values
                .get(name)
                .map(|value| value.trim())
                .filter(|value| !value.is_empty())
            {
                cleaned.config.insert(name.to_owned(), value.to_owned());
            }
        }
        let default = self
            .clouds
            .first()
            .map_or(CUSTOM, |cloud| cloud.id.as_str());
        cleaned.cloud = cleaned
            .config
            .entry("cloud".to_owned())
            .or_insert_with(|| default.to_owned())
            .clone();
        let custom = cleaned.cloud == CUSTOM;
        if custom {
            cleaned
                .config
                .entry("like".to_owned())
                .or_insert_with(|| self.custom.like_default.clone());
        } else if cleaned.config.contains_key("like") {
            return Err(FieldError::new(
                "like",
                "This is for a custom endpoint only: choose the cloud `custom`, or leave it out.",
            ));
        }
        for name in values.keys() {
            let known =
                matches!(name.as_str(), "cloud" | "like" | "auth") || self.field(name).is_some();
            if !known {
                return Err(FieldError::new(
                    name,
                    format!("{} has no such field.", self.name),
                ));
            }
        }
        for field in &self.fields {
            let is_endpoint = self.custom.fields.contains(&field.name);
            let value = values.get(&field.name);
            let empty = value.is_none_or(|value| value.trim().is_empty());
            let used = if is_endpoint {
                custom
            } else {
                self.is_used(field, &method.fields)
            };
            if !used {
                if empty {
                    continue;
                }
                let message = if is_endpoint {
                    "This is for a custom endpoint only: choose the cloud `custom`, or leave it out.".to_owned()
                } else {
                    format!(
                        "{} is not used with this way to sign in ({}).",
                        field.label, method.label
                    )
                };
                return Err(FieldError::new(&field.name, message));
            }
            let text = value
                .map(|value| mend(field, value, &mut cleaned.notices))
                .unwrap_or_default();
            if text.is_empty() {
                if field.required || is_endpoint {
                    return Err(FieldError::new(
                        &field.name,
                        format!("Enter {}.", field.label),
                    ));
                }
                continue;
            }
            let text = accept(field, text)?;
            if is_endpoint {
                check_endpoint(&field.name, &text)?;
            }
            if field.kind.is_secret() {
                cleaned
                    .secrets
                    .insert(field.name.clone(), SecretString::from(text));
            } else {
                cleaned.config.insert(field.name.clone(), text);
            }
        }
        self.cloud(&cleaned.config)?;
        Ok(cleaned)
    }

    /// A field that no way to sign in names is common to all.
    pub(super) fn is_used(&self, field: &Field, of_method: &[String]) -> bool {
        of_method.contains(&field.name)
            || !self
                .auth
                .iter()
                .any(|method| method.fields.contains(&field.name))
    }
}

/// Takes away what copying brings along. Says so, as the user may wonder why it is accepted here and not elsewhere.
fn mend(field: &Field, value: &str, notices: &mut Vec<Notice>) -> String {
    let mut notice = |message: &str| {
        notices.push(Notice {
            field: field.name.clone(),
            message: message.to_owned(),
        });
    };
    // Room for all of it: a growing string would leave copies of a secret behind.
    let mut text = String::with_capacity(value.len());
    text.extend(value.chars().filter(|c| !is_invisible(*c)));
    if text.len() != value.len() {
        notice("Invisible characters were removed.");
    }
    if field.kind == FieldKind::MultilineSecret {
        if !text.contains('\n') && text.contains("\\n") {
            text = replaced(text, "\\n", "\n");
            notice("Written-out line breaks (\\n) were made real ones.");
        }
        text = replaced(text, "\r\n", "\n");
        return trimmed(text);
    }
    let before = text.len();
    text = trimmed(text);
    if text.len() != before {
        notice("Spaces around it were removed.");
    }
    for (open, close) in [
        ('"', '"'),
        ('\'', '\''),
        ('\u{201c}', '\u{201d}'),
        ('`', '`'),
    ] {
        let inner = text
            .strip_prefix(open)
            .and_then(|text| text.strip_suffix(close))
            .map(|inner| inner.trim().to_owned());
        if let Some(inner) = inner {
            text.zeroize();
            text = inner;
            notice("Quotation marks around it were removed.");
        }
    }
    if text.chars().any(|c| full_width(c).is_some()) {
        let plain = text.chars().map(|c| full_width(c).unwrap_or(c)).collect();
        text.zeroize();
        text = plain;
        notice("Full-width letters and digits were made plain ones.");
    }
    text
}

fn trimmed(mut text: String) -> String {
    let kept = text.trim().to_owned();
    text.zeroize();
    kept
}

fn replaced(mut text: String, from: &str, to: &str) -> String {
    let other = text.replace(from, to);
    text.zeroize();
    other
}

/// Byte order mark, zero-width and direction marks, soft hyphen.
const fn is_invisible(c: char) -> bool {
    matches!(c, '\u{feff}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{00ad}')
}

fn full_width(c: char) -> Option<char> {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0),
        '\u{3000}' => Some(' '),
        _ => None,
    }
}

/// Checks a mended value that is not empty, and gives it its stored form.
fn accept(field: &Field, mut text: String) -> Result<String, FieldError> {
    let wrong = |message: String| Err(FieldError::new(&field.name, message));
    if field.kind != FieldKind::MultilineSecret && text.chars().any(char::is_control) {
        text.zeroize();
        return wrong(format!(
            "{} has a line break or control character in the middle.",
            field.label
        ));
    }
    if field.kind == FieldKind::Choice && !field.options.iter().any(|option| option.value == text) {
        let values: Vec<&str> = field
            .options
            .iter()
            .map(|option| option.value.as_str())
            .collect();
        return wrong(format!("Choose one of {}.", values.join(", ")));
    }
    let matches = |value: &str| {
        field
            .pattern
            .as_deref()
            .is_none_or(|pattern| matches_whole(pattern, value))
    };
    let accepted = if field.kind == FieldKind::RegionList {
        let mut regions: Vec<String> = Vec::new();
        for region in text
            .split([',', ' ', ';'])
            .map(str::trim)
            .filter(|region| !region.is_empty())
        {
            let region = region.to_lowercase();
            if !regions.contains(&region) {
                regions.push(region);
            }
        }
        text = regions.join(",");
        regions.iter().all(|region| matches(region))
    } else {
        matches(&text)
    };
    if accepted {
        return Ok(text);
    }
    text.zeroize();
    let advice = field
        .pattern_help
        .clone()
        .unwrap_or_else(|| format!("It looks like this: {}", field.example));
    wrong(format!("{} does not look right. {advice}", field.label))
}
