//! The loops that take inputs, wake contacts and hand messages out, written as ticks.
//!
//! Read in this order: `engine` (what a caller does), `tick` (what a worker is, and the one loop), `batch` (from
//! arrivals to one commit, the heart), `identify`, `lane` and `changes` (its parts), `queue` and `shared` (what callers
//! and workers have in common), then the workers by name:
//! `inputs`, `alarms`, `inbox`, `outbox`, `recovery`, `catalogs`, `jobs`, `schedules`, `rollouts`, `grants`,
//! `accounts`, `janitor`;
//! `replay`, `publish`, `lifecycle`, `business`, `secrets`, `meant` (who is named), `templates` (tried out), `uploads` (catalogues) and `audience` (who is meant) stand beside them. `courier` and
//! `clock` are what the outside provides, [`metrics`] what it can watch.
//!
//! **Invariants**
//! - No rule is in here: whatever is decided about a contact, `wend_domain` decides; a batch only carries it.
//! - A client is answered after the commit, and nothing acts on the outside before it (SEMANTICS 8.5).
//! - An attempt is recorded before the courier is called, and its outcome is kept until it is committed (8.2).
//! - One contact never fails a batch: what can't be processed goes to the contact's inbox (3.15).
//! - Dropping any tick at any `.await` is safe: what counts is in the transaction.
//! - Every queue, batch, page and retry has a bound in `options`.
//!
//! **Absent on purpose:** SQL, HTTP, providers, leases and leaders; and spawning, sleeping or reading the clock
//! anywhere but in `tick` and `clock`: the simulator calls the same ticks in an order of its own.

mod engine;
mod tick;
mod uploads;

mod batch;
mod changes;
mod identify;
mod lane;
mod links;

mod accounts;
mod alarms;
mod catalogs;
mod grants;
mod inbox;
mod inputs;
mod janitor;
mod jobs;
mod outbox;
mod recovery;
mod rollouts;
mod schedules;

pub mod exports;
pub mod imports;

mod audience;
mod business;
mod lifecycle;
mod meant;
mod preview;
mod publish;
mod queue;
mod replay;
mod reports;
mod secrets;
mod shared;
mod templates;

mod clock;
mod courier;
mod erase;
mod error;
pub mod metrics;
mod options;

pub use audience::{Built, Counted, Found, FoundPage, QUESTIONS_MAX, Sample, Search, SearchPlace};
pub use business::BusinessTaken;
pub use changes::days::VALUE_SCALE;
pub use clock::{CatchingUpClock, Clock, ManualClock, SystemClock};
pub use courier::{
    Carried, Checking, Courier, NotTold, Parcel, Payload, ProviderCall, SenderView, Telling, WebReply,
    WebRequest,
};
pub use engine::Engine;
pub use error::{CommandError, IngestError};
pub use jobs::BULK_IDS_MAX;
pub use jobs::work::{BusinessWork, JobWork, Selection};
pub use lifecycle::LifecycleChange;
pub use meant::Meant;
pub use metrics::Metrics;
pub use options::EngineOptions;
pub use preview::{BackfillPreview, PREVIEW_CONTACTS_MAX};
pub use publish::{Applied, Backfill, Publication};
pub use replay::{Difference, ReplayReport};
pub use reports::{ProviderCallError, REPORTS_MAX};
pub use secrets::{SECRET_BYTES_MAX, SECRET_NAME_MAX, SecretSet, SecretsKey, WrongKey};
pub use templates::{TemplatePreview, TemplateTrial, TestSent, Tried};
pub use tick::{Next, Tick, Worker};
pub use uploads::{CATALOGUE_BYTES_MAX, Uploaded};
