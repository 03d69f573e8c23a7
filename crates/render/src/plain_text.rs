//! The text part of an HTML one: what a person would read aloud, with links as `text (url)`.

/// The deepest list whose points are still indented further.
const LIST_DEPTH_MAX: usize = 8;

/// The longest name or number of a character reference that is looked at, in bytes.
const REFERENCE_BYTES_MAX: usize = 10;

/// Elements whose content nobody reads.
const SILENT: [&str; 5] = ["head", "style", "script", "title", "template"];

/// Elements that stand on lines of their own.
const LINES: [&str; 12] =
    ["div", "tr", "li", "address", "section", "article", "header", "footer", "main", "figure", "dt", "dd"];

/// Elements with an empty line before and after.
const PARAGRAPHS: [&str; 13] =
    ["p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre", "table", "dl"];

/// Character references by name; numbers are read as numbers.
const REFERENCES: [(&str, &str); 22] = [
    ("amp", "&"),
    ("lt", "<"),
    ("gt", ">"),
    ("quot", "\""),
    ("apos", "'"),
    ("nbsp", " "),
    ("copy", "©"),
    ("reg", "®"),
    ("trade", "™"),
    ("hellip", "…"),
    ("ndash", "–"),
    ("mdash", "—"),
    ("lsquo", "‘"),
    ("rsquo", "’"),
    ("ldquo", "“"),
    ("rdquo", "”"),
    ("laquo", "«"),
    ("raquo", "»"),
    ("bull", "•"),
    ("middot", "·"),
    ("euro", "€"),
    ("zwnj", ""),
];

/// Makes the text part of an HTML part.
pub fn plain_text(html: &str) -> String {
    let mut text = Text::default();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        text.words(&rest[..start]);
        let tag = &rest[start..];
        if let Some(comment) = tag.strip_prefix("<!--") {
            rest = comment.find("-->").map_or("", |end| &comment[end + 3..]);
            continue;
        }
        if !tag[1..].starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?')) {
            text.words("<");
            rest = &tag[1..];
            continue;
        }
        let end = tag_end(tag);
        let inner = &tag[1..end];
        rest = text.tag(inner.strip_suffix('>').unwrap_or(inner), &tag[end..]);
    }
    text.words(rest);
    text.finish()
}

/// The byte after the `>` that ends a tag; quotes may hide one.
fn tag_end(tag: &str) -> usize {
    let mut quote = None;
    for (offset, byte) in tag.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return offset + 1,
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), byte) if open == byte => quote = None,
            _ => {}
        }
    }
    tag.len()
}

/// The text so far, and what white space is owed before the next word.
#[derive(Default)]
struct Text {
    out: String,
    /// Line ends owed: 1 begins a line, 2 leaves one empty.
    breaks: usize,
    /// Whether a space is owed.
    space: bool,
    /// Open links: where they lead, and where their text began.
    links: Vec<(String, usize)>,
    list_depth: usize,
}

impl Text {
    fn words(&mut self, html: &str) {
        for (n, word) in html.split(|c: char| c.is_ascii_whitespace()).enumerate() {
            self.space |= n > 0;
            if !word.is_empty() {
                let word = decoded(word);
                self.push(&word);
            }
        }
    }

    fn push(&mut self, word: &str) {
        if word.is_empty() {
            return;
        }
        if self.out.is_empty() || self.breaks > 0 {
            if !self.out.is_empty() {
                self.out.extend(std::iter::repeat_n('\n', self.breaks));
            }
        } else if self.space {
            self.out.push(' ');
        }
        self.breaks = 0;
        self.space = false;
        self.out.push_str(word);
    }

    fn lines(&mut self, n: usize) {
        self.breaks = self.breaks.max(n);
        self.space = false;
    }

    /// Takes a tag without its brackets, and gives back where reading goes on.
    fn tag<'a>(&mut self, tag: &str, rest: &'a str) -> &'a str {
        let (closing, tag) = tag.strip_prefix('/').map_or((false, tag), |tag| (true, tag));
        let end = tag.find(|c: char| c.is_ascii_whitespace() || c == '/').unwrap_or(tag.len());
        let name = tag[..end].to_ascii_lowercase();
        if !closing && SILENT.contains(&name.as_str()) {
            return after_closing(&name, rest);
        }
        if PARAGRAPHS.contains(&name.as_str()) {
            self.lines(2);
        } else if LINES.contains(&name.as_str()) {
            self.lines(1);
        }
        match (name.as_str(), closing) {
            ("br", _) => self.breaks = (self.breaks + 1).min(2),
            ("hr", _) => {
                self.lines(1);
                self.push("---");
                self.lines(1);
            }
            ("td" | "th", _) => self.space = true,
            ("ul" | "ol", false) => {
                if self.list_depth > 0 {
                    self.breaks = 1;
                }
                self.list_depth += 1;
            }
            ("ul" | "ol", true) => {
                self.list_depth = self.list_depth.saturating_sub(1);
                if self.list_depth > 0 {
                    self.breaks = 1;
                }
            }
            ("li", false) => {
                let depth = self.list_depth.clamp(1, LIST_DEPTH_MAX);
                self.push(&format!("{}-", "  ".repeat(depth - 1)));
                self.space = true;
            }
            ("img", false) => {
                if let Some(alternative) = attribute(&tag[end..], "alt") {
                    self.words(&alternative);
                }
            }
            ("a", false) => {
                let leads_to = attribute(&tag[end..], "href").map(|href| decoded(href.trim()));
                self.links.push((leads_to.unwrap_or_default(), self.out.len()));
            }
            ("a", true) => self.close_link(),
            _ => {}
        }
        rest
    }

    /// A link says where it leads, unless its text does, or it leads nowhere outside.
    fn close_link(&mut self) {
        let Some((leads_to, start)) = self.links.pop() else { return };
        let text = self.out.get(start..).unwrap_or_default().trim();
        let plain = leads_to.strip_prefix("mailto:").or_else(|| leads_to.strip_prefix("tel:"));
        if leads_to.is_empty() || leads_to.starts_with('#') || text == plain.unwrap_or(&leads_to) {
            return;
        }
        let shown = if text.is_empty() { leads_to } else { format!("({leads_to})") };
        self.space = true;
        self.push(&shown);
    }

    fn finish(mut self) -> String {
        self.out.push('\n');
        self.out
    }
}

/// What follows the closing tag of an element whose content nobody reads.
fn after_closing<'a>(name: &str, rest: &'a str) -> &'a str {
    let mut from = 0;
    while let Some(start) = rest[from..].find("</") {
        let start = from + start;
        let found = rest.as_bytes().get(start + 2..start + 2 + name.len());
        if found.is_some_and(|found| found.eq_ignore_ascii_case(name.as_bytes())) {
            return rest[start..].find('>').map_or("", |end| &rest[start + end + 1..]);
        }
        from = start + 2;
    }
    ""
}

/// The value of an attribute in the rest of a tag.
fn attribute(tag: &str, wanted: &str) -> Option<String> {
    let mut rest = tag;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if rest.is_empty() {
            return None;
        }
        let end = rest.find(|c: char| c.is_ascii_whitespace() || c == '=').unwrap_or(rest.len());
        let name = &rest[..end];
        rest = rest[end..].trim_start();
        let Some(after) = rest.strip_prefix('=') else {
            if name.is_empty() {
                return None;
            }
            continue;
        };
        let after = after.trim_start();
        let (value, next) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = &after[1..];
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            _ => after.split_at(after.find(|c: char| c.is_ascii_whitespace()).unwrap_or(after.len())),
        };
        if name.eq_ignore_ascii_case(wanted) {
            return Some(value.to_owned());
        }
        rest = next;
    }
}

/// A text with its character references resolved.
pub(crate) fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.bytes().take(REFERENCE_BYTES_MAX).position(|byte| byte == b';');
        if let Some((end, resolved)) = end.and_then(|end| Some((end, reference(&rest[1..end])?))) {
            out.push_str(&resolved);
            rest = &rest[end + 1..];
        } else {
            out.push('&');
            rest = &rest[1..];
        }
    }
    out.push_str(rest);
    out
}

fn reference(name: &str) -> Option<String> {
    let Some(number) = name.strip_prefix('#') else {
        return REFERENCES.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
    };
    let code = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code).filter(|character| !character.is_control()).map(String::from)
}

#[cfg(test)]
mod tests;
