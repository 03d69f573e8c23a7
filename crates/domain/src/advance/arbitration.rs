//! Holding windows: of several messages on a channel one goes (SEMANTICS 7.11).
