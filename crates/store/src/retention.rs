//! How long each table keeps its rows: the janitor acts on this table, and the manual's page is made from it.

use std::fmt::Write as _;

use wend_domain::policy::retention::{self as policy, SETTABLE};
use wend_domain::time::{Period, Timestamp};

/// How long a table keeps its rows, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// The table.
    pub table: &'static str,
    /// For how long.
    pub kept: Kept,
    /// What the table holds.
    pub meaning: &'static str,
}

/// For how long rows are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    /// As long as the installation.
    Forever,
    /// So many days.
    Days(u32),
    /// As long as the workspace's policies say.
    Policies,
    /// Until something happens to the row.
    Until(&'static str),
}

const fn table(table: &'static str, kept: Kept, meaning: &'static str) -> Retention {
    Retention { table, kept, meaning }
}

/// Every table that holds something of a workspace.
pub const RETENTION: &[Retention] = &[
    table("workspace", Kept::Forever, "workspaces"),
    table(
        "api_key",
        Kept::Forever,
        "keys of the API, as hashes; a revoked one stays, so that the audit can name it",
    ),
    table("audit", Kept::Forever, "who did what to the installation"),
    table(
        "catalog",
        Kept::Forever,
        "every revision of what a team has defined: explanations and replays need it",
    ),
    table(
        "counter",
        Kept::Policies,
        "counters; those of a single day leave after so many days, all others stay",
    ),
    table(
        "counter_delta",
        Kept::Until("it is added to its counter, within minutes"),
        "what was counted lately",
    ),
    table("trait_seen", Kept::Forever, "what types traits were seen with, and what was wrong with them"),
    table(
        "trait_delta",
        Kept::Until("it is added up, within minutes"),
        "what types traits were seen with lately",
    ),
    table("account", Kept::Forever, "accounts: groups of contacts, with their traits and sums"),
    table("account_member", Kept::Forever, "who is, or was, a member of which account"),
    table(
        "account_inbox",
        Kept::Until("the account has taken it, within seconds"),
        "what accounts were told",
    ),
    table("job", Kept::Days(90), "jobs over many contacts; counted from when a finished one was made"),
    table("job_contact", Kept::Until("its job is finished"), "the contacts that a job was made for"),
    table("draft", Kept::Until("it is published or removed"), "files that somebody works on"),
    table(
        "secret",
        Kept::Until("somebody removes it"),
        "secrets of calls, sealed with the installation's key",
    ),
    table(
        "catalogue",
        Kept::Until("somebody removes it, or uploads it again"),
        "catalogues that were uploaded",
    ),
    table(
        "team_member",
        Kept::Forever,
        "people of the team, passwords as hashes; who left stays, so that the audit can name them",
    ),
    table(
        "session",
        Kept::Until("it is over, or somebody signs out"),
        "browsers in which people are signed in",
    ),
    table(
        "workspace_key",
        Kept::Forever,
        "the key of signed links and of the hashes of suppressed addresses",
    ),
    table("consent_change", Kept::Forever, "every answer of consent: what was agreed to must be provable"),
    table(
        "suppression",
        Kept::Until("somebody takes it back; without the address, forever, once its person is erased"),
        "addresses that must not be used",
    ),
    table("erased", Kept::Forever, "who was erased and when, by an id that leads to nothing else"),
    table("workflow_hold", Kept::Until("the workflow goes on"), "workflows that are stopped or paused"),
    table("schedule", Kept::Until("the workflow has no set time any more"), "when workflows begin next"),
    table(
        "rollout_start",
        Kept::Forever,
        "what was counted when each rollout began: its gates count from there",
    ),
    table(
        "business_event",
        Kept::Days(90),
        "what happened in the business, so that none is taken twice; counted from when it came",
    ),
    table("posting_pair", Kept::Until("no trigger asks for it"), "by which properties contacts are found"),
    table(
        "posting",
        Kept::Until("no trigger asks for its pair"),
        "which contacts did something with which value",
    ),
    table("rate", Kept::Forever, "how much of each rate is used in its latest window"),
    table("sender_day", Kept::Forever, "how many messages each sender that is warming up carried on a day"),
    table(
        "entry_grant",
        Kept::Days(90),
        "how many places of each entry cap are taken; counted from when its window began; what is counted for ever stays",
    ),
    table(
        "entry_request",
        Kept::Days(90),
        "runs that asked for a place, so that none gets two; counted from when they asked, if they were answered",
    ),
    table("task", Kept::Policies, "tasks for people; counted from when those that are closed were opened"),
    table("contact", Kept::Forever, "contacts: one document each"),
    table(
        "contact_term",
        Kept::Until("the contact has another name, or leaves the segment or list"),
        "by which words contacts are found",
    ),
    table("alarm", Kept::Until("the contact wakes or waits for nothing"), "when contacts want to wake"),
    table("identity", Kept::Forever, "which contact an identifier means"),
    table(
        "refused_claim",
        Kept::Until("somebody dismisses it"),
        "claims of identifiers that were not granted",
    ),
    table("history", Kept::Policies, "what came in for a contact and what was decided; counted from then"),
    table("message", Kept::Policies, "messages and what became of them; counted from when they were wanted"),
    table(
        "message_payload",
        Kept::Policies,
        "what was rendered; counted from when the message was wanted, and at least until it has left the outbox",
    ),
    table(
        "outbox",
        Kept::Until("the message is sent, fails, expires or is taken back"),
        "what is to be sent",
    ),
    table("outbox_lane", Kept::Until("its rows may go"), "where rows stand that are due and may not go"),
    table("inbox", Kept::Until("the input is processed or dropped"), "inputs that wait for their contact"),
    table("import", Kept::Policies, "files that were imported; counted from when the work was over"),
    table("import_chunk", Kept::Until("the import is over"), "the files themselves"),
    table(
        "import_page",
        Kept::Until("its import is removed"),
        "what became of each row of a file, and what was wrong with it",
    ),
    table(
        "quarantine",
        Kept::Policies,
        "events that made no sense, with the reason; counted from when they came, at most 100,000 in each workspace",
    ),
];

/// The instant before which rows of a table leave by what the policies say; none if the table isn't cleared by age.
pub(crate) fn cutoff(table: &str, policies: &policy::Retention, at: Timestamp) -> Option<Timestamp> {
    let retention = RETENTION.iter().find(|retention| retention.table == table)?;
    match retention.kept {
        Kept::Days(days) => Some(at - Period::from_millis(i64::from(days) * 86_400_000)),
        Kept::Policies => policies.of(table).map(|kept| at - kept),
        Kept::Forever | Kept::Until(_) => None,
    }
}

/// The manual's table, in Markdown.
pub fn page() -> String {
    let mut page = String::from("| Table | Holds | Kept |\n|---|---|---|\n");
    for Retention { table, kept, meaning } in RETENTION {
        let kept = match kept {
            Kept::Forever => "forever".to_owned(),
            Kept::Days(days) => format!("{days} days"),
            Kept::Policies => {
                let settable = SETTABLE.iter().find(|settable| settable.table == *table);
                let usual = settable.map(|settable| settable.usual).unwrap_or_default();
                format!("{usual} days, or as long as `retention` in the policies says")
            }
            Kept::Until(what) => format!("until {what}"),
        };
        writeln!(page, "| `{table}` | {meaning} | {kept} |").expect("writing to a String never fails");
    }
    page
}
