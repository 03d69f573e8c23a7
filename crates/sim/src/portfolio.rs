//! What the simulated team has published: `crates/sim/portfolio/`, in two variants.

use wend_domain::source::SourceFile;

/// The files that both variants have.
const FILES: [(&str, &str); 15] = [
    ("policies.yaml", include_str!("../portfolio/policies.yaml")),
    ("workflows/welcome.yaml", include_str!("../portfolio/workflows/welcome.yaml")),
    ("workflows/cart.yaml", include_str!("../portfolio/workflows/cart.yaml")),
    ("workflows/receipt.yaml", include_str!("../portfolio/workflows/receipt.yaml")),
    ("workflows/missed.yaml", include_str!("../portfolio/workflows/missed.yaml")),
    ("workflows/gift.yaml", include_str!("../portfolio/workflows/gift.yaml")),
    ("workflows/flash.yaml", include_str!("../portfolio/workflows/flash.yaml")),
    ("templates/hello.yaml", include_str!("../portfolio/templates/hello.yaml")),
    ("templates/tips.yaml", include_str!("../portfolio/templates/tips.yaml")),
    ("templates/reminder.yaml", include_str!("../portfolio/templates/reminder.yaml")),
    ("templates/nudge.yaml", include_str!("../portfolio/templates/nudge.yaml")),
    ("templates/receipt.yaml", include_str!("../portfolio/templates/receipt.yaml")),
    ("templates/missed.yaml", include_str!("../portfolio/templates/missed.yaml")),
    ("templates/gift.yaml", include_str!("../portfolio/templates/gift.yaml")),
    ("templates/flash.yaml", include_str!("../portfolio/templates/flash.yaml")),
];

/// A segment that nothing asks about: publishing it tells every contact, through its inbox.
const SEGMENT: &str =
    "segment: buyers\ntitle: Bought something\nwhere: { event: Order Completed, count: { gte: 1 } }\n";

/// The files; the segment comes and goes with the variant.
pub fn files(has_segment: bool) -> Vec<SourceFile> {
    let mut files: Vec<SourceFile> = FILES.iter().map(|(path, text)| file(path, text)).collect();
    if has_segment {
        files.push(file("segments/buyers.yaml", SEGMENT));
    }
    files
}

fn file(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.to_owned() }
}
