//! The description is whole.
