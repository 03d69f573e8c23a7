-- History is written once. Until now the fold moved each row from the log into a table keyed by contact: every byte was
-- written twice, and since the rows of such a table may have a quarter of a page (1,002 bytes) before the rest needs a
-- page of its own, most of them took 4 KiB more. Now rows stay in the log, in the order in which they came, and the
-- fold writes a narrow key to them. `history` shows both as the one table that they were. `fold.from_seq` says up to
-- where every row of the log has its key, so that a start reads only what is later.

ALTER TABLE fold ADD COLUMN from_seq BIGINT NOT NULL DEFAULT 0;
UPDATE fold SET from_seq = COALESCE((SELECT MIN(seq) - 1 FROM history_log), until_seq);

CREATE TABLE history_key (
    workspace TEXT NOT NULL,
    bucket BIGINT NOT NULL,
    contact TEXT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    event TEXT,
    PRIMARY KEY (workspace, bucket, contact, seq)
) WITHOUT ROWID;

INSERT INTO history_key (workspace, bucket, contact, seq, at, event)
SELECT workspace, bucket, contact, seq, at, event FROM history ORDER BY workspace, bucket, contact, seq;

INSERT INTO history_log (seq, workspace, contact, at, catalog_revision, event, occurred_at, input_json, record_json)
SELECT seq, workspace, contact, at, catalog_revision, event, occurred_at, input_json, record_json FROM history
WHERE TRUE ORDER BY seq ON CONFLICT DO NOTHING;

DROP TABLE history;

CREATE VIEW history AS
SELECT history_key.workspace, history_key.bucket, history_key.contact, history_key.seq, history_key.at,
       history_log.catalog_revision, history_key.event, history_log.occurred_at, history_log.input_json,
       history_log.record_json
FROM history_key CROSS JOIN history_log ON history_log.seq = history_key.seq;

-- Who deletes from history means the rows as well as their keys.
CREATE TRIGGER history_delete INSTEAD OF DELETE ON history BEGIN
    DELETE FROM history_log WHERE seq = OLD.seq;
    DELETE FROM history_key
    WHERE workspace = OLD.workspace AND bucket = OLD.bucket AND contact = OLD.contact AND seq = OLD.seq;
END;
