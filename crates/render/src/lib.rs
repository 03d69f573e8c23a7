//! From a template and a contact to a finished message.
//!
//! Read in this order: `renderer` (a catalog's templates compiled once, and what rendering one gives or why it
//! can't), `rendered` (the finished message), `call` (a request, and the secrets that aren't in it), `links` (by which people unsubscribe and choose), `content` (Markdown and MJML to HTML, once), `plain_text` (the text part of an HTML
//! one), `checks` (what speaks against an e-mail), `preview` (a message looked at), `diagnostics` (what is wrong with
//! templates before anything is sent).
//!
//! **Invariants:** no I/O, no clock, no random number: the same template, context, zone and instant give the same
//! message, byte for byte. Values in HTML parts are escaped unless the template says otherwise. Every part is bounded,
//! in steps and in bytes, and parts that become one line of a header are one line.

mod call;
mod checks;
mod content;
mod diagnostics;
mod links;
mod plain_text;
mod preview;
mod rendered;
mod renderer;
mod tracking;

pub use call::{CallRequest, Mark, MissingSecret, Revealed};
pub use diagnostics::diagnostics;
pub use links::{CLICK_PATH, Links, PIXEL_PATH};
pub use preview::{Check, InspectedImage, InspectedLink, Inspection, darkened, inspect};
pub use rendered::Rendered;
pub use renderer::{RenderError, Renderer};
