-- Answers that a service can confirm instead of sending them again (ETag, 304). Working state: what was collected is in
-- the snapshots. `request` is canonical JSON, `page` the digest of the stored bytes, `sent_at` when the service last
-- sent them whole.
CREATE TABLE kept_answers (
    integration_id TEXT NOT NULL REFERENCES integrations (id),
    dataset        TEXT NOT NULL,
    request        TEXT NOT NULL,
    etag           TEXT NOT NULL,
    next           TEXT,
    status         INTEGER NOT NULL,
    page           TEXT NOT NULL,
    sent_at        TEXT NOT NULL,
    app_version    TEXT NOT NULL,
    PRIMARY KEY (integration_id, dataset, request)
) STRICT, WITHOUT ROWID;

-- Of an attempt's pages, how many the service confirmed as unchanged.
ALTER TABLE dataset_attempts ADD COLUMN confirmed_pages INTEGER NOT NULL DEFAULT 0;

PRAGMA user_version = 2;
