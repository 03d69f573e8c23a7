//! What somebody who knows e-mail says of one that the inbox took: the inbox itself knows how to keep and to show.

/// Looks at the subject, the HTML and the text of an e-mail.
pub type Inspect = fn(&str, Option<&str>, Option<&str>) -> Remarks;

/// What there is to say of an e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize)]
pub struct Remarks {
    /// The bytes of its HTML.
    pub html_bytes: usize,
    /// The bytes of its text.
    pub text_bytes: usize,
    /// Where its links lead.
    pub links: Vec<RemarkLink>,
    /// What speaks against it.
    pub checks: Vec<Remark>,
}

/// A link of an e-mail.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RemarkLink {
    /// What a person reads.
    pub text: String,
    /// Where it leads.
    pub url: String,
}

/// One thing that speaks against an e-mail.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Remark {
    /// Its code, with a page in the manual.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub fix: String,
}

/// Who makes remarks, if anybody does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Inspector(pub Option<Inspect>);
