//! The company this vault belongs to.

use crate::{
    CompanyProfile, Result,
    row::{parsed, small},
};
use evidence::{CompanyId, Timestamp};
use sqlx::{Row as _, SqliteConnection};

/// The company as it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Company {
    /// Its id.
    pub id: CompanyId,
    /// Its profile.
    pub profile: CompanyProfile,
    /// When it was created.
    pub created_at: Timestamp,
    /// When its profile was last changed.
    pub updated_at: Timestamp,
}

/// The company; `None` before it is created.
///
/// # Errors
/// What the database says.
pub async fn get(connection: &mut SqliteConnection) -> Result<Option<Company>> {
    let Some(row) = sqlx::query("SELECT * FROM company")
        .fetch_optional(connection)
        .await?
    else {
        return Ok(None);
    };
    Ok(Some(Company {
        id: parsed(&row, "id")?,
        profile: CompanyProfile {
            name: row.try_get("name")?,
            level: small(&row, "level")?,
            zone: row.try_get("zone")?,
            cage_code: row.try_get("cage_code")?,
            uei: row.try_get("uei")?,
            scope: row.try_get("scope")?,
            demo: row.try_get("demo")?,
        },
        created_at: parsed(&row, "created_at")?,
        updated_at: parsed(&row, "updated_at")?,
    }))
}
