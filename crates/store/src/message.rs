//! Messages: one row each, from the intent on, for lists and screens.

use wend_domain::id::{
    Category, Channel, ContactId, MessageId, RunId, StepId, TemplateName, WorkflowName, WorkspaceId,
};
use wend_domain::time::Timestamp;

use crate::error::Error;
use crate::open::Store;

/// A message as it is now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageRow {
    /// Its id, which is its key with providers.
    pub id: MessageId,
    /// To whom.
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
    /// How it goes.
    pub channel: Option<Channel>,
    /// Only older ones than this.
    pub before: Option<MessageId>,
    /// At most so many.
    pub limit: usize,
}

impl Store {
    /// Messages, newest first.
    pub async fn messages(
        &self,
        _workspace: &WorkspaceId,
        _filter: &MessageFilter,
    ) -> Result<Vec<MessageRow>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// One message.
    pub async fn message(
        &self,
        _workspace: &WorkspaceId,
        _id: MessageId,
    ) -> Result<Option<MessageRow>, Error> {
        Err(Error::internal("not reachable yet"))
    }

    /// What was rendered, while it waits to be sent and as long after as [`crate::retention`] says.
    pub async fn message_payload(
        &self,
        _workspace: &WorkspaceId,
        _id: MessageId,
    ) -> Result<Option<String>, Error> {
        Err(Error::internal("not reachable yet"))
    }
}
