//! The block document of a visual editor, made into the tables of an e-mail.
//!
//! The domain's grammar has checked its shape; what is missing or of another type here is left out rather than refused.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::frame::{Look, WIDTH_DEFAULT};
use super::markdown;
use super::shield::{Shielded, constructs};

/// How deep conditional blocks may be nested.
const DEPTH_MAX: usize = 8;

/// The most columns of a section.
const COLUMNS_MAX: usize = 4;

/// The most items of a product loop, if nothing is said.
const PRODUCTS_DEFAULT: i64 = 10;

/// Styles of blocks; those of text are the frame's.
const CSS: &str = "\
.w-column { vertical-align: top; padding: 0 8px }
.w-column img.w-image { display: block; max-width: 100%; height: auto }
.w-body .w-product td { padding: 8px 8px 8px 0; vertical-align: top }
.w-body p.w-product-title { margin: 0 0 4px; font-weight: 600 }
.w-body p.w-price { margin: 0 }
.w-footer { margin: 16px 0 0; font-size: 13px; line-height: 1.5 }
.w-body .w-footer p { margin: 0 0 8px }
";

/// Why a document can't be made into HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BadBlocks(pub String);

/// Makes the HTML of a document, its Liquid in it as it stands.
pub(crate) fn to_html(document: &str) -> Result<String, BadBlocks> {
    let document = read(document)?;
    let content = content_of(&document)?;
    let look = look(&document["style"]);
    let is_dynamic = false;
    let shielded = Shielded::new(&content);
    let page = look.around(&shielded.plain(), CSS, is_dynamic);
    Ok(shielded.restored(&page).0)
}

/// Makes the HTML of a document's sections alone, for a page that has a look of its own.
pub(crate) fn sections(document: &str) -> Result<String, BadBlocks> {
    content_of(&read(document)?)
}

fn read(document: &str) -> Result<Value, BadBlocks> {
    serde_json::from_str(document).map_err(|error| BadBlocks(format!("the blocks are no JSON: {error}")))
}

fn content_of(document: &Value) -> Result<String, BadBlocks> {
    let mut content = String::new();
    for (index, section) in list(&document["sections"]).iter().enumerate() {
        self::section(section, &mut content)
            .map_err(|bad| BadBlocks(format!("section {}: {}", index + 1, bad.0)))?;
    }
    Ok(content)
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn look(style: &Value) -> Look {
    let mut look = Look::default();
    let number = |name: &str, default: u32| {
        style[name].as_u64().and_then(|number| u32::try_from(number).ok()).unwrap_or(default)
    };
    look.width = number("width", WIDTH_DEFAULT);
    look.font_size = number("font_size", look.font_size);
    for (name, place) in [
        ("background", &mut look.background),
        ("surface", &mut look.surface),
        ("text", &mut look.text),
        ("accent", &mut look.accent),
        ("on_accent", &mut look.on_accent),
        ("font", &mut look.font),
        ("dark_background", &mut look.dark_background),
        ("dark_surface", &mut look.dark_surface),
        ("dark_text", &mut look.dark_text),
        ("dark_accent", &mut look.dark_accent),
    ] {
        if let Some(value) = style[name].as_str() {
            *place = in_css(value);
        }
    }
    look
}

/// A value that stays inside of its declaration.
fn in_css(value: &str) -> String {
    value.chars().filter(|c| !matches!(c, ';' | '{' | '}' | '<' | '>' | '"' | '\\')).collect()
}

fn section(section: &Value, out: &mut String) -> Result<(), BadBlocks> {
    let columns = list(&section["columns"]);
    if columns.len() > COLUMNS_MAX {
        return Err(BadBlocks(format!("a section has {} columns, more than {COLUMNS_MAX}", columns.len())));
    }
    let padding = section["padding"].as_u64().unwrap_or(0);
    let background =
        section["background"].as_str().map(|color| format!(";background-color:{}", in_css(color)));
    _ = writeln!(
        out,
        "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" \
         style=\"padding:{padding}px 0{}\"><tr>",
        background.unwrap_or_default()
    );
    for column in columns {
        let width = column["width"].as_u64().unwrap_or(100 / columns.len().max(1) as u64);
        _ = writeln!(out, "<td class=\"w-column\" width=\"{width}%\">");
        blocks(list(&column["blocks"]), 0, out)?;
        out.push_str("</td>\n");
    }
    out.push_str("</tr></table>\n");
    Ok(())
}

fn blocks(blocks: &[Value], depth: usize, out: &mut String) -> Result<(), BadBlocks> {
    if depth > DEPTH_MAX {
        return Err(BadBlocks(format!("blocks are nested deeper than {DEPTH_MAX}")));
    }
    for block in blocks {
        let Value::Object(block) = block else { continue };
        self::block(block, depth, out)?;
    }
    Ok(())
}

/// A block, in a cell of its own if it looks different from the document.
fn block(block: &Map<String, Value>, depth: usize, out: &mut String) -> Result<(), BadBlocks> {
    let style = own_style(block);
    if style.is_empty() || block.contains_key("button") {
        return content(block, depth, out);
    }
    _ = write!(
        out,
        "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>\n\
         <td style=\"{style}\">\n"
    );
    content(block, depth, out)?;
    out.push_str("</td>\n</tr></table>\n");
    Ok(())
}

/// What a block's own style says, as declarations.
fn own_style(block: &Map<String, Value>) -> String {
    let Some(style) = block.get("style") else { return String::new() };
    let mut declarations = Vec::new();
    for (name, property) in [("color", "color"), ("background", "background-color")] {
        if let Some(value) = style[name].as_str() {
            declarations.push(format!("{property}:{}", in_css(value)));
        }
    }
    for (name, property) in [("font_size", "font-size"), ("padding", "padding"), ("radius", "border-radius")]
    {
        if let Some(pixels) = style[name].as_u64() {
            declarations.push(format!("{property}:{pixels}px"));
        }
    }
    declarations.join(";")
}

fn content(block: &Map<String, Value>, depth: usize, out: &mut String) -> Result<(), BadBlocks> {
    let text = |name: &str| block.get(name).and_then(Value::as_str);
    let align = text("align").unwrap_or("left");
    if let Some(heading) = text("heading") {
        let level = block.get("level").and_then(Value::as_u64).unwrap_or(1).clamp(1, 3);
        // A heading has a size of its own, which it doesn't take from the cell around it.
        let size = block.get("style").and_then(|style| style["font_size"].as_u64());
        let size = size.map_or_else(String::new, |pixels| format!("font-size:{pixels}px"));
        _ = writeln!(out, "<h{level}{}>{}</h{level}>", styled(align, &size), escaped(heading));
    } else if let Some(markdown) = text("text") {
        let html = paragraphs(markdown);
        if align == "left" {
            out.push_str(&html);
        } else {
            _ = write!(out, "<div{}>\n{html}</div>\n", styled(align, ""));
        }
    } else if let Some(source) = text("image") {
        image(block, source, align, out);
    } else if let Some(label) = text("button") {
        let link = escaped(text("link").unwrap_or_default());
        let (paragraph, style) = (styled(align, ""), styled("left", &own_style(block)));
        let label = escaped(label);
        _ = writeln!(out, "<p{paragraph}><a class=\"w-button\" href=\"{link}\"{style}>{label}</a></p>");
    } else if block.contains_key("divider") {
        out.push_str("<hr>\n");
    } else if let Some(pixels) = block.get("spacer").and_then(Value::as_u64) {
        _ = writeln!(
            out,
            "<div style=\"height:{pixels}px;line-height:{pixels}px;mso-line-height-rule:exactly\">&nbsp;</div>"
        );
    } else if let Some(items) = text("products") {
        products(block, items, out);
    } else if let Some(condition) = text("if") {
        _ = writeln!(out, "{{% if {condition} %}}");
        blocks(list(block.get("then").unwrap_or(&Value::Null)), depth + 1, out)?;
        if let Some(otherwise) = block.get("else") {
            out.push_str("{% else %}\n");
            blocks(list(otherwise), depth + 1, out)?;
        }
        out.push_str("{% endif %}\n");
    } else if let Some(networks) = block.get("social") {
        social(list(networks), out);
    } else if let Some(footer) = text("footer") {
        self::footer(block, footer, out);
    } else if let Some(html) = text("html") {
        out.push_str(html);
        out.push('\n');
    }
    Ok(())
}

/// The attribute that puts something to a side, with other declarations; nothing where there is nothing to say.
fn styled(align: &str, declarations: &str) -> String {
    let side = if align == "left" { String::new() } else { format!("text-align:{align}") };
    let both: Vec<&str> = [side.as_str(), declarations].into_iter().filter(|one| !one.is_empty()).collect();
    if both.is_empty() { String::new() } else { format!(" style=\"{}\"", both.join(";")) }
}

fn paragraphs(markdown: &str) -> String {
    let shielded = Shielded::new(markdown);
    shielded.restored(&markdown::to_html(&shielded)).0
}

fn image(block: &Map<String, Value>, source: &str, align: &str, out: &mut String) {
    let text = |name: &str| block.get(name).and_then(Value::as_str);
    let width = block.get("width").and_then(Value::as_u64).map(|width| format!(" width=\"{width}\""));
    let alt = escaped(text("alt").unwrap_or_default());
    let margin = match align {
        "center" => "0 auto 16px",
        "right" => "0 0 16px auto",
        _ => "0 0 16px",
    };
    let picture = format!(
        "<img class=\"w-image\" src=\"{}\" alt=\"{alt}\"{} style=\"margin:{margin}\">",
        escaped(source),
        width.unwrap_or_default()
    );
    match text("link") {
        Some(link) => _ = writeln!(out, "<a href=\"{}\">{picture}</a>", escaped(link)),
        None => _ = writeln!(out, "{picture}"),
    }
}

/// A property's name, as Liquid reads it.
fn property(block: &Map<String, Value>, name: &str, default: &str) -> String {
    let given = block.get(name).and_then(Value::as_str).unwrap_or(default);
    given.chars().filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.')).collect()
}

fn products(block: &Map<String, Value>, items: &str, out: &mut String) {
    let limit = block.get("limit").and_then(Value::as_i64).unwrap_or(PRODUCTS_DEFAULT);
    let title = property(block, "title", "name");
    let (price, picture) = (property(block, "price", "price"), property(block, "picture", "image_url"));
    let link = property(block, "link", "url");
    _ = write!(
        out,
        "{{% for item in {items} limit: {limit} %}}\n\
         <table role=\"presentation\" class=\"w-product\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"><tr>\n\
         {{% if item.{picture} %}}<td width=\"96\"><img src=\"{{{{ item.{picture} }}}}\" alt=\"\" width=\"88\"></td>{{% endif %}}\n\
         <td><p class=\"w-product-title\">{{% if item.{link} %}}<a href=\"{{{{ item.{link} }}}}\">{{{{ item.{title} }}}}</a>\
         {{% else %}}{{{{ item.{title} }}}}{{% endif %}}</p>\n\
         {{% if item.{price} %}}<p class=\"w-price\">{{{{ item.{price} }}}}</p>{{% endif %}}</td>\n\
         </tr></table>\n{{% endfor %}}\n"
    );
}

fn footer(block: &Map<String, Value>, footer: &str, out: &mut String) {
    let text = |name: &str| block.get(name).and_then(Value::as_str);
    let unsubscribe = escaped(text("unsubscribe").unwrap_or("Unsubscribe"));
    _ = write!(out, "<div class=\"w-footer\">\n{}", paragraphs(footer));
    _ = write!(out, "<p><a href=\"{{{{ unsubscribe_url }}}}\">{unsubscribe}</a>");
    if let Some(preferences) = text("preferences") {
        _ = write!(out, " · <a href=\"{{{{ preferences_url }}}}\">{}</a>", escaped(preferences));
    }
    out.push_str("</p>\n</div>\n");
}

fn social(networks: &[Value], out: &mut String) {
    out.push_str("<p class=\"w-small\">");
    for (index, network) in networks.iter().enumerate() {
        let text = |name: &str| escaped(network[name].as_str().unwrap_or_default());
        let between = if index > 0 { " · " } else { "" };
        _ = write!(out, "{between}<a href=\"{}\">{}</a>", text("link"), text("name"));
    }
    out.push_str("</p>\n");
}

/// A text as HTML, its Liquid as it stands.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for construct in constructs(text) {
        plain(&text[from..construct.range.start], &mut out);
        out.push_str(&text[construct.range.clone()]);
        from = construct.range.end;
    }
    plain(&text[from..], &mut out);
    out
}

fn plain(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests;
