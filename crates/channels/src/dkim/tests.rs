use super::{Dkim, relaxed_body, relaxed_header, split};

#[test]
fn canonical_forms_are_those_of_the_rfc() {
    // RFC 6376, 3.4.5.
    assert_eq!(relaxed_header(b"A: X"), b"a:X");
    assert_eq!(relaxed_header(b"B : Y\t\r\n\tZ  "), b"b:Y Z");
    assert_eq!(relaxed_body(b" C \r\nD \t E\r\n\r\n\r\n"), b" C\r\nD E\r\n");
    assert_eq!(relaxed_body(b"\r\n\r\n"), b"");
    assert_eq!(relaxed_body(b""), b"");
    assert_eq!(relaxed_body(b"no end"), b"no end\r\n");
}

#[test]
fn headers_end_where_the_body_begins() {
    let (headers, body) = split(b"A: 1\r\n 2\r\nB: 3\r\n\r\nbody\r\n\r\nmore");
    assert_eq!(headers, [&b"A: 1\r\n 2"[..], b"B: 3"]);
    assert_eq!(body, b"body\r\n\r\nmore");
}

#[test]
fn a_key_that_is_no_use_is_refused_without_being_shown() {
    let secret = "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n";
    for (pem, why) in [("", "no private key"), ("secret", "no private key"), (secret, "RSA keys of 2048")] {
        let error = Dkim::from_pem("example.com", "s1", pem.as_bytes(), "key.pem").unwrap_err().to_string();
        assert!(error.contains("key.pem") && error.contains(why), "{error}");
        assert!(!error.contains("secret") && !error.contains("c2VjcmV0"), "{error}");
    }
    for (domain, selector) in [("example.com; x=1", "s1"), ("example.com", "s 1"), ("", "s1"), ("a..b", "s1")]
    {
        assert!(
            Dkim::from_pem(domain, selector, b"", "key.pem")
                .unwrap_err()
                .to_string()
                .contains("is not a DKIM")
        );
    }
}
