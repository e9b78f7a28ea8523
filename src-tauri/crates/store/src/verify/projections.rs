//! The projected tables against the ones made again from the entries, row by row and column by column.

use super::{MAX_PROBLEMS, Problem};
use crate::Result;
use evidence::Digest;
use futures::TryStreamExt as _;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};
use std::collections::BTreeMap;

/// Every projected table.
pub(crate) const PROJECTED: [&str; 17] = [
    "company",
    "integrations",
    "runs",
    "dataset_attempts",
    "datasets",
    "findings",
    "evidence_items",
    "evidence_revisions",
    "evidence_reviews",
    "imports",
    "import_revisions",
    "imported_findings",
    "import_reviews",
    "determinations",
    "parameters",
    "purges",
    "restorations",
];

/// Columns of projected tables that are no projection: `credentials_encrypted` holds sealed bytes.
const NOT_PROJECTED: [&str; 1] = ["credentials_encrypted"];

pub(super) async fn compare(
    found: &mut SqliteConnection,
    expected: &mut SqliteConnection,
    problems: &mut Vec<Problem>,
) -> Result<()> {
    let schema = schema(expected).await?;
    if self::schema(found).await? != schema {
        problems.push(Problem::new(
            "the tables are not laid out as this product lays them out",
            "schema",
        ));
        return Ok(());
    }
    for table in PROJECTED {
        compare_table(table, found, expected, problems).await?;
    }
    let without: Vec<String> = sqlx::query_scalar(
        "SELECT id FROM integrations WHERE (credentials_encrypted IS NULL) <> (status = 'disconnected')",
    )
    .fetch_all(found)
    .await?;
    problems.extend(without.into_iter().map(|id| {
        Problem::new(
            "a connection has no credentials, or a removed one still has some",
            format!("table integrations, row {id}"),
        )
    }));
    Ok(())
}

/// Everything that was ever created. A trigger or a view that is too many changes what tables say.
async fn schema(
    connection: &mut SqliteConnection,
) -> Result<Vec<(String, String, Option<String>)>> {
    Ok(
        sqlx::query_as("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name")
            .fetch_all(connection)
            .await?,
    )
}

async fn compare_table(
    table: &str,
    found: &mut SqliteConnection,
    expected: &mut SqliteConnection,
    problems: &mut Vec<Problem>,
) -> Result<()> {
    let columns = columns(table, expected).await?;
    let mut wanted = rows(table, &columns, expected).await?;
    let mut differing = Vec::new();
    for (key, digest) in rows(table, &columns, found).await? {
        match wanted.remove(&key) {
            None if problems.len() >= MAX_PROBLEMS => {}
            None => problems.push(Problem::new(
                "a row is there that no entry made",
                place(table, &key),
            )),
            Some(made) if made != digest => differing.push(key),
            Some(_) => {}
        }
    }
    for key in wanted.keys().take(MAX_PROBLEMS) {
        problems.push(Problem::new(
            "a row that an entry made is missing",
            place(table, key),
        ));
    }
    for key in differing.into_iter().take(MAX_PROBLEMS) {
        let there = values(table, &columns, &key, found).await?;
        let made = values(table, &columns, &key, expected).await?;
        for ((column, there), made) in columns.names.iter().zip(there).zip(made) {
            if there != made {
                let what = format!("column {column} is not what the entries say");
                problems.push(Problem::new(what, place(table, &key)));
            }
        }
    }
    Ok(())
}

fn place(table: &str, key: &str) -> String {
    format!("table {table}, row {key}")
}

/// A table's columns: those that are projected, and an expression for its primary key.
struct Columns {
    names: Vec<String>,
    key: String,
    /// Each value with its type and every byte (`quote` would stop at a zero byte).
    values: String,
}

async fn columns(table: &str, connection: &mut SqliteConnection) -> Result<Columns> {
    let all: Vec<(String, i64)> =
        sqlx::query_as("SELECT name, pk FROM pragma_table_info(?1) ORDER BY pk, cid")
            .bind(table)
            .fetch_all(connection)
            .await?;
    let key = all
        .iter()
        .filter(|(_, pk)| *pk > 0)
        .map(|(name, _)| format!("CAST({name} AS TEXT)"));
    let key = key.collect::<Vec<_>>().join("||' '||");
    let names: Vec<_> = all
        .into_iter()
        .map(|(name, _)| name)
        .filter(|name| !NOT_PROJECTED.contains(&name.as_str()))
        .collect();
    let values = names
        .iter()
        .map(|name| format!("typeof({name})||hex({name})"))
        .collect::<Vec<_>>()
        .join(", ");
    Ok(Columns { names, key, values })
}

/// The digest of every row, by its primary key. Rows are streamed: a table need not fit into memory.
async fn rows(
    table: &str,
    columns: &Columns,
    connection: &mut SqliteConnection,
) -> Result<BTreeMap<String, Digest>> {
    let sql = AssertSqlSafe(format!(
        "SELECT {}, {} FROM {table}",
        columns.key, columns.values
    ));
    let mut digests = BTreeMap::new();
    let mut rows = sqlx::query(sql).fetch(connection);
    while let Some(row) = rows.try_next().await? {
        let key: String = row.try_get(0)?;
        let mut line = String::new();
        for column in 1..=columns.names.len() {
            line += row.try_get::<&str, _>(column)?;
            line.push(' ');
        }
        digests.insert(key, Digest::of(line.as_bytes()));
    }
    Ok(digests)
}

/// The values of one row.
async fn values(
    table: &str,
    columns: &Columns,
    key: &str,
    connection: &mut SqliteConnection,
) -> Result<Vec<String>> {
    let sql = AssertSqlSafe(format!(
        "SELECT {} FROM {table} WHERE {} = ?1",
        columns.values, columns.key
    ));
    let row = sqlx::query(sql).bind(key).fetch_one(connection).await?;
    (0..columns.names.len())
        .map(|column| Ok(row.try_get(column)?))
        .collect()
}
