-- By which words contacts are found: the segments, lists and tags that they belong to, and the words of their names and
-- e-mail addresses. A commit appends what changed to a log; it is merged in the order of the key, many at once, because
-- to write each where its key belongs would cost a page. Who looks for contacts reads the table and then the log. Jobs
-- that count keep what they have counted so far.

ALTER TABLE job ADD COLUMN result_json TEXT;

CREATE TABLE contact_term_log (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL,
    term TEXT NOT NULL,
    contact TEXT NOT NULL,
    present BIGINT NOT NULL
);

CREATE TABLE contact_term (
    workspace TEXT NOT NULL,
    term TEXT NOT NULL,
    contact TEXT NOT NULL,
    PRIMARY KEY (workspace, term, contact)
) WITHOUT ROWID;
