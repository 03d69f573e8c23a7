//! The table around content that brings no page of its own: one card, as wide as mailboxes show, dark where they are dark.

use std::fmt::Write as _;

use super::inline;

/// The widest that content is shown, in pixels.
pub(crate) const WIDTH_DEFAULT: u32 = 600;

/// How the frame looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Look {
    /// The widest that content is shown, in pixels.
    pub width: u32,
    /// Behind the card.
    pub background: String,
    /// The card.
    pub surface: String,
    /// Letters.
    pub text: String,
    /// Links and buttons.
    pub accent: String,
    /// Letters on buttons.
    pub on_accent: String,
    /// Fonts, the first that is there.
    pub font: String,
    /// The size of letters, in pixels.
    pub font_size: u32,
    /// Behind the card where the mailbox is dark.
    pub dark_background: String,
    /// The card where the mailbox is dark.
    pub dark_surface: String,
    /// Letters where the mailbox is dark.
    pub dark_text: String,
    /// Links where the mailbox is dark.
    pub dark_accent: String,
}

impl Default for Look {
    fn default() -> Self {
        Self {
            width: WIDTH_DEFAULT,
            background: "#f3f4f6".to_owned(),
            surface: "#ffffff".to_owned(),
            text: "#1f2933".to_owned(),
            accent: "#1d4ed8".to_owned(),
            on_accent: "#ffffff".to_owned(),
            font: "-apple-system,'Segoe UI',Roboto,Helvetica,Arial,sans-serif".to_owned(),
            font_size: 16,
            dark_background: "#111827".to_owned(),
            dark_surface: "#1f2937".to_owned(),
            dark_text: "#e5e7eb".to_owned(),
            dark_accent: "#93c5fd".to_owned(),
        }
    }
}

impl Look {
    /// The styles of content inside the frame.
    fn sheet(&self) -> String {
        let Self { background, surface, text, accent, on_accent, font, font_size, .. } = self;
        let (small, lead) = (font_size.saturating_sub(3), font_size + 2);
        format!(
            "\
body, .w-page {{ margin: 0; padding: 0; background-color: {background} }}
.w-outer {{ padding: 24px 12px }}
.w-card {{ max-width: {width}px; margin: 0 auto; background-color: {surface}; border-radius: 6px }}
.w-body {{ padding: 32px; font-family: {font}; font-size: {font_size}px; line-height: 1.5; color: {text}; \
text-align: left; word-break: break-word }}
.w-body p {{ margin: 0 0 16px }}
.w-body h1 {{ margin: 0 0 16px; font-size: 26px; line-height: 1.25 }}
.w-body h2 {{ margin: 24px 0 12px; font-size: 21px; line-height: 1.3 }}
.w-body h3 {{ margin: 24px 0 8px; font-size: {lead}px; line-height: 1.3 }}
.w-body ul, .w-body ol {{ margin: 0 0 16px; padding-left: 24px }}
.w-body li {{ margin: 0 0 6px }}
.w-body a {{ color: {accent} }}
.w-body img {{ max-width: 100%; height: auto; border: 0 }}
.w-body hr {{ margin: 24px 0; border: 0; border-top: 1px solid #d1d5db }}
.w-body blockquote {{ margin: 0 0 16px; padding: 0 0 0 16px; border-left: 3px solid #d1d5db }}
.w-body code {{ font-family: Menlo, Consolas, monospace; font-size: {small}px }}
.w-body pre {{ margin: 0 0 16px; white-space: pre-wrap }}
.w-body .w-table {{ width: 100%; margin: 0 0 16px; border-collapse: collapse }}
.w-body .w-table th, .w-body .w-table td {{ padding: 6px 8px; border-bottom: 1px solid #d1d5db; text-align: left }}
.w-body a.w-button {{ display: inline-block; padding: 12px 22px; border-radius: 5px; background-color: {accent}; \
color: {on_accent}; font-weight: 600; text-decoration: none }}
.w-small {{ font-size: {small}px }}
",
            width = self.width
        )
    }

    /// What mailboxes that are dark do instead; it can't be written into elements.
    fn dark(&self) -> String {
        let Self { dark_background, dark_surface, dark_text, dark_accent, .. } = self;
        // Outlook on the web takes the attributes, everybody else the media query.
        format!(
            "\
:root {{ color-scheme: light dark; supported-color-schemes: light dark }}
@media (prefers-color-scheme: dark) {{
body, .w-page {{ background-color: {dark_background} !important }}
.w-card {{ background-color: {dark_surface} !important }}
.w-body {{ color: {dark_text} !important }}
.w-body a:not(.w-button) {{ color: {dark_accent} !important }}
}}
[data-ogsc] .w-body {{ color: {dark_text} !important }}
[data-ogsb] .w-card {{ background-color: {dark_surface} !important }}
@media (max-width: 480px) {{ .w-body {{ padding: 20px !important }} .w-column {{ display: block !important; width: 100% !important }} }}
"
        )
    }

    /// Puts content into the frame, styles written into it.
    pub fn around(&self, content: &str, extra_css: &str, is_dynamic: bool) -> String {
        let mut page = String::with_capacity(content.len() + 4_096);
        let width = self.width;
        _ = write!(
            page,
            "<!doctype html>\n<html lang=\"{{{{ message.locale | default: 'en' }}}}\" dir=\"auto\">\n<head>\n\
             <meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta name=\"color-scheme\" content=\"light dark\">\n\
             <meta name=\"supported-color-schemes\" content=\"light dark\">\n\
             <meta name=\"x-apple-disable-message-reformatting\">\n\
             <style>\n{dark}</style>\n</head>\n<body>\n\
             <table role=\"presentation\" class=\"w-page\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\">\
             <tr><td class=\"w-outer\" align=\"center\">\n\
             <!--[if mso]><table role=\"presentation\" width=\"{width}\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\">\
             <tr><td><![endif]-->\n\
             <table role=\"presentation\" class=\"w-card\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\">\
             <tr><td class=\"w-body\">\n{content}</td></tr></table>\n\
             <!--[if mso]></td></tr></table><![endif]-->\n\
             </td></tr></table>\n</body>\n</html>\n",
            dark = self.dark(),
        );
        inline::with_styles(&page, &format!("{}{extra_css}", self.sheet()), is_dynamic)
    }
}
