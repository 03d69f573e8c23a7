-- What traits were seen with, and accounts. Each input appends what it saw; the janitor adds that up, because a row that
-- every input touches would make nodes wait for each other. An account is one row, its members are rows of their own, and
-- what it is told waits in an inbox of its own, in order.

CREATE TABLE trait_delta (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    fault TEXT NOT NULL,
    n BIGINT NOT NULL,
    at BIGINT NOT NULL,
    contact TEXT NOT NULL
);

CREATE TABLE trait_seen (
    workspace TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    fault TEXT NOT NULL,
    n BIGINT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    contact TEXT NOT NULL,
    PRIMARY KEY (workspace, name, kind, fault)
) WITHOUT ROWID;

CREATE TABLE account (
    workspace TEXT NOT NULL,
    account TEXT NOT NULL,
    document_json TEXT NOT NULL,
    shared_by TEXT NOT NULL,
    telling BIGINT NOT NULL,
    PRIMARY KEY (workspace, account)
) WITHOUT ROWID;

CREATE INDEX account_telling ON account (workspace, account) WHERE telling = 1;

CREATE TABLE account_member (
    workspace TEXT NOT NULL,
    account TEXT NOT NULL,
    contact TEXT NOT NULL,
    member_json TEXT NOT NULL,
    has_left BIGINT NOT NULL,
    PRIMARY KEY (workspace, account, contact)
) WITHOUT ROWID;

CREATE INDEX account_member_contact ON account_member (workspace, contact);

CREATE TABLE account_inbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace TEXT NOT NULL,
    account TEXT NOT NULL,
    input_json TEXT NOT NULL,
    at BIGINT NOT NULL
);

CREATE INDEX account_inbox_order ON account_inbox (workspace, account, seq);
