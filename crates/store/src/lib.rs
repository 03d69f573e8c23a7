//! Everything that survives a crash: one SQL text, two databases.
