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
