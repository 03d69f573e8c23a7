use super::*;

#[test]
fn links_are_found_with_what_a_person_reads() {
    let html = "<a href='https://a.example/?a=1&amp;b=2'> Go <b>now</b><img alt=\"Sale\"></a><a name=x>y</a>\
                <area href=https://b.example alt=Map><a href=\"#top\" data-plain>up</a>";
    let found = links(html);
    let shown: Vec<_> =
        found.iter().map(|link| (link.url.as_str(), link.text.as_str(), link.is_plain)).collect();
    assert_eq!(
        shown,
        [
            ("https://a.example/?a=1&b=2", "Go now Sale", false),
            ("https://b.example", "Map", false),
            ("#top", "up", true)
        ]
    );
}
