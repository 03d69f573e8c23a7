//! Plays a portfolio in virtual time, as the engine would, and says what was decided.
//!
//! A portfolio is one text: its files, separated by lines of `---`, told apart by their first key; templates that are sent
//! and not described are added. A line `=== next` begins the files of the next revision.
//!
//! A script has one line per thing that happens: when, counted from the start, and what.
//!
//! ```text
//! start 2026-03-28T12:00Z            when the play starts; 2026-01-05T00:00Z, a Monday, unless said
//! down +1d +3d                       no alarm rings and nothing is handed over between these two
//! provider temporary unknown hold    how the first attempts go; `accepted` afterwards; `hold` gives no answer
//! until +40d                         when the play ends; a year after the start unless said
//! grants yes no later                the answers of entry caps, at once; `yes` afterwards. Without it nobody answers
//! +0m traits {"email": "a@b.example"}
//! +0m event Signed Up {"plan": "pro"} id 7 ago 2d imported
//! +0m group acme {"plan": "pro"}      the contact is a member of an account, of which something is said
//! +1h tell acme {"plan": "free"}      somebody else says something of it; `leave acme`: the contact is no member any more
//! +0m page {"url": "https://b.example/"}
//! +1h engaged hello opened           news about the newest message of a template; `clicked LINK`
//! +1h outcome hello accepted         the answer of an attempt that was held
//! +1h answer crm 200 {"id": 7}       another system's answer to a call that was held, by its step
//! +1h done ring won {"note": "yes"}  a person completes the newest task of a step
//! +2h consent offers unsubscribed    of a category, or of a channel
//! +2h answers {"categories": {"offers": "unsubscribed"}}   by a signed link, or on somebody's behalf
//! +2h suppress email a@b.example     or `unsuppress`
//! +2h start welcome {"a": 1}         by the API; `by-hand welcome`, `end welcome`, `requeue hello`
//! +2h ghost welcome                 its live runs are of a contact who is held out, from now on
//! +2h grant welcome                  the answer of an entry cap; `refuse welcome`, or `refuse welcome room 3h`
//! +2h poke                           an alarm that nobody set
//! +2h maybe done ring won            anything, unless what it is about isn't there
//! +2h pause welcome                  the workflow: also `halt`, `archive`, `restore`, `resume`; `discard welcome` ends
//!                                    its runs; after `resume` the contact hears of it
//! +2h hold welcome                   the run, by hand: also `release`, `skip`, `move welcome STEP`
//! +3d migrate welcome 2 {"a": {"to": "b"}}   to version 2; steps that aren't named keep their ids
//! +2h schedule weekly 2026-01-05T09:00   a set time has come somewhere
//! +2h business drop Price Dropped {"sku": 1} evidence 3d
//! +2h backfill welcome 30d           those who match now; without a period, as far back as events count
//! +3d catalog                        the next revision, and the contact hears of it; `catalog silently`: it doesn't
//! ```

mod portfolio;
mod trace;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value};

use crate::account::{self, Account, AccountInput, Member};
use crate::advance::{Taken, needs, take};
use crate::behaviour::PastEvent;
use crate::catalog::{Catalog, Status};
use crate::consent::Answer;
use crate::contact::Contact;
use crate::effect::{Effect, NotRendered, Render};
use crate::event::{Event, EventKind, standard_name};
use crate::id::{Category, Channel, ContactId, EventName, InputId, MessageId, RunId, StepId, WorkflowName};
use crate::identity::Identifiers;
use crate::input::{
    Answered, Business, Cause, Command, Grant, Input, Migration, News, NewsKind, Order, Outcome, Receipt,
    RunOrder, Runs,
};
use crate::message::{Message, MessageKind, MessageState, is_late};
use crate::predicate::Engagement;
use crate::record::Line;
use crate::report::Report;
use crate::run::{Run, RunState};
use crate::time::{Period, Timestamp};

pub use portfolio::{catalogs, try_catalogs};

/// Monday.
pub const START: &str = "2026-01-05T00:00:00Z";

const DAY_MS: i64 = 86_400_000;

/// A play that goes on after this many inputs never comes to rest.
const INPUTS_MAX: usize = 20_000;

/// One input as it was taken.
pub struct Played {
    pub at: Timestamp,
    pub revision: usize,
    pub input: Input,
    pub effects: Vec<Effect>,
    pub record: Vec<Line>,
    /// Whether it was given to `take`, rather than led to by another.
    pub is_outer: bool,
}

/// A play from beginning to end.
pub struct Trace {
    pub catalogs: Vec<Catalog>,
    pub start: Timestamp,
    pub first: Contact,
    pub contact: Contact,
    pub alarm: Option<Timestamp>,
    pub inputs: Vec<Played>,
    /// The contact after each input that was given to `take`.
    pub contacts: Vec<Contact>,
}

/// What the outside world does with one message.
struct Row {
    /// Its place among those that are due at the same instant.
    place: usize,
    due_at: Timestamp,
    expires_at: Option<Timestamp>,
    attempts: u32,
    is_attempting: bool,
}

struct Player {
    trace: Trace,
    revision: usize,
    down: Vec<(Timestamp, Timestamp)>,
    provider: Vec<String>,
    /// How entry caps answer; none if nobody does.
    grants: Option<VecDeque<String>>,
    /// Who asked and has no answer.
    asked: VecDeque<(RunId, WorkflowName)>,
    outbox: BTreeMap<MessageId, Row>,
    history: Vec<PastEvent>,
    n_happened: u32,
    accounts: BTreeMap<String, (Account, Option<Member>)>,
    /// What accounts were told, and haven't taken yet.
    told: VecDeque<(String, AccountInput)>,
}

/// Plays a script against a portfolio.
pub fn play(portfolio: &str, script: &str) -> Trace {
    play_catalogs(catalogs(portfolio), script)
}

/// Plays a script against compiled catalogs.
pub fn play_catalogs(catalogs: Vec<Catalog>, script: &str) -> Trace {
    let lines: Vec<&str> = script.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let option = |name: &str| {
        lines.iter().filter_map(move |line| line.strip_prefix(name)?.strip_prefix(' ')).next_back()
    };
    let start = Timestamp::parse(option("start").unwrap_or(START)).expect("an instant");
    let first = Contact::new(ContactId::hashed(start, &[b"test"]), catalogs[0].revision, start);
    let until = start + option("until").map_or(Period::from_millis(366 * 86_400_000), period);
    let mut player = Player {
        trace: Trace {
            catalogs,
            start,
            contact: first.clone(),
            first,
            alarm: None,
            inputs: Vec::new(),
            contacts: Vec::new(),
        },
        revision: 0,
        down: Vec::new(),
        provider: option("provider")
            .map_or_else(Vec::new, |list| list.split(' ').map(str::to_owned).collect()),
        grants: option("grants").map(|list| list.split(' ').map(str::to_owned).collect()),
        asked: VecDeque::new(),
        outbox: BTreeMap::new(),
        history: Vec::new(),
        n_happened: 0,
        accounts: BTreeMap::new(),
        told: VecDeque::new(),
    };
    let mut happenings: Vec<(Timestamp, &str)> = Vec::new();
    for line in &lines {
        if let Some(down) = line.strip_prefix("down ") {
            let (from, to) = down.split_once(' ').expect("two instants");
            player.down.push((start + period(from), start + period(to)));
        } else if let Some((offset, what)) = line.strip_prefix('+').and_then(|line| line.split_once(' ')) {
            happenings.push((start + period(offset), what));
        } else {
            assert!(
                ["start", "provider", "grants", "until"].iter().any(|name| line.starts_with(name)),
                "`{line}`?"
            );
        }
    }
    happenings.sort_by_key(|(at, _)| *at);
    player.all(&happenings, until);
    player.trace
}

fn period(text: &str) -> Period {
    Period::parse(text).unwrap_or_else(|| panic!("`{text}` is no period"))
}

fn object(text: &str) -> Map<String, Value> {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

impl Player {
    fn all(&mut self, happenings: &[(Timestamp, &str)], until: Timestamp) {
        let mut happenings = happenings.iter().peekable();
        loop {
            if let Some((run, workflow)) = self.asked.pop_front() {
                self.decide(run, &workflow);
                continue;
            }
            if let Some((account, what)) = self.told.pop_front() {
                self.account(self.trace.contact.at, &account, &what);
                continue;
            }
            let alarm = self.trace.alarm.map(|alarm| self.up(alarm));
            let row = self.outbox.iter().filter(|(id, row)| !row.is_attempting && self.may_attempt(**id));
            // What a pause held back goes when it is over.
            let now = self.trace.contact.at;
            let row = row.map(|(id, row)| (self.up(row.due_at).max(now), row.place, *id)).min();
            let happening = happenings.peek().map(|(at, _)| *at);
            let next = [alarm, row.map(|(at, _, _)| at), happening].into_iter().flatten().min();
            let Some(next) = next.filter(|next| *next <= until) else { return };
            if alarm == Some(next) {
                self.take(next, Cause::Alarm, "alarm");
            } else if let Some((_, _, id)) = row.filter(|(at, _, _)| *at == next) {
                self.attempt(next, id);
            } else if let Some((at, what)) = happenings.next() {
                self.happen(*at, what);
                let leaves_no_trace = ["poke", "pause ", "halt ", "resume "];
                let counts = !leaves_no_trace.iter().any(|verb| what.starts_with(verb));
                self.n_happened += u32::from(counts);
            }
        }
    }

    /// The first instant from this one on at which the engine is up.
    fn up(&self, at: Timestamp) -> Timestamp {
        self.down.iter().find(|(from, to)| *from <= at && at < *to).map_or(at, |(_, to)| *to)
    }

    /// The claim of the outbox: it leaves out what is paused or stopped.
    fn may_attempt(&self, id: MessageId) -> bool {
        let known = self.trace.contact.ledger.iter().find(|message| message.id == id);
        known.is_none_or(|message| self.catalog().may_attempt(&message.workflow))
    }

    fn attempt(&mut self, at: Timestamp, id: MessageId) {
        let row = self.outbox.get_mut(&id).expect("it is in the outbox");
        if row.expires_at.is_some_and(|expires_at| expires_at <= at) {
            let news = News { message: id, what: NewsKind::ExpiredAtClaim };
            return self.take(at, Cause::News(news), &format!("expired {id}"));
        }
        if is_late(row.due_at, at) {
            let due_at = row.due_at;
            self.take(
                at,
                Cause::News(News { message: id, what: NewsKind::LateAtClaim }),
                &format!("late {id}"),
            );
            if self.outbox.get(&id).is_none_or(|row| row.due_at != due_at) {
                return;
            }
        }
        let row = self.outbox.get_mut(&id).expect("it goes");
        row.attempts += 1;
        let answer = if self.provider.is_empty() { "accepted".to_owned() } else { self.provider.remove(0) };
        if answer == "hold" {
            row.is_attempting = true;
        } else {
            self.answer(at, id, &answer);
        }
    }

    fn answer(&mut self, at: Timestamp, message: MessageId, answer: &str) {
        let attempt = self.outbox.get(&message).map_or(1, |row| row.attempts);
        if let Some(row) = self.outbox.get_mut(&message) {
            row.is_attempting = false;
        }
        // `after=45m` asks for a pause.
        let (answer, retry_after) = match answer.strip_prefix("after=") {
            Some(pause) => ("temporary", Period::parse(pause)),
            None => (answer, None),
        };
        let (sender, id) = ("main".to_owned(), "p-1".to_owned());
        let receipt = Some(Box::new(Receipt { sender, id, retry_after }));
        let outcome = match answer {
            "accepted" => Outcome::Accepted { reply: "250 ok".to_owned() },
            "temporary" => Outcome::Temporary { reply: "450 later".to_owned() },
            "permanent" => Outcome::Permanent { reply: "554 no".to_owned(), suppress: false },
            "bounce" => Outcome::Permanent { reply: "550 nobody".to_owned(), suppress: true },
            "unknown" => Outcome::Unknown { what: "connection lost".to_owned() },
            _ => panic!("`{answer}` is no answer"),
        };
        let is_call = self
            .trace
            .contact
            .ledger
            .iter()
            .any(|known| known.id == message && known.kind == MessageKind::Call && answer == "accepted");
        let answer = is_call.then(|| Box::new(answered(200, "{}")));
        self.attempted(at, message, attempt, outcome, answer, receipt);
    }

    fn attempted(
        &mut self,
        at: Timestamp,
        message: MessageId,
        attempt: u32,
        outcome: Outcome,
        answer: Option<Box<Answered>>,
        receipt: Option<Box<Receipt>>,
    ) {
        let news = News { message, what: NewsKind::Attempted { attempt, outcome, answer, receipt } };
        self.take(at, Cause::News(news), &format!("attempt {attempt} of {message}"));
    }

    /// An account takes what it was told, and tells the contact in turn.
    fn account(&mut self, at: Timestamp, name: &str, what: &AccountInput) {
        let (account, member) = self.accounts.remove(name).unwrap_or_else(|| (Account::new(name, at), None));
        let mut taken = account::take(self.catalog(), account, member.clone(), what, at);
        let member = taken.member.or(member);
        let is_member = member.as_ref().is_some_and(|member| !member.left);
        let tells = taken.tell.is_some() || taken.account.telling.take().is_some();
        let copy = taken.account.copy();
        self.accounts.insert(name.to_owned(), (taken.account, member));
        if tells && is_member {
            let source = format!("account {name} {}", copy.version);
            self.take(at, Cause::Account(Box::new(copy)), &source);
        }
    }

    /// An entry cap answers.
    fn decide(&mut self, run: RunId, workflow: &WorkflowName) {
        let at = self.trace.contact.at;
        let answer = self.grants.as_mut().and_then(VecDeque::pop_front).unwrap_or_else(|| "yes".to_owned());
        let grant = Grant {
            run,
            granted: answer == "yes",
            why: format!("{answer}, says the cap of {workflow}"),
            room_at: (answer == "later").then(|| at + Period::from_millis(DAY_MS / 8)),
        };
        self.take(at, Cause::Grant(grant), &format!("answer to {run} at {at}"));
    }

    /// Whether what a happening is about is there.
    fn is_there(&self, verb: &str, rest: &str) -> bool {
        let (first, second) = rest.split_once(' ').unwrap_or((rest, ""));
        let name = WorkflowName::from(first);
        match verb {
            "engaged" | "outcome" | "answer" | "expired" | "done" | "requeue" => {
                self.newest_of(first).is_some_and(|message| {
                    // Nothing comes back of what never went.
                    verb != "engaged" || message.engagement.contains_key(&Engagement::Sent)
                })
            }
            "hold" | "release" | "skip" | "move" | "end" => {
                self.trace.contact.runs.iter().any(|run| run.workflow == name)
            }
            "catalog" => self.revision + 1 < self.trace.catalogs.len(),
            "migrate" => {
                let to = second.split(' ').next().and_then(|to| to.parse().ok());
                to.is_some_and(|to| self.catalog().version(&name, to).is_some())
            }
            _ => self.catalog().workflows.contains_key(&name),
        }
    }

    fn happen(&mut self, at: Timestamp, what: &str) {
        let (mut verb, mut rest) = what.split_once(' ').unwrap_or((what, ""));
        if verb == "maybe" {
            (verb, rest) = rest.split_once(' ').unwrap_or((rest, ""));
            if !self.is_there(verb, rest) {
                return;
            }
        }
        let cause = match verb {
            "traits" => self.event(
                at,
                EventKind::Identify,
                standard_name(EventKind::Identify),
                Map::new(),
                object(rest),
            ),
            "event" => self.track(at, rest),
            "group" => self.group(at, rest),
            "tell" => {
                let (id, traits) = rest.split_once(' ').expect("an account and its traits");
                return self.account(at, id, &AccountInput::Traits(object(traits)));
            }
            "leave" => {
                let order = Order::Account { account: rest.to_owned(), on: false };
                Cause::Command(Command { by: "anna".to_owned(), reason: None, order })
            }
            "page" => {
                self.event(at, EventKind::Page, standard_name(EventKind::Page), object(rest), Map::new())
            }
            "engaged" => {
                let (template, what) = rest.split_once(' ').expect("a template and what happened");
                let (what, link) =
                    what.split_once(' ').map_or((what, None), |(what, link)| (what, Some(link)));
                let what = Engagement::named(what).expect("an engagement");
                let link = link.map(str::to_owned);
                Cause::News(News { message: self.newest(template), what: NewsKind::Engaged { what, link } })
            }
            "outcome" => {
                let (template, answer) = rest.split_once(' ').expect("a template and an answer");
                return self.answer(at, self.newest(template), answer);
            }
            "answer" => return self.called(at, rest),
            "expired" => Cause::News(News { message: self.newest(rest), what: NewsKind::ExpiredAtClaim }),
            "reported" => {
                let (template, told) = rest.split_once(' ').expect("a template and what is told");
                let what = serde_json::from_str(told).expect("what is told, as JSON");
                let report = Report { what, occurred_at: at, source: "test".to_owned(), address: None };
                Cause::News(News {
                    message: self.newest(template),
                    what: NewsKind::Reported(Box::new(report)),
                })
            }
            "forgotten" => forgotten(at, rest),
            "ghost" => {
                for run in self.trace.contact.runs.iter_mut().filter(|run| run.workflow.as_str() == rest) {
                    run.ghost = true;
                }
                return;
            }
            "grant" | "refuse" => self.grant(at, verb == "grant", rest),
            "poke" => Cause::Alarm,
            "schedule" => {
                let (name, local) = rest.split_once(' ').expect("a workflow and a local time");
                let occurrence = local.parse().expect("a local time");
                Cause::Scheduled { workflow: WorkflowName::from(name), trigger: 0, occurrence }
            }
            "business" => self.business(at, rest),
            "backfill" => {
                let (name, within) =
                    rest.split_once(' ').map_or((rest, None), |(name, within)| (name, Some(within)));
                Cause::Backfill { workflow: WorkflowName::from(name), within: within.map(period) }
            }
            "catalog" => {
                self.revision += 1;
                if rest == "silently" {
                    return;
                }
                Cause::CatalogChanged
            }
            "pause" | "halt" | "archive" | "restore" | "resume" | "discard" => {
                match self.lifecycle(verb, &WorkflowName::from(rest)) {
                    Some(cause) => cause,
                    None => return,
                }
            }
            "migrate" => {
                let mut parts = rest.splitn(3, ' ');
                let workflow = WorkflowName::from(parts.next().expect("a workflow"));
                let to = parts.next().and_then(|to| to.parse().ok()).expect("a version");
                let steps = parts.next().map(|steps| serde_json::from_str(steps).expect("moves"));
                let steps = steps.unwrap_or_default();
                Cause::Migrate(Box::new(Migration { workflow, from: Vec::new(), to, steps }))
            }
            _ => {
                Cause::Command(Command { by: "ann".to_owned(), reason: None, order: self.order(verb, rest) })
            }
        };
        self.take(at, cause, &self.n_happened.to_string());
    }

    fn group(&mut self, at: Timestamp, rest: &str) -> Cause {
        let (id, traits) = rest.split_once(' ').unwrap_or((rest, "{}"));
        let properties = object(&format!("{{\"groupId\": \"{id}\", \"traits\": {traits}}}"));
        self.event(at, EventKind::Group, standard_name(EventKind::Group), properties, Map::new())
    }

    /// The other system answers the call of a step.
    fn called(&mut self, at: Timestamp, rest: &str) {
        let (step, rest) = rest.split_once(' ').expect("a step and an answer");
        let (status, body) = rest.split_once(' ').unwrap_or((rest, "null"));
        let status: u16 = status.parse().expect("a status");
        let reply = format!("answered with status {status}");
        let outcome = match status {
            200..=299 => Outcome::Accepted { reply },
            429 | 500..=599 => Outcome::Temporary { reply },
            _ => Outcome::Permanent { reply, suppress: false },
        };
        let message = self.newest(step);
        let attempt = self.outbox.get(&message).map_or(1, |row| row.attempts);
        if let Some(row) = self.outbox.get_mut(&message) {
            row.is_attempting = false;
        }
        self.attempted(at, message, attempt, outcome, Some(Box::new(answered(status, body))), None);
    }

    /// The next revision, in which only a workflow's status is another one, and what the contact hears of it.
    fn lifecycle(&mut self, verb: &str, workflow: &WorkflowName) -> Option<Cause> {
        let status = match verb {
            "pause" => Status::Paused,
            "halt" => Status::Halted,
            "archive" => Status::Archived,
            "restore" | "resume" => Status::Live,
            _ => {
                let (workflow, reason) = (workflow.clone(), "given up".to_owned());
                return Some(Cause::Discard { workflow, reason });
            }
        };
        let mut next = self.catalog().clone();
        next.workflows.get_mut(workflow).expect("a workflow").status = status;
        self.revision += 1;
        self.trace.catalogs.insert(self.revision, next);
        (verb == "resume").then(|| Cause::Resumed { workflow: workflow.clone() })
    }

    fn order(&self, verb: &str, rest: &str) -> Order {
        let (first, second) = rest.split_once(' ').unwrap_or((rest, ""));
        match verb {
            "consent" => {
                let answer = if second == "subscribed" { Answer::Subscribed } else { Answer::Unsubscribed };
                let channel = Channel::from(first);
                if self.catalog().policies.channels.contains_key(&channel) {
                    Order::ChannelConsent { channel, answer }
                } else {
                    Order::CategoryConsent { category: Category::from(first), answer }
                }
            }
            "answers" => Order::Answers(Box::new(serde_json::from_str(rest).expect("answers as JSON"))),
            "suppress" | "unsuppress" => {
                let (channel, address) = (Channel::from(first), second.to_owned());
                Order::Suppression { channel, address, suppressed: verb == "suppress" }
            }
            "start" | "by-hand" => {
                let data = if second.is_empty() { Map::new() } else { object(second) };
                Order::StartRun { workflow: WorkflowName::from(first), data, by_hand: verb == "by-hand" }
            }
            "end" => {
                let run = self.trace.contact.runs.iter().find(|run| run.workflow.as_str() == first);
                let runs = Runs { run: Some(run.expect("a live run").id), ..Runs::default() };
                Order::OnRuns { runs, what: RunOrder::End }
            }
            "hold" | "release" | "skip" | "move" => {
                let what = match verb {
                    "hold" => RunOrder::Pause,
                    "release" => RunOrder::Resume,
                    "skip" => RunOrder::Skip,
                    _ => RunOrder::Move(StepId::from(second)),
                };
                let runs = Runs { workflow: Some(WorkflowName::from(first)), ..Runs::default() };
                Order::OnRuns { runs, what }
            }
            "done" => {
                let (outcome, note) = second.split_once(' ').unwrap_or((second, "{}"));
                let note = object(note).get("note").and_then(Value::as_str).map(str::to_owned);
                Order::CompleteTask { task: self.newest(first), outcome: outcome.to_owned(), note }
            }
            "requeue" => Order::RequeueMessage { message: self.newest(first) },
            _ => panic!("`{verb}` is nothing that can happen"),
        }
    }

    fn grant(&self, at: Timestamp, granted: bool, rest: &str) -> Cause {
        let (workflow, room) =
            rest.split_once(" room ").map_or((rest, None), |(name, room)| (name, Some(room)));
        let asking =
            |run: &&Run| run.workflow.as_str() == workflow && matches!(run.state, RunState::Requested { .. });
        let requests = self.trace.inputs.iter().flat_map(|played| &played.effects);
        let mut asked = requests.filter_map(|effect| match effect {
            Effect::Request { run, workflow: name, .. } if name.as_str() == workflow => Some(*run),
            _ => None,
        });
        let run = self.trace.contact.runs.iter().find(asking).map(|run| run.id).or_else(|| asked.next_back());
        let why = if granted { "1 of 2 in all" } else { "2 of 2 in all" }.to_owned();
        let room_at = room.map(|room| at + period(room));
        Cause::Grant(Grant { run: run.expect("a run that asked"), granted, why, room_at })
    }

    fn newest(&self, template: &str) -> MessageId {
        self.newest_of(template).unwrap_or_else(|| panic!("there is no message of `{template}`")).id
    }

    fn newest_of(&self, template: &str) -> Option<&Message> {
        self.trace.contact.ledger.iter().rev().find(|message| {
            let is_of_step = !message.kind.is_send() && message.step.as_str() == template;
            is_of_step || message.template.as_str() == template
        })
    }

    fn track(&self, at: Timestamp, text: &str) -> Cause {
        let mut rest = text;
        let mut at_place = |word: &str| {
            let (before, after) = rest.rsplit_once(word)?;
            rest = before.trim_end();
            Some(after.trim())
        };
        let is_imported = at_place(" imported").is_some();
        let ago = at_place(" ago ").map_or(Period::ZERO, period);
        let id = at_place(" id ").map(str::to_owned);
        let (name, properties) = rest.find('{').map_or((rest, "{}"), |brace| rest.split_at(brace));
        let name = EventName::from(name.trim());
        let Cause::Event(mut event) =
            self.event(at - ago, EventKind::Track, name, object(properties), Map::new())
        else {
            unreachable!("an event")
        };
        event.imported = is_imported;
        event.message_id = id.unwrap_or(event.message_id);
        Cause::Event(event)
    }

    /// `WORKFLOW EVENT {…} evidence PERIOD`: what the contact did was that long before.
    fn business(&self, at: Timestamp, text: &str) -> Cause {
        let (text, evidence) = text.rsplit_once(" evidence ").expect("evidence");
        let (workflow, rest) = text.split_once(' ').expect("a workflow and an event");
        let (event, properties) = rest.find('{').map_or((rest, "{}"), |brace| rest.split_at(brace));
        Cause::Business(Box::new(Business {
            id: format!("business {}", self.n_happened),
            event: EventName::from(event.trim()),
            occurred_at: at,
            properties: object(properties),
            workflow: WorkflowName::from(workflow),
            trigger: 0,
            evidence_at: at - period(evidence),
        }))
    }

    fn event(
        &self,
        occurred_at: Timestamp,
        kind: EventKind,
        name: EventName,
        properties: Map<String, Value>,
        traits: Map<String, Value>,
    ) -> Cause {
        Cause::Event(Box::new(Event {
            kind,
            name,
            message_id: format!("happening {}", self.n_happened),
            occurred_at,
            identifiers: Identifiers { user_id: Some("ann".to_owned()), ..Identifiers::default() },
            properties,
            traits,
            imported: false,
            brought: None,
        }))
    }

    fn catalog(&self) -> &Catalog {
        &self.trace.catalogs[self.revision]
    }

    /// Takes one input as the engine would, and looks whether the contact makes sense afterwards.
    fn take(&mut self, at: Timestamp, cause: Cause, source: &str) {
        assert!(self.trace.inputs.len() < INPUTS_MAX, "the play doesn't come to rest");
        let id = InputId::hashed(at, &[source.as_bytes()]);
        let mut input = Input { id, cause, history: None, refused_claims: Vec::new(), hop: 0 };
        let contact = self.trace.contact.clone();
        if let Some(needs) = needs(self.catalog(), &contact, &input, at) {
            let wanted = self.history.iter().filter(|event| {
                needs.events.get(&event.name).is_some_and(|stretch| stretch.has(event.occurred_at))
            });
            input.history = Some(wanted.cloned().collect());
        }
        let before = contact.at;
        let taken = take(self.catalog(), contact, input, at, &mut render).expect("it comes to rest");
        assert!(taken.contact.at >= before, "`at` is monotone");
        makes_sense(self.catalog(), &taken, at);
        for (n, taken_input) in taken.inputs.iter().enumerate() {
            if let Cause::Event(event) = &taken_input.input.cause {
                self.history.push((&**event).into());
            }
            for effect in &taken_input.effects {
                self.act(effect);
            }
            self.trace.inputs.push(Played {
                at,
                revision: self.revision,
                input: taken_input.input.clone(),
                effects: taken_input.effects.clone(),
                record: taken_input.record.clone(),
                is_outer: n == 0,
            });
        }
        self.trace.contact = taken.contact;
        self.trace.contacts.push(self.trace.contact.clone());
        self.trace.alarm = taken.alarm;
    }

    fn act(&mut self, effect: &Effect) {
        match effect {
            Effect::Dispatch { message, due_at, expires_at } => {
                let attempts = self.outbox.get(message).map_or(0, |row| row.attempts);
                let row = Row {
                    place: self.trace.inputs.len(),
                    due_at: *due_at,
                    expires_at: *expires_at,
                    attempts,
                    is_attempting: false,
                };
                self.outbox.insert(*message, row);
            }
            Effect::Retry { message, due_at } => {
                self.outbox.get_mut(message).expect("it is in the outbox").due_at = *due_at;
            }
            Effect::Cancel { message } => {
                if self.outbox.get(message).is_some_and(|row| !row.is_attempting) {
                    self.outbox.remove(message);
                }
            }
            Effect::Settle { message } => {
                self.outbox.remove(message);
            }
            Effect::Render(_)
            | Effect::Emit { .. }
            | Effect::Show(_)
            | Effect::Task(_)
            | Effect::Seen(_)
            | Effect::Tell { .. }
            | Effect::Hand { .. }
            | Effect::Consent(_)
            | Effect::Suppress { .. }
            | Effect::Count { .. } => {}
            Effect::Account { account, what } => self.told.push_back((account.clone(), (**what).clone())),
            Effect::Request { run, workflow, .. } => {
                if self.grants.is_some() {
                    self.asked.push_back((*run, workflow.clone()));
                }
            }
        }
    }
}

/// What another system says.
fn answered(status: u16, body: &str) -> Answered {
    let headers = BTreeMap::from([("x-request-id".to_owned(), "r-1".to_owned())]);
    Answered { status, headers, body: serde_json::from_str(body).expect("JSON") }
}

/// Templates whose name begins with `broken` can't be rendered, and those whose name begins with `aborting` ask for it.
pub fn render(wanted: &Render) -> Result<(), NotRendered> {
    let name = wanted.template.as_str();
    if name.starts_with("aborting") {
        return Err(NotRendered::Aborted { reason: "no offer".to_owned() });
    }
    if name.starts_with("broken") || name.ends_with("/broken") {
        Err("line 1: mismatch".to_owned().into())
    } else {
        Ok(())
    }
}

/// What holds for every contact between two inputs.
fn makes_sense(catalog: &Catalog, taken: &Taken, at: Timestamp) {
    let contact = &taken.contact;
    let is_held = |run: &Run| run.paused_at.is_some() || !catalog.may_attempt(&run.workflow);
    let held: BTreeSet<RunId> = contact.runs.iter().filter(|run| is_held(run)).map(|run| run.id).collect();
    let again = Contact::from_bytes(&contact.to_bytes()).expect("the document can be read");
    assert_eq!(&again, contact, "the document round-trips");
    assert!(taken.alarm.is_none_or(|alarm| alarm > at), "the alarm {:?} would ring at once", taken.alarm);
    for message in &contact.ledger {
        assert_ne!(message.state, MessageState::Rendering, "a message is half decided: {message:?}");
        let rests = held.contains(&message.run) || !catalog.may_attempt(&message.workflow);
        if let MessageState::Scheduled { until } | MessageState::Held { until } = message.state
            && !rests
        {
            assert!(taken.alarm.is_some_and(|alarm| alarm <= until), "nobody wakes {message:?}");
        }
    }
    for run in &contact.runs {
        // What is paused or stopped rests wherever it is, and wakes for nothing of its own.
        let rests_as_it_is = !matches!(run.state, RunState::Sending { .. } | RunState::Calling { .. });
        if held.contains(&run.id) && rests_as_it_is {
            continue;
        }
        match &run.state {
            RunState::At { .. } => panic!("a run doesn't rest: {run:?}"),
            RunState::Waiting { until, .. } => {
                assert!(taken.alarm.is_some_and(|alarm| alarm <= *until), "nobody wakes {run:?}");
            }
            RunState::WaitingFor { until, .. } => {
                assert!(
                    until.is_none_or(|until| taken.alarm.is_some_and(|alarm| alarm <= until)),
                    "nobody wakes {run:?}"
                );
            }
            RunState::Tasked { until, .. } => {
                assert!(taken.alarm.is_some_and(|alarm| alarm <= *until), "nobody wakes {run:?}");
            }
            RunState::Child { until, .. } | RunState::Requested { again_at: until, .. } => {
                assert!(
                    until.is_none_or(|until| taken.alarm.is_some_and(|alarm| alarm <= until)),
                    "nobody wakes {run:?}"
                );
            }
            RunState::Calling { message, .. } => {
                assert!(
                    contact.ledger.iter().any(|known| known.id == *message && !known.state.is_settled()),
                    "a run rests for nothing: {run:?}"
                );
            }
            RunState::Sending { message, .. } => {
                let message = contact.ledger.iter().find(|known| known.id == *message);
                let state = message.map(|message| &message.state);
                assert!(
                    matches!(state, Some(MessageState::Scheduled { .. } | MessageState::Held { .. })),
                    "a run rests for nothing: {run:?}"
                );
            }
        }
    }
}

/// News of a message that no ledger knows any more: the address that it went to, and what is told.
fn forgotten(at: Timestamp, rest: &str) -> Cause {
    let (address, told) = rest.split_once(' ').expect("an address, and what is told");
    let what = serde_json::from_str(told).expect("what is told, as JSON");
    let address = Some((Channel::from("email"), address.to_owned()));
    let report = Report { what, occurred_at: at, source: "test".to_owned(), address };
    let message = MessageId::hashed(at, &[b"forgotten"]);
    Cause::News(News { message, what: NewsKind::Reported(Box::new(report)) })
}
