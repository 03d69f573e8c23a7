//! Everything that can be wrong with a file, by code; the manual's page of errors is generated from here.

use std::fmt::Write as _;

use super::Severity;

/// A kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `E…` for errors, `W…` for warnings, `N…` for notes.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// A few words.
    pub title: &'static str,
    /// What it means and what to do, for the manual.
    pub explanation: &'static str,
}

macro_rules! codes {
    ($($name:ident $code:literal $severity:ident $title:literal $explanation:literal)*) => {
        $(
            #[doc = $title]
            pub static $name: Code =
                Code { code: $code, severity: Severity::$severity, title: $title, explanation: $explanation };
        )*

        /// All codes, in the order of the manual.
        pub static ALL: &[&Code] = &[$(&$name),*];
    };
}

/// The page of the manual that explains every code.
pub fn markdown() -> String {
    let mut page = String::from(
        "# Errors, warnings and notes\n\n\
         What `wend check`, `plan` and `apply` say about files. With an error, nothing is applied.\n",
    );
    for code in ALL {
        _ = write!(page, "\n## {}: {}\n\n{}\n", code.code, code.title, code.explanation);
    }
    page
}

codes! {
    NOT_YAML "E0101" Error "not YAML"
    "The file cannot be read as YAML. The place is where reading stopped; what is wrong is often in \
     the line above: a quotation mark, a bracket or the indentation."
    ANCHOR "E0102" Error "anchors and aliases"
    "`&name` and `*name` are refused: what a step does must be readable where it stands, and an alias \
     would make one edit change several places."
    TAG "E0103" Error "tags"
    "`!name` is refused: types follow from the format, not from the file."
    SEVERAL_DOCUMENTS "E0104" Error "several documents in one file"
    "A file describes one thing. Cut it at the `---`."
    DUPLICATE_KEY "E0105" Error "a key given twice"
    "YAML readers disagree about which of two equal keys counts, so neither does."
    BAD_KEY "E0106" Error "not a usable key"
    "Keys are plain texts. An unquoted `{{ … }}` reads as nested objects: put it in quotes."
    TOO_LARGE "E0107" Error "too large"
    "Files have at most 1 MB, 100,000 values and 60 levels of nesting; a portfolio has at most 10,000 \
     files."
    EMPTY_FILE "E0108" Error "empty file"
    "The file says nothing. Remove it, or describe something."
    UNKNOWN_KEY "E0111" Error "unknown key"
    "The object has no such key. Unknown keys are refused because a misspelt one would be ignored in \
     silence."
    WRONG_TYPE "E0112" Error "wrong type"
    "The value is a list, an object, a text, a number or a truth value where another is expected. A \
     text that looks like a number or a truth value takes quotes."
    MISSING_KEY "E0113" Error "missing key"
    "The object needs this key."
    ONE_OF "E0114" Error "exactly one of several keys"
    "The object is told apart by one of these keys: it has none of them, or more than one."
    ONLY_WITH "E0115" Error "a key out of place"
    "The key is known, but only beside another one."
    WRONG_PLACE "E0116" Error "the wrong folder"
    "Workflows live in `workflows/`, segments in `segments/`, templates in `templates/`, incoming \
     webhooks in `hooks/`, tests in `tests/`, policies in `policies.yaml`, and traits in `traits.yaml`."
    UNKNOWN_SEGMENT "E0201" Error "unknown segment"
    "No file of the folder describes a segment of this name."
    UNKNOWN_TEMPLATE "E0202" Error "unknown template"
    "No file of the folder describes a template of this name."
    WRONG_CHANNEL "E0203" Error "a template of another channel"
    "The template exists, but for another channel than the one that the step sends on."
    UNKNOWN_STEP "E0204" Error "unknown step"
    "The workflow has no step of this id."
    UNKNOWN_CATEGORY "E0205" Error "unknown category"
    "`policies.yaml` declares `categories:`, and this one is not among them. Contacts could not opt \
     out of it by name."
    UNKNOWN_CHANNEL "E0206" Error "unknown channel"
    "Channels are `email`, `sms`, `push`, `webhook` and those that `policies.yaml` declares under \
     `channels:`."
    UNKNOWN_WORKFLOW "E0207" Error "unknown workflow"
    "No file of the folder describes a workflow of this name."
    DUPLICATE_NAME "E0208" Error "a name used twice"
    "Two files describe a thing of the same kind and name."
    DUPLICATE_STEP "E0209" Error "a step id used twice"
    "A step is its id: runs, reports and migrations hold on to it, so it is unique in its workflow."
    SEGMENT_CYCLE "E0210" Error "segments that need each other"
    "Whether a contact is in one of these segments depends on itself."
    MISSING_PART "E0211" Error "a template without a needed part"
    "The channel cannot send a message without this part."
    OTHER_VARIANTS "E0212" Error "an experiment with different variants"
    "Splits of the same experiment put a contact into the same variant, in every workflow (SEMANTICS 10). \
     So all of them have the same variants; weights may differ, and be 0."
    UNKNOWN_HOOK "E0213" Error "unknown hook"
    "No file of the folder describes an incoming webhook of this name."
    NOT_ENTERED "E0214" Error "a workflow that no other one may enter"
    "The step lets contacts into a workflow that has no trigger `workflow` for this one. Its team has not \
     said that others may: add `- { workflow: NAME }` or `- { workflow: any }` to its triggers."
    ENDLESS_LOOP "E0301" Error "a loop without rest"
    "A run would go round without ever resting, until it crossed 1,000 steps and failed (SEMANTICS \
     3.14). Every loop needs a `wait` or a `wait_for`. A send does not count, because it rests only \
     until the message is released or blocked; nor does a wait for a `window`, because it passes at \
     once inside of its hours."
    LONG_PATH "E0302" Error "too many steps without rest"
    "A run crosses at most 1,000 steps on one input (SEMANTICS 3.14); this path is longer and has no \
     `wait` or `wait_for` on it."
    MISSING_CATEGORY "E0303" Error "a message without a category"
    "Every message has a category: what the contact can opt out of, and what caps count."
    MISSING_STEP_ID "E0304" Error "a step without an id"
    "Every step that rests, sends, splits, branches or repeats has an id. `wend fmt` writes the missing ones."
    BAD_PERIOD "E0401" Error "not a period"
    "A period is written with units: `90s`, `20m`, `1h30m`, `3d` (72 hours), `2w`."
    BAD_TIME_OF_DAY "E0402" Error "not a time of day"
    "A time of day is written `HH:MM` or `HH:MM:SS`, from `00:00` to `23:59:59`."
    BAD_ZONE "E0403" Error "not a time zone"
    "Zones have IANA names, such as `Europe/Berlin` or `America/New_York`. Abbreviations such as \
     `CET` don't say when clocks change."
    BAD_PATH "E0404" Error "not a path"
    "A path names a trait or a property, with dots into objects: `address.city`."
    BAD_NAME "E0405" Error "not a usable name"
    "Names have lower case letters, digits, dashes and underscores, begin with a letter or a digit, \
     and have at most 100 characters: they stand in addresses, reports and files."
    BAD_REFERENCE "E0406" Error "a reference that has nothing to refer to"
    "`$trigger.x` is the data that a run was entered with, `$contact.x` a trait, `$event.x` the event \
     at hand. Each exists only where the reference says."
    OUT_OF_RANGE "E0407" Error "a number out of range"
    "The number is outside of what makes sense here."
    NOT_A_CHOICE "E0408" Error "not one of the choices"
    "The value is one of a few words."
    EMPTY "E0409" Error "empty"
    "It says nothing, so it would always or never hold."
    IMPOSSIBLE_TIME "E0410" Error "a time that never comes"
    "The times contradict each other."
    BAD_VALUE "E0411" Error "a value that cannot work"
    "The value has the right type, but nothing can be done with it."
    BAD_PATTERN "E0412" Error "not a pattern of addresses"
    "A pattern is a path such as `/pricing/**`, or a host with a path such as `shop.example/cart`; `*` \
     is any run of characters within one part of the path, `**` is any run at all."
    BAD_SCHEDULE "E0413" Error "not a recurrence"
    "Set times are written as a rule of RFC 5545, such as `FREQ=WEEKLY;BYDAY=MO`; the time of day and \
     the first day stand beside it, as `at:` and `starts:`."
    BAD_DATE "E0414" Error "not a date"
    "A date is written `YYYY-MM-DD`."
    MIXED_TYPES "E0415" Error "types that do not fit together"
    "`traits.yaml` says what the value of a trait is, and the file compares it with something else, or gives \
     it another value. A number and a text are never equal and have no order, so nobody would pass, or \
     everybody. Write the value as its type is written, or change the type."
    LIQUID "E0501" Error "a template that cannot be read"
    "The Liquid of a template has a mistake at this place. Nothing is applied, because every message \
     of the template would fail."
    CONTENT "E0502" Error "content that no e-mail can be made of"
    "The MJML or the blocks of a template have a mistake at this place, so there is no HTML to send. Nothing is \
     applied."
    SEVERAL_CONTENTS "E0503" Error "several contents of one e-mail"
    "The HTML of an e-mail is written in one language: `html`, `markdown`, `mjml` or `blocks`. A template with two of \
     them would leave open which one is sent."
    UNKNOWN_PARTIAL "E0504" Error "a partial that cannot be printed"
    "`render` or `include` names a partial that no file of `partials/` describes, that prints itself by way of others, or \
     that has no text for where it stands. Every message of the template would fail."
    BAD_LAYOUT "E0505" Error "a layout that content cannot stand in"
    "No file of `layouts/` describes the layout, it has no `{{ content }}` or several, or the template's content is a page \
     of its own already."
    UNDECIDED_STEP "E0601" Error "a step whose runs have nowhere to go"
    "Runs are to move to the new version, and the step where some of them may rest is gone. Say where \
     they go: to another step, out, or that they stay on their version; or give the step that takes its \
     place `was: ID` (SEMANTICS 9.2)."
    BAD_CHOICE "E0602" Error "a choice that makes no sense"
    "What was chosen besides the files, a migration or a rollout, names a workflow, a version or a step \
     that is not there, or contradicts itself. Nothing is applied."
    GONE_FOR_RUNS "W0603" Warning "something that live runs still need is gone"
    "An older version, which may have live runs, uses a template, a segment or a workflow that the files \
     no longer describe: a message of it fails, a condition about it does not hold. Keep it until those \
     runs have ended, or move them."
    LIQUID_DOUBT "W0501" Warning "a template that may not say what is meant"
    "The Liquid of a template can be read, but something in it looks wrong, such as a filter or a \
     variable that is not known."
    CONTENT_DOUBT "W0502" Warning "content that may not look as it is meant"
    "The content of a template can be made into HTML, but a part of it is ignored, such as an attribute that \
     MJML doesn't know."
    NO_FALLBACK "W0503" Warning "a value that may be missing"
    "The template prints a trait that a contact need not have, so that some read `Hello ,`. Say what stands there \
     instead, `{{ contact.first_name | default: 'there' }}`, ask first, `{% if contact.first_name %}`, or declare the \
     trait as `required: true` in `traits.yaml`."
    UNKNOWN_TRAIT "W0504" Warning "a trait that nobody declared"
    "`traits.yaml` declares traits, and this one is not among them: it is misspelt, or the declaration is missing. It \
     prints as nothing for contacts who don't have it."
    NO_UNSUBSCRIBE "W0505" Warning "marketing without a way out"
    "A workflow sends the template in a category that contacts can opt out of, and the e-mail has no link to do so. \
     Mailboxes and the law expect one: `<a href=\"{{ unsubscribe_url }}\">Unsubscribe</a>` or \
     `{{ preferences_url }}`."
    MISSING_ALT "W0506" Warning "a picture without a text"
    "Who doesn't see the picture, because the mailbox hides pictures or because they are blind, doesn't know what it \
     shows."
    CLIPPED "W0507" Warning "an e-mail that is cut off"
    "Gmail shows the first 102 KB of a page and hides the rest behind a link, with the link to unsubscribe and the \
     picture that counts openings."
    BAD_LINK "W0508" Warning "a link that leads nowhere"
    "The address of a link or a picture can't be followed from a mailbox: it is empty, has no host, leads into a private \
     network, or isn't encrypted."
    SPAM_PRONE "W0509" Warning "what filters take for spam"
    "Filters count this against a message: scripts, forms, shortened addresses, capitals, well-known phrases."
    ACCESSIBILITY "W0510" Warning "hard to read for some"
    "A screen reader or a small screen makes this hard to read: a page without a language, a table that is read out as \
     data, links that don't say where they lead, tiny letters."
    SUBJECT "W0511" Warning "a subject that says too much or nothing"
    "The subject is empty, or longer than telephones show."
    NOT_IN_SAMPLE "W0512" Warning "a value that the sample doesn't have"
    "The template has a `sample:` that says what a root such as `trigger` looks like, and the template reads something \
     else of it: it is misspelt, or the sample is out of date."
    STALE_VERSION "W0201" Warning "a published version that cannot be read"
    "A version of a workflow that was published earlier no longer compiles. Its live runs rest until \
     a version of Wend that reads it."
    UNREACHABLE "W0301" Warning "a step that no run reaches"
    "Nothing leads to the step."
    RESTLESS_LOOP "W0302" Warning "a loop that may not rest"
    "The only waits of the loop may pass at once: a date that is past or missing, a time of day that is \
     now, a condition that already holds, or a call that is answered at once. A run that goes round 1,000 times without resting fails (SEMANTICS 3.14)."
    NOTHING_ENDS "W0303" Warning "an empty list"
    "The list is empty and can be left out."
    NOT_PROVED "W0701" Warning "a rule that is not proved"
    "The rule was read and its names were looked up. This version of Wend does not prove rules, so nobody \
     knows whether the portfolio keeps it."
    NO_EFFECT "W0702" Warning "a policy without effect"
    "The policy can be kept, but nothing that the portfolio describes is ever stopped or moved by it, or \
     what it stops can never go."
    MORE_FINDINGS "N0102" Note "more findings than are shown"
    "At most 1,000 findings are shown at once, errors first. Mend these, and check again."
    IGNORED_FILE "N0101" Note "a file that is ignored"
    "Only YAML files in `workflows/`, `segments/`, `templates/` and `tests/`, and `policies.yaml`, \
     are read."
    IF_PAST_DEFAULT "N0401" Note "a date that may be past"
    "When the date is already past as the wait is entered, the run goes on at once. `if_past:` says \
     otherwise: `exit` or `next_year` (SEMANTICS 2.6)."
    NOT_YET "E0901" Error "not supported by this version"
    "The format knows it, and this version of Wend does not do it yet."
}
