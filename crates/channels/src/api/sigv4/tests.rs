use serde_json::Value;

use super::headers;
use crate::api::options::{ApiKind, ApiOptions, ApiWords};

/// What the provider's own library sent to a server on this machine.
const SDKS: &str = include_str!("../../../tests/recorded/sdks.json");

fn options(key: &str) -> ApiOptions {
    let words = ApiWords {
        key: key.to_owned(),
        endpoint: "http://127.0.0.1:18777".to_owned(),
        region: "eu-central-1".to_owned(),
        ..ApiWords::default()
    };
    ApiOptions::new(ApiKind::Ses, &words).unwrap()
}

#[test]
fn a_signature_is_the_one_that_the_providers_own_library_made() {
    let recorded: Vec<Value> = serde_json::from_str(SDKS).unwrap();
    let theirs = recorded.iter().find(|record| record["by"] == "boto3 1.44.5").unwrap();
    let body = theirs["bytes"].as_str().unwrap().as_bytes();
    let time: jiff::Timestamp = "2026-11-22T22:04:31Z".parse().unwrap();
    let options = options("AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    let ours = headers(&options, "/v2/email/outbound-emails", "ses", body, time.as_second());
    for (name, value) in ours {
        assert_eq!(theirs["headers"][name].as_str(), Some(value.as_str()), "{name}");
    }
}

#[test]
fn a_session_token_is_signed_too() {
    let ours = headers(&options("a:b:token"), "/x", "ses", b"{}", 0);
    assert!(ours[0].1.contains("SignedHeaders=content-type;host;x-amz-date;x-amz-security-token"));
    assert_eq!(ours[2], ("x-amz-security-token", "token".to_owned()));
}
