//! The stable layout of files.
