-- By which words contacts are found: the segments, lists and tags that they belong to, and the words of their names and
-- e-mail addresses. They are written in the commit that changes them, under the contact's lock. Jobs that count keep
-- what they have counted so far.

ALTER TABLE job ADD COLUMN result_json TEXT;

CREATE TABLE contact_term (
    workspace TEXT COLLATE "C" NOT NULL,
    term TEXT COLLATE "C" NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace, term, contact)
) WITH (fillfactor = 80);
