-- What people manage: workspaces, catalogs, keys, and the traces they leave.
-- These tables are small and rarely written, so they are the same on both databases. Every text compares by bytes
-- (COLLATE "C"), so that both databases list and dump rows in the same order whatever the server's language is.

CREATE TABLE workspace (
    workspace TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL
);

CREATE TABLE catalog (
    workspace TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    at BIGINT NOT NULL,
    published_by TEXT NOT NULL,
    portfolio_json TEXT NOT NULL,
    PRIMARY KEY (workspace, revision)
);

CREATE TABLE job (
    workspace TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    kind TEXT NOT NULL,
    revision BIGINT NOT NULL,
    cursor_contact TEXT,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    finished BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, id)
);

CREATE INDEX job_waiting ON job (finished, created_at);

CREATE TABLE api_key (
    workspace TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (workspace, id)
);

CREATE UNIQUE INDEX api_key_hash ON api_key (hash);

CREATE TABLE quarantine (
    workspace TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    reason TEXT NOT NULL,
    event_json TEXT NOT NULL,
    key_id TEXT NOT NULL,
    PRIMARY KEY (workspace, id)
);

CREATE INDEX quarantine_age ON quarantine (at);

CREATE TABLE audit (
    workspace TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    done_by TEXT NOT NULL,
    what_json TEXT NOT NULL,
    PRIMARY KEY (workspace, seq)
);

CREATE TABLE counter (
    workspace TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    total BIGINT NOT NULL,
    PRIMARY KEY (workspace, name)
);
