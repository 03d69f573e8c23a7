use super::*;

fn shown(html: &str) -> String {
    let found = markup(html, &|text| text.contains("LIQUID"));
    let shown: Vec<String> =
        found.iter().map(|one| format!("{} at {}: {}", one.code.code, one.at, one.message)).collect();
    shown.join("\n")
}

#[test]
fn what_would_go_wrong_in_a_mailbox_is_told() {
    let html = "<html><img src=\"data:x\" alt=a><img src=/a.png><a href=\"\">x</a><a href=\"http://10.0.0.1/x\">Old</a>\
                <a href=\"https://bit.ly/x\">Click here!</a><a href=\"https://LIQUID/x y\"></a><a href=\"LIQUID\">z</a>\
                <script>a</script><table width=600><td style=\"font-size:8px\"></table><a href=\"http://a.example\">b</a>";
    insta::assert_snapshot!(shown(html), @r"
    W0510 at 0: the page doesn't say its language, so it is read out in another
    W0508 at 6: a picture stands in the page itself, which Gmail and Outlook don't show
    W0506 at 30: a picture has no text for who doesn't see it, and most mailboxes don't show pictures at first
    W0508 at 30: `/a.png` can't be followed from a mailbox
    W0509 at 194: mailboxes remove `script`, and filters take it for an attack
    W0510 at 212: a table for the layout is read out as data
    W0510 at 229: letters of 8 pixels can't be read on a telephone
    W0508 at 55: a link leads nowhere
    W0508 at 71: `http://10.0.0.1/x` leads to the reader's own machine or network
    W0509 at 106: `bit.ly` hides where the link leads, so filters stop it
    W0510 at 106: the text of a link is `Click here!`, which doesn't say where it leads
    W0508 at 148: `https://LIQUID/x y` has a space in it
    W0510 at 148: the link to `https://LIQUID/x y` has no text
    W0508 at 272: `http://a.example` isn't encrypted
    ");
}

#[test]
fn a_page_that_is_well_made_has_nothing_wrong() {
    let html = "<html lang=en><table role=presentation width=600><img src=https://a.example/a.png alt=\"\">\
                <a href=\"https://a.example/?q=LIQUID\">Back to the cart</a><a href=\"mailto:a@b.example\">Write to us</a>";
    assert_eq!(shown(html), "");
}

#[test]
fn a_page_larger_than_gmail_shows_is_told() {
    assert!(size(&"x".repeat(CLIP_BYTES), false).is_none());
    assert!(size(&"x".repeat(CLIP_BYTES + 1), false).is_some());
}

#[test]
fn a_subject_that_shouts_is_told() {
    assert_eq!(subject("Your cart is waiting", true), []);
    for bad in ["ACT NOW, FRIENDS", "Sale!!!", "Re: your order", "Make money today", ""] {
        assert!(!subject(bad, true).is_empty(), "{bad}");
    }
    assert_eq!(subject("", false), []);
}
