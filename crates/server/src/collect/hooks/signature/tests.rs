use std::fmt::Write as _;

use ring::hmac;

use super::*;

const SECRET: &[u8] = b"whsec_test";
const BODY: &[u8] = br#"{"id": "evt_1"}"#;
const NOW: i64 = 1_795_000_000;

fn now() -> Timestamp {
    Timestamp::from_millis(NOW * 1_000)
}

fn tag(signed: &[u8]) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET), signed).as_ref().to_vec()
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn of_body(given: &str) -> Result<(), &'static str> {
    check(SignatureStyle::Body, SECRET, Some(given), BODY, now())
}

#[test]
fn a_signature_of_the_body_is_good_in_every_usual_spelling() {
    let tag = tag(BODY);
    let hexadecimal = hexadecimal(&tag);
    assert_eq!(of_body(&hexadecimal), Ok(()));
    assert_eq!(of_body(&hexadecimal.to_uppercase()), Ok(()));
    assert_eq!(of_body(&format!("sha256={hexadecimal}")), Ok(()));
    assert_eq!(of_body(&STANDARD.encode(&tag)), Ok(()));
}

#[test]
fn a_signature_of_anything_else_is_refused() {
    let other = hexadecimal(&tag(b"{}"));
    for given in [other.as_str(), "", "sha256=", "zz", &"é".repeat(32), &other[..62]] {
        assert!(of_body(given).is_err(), "{given}");
    }
    assert!(check(SignatureStyle::Body, b"another", Some(&hexadecimal(&tag(BODY))), BODY, now()).is_err());
    assert!(check(SignatureStyle::Body, SECRET, None, BODY, now()).is_err());
}

#[test]
fn a_signature_with_a_time_is_good_for_five_minutes() {
    let signed = |seconds: i64| {
        let signed = [format!("{seconds}.").as_bytes(), BODY].concat();
        format!("t={seconds}, v1={}, v1={}, v0=x", "0".repeat(64), hexadecimal(&tag(&signed)))
    };
    let check = |given: &str| check(SignatureStyle::Timestamped, SECRET, Some(given), BODY, now());
    assert_eq!(check(&signed(NOW)), Ok(()));
    assert_eq!(check(&signed(NOW - 300)), Ok(()));
    assert!(check(&signed(NOW - 301)).is_err());
    assert!(check(&signed(NOW + 301)).is_err());
    assert!(check(&signed(NOW).replace("t=", "x=")).is_err());
    assert!(check(&signed(NOW).replace(&format!("t={NOW}"), &format!("t={}", NOW - 1))).is_err());
    assert!(check(&format!("t={},v1=00", i64::MAX)).is_err());
}
