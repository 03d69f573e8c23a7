//! Every bound of ingestion by name; the manual quotes them.

/// The largest body, in bytes, before and after unpacking: 500 KB.
pub const BODY_BYTES_MAX: usize = 500 * 1024;

/// The largest event, in bytes of its JSON as it was sent: 32 KB.
pub const EVENT_BYTES_MAX: usize = 32 * 1024;

/// The most events in one batch.
pub const BATCH_EVENTS_MAX: usize = 2_500;

/// The deepest nesting of one event: deep documents are expensive to compare and no rule can ask for them.
pub const EVENT_DEPTH_MAX: usize = 32;

/// The longest user id or anonymous id, in bytes.
pub const ID_BYTES_MAX: usize = 512;

/// The longest event name, in bytes.
pub const NAME_BYTES_MAX: usize = 256;

/// The longest message id that is kept as it is, in bytes; longer ones are kept as their hash.
pub const MESSAGE_ID_BYTES_MAX: usize = 100;

/// The longest text of `context` that is kept as a property, in bytes.
pub const CONTEXT_VALUE_BYTES_MAX: usize = 2 * 1024;

/// The longest write key that is looked up, in bytes.
pub const WRITE_KEY_BYTES_MAX: usize = 128;

/// How much of something refused is kept for the team to see, in bytes.
pub const QUARANTINED_BYTES_MAX: usize = 32 * 1024;

/// The longest reason that is shown for something refused, in characters.
pub const REASON_CHARS_MAX: usize = 300;

/// The most ids in other systems that one event brings.
pub(crate) const EXTERNAL_IDS_MAX: usize = 20;

/// The longest id in another system, in bytes.
pub(crate) const EXTERNAL_ID_BYTES_MAX: usize = 256;

/// The longest namespace of such ids, in bytes.
pub(crate) const NAMESPACE_BYTES_MAX: usize = 64;
