//! What a company can set for its checks: thresholds, exemptions, organisation-defined values.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One parameter with its default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all(serialize = "camelCase"), deny_unknown_fields)]
pub struct Parameter {
    /// `<provider id>.<snake_case>`, or a shared key.
    pub key: String,
    /// Its label.
    pub label: String,
    /// What it changes.
    pub help: String,
    /// What it holds.
    pub kind: ParameterKind,
    /// The value where nobody set one.
    pub default: Value,
    /// The smallest number.
    pub min: Option<i64>,
    /// The largest number.
    pub max: Option<i64>,
    /// The unit, e.g. `days`.
    pub unit: Option<String>,
}

/// What a parameter holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParameterKind {
    /// A whole number.
    Integer,
    /// A whole number from 0 to 100.
    Percent,
    /// Texts: names or ids.
    List,
    /// One text.
    Text,
}

impl Parameter {
    /// Checks a value, as JSON, against kind and limits.
    ///
    /// # Errors
    ///
    /// A sentence that says what is accepted.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        let label = &self.label;
        match self.kind {
            ParameterKind::Integer | ParameterKind::Percent => {
                let (mut min, mut max) =
                    (self.min.unwrap_or(i64::MIN), self.max.unwrap_or(i64::MAX));
                if self.kind == ParameterKind::Percent {
                    (min, max) = (min.max(0), max.min(100));
                }
                let number = value
                    .as_i64()
                    .ok_or_else(|| format!("{label} is a whole number."))?;
                if (min..=max).contains(&number) {
                    Ok(())
                } else if min == i64::MIN {
                    Err(format!("{label} is at most {max}."))
                } else if max == i64::MAX {
                    Err(format!("{label} is at least {min}."))
                } else {
                    Err(format!("{label} is between {min} and {max}."))
                }
            }
            ParameterKind::List => match value {
                Value::Array(items)
                    if items
                        .iter()
                        .all(|item| item.as_str().is_some_and(|text| !text.trim().is_empty())) =>
                {
                    Ok(())
                }
                _ => Err(format!("{label} is a list of texts, none of them empty.")),
            },
            ParameterKind::Text => match value {
                Value::String(_) => Ok(()),
                _ => Err(format!("{label} is a text.")),
            },
        }
    }

    /// Reads a value as it is typed: a number, or texts with commas between.
    ///
    /// # Errors
    ///
    /// A sentence that says what is accepted.
    pub fn read(&self, text: &str) -> Result<Value, String> {
        let text = text.trim();
        let value = match self.kind {
            ParameterKind::Integer | ParameterKind::Percent => {
                let digits = text.strip_suffix('%').unwrap_or(text).trim();
                digits.parse::<i64>().map_or(Value::Null, Value::from)
            }
            ParameterKind::List => text
                .split(',')
                .map(str::trim)
                .filter(|item| !item.is_empty())
                .map(Value::from)
                .collect(),
            ParameterKind::Text => Value::from(text),
        };
        self.check(&value)?;
        Ok(value)
    }
}
