//! The demo, a few days of it: it ends, and the next start goes on where it stopped.

use std::net::TcpStream;
use std::path::Path;

use crate::harness::{Ended, Process, command, run};

fn play(data: &Path, days: &str) -> Ended {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/shop");
    let free = ["--listen", "127.0.0.1:0", "--inbox-smtp", "127.0.0.1:0", "--inbox-http", "127.0.0.1:0"];
    let mut command = command(&["demo", "--json", "--until-done", "--day-ms", "1", "--days", days]);
    run(command.args(free).args(["--portfolio", examples]).arg("--data").arg(data))
}

#[test]
fn a_demo_plays_its_days_ends_and_goes_on_where_it_stopped() {
    let folder = tempfile::tempdir().unwrap();
    let first = play(folder.path(), "2").good_json();
    assert_eq!(first["days"], 2);
    assert!(first["events"].as_u64() > Some(500), "{first}");
    let again = play(folder.path(), "2").good_json();
    assert_eq!(again["events"], 0);
    let more = play(folder.path(), "3").good_json();
    assert_eq!(more["days"], 3);
    assert!(more["events"].as_u64() > Some(100), "{more}");
}

#[test]
fn a_closed_terminal_ends_the_demo_and_what_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/shop");
    let free = ["--listen", "127.0.0.1:0", "--inbox-smtp", "127.0.0.1:0", "--inbox-http", "127.0.0.1:0"];
    let mut command = command(&["demo", "--portfolio", examples]);
    let mut demo = Process::start(command.args(free).arg("--data").arg(folder.path()));
    let inbox = demo.expect("  mail and messages   http://");
    let server = demo.expect("  API                 http://");
    let server = server.trim_end_matches("/openapi.json");
    TcpStream::connect(server).expect("the server listens");
    assert_eq!(demo.stop("-HUP"), 0);
    for address in [server, inbox.as_str()] {
        assert!(TcpStream::connect(address).is_err(), "{address} still listens");
    }
}
