-- People of the team, and the browsers in which they are signed in. Small tables, the same on both databases.

CREATE TABLE team_member (
    workspace TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    name TEXT NOT NULL,
    scope TEXT NOT NULL,
    password TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    removed_at BIGINT,
    PRIMARY KEY (workspace, id)
);

-- One e-mail address signs one person in.
CREATE UNIQUE INDEX team_member_email ON team_member (email) WHERE removed_at IS NULL;

CREATE TABLE session (
    hash TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    workspace TEXT COLLATE "C" NOT NULL,
    member TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX session_member ON session (workspace, member);
CREATE INDEX session_expiry ON session (expires_at);
