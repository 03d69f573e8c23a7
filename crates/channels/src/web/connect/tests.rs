use std::future::Future;
use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use tower::Service as _;

use super::{ADDRESSES_TRIED_MAX, Connector, Lookup, Resolver};
use crate::smtp::tls;

/// Answers each question with the next of some prepared answers.
struct Prepared(Mutex<Vec<&'static str>>);

impl Lookup for Prepared {
    fn lookup(&self, _: &str) -> Pin<Box<dyn Future<Output = io::Result<Vec<IpAddr>>> + Send>> {
        let answer = self.0.lock().unwrap().remove(0);
        let addresses = answer.split_whitespace().map(|address| address.parse().unwrap()).collect();
        Box::pin(std::future::ready(Ok(addresses)))
    }
}

fn resolver(answers: &[&'static str]) -> Resolver {
    Resolver::new(Arc::new(Prepared(Mutex::new(answers.to_vec()))), Arc::default())
}

async fn resolved(resolver: &Resolver) -> String {
    match resolver.clone().addresses("shop.example".to_owned()).await {
        Ok(addresses) => addresses.map(|address| address.to_string()).collect::<Vec<_>>().join(" "),
        Err(error) => error.to_string().split(';').next().unwrap().to_owned(),
    }
}

#[tokio::test]
async fn a_name_that_was_public_and_is_private_now_is_refused() {
    let resolver = resolver(&["1.1.1.1 2606:4700::1", "192.168.0.1", "1.1.1.1 ::1", ""]);
    assert_eq!(resolved(&resolver).await, "1.1.1.1:0 [2606:4700::1]:0");
    assert_eq!(resolved(&resolver).await, "shop.example leads to a private address");
    assert_eq!(resolved(&resolver).await, "shop.example leads to a loopback address");
    assert_eq!(resolved(&resolver).await, "shop.example has no address");
}

#[tokio::test]
async fn of_many_addresses_some_are_tried_and_all_are_judged() {
    let many = "1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5 1.1.1.6 1.1.1.7 1.1.1.8 1.1.1.9 1.1.1.10";
    let with_a_bad_one =
        "1.1.1.1 1.1.1.2 1.1.1.3 1.1.1.4 1.1.1.5 1.1.1.6 1.1.1.7 1.1.1.8 1.1.1.9 1.1.1.10 10.0.0.1";
    let resolver = resolver(&[many, with_a_bad_one]);
    assert_eq!(resolved(&resolver).await.split(' ').count(), ADDRESSES_TRIED_MAX);
    assert_eq!(resolved(&resolver).await, "shop.example leads to a private address");
}

#[tokio::test]
async fn the_socket_judges_an_address_for_itself_whoever_read_the_url() {
    let lookup = Arc::new(Prepared(Mutex::new(Vec::new())));
    let mut connector = Connector::new(lookup, Arc::default(), tls::nobody());
    for host in ["127.0.0.1", "[::1]", "[::ffff:7f00:1]", "169.254.169.254", "0.0.0.0"] {
        for scheme in ["http", "https"] {
            let uri = format!("{scheme}://{host}:1/").parse().unwrap();
            let error = connector.call(uri).await.expect_err("nothing is connected to");
            assert!(error.is::<crate::web::allowed::Forbidden>(), "{host}: {error}");
        }
    }
}
