//! Segments: named audiences, kept current per event and per deadline.

use crate::id::SegmentName;
use crate::predicate::Predicate;

/// A dynamic segment, compiled.
#[derive(Debug, Clone, PartialEq)]
pub struct Segment {
    /// Its name.
    pub name: SegmentName,
    /// What a person reads.
    pub title: String,
    /// Who is in it.
    pub rule: Predicate,
}
