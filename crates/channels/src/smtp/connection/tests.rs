use proptest::prelude::*;

use super::dot_stuffed;

#[test]
fn no_line_of_a_body_can_be_the_final_dot() {
    for (body, stuffed) in [
        ("a\r\n", "a\r\n"),
        (".\r\n", "..\r\n"),
        ("a\r\n.\r\nb\r\n", "a\r\n..\r\nb\r\n"),
        ("..x\r\n.y\r\n", "...x\r\n..y\r\n"),
        ("a.b.\r\n", "a.b.\r\n"),
    ] {
        assert_eq!(dot_stuffed(body.as_bytes()), stuffed.as_bytes(), "{body:?}");
    }
}

proptest! {
    #[test]
    fn stuffing_hides_every_final_dot_and_loses_nothing(lines in prop::collection::vec("[.a]{0,4}", 0..12)) {
        let body = lines.join("\r\n") + "\r\n";
        let stuffed = String::from_utf8(dot_stuffed(body.as_bytes())).unwrap();
        prop_assert!(stuffed.split("\r\n").all(|line| line != "."));
        let received: String = stuffed
            .split_inclusive("\r\n")
            .map(|line| line.strip_prefix('.').unwrap_or(line))
            .collect();
        prop_assert_eq!(received, body);
    }
}
