-- One company's vault.
--
-- `entries` is the record; the tables under "Projections" are made from it alone and are never written by anything
-- else, so `vault verify` can make them again and compare. The tables after them are not part of the record.
-- Moments are UTC text (2026-11-23T09:00:04Z), digests are sha256:<hex>, JSON is canonical.

PRAGMA application_id = 1129139523; -- "CMMC"
PRAGMA user_version = 1;

-- The chain -----------------------------------------------------------------------------------------------------

CREATE TABLE entries (
    seq    INTEGER PRIMARY KEY CHECK (seq > 0),
    digest TEXT NOT NULL,
    bytes  BLOB NOT NULL
) STRICT;

-- Projections ---------------------------------------------------------------------------------------------------

CREATE TABLE company (
    id         TEXT PRIMARY KEY,
    name       TEXT NOT NULL,
    level      INTEGER NOT NULL CHECK (level IN (1, 2)),
    zone       TEXT NOT NULL,
    cage_code  TEXT,
    uei        TEXT,
    scope      TEXT,
    demo       INTEGER NOT NULL CHECK (demo IN (0, 1)),
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

-- `credentials_encrypted` holds sealed bytes and is not a projection: it is absent exactly when disconnected.
CREATE TABLE integrations (
    id                    TEXT PRIMARY KEY,
    company_id            TEXT NOT NULL REFERENCES company (id),
    integration_type      TEXT NOT NULL,
    credentials_encrypted BLOB,
    status                TEXT NOT NULL CHECK (status IN ('connected', 'error', 'disconnected')),
    last_sync_at          TEXT,
    error_message         TEXT,
    config                TEXT NOT NULL,
    created_at            TEXT NOT NULL,
    updated_at            TEXT NOT NULL,
    label                 TEXT NOT NULL,
    cloud                 TEXT NOT NULL,
    identity_id           TEXT NOT NULL,
    identity_name         TEXT NOT NULL,
    custom_host           TEXT,
    credential_version    INTEGER NOT NULL CHECK (credential_version > 0)
) STRICT;

CREATE UNIQUE INDEX integrations_label ON integrations (label) WHERE status <> 'disconnected';

CREATE TABLE runs (
    id             TEXT PRIMARY KEY,
    seq            INTEGER NOT NULL UNIQUE,
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    started_by     TEXT NOT NULL,
    scheduled_for  TEXT,
    datasets       TEXT NOT NULL,
    started_at     TEXT NOT NULL,
    finished_at    TEXT,
    state          TEXT,
    error          TEXT,
    CHECK ((finished_at IS NULL) = (state IS NULL))
) STRICT;

CREATE INDEX runs_integration ON runs (integration_id, seq);

-- Every attempt at a dataset: collected (with a snapshot) or failed (with a reason). A collected one with a reason
-- is partial.
CREATE TABLE dataset_attempts (
    seq            INTEGER PRIMARY KEY,
    run_id         TEXT NOT NULL REFERENCES runs (id),
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    dataset        TEXT NOT NULL,
    at             TEXT NOT NULL,
    snapshot       TEXT,
    content_sha256 TEXT,
    row_count      INTEGER NOT NULL,
    page_count     INTEGER NOT NULL,
    reason         TEXT,
    CHECK ((snapshot IS NULL) = (content_sha256 IS NULL)),
    CHECK (snapshot IS NOT NULL OR reason IS NOT NULL)
) STRICT;

CREATE INDEX dataset_attempts_run ON dataset_attempts (run_id);
CREATE INDEX dataset_attempts_dataset ON dataset_attempts (integration_id, dataset, seq);

-- Where each dataset stands: its newest attempt, newest snapshot and newest complete snapshot.
CREATE TABLE datasets (
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    dataset        TEXT NOT NULL,
    attempt        INTEGER NOT NULL REFERENCES dataset_attempts (seq),
    success        INTEGER REFERENCES dataset_attempts (seq),
    complete       INTEGER REFERENCES dataset_attempts (seq),
    PRIMARY KEY (integration_id, dataset)
) STRICT, WITHOUT ROWID;

-- What checks said. A confirmation renews the current row's data columns; `finding` keeps what was recorded.
CREATE TABLE findings (
    seq            INTEGER PRIMARY KEY,
    run_id         TEXT NOT NULL REFERENCES runs (id),
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    check_id       TEXT NOT NULL,
    outcome        TEXT NOT NULL CHECK (outcome IN ('pass', 'fail', 'not_applicable', 'unknown')),
    finding        TEXT NOT NULL,
    recorded_at    TEXT NOT NULL,
    current        INTEGER NOT NULL CHECK (current IN (0, 1)),
    collected_at   TEXT NOT NULL,
    snapshots      TEXT NOT NULL,
    last_known     TEXT,
    confirmed_at   TEXT,
    confirmed_run  TEXT REFERENCES runs (id)
) STRICT;

CREATE UNIQUE INDEX findings_current ON findings (integration_id, check_id) WHERE current = 1;
CREATE INDEX findings_history ON findings (integration_id, check_id, seq);

CREATE TABLE evidence_items (
    id             TEXT PRIMARY KEY,
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    dataset        TEXT NOT NULL,
    revision       INTEGER NOT NULL CHECK (revision > 0),
    created_at     TEXT NOT NULL,
    UNIQUE (integration_id, dataset)
) STRICT;

CREATE TABLE evidence_revisions (
    evidence_id        TEXT NOT NULL REFERENCES evidence_items (id),
    revision           INTEGER NOT NULL,
    seq                INTEGER NOT NULL UNIQUE,
    run_id             TEXT NOT NULL REFERENCES runs (id),
    snapshot           TEXT NOT NULL,
    content_sha256     TEXT NOT NULL,
    collected_at       TEXT NOT NULL,
    confirmed_at       TEXT,
    confirmed_run      TEXT REFERENCES runs (id),
    confirmed_snapshot TEXT,
    review             TEXT NOT NULL CHECK (review IN ('to_review', 'approved', 'rejected')),
    reviewed_by        TEXT,
    reviewed_at        TEXT,
    review_why         TEXT,
    PRIMARY KEY (evidence_id, revision)
) STRICT;

CREATE TABLE evidence_reviews (
    seq         INTEGER PRIMARY KEY,
    evidence_id TEXT NOT NULL,
    revision    INTEGER NOT NULL,
    review      TEXT NOT NULL,
    by_name     TEXT NOT NULL,
    why         TEXT,
    at          TEXT NOT NULL,
    FOREIGN KEY (evidence_id, revision) REFERENCES evidence_revisions (evidence_id, revision)
) STRICT;

CREATE INDEX evidence_reviews_item ON evidence_reviews (evidence_id, revision);

CREATE TABLE determinations (
    seq           INTEGER PRIMARY KEY,
    objective     TEXT NOT NULL,
    determination TEXT NOT NULL CHECK (determination IN ('met', 'not_met', 'not_applicable', 'not_assessed')),
    partial       INTEGER NOT NULL CHECK (partial IN (0, 1)),
    by_name       TEXT NOT NULL,
    why           TEXT,
    at            TEXT NOT NULL,
    current       INTEGER NOT NULL CHECK (current IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX determinations_current ON determinations (objective) WHERE current = 1;

-- A `null` value goes back to the default.
CREATE TABLE parameters (
    seq     INTEGER PRIMARY KEY,
    key     TEXT NOT NULL,
    value   TEXT NOT NULL,
    by_name TEXT NOT NULL,
    why     TEXT NOT NULL,
    until   TEXT,
    at      TEXT NOT NULL,
    current INTEGER NOT NULL CHECK (current IN (0, 1))
) STRICT;

CREATE UNIQUE INDEX parameters_current ON parameters (key) WHERE current = 1;

CREATE TABLE purges (
    seq     INTEGER PRIMARY KEY,
    payload TEXT NOT NULL,
    by_name TEXT NOT NULL,
    why     TEXT NOT NULL,
    at      TEXT NOT NULL
) STRICT;

CREATE INDEX purges_payload ON purges (payload);

CREATE TABLE restorations (
    seq          INTEGER PRIMARY KEY,
    expected_seq INTEGER NOT NULL,
    found_seq    INTEGER NOT NULL,
    at           TEXT NOT NULL
) STRICT;

-- Content: not chained, addressed and verified by its own digest ------------------------------------------------

-- `bytes` is zstd-compressed; `digest` and `length` are of what is inside.
CREATE TABLE blobs (
    digest TEXT PRIMARY KEY,
    length INTEGER NOT NULL CHECK (length >= 0),
    bytes  BLOB,
    purged INTEGER NOT NULL CHECK (purged IN (0, 1)),
    CHECK ((bytes IS NULL) = (purged = 1))
) STRICT;

CREATE TABLE snapshots (
    id    TEXT PRIMARY KEY,
    bytes BLOB NOT NULL
) STRICT;

-- Working state: neither chained nor evidence -------------------------------------------------------------------

CREATE TABLE request_log (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    at             TEXT NOT NULL,
    integration_id TEXT,
    run_id         TEXT,
    method         TEXT NOT NULL,
    host           TEXT NOT NULL,
    path           TEXT NOT NULL,
    query          TEXT NOT NULL,
    status         INTEGER,
    bytes          INTEGER NOT NULL,
    duration_ms    INTEGER NOT NULL,
    error          TEXT
) STRICT;

CREATE TABLE schedule_state (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE settings (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE drafts (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
