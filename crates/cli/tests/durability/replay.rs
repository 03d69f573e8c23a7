//! Replay (SEMANTICS 12.2): what was decided for each customer of the example shop is decided again, byte for byte.

use crate::harness::server::{KEY, Setup, WEND};
use std::collections::BTreeSet;
use std::io::Read as _;
use std::path::Path;
use std::process::Command;

/// How many of the shop's days are played.
const N_DAYS: &str = "2";
/// The fewest customers that these days bring.
const N_CUSTOMERS_MIN: usize = 200;
/// How many of the shop's customers are asked for.
const N_CUSTOMERS_ASKED: usize = 1_000;

/// The shop's customers in the order of their first order; the file names the customer first on each line.
fn customers(shop: &Path) -> BTreeSet<String> {
    let bytes = std::fs::File::open(shop.join("data/CDNOW_master.txt.gz")).unwrap();
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    let names = text.lines().filter_map(|line| line.split_whitespace().next());
    names.map(str::to_owned).collect::<BTreeSet<_>>().into_iter().take(N_CUSTOMERS_ASKED).collect()
}

#[test]
fn s12_2_a_replay_of_each_customer_of_the_shop_gives_the_recorded_decisions() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let shop = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop");
    let mut demo = Command::new(WEND);
    demo.args(["demo", "--days", N_DAYS, "--day-ms", "1", "--until-done", "--listen", "127.0.0.1:0"]);
    demo.args(["--inbox-smtp", "127.0.0.1:0", "--inbox-http", "127.0.0.1:0", "--portfolio"]).arg(&shop);
    let output = demo.arg("--data").arg(&data).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "the demo ends with {}: {told}", output.status);

    let server = Setup::new(folder.path()).start();
    let mut api = server.api();
    let made = std::fs::read_to_string(data.join("admin.key"));
    api.key = made.map_or_else(|_| KEY.to_owned(), |key| key.trim().to_owned());
    let mut n_replayed = 0;
    let mut n_inputs = 0;
    for customer in customers(&shop) {
        let (status, report) = api.try_get(&format!("contacts/{customer}/replay")).unwrap();
        if status == 404 {
            continue;
        }
        assert_eq!(status, 200, "customer {customer}: {report}");
        assert_eq!(report["differences"], serde_json::json!([]), "customer {customer}");
        n_inputs += report["inputs"].as_u64().unwrap();
        n_replayed += 1;
    }
    println!("{n_inputs} inputs of {n_replayed} customers are decided again as they were");
    assert!(n_replayed >= N_CUSTOMERS_MIN, "only {n_replayed} customers came");
    assert!(n_inputs > 2 * n_replayed as u64, "customers did something");
    server.stop();
}
