//! Messages: one row each, from the intent on, for lists and screens.

use rusqlite::Connection;
use wend_domain::id::{
    Category, Channel, ContactId, MessageId, RunId, StepId, TemplateName, WorkflowName, WorkspaceId,
};
use wend_domain::time::Timestamp;

use crate::bucket;
use crate::driver::Driver;
use crate::driver::sqlite;
use crate::driver::value::{Row, Value, params, values};
use crate::error::Error;
use crate::open::Store;
use crate::statement::{Kind, Many, Statement, statements};
use crate::tail::SharedTail;

/// A message as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// Its id, which is its key with providers.
    pub id: MessageId,
    /// To whom; it stays the contact that wanted it, also after a merge.
    pub contact: ContactId,
    /// The run that wanted it.
    pub run: RunId,
    /// The workflow.
    pub workflow: WorkflowName,
    /// The workflow's version.
    pub version: u32,
    /// The step.
    pub step: StepId,
    /// How it goes.
    pub channel: Channel,
    /// What the contact can opt out of.
    pub category: Category,
    /// The template.
    pub template: TemplateName,
    /// The state's name.
    pub state: String,
    /// The entry of the contact's ledger.
    pub detail_json: String,
    /// Where it goes.
    pub address: String,
    /// When it was wanted.
    pub created_at: Timestamp,
    /// When it took this state.
    pub updated_at: Timestamp,
}

/// Which messages to list; what is none doesn't narrow the list.
#[derive(Debug, Clone, Default)]
pub struct MessageFilter {
    /// The state's name.
    pub state: Option<String>,
    /// To whom.
    pub contact: Option<ContactId>,
    /// The workflow.
    pub workflow: Option<WorkflowName>,
    /// The step that sends it.
    pub step: Option<StepId>,
    /// How it goes.
    pub channel: Option<Channel>,
    /// Only older ones than this.
    pub before: Option<MessageId>,
    /// At most so many.
    pub limit: usize,
}

/// The columns of a row, in the order in which [`read`] reads them.
macro_rules! columns {
    () => {
        "message.message, message.contact, run, workflow, version, step, channel, category, template, state, \
         detail_json, address, created_at, updated_at"
    };
}

/// What narrows a list besides the index that it goes through.
macro_rules! filters {
    () => {
        "AND (CAST($4 AS TEXT) IS NULL OR state = $4) AND (CAST($5 AS TEXT) IS NULL OR workflow = $5) \
         AND (CAST($6 AS TEXT) IS NULL OR channel = $6) AND (CAST($7 AS TEXT) IS NULL OR step = $7) \
         ORDER BY message.message DESC LIMIT $3"
    };
}

statements! {
    GET: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM message WHERE workspace = $1 AND message = $2",
    ));
    PAYLOAD: Statement =
        Statement::Both("SELECT payload_json FROM message_payload WHERE workspace = $1 AND message = $2");
    NEWEST: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM message WHERE workspace = $1 AND message < $2 ", filters!(),
    ));
    OF_STATE: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM message WHERE workspace = $1 AND message < $2 AND state = $4 ", filters!(),
    ));
    OF_WORKFLOW: Statement = Statement::Both(concat!(
        "SELECT ", columns!(), " FROM message WHERE workspace = $1 AND message < $2 AND workflow = $5 ", filters!(),
    ));
    OF_CONTACT: Statement = Statement::Postgres(concat!(
        "SELECT ", columns!(), " FROM message
         WHERE workspace = $1 AND bucket = $8 AND contact = $9 AND message < $2 ", filters!(),
    ));
    FOLDED_OF_CONTACT: Statement = Statement::Sqlite(concat!(
        "SELECT ", columns!(), " FROM contact_message JOIN message USING (workspace, bucket, message)
         WHERE workspace = $1 AND bucket = $8 AND contact_message.contact = $9 AND contact_message.message < $2 ",
        filters!(),
    ));
    PUT: Many = Many::Insert {
        table: "message",
        columns: &[
            ("workspace", Kind::Text),
            ("bucket", Kind::Integer),
            ("message", Kind::Text),
            ("contact", Kind::Text),
            ("run", Kind::Text),
            ("workflow", Kind::Text),
            ("version", Kind::Integer),
            ("step", Kind::Text),
            ("channel", Kind::Text),
            ("category", Kind::Text),
            ("template", Kind::Text),
            ("state", Kind::Text),
            ("detail_json", Kind::Text),
            ("address", Kind::Text),
            ("created_at", Kind::Integer),
            ("updated_at", Kind::Integer),
        ],
        conflict: "ON CONFLICT (workspace, bucket, message) DO UPDATE SET
                   state = excluded.state, detail_json = excluded.detail_json, address = excluded.address,
                   updated_at = excluded.updated_at",
    };
    PAYLOAD_PUT: Many = Many::Insert {
        table: "message_payload",
        columns: &[
            ("workspace", Kind::Text),
            ("bucket", Kind::Integer),
            ("message", Kind::Text),
            ("payload_json", Kind::Text),
        ],
        conflict: "ON CONFLICT (workspace, bucket, message) DO UPDATE SET payload_json = excluded.payload_json",
    };
    LOG: Many =
        Many::Sqlite("INSERT INTO message_log (seq, workspace, contact, message) VALUES ($1, $2, $3, $4)");
}

/// A text that is higher than every id.
const ABOVE_ALL_IDS: &str = "~";

impl Store {
    /// Messages, newest first.
    pub async fn messages(
        &self,
        workspace: &WorkspaceId,
        filter: &MessageFilter,
    ) -> Result<Vec<MessageRow>, Error> {
        let mut params = params![
            workspace.as_str(),
            filter.before.map_or_else(|| ABOVE_ALL_IDS.to_owned(), |id| id.to_string()),
            filter.limit,
            filter.state.as_deref(),
            filter.workflow.as_ref().map(WorkflowName::as_str),
            filter.channel.as_ref().map(Channel::as_str),
            filter.step.as_ref().map(StepId::as_str)
        ];
        let statement = match (&filter.contact, &filter.state, &filter.workflow) {
            (Some(contact), _, _) => {
                params.extend(params![bucket::of_contact(*contact), *contact]);
                OF_CONTACT
            }
            (None, Some(_), _) => OF_STATE,
            (None, None, Some(_)) => OF_WORKFLOW,
            (None, None, None) => NEWEST,
        };
        match (&self.inner.driver, filter.contact) {
            (Driver::Sqlite(sqlite), Some(contact)) => {
                let (tail, workspace, filter) = (self.inner.tail.clone(), workspace.clone(), filter.clone());
                sqlite
                    .read(move |connection| {
                        of_contact(connection, &tail, &workspace, contact, &filter, &params)
                    })
                    .await
            }
            (driver, _) => driver.query(statement, params).await?.into_iter().map(read).collect(),
        }
    }

    /// One message.
    pub async fn message(&self, workspace: &WorkspaceId, id: MessageId) -> Result<Option<MessageRow>, Error> {
        let row = self.inner.driver.query_first(GET, params![workspace.as_str(), id]).await?;
        row.map(read).transpose()
    }

    /// What was rendered, while it waits to be sent and as long after as [`crate::retention`] says.
    pub async fn message_payload(
        &self,
        workspace: &WorkspaceId,
        id: MessageId,
    ) -> Result<Option<String>, Error> {
        let row = self.inner.driver.query_first(PAYLOAD, params![workspace.as_str(), id]).await?;
        row.map(|row| row.columns("message_payload").text()).transpose()
    }
}

/// The messages of a contact, those in the tail and those that are folded (SQLite).
fn of_contact(
    connection: &Connection,
    tail: &SharedTail,
    workspace: &WorkspaceId,
    contact: ContactId,
    filter: &MessageFilter,
    params: &[Value],
) -> Result<Vec<MessageRow>, Error> {
    let ids: Vec<MessageId> = {
        let tail = tail.read();
        let messages = tail.contact(workspace, contact).into_iter().flat_map(|contact| &contact.messages);
        messages.map(|(_, id)| *id).collect()
    };
    let mut messages = Vec::new();
    for id in ids {
        let rows = sqlite::query(connection, GET, &values![workspace.as_str(), id])?;
        let found = rows.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
        messages.extend(found.into_iter().filter(|message| filter.lets_through(message)));
    }
    for row in sqlite::query(connection, FOLDED_OF_CONTACT, params)? {
        messages.push(read(row)?);
    }
    messages.sort_by_key(|message| std::cmp::Reverse(message.id));
    messages.dedup_by_key(|message| message.id);
    messages.truncate(filter.limit);
    Ok(messages)
}

impl MessageFilter {
    fn lets_through(&self, message: &MessageRow) -> bool {
        self.state.as_ref().is_none_or(|state| *state == message.state)
            && self.workflow.as_ref().is_none_or(|workflow| *workflow == message.workflow)
            && self.step.as_ref().is_none_or(|step| *step == message.step)
            && self.channel.as_ref().is_none_or(|channel| *channel == message.channel)
            && self.before.is_none_or(|before| message.id < before)
    }
}

fn read(row: Row) -> Result<MessageRow, Error> {
    let mut row = row.columns("message");
    Ok(MessageRow {
        id: row.id()?,
        contact: row.id()?,
        run: row.id()?,
        workflow: row.name()?,
        version: row.count()?,
        step: row.name()?,
        channel: row.name()?,
        category: row.name()?,
        template: row.name()?,
        state: row.text()?,
        detail_json: row.text()?,
        address: row.text()?,
        created_at: row.time()?,
        updated_at: row.time()?,
    })
}

/// The values of a row.
pub(crate) fn row_values(workspace: &WorkspaceId, row: MessageRow) -> Vec<Value> {
    params![
        workspace.as_str(),
        bucket::of_contact(row.contact),
        row.id,
        row.contact,
        row.run,
        row.workflow.as_str(),
        row.version,
        row.step.as_str(),
        row.channel.as_str(),
        row.category.as_str(),
        row.template.as_str(),
        row.state,
        row.detail_json,
        row.address,
        row.created_at,
        row.updated_at
    ]
}
