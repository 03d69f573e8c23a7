//! Everything that survives a crash: one SQL text, two databases.
//!
//! Read in this order: `work` (one transaction of the engine: read, decide elsewhere, commit), `contact`,
//! `identity`, `history` with `past`, `message`, `outbox` with `lane`, `inbox`, `task`, `grant`, `posting`, `term` (what such a transaction
//! reads and writes), then what people manage: `workspace`, `catalog`, `hold`, `job`, `schedule`, `business`, `draft`,
//! `claim`, `secret`, `catalogue`, `key`, `team`, `account`, `trait_seen`, `quarantine`, `import`, `audit`, `counter`,
//! `people_key`, `consent`, `suppression`, `erase`, `statistics`; then `dump`,
//! [`retention`] with `janitor`, and the machinery: `open`, `gate`, `driver`, `statement`, `migrate`, `node`, `commit`, `alarm`,
//! `bucket`, `tail`, `fold`, `check`.
//!
//! **Invariants**
//! - What [`Work::commit`] answered is on the disk: a power cut doesn't undo it.
//! - A transaction is committed as a whole or not at all, and dropping a future at any `.await` is safe.
//! - On SQLite one process owns the folder, one thread writes, and no hot table has a randomly keyed index: changes
//!   are appended and folded later (`tail`, `fold`). Readers never notice whether a change is folded.
//! - On PostgreSQL the database coordinates any number of nodes: row locks, in the order identities, contacts,
//!   outbox; no leases and no leader.
//! - Nothing crosses a workspace.
//!
//! **Absent on purpose:** rules (no SQL decides anything about a contact), clocks (`at` comes in), random numbers,
//! and every kind of cargo feature: both databases are in every build.

mod driver;
mod error;
mod gate;
mod open;
mod statement;

mod check;
mod migrate;
mod node;

mod work;

mod commit;

mod contact;
mod history;
mod identity;
mod inbox;
mod message;
mod outbox;
mod past;

mod grant;
mod lane;
mod posting;
mod task;
mod team;
mod term;

mod alarm;
mod bucket;
mod fold;
mod tail;

mod account;
mod audit;
mod business;
mod catalog;
mod catalogue;
mod claim;
mod consent;
mod counter;
mod draft;
mod erase;
mod hold;
mod import;
mod job;
mod key;
mod people_key;
mod quarantine;
mod rollout;
mod schedule;
mod secret;
mod sender;
mod statistics;
mod suppression;
mod trait_seen;
mod workspace;

mod dump;
mod janitor;
pub mod retention;

pub use account::{AccountChange, AccountKey, AccountQueue, AccountRow, Accounting, NewAccountInput};
pub use audit::AuditRow;
pub use bucket::{BUCKETS, of_contact as bucket_of};
pub use business::BusinessEventRow;
pub use catalog::{CatalogRow, Consequences, Publish};
pub use catalogue::{CATALOGUES_MAX, CatalogueRow};
pub use claim::RefusedClaim;
pub use consent::{ConsentRow, NewConsentChange};
pub use contact::ContactChange;
pub use draft::{DRAFTS_MAX, DraftRow, DraftSaved};
pub use driver::sqlite::make_private_folder;
pub use dump::DumpReport;
pub use erase::Erasure;
pub use error::Error;
pub use gate::{Fate, Gate, Piece};
pub use grant::{CapWindow, EntryAnswer, EntryRequest, Granting};
pub use history::{HistoryRow, NewHistory, is_wanted};
pub use hold::Holds;
pub use import::{IMPORTS_MAX, ImportPage, ImportRow, ImportStep};
pub use inbox::{InboxRow, NewInbox};
pub use janitor::{JanitorReport, Sweep};
pub use job::{Job, JobPage, NewJob, RECOMPUTE};
pub use key::KeyRow;
pub use lane::{PutBack, RateRoom};
pub use message::{MessageFilter, MessageRow};
pub use open::{Database, Store, StoreOptions};
pub use outbox::{NewOutbox, OutboxRow};
pub use past::PastRow;
pub use posting::{Posting, PostingPair};
pub use quarantine::QuarantineRow;
pub use schedule::{ScheduleRow, ScheduleStep};
pub use secret::{SECRETS_MAX, SecretRow};
pub use statistics::Statistics;
pub use suppression::SuppressionRow;
pub use task::{TaskClaim, TaskFilter, TaskRow};
pub use team::{SessionRow, TeamMember};
pub use term::{TermChange, TermPlace};
pub use trait_seen::{OTHERS, SeenNow, SeenTraits, TRAITS_MAX, TraitSeenRow};
pub use work::{Changes, Work};
