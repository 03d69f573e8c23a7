-- Which contacts did something with which value (viewed this product), for the pairs of event and property that
-- triggers on business events declare. A posting is written in the commit of the event, under the contact's lock, and
-- says when that last happened. A pair is complete once a job has read what happened before it was declared.

CREATE TABLE posting (
    workspace TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    property TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    occurred_at BIGINT NOT NULL,
    PRIMARY KEY (workspace, event, property, value, contact)
) WITH (fillfactor = 80);

CREATE TABLE posting_pair (
    workspace TEXT COLLATE "C" NOT NULL,
    event TEXT COLLATE "C" NOT NULL,
    property TEXT COLLATE "C" NOT NULL,
    complete BIGINT NOT NULL,
    PRIMARY KEY (workspace, event, property)
);
