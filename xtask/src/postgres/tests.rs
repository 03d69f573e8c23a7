use std::net::TcpStream;

use super::{Postgres, programs};

#[test]
fn a_server_of_the_tests_own_answers_and_is_gone_afterwards() {
    // Without the package there is nothing to start; `cargo xtask test` installs it first.
    if programs().is_err() {
        return;
    }
    let postgres = Postgres::start().unwrap();
    let folder = postgres.folder.clone();
    let address = postgres.url.split(['@', '/']).nth(3).unwrap().to_owned();
    assert!(TcpStream::connect(&address).is_ok() && folder.join("PG_VERSION").exists());
    drop(postgres);
    assert!(TcpStream::connect(&address).is_err() && !folder.exists());
}
