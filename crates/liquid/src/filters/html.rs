//! Filters that write or remove HTML.

/// The characters that mean something in HTML, and how they are written instead.
fn entity(character: char) -> Option<&'static str> {
    match character {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        _ => None,
    }
}

/// Appends a text with its special characters written as entities.
pub(crate) fn escape_into(text: &str, output: &mut String) {
    let mut plain_from = 0;
    for (index, byte) in text.bytes().enumerate() {
        if let Some(entity) = entity(byte as char) {
            output.push_str(&text[plain_from..index]);
            output.push_str(entity);
            plain_from = index + 1;
        }
    }
    output.push_str(&text[plain_from..]);
}

pub(super) fn escape(text: &str) -> String {
    let mut output = String::with_capacity(text.len() + text.len() / 8);
    escape_into(text, &mut output);
    output
}

/// Escapes all but the entities that are there already.
pub(super) fn escape_once(text: &str) -> String {
    let mut output = String::with_capacity(text.len());
    for (index, character) in text.char_indices() {
        match entity(character) {
            Some(_) if character == '&' && begins_entity(&text[index + 1..]) => output.push('&'),
            Some(entity) => output.push_str(entity),
            None => output.push(character),
        }
    }
    output
}

/// Says whether what follows a `&` makes it an entity: letters or `#` and digits, then `;`.
fn begins_entity(text: &str) -> bool {
    let (body, is_body): (&str, fn(&u8) -> bool) = match text.strip_prefix('#') {
        Some(digits) => (digits, u8::is_ascii_digit),
        None => (text, u8::is_ascii_alphabetic),
    };
    let length = body.bytes().take_while(is_body).count();
    length > 0 && body.as_bytes().get(length) == Some(&b';')
}

pub(super) fn newline_to_br(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "<br />\n")
}

/// Removes scripts, comments and styles with their content, then all tags.
pub(super) fn strip_html(text: &str) -> String {
    let text = remove_between(text, &[("<script", "</script>"), ("<!--", "-->"), ("<style", "</style>")]);
    remove_between(&text, &[("<", ">")])
}

/// Removes what is between these pairs, and the pairs; what is never closed stays.
fn remove_between(text: &str, pairs: &[(&str, &str)]) -> String {
    let mut output = String::with_capacity(text.len());
    // A pair whose end isn't found once won't be found later: it is dropped, so that this is linear.
    let mut pairs = pairs.to_vec();
    let mut position = 0;
    let mut kept_from = 0;
    while let Some(found) = text[position..].find('<') {
        let start = position + found;
        position = start + 1;
        let Some(index) = pairs.iter().position(|(opening, _)| text[start..].starts_with(opening)) else {
            continue;
        };
        let (opening, closing) = pairs[index];
        let inside = start + opening.len();
        if let Some(length) = text[inside..].find(closing) {
            output.push_str(&text[kept_from..start]);
            position = inside + length + closing.len();
            kept_from = position;
        } else {
            pairs.remove(index);
        }
    }
    output.push_str(&text[kept_from..]);
    output
}
