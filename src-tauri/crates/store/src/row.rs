//! How the words of the domain are written into columns and read back.

use crate::{Result, StoreError};
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Row, sqlite::SqliteRow};
use std::str::FromStr;

/// Reads a column that holds the text form of `T`.
pub(crate) fn parsed<T: FromStr>(row: &SqliteRow, column: &str) -> Result<T> {
    let text: String = row.try_get(column)?;
    text.parse().map_err(|_| unreadable(column))
}

/// Reads a column that holds the text form of `T` or nothing.
pub(crate) fn parsed_option<T: FromStr>(row: &SqliteRow, column: &str) -> Result<Option<T>> {
    let text: Option<String> = row.try_get(column)?;
    text.map(|text| text.parse().map_err(|_| unreadable(column)))
        .transpose()
}

/// Reads a column that holds JSON.
pub(crate) fn json<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T> {
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).map_err(|_| unreadable(column))
}

/// Reads a column that holds JSON or nothing.
pub(crate) fn json_option<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<Option<T>> {
    let text: Option<String> = row.try_get(column)?;
    text.map(|text| serde_json::from_str(&text).map_err(|_| unreadable(column)))
        .transpose()
}

/// Reads a column that holds one of the words of an enumeration.
pub(crate) fn word<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<T> {
    let text: String = row.try_get(column)?;
    serde_json::from_value(text.into()).map_err(|_| unreadable(column))
}

/// Reads a column that holds one of the words of an enumeration or nothing.
pub(crate) fn word_option<T: DeserializeOwned>(row: &SqliteRow, column: &str) -> Result<Option<T>> {
    let text: Option<String> = row.try_get(column)?;
    text.map(|text| serde_json::from_value(text.into()).map_err(|_| unreadable(column)))
        .transpose()
}

/// Reads a count. Columns are signed, counts are not.
pub(crate) fn count(row: &SqliteRow, column: &str) -> Result<u64> {
    let number: i64 = row.try_get(column)?;
    number.try_into().map_err(|_| unreadable(column))
}

/// Reads a small count.
pub(crate) fn small<T: TryFrom<i64>>(row: &SqliteRow, column: &str) -> Result<T> {
    let number: i64 = row.try_get(column)?;
    number.try_into().map_err(|_| unreadable(column))
}

/// The canonical JSON text of `value`.
pub(crate) fn to_json<T: Serialize>(value: &T) -> Result<String> {
    let bytes = evidence::canonical_json(value)?;
    String::from_utf8(bytes)
        .map_err(|_| StoreError::refused("The value can't be recorded: it is not text."))
}

/// The word of an enumeration's value.
pub(crate) fn to_word<T: Serialize>(value: &T) -> Result<String> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        _ => Err(StoreError::refused(
            "The value can't be recorded: it is not a word.",
        )),
    }
}

/// A count as a column holds it.
pub(crate) fn to_column(count: u64) -> Result<i64> {
    count
        .try_into()
        .map_err(|_| StoreError::refused("The number is too large to be recorded."))
}

fn unreadable(column: &str) -> StoreError {
    StoreError::damaged(format!("column {column} can't be read"))
}
