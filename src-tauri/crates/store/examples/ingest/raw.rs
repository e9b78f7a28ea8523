//! The reference: SQLite through its C interface, as a short C program would use it. It is the library that the store
//! links, without a key: a plain file.
#![expect(
    unsafe_code,
    reason = "the reference is SQLite's C interface itself; a driver in between would make it slower"
)]

use crate::made_up::Dataset;
use libsqlite3_sys as sqlite;
use std::{
    ffi::{CStr, CString},
    path::Path,
    ptr,
    time::{Duration, Instant},
};

/// SQLite's version.
pub fn version() -> String {
    // SAFETY: a constant, terminated string.
    let text = unsafe { CStr::from_ptr(sqlite::sqlite3_libversion()) };
    text.to_string_lossy().into_owned()
}

/// Writes every record as one row of three columns, one transaction a dataset.
pub fn write(file: &Path, datasets: &[Dataset]) -> Duration {
    let name = CString::new(file.to_str().unwrap()).unwrap();
    let mut database = ptr::null_mut();
    let flags = sqlite::SQLITE_OPEN_READWRITE | sqlite::SQLITE_OPEN_CREATE;
    // SAFETY: the name is terminated and outlives the call; the handle goes where it may.
    let opened =
        unsafe { sqlite::sqlite3_open_v2(name.as_ptr(), &raw mut database, flags, ptr::null()) };
    assert_eq!(opened, sqlite::SQLITE_OK);
    execute(
        database,
        c"PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
          CREATE TABLE records (seq INTEGER PRIMARY KEY, name TEXT NOT NULL, bytes BLOB NOT NULL) STRICT",
    );
    let mut statement = ptr::null_mut();
    let insert = c"INSERT INTO records (seq, name, bytes) VALUES (?1, ?2, ?3)";
    // SAFETY: the database is open and the statement's text is terminated.
    let prepared = unsafe {
        sqlite::sqlite3_prepare_v2(
            database,
            insert.as_ptr(),
            -1,
            &raw mut statement,
            ptr::null_mut(),
        )
    };
    assert_eq!(prepared, sqlite::SQLITE_OK);
    let started = Instant::now();
    let mut seq = 0;
    for dataset in datasets {
        execute(database, c"BEGIN IMMEDIATE");
        for (name, bytes) in &dataset.records {
            seq += 1;
            insert_row(statement, seq, name, bytes);
        }
        execute(database, c"COMMIT");
    }
    let took = started.elapsed();
    // SAFETY: both are open and used by nobody else; neither is used afterwards.
    unsafe {
        sqlite::sqlite3_finalize(statement);
        assert_eq!(sqlite::sqlite3_close(database), sqlite::SQLITE_OK);
    }
    took
}

fn insert_row(statement: *mut sqlite::sqlite3_stmt, seq: i64, name: &str, bytes: &[u8]) {
    let (name_len, bytes_len) = (
        i32::try_from(name.len()).unwrap(),
        i32::try_from(bytes.len()).unwrap(),
    );
    // SAFETY: the statement has three parameters. Name and bytes are borrowed until it was reset, which comes before
    // they end; no destructor is given for them.
    unsafe {
        sqlite::sqlite3_bind_int64(statement, 1, seq);
        sqlite::sqlite3_bind_text(statement, 2, name.as_ptr().cast(), name_len, None);
        sqlite::sqlite3_bind_blob(statement, 3, bytes.as_ptr().cast(), bytes_len, None);
        assert_eq!(sqlite::sqlite3_step(statement), sqlite::SQLITE_DONE);
        sqlite::sqlite3_reset(statement);
    }
}

fn execute(database: *mut sqlite::sqlite3, sql: &CStr) {
    // SAFETY: the database is open and the text is terminated.
    let done = unsafe {
        sqlite::sqlite3_exec(
            database,
            sql.as_ptr(),
            None,
            ptr::null_mut(),
            ptr::null_mut(),
        )
    };
    assert_eq!(done, sqlite::SQLITE_OK);
}
