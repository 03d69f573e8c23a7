//! Small, hostile changes of texts and of JSON, by a seed.

use serde_json::{Map, Number, Value};

/// Chance by a seed: the same seed gives the same case, here and anywhere.
pub struct Chance(u64);

impl Chance {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits (`SplitMix64`).
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below `n`; 0 if there is none.
    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n.max(1) as u64) as usize
    }

    pub fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }

    /// Whether something of this chance in a hundred happens.
    pub fn percent(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// What means something to a reader of YAML, of the language, or to nobody.
const FRAGMENTS: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ":",
    ": ",
    "- ",
    "? ",
    "&a ",
    "*a",
    "!!binary ",
    "!x ",
    "|",
    ">-",
    "|+9",
    "#",
    "\"",
    "'",
    "\\u0000",
    "%YAML 9",
    "---\n",
    "...\n",
    "\t",
    "\r\n",
    "\r",
    "\u{feff}",
    "\u{202e}",
    "\u{0}",
    "\u{7f}",
    "é",
    "🦀",
    "\u{2028}",
    "<<: *a\n",
    "@",
    "`",
    ",",
    "~",
    "null",
    "true",
    "-0",
    "0x7fffffffffffffff",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "1e999",
    ".nan",
    "-.inf",
    "99999999999999999999d",
    "106751991168d",
    "4294967296",
    "999999999 calendar days",
    "$trigger.",
    "$run.a.b.c",
    "$contact",
    "{{ x | y }}",
    "{% if %}",
    "goto: ",
    "id: ",
    "steps: ",
    "then: ",
    "**",
    "25:00",
    "2026-02-30",
    "FREQ=YEARLY;INTERVAL=0",
    "any",
];

/// What is written many times, one inside the other.
const NESTED: &[&str] =
    &["[", "{a: ", "- ", "{ all: [", "{ not: ", "(", "!", "  ", "? ", "- - ", "\"", "a:\n "];

/// How deep nested things go.
const DEPTH: usize = 6_000;

/// Changes a text at one place; `others` are texts to take pieces from.
pub fn text(chance: &mut Chance, text: &str, others: &[String]) -> String {
    let mut lines: Vec<String> = text.split_inclusive('\n').map(str::to_owned).collect();
    let n = chance.below(lines.len());
    match chance.below(12) {
        0 => {
            let mut bytes = text.as_bytes().to_vec();
            if !bytes.is_empty() {
                let at = chance.below(bytes.len());
                bytes[at] ^= 1 << chance.below(8);
            }
            return String::from_utf8_lossy(&bytes).into_owned();
        }
        1 if !lines.is_empty() => {
            let other = chance.below(lines.len());
            lines.swap(n, other);
        }
        2 if !lines.is_empty() => _ = lines.remove(n),
        3 if !lines.is_empty() => {
            let line = lines[n].clone();
            lines.insert(chance.below(lines.len()), line);
        }
        4 if !lines.is_empty() => {
            let spaces = " ".repeat(chance.below(9));
            lines[n] = format!("{spaces}{}", lines[n].trim_start_matches(' '));
        }
        5 | 6 => return inserted(chance, text, chance_fragment),
        7 => {
            let other = chance.pick(others).clone();
            let others: Vec<&str> = other.split_inclusive('\n').collect();
            let from = chance.below(others.len());
            let to = (from + 1 + chance.below(8)).min(others.len());
            let piece = others.get(from..to).unwrap_or_default().concat();
            lines.insert(n, piece);
        }
        8 => {
            let end = chance.below(text.len() + 1);
            return String::from_utf8_lossy(&text.as_bytes()[..end]).into_owned();
        }
        9 => return inserted(chance, text, |chance| chance.pick(NESTED).repeat(1 + chance.below(DEPTH))),
        // A value becomes another one of the same or another file.
        _ => return other_value(chance, &lines, others),
    }
    lines.concat()
}

fn chance_fragment(chance: &mut Chance) -> String {
    (*chance.pick(FRAGMENTS)).to_owned()
}

fn inserted(chance: &mut Chance, text: &str, what: impl Fn(&mut Chance) -> String) -> String {
    let mut at = chance.below(text.len() + 1);
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    format!("{}{}{}", &text[..at], what(chance), &text[at..])
}

fn other_value(chance: &mut Chance, lines: &[String], others: &[String]) -> String {
    let with_value: Vec<usize> = (0..lines.len()).filter(|n| lines[*n].contains(": ")).collect();
    if with_value.is_empty() {
        return lines.concat();
    }
    let n = *chance.pick(&with_value);
    let donor = chance.pick(others).clone();
    let values: Vec<&str> =
        donor.lines().filter_map(|line| line.split_once(": ").map(|(_, value)| value)).collect();
    let value = if values.is_empty() || chance.percent(40) {
        chance_fragment(chance)
    } else {
        (*chance.pick(&values)).to_owned()
    };
    let mut lines = lines.to_vec();
    let (key, _) = lines[n].split_once(": ").unwrap_or_default();
    lines[n] = format!("{key}: {value}\n");
    lines.concat()
}

/// Changes some values of a JSON tree; `others` are trees to take pieces from.
pub fn json(chance: &mut Chance, value: &mut Value, others: &[Value]) {
    for _ in 0..=chance.below(4) {
        let n_nodes = count(value);
        let at = chance.below(n_nodes);
        let mut left = at;
        if let Some(node) = nth(value, &mut left) {
            change(chance, node, others);
        }
    }
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(map) => map.values().map(count).sum(),
        _ => 0,
    }
}

/// The n-th node in the order of the text.
fn nth<'v>(value: &'v mut Value, left: &mut usize) -> Option<&'v mut Value> {
    if *left == 0 {
        return Some(value);
    }
    *left -= 1;
    match value {
        Value::Array(items) => items.iter_mut().find_map(|item| nth(item, left)),
        Value::Object(map) => map.values_mut().find_map(|item| nth(item, left)),
        _ => None,
    }
}

fn change(chance: &mut Chance, node: &mut Value, others: &[Value]) {
    match chance.below(8) {
        0 => *node = hostile(chance),
        1 => *node = borrowed(chance, others),
        2 => match node {
            Value::Object(map) => {
                let keys: Vec<String> = map.keys().cloned().collect();
                if !keys.is_empty() {
                    map.remove(chance.pick(&keys));
                }
            }
            Value::Array(items) if !items.is_empty() => _ = items.remove(chance.below(items.len())),
            _ => *node = hostile(chance),
        },
        3 => match node {
            Value::Object(map) => _ = map.insert(chance_fragment(chance), hostile(chance)),
            Value::Array(items) => {
                let item = if items.is_empty() { hostile(chance) } else { chance.pick(items).clone() };
                items.push(item);
            }
            _ => *node = hostile(chance),
        },
        // Most changes keep the kind of value, so that they get further.
        _ => near(chance, node),
    }
}

fn near(chance: &mut Chance, node: &mut Value) {
    match node {
        Value::Number(number) => {
            let old = number.as_i64().unwrap_or_default();
            let numbers = [
                0,
                1,
                -1,
                i64::MAX,
                i64::MIN,
                253_402_207_200_000,
                -377_705_023_201_000,
                1 << 32,
                old.wrapping_add(1),
                old.wrapping_neg(),
                old.wrapping_mul(1_000),
                i64::from(u32::MAX),
            ];
            *number = Number::from(*chance.pick(&numbers));
        }
        Value::String(text) => match chance.below(4) {
            0 => *text = chance_fragment(chance),
            1 => *text = text.repeat(1 + chance.below(3)),
            2 => _ = text.pop(),
            _ => (*chance.pick(TEXTS)).clone_into(text),
        },
        Value::Bool(is) => *is = !*is,
        Value::Array(items) => items.reverse(),
        Value::Object(map) => {
            let values: Vec<Value> = map.values().cloned().collect();
            for value in map.values_mut() {
                if chance.percent(30) {
                    *value = chance.pick(&values).clone();
                }
            }
        }
        Value::Null => *node = hostile(chance),
    }
}

const TEXTS: &[&str] = &[
    "",
    " ",
    "a@b.example",
    "Nowhere/Land",
    "America/Sao_Paulo",
    "2026-03-29T02:30:00+01:00",
    "9999-12-31",
    "-009999-01-01T00:00:00Z",
    "0000-01-01",
    "9999-12-31T23:59:59Z",
    "2024-02-29",
    "24:00",
    "00:00",
    "email",
    "any",
    "unsubscribed",
    "2026-10-25T02:30",
    "FREQ=DAILY;COUNT=100000000",
    "FREQ=SECONDLY",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "https://a.example/**/**/**/*/**",
    "3d",
    "0s",
    "-1d",
    "36500d",
    "$trigger.cart",
    "$contact.traits.x",
    "{{ contact.x }}",
    "workflow",
    "steps",
];

fn hostile(chance: &mut Chance) -> Value {
    match chance.below(9) {
        0 => Value::Null,
        1 => Value::Bool(chance.percent(50)),
        2 => Value::from(*chance.pick(&[0, -1, i64::MAX, i64::MIN, 1_000_000_000_000, 42])),
        3 => Value::from(u64::MAX),
        4 => Number::from_f64(*chance.pick(&[1e308, -1e308, 0.1, -0.0, 5e-324]))
            .map_or(Value::Null, Value::Number),
        5 => Value::String((*chance.pick(TEXTS)).to_owned()),
        6 => Value::String("x".repeat(chance.below(20_000))),
        7 => (0..chance.below(100)).fold(Value::Null, |inner, _| Value::Array(vec![inner])),
        _ => Value::Object(Map::new()),
    }
}

fn borrowed(chance: &mut Chance, others: &[Value]) -> Value {
    if others.is_empty() {
        return hostile(chance);
    }
    let mut other = chance.pick(others).clone();
    let mut left = chance.below(count(&other));
    nth(&mut other, &mut left).map_or(Value::Null, |node| node.clone())
}
