-- Most questions about the past ask when something happened, not what it said. The key of history now says when, so that
-- such a question reads keys that lie side by side instead of a row of the log for each event.

ALTER TABLE history_key ADD COLUMN occurred_at BIGINT;

UPDATE history_key
SET occurred_at = (SELECT history_log.occurred_at FROM history_log WHERE history_log.seq = history_key.seq)
WHERE event IS NOT NULL;

DROP VIEW history;

CREATE VIEW history AS
SELECT history_key.workspace, history_key.bucket, history_key.contact, history_key.seq, history_key.at,
       history_log.catalog_revision, history_key.event, history_key.occurred_at, history_log.input_json,
       history_log.record_json
FROM history_key CROSS JOIN history_log ON history_log.seq = history_key.seq;

-- Who deletes from history means the rows as well as their keys.
CREATE TRIGGER history_delete INSTEAD OF DELETE ON history BEGIN
    DELETE FROM history_log WHERE seq = OLD.seq;
    DELETE FROM history_key
    WHERE workspace = OLD.workspace AND bucket = OLD.bucket AND contact = OLD.contact AND seq = OLD.seq;
END;
