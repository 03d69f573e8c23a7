-- Senders that are warming up carry so many messages a day, over all nodes and also after a restart: each day's number is
-- kept here, and nodes take from it a piece at a time. One row for a sender and a day; the same on both databases.

CREATE TABLE sender_day (
    sender TEXT COLLATE "C" NOT NULL,
    day TEXT COLLATE "C" NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (sender, day)
);
