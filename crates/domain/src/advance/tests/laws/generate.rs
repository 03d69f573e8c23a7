//! Made-up portfolios and scripts: small, valid, of everything that the language has.
//!
//! A portfolio is text, as a team writes it. Steps are written without ids and are numbered in the order of the file, so
//! that smaller ones are still whole; what can't be compiled is thrown away. Workflows let contacts only into later ones,
//! and what steps change triggers only workflows that change nothing, so that every play comes to rest.
#![expect(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "texts are put together from small pieces"
)]

use std::fmt;

use proptest::prelude::*;

use super::super::play::try_catalogs;
use crate::catalog::Catalog;

/// A portfolio of one or more revisions, and what happens to a contact.
#[derive(Clone)]
pub struct Case {
    /// The files.
    pub portfolio: String,
    /// Compiled.
    pub catalogs: Vec<Catalog>,
    /// What happens.
    pub script: String,
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{}\n======\n{}\n", self.portfolio, self.script)
    }
}

/// How much of the language is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Extent {
    /// All of it.
    Whole,
    /// Nothing by which a ghost's way could differ: steps only wait, branch, split and send, and nothing is asked of
    /// messages.
    Calm,
}

/// What a step may name.
#[derive(Clone, Copy)]
struct Place {
    extent: Extent,
    /// Its workflow's number.
    n: usize,
    /// How many workflows there are.
    of: usize,
    /// Whether steps may change the contact and emit events.
    acts: bool,
}

/// A template that conditions name, whether it is sent or not.
const MAIL: &str = "template: mail0\nchannel: email\nsubject: Hi\ntext: mail0\n";

/// How many workflows there are at most.
const WORKFLOWS_MAX: usize = 4;

/// Portfolios of one revision and scripts.
pub fn case(extent: Extent) -> BoxedStrategy<Case> {
    cases(portfolio(extent, 1), extent)
}

/// Portfolios of two revisions, of which the second has other steps, with a publish and migrations in the script.
pub fn published() -> BoxedStrategy<Case> {
    let moves = prop::collection::vec((1..2 * DAYS * 24 * 60, migration()), 1..6);
    (cases(portfolio(Extent::Whole, 2), Extent::Whole), 1..DAYS * 24 * 60, moves)
        .prop_map(|(mut case, at, moves)| {
            case.script.push_str(&format!("\n+{at}m maybe catalog\n"));
            for (after, moves) in moves {
                // Most of them soon after the publish, while runs rest where they were.
                let at = at + after % (at + 60);
                for n in 0..WORKFLOWS_MAX {
                    case.script.push_str(&format!("+{at}m maybe migrate w{n} 2 {moves}\n"));
                }
            }
            case
        })
        .boxed()
}

/// Where a publish moves runs that rest at some steps.
fn migration() -> BoxedStrategy<String> {
    let to = pick(&["\"stay\"", "\"exit\"", "{\"to\": \"s1\"}", "{\"to\": \"s2\"}", "{\"to\": \"s3\"}"]);
    let moves = prop::collection::btree_map(1..6_u32, to, 0..3);
    moves
        .prop_map(|moves| {
            let moves = moves.iter().map(|(step, to)| format!("\"s{step}\": {to}")).collect::<Vec<_>>();
            format!("{{{}}}", moves.join(", "))
        })
        .boxed()
}

fn cases(portfolio: BoxedStrategy<String>, extent: Extent) -> BoxedStrategy<Case> {
    let compiled = portfolio.prop_filter_map("it compiles", |portfolio| {
        let catalogs = try_catalogs(&portfolio);
        if let Err(errors) = &catalogs
            && std::env::var_os("WEND_LAWS_SHOW").is_some()
        {
            use std::io::Write as _;
            _ = writeln!(std::io::stderr(), "{errors}");
        }
        Some((portfolio, catalogs.ok()?))
    });
    (compiled, script(extent))
        .prop_map(|((portfolio, catalogs), script)| Case { portfolio, catalogs, script })
        .boxed()
}

fn portfolio(extent: Extent, revisions: usize) -> BoxedStrategy<String> {
    (1..=WORKFLOWS_MAX)
        .prop_flat_map(move |of| {
            let workflows = (0..of).map(|n| workflow(extent, n, of)).collect::<Vec<_>>();
            let changed = (0..of).map(|n| prop::option::of(workflow(extent, n, of))).collect::<Vec<_>>();
            (workflows, changed, segments(extent), segments(extent), any::<bool>(), policies(of))
        })
        .prop_map(move |(workflows, changed, segments, others, moves, policies)| {
            let mut text = format!("{}{segments}---\n{policies}", workflows.join("---\n"));
            if revisions > 1 {
                let next = workflows.iter().zip(changed).map(|(old, new)| match new {
                    // What lets in and out stays, so that it is the steps that differ.
                    Some(new) if moves => {
                        let (head, _) = old.split_once("steps:").expect("it has steps");
                        let (_, steps) = new.split_once("steps:").expect("it has steps");
                        format!("{head}steps:{steps}")
                    }
                    Some(new) => new,
                    None => old.clone(),
                });
                let next = next.collect::<Vec<_>>().join("---\n");
                let segments = if moves { segments } else { others };
                text.push_str(&format!("=== next\n{next}{segments}---\n{policies}"));
            }
            text
        })
        .boxed()
}

fn pick(items: &'static [&'static str]) -> BoxedStrategy<String> {
    prop::sample::select(items).prop_map(str::to_owned).boxed()
}

fn maybe(weight: f64, line: BoxedStrategy<String>) -> BoxedStrategy<String> {
    if weight == 0.0 {
        return Just(String::new()).boxed();
    }
    prop::option::weighted(weight, line).prop_map(Option::unwrap_or_default).boxed()
}

fn workflow(extent: Extent, n: usize, of: usize) -> BoxedStrategy<String> {
    any::<bool>()
        .prop_flat_map(move |acts| {
            let acts = acts && extent == Extent::Whole;
            let place = Place { extent, n, of, acts };
            let steps = prop::collection::vec(step(place, 2), 1..5);
            (head(place), triggers(place), exits(extent), goals(), steps)
        })
        .prop_map(move |(head, triggers, exits, goals, steps)| {
            let triggers = triggers.iter().map(|trigger| format!("  - {trigger}\n")).collect::<String>();
            let steps = steps.iter().map(|step| format!("  - {step}\n")).collect::<String>();
            let text =
                format!("workflow: w{n}\ntitle: W\n{head}{exits}{goals}trigger:\n{triggers}steps:\n{steps}");
            numbered(&text)
        })
        .boxed()
}

/// Gives each step its id, and each experiment its name.
fn numbered(text: &str) -> String {
    let mut parts = text.split('@');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for (n, part) in parts.enumerate() {
        out.push_str(&format!("s{}{part}", n + 1));
    }
    out
}

fn head(place: Place) -> BoxedStrategy<String> {
    // A transactional workflow holds nobody out, and what isn't a ghost doesn't see those of others.
    let category = match place.extent {
        Extent::Calm => pick(&["offers", "offers", "news"]),
        Extent::Whole => pick(&["offers", "offers", "offers", "news", "service"]),
    };
    let category = category.prop_map(|name| format!("category: {name}\n"));
    let priority = pick(&["10", "50", "50", "90"]).prop_map(|n| format!("priority: {n}\n"));
    let key = maybe(0.2, Just("key: cart\n".to_owned()).boxed());
    let again = maybe(0.4, pick(&["again: refresh\n", "again: restart\n"]));
    let reentry = pick(&["never", "after_exit", "after_exit", "always", "always", "{ every: 2d }"]);
    let reentry = reentry.prop_map(|reentry| format!("reentry: {reentry}\n"));
    let audience =
        condition(place.extent, Asks::Contact).prop_map(|condition| format!("audience: {condition}\n"));
    let audience = maybe(0.15, audience.boxed());
    let caps = pick(&[
        "entry_cap: { max: 9, per: 1d }\n",
        "entry_cap: { max: 9, per: 1h, then: wait }\n",
        "entry_cap: [ { max: 5, per: 1h, then: wait }, { max: 9, per: total } ]\n",
    ]);
    let caps = maybe(if place.extent == Extent::Calm { 0.0 } else { 0.2 }, caps);
    (category, priority, key, again, reentry, audience, caps)
        .prop_map(|(a, b, c, d, e, f, g)| [a, b, c, d, e, f, g].concat())
        .boxed()
}

/// Events that scripts bring.
const EVENTS: &[&str] = &["Cart", "Seen", "Ordered"];

/// What a workflow with this key needs of its triggers: a property `cart`.
fn triggers(place: Place) -> BoxedStrategy<Vec<String>> {
    let event = pick(&[
        "{ event: Cart }",
        "{ event: Cart }",
        "{ event: Seen }",
        "{ event: Ordered }",
        "{ event: Cart, where: { n: { gte: 2 } } }",
        "{ event: Seen }",
        "{ event: Ordered, late: true }",
        "{ purchase: { value: { gte: 20 } } }",
        "{ page: \"/pricing/**\" }",
        "{ form: any }",
        "{ absence: Cart, not: Ordered, not_where: { cart: { eq: $trigger.cart } }, within: 1d }",
        "{ absence: Seen, not: Cart, within: 30h }",
        "{ schedule: FREQ=DAILY, at: \"09:00\" }",
        "{ schedule: \"FREQ=WEEKLY;BYDAY=MO\", at: \"02:30\", zone: contact }",
        "{ business: Price Dropped, match: { event: Seen, property: sku, within: 5d } }",
        "{ manual: true }",
        "{ api: true }",
    ]);
    // Steps change these: only what changes nothing may begin by them.
    let state = pick(&[
        "{ trait_changed: score }",
        "{ trait_changed: plan, to: pro }",
        "{ segment_entered: seg0 }",
        "{ segment_left: seg0 }",
        "{ segment_entered: seg1 }",
        "{ consent: offers, is: unsubscribed }",
        "{ consent: email, is: subscribed }",
        "{ date: birthday, offset: -1d, at: \"02:30\", repeats: yearly }",
        "{ date: renewal, at: \"09:00\", zone: workspace }",
    ]);
    let news = pick(&[
        "{ message: any, is: clicked }",
        "{ message: mail0, is: opened }",
        "{ message: any, is: bounced }",
    ]);
    let emitted = (0..place.n.max(1)).prop_map(|n| format!("{{ event: Ping{n} }}"));
    // The first one would begin by its own events, again and again.
    let emitted = if place.n == 0 { event.clone() } else { emitted.boxed() };
    let one = match (place.acts, place.extent) {
        (true, _) => prop_oneof![4 => event, 1 => emitted].boxed(),
        (false, Extent::Calm) => prop_oneof![4 => event, 1 => state].boxed(),
        (false, Extent::Whole) => prop_oneof![3 => event, 3 => state, 1 => news, 1 => emitted].boxed(),
    };
    let entered = prop::bool::weighted(if place.n > 0 { 0.6 } else { 0.1 });
    (prop::collection::vec(one, 1..3), entered)
        .prop_map(|(mut triggers, entered)| {
            if entered {
                triggers.push("{ workflow: any }".to_owned());
            }
            triggers
        })
        .boxed()
}

fn exits(extent: Extent) -> BoxedStrategy<String> {
    let event = pick(&["{ event: Ordered }", "{ event: Cart, where: { cart: { eq: $trigger.cart } } }"]);
    let condition = condition(extent, Asks::Contact).prop_map(|condition| format!("{{ if: {condition} }}"));
    let one = prop_oneof![2 => event, 1 => condition];
    maybe(0.3, one.prop_map(|exit| format!("exit_when: [ {exit} ]\n")).boxed())
}

fn goals() -> BoxedStrategy<String> {
    let goal = pick(&[
        "{ event: Ordered, within: 5d, value: total }",
        "{ event: Ordered, within: 5d, exit: true }",
        "{ event: Ordered, where: { cart: { eq: $trigger.cart } }, go_to: s1 }",
        "{ name: come, event: Seen, within: 3d }",
    ]);
    maybe(0.4, goal.prop_map(|goal| format!("goals: [ {goal} ]\n")).boxed())
}

/// Of whom a condition asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Asks {
    /// Of the contact alone.
    Contact,
    /// Of its run, too.
    Run,
}

fn condition(extent: Extent, asks: Asks) -> BoxedStrategy<String> {
    let contact = pick(&[
        "{ trait: score, gte: 1 }",
        "{ trait: plan, eq: pro }",
        "{ event: Seen, count: { gte: 2 }, within: 2d }",
        "{ event: Ordered, last: { before: 3d } }",
        "{ event: Cart, never: true, within: 1d }",
        "{ event: Ordered, sum: { of: total, gte: 50 } }",
        "{ segment: seg0 }",
        "{ segment: seg1 }",
        "{ list: vip }",
        "{ tag: hot }",
        "{ consent: news, is: subscribed }",
        "{ time: { from: \"09:00\", to: \"17:00\", zone: contact } }",
        "{ time: { from: \"22:00\", to: \"02:30\", days: [saturday], zone: workspace } }",
        "{ share: 50, of: draw }",
    ]);
    let messages = pick(&[
        "{ message: any, is: clicked }",
        "{ message: mail0, is: opened, within: 2d }",
        "{ message: any, is: failed }",
        "{ message: any, is: sent, within: 1d }",
    ]);
    let run = pick(&["{ trigger: cart, eq: 2 }", "{ run: n, gte: 2 }", "{ run: status, eq: 200 }"]);
    let leaf = match (extent, asks) {
        (Extent::Calm, _) => contact,
        (Extent::Whole, Asks::Contact) => prop_oneof![5 => contact, 1 => messages].boxed(),
        (Extent::Whole, Asks::Run) => prop_oneof![4 => contact, 1 => messages, 2 => run].boxed(),
    };
    leaf.prop_recursive(1, 3, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|inner| format!("{{ not: {inner} }}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{{ all: [ {a}, {b} ] }}")),
            (inner.clone(), inner).prop_map(|(a, b)| format!("{{ any: [ {a}, {b} ] }}")),
        ]
    })
    .boxed()
}

fn segments(extent: Extent) -> BoxedStrategy<String> {
    let rule = condition(extent, Asks::Contact)
        .prop_filter("no segment of segments", |rule| !rule.contains("segment:"));
    (rule.clone(), rule)
        .prop_map(|(a, b)| {
            format!("---\nsegment: seg0\ntitle: A\nwhere: {a}\n---\nsegment: seg1\ntitle: B\nwhere: {b}\n---\n{MAIL}")
        })
        .boxed()
}

fn send(extent: Extent) -> BoxedStrategy<String> {
    let template =
        pick(&["email: mail0", "email: mail1", "email: mail2", "sms: sms0", "push: push0", "email: broken"]);
    let template = template.prop_map(move |template| {
        // What can't be rendered is no ghost.
        if extent == Extent::Calm { template.replace("broken", "mail3") } else { template }
    });
    let rest = (
        maybe(0.2, pick(&[", category: news", ", category: service"])),
        maybe(0.3, pick(&[", priority: 5", ", priority: -5"])),
        pick(&[", expires: 5h", ", expires: 30h", ", expires: 3d", ", expires: 3d"]),
        maybe(0.3, pick(&[", on_blocked: exit", ", on_blocked: { goto: LAST }"])),
    );
    (template, rest)
        .prop_map(|(template, (category, priority, expires, blocked))| {
            let blocked = if blocked.contains("LAST") { String::new() } else { blocked };
            format!("{{ id: @, send: {{ {template}{category}{priority}{expires}{blocked} }} }}")
        })
        .boxed()
}

fn wait() -> BoxedStrategy<String> {
    let wait = pick(&[
        "20m",
        "5h",
        "2d",
        "4d",
        "\"2 calendar days at 02:30\"",
        "{ until: \"09:00\", zone: contact }",
        "{ until: \"02:30\", after: 12h, zone: workspace }",
        "{ weekday: [sunday, wednesday], at: \"02:30\" }",
        "{ date: renewal, at: \"10:00\", if_past: continue }",
        "{ date: renewal, offset: -1d, if_past: exit, if_missing: exit }",
        "{ window: { from: \"09:00\", to: \"17:00\", days: [monday, saturday] } }",
        "{ best_time: { within: 24h } }",
    ]);
    wait.prop_map(|wait| format!("{{ id: @, wait: {wait} }}")).boxed()
}

fn wait_for(place: Place, inner: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let event =
        pick(&["event: Seen", "event: Ordered", "event: Cart, where: { cart: { eq: $trigger.cart } }"]);
    let news = pick(&["reply: any", "message: any, is: clicked", "message: mail0, is: opened"]);
    let condition = condition(place.extent, Asks::Run).prop_map(|condition| format!("if: {condition}"));
    let occasion = match place.extent {
        Extent::Calm => prop_oneof![2 => event, 1 => condition].boxed(),
        Extent::Whole => prop_oneof![2 => event, 1 => news, 2 => condition].boxed(),
    };
    let alternative =
        (occasion, then(inner.clone(), "then")).prop_map(|(what, then)| format!("{{ {what}{then} }}"));
    let timeout = pick(&["3h", "1d", "4d"]);
    (prop::collection::vec(alternative, 1..3), timeout, then(inner, "on_timeout"))
        .prop_map(|(alternatives, timeout, then)| {
            format!("{{ id: @, wait_for: [ {} ], timeout: {timeout}{then} }}", alternatives.join(", "))
        })
        .boxed()
}

/// A way with steps, or none.
fn then(inner: BoxedStrategy<String>, key: &'static str) -> BoxedStrategy<String> {
    let steps = prop::collection::vec(inner, 1..3);
    let ended = maybe(0.15, pick(&[", { exit: true }", ", { exit: { result: { n: 1 } } }"]));
    let way = (steps, ended).prop_map(move |(steps, end)| format!(", {key}: [ {}{end} ]", steps.join(", ")));
    maybe(0.7, way.boxed())
}

fn branch(place: Place, inner: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let arm = (condition(place.extent, Asks::Run), then(inner.clone(), "then"))
        .prop_map(|(condition, then)| format!("{{ if: {condition}{then} }}"));
    (prop::collection::vec(arm, 1..3), then(inner, "else"))
        .prop_map(|(arms, otherwise)| format!("{{ id: @, branch: [ {} ]{otherwise} }}", arms.join(", ")))
        .boxed()
}

fn split(inner: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let variant = (0..5_u32, then(inner, "steps"));
    let experiment = maybe(0.4, Just("experiment: colour, ".to_owned()).boxed());
    (experiment, variant.clone(), variant)
        .prop_map(|(experiment, (a, first), (b, second))| {
            let b = if a == 0 { b.max(1) } else { b };
            format!(
                "{{ id: @, split: {{ {experiment}variants: {{ a: {{ weight: {a}{first} }}, b: {{ weight: {b}{second} }} }} }} }}"
            )
        })
        .boxed()
}

fn repeat(place: Place, inner: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let until = condition(place.extent, Asks::Run).prop_map(|condition| format!("until: {condition}, "));
    (1..4_u32, maybe(0.4, until.boxed()), prop::collection::vec(inner, 1..3))
        .prop_map(|(times, until, steps)| {
            format!("{{ id: @, repeat: {{ times: {times}, {until}steps: [ {} ] }} }}", steps.join(", "))
        })
        .boxed()
}

fn change(place: Place) -> BoxedStrategy<String> {
    let update = pick(&[
        "update: { traits: { score: { add: 1 } } }",
        "update: { traits: { plan: pro } }",
        "update: { traits: { plan: { remove: true } }, tags: { add: [hot] } }",
        "update: { lists: { add: [vip] } }",
        "update: { lists: { remove: [vip] }, tags: { remove: [hot] } }",
        "update: { consent: { news: subscribed } }",
        "update: { consent: { offers: unsubscribed } }",
    ]);
    let emit =
        Just(format!("emit: {{ event: Ping{}, with: {{ cart: $trigger.cart, n: 3 }} }}", place.n)).boxed();
    prop_oneof![3 => update, 1 => emit].prop_map(|change| format!("{{ id: @, {change} }}")).boxed()
}

fn set() -> BoxedStrategy<String> {
    let set =
        pick(&["n: { add: 1 }", "n: 2", "n: { remove: true }", "cart: $trigger.cart", "n: $contact.score"]);
    set.prop_map(|set| format!("{{ id: @, set: {{ {set} }} }}")).boxed()
}

fn outside(place: Place, inner: BoxedStrategy<String>) -> BoxedStrategy<String> {
    let webhook = (pick(&["0s", "1h", "2d"]), then(inner.clone(), "on_error")).prop_map(|(retry_for, on_error)| {
        format!(
            "{{ id: @, webhook: {{ url: \"https://a.example\", json: {{ cart: $trigger.cart }}, save: {{ status: status }}, \
             retry_for: {retry_for} }}{on_error} }}"
        )
    });
    let outcomes = (then(inner.clone(), "won"), then(inner.clone(), "lost")).prop_map(|(won, lost)| {
        let way = |way: String, name: &str| {
            if way.is_empty() { format!("{name}: []") } else { way.trim_start_matches(", ").to_owned() }
        };
        format!(", outcomes: {{ {}, {} }}", way(won, "won"), way(lost, "lost"))
    });
    let escalate = maybe(0.5, Just(", escalate: { after: 5h, for: lead }".to_owned()).boxed());
    let task = (maybe(0.5, outcomes.boxed()), escalate, then(inner.clone(), "on_timeout")).prop_map(
        |(outcomes, escalate, then)| {
            format!("{{ id: @, task: {{ title: Call, for: sales, due: 2d{outcomes}{escalate} }}{then} }}")
        },
    );
    let Place { n, of, .. } = place;
    let later = (n + 1).min(of - 1)..of;
    let with = pick(&["", ", with: { cart: $trigger.cart }", ", with: { cart: 1 }, replace: true"]);
    let enter = (later.clone(), with.clone())
        .prop_map(|(to, with)| format!("{{ id: @, enter: {{ workflow: w{to}{with} }} }}"));
    let call = (later, with, pick(&["6h", "3d"]), then(inner, "on_timeout")).prop_map(
        |(to, with, timeout, then)| {
            format!("{{ id: @, call: {{ workflow: w{to}{with}, save: result }}, timeout: {timeout}{then} }}")
        },
    );
    let exit = (0..of).prop_map(|to| format!("{{ id: @, exit_workflow: w{to} }}"));
    let alone = prop_oneof![webhook.boxed(), task.boxed()];
    // What changes something may lead back to what changes nothing, so only that lets others in.
    if n + 1 < of && place.acts {
        prop_oneof![3 => alone, 2 => enter, 2 => call, 1 => exit].boxed()
    } else {
        alone.boxed()
    }
}

/// A way back that is taken a bounded number of times.
fn bounded_loop() -> BoxedStrategy<String> {
    pick(&["5h", "1d"])
        .prop_map(|pause| {
            format!(
                "{{ id: @, set: {{ around: {{ add: 1 }} }} }}, {{ id: @, branch: [ {{ if: {{ run: around, lt: 3 }}, then: [ \
                 {{ id: @, wait: {pause} }}, {{ goto: s1 }} ] }} ] }}"
            )
        })
        .boxed()
}

fn step(place: Place, depth: u32) -> BoxedStrategy<String> {
    let leaf = prop_oneof![7 => send(place.extent), 4 => wait(), 1 => set()].boxed();
    let leaf = if place.acts { prop_oneof![4 => leaf, 1 => change(place)].boxed() } else { leaf };
    if depth == 0 {
        return leaf;
    }
    let inner = step(place, depth - 1);
    let quiet = prop_oneof![
        6 => leaf,
        2 => wait_for(place, inner.clone()),
        2 => branch(place, inner.clone()),
        1 => split(inner.clone()),
        1 => repeat(place, inner.clone()),
    ];
    match place.extent {
        Extent::Calm => quiet.boxed(),
        Extent::Whole => {
            let around = bounded_loop()
                .prop_map(|steps| format!("{{ id: @, repeat: {{ times: 1, steps: [ {steps} ] }} }}"));
            prop_oneof![12 => quiet, 2 => outside(place, inner), 1 => around].boxed()
        }
    }
}

fn policies(of: usize) -> BoxedStrategy<String> {
    let scope = || {
        pick(&[
            "",
            "channels: [email], ",
            "categories: [offers], ",
            "channels: [email, sms], ",
            "workflows: [w0], ",
        ])
    };
    let then = || pick(&["defer", "defer", "drop"]);
    let quiet = (
        scope(),
        pick(&["\"21:00\", to: \"08:00\"", "\"01:00\", to: \"04:00\""]),
        then(),
        pick(&["0s", "45m"]),
    )
        .prop_map(|(scope, hours, then, spread)| {
            format!("quiet_hours: {{ {scope}from: {hours}, then: {then}, spread: {spread} }}\n")
        });
    let days = pick(&["", "days: [monday, tuesday, wednesday, thursday, friday], "]);
    let windows = (scope(), days, then()).prop_map(|(scope, days, then)| {
        format!("send_windows: {{ {scope}{days}from: \"09:00\", to: \"20:00\", then: {then} }}\n")
    });
    let cap = (scope(), 1..3_u32, pick(&["5h", "1d", "3d"]), then()).prop_map(|(scope, max, per, then)| {
        format!("  - {{ {scope}max: {max}, per: {per}, then: {then} }}\n")
    });
    let caps = prop::collection::vec(cap, 0..3)
        .prop_map(|caps| if caps.is_empty() { String::new() } else { format!("caps:\n{}", caps.concat()) });
    let repeats =
        (scope(), pick(&["1d", "6d"])).prop_map(|(scope, per)| format!("repeats: {{ {scope}per: {per} }}\n"));
    let arbitration = pick(&[
        "arbitration: { email: { hold: 30m, losers: next } }\n",
        "arbitration: { email: { hold: 10m, losers: drop, reserve: 24h } }\n",
        "arbitration: { email: { reserve: 12h }, sms: { hold: 1h } }\n",
    ]);
    let exclusive = pick(&["refuse", "replace"]).prop_map(move |then| {
        if of > 1 {
            format!("exclusive: {{ group: one, workflows: [w0, w1], then: {then} }}\n")
        } else {
            String::new()
        }
    });
    let default = maybe(0.3, Just(", default: unsubscribed".to_owned()).boxed());
    let zone = pick(&["Europe/Berlin", "America/New_York", "Asia/Tokyo"]);
    (
        zone,
        default,
        maybe(0.5, quiet.boxed()),
        maybe(0.3, windows.boxed()),
        caps,
        maybe(0.3, repeats.boxed()),
        maybe(0.4, arbitration),
        maybe(0.3, exclusive.boxed()),
    )
        .prop_map(|(zone, default, quiet, windows, caps, repeats, arbitration, exclusive)| {
            format!(
                "timezone: {zone}\ncategories:\n  offers: {{ title: O }}\n  news: {{ title: N{default} }}\n  service: {{ title: S, \
                 transactional: true }}\n{quiet}{windows}{caps}{repeats}{arbitration}{exclusive}"
            )
        })
        .boxed()
}

/// What may happen to any contact.
fn happening(extent: Extent) -> BoxedStrategy<String> {
    let event = (
        prop::sample::select(EVENTS),
        1..3,
        0..4,
        maybe(0.08, pick(&[" ago 30h", " ago 5d", " ago 3h", " imported"])),
    )
        .prop_map(|(name, cart, n, late)| {
            format!("event {name} {{\"cart\": {cart}, \"n\": {n}, \"total\": {}, \"sku\": 1}}{late}", n * 20)
        });
    let other = pick(&[
        "event Order Completed {\"total\": 30, \"cart\": 1}",
        "event Form Submitted {\"form\": \"contact\"}",
        "page {\"url\": \"https://b.example/pricing/team\"}",
        "traits {\"score\": 0}",
        "traits {\"score\": 2}",
        "traits {\"plan\": \"pro\"}",
        "traits {\"plan\": null}",
        "traits {\"timezone\": \"Asia/Tokyo\"}",
        "traits {\"timezone\": \"America/New_York\"}",
        "traits {\"timezone\": \"Nowhere/Land\"}",
        "traits {\"birthday\": \"1990-03-29\"}",
        "traits {\"renewal\": \"2026-04-02\"}",
        "traits {\"renewal\": \"2026-03-29T02:30:00+01:00\"}",
        "traits {\"email\": null}",
        "traits {\"email\": \"a@b.example\"}",
        "traits {\"email\": \"c@d.example\"}",
    ]);
    let consent =
        (pick(&["offers", "news", "service", "email", "sms"]), pick(&["subscribed", "unsubscribed"]))
            .prop_map(|(of, answer)| format!("consent {of} {answer}"));
    let address = pick(&["suppress email a@b.example", "unsuppress email a@b.example", "suppress sms +491"]);
    let engaged = (
        pick(&["mail0", "mail1", "sms0", "push0"]),
        pick(&[
            "opened",
            "clicked",
            "clicked https://shop.example/a",
            "replied",
            "bounced",
            "complained",
            "unsubscribed",
        ]),
    )
        .prop_map(|(template, what)| format!("maybe engaged {template} {what}"));
    let workflow = || (0..WORKFLOWS_MAX).prop_map(|n| format!("w{n}"));
    let told = (pick(&["start", "by-hand"]), workflow())
        .prop_map(|(verb, name)| format!("maybe {verb} {name} {{\"cart\": 1}}"));
    let schedule = (workflow(), pick(&["2026-03-29T09:00", "2026-03-30T02:30", "2026-04-06T02:30"]))
        .prop_map(|(name, local)| format!("maybe schedule {name} {local}"));
    let business =
        workflow().prop_map(|name| format!("maybe business {name} Price Dropped {{\"sku\": 1}} evidence 2d"));
    let backfill = workflow().prop_map(|name| format!("maybe backfill {name} 3d"));
    let by_hand = (pick(&["hold", "release", "skip", "end", "move"]), workflow(), 1..5).prop_map(
        |(verb, name, step)| match verb.as_str() {
            "move" => format!("maybe move {name} s{step}"),
            _ => format!("maybe {verb} {name}"),
        },
    );
    let status = (pick(&["pause", "halt", "archive", "resume", "resume", "discard"]), workflow())
        .prop_map(|(verb, name)| format!("maybe {verb} {name}"));
    let task = (1..9, pick(&["won", "lost", "done", "nothing"]))
        .prop_map(|(step, outcome)| format!("maybe done s{step} {outcome}"));
    let requeue = pick(&["maybe requeue mail0", "maybe requeue sms0"]);
    match extent {
        Extent::Calm => {
            prop_oneof![12 => event, 5 => other, 3 => consent, 1 => address, 2 => told, 1 => schedule].boxed()
        }
        Extent::Whole => prop_oneof![
            22 => event,
            6 => other,
            3 => consent,
            1 => address,
            4 => engaged,
            3 => told,
            2 => schedule,
            2 => business,
            1 => backfill,
            3 => by_hand,
            3 => status,
            3 => task,
            1 => requeue,
        ]
        .boxed(),
    }
}

/// How many days something happens.
const DAYS: i64 = 14;

/// Everything that is held or stopped goes on by then.
const RELEASED_AT: i64 = DAYS + 1;

/// How long a play lasts: every run that can end has ended by then.
pub const ENDED_BY: i64 = 200;

/// A script of two weeks around a change of the clocks.
fn script(extent: Extent) -> BoxedStrategy<String> {
    let answer = prop_oneof![5 => Just("accepted"), 2 => Just("temporary"), 1 => Just("unknown"), 1 => Just("permanent"), 1 => Just("bounce")];
    let answers = match extent {
        Extent::Calm => Just(vec!["accepted"]).boxed(),
        Extent::Whole => prop::collection::vec(answer, 1..8).boxed(),
    };
    let grants = prop::collection::vec(pick(&["yes", "yes", "no", "later"]), 1..4);
    let start = pick(&["2026-03-25T06:00:00Z", "2026-10-20T06:00:00Z", "2026-03-05T20:00:00Z"]);
    let lines = prop::collection::vec((0..DAYS * 24 * 60, happening(extent)), 10..50);
    (start, answers, grants, lines)
        .prop_map(|(start, answers, grants, lines)| {
            let mut text = format!(
                "start {start}\nprovider {}\ngrants {}\nuntil {ENDED_BY}d\n+0m traits {{\"email\": \"a@b.example\", \"phone\": \
                 \"+491\", \"push_token\": \"t\"}}\n",
                answers.join(" "),
                grants.join(" ")
            );
            for (minute, what) in lines {
                text.push_str(&format!("+{minute}m {what}\n"));
            }
            for n in 0..WORKFLOWS_MAX {
                text.push_str(&format!("+{RELEASED_AT}d maybe resume w{n}\n+{RELEASED_AT}d maybe release w{n}\n"));
            }
            text
        })
        .boxed()
}
