-- Catalogues that are uploaded rather than files of the portfolio: products change by the hour, and nobody publishes for
-- that. All rows of one are one JSON text, because templates read it whole; `revision` grows with every upload, so that
-- nodes notice. The same on both databases.

CREATE TABLE catalogue (
    workspace TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    key_column TEXT NOT NULL,
    revision BIGINT NOT NULL,
    n_rows BIGINT NOT NULL,
    rows_json TEXT NOT NULL,
    at BIGINT NOT NULL,
    set_by TEXT NOT NULL,
    PRIMARY KEY (workspace, name)
);
