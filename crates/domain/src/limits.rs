//! Every bound of the domain by name; reaching one is a recorded answer, never a crash.

/// The most steps a run may cross on one input (SEMANTICS 3.14): beyond it the run ends as `failed: no rest`.
pub const STEPS_PER_INPUT_MAX: u32 = 1_000;

/// The most messages of one run that may be released at one instant: beyond it the run ends as `failed: no rest`.
///
/// Each release is an input of its own in the same transaction, so that [`STEPS_PER_INPUT_MAX`] doesn't see a loop.
pub const RELEASES_PER_INSTANT_MAX: usize = 100;

/// The most hops a chain of derived inputs may take (SEMANTICS 3.14).
pub const HOPS_MAX: u32 = 16;

/// The most derived inputs one input may cause, over all hops.
pub const DERIVED_INPUTS_MAX: usize = 1_000;

/// The largest contact document, in bytes, as it is stored.
pub const CONTACT_BYTES_MAX: usize = 64 * 1024;

/// The most live runs of one contact; a further entry is refused with this limit as its reason.
pub const RUNS_PER_CONTACT_MAX: usize = 50;

/// The most messages that a contact's ledger remembers; the oldest settled ones leave it first.
pub const LEDGER_MAX: usize = 60;

/// The most occurrences that one behaviour summary keeps in the document as its newest.
pub const SUMMARY_ENTRIES_MAX: usize = 256;

/// How many of them stay there when they became too many: the older ones are kept in pieces.
pub const SUMMARY_ENTRIES_KEPT: usize = 128;

/// How many older occurrences one piece of a summary counts as one at first.
pub const PIECE_OCCURRENCES: usize = 128;

/// The most pieces of a summary; of more, neighbours are joined.
pub const PIECES_MAX: usize = 48;

/// The most values whose number all pieces of a summary keep together; of more, neighbours are joined.
pub const PIECES_TALLIES_MAX: usize = 256;

/// The most message ids that a contact remembers for deduplication (SEMANTICS 3.2).
pub const DEDUPLICATION_IDS_MAX: usize = 1_000;

/// How long a message id is remembered, in milliseconds: 7 days (SEMANTICS 3.2).
pub const DEDUPLICATION_FOR_MS: i64 = 7 * 24 * 3_600_000;

/// The age beyond which an event triggers nothing unless the trigger says `late: true`: 24 hours (SEMANTICS 2.1).
pub const LATE_AFTER_MS: i64 = 24 * 3_600_000;

/// The most deadlines of one contact that one input may fire; more are left to the next alarm.
pub const DEADLINES_PER_INPUT_MAX: usize = 1_000;

/// How far ahead a deferred message may be placed, in milliseconds, when it has no `expires`: 30 days.
pub const DEFER_FOR_MS_MAX: i64 = 30 * 24 * 3_600_000;

/// The most candidate instants that the search for a sending instant tries (SEMANTICS 7.10).
pub const SEND_INSTANTS_TRIED_MAX: usize = 1_000;

/// The most attempts at handing one message to a provider.
pub const ATTEMPTS_MAX: u32 = 50;

/// The most ended runs that a contact keeps because a goal's window is still open; the oldest leave first.
pub const CLOSED_RUNS_MAX: usize = 50;

/// The most keys of one workflow whose last entry a contact remembers; the oldest leave first.
pub const ENTRY_KEYS_MAX: usize = 200;

/// The most anonymous ids that a contact remembers; the oldest leave first.
pub const ANONYMOUS_IDS_MAX: usize = 50;

/// The most inputs that one transaction takes because one led to another: rendered messages and emitted events.
pub const INPUTS_PER_TAKE_MAX: usize = 1_000;

/// How many milliseconds after it was due a message is attempted without being asked again what can stop it (SEMANTICS
/// 7.13): longer than a busy node takes, shorter than an outage that matters.
pub const LATE_MS: i64 = 60_000;

/// The first pause before a temporary failure is tried again, in milliseconds; each further one is twice as long.
pub const RETRY_FIRST_MS: i64 = 30_000;

/// The longest pause between two attempts, in milliseconds: 6 hours.
pub const RETRY_MS_MAX: i64 = 6 * 3_600_000;

/// The longest that a provider or another system can make the next attempt wait: 24 hours (SEMANTICS 8.3).
pub const RETRY_AFTER_MS_MAX: i64 = 24 * 3_600_000;

/// The most bytes of a provider's id of a message that are kept.
pub const PROVIDER_ID_BYTES_MAX: usize = 200;

/// The most variants of one split.
pub const VARIANTS_MAX: usize = 50;

/// The most experiments whose variant a contact remembers; beyond it, the draw decides anew each time, with the
/// weights of that time.
pub const EXPOSURES_MAX: usize = 500;

/// The most bytes that a run's variables take as JSON; a change beyond it is not done.
pub const VARIABLES_BYTES_MAX: usize = 8 * 1024;

/// How long after it was wanted a webhook call may be made at the least, in milliseconds: one that is not to be repeated
/// may have to wait for its turn.
pub const CALL_FOR_MS_MIN: i64 = 60_000;

/// The most links of one message whose clicks a contact remembers.
pub const LINKS_PER_MESSAGE_MAX: usize = 10;

/// The most links of all its messages whose clicks a contact remembers; the oldest leave first.
pub const LINKS_PER_CONTACT_MAX: usize = 40;

/// The longest link whose click is remembered, in bytes.
pub const LINK_BYTES_MAX: usize = 500;

/// The longest that one attempt at a webhook call may take, in milliseconds: 60 seconds.
pub const CALL_TIMEOUT_MS_MAX: i64 = 60_000;

/// The longest that a failed webhook call is tried again, in milliseconds: 7 days.
pub const CALL_RETRY_FOR_MS_MAX: i64 = 7 * 24 * 3_600_000;

/// The most headers of a webhook call that a file gives.
pub const CALL_HEADERS_MAX: usize = 40;

/// The most values that one webhook call saves of the answer.
pub const SAVED_MAX: usize = 50;

/// The most outcomes of a task.
pub const TASK_OUTCOMES_MAX: usize = 20;

/// The most deadlines of triggers of one contact: dates, absences, set times. A further one is not set, and that is
/// recorded.
pub const TRIGGER_TIMERS_MAX: usize = 100;

/// How late a set time may come to a contact and still count, in milliseconds: 24 hours.
pub const SCHEDULE_LATE_MS_MAX: i64 = 24 * 3_600_000;

/// The most static lists that a contact is on; a further one is not done.
pub const LISTS_PER_CONTACT_MAX: usize = 200;

/// The most tags of a contact; a further one is not given.
pub const TAGS_PER_CONTACT_MAX: usize = 200;

/// The longest text of an event that a computed trait takes up, in bytes; a longer one counts as missing.
pub const NOTED_BYTES_MAX: usize = 200;

/// The most different values of which a summary keeps how often each ever occurred.
pub const TALLIES_MAX: usize = 64;

/// The most accounts that a contact is a member of.
pub const ACCOUNTS_PER_CONTACT_MAX: usize = 10;

/// The most traits of an account.
pub const ACCOUNT_TRAITS_MAX: usize = 500;

/// The most bytes that an account's traits take as JSON; what doesn't fit is left out.
pub const ACCOUNT_BYTES_MAX: usize = 16 * 1024;

/// The most bytes of an account's traits that members hold copies of, as JSON; the last names that don't fit are left out.
pub const SHARED_BYTES_MAX: usize = 2 * 1024;

/// The most sums over the members of an account that a portfolio defines.
pub const ROLLUPS_MAX: usize = 20;

/// The most traits of one event whose types are noted.
pub const TRAITS_SEEN_MAX: usize = 200;

/// The longest name of a trait whose types are noted, in bytes.
pub const TRAIT_NAME_BYTES_MAX: usize = 100;

/// The most computed traits of a portfolio.
pub const COMPUTED_TRAITS_MAX: usize = 100;

/// The most parts of a rule that one explanation shows; what lies deeper is left out.
pub const EXPLAINED_PARTS_MAX: usize = 500;

/// The most terms that a contact's names make.
pub const NAME_TERMS_MAX: usize = 12;

/// The longest value of a term by which contacts are found, in bytes; the rest is cut off.
pub const TERM_BYTES_MAX: usize = 120;

/// The most e-mail addresses that a contact remembers as meaning it, and as many phone numbers; the oldest leave first.
pub const ADDRESSES_PER_CONTACT_MAX: usize = 20;

/// The longest address that means somebody, in bytes.
pub const ADDRESS_BYTES_MAX: usize = 254;

/// The most contacts that become one with another: an address that more share names nobody.
pub const MERGED_MAX: usize = 100;

/// The most contacts that one remembers it is not one with; beyond it, each time is looked at anew.
pub const APART_MAX: usize = 50;

/// The most columns of a file that is imported.
pub const IMPORT_COLUMNS_MAX: usize = 1_000;

/// The longest id in a file that is imported, in bytes.
pub const IMPORT_ID_BYTES_MAX: usize = 512;

/// The longest name of a trait, list or tag that an import brings, in bytes.
pub const IMPORT_NAME_BYTES_MAX: usize = 256;

/// The longest text of one cell that an import takes, in bytes.
pub const IMPORT_VALUE_BYTES_MAX: usize = 32 * 1024;

/// The deepest nesting of a value that an import brings.
pub const IMPORT_DEPTH_MAX: usize = 32;

/// The most characters of a signed link.
pub const SIGNED_LINK_BYTES_MAX: usize = 1_000;

/// The longest URL that a link of tracking leads to, in bytes; a longer one is left as it is.
pub const TRACKED_TARGET_BYTES_MAX: usize = 2_000;

/// The most characters of a link of tracking: the target and what stands around it, in base64.
pub const TRACKED_LINK_BYTES_MAX: usize = 2_800;

/// The longest words of a mail server, a mailbox or a person that are kept of a report, in bytes.
pub const REPORT_WORDS_BYTES_MAX: usize = 500;

/// The longest name of a browser that is kept of a report, in bytes.
pub const AGENT_BYTES_MAX: usize = 200;

/// The most clicks of one message that wait to be judged; further ones say nothing new.
pub const CLICKS_UNJUDGED_MAX: usize = 20;

/// The most answers of consent of a contact; a further one is not taken, unless it opts out.
pub const CONSENT_ANSWERS_MAX: usize = 200;

/// The most addresses of a contact that are suppressed; the first by name leave.
pub const SUPPRESSED_MAX: usize = 100;

/// The longest source of an answer of consent, in bytes; the rest is cut off.
pub const CONSENT_SOURCE_BYTES_MAX: usize = 200;

/// The longest pause that a contact may choose, in milliseconds: a year.
pub const PAUSE_FOR_MS_MAX: i64 = 366 * 24 * 3_600_000;

/// The most messages that a contact may choose to get in a span of time.
pub const CAP_OF_CONTACT_MAX: u32 = 100;

/// How long after a confirmation was asked for none is asked for again, in milliseconds: a day.
pub const CONFIRM_AGAIN_AFTER_MS: i64 = 24 * 3_600_000;
