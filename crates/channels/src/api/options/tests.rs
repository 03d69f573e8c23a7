use super::{ApiKind, ApiOptions, ApiWords};

fn words() -> ApiWords {
    ApiWords {
        key: "k:s".to_owned(),
        region: "eu-central-1".to_owned(),
        domain: "mg.example.com".to_owned(),
        ..ApiWords::default()
    }
}

fn wrong(kind: ApiKind, change: impl FnOnce(&mut ApiWords)) -> String {
    let mut words = words();
    change(&mut words);
    ApiOptions::new(kind, &words).unwrap_err().to_string()
}

#[test]
fn each_provider_has_its_usual_endpoint_and_batch() {
    let shown = ApiKind::ALL.map(|kind| {
        let options = ApiOptions::new(kind, &words()).unwrap();
        format!("{} {} {}", kind.as_str(), options.url("/x"), options.batch_max())
    });
    assert_eq!(
        shown,
        [
            "ses https://email.eu-central-1.amazonaws.com/x 1",
            "sendgrid https://api.sendgrid.com/x 1",
            "postmark https://api.postmarkapp.com/x 500",
            "mailgun https://api.mailgun.net/x 1",
            "resend https://api.resend.com/x 100",
        ]
    );
}

#[test]
fn what_is_missing_or_wrong_is_named_and_no_key_is_shown() {
    assert!(wrong(ApiKind::Resend, |words| words.key.clear()).starts_with("key is missing"));
    assert!(wrong(ApiKind::Ses, |words| words.key = "hunter2".to_owned()).starts_with("key of SES is"));
    assert!(wrong(ApiKind::Ses, |words| words.region.clear()).starts_with("region is missing"));
    assert!(wrong(ApiKind::Mailgun, |words| words.domain.clear()).starts_with("domain is missing"));
    let injected = wrong(ApiKind::Resend, |words| words.key = "hunter2\r\nX: y".to_owned());
    assert!(injected.starts_with("key isn't one") && !injected.contains("hunter2"), "{injected}");
    let shown = format!("{:?}", ApiOptions::new(ApiKind::Resend, &words()).unwrap());
    assert!(!shown.contains("k:s"), "{shown}");
}

#[test]
fn a_key_goes_in_the_clear_only_within_this_machine() {
    for endpoint in ["http://127.0.0.1:9", "http://localhost:9/base", "https://proxy.example"] {
        let words = ApiWords { endpoint: endpoint.to_owned(), ..words() };
        assert!(ApiOptions::new(ApiKind::Resend, &words).is_ok(), "{endpoint}");
    }
    for endpoint in ["http://api.example", "ftp://127.0.0.1", "https://u@api.example", "https://a.example/?q"]
    {
        let told = wrong(ApiKind::Resend, |words| words.endpoint = endpoint.to_owned());
        assert!(told.starts_with("endpoint "), "{endpoint}: {told}");
    }
}
