-- Contacts and everything that a commit writes, on SQLite.
-- What costs on SQLite is the number of pages that a commit touches, so nothing that comes with every event has a
-- randomly keyed index: new versions of contacts, history and the messages of a contact are appended to logs, and
-- folded later, many at once and in the order of the key, into the tables that are keyed by contact. `fold` has one
-- row, which says how far that is: log rows up to `until_seq` of contacts in buckets below `next_bucket` are folded;
-- `next_bucket` at its end means that all of them are, and that they have left the logs.
-- Message ids begin with their time, so what is keyed by them is appended too.

CREATE TABLE fold (
    one BIGINT NOT NULL PRIMARY KEY CHECK (one = 1),
    until_seq BIGINT NOT NULL,
    next_bucket BIGINT NOT NULL
);

INSERT INTO fold (one, until_seq, next_bucket) VALUES (1, 0, 4096);

CREATE TABLE contact_log (
    seq INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    contact TEXT NOT NULL,
    document BLOB NOT NULL,
    alarm_at BIGINT
);

CREATE TABLE history_log (
    seq INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    contact TEXT NOT NULL,
    at BIGINT NOT NULL,
    catalog_revision BIGINT NOT NULL,
    event TEXT,
    occurred_at BIGINT,
    input_json TEXT NOT NULL,
    record_json TEXT NOT NULL
);

CREATE TABLE message_log (
    seq INTEGER PRIMARY KEY,
    workspace TEXT NOT NULL,
    contact TEXT NOT NULL,
    message TEXT NOT NULL
);

CREATE TABLE contact (
    workspace TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    contact TEXT NOT NULL,
    document BLOB NOT NULL,
    alarm_at BIGINT,
    PRIMARY KEY (workspace, bucket, contact)
) WITHOUT ROWID;

CREATE TABLE alarm (
    workspace TEXT NOT NULL,
    alarm_at BIGINT NOT NULL,
    contact TEXT NOT NULL,
    PRIMARY KEY (workspace, alarm_at, contact)
) WITHOUT ROWID;

CREATE TABLE history (
    workspace TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    contact TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    catalog_revision BIGINT NOT NULL,
    event TEXT,
    occurred_at BIGINT,
    input_json TEXT NOT NULL,
    record_json TEXT NOT NULL,
    PRIMARY KEY (workspace, bucket, contact, seq)
) WITHOUT ROWID;

CREATE TABLE contact_message (
    workspace TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    contact TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (workspace, bucket, contact, message)
) WITHOUT ROWID;

CREATE TABLE identity (
    workspace TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    contact TEXT NOT NULL,
    PRIMARY KEY (workspace, bucket, kind, value)
) WITHOUT ROWID;

CREATE TABLE message (
    workspace TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    message TEXT NOT NULL,
    contact TEXT NOT NULL,
    run TEXT NOT NULL,
    workflow TEXT NOT NULL,
    version BIGINT NOT NULL,
    step TEXT NOT NULL,
    channel TEXT NOT NULL,
    category TEXT NOT NULL,
    template TEXT NOT NULL,
    state TEXT NOT NULL,
    detail_json TEXT NOT NULL,
    address TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, message, bucket)
) WITHOUT ROWID;

CREATE INDEX message_state ON message (workspace, state, message);
CREATE INDEX message_workflow ON message (workspace, workflow, message);

CREATE TABLE message_payload (
    workspace TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    message TEXT NOT NULL,
    payload_json TEXT NOT NULL,
    PRIMARY KEY (workspace, message, bucket)
) WITHOUT ROWID;

CREATE TABLE outbox (
    workspace TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    message TEXT NOT NULL,
    contact TEXT NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    expires_at BIGINT,
    claimed_by TEXT,
    PRIMARY KEY (workspace, message, bucket)
) WITHOUT ROWID;

CREATE INDEX outbox_due ON outbox (state, due_at);

CREATE TABLE inbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    contact TEXT NOT NULL,
    source TEXT NOT NULL,
    input_json TEXT NOT NULL,
    error TEXT,
    created_at BIGINT NOT NULL
);

CREATE UNIQUE INDEX inbox_source ON inbox (workspace, bucket, contact, source);
CREATE INDEX inbox_order ON inbox (workspace, seq);
CREATE INDEX inbox_stuck ON inbox (workspace, bucket, contact) WHERE error IS NOT NULL;

CREATE TABLE counter_delta (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL,
    name TEXT NOT NULL,
    delta BIGINT NOT NULL
);
