//! The three small tables of working state share their shape: a key and a JSON value.

/// Functions over one such table.
macro_rules! key_value {
    ($table:literal) => {
        use crate::{Result, StoreError, Tx};
        use serde::{Serialize, de::DeserializeOwned};
        use sqlx::{Row as _, SqliteConnection};

        /// The value under `key`; `None` when there is none.
        ///
        /// # Errors
        /// [`StoreError::Damaged`] when it is not a `T`; otherwise what the database says.
        pub async fn get<T: DeserializeOwned>(
            connection: &mut SqliteConnection,
            key: &str,
        ) -> Result<Option<T>> {
            let text: Option<String> =
                sqlx::query_scalar(concat!("SELECT value FROM ", $table, " WHERE key = ?1"))
                    .bind(key)
                    .fetch_optional(connection)
                    .await?;
            text.map(|text| {
                serde_json::from_str(&text).map_err(|_| {
                    StoreError::damaged(concat!("a value in ", $table, " can't be read"))
                })
            })
            .transpose()
        }

        /// Puts `value` under `key`, in place of what was there.
        ///
        /// # Errors
        /// What the database says.
        pub async fn set<T: Serialize>(tx: &mut Tx, key: &str, value: &T) -> Result<()> {
            tx.check()?;
            let text = crate::row::to_json(value)?;
            let set = sqlx::query(concat!(
                "INSERT INTO ",
                $table,
                " (key, value) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET value = excluded.value"
            ))
            .bind(key)
            .bind(text)
            .execute(&mut **tx)
            .await;
            tx.note(set.map_err(StoreError::from))?;
            Ok(())
        }

        /// Removes what is under `key`; nothing happens when there is nothing.
        ///
        /// # Errors
        /// What the database says.
        pub async fn remove(tx: &mut Tx, key: &str) -> Result<()> {
            tx.check()?;
            let removed = sqlx::query(concat!("DELETE FROM ", $table, " WHERE key = ?1"))
                .bind(key)
                .execute(&mut **tx)
                .await;
            tx.note(removed.map_err(StoreError::from))?;
            Ok(())
        }

        /// Every key and its value, by key.
        ///
        /// # Errors
        /// [`StoreError::Damaged`] when a value is not JSON; otherwise what the database says.
        pub async fn list(
            connection: &mut SqliteConnection,
        ) -> Result<Vec<(String, serde_json::Value)>> {
            sqlx::query(concat!("SELECT key, value FROM ", $table, " ORDER BY key"))
                .fetch_all(connection)
                .await?
                .iter()
                .map(|row| Ok((row.try_get("key")?, crate::row::json(row, "value")?)))
                .collect()
        }
    };
}

pub(crate) use key_value;
