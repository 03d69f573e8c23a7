//! What a test makes happen, as inputs of the contact.

use serde_json::{Map, Value};
use wend_domain::consent::Answer;
use wend_domain::event::{EventKind, standard_name};
use wend_domain::id::{Category, Channel, EventName, MessageId, TemplateName, WorkflowName};
use wend_domain::input::{Business, Cause, Command, News, NewsKind, Order, Runs};
use wend_domain::time::Timestamp;
use wend_domain::workflow::{BusinessTrigger, Trigger, ZoneOf};
use wend_domain::zone::Zone;

use super::Player;
use crate::scenario::script::Happening;

impl Player<'_> {
    /// Makes it happen.
    pub(super) fn happen(&mut self, at: Timestamp, happening: &Happening) {
        match happening {
            Happening::Event { kind, name, properties, occurred_at, imported } => {
                let mut event = self.event(at, *kind, name.clone(), properties.clone(), Map::new());
                event.occurred_at = occurred_at.unwrap_or(at);
                event.imported = *imported;
                self.take(at, Cause::Event(Box::new(event)));
            }
            Happening::Traits(traits) => {
                let name = standard_name(EventKind::Identify);
                let event = self.event(at, EventKind::Identify, name, Map::new(), traits.clone());
                self.take(at, Cause::Event(Box::new(event)));
            }
            Happening::Consent(answers) => {
                for (of, answer) in answers {
                    let order = self.consent(of, *answer);
                    self.take(at, command(order));
                }
            }
            Happening::Account { account, traits, on: true } => self.group(at, account, traits),
            Happening::Account { account, on: false, .. } => {
                self.take(at, command(Order::Account { account: account.clone(), on: false }));
            }
            Happening::List { list, on } => {
                self.take(at, command(Order::List { list: list.clone(), on: *on }));
            }
            Happening::Tag { tag, on } => self.take(at, command(Order::Tag { tag: tag.clone(), on: *on })),
            Happening::Engaged { template, engagement, link } => match self.newest(template) {
                Some(message) => {
                    let what = NewsKind::Engaged { what: *engagement, link: link.clone() };
                    self.take(at, Cause::News(News { message, what }));
                }
                None => self.timeline.nothing(at, &format!("no message of {template} is known by then")),
            },
            Happening::TaskDone { step, outcome, note } => match self.world.open_task(step) {
                Some(task) => {
                    let (outcome, note) = (outcome.clone(), note.clone());
                    self.take(at, command(Order::CompleteTask { task, outcome, note }));
                }
                None => self.timeline.nothing(at, &format!("no task of the step {step} is open then")),
            },
            Happening::Answer { step, answer } => {
                self.world.answers.insert(step.clone(), answer.clone());
            }
            Happening::Grant { workflow, refused: true, room_at } => {
                self.world.refused.insert(workflow.clone(), *room_at);
            }
            Happening::Grant { workflow, refused: false, .. } => {
                self.world.refused.remove(workflow);
            }
            Happening::Started { workflow, data, by_hand } => {
                let (workflow, data, by_hand) = (workflow.clone(), data.clone(), *by_hand);
                self.take(at, command(Order::StartRun { workflow, data, by_hand }));
            }
            Happening::OnRuns { workflow, what } => {
                let runs = Runs { workflow: Some(workflow.clone()), ..Runs::default() };
                self.take(at, command(Order::OnRuns { runs, what: what.clone() }));
            }
            Happening::Business { event, data } => self.business(at, event, data),
            Happening::Scheduled(workflow) => self.scheduled(at, workflow),
            Happening::Backfill { workflow, within } => {
                self.take(at, Cause::Backfill { workflow: workflow.clone(), within: *within });
            }
        }
    }

    fn group(&mut self, at: Timestamp, account: &str, traits: &Map<String, Value>) {
        let mut properties = Map::new();
        properties.insert("groupId".to_owned(), Value::from(account));
        properties.insert("traits".to_owned(), Value::Object(traits.clone()));
        let name = standard_name(EventKind::Group);
        let event = self.event(at, EventKind::Group, name, properties, Map::new());
        self.take(at, Cause::Event(Box::new(event)));
    }

    fn consent(&self, of: &str, answer: Answer) -> Order {
        let channel = Channel::from(of);
        if self.catalog.policies.channels.contains_key(&channel) {
            Order::ChannelConsent { channel, answer }
        } else {
            Order::CategoryConsent { category: Category::from(of), answer }
        }
    }

    fn newest(&self, template: &TemplateName) -> Option<MessageId> {
        self.contact
            .ledger
            .iter()
            .rev()
            .find(|message| message.template == *template)
            .map(|message| message.id)
    }

    /// Something happens in the business: it reaches the contact through each trigger for which the contact has a past
    /// event with the same value, as the postings of an installation would have it. The rest is for the rules to decide.
    fn business(&mut self, at: Timestamp, event: &EventName, data: &Map<String, Value>) {
        let mut causes = Vec::new();
        for (workflow, n, trigger) in self.triggers() {
            let Trigger::Business(of) = trigger else { continue };
            if of.matches.event != *event {
                continue;
            }
            if let Some(evidence_at) = self.evidence(of, data) {
                causes.push(Cause::Business(Box::new(Business {
                    id: format!("test {at}"),
                    event: event.clone(),
                    occurred_at: at,
                    properties: data.clone(),
                    workflow: workflow.clone(),
                    trigger: n,
                    evidence_at,
                })));
            }
        }
        if causes.is_empty() {
            self.timeline.told(at, "it concerns no trigger, or no past event of the contact matches");
        }
        for cause in causes {
            self.take(at, cause);
        }
    }

    fn evidence(&self, of: &BusinessTrigger, data: &Map<String, Value>) -> Option<Timestamp> {
        let wanted = of.equals.get(data)?;
        let matches = self.timeline.past.iter().filter(|past| past.name == of.event);
        let matches = matches.filter(|past| of.property.get(&past.properties) == Some(wanted));
        matches.map(|past| past.occurred_at).max()
    }

    /// The set time of a workflow comes: now, by the clock on the wall that its trigger means.
    fn scheduled(&mut self, at: Timestamp, workflow: &WorkflowName) {
        let workspace = &self.catalog.policies.zone;
        let mut causes = Vec::new();
        for (_, n, trigger) in self.triggers().filter(|(name, _, _)| *name == workflow) {
            let Trigger::Schedule(schedule) = trigger else { continue };
            let zone: Zone = match &schedule.zone {
                ZoneOf::Contact => self.contact.zone().unwrap_or_else(|| workspace.clone()),
                ZoneOf::Workspace => workspace.clone(),
                ZoneOf::Named(zone) => zone.clone(),
            };
            let occurrence = zone.local(at);
            causes.push(Cause::Scheduled { workflow: workflow.clone(), trigger: n, occurrence });
        }
        if causes.is_empty() {
            self.timeline.nothing(at, &format!("{workflow} has no trigger `schedule`"));
        }
        for cause in causes {
            self.take(at, cause);
        }
    }

    /// Every trigger of every current workflow, with its place in the file.
    fn triggers(&self) -> impl Iterator<Item = (&WorkflowName, usize, &Trigger)> {
        let catalog = self.catalog;
        catalog.workflows.keys().filter_map(|name| Some((name, catalog.current(name)?))).flat_map(
            |(name, workflow)| {
                workflow.triggers.iter().enumerate().map(move |(n, trigger)| (name, n, trigger))
            },
        )
    }
}

fn command(order: Order) -> Cause {
    Cause::Command(Command { by: "test".to_owned(), reason: None, order })
}
