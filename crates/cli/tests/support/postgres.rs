//! Databases of PostgreSQL: a fresh one on the tests' server, or a server of a test's own that it stops and starts.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use tokio_postgres::{NoTls, SimpleQueryMessage};

use super::wait::eventually;

/// How long a server may take to answer, or to end.
const SERVER_MAX: Duration = Duration::from_mins(1);
/// Where Debian puts the programs of each version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// The first port that a server of a test's own may have.
const PORTS_FROM: u16 = 10_000;
/// The first port that the system gives by itself, if it doesn't say.
const PORTS_GIVEN_FROM: u16 = 32_768;
/// How many servers one process has at the same time at most.
const SERVERS_OF_A_PROCESS: u32 = 8;
/// The program that starts another as another user, and ends it when this process dies.
const SETPRIV: &str = "setpriv";

/// Runs a statement on a server.
fn execute(url: &str, statement: &str) -> Result<(), tokio_postgres::Error> {
    ask(url, statement).map(drop)
}

/// Runs a statement on a server and gives the first column of its rows, as text.
pub fn ask(url: &str, statement: &str) -> Result<Vec<String>, tokio_postgres::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        let serve = tokio::spawn(connection);
        let answered = client.simple_query(statement).await;
        drop(client);
        // The connection ends with its client.
        let _ = serve.await;
        let rows = answered?.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        Ok(rows.collect())
    })
}

/// A fresh database on the tests' server; it is dropped with this.
pub struct Database {
    server: String,
    name: String,
    pub url: String,
}

impl Database {
    pub fn create(purpose: &str) -> Self {
        let server = std::env::var("WEND_TEST_POSTGRES").expect(
            "WEND_TEST_POSTGRES isn't set: run `cargo xtask test`, or give the URL of a PostgreSQL for tests",
        );
        let name = format!("wend_{purpose}_{}", std::process::id());
        execute(&server, &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).unwrap();
        execute(&server, &format!("CREATE DATABASE {name}")).unwrap();
        let (base, _) = server.rsplit_once('/').expect("the URL names a database");
        let url = format!("{base}/{name}");
        Self { server, name, url }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A database that is left over harms nobody.
        let _ = execute(&self.server, &format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
    }
}

/// A server of a test's own, which it may stop and start.
pub struct Postgres {
    folder: PathBuf,
    port: u16,
    child: Option<Child>,
    pub url: String,
}

impl Postgres {
    pub fn start() -> Self {
        let port = lasting_port();
        let folder = std::env::temp_dir().join(format!("wend-outage-{}-{port}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        if is_root() {
            run(Command::new("chown").arg("postgres:postgres").arg(&folder));
        }
        let initdb =
            ["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"];
        run(as_server_user("initdb").args(initdb).arg(&folder).stdout(Stdio::null()));
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        let mut server = Self { folder, port, child: None, url };
        server.begin();
        server
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        (Ipv4Addr::LOCALHOST, self.port).into()
    }

    /// Starts it again.
    pub fn begin(&mut self) {
        let mut command = as_server_user("postgres");
        command.arg("-D").arg(&self.folder).arg("-p").arg(self.port.to_string());
        for setting in ["listen_addresses=127.0.0.1", "unix_socket_directories=", "log_min_messages=fatal"] {
            command.arg("-c").arg(setting);
        }
        self.child = Some(command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        eventually("PostgreSQL answers", SERVER_MAX, || execute(&self.url, "SELECT 1").ok());
    }

    /// Ends it at once, with all its connections.
    pub fn end(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        run(Command::new("kill").args(["-QUIT", &child.id().to_string()]));
        eventually("PostgreSQL ends", SERVER_MAX, || child.try_wait().unwrap());
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.end();
        // A folder that is left over harms nobody.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A port that nobody is given by chance while the server is away: below those that the system gives, and another one
/// for each process and server.
fn lasting_port() -> u16 {
    static N_GIVEN: AtomicU16 = AtomicU16::new(0);
    let range = std::fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let given_from = range.split_whitespace().next().and_then(|first| first.parse().ok());
    let n_ports = given_from.unwrap_or(PORTS_GIVEN_FROM).saturating_sub(PORTS_FROM).max(1);
    let process =
        std::process::id() * SERVERS_OF_A_PROCESS + u32::from(N_GIVEN.fetch_add(1, Ordering::Relaxed));
    let candidates =
        (0..u32::from(n_ports)).map(|n| PORTS_FROM + (process.wrapping_add(n) % u32::from(n_ports)) as u16);
    let free = candidates.into_iter().find(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, *port)).is_ok());
    free.expect("a port is free")
}

fn run(command: &mut Command) {
    let status = command.status().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(status.success(), "{command:?}: {status}");
}

fn is_root() -> bool {
    let output = Command::new("id").arg("-u").output().unwrap();
    output.stdout.trim_ascii() == b"0"
}

/// A program of the newest server, as a user that it accepts: it refuses root.
fn as_server_user(program: &str) -> Command {
    let mut command = Command::new(SETPRIV);
    command.args(["--pdeathsig", "INT"]);
    if is_root() {
        command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]);
    }
    command.arg("--").arg(programs().join(program)).current_dir("/");
    command
}

fn programs() -> PathBuf {
    let entries = std::fs::read_dir(DEBIAN).into_iter().flatten().flatten();
    let versions = entries.filter_map(|entry| {
        let version: u32 = entry.file_name().to_string_lossy().parse().ok()?;
        Some((version, entry.path().join("bin")))
    });
    let newest = versions.filter(|(_, bin)| bin.join("postgres").exists()).max().map(|(_, bin)| bin);
    newest.unwrap_or_else(|| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let found = std::env::split_paths(&path).find(|folder| Path::new(folder).join("initdb").exists());
        found.expect("PostgreSQL's programs are in /usr/lib/postgresql or PATH: run `cargo xtask test`")
    })
}
