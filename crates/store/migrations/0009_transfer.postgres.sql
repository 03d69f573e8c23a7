-- Files that are imported. `import` has one row each: what is known of the file, how far the work is. Its `revision`
-- moves with each step, so that a step is taken once. `import_chunk` is the file itself, in pieces of one size in the
-- order of its bytes, and leaves when the import is over. `import_page` says what became of which rows, some hundred in
-- each: it is only appended to, names contacts and no values of theirs.

CREATE TABLE import (
    workspace TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    about_json TEXT NOT NULL,
    progress_json TEXT NOT NULL,
    made_by TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, id)
);

CREATE INDEX import_state ON import (state, updated_at);

CREATE TABLE import_chunk (
    workspace TEXT COLLATE "C" NOT NULL,
    import TEXT COLLATE "C" NOT NULL,
    n BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (workspace, import, n)
);

CREATE TABLE import_page (
    workspace TEXT COLLATE "C" NOT NULL,
    import TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    n BIGINT NOT NULL,
    n_bad BIGINT NOT NULL,
    rows_json TEXT NOT NULL,
    PRIMARY KEY (workspace, import, kind, n)
);
