-- Claims of identifiers that were not granted: somebody else, who can't be the same person, held them first, or they are
-- no identifiers at all. They are few, and kept so that a team sees them; the same on both databases.

CREATE TABLE refused_claim (
    workspace TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    why TEXT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    times BIGINT NOT NULL,
    PRIMARY KEY (workspace, kind, value, contact)
);

CREATE INDEX refused_claim_newest ON refused_claim (workspace, id);
