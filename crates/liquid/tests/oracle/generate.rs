//! Random templates that mean something: drawn from the grammar of the language, the same for the same seed.

use serde_json::{Value, json};

/// How deep blocks are nested.
const DEPTH_MAX: u32 = 3;

/// A source of numbers that are the same everywhere.
#[derive(Debug)]
pub struct Draw(u64);

impl Draw {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// Below `end`. The generator is Steele's splitmix.
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).expect("less than a usize")
    }

    fn of<'t>(&mut self, items: &[&'t str]) -> &'t str {
        items[self.below(items.len())]
    }

    fn is(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// What all templates are rendered with; keys in order, because the two read objects in different orders.
pub fn data() -> Value {
    json!({
        "b": true,
        "empty_list": [],
        "f": 2.4,
        "items": [
            {"name": "Bo", "price": 3, "tags": ["x", "y"]},
            {"name": "al", "price": 12.4},
            {"name": "Cy", "price": 3, "tags": []},
        ],
        "list": ["d", "A", "c", "b", "A"],
        "map": {"a": 1, "k": "v"},
        "n": 7,
        "neg": -3,
        "nothing": null,
        "numbers": [3, 1, 2.4, -4, 3],
        "s": "Hello, <b>World</b> & you",
        "t": "2026-03-14T15:09:26",
        "w": "  one  two\nthree ",
    })
}

/// What templates may render and include.
pub const PARTIALS: [(&str, &str); 3] = [
    ("card", "[{{ item.name | default: 'nobody' }}:{{ extra }}:{{ forloop.index }}]"),
    ("row", "({{ row }}{{ n }}{% assign n = 99 %})"),
    (
        "words",
        "{% for word in words %}{{ word | upcase }}{% unless forloop.last %}-{% endunless %}{% endfor %}",
    ),
];

/// A template.
pub fn template(draw: &mut Draw) -> String {
    let mut out = String::new();
    for _ in 0..=draw.below(4) {
        node(draw, DEPTH_MAX, &mut out);
    }
    out.push('.');
    out
}

fn put(out: &mut String, text: &str) {
    out.push_str(text);
}

fn block(draw: &mut Draw, depth: u32, out: &mut String) {
    for _ in 0..=draw.below(2) {
        node(draw, depth.saturating_sub(1), out);
    }
}

fn node(draw: &mut Draw, depth: u32, out: &mut String) {
    match if depth == 0 { draw.below(9) } else { draw.below(20) } {
        choice @ 0..=8 => leaf(draw, choice, out),
        9..=11 => conditional(draw, depth, out),
        12..=14 => for_loop(draw, depth, out),
        15 => {
            let columns = draw.of(&["", " cols: 2", " cols: 2 limit: 3", " offset: 1"]);
            put(out, &format!("{{% tablerow i in {}{columns} %}}{{{{ i }}}}", collection(draw)));
            out.push_str(draw.of(&["", "{{ tablerowloop.index }}", "{{ tablerowloop.col_last }}"]));
            out.push_str("{% endtablerow %}");
        }
        16 => case(draw, depth, out),
        17 => {
            put(out, &format!("{{% capture {} %}}", draw.of(&["x", "y"])));
            block(draw, depth, out);
            out.push_str("{% endcapture %}");
        }
        18 => {
            out.push_str("{% ifchanged %}");
            block(draw, depth, out);
            out.push_str("{% endifchanged %}");
        }
        _ => {
            let inner = format!("assign z = {}\n if {}\n echo z\n endif", pipeline(draw), condition(draw));
            put(out, &format!("{{% liquid {inner} %}}{{{{ z }}}}"));
        }
    }
}

/// What opens and closes a tag, mostly without control of white space.
fn delimiters(draw: &mut Draw) -> (&'static str, &'static str) {
    if draw.is(85) { ("{%", "%}") } else { ("{%-", "-%}") }
}

/// What has no block.
fn leaf(draw: &mut Draw, choice: usize, out: &mut String) {
    let (open, close) = delimiters(draw);
    match choice {
        0 | 1 => out.push_str(draw.of(&["text ", " <p>\n", "a, b", "\n  ", "{ not } a tag", "é"])),
        2..=5 => {
            let pipeline = pipeline(draw);
            let trims = if draw.is(90) { "" } else { "-" };
            put(out, &format!("{{{{{trims} {pipeline} {trims}}}}}"));
        }
        6 => put(out, &format!("{open} assign {} = {} {close}", draw.of(&["x", "y", "n"]), pipeline(draw))),
        7 => put(out, &format!("{open} {} {close}", draw.of(&SMALL_TAGS))),
        _ => partial(draw, out),
    }
}

const SMALL_TAGS: [&str; 10] = [
    "increment c",
    "decrement c",
    "increment d",
    "cycle 'a', 'b'",
    "cycle g: 1, 2, 3",
    "cycle s, n",
    "echo s | size",
    "comment %}{{ x }}{% if y %}{% endcomment",
    "raw %}{{ x }}{% endraw",
    "# note",
];

fn conditional(draw: &mut Draw, depth: u32, out: &mut String) {
    let (open, close) = delimiters(draw);
    let tag = draw.of(&["if", "if", "unless"]);
    put(out, &format!("{open} {tag} {} {close}", condition(draw)));
    block(draw, depth, out);
    if draw.is(30) {
        put(out, &format!("{{% elsif {} %}}", condition(draw)));
        block(draw, depth, out);
    }
    if draw.is(50) {
        out.push_str("{% else %}");
        block(draw, depth, out);
    }
    put(out, &format!("{open} end{tag} {close}"));
}

fn case(draw: &mut Draw, depth: u32, out: &mut String) {
    put(out, &format!("{{% case {} %}}", value(draw)));
    for _ in 0..=draw.below(2) {
        let more = if draw.is(30) { ", 'v' or 3" } else { "" };
        put(out, &format!("{{% when {}{more} %}}", literal(draw)));
        block(draw, depth, out);
    }
    if draw.is(50) {
        out.push_str("{% else %}");
        block(draw, depth, out);
    }
    out.push_str("{% endcase %}");
}

fn for_loop(draw: &mut Draw, depth: u32, out: &mut String) {
    let more = draw.of(&[
        "",
        "",
        " limit: 2",
        " offset: 1",
        " reversed",
        " limit: 2 offset: 1",
        " reversed limit: 2",
        " offset: continue",
    ]);
    put(out, &format!("{{% for i in {}{more} %}}", collection(draw)));
    out.push_str(draw.of(&[
        "{{ i }}",
        "{{ forloop.index }}",
        "{{ forloop.rindex0 }}{{ forloop.last }}",
        "{{ i.name }};",
        "{{ i[0] }}",
        "{% if forloop.first %}{% continue %}{% endif %}",
        "{% if i == 'c' %}{% break %}{% endif %}",
        "{% cycle 'odd', 'even' %}",
        "{{ forloop.parentloop.index }}",
    ]));
    block(draw, depth, out);
    if draw.is(25) {
        out.push_str("{% else %}none");
    }
    out.push_str("{% endfor %}");
}

fn partial(draw: &mut Draw, out: &mut String) {
    out.push_str(draw.of(&[
        "{% render 'card' %}",
        "{% render 'card', item: map, extra: n %}",
        "{% render 'card' for items as item, extra: s %}",
        "{% render 'row' with n %}",
        "{% render 'row' for list %}",
        "{% include 'row' %}",
        "{% include 'row' with s %}",
        "{% include 'row' for list %}",
        "{% include 'words', words: list %}",
        "{% render 'words', words: list %}",
        "{% include 'nosuch' %}",
    ]));
}

fn collection(draw: &mut Draw) -> &'static str {
    draw.of(&[
        "list",
        "items",
        "numbers",
        "empty_list",
        "(1..4)",
        "(neg..2)",
        "(3..1)",
        "map",
        "s",
        "nothing",
        "nosuch",
        "items[0].tags",
    ])
}

fn literal(draw: &mut Draw) -> &'static str {
    draw.of(&["1", "3", "7", "-3", "2.4", "0", "'v'", "'A'", "''", "true", "false", "nil", "blank", "empty"])
}

/// What a value is, as far as the generator knows: filters are mostly given what they are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Number,
    Texts,
    Numbers,
    Objects,
    Time,
    /// A number as a text.
    Quoted,
    /// Anything, such as a variable of the template's own.
    Any,
}

fn value_of(draw: &mut Draw, kind: Kind) -> &'static str {
    match kind {
        Kind::Text => draw.of(&[
            "s",
            "w",
            "t",
            "'v'",
            "map.k",
            "list[0]",
            "list[-1]",
            "list.last",
            "items[1].name",
            "'a-b-c'",
            "''",
        ]),
        Kind::Number => draw.of(&[
            "n",
            "f",
            "neg",
            "1",
            "2.4",
            "0",
            "-3",
            "map['a']",
            "items.first.price",
            "list.size",
            "s.size",
            "map.size",
            "numbers[2]",
        ]),
        Kind::Quoted => draw.of(&["'12'", "'-2.4'", "' 7 '"]),
        Kind::Texts => draw.of(&["list", "items[0].tags", "empty_list"]),
        Kind::Numbers => draw.of(&["numbers", "(1..4)", "(neg..2)"]),
        Kind::Objects => "items",
        Kind::Time => draw.of(&[
            "t",
            "'2024-02-29'",
            "'March 4, 2025 17:05'",
            "'2026-12-31T23:59:59Z'",
            "'1767225600'",
            "1767225600",
        ]),
        Kind::Any => {
            draw.of(&["x", "y", "i", "c", "nothing", "nosuch", "nosuch.x", "list[9]", "nil", "s", "n"])
        }
    }
}

fn kind(draw: &mut Draw) -> Kind {
    match draw.below(13) {
        0..=3 => Kind::Text,
        4..=6 => Kind::Number,
        7 => Kind::Texts,
        8 => Kind::Numbers,
        9 => Kind::Objects,
        10 => Kind::Time,
        _ => Kind::Any,
    }
}

fn value(draw: &mut Draw) -> &'static str {
    let kind = kind(draw);
    value_of(draw, kind)
}

fn condition(draw: &mut Draw) -> String {
    let mut condition = comparison(draw);
    for _ in 0..draw.below(3) {
        put(&mut condition, &format!(" {} {}", draw.of(&["and", "or"]), comparison(draw)));
    }
    condition
}

fn comparison(draw: &mut Draw) -> String {
    match draw.below(6) {
        0 => value(draw).to_owned(),
        1 => format!(
            "{} contains {}",
            draw.of(&["s", "list", "items[0].tags", "'v'", "nothing", "nosuch"]),
            draw.of(&["'A'", "'o'", "'x'", "'v'", "nothing"])
        ),
        2 => format!("{} {} {}", value(draw), draw.of(&["==", "!=", "<>"]), value(draw)),
        3 => format!("{} {} {}", value(draw), draw.of(&["==", "!="]), literal(draw)),
        4 => {
            let (left, right) = (value_of(draw, Kind::Text), value_of(draw, Kind::Text));
            format!("{left} {} {right}", draw.of(&["<", "<=", ">", ">="]))
        }
        _ => {
            let (left, right) = (value_of(draw, Kind::Number), value_of(draw, Kind::Number));
            format!("{left} {} {right}", draw.of(&["<", "<=", ">", ">="]))
        }
    }
}

fn pipeline(draw: &mut Draw) -> String {
    let mut kind = if draw.is(5) { Kind::Quoted } else { kind(draw) };
    let mut pipeline = value_of(draw, kind).to_owned();
    for _ in 0..draw.below(4) {
        let filters = filters_of(kind);
        let (filter, then) = filters[draw.below(filters.len())];
        pipeline.push_str(" | ");
        pipeline.push_str(filter);
        kind = then;
    }
    // Objects and lists in the middle of a text are where each implementation's own language shows.
    match kind {
        Kind::Objects => pipeline + " | map: 'name' | join: '/'",
        Kind::Texts | Kind::Numbers if draw.is(70) => pipeline + " | join: '+'",
        _ => pipeline,
    }
}

/// Filters for what a value is, and what comes out of them.
fn filters_of(kind: Kind) -> &'static [(&'static str, Kind)] {
    match kind {
        Kind::Text => &TEXT,
        Kind::Number | Kind::Quoted => &NUMBER,
        Kind::Texts => &TEXTS,
        Kind::Numbers => &NUMBERS,
        Kind::Objects => &OBJECTS,
        Kind::Time => &TIME,
        Kind::Any => &ANY,
    }
}

const TEXT: [(&str, Kind); 47] = [
    ("append: '!'", Kind::Text),
    ("append: n", Kind::Text),
    ("base64_encode", Kind::Text),
    ("base64_url_safe_encode", Kind::Text),
    ("capitalize", Kind::Text),
    ("default: 'none'", Kind::Text),
    ("downcase", Kind::Text),
    ("escape", Kind::Text),
    ("escape_once", Kind::Text),
    ("lstrip", Kind::Text),
    ("newline_to_br", Kind::Text),
    ("prepend: 'x'", Kind::Text),
    ("remove: 'l'", Kind::Text),
    ("remove_first: 'l'", Kind::Text),
    ("remove_last: 'l'", Kind::Text),
    ("replace: 'l', 'L'", Kind::Text),
    ("replace: 'o'", Kind::Text),
    ("replace: '', '-'", Kind::Text),
    ("replace_first: 'l', '1'", Kind::Text),
    ("replace_last: 'l', '1'", Kind::Text),
    ("rstrip", Kind::Text),
    ("size", Kind::Number),
    ("slice: 1", Kind::Text),
    ("slice: 1, 2", Kind::Text),
    ("slice: -3, 2", Kind::Text),
    ("slice: 0, n", Kind::Text),
    ("slice: -99, 3", Kind::Text),
    ("slice: 99", Kind::Text),
    ("split: ' '", Kind::Texts),
    ("split: ''", Kind::Texts),
    ("split: ', '", Kind::Texts),
    ("split: 'l'", Kind::Texts),
    ("strip", Kind::Text),
    ("strip_html", Kind::Text),
    ("strip_newlines", Kind::Text),
    ("truncate", Kind::Text),
    ("truncate: 8", Kind::Text),
    ("truncate: 6, '…'", Kind::Text),
    ("truncatewords: 2", Kind::Text),
    ("truncatewords: 1, ' …'", Kind::Text),
    ("truncatewords: 0", Kind::Text),
    ("upcase", Kind::Text),
    ("url_encode", Kind::Text),
    ("url_encode | url_decode", Kind::Text),
    ("base64_encode | base64_decode", Kind::Text),
    ("first", Kind::Any),
    ("last", Kind::Any),
];

const NUMBER: [(&str, Kind); 32] = [
    ("abs", Kind::Number),
    ("at_least: 5", Kind::Number),
    ("at_most: 2", Kind::Number),
    ("at_most: f", Kind::Number),
    ("ceil", Kind::Number),
    ("floor", Kind::Number),
    ("round", Kind::Number),
    ("round: 1", Kind::Number),
    ("round: n", Kind::Number),
    ("round: 2", Kind::Number),
    ("divided_by: 2", Kind::Number),
    ("divided_by: 2.4", Kind::Number),
    ("divided_by: 0", Kind::Number),
    ("divided_by: neg", Kind::Number),
    ("minus: 2", Kind::Number),
    ("minus: f", Kind::Number),
    ("modulo: 3", Kind::Number),
    ("modulo: 2.5", Kind::Number),
    ("modulo: neg", Kind::Number),
    ("plus: 1", Kind::Number),
    ("plus: f", Kind::Number),
    ("plus: '4'", Kind::Number),
    ("plus: '4.5'", Kind::Number),
    ("plus: 'a'", Kind::Number),
    ("times: 3", Kind::Number),
    ("times: f", Kind::Number),
    ("times: '2'", Kind::Number),
    ("append: '%'", Kind::Text),
    ("default: 5", Kind::Number),
    ("upcase", Kind::Text),
    ("plus: nothing", Kind::Number),
    ("prepend: ''", Kind::Text),
];

const TEXTS: [(&str, Kind); 15] = [
    ("first", Kind::Text),
    ("last", Kind::Text),
    ("join", Kind::Text),
    ("join: ', '", Kind::Text),
    ("join: n", Kind::Text),
    ("reverse", Kind::Texts),
    ("size", Kind::Number),
    ("sort", Kind::Texts),
    ("sort_natural", Kind::Texts),
    ("uniq", Kind::Texts),
    ("compact", Kind::Texts),
    ("concat: list", Kind::Texts),
    ("slice: 1, 2", Kind::Texts),
    ("slice: -2", Kind::Texts),
    ("slice: -2, 2", Kind::Texts),
];

const NUMBERS: [(&str, Kind); 12] = [
    ("first", Kind::Number),
    ("last", Kind::Number),
    ("join", Kind::Text),
    ("reverse", Kind::Numbers),
    ("size", Kind::Number),
    ("sort", Kind::Numbers),
    ("sum", Kind::Number),
    ("uniq", Kind::Numbers),
    ("compact", Kind::Numbers),
    ("concat: numbers", Kind::Numbers),
    ("concat: (1..2)", Kind::Numbers),
    ("slice: 1, 2", Kind::Numbers),
];

const OBJECTS: [(&str, Kind); 22] = [
    ("where: 'price', 3", Kind::Objects),
    ("where: 'tags'", Kind::Objects),
    ("where: 'name', 'al'", Kind::Objects),
    ("reject: 'tags'", Kind::Objects),
    ("reject: 'price', 3", Kind::Objects),
    ("map: 'name'", Kind::Texts),
    ("map: 'price'", Kind::Numbers),
    ("sort: 'price'", Kind::Objects),
    ("sort: 'name'", Kind::Objects),
    ("sort_natural: 'name'", Kind::Objects),
    ("sum: 'price'", Kind::Number),
    ("uniq: 'price'", Kind::Objects),
    ("has: 'tags'", Kind::Any),
    ("has: 'price', 3", Kind::Any),
    ("has: 'nosuch'", Kind::Any),
    ("find_index: 'price', 3", Kind::Number),
    ("find_index: 'price', 99", Kind::Any),
    ("reverse", Kind::Objects),
    ("size", Kind::Number),
    ("compact: 'tags'", Kind::Objects),
    ("find: 'name', 'Bo'  | default: 'x' | size", Kind::Any),
    ("concat: items", Kind::Objects),
];

const TIME: [(&str, Kind); 7] = [
    ("date: '%Y-%m-%d'", Kind::Text),
    ("date: '%A %-d %B, %H:%M'", Kind::Text),
    ("date: '%j %U %W %V %e %y'", Kind::Text),
    ("date: '%b %d, %Y %I:%M %p'", Kind::Text),
    ("date: '%s %S %l %k %u %w %C'", Kind::Text),
    ("date: 'no directive'", Kind::Text),
    ("date: '%D %F %T %R %h %%'", Kind::Text),
];

const ANY: [(&str, Kind); 5] = [
    ("default: 'none'", Kind::Any),
    ("default: nothing", Kind::Any),
    ("default: 0, allow_false: true", Kind::Any),
    ("append: '!'", Kind::Text),
    ("default: 'x' | upcase", Kind::Text),
];
