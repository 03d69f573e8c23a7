//! stub
use serde::{Deserialize, Serialize};
/// stub
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Activity {}
impl Activity {
    /// stub
    pub fn is_empty(&self) -> bool {
        true
    }
    /// stub
    pub fn best_instant(
        &self,
        after: crate::time::Timestamp,
        _within: crate::time::Period,
        _zone: &crate::zone::Zone,
        _or: crate::zone::TimeOfDay,
    ) -> crate::time::Timestamp {
        after
    }
}
