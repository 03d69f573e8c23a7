//! What code may say: the length of functions, exceptions to lints, where SQL and tasks live.

use crate::mask::mask;
use crate::repository::{assert_none, is_test_file, line_of, rust_files};

/// The most lines that a function may have, from `fn` to its closing brace.
const FUNCTION_LINES_MAX: usize = 70;
/// What must not be left in code, with what to do instead.
const FORBIDDEN: [(&str, &str); 4] = [
    ("#[allow(", "use #[expect(lint, reason = \"…\")]: it says why, and goes when it isn't needed"),
    ("#![allow(", "use #![expect(lint, reason = \"…\")]: it says why, and goes when it isn't needed"),
    ("todo!(", "finish it, or leave it out"),
    ("unimplemented!(", "finish it, or leave it out"),
];
/// How a statement of SQL begins.
const SQL: [&str; 8] = [
    "SELECT ",
    "INSERT INTO ",
    "DELETE FROM ",
    "CREATE TABLE ",
    "CREATE INDEX ",
    "ALTER TABLE ",
    "DROP TABLE ",
    "WITH RECURSIVE ",
];
/// What starts something that runs by itself, or waits.
const TASKS: [&str; 4] = ["tokio::spawn(", "tokio::time::sleep", "thread::sleep", "select!"];
/// Where that is allowed: the loop over the ticks, what accepts connections (the server, the inbox, bounces), the
/// second within an attempt after which a lost answer is asked for again, and the binaries (ARCHITECTURE.md). Everywhere
/// else a tick says when it wants to run again.
const TASKS_ALLOWED: [&str; 8] = [
    "crates/engine/src/tick",
    "crates/server/src/serve",
    "crates/channels/src/inbox",
    "crates/channels/src/reception",
    "crates/channels/src/api.rs",
    "crates/cli/src/",
    "crates/bench/src/",
    "xtask/",
];
/// Where SQL lives: the store, and what compares it with plain tables.
const SQL_ALLOWED: [&str; 3] = ["crates/store/", "crates/bench/", "xtask/"];

/// The functions of a text: name, line, and how many lines each has.
fn functions(code: &str) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let word_before = code[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_');
        let rest = &code[at + 3..];
        let name: String = rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if word_before || name.is_empty() {
            continue;
        }
        if let Some(body) = body(&code[at..]) {
            found.push((name, line_of(code, at), body.matches('\n').count() + 1));
        }
    }
    found
}

/// The text of a function from its beginning to its closing brace; none if it has no body.
fn body(code: &str) -> Option<&str> {
    let (mut braces, mut brackets) = (0, 0);
    for (at, character) in code.char_indices() {
        match character {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets -= 1,
            ';' if braces == 0 && brackets == 0 => return None,
            '{' => braces += 1,
            '}' => {
                braces -= 1;
                if braces <= 0 {
                    return (braces == 0).then(|| &code[..=at]);
                }
            }
            _ => {}
        }
    }
    None
}

fn too_long(path: &str, text: &str) -> Vec<String> {
    if is_test_file(path) {
        return Vec::new();
    }
    let long =
        functions(&mask(text).code).into_iter().filter(|(_, _, n_lines)| *n_lines > FUNCTION_LINES_MAX);
    long.map(|(name, line, n_lines)| {
        format!("{path}:{line}: `{name}` has {n_lines} lines; a function fits on a screen, at most {FUNCTION_LINES_MAX}")
    })
    .collect()
}

fn forbidden(path: &str, text: &str) -> Vec<String> {
    let code = mask(text).code;
    let mut found = Vec::new();
    for (what, instead) in FORBIDDEN {
        found.extend(
            code.match_indices(what)
                .map(|(at, _)| format!("{path}:{}: `{what}…`: {instead}", line_of(&code, at))),
        );
    }
    found
}

fn sql_outside_the_store(path: &str, text: &str) -> Vec<String> {
    if SQL_ALLOWED.iter().any(|allowed| path.starts_with(allowed)) || is_test_file(path) {
        return Vec::new();
    }
    let strings = mask(text).strings;
    let mut found = Vec::new();
    for statement in SQL {
        found.extend(
            strings
                .match_indices(statement)
                .map(|(at, _)| format!("{path}:{}: SQL lives in crates/store", line_of(&strings, at))),
        );
    }
    found
}

fn tasks_elsewhere(path: &str, text: &str) -> Vec<String> {
    if TASKS_ALLOWED.iter().any(|allowed| path.starts_with(allowed)) || is_test_file(path) {
        return Vec::new();
    }
    let code = mask(text).code;
    let mut found = Vec::new();
    for what in TASKS {
        found.extend(code.match_indices(what).map(|(at, _)| {
            format!(
                "{path}:{}: `{what}`: a tick says when it runs again; only the one loop waits",
                line_of(&code, at)
            )
        }));
    }
    found
}

fn each(rule: fn(&str, &str) -> Vec<String>) -> Vec<String> {
    rust_files().iter().flat_map(|file| rule(&file.path, &file.text)).collect()
}

#[test]
fn every_function_fits_on_a_screen() {
    assert_none(&each(too_long));
}

#[test]
fn no_lint_is_switched_off_silently_and_nothing_is_left_to_do() {
    assert_none(&each(forbidden));
}

#[test]
fn sql_is_in_the_store_only() {
    assert_none(&each(sql_outside_the_store));
}

#[test]
fn only_the_one_loop_spawns_and_waits() {
    assert_none(&each(tasks_elsewhere));
}

#[test]
fn the_rules_of_code_catch_what_they_forbid() {
    let function = |n_lines: usize| {
        format!("impl A {{\n    fn long<T>(a: [u8; 3]) {{\n{}    }}\n}}\n", "        x();\n".repeat(n_lines))
    };
    assert_eq!(too_long("a/src/b.rs", &function(FUNCTION_LINES_MAX)).len(), 1);
    assert_eq!(too_long("a/src/b.rs", &function(FUNCTION_LINES_MAX - 2)).len(), 0);
    assert_eq!(functions("trait A { fn no_body(&self); fn one() { {} } }").len(), 1);
    let attribute = format!("#[{}(dead_code)]\nfn a() {{ {}!() }}", "allow", "todo");
    assert_eq!(forbidden("a/src/b.rs", &attribute).len(), 2);
    assert_eq!(forbidden("a/src/b.rs", "// #[allow(x)] in a comment").len(), 0);
    assert_eq!(sql_outside_the_store("crates/engine/src/b.rs", "let a = \"SELECT 1\";").len(), 1);
    assert_eq!(sql_outside_the_store("crates/store/src/b.rs", "let a = \"SELECT 1\";").len(), 0);
    assert_eq!(sql_outside_the_store("crates/engine/src/b.rs", "// SELECT 1").len(), 0);
    assert_eq!(tasks_elsewhere("crates/server/src/api.rs", "fn a() { tokio::spawn(b()); }").len(), 1);
    assert_eq!(tasks_elsewhere("crates/engine/src/tick.rs", "fn a() { tokio::spawn(b()); }").len(), 0);
}
