-- Which contacts did something with which value (viewed this product), for the pairs of event and property that
-- triggers on business events declare. To write a posting where its key belongs costs a page for every event, so
-- postings are appended to a log in the commit of the event and merged in the order of the key, many at once. Who reads
-- postings merges first. A pair is complete once a job has read what happened before it was declared.

CREATE TABLE posting_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL,
    event TEXT NOT NULL,
    property TEXT NOT NULL,
    value TEXT NOT NULL,
    contact TEXT NOT NULL,
    occurred_at BIGINT NOT NULL
);

CREATE TABLE posting (
    workspace TEXT NOT NULL,
    event TEXT NOT NULL,
    property TEXT NOT NULL,
    value TEXT NOT NULL,
    contact TEXT NOT NULL,
    occurred_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, event, property, value, contact)
) WITHOUT ROWID;

CREATE TABLE posting_pair (
    workspace TEXT NOT NULL,
    event TEXT NOT NULL,
    property TEXT NOT NULL,
    complete BIGINT NOT NULL,
    PRIMARY KEY (workspace, event, property)
) WITHOUT ROWID;
