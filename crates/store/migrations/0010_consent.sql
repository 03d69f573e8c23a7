-- What people agreed to and asked for: the ledger of consent, addresses that must not be used, and who was erased.
-- `consent_change` is written in the commit of the input that it follows from; its id counts the
-- contact's inputs, so that lines sort and a commit that is repeated writes nothing twice. `suppression` is looked at when a message is about to go, so that an
-- address that no contact has yet counts too; it is found by a keyed hash of channel and address, and the address itself leaves when its person
-- is erased. `workspace_key` has the key of those hashes and of signed links. `erased` is a tombstone: who was erased when, by an id that nothing else leads to any more.

CREATE TABLE workspace_key (
    workspace TEXT COLLATE "C" NOT NULL,
    key_text TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (workspace)
);

CREATE TABLE consent_change (
    workspace TEXT COLLATE "C" NOT NULL,
    bucket BIGINT NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    change_json TEXT NOT NULL,
    PRIMARY KEY (workspace, bucket, contact, id)
);

CREATE TABLE suppression (
    workspace TEXT COLLATE "C" NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    hash TEXT COLLATE "C" NOT NULL,
    address TEXT,
    reason TEXT NOT NULL,
    since BIGINT NOT NULL,
    set_by TEXT NOT NULL,
    PRIMARY KEY (workspace, hash)
);

CREATE TABLE erased (
    workspace TEXT COLLATE "C" NOT NULL,
    contact TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    erased_by TEXT NOT NULL,
    PRIMARY KEY (workspace, contact)
);
