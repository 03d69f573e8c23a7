//! Policies: first what they declare, so that names can be looked up; then what they say of them.

use std::collections::{BTreeMap, BTreeSet};

use super::names::Reading;
use super::operand::period_of;
use super::portfolio;
use super::predicate::answer;
use super::steps::{time_of, weekdays};
use crate::consent::Answer;
use crate::id::{CALL_CHANNEL, Category, Channel, TASK_CHANNEL, TRANSACTIONAL, TemplateName, WorkflowName};
use crate::identity::{IdentityPolicy, is_country};
use crate::policy::{
    Cap, CategoryPolicy, ChannelPolicy, Policies, QuietHours, Repeat, Scope, SendWindow, Then,
};
use crate::report::{SoftBounces, Tracking};
use crate::source::codes;
use crate::source::yaml::Node;
use crate::time::Period;
use crate::zone::{TimeOfDay, Zone};

/// What the policies declare: zone, sender, channels and categories.
pub(super) fn declared(node: Option<&Node>) -> Policies {
    let mut policies = Policies { categories: categories(node), ..Policies::default() };
    let Some(node) = node else { return policies };
    policies.zone = node.text_of("timezone").and_then(Zone::named).unwrap_or_else(Zone::utc);
    policies.soft_bounces = soft_bounces(node);
    policies.tracking = tracking(node);
    policies.sender = node.text_of("sender").map(ToOwned::to_owned);
    policies.link_parameters = super::templates::parameters(node);
    for entry in node.get("seed_lists").map(Node::entries).unwrap_or_default() {
        let addresses = entry.value.items().iter().filter_map(Node::text).map(str::to_owned);
        policies.seed_lists.insert(entry.key.clone(), addresses.collect());
    }
    policies.identity = node.get("identity").map(identity).unwrap_or_default();
    for entry in node.get("channels").map(Node::entries).unwrap_or_default() {
        let parts = entry.value.get("parts").map(Node::items).unwrap_or_default();
        let policy = ChannelPolicy {
            address: entry.value.text_of("address").unwrap_or_default().to_owned(),
            honours_keys: entry.value.get("honours_keys").and_then(Node::boolean).unwrap_or(false),
            parts: parts.iter().filter_map(Node::text).map(ToOwned::to_owned).collect(),
        };
        policies.channels.insert(Channel::from(entry.key.as_str()), policy);
    }
    policies
}

fn identity(node: &Node) -> IdentityPolicy {
    let flag = |name: &str| node.get(name).and_then(Node::boolean).unwrap_or(true);
    IdentityPolicy {
        email: flag("email"),
        phone: flag("phone"),
        country: node.text_of("country").map(str::to_uppercase),
        external: texts(node, "external").map(|(_, name)| name.to_owned()).collect(),
    }
}

/// A country that phone numbers are of.
fn country(reading: &mut Reading<'_>, node: &Node) {
    let Some(entry) = node.get("identity").and_then(|identity| identity.entry("country")) else { return };
    let Some(text) = entry.value.text().filter(|text| !is_country(text)) else { return };
    let message = format!("`{text}` is no country: expected two letters, such as `DE` or `FR`");
    reading.say(&codes::BAD_VALUE, entry.value.place, message).fix =
        Some("write the code of ISO 3166, or leave it out".to_owned());
}

/// When an address is given up from which messages come back for now.
fn soft_bounces(node: &Node) -> SoftBounces {
    let default = SoftBounces::default();
    let Some(node) = node.get("soft_bounces") else { return default };
    let max = node.get("max").and_then(Node::integer).and_then(|max| u32::try_from(max).ok());
    SoftBounces { max: max.unwrap_or(default.max), per: period_of(node, "per").unwrap_or(default.per) }
}

/// Which messages are tracked.
fn tracking(node: &Node) -> Tracking {
    let default = Tracking::default();
    let Some(node) = node.get("tracking") else { return default };
    let flag = |name, default| node.get(name).and_then(Node::boolean).unwrap_or(default);
    Tracking {
        opens: flag("opens", default.opens),
        clicks: flag("clicks", default.clicks),
        hidden_link: flag("hidden_link", default.hidden_link),
    }
}

fn categories(node: Option<&Node>) -> BTreeMap<Category, CategoryPolicy> {
    let mut categories = BTreeMap::new();
    categories.insert(Category::from(TRANSACTIONAL), undeclared("Transactional", true));
    let listed = node.and_then(|node| node.get("categories")).map(Node::entries).unwrap_or_default();
    for entry in listed {
        let flag = entry.value.get("transactional").and_then(Node::boolean).unwrap_or(false);
        let policy = CategoryPolicy {
            title: entry.value.text_of("title").unwrap_or(&entry.key).to_owned(),
            titles: titles(&entry.value),
            transactional: flag || entry.key == TRANSACTIONAL,
            default: answer(entry.value.text_of("default")),
            double_opt_in: entry.value.text_of("double_opt_in").map(TemplateName::from),
        };
        categories.insert(Category::from(entry.key.as_str()), policy);
    }
    categories
}

fn titles(node: &Node) -> BTreeMap<String, String> {
    let listed = node.get("titles").map(Node::entries).unwrap_or_default();
    listed.iter().filter_map(|entry| Some((entry.key.clone(), entry.value.text()?.to_owned()))).collect()
}

/// The policy of a category that is used without being declared.
pub(super) fn undeclared(title: &str, transactional: bool) -> CategoryPolicy {
    CategoryPolicy {
        title: title.to_owned(),
        titles: BTreeMap::new(),
        transactional,
        default: Answer::Subscribed,
        double_opt_in: None,
    }
}

/// Channels that steps use themselves can't be declared: nothing tells their messages from others.
fn ours(reading: &mut Reading<'_>, node: &Node) {
    for entry in node.get("channels").map(Node::entries).unwrap_or_default() {
        if [CALL_CHANNEL, TASK_CHANNEL].contains(&entry.key.as_str()) {
            let message = format!("the channel `{}` is used by `webhook` and `task` steps", entry.key);
            reading.say(&codes::BAD_NAME, entry.place, message).fix =
                Some("give the channel another name".to_owned());
        }
    }
}

/// What the policies say of channels, categories and workflows, now that these can be looked up.
pub(super) fn rules(reading: &mut Reading<'_>, node: &Node, policies: &mut Policies) {
    contradictions(reading, node);
    country(reading, node);
    double_opt_in(reading, node);
    ours(reading, node);
    retention(reading, node, policies);
    for node in listed(node, "quiet_hours") {
        let scope = scope(reading, node);
        let Some((from, to)) = hours(node) else { continue };
        if from == to {
            let message = format!("quiet hours from {from} to {to} are either never or always");
            reading.say(&codes::IMPOSSIBLE_TIME, node.place, message).fix =
                Some("give them an end that differs from the beginning".to_owned());
        }
        let spread = period_of(node, "spread").unwrap_or(Period::ZERO);
        policies.quiet_hours.push(QuietHours { scope, from, to, then: then(node), spread });
    }
    for node in listed(node, "send_windows") {
        let scope = scope(reading, node);
        let Some((from, to)) = hours(node) else { continue };
        if from == to && from != TimeOfDay::MIDNIGHT {
            let message = format!("a send window from {from} to {to} never opens");
            reading.say(&codes::IMPOSSIBLE_TIME, node.place, message).fix =
                Some("for the whole day, write `from: \"00:00\"` and `to: \"00:00\"`".to_owned());
        }
        let days = weekdays(node.get("days")).into_iter().collect();
        policies.send_windows.push(SendWindow { scope, days, from, to, then: then(node) });
    }
    for node in listed(node, "caps") {
        let scope = scope(reading, node);
        let max = node.get("max").and_then(Node::integer).and_then(|max| u32::try_from(max).ok());
        let (Some(max), Some(per)) = (max, period_of(node, "per")) else { continue };
        policies.caps.push(Cap { scope, max, per, then: then(node), chosen: false });
    }
    for node in listed(node, "repeats") {
        let scope = scope(reading, node);
        let Some(per) = period_of(node, "per") else { continue };
        policies.repeats.push(Repeat { scope, per });
    }
    never_open(reading, node, policies);
    portfolio::rules(reading, node, policies);
}

/// How long tables keep their rows.
fn retention(reading: &mut Reading<'_>, node: &Node, policies: &mut Policies) {
    let Some(node) = node.get("retention") else { return };
    for entry in node.entries() {
        let Some(kept) = period_of(node, &entry.key) else { continue };
        if let Err((least, most)) = policies.retention.set(&entry.key, kept) {
            let message = format!("`{}` can't be kept for {kept}: between {least}d and {most}d", entry.key);
            let diagnostic = reading.say(&codes::BAD_VALUE, entry.value.place, message);
            diagnostic.why = Some("what goes on needs its rows for some time".to_owned());
            diagnostic.fix = Some(format!("write `{least}d` or longer"));
        }
    }
}

/// Finds send windows that lie wholly within quiet hours of the same messages: nothing could ever be sent.
fn never_open(reading: &mut Reading<'_>, node: &Node, policies: &Policies) {
    // Some may have been left out for their form; then the places are not known, and other findings stand.
    let places = listed(node, "send_windows");
    if places.len() != policies.send_windows.len() {
        return;
    }
    for (window, node) in policies.send_windows.iter().zip(places) {
        let open = spans(window.from, window.to);
        for quiet in policies.quiet_hours.iter().filter(|quiet| wider(&quiet.scope, &window.scope)) {
            let silent = spans(quiet.from, quiet.to);
            let inside =
                |span: &(u32, u32)| silent.iter().any(|quiet| quiet.0 <= span.0 && span.1 <= quiet.1);
            if open.iter().all(inside) {
                let (from, to) = (quiet.from, quiet.to);
                let message = format!("this window lies within the quiet hours from {from} to {to}");
                let diagnostic = reading.say(&codes::IMPOSSIBLE_TIME, node.place, message);
                diagnostic.why = Some("no message could ever be sent".to_owned());
                diagnostic.fix = Some("open the window longer, or shorten the quiet hours".to_owned());
            }
        }
    }
}

/// The seconds of a day between two times of day, cut at midnight; equal times mean the whole day.
fn spans(from: TimeOfDay, to: TimeOfDay) -> Vec<(u32, u32)> {
    const DAY: u32 = 86_400;
    if from < to {
        return vec![(from.seconds(), to.seconds())];
    }
    let spans = [(from.seconds(), DAY), (0, to.seconds())];
    spans.into_iter().filter(|(begin, end)| begin < end).collect()
}

/// Whether a scope covers all that another one covers.
fn wider(wide: &Scope, narrow: &Scope) -> bool {
    fn covers<T: Ord>(wide: &BTreeSet<T>, narrow: &BTreeSet<T>) -> bool {
        wide.is_empty() || (!narrow.is_empty() && narrow.is_subset(wide))
    }
    covers(&wide.channels, &narrow.channels)
        && covers(&wide.categories, &narrow.categories)
        && covers(&wide.workflows, &narrow.workflows)
}

/// What asks for a confirmation is a template that exists.
fn double_opt_in(reading: &mut Reading<'_>, node: &Node) {
    for entry in node.get("categories").map(Node::entries).unwrap_or_default() {
        let Some(named) = entry.value.entry("double_opt_in") else { continue };
        if let Some(name) = named.value.text() {
            reading.template(name, named.value.place);
        }
    }
}

/// `transactional` is what it is, whatever a file says.
fn contradictions(reading: &mut Reading<'_>, node: &Node) {
    let declared = node.get("categories").and_then(|node| node.get(TRANSACTIONAL));
    if let Some(flag) = declared.and_then(|node| node.entry("transactional"))
        && flag.value.boolean() == Some(false)
    {
        let message = "the category `transactional` is always transactional";
        reading.say(&codes::BAD_VALUE, flag.place, message).fix =
            Some("use a category of another name".to_owned());
    }
}

pub(super) fn listed<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    node.get(key).map(Node::one_or_many).unwrap_or_default()
}

pub(super) fn scope(reading: &mut Reading<'_>, node: &Node) -> Scope {
    let mut scope = Scope::default();
    for (node, name) in texts(node, "channels") {
        scope.channels.insert(reading.channel(name, node.place));
    }
    for (node, name) in texts(node, "categories") {
        scope.categories.insert(reading.category(name, node.place));
    }
    for (node, name) in texts(node, "workflows") {
        reading.workflow(name, node.place);
        scope.workflows.insert(WorkflowName::from(name));
    }
    for key in ["channels", "categories", "workflows"] {
        if let Some(node) = node.get(key).filter(|node| !node.is_map() && node.one_or_many().is_empty()) {
            reading.say(&codes::EMPTY, node.place, format!("`{key}` names nothing")).fix =
                Some("leave it out to mean all".to_owned());
        }
    }
    scope
}

pub(super) fn texts<'n>(node: &'n Node, key: &str) -> impl Iterator<Item = (&'n Node, &'n str)> {
    let items = node.get(key).map(Node::items).unwrap_or_default();
    items.iter().filter_map(|node| Some((node, node.text()?)))
}

fn hours(node: &Node) -> Option<(TimeOfDay, TimeOfDay)> {
    Some((time_of(node, "from")?, time_of(node, "to")?))
}

fn then(node: &Node) -> Then {
    if node.text_of("then") == Some("drop") { Then::Drop } else { Then::Defer }
}
