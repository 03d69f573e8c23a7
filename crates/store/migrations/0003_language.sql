-- What the whole workflow language keeps beside contacts: tasks for people, workflows on hold, entry caps, rates,
-- schedules, business events, drafts and secrets; and jobs that can be paced and cancelled.
-- These tables are small beside contacts, or written only by what concerns them, so they are the same on both databases.
-- A row of the outbox that may not go now stands in a lane of its own, so that whoever looks for what is due never goes
-- through a million rows of a workflow that was stopped. Every text that is compared is compared by bytes.

ALTER TABLE job ADD COLUMN params_json TEXT NOT NULL DEFAULT '{}';
ALTER TABLE job ADD COLUMN pace BIGINT;
ALTER TABLE job ADD COLUMN made_by TEXT NOT NULL DEFAULT '';
ALTER TABLE job ADD COLUMN cancelled BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN next_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN looked_at BIGINT NOT NULL DEFAULT 0;

CREATE TABLE job_contact (
    workspace TEXT COLLATE "C" NOT NULL,
    job TEXT COLLATE "C" NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace, job, contact)
);

ALTER TABLE outbox ADD COLUMN workflow TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN lane TEXT COLLATE "C" NOT NULL DEFAULT '';

UPDATE outbox SET workflow = COALESCE((
    SELECT message.workflow FROM message
    WHERE message.workspace = outbox.workspace AND message.bucket = outbox.bucket AND message.message = outbox.message
), '');

DROP INDEX outbox_due;
CREATE INDEX outbox_due ON outbox (state, lane, due_at);

CREATE TABLE outbox_lane (
    lane TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    opens_at BIGINT
);

CREATE TABLE workflow_hold (
    workspace TEXT COLLATE "C" NOT NULL,
    workflow TEXT COLLATE "C" NOT NULL,
    why TEXT NOT NULL,
    PRIMARY KEY (workspace, workflow)
);

CREATE TABLE rate (
    workspace TEXT COLLATE "C" NOT NULL,
    rate TEXT COLLATE "C" NOT NULL,
    window_start BIGINT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (workspace, rate)
);

CREATE TABLE task (
    workspace TEXT COLLATE "C" NOT NULL,
    task TEXT COLLATE "C" NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    run TEXT NOT NULL,
    workflow TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    step TEXT NOT NULL,
    assignee TEXT COLLATE "C" NOT NULL,
    title TEXT,
    note TEXT,
    outcomes_json TEXT NOT NULL,
    opened_at BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    escalated BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    outcome TEXT,
    outcome_note TEXT,
    done_by TEXT,
    claimed_by TEXT COLLATE "C",
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, task)
);

CREATE INDEX task_due ON task (workspace, state, due_at, task);
CREATE INDEX task_assignee ON task (workspace, state, assignee, due_at, task);
CREATE INDEX task_contact ON task (workspace, contact, due_at, task);

CREATE TABLE entry_request (
    workspace TEXT COLLATE "C" NOT NULL,
    run TEXT COLLATE "C" NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    workflow TEXT NOT NULL,
    version BIGINT NOT NULL,
    asked_at BIGINT NOT NULL,
    answered_at BIGINT,
    granted BIGINT NOT NULL,
    PRIMARY KEY (workspace, run)
);

CREATE INDEX entry_request_waiting ON entry_request (asked_at, run) WHERE answered_at IS NULL;

CREATE TABLE entry_grant (
    workspace TEXT COLLATE "C" NOT NULL,
    workflow TEXT COLLATE "C" NOT NULL,
    cap TEXT COLLATE "C" NOT NULL,
    window_start BIGINT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (workspace, workflow, cap, window_start)
);

CREATE TABLE schedule (
    workspace TEXT COLLATE "C" NOT NULL,
    workflow TEXT COLLATE "C" NOT NULL,
    place BIGINT NOT NULL,
    rule TEXT NOT NULL,
    occurrence TEXT NOT NULL,
    next_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, workflow, place)
);

CREATE INDEX schedule_next ON schedule (next_at);

CREATE TABLE rollout_start (
    workspace TEXT COLLATE "C" NOT NULL,
    workflow TEXT COLLATE "C" NOT NULL,
    since BIGINT NOT NULL,
    counters_json TEXT NOT NULL,
    PRIMARY KEY (workspace, workflow, since)
);

CREATE TABLE business_event (
    workspace TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    event TEXT NOT NULL,
    properties_json TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (workspace, id)
);

CREATE INDEX business_event_age ON business_event (at);

CREATE TABLE draft (
    workspace TEXT COLLATE "C" NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    revision BIGINT NOT NULL,
    base_revision BIGINT NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    saved_by TEXT NOT NULL,
    PRIMARY KEY (workspace, path)
);

CREATE TABLE secret (
    workspace TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    sealed TEXT NOT NULL,
    at BIGINT NOT NULL,
    set_by TEXT NOT NULL,
    PRIMARY KEY (workspace, name)
);
