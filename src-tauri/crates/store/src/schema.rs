//! The layout's version: what is known, what is refused, what is migrated.

use crate::{Result, StoreError, backup, open::Opener};
use sqlx::{SqliteConnection, migrate::Migrator};

static MIGRATIONS: Migrator = sqlx::migrate!("../../../migrations");

/// The newest layout this version knows: the number of the last migration.
pub const KNOWN_SCHEMA: i64 = 3;

/// "CMMC" as a number, in the file's header: tells a vault from any other SQLCipher database.
const APPLICATION_ID: i64 = 0x434D_4D43;

/// The layout's version, if this is a vault and not a newer one.
pub(crate) async fn check(connection: &mut SqliteConnection) -> Result<i64> {
    let found: i64 = sqlx::query_scalar("PRAGMA user_version")
        .fetch_one(&mut *connection)
        .await?;
    let application: i64 = sqlx::query_scalar("PRAGMA application_id")
        .fetch_one(&mut *connection)
        .await?;
    if application != APPLICATION_ID || found < 1 {
        return Err(StoreError::damaged("it holds no vault"));
    }
    if found > KNOWN_SCHEMA {
        return Err(StoreError::NewerVault {
            found,
            known: KNOWN_SCHEMA,
        });
    }
    Ok(found)
}

/// As [`check`], and also refuses an older layout, which reading alone can't bring up to date.
pub(crate) async fn check_readable(connection: &mut SqliteConnection) -> Result<()> {
    let found = check(connection).await?;
    if found < KNOWN_SCHEMA {
        return Err(StoreError::refused(
            "The vault has an older layout. Open it once for writing to bring it up to date.",
        ));
    }
    Ok(())
}

/// Brings an opened vault of layout `found` up to date; a verified copy of it is made first.
pub(crate) async fn upgrade(
    opener: &Opener,
    connection: &mut SqliteConnection,
    found: i64,
) -> Result<()> {
    upgrade_with(&MIGRATIONS, KNOWN_SCHEMA, opener, connection, found).await
}

async fn upgrade_with(
    migrations: &Migrator,
    known: i64,
    opener: &Opener,
    connection: &mut SqliteConnection,
    found: i64,
) -> Result<()> {
    if found == known {
        return Ok(());
    }
    let mut copy = opener.path().as_os_str().to_owned();
    copy.push(format!(".before-{known}"));
    backup::copy(opener, connection, copy.as_ref(), backup::Existing::Replace).await?;
    run(migrations, connection).await
}

/// Applies what is not applied yet.
pub(crate) async fn migrate(connection: &mut SqliteConnection) -> Result<()> {
    run(&MIGRATIONS, connection).await
}

async fn run(migrations: &Migrator, connection: &mut SqliteConnection) -> Result<()> {
    use sqlx::migrate::MigrateError;
    // Not `run`: its `Acquire` keeps the compiler from seeing that callers' futures can move between threads.
    migrations
        .run_direct(None, connection, false)
        .await
        .map_err(|error| match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
            MigrateError::VersionMismatch(version) | MigrateError::VersionMissing(version) => {
                StoreError::damaged(format!(
                    "layout change {version} is not the one this product made"
                ))
            }
            _ => StoreError::Query { code: 0 },
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{Access, DATABASE_FILE, Store, open::Mode, verify};
    use sqlx::migrate::{Migration, MigrationType};
    use std::borrow::Cow;
    use vault::Secret32;

    /// A later layout's version.
    const NEXT: i64 = 99;

    fn key() -> Secret32 {
        Secret32::from_bytes([9; 32])
    }

    /// The migrations that a later version might have.
    fn later(sql: &'static str) -> Migrator {
        let mut migrations = MIGRATIONS.migrations.to_vec();
        migrations.push(Migration::new(
            NEXT,
            Cow::Borrowed("later"),
            MigrationType::Simple,
            sqlx::SqlStr::from_static(sql),
            false,
        ));
        Migrator {
            migrations: Cow::Owned(migrations),
            ..Migrator::DEFAULT
        }
    }

    async fn made() -> (tempfile::TempDir, Opener) {
        let dir = tempfile::tempdir().unwrap();
        Store::create(dir.path(), &key())
            .await
            .unwrap()
            .close()
            .await
            .unwrap();
        let opener = Opener::new(dir.path().join(DATABASE_FILE), &key());
        (dir, opener)
    }

    #[test]
    fn the_known_layout_is_that_of_the_last_migration() {
        let last = MIGRATIONS
            .migrations
            .iter()
            .map(|migration| migration.version)
            .max();
        assert_eq!(last, Some(KNOWN_SCHEMA));
    }

    #[test]
    fn migrations_have_unix_line_ends() {
        for migration in MIGRATIONS.migrations.iter() {
            assert!(
                !migration.sql.as_str().contains('\r'),
                "the checksum would depend on the platform"
            );
        }
    }

    #[tokio::test]
    async fn a_verified_copy_is_made_before_the_layout_changes() {
        let (dir, opener) = made().await;
        let mut connection = opener
            .connect(Mode::Writer { create: false })
            .await
            .unwrap();
        let migrations = later("ALTER TABLE runs ADD COLUMN later TEXT; PRAGMA user_version = 99;");
        // A leftover of an earlier attempt is no obstacle.
        std::fs::write(
            dir.path().join(format!("vault.db.before-{NEXT}.partial")),
            b"half",
        )
        .unwrap();
        upgrade_with(&migrations, NEXT, &opener, &mut connection, KNOWN_SCHEMA)
            .await
            .unwrap();
        let found: i64 = sqlx::query_scalar("PRAGMA user_version")
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        assert_eq!(found, NEXT);
        connection.close().await.unwrap();
        let refused = Store::open(dir.path(), &key(), Access::ReadWrite)
            .await
            .err();
        assert_eq!(
            refused,
            Some(StoreError::NewerVault {
                found: NEXT,
                known: KNOWN_SCHEMA
            }),
            "an older product refuses it"
        );

        let restored = tempfile::tempdir().unwrap();
        std::fs::rename(
            dir.path().join(format!("vault.db.before-{NEXT}")),
            restored.path().join(DATABASE_FILE),
        )
        .unwrap();
        assert_eq!(
            std::fs::read_dir(dir.path()).unwrap().count(),
            1,
            "no partial copy is left"
        );
        let store = Store::open(restored.path(), &key(), Access::ReadWrite)
            .await
            .unwrap();
        assert!(verify::verify(&store, None).await.unwrap().ok);
    }

    #[tokio::test]
    async fn a_migration_that_fails_changes_nothing() {
        let (dir, opener) = made().await;
        let mut connection = opener
            .connect(Mode::Writer { create: false })
            .await
            .unwrap();
        let migrations = later(
            "ALTER TABLE runs ADD COLUMN later TEXT; PRAGMA user_version = 99; SELECT nonsense();",
        );
        let failed = upgrade_with(&migrations, NEXT, &opener, &mut connection, KNOWN_SCHEMA).await;
        assert_eq!(failed.unwrap_err().code(), "query");
        connection.close().await.unwrap();
        let store = Store::open(dir.path(), &key(), Access::ReadWrite)
            .await
            .unwrap();
        assert!(verify::verify(&store, None).await.unwrap().ok);
    }

    #[tokio::test]
    async fn a_layout_change_that_was_edited_afterwards_is_reported() {
        let (_dir, opener) = made().await;
        let mut connection = opener
            .connect(Mode::Writer { create: false })
            .await
            .unwrap();
        sqlx::query("UPDATE _sqlx_migrations SET checksum = x'00'")
            .execute(&mut *connection)
            .await
            .unwrap();
        let failed = upgrade_with(
            &later("PRAGMA user_version = 99;"),
            3,
            &opener,
            &mut connection,
            2,
        )
        .await;
        assert_eq!(failed.unwrap_err().code(), "vault_damaged");
    }

    #[tokio::test]
    async fn a_vault_of_the_first_layout_is_brought_up_to_date_by_a_writer_alone() {
        let dir = tempfile::tempdir().unwrap();
        let opener = Opener::new(dir.path().join(DATABASE_FILE), &key());
        let first = Migrator {
            migrations: Cow::Owned(MIGRATIONS.migrations[..1].to_vec()),
            ..Migrator::DEFAULT
        };
        let mut connection = opener.connect(Mode::Writer { create: true }).await.unwrap();
        run(&first, &mut connection).await.unwrap();
        connection.close().await.unwrap();
        let refused = Store::open(dir.path(), &key(), Access::ReadOnly)
            .await
            .err()
            .unwrap();
        assert_eq!(refused.code(), "refused");
        let store = Store::open(dir.path(), &key(), Access::ReadWrite)
            .await
            .unwrap();
        assert_eq!(verify::verify(&store, None).await.unwrap().problems, []);
        assert!(
            dir.path()
                .join(format!("vault.db.before-{KNOWN_SCHEMA}"))
                .exists()
        );
        store.close().await.unwrap();
        Store::open(dir.path(), &key(), Access::ReadOnly)
            .await
            .unwrap();
    }

    #[tokio::test]
    async fn an_older_layout_is_not_read_without_bringing_it_up_to_date() {
        let (dir, opener) = made().await;
        let mut connection = opener
            .connect(Mode::Writer { create: false })
            .await
            .unwrap();
        sqlx::query("PRAGMA user_version = 0")
            .execute(&mut *connection)
            .await
            .unwrap();
        connection.close().await.unwrap();
        for access in [Access::ReadOnly, Access::ReadWrite] {
            let refused = Store::open(dir.path(), &key(), access).await.err().unwrap();
            assert_eq!(
                refused.code(),
                "vault_damaged",
                "there is no layout before the first"
            );
        }
    }
}
