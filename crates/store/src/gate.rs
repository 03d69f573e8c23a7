//! A database in the hands of a simulator: what becomes of each piece of work is decided from outside.
//!
//! [`Store::open_simulated`](crate::Store::open_simulated) does all work on the thread of whoever polls, one piece
//! after the other, and yields before and after each; so one seed gives one history. Only SQLite can be had so, but by several
//! nodes, as otherwise only PostgreSQL can: [`Store::simulated_node`](crate::Store::simulated_node).

/// What is about to be done to the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece {
    /// Something outside any transaction.
    Read,
    /// A statement, or several that nothing comes between: a whole commit, mostly.
    Write,
}

/// What becomes of a piece of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// It is done, and its answer arrives.
    Done,
    /// It is not done: the database is away.
    Refused,
    /// It is done, and its answer is lost: who waits hears that the database is away.
    AnswerLost,
    /// The disk has no room for another page while it is done.
    DiskFull,
    /// Nothing answers any more, and it was not done.
    NeverBegun,
    /// Nothing answers any more, but it was done.
    NeverAnswered,
}

/// Decides what becomes of each piece of work.
pub trait Gate: Send + Sync {
    /// Asked once for each piece, in the order in which they are done.
    fn fate(&self, piece: Piece) -> Fate;
}
