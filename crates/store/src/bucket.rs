//! Buckets: the number that leads every hot table, so that a distributed PostgreSQL can shard by it.

use wend_domain::id::ContactId;
use wend_domain::identity::Identifier;

/// How many buckets there are. It never changes: rows are keyed by it.
pub const BUCKETS: u16 = 4_096;

/// The bucket of a contact. An id ends in bits of a keyed hash, so they need no further hashing.
pub fn of_contact(contact: ContactId) -> u16 {
    let bytes = contact.to_bytes();
    u16::from_be_bytes([bytes[14], bytes[15]]) % BUCKETS
}

/// The bucket of an identifier: it is looked up before its contact is known, so it has one of its own.
pub(crate) fn of_identifier(identifier: &Identifier) -> u16 {
    let digest = wend_domain::id::digest(
        "identity bucket",
        &[identifier.kind.as_str().as_bytes(), identifier.value.as_bytes()],
    );
    u16::from_be_bytes([digest[0], digest[1]]) % BUCKETS
}
