-- Result files of other tools, imported by a person. All four tables are projections.
--
-- An item is one (tool, provider, account); each newer file is a revision of it. The file itself is a blob. What it says
-- stands beside the findings of the product's own checks, never among them.

PRAGMA user_version = 3;

CREATE TABLE imports (
    id             TEXT PRIMARY KEY,
    tool           TEXT NOT NULL,
    provider       TEXT NOT NULL,
    account        TEXT NOT NULL,
    account_name   TEXT NOT NULL,
    label          TEXT NOT NULL,
    integration_id TEXT REFERENCES integrations (id),
    revision       INTEGER NOT NULL CHECK (revision > 0),
    created_at     TEXT NOT NULL,
    UNIQUE (tool, provider, account)
) STRICT;

CREATE TABLE import_revisions (
    import_id    TEXT NOT NULL REFERENCES imports (id),
    revision     INTEGER NOT NULL,
    seq          INTEGER NOT NULL UNIQUE,
    format       TEXT NOT NULL,
    tool_version TEXT,
    file_name    TEXT NOT NULL,
    sha256       TEXT NOT NULL UNIQUE,
    bytes        INTEGER NOT NULL CHECK (bytes > 0),
    row_count    INTEGER NOT NULL CHECK (row_count > 0),
    made_at      TEXT NOT NULL,
    imported_at  TEXT NOT NULL,
    by_name      TEXT NOT NULL,
    review       TEXT NOT NULL CHECK (review IN ('to_review', 'approved', 'rejected')),
    reviewed_by  TEXT,
    reviewed_at  TEXT,
    review_why   TEXT,
    PRIMARY KEY (import_id, revision)
) STRICT;

-- What the file of a revision says, by its place in the entry.
CREATE TABLE imported_findings (
    seq       INTEGER NOT NULL,
    place     INTEGER NOT NULL,
    import_id TEXT NOT NULL REFERENCES imports (id),
    check_id  TEXT NOT NULL,
    outcome   TEXT NOT NULL CHECK (outcome IN ('pass', 'fail', 'not_applicable', 'unknown')),
    finding   TEXT NOT NULL,
    current   INTEGER NOT NULL CHECK (current IN (0, 1)),
    PRIMARY KEY (seq, place)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX imported_findings_current ON imported_findings (import_id, check_id) WHERE current = 1;

CREATE TABLE import_reviews (
    seq       INTEGER PRIMARY KEY,
    import_id TEXT NOT NULL,
    revision  INTEGER NOT NULL,
    review    TEXT NOT NULL,
    by_name   TEXT NOT NULL,
    why       TEXT,
    at        TEXT NOT NULL,
    FOREIGN KEY (import_id, revision) REFERENCES import_revisions (import_id, revision)
) STRICT;
