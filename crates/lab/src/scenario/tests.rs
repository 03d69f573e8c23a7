//! Test files that pass, that fail, and that make no sense.
