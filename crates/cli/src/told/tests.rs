use wend_channels::web::{Web, WebOptions};
use wend_domain::report::Told;
use wend_domain::time::Timestamp;
use wend_engine::{NotTold, ProviderCall};

use super::ToldByProviders;

/// A bounce as Amazon's SNS brings it, signed by a key that OpenSSL made, and the certificate of that key.
const BOUNCE: &str = include_str!("bounce.json");
const CERTIFICATE: &[u8] = include_bytes!("sns.pem");

/// Where it says that its certificate lies.
const CERTIFICATE_URL: &str = "https://sns.eu-central-1.amazonaws.com/SimpleNotificationService-abc.pem";

fn call(provider: &str, secrets: &str, body: &str) -> ProviderCall {
    ProviderCall {
        provider: provider.to_owned(),
        secrets: secrets.to_owned(),
        headers: Vec::new(),
        body: body.as_bytes().to_vec(),
        at: Timestamp::parse("2026-01-01T00:00:02Z").unwrap(),
    }
}

#[tokio::test]
async fn a_bounce_of_amazon_is_believed_by_the_certificate_that_its_address_named() {
    let told = ToldByProviders::default();
    told.certificates.lock().unwrap().insert(CERTIFICATE_URL.to_owned(), CERTIFICATE.to_vec());
    let web = Web::new(WebOptions::default());
    let topics = "arn:aws:sns:eu-central-1:1:orders\narn:aws:sns:eu-central-1:1:news\n";
    let found = told.read(&web, call("ses", topics, BOUNCE)).await.unwrap();
    let [(message, report)] = &found[..] else { panic!("{found:?}") };
    assert_eq!(message.to_string(), "0190c5c28f3a70008000000000000001");
    assert!(matches!(&report.what, Told::Bounced { class, .. } if class.is_hard()), "{report:?}");
    for (secrets, body) in [
        (topics, BOUNCE.replace("ann@example.com", "bob@example.com")),
        (topics, BOUNCE.replace("000000000000001", "000000000000002")),
        ("arn:aws:sns:eu-central-1:1:orders", BOUNCE.to_owned()),
        ("", BOUNCE.to_owned()),
    ] {
        let refused = told.read(&web, call("ses", secrets, &body)).await;
        assert!(matches!(refused, Err(NotTold::Unproven(_))), "{refused:?}");
    }
}

#[tokio::test]
async fn what_no_provider_is_called_is_not_found_and_without_a_secret_none_is_believed() {
    let told = ToldByProviders::default();
    let web = Web::new(WebOptions::default());
    assert_eq!(
        told.read(&web, call("smtp", "x", "{}")).await,
        Err(NotTold::NoSuchProvider("smtp".to_owned()))
    );
    for provider in ["ses", "sendgrid", "postmark", "mailgun", "resend"] {
        let refused = told.read(&web, call(provider, "", "{}")).await;
        assert!(matches!(refused, Err(NotTold::Unproven(_))), "{provider}: {refused:?}");
    }
}
