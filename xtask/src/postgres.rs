//! A PostgreSQL server of the tests' own: fresh, on loopback, gone at the end.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};

use crate::stage::{ask, run};

/// How long the server may take to answer for the first time.
const START_MAX: Duration = Duration::from_mins(1);
/// How long the server may take to stop before it is killed.
const STOP_MAX: Duration = Duration::from_secs(20);
/// How often it is asked meanwhile.
const ASK_EVERY: Duration = Duration::from_millis(100);
/// Where Debian puts the programs of each version.
const DEBIAN: &str = "/usr/lib/postgresql";
/// Settings of every server of ours.
const SETTINGS: [&str; 6] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "max_connections=400",
    "shared_buffers=256MB",
    "max_wal_size=2GB",
    "log_min_messages=fatal",
];
/// Settings of one whose data nobody will miss: durable against a crash of a test, not of the machine.
const FORGETFUL: [&str; 2] = ["fsync=off", "full_page_writes=off"];

/// A running server; dropping it stops it.
pub struct Postgres {
    child: Child,
    folder: PathBuf,
    /// Where it is reached, as its owner, without a password.
    pub url: String,
}

impl Postgres {
    /// Makes a new cluster for tests and starts it.
    pub fn start() -> anyhow::Result<Self> {
        Self::start_with(&FORGETFUL)
    }

    /// One that keeps what it commits through a power cut, as production does: for measurements.
    pub fn start_durable() -> anyhow::Result<Self> {
        Self::start_with(&[])
    }

    /// The number of the server's first process.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    fn start_with(settings: &[&str]) -> anyhow::Result<Self> {
        let programs = programs()?;
        let folder = data_folder()?;
        run(as_server_user(&programs.join("initdb"))
            .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
            .arg(&folder)
            .stdout(Stdio::null()))?;
        let port = free_port()?;
        let mut command = as_server_user(&programs.join("postgres"));
        command.arg("-D").arg(&folder).arg("-p").arg(port.to_string());
        for setting in SETTINGS.iter().chain(settings) {
            command.arg("-c").arg(setting);
        }
        let child = command.stdin(Stdio::null()).spawn().context("cannot start PostgreSQL")?;
        let url = format!("postgres://postgres@127.0.0.1:{port}/postgres");
        let mut postgres = Self { child, folder, url };
        postgres.wait_until_ready(&programs, port)?;
        println!("  PostgreSQL answers at {}", postgres.url);
        Ok(postgres)
    }

    fn wait_until_ready(&mut self, programs: &Path, port: u16) -> anyhow::Result<()> {
        let begun = Instant::now();
        let port = port.to_string();
        while ask(Command::new(programs.join("pg_isready")).args(["-q", "-h", "127.0.0.1", "-p", &port]))
            .is_none()
        {
            if let Some(status) = self.child.try_wait()? {
                bail!("PostgreSQL ended at once with {status}");
            }
            if begun.elapsed() > START_MAX {
                bail!("PostgreSQL didn't answer within {} s", START_MAX.as_secs());
            }
            std::thread::sleep(ASK_EVERY);
        }
        Ok(())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT is PostgreSQL's fast shutdown: it ends sessions rather than waiting for them.
        let asked = ask(Command::new("kill").arg("-INT").arg(self.child.id().to_string()));
        let begun = Instant::now();
        while asked.is_some() && begun.elapsed() < STOP_MAX {
            if matches!(self.child.try_wait(), Ok(Some(_)) | Err(_)) {
                break;
            }
            std::thread::sleep(ASK_EVERY);
        }
        if matches!(self.child.try_wait(), Ok(None)) {
            let _ = self.child.kill();
            let _ = self.child.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The folder with the newest server's programs.
fn programs() -> anyhow::Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = Vec::new();
    for entry in fs::read_dir(DEBIAN).into_iter().flatten().flatten() {
        let bin = entry.path().join("bin");
        if let Ok(version) = entry.file_name().to_string_lossy().parse()
            && bin.join("postgres").exists()
        {
            found.push((version, bin));
        }
    }
    if let Some((_, bin)) = found.into_iter().max() {
        return Ok(bin);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .find(|folder| folder.join("postgres").exists() && folder.join("initdb").exists())
        .with_context(|| {
            format!("found no PostgreSQL server in {DEBIAN} or PATH: install the package `postgresql`")
        })
}

fn is_root() -> bool {
    ask(Command::new("id").arg("-u")).as_deref().map(str::trim) == Some("0")
}

/// The program, as a user that PostgreSQL accepts (it refuses root), told to stop when this process dies.
fn as_server_user(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if is_root() {
        command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]);
    }
    command.arg("--").arg(program);
    command
}

/// An empty folder that the server's user owns: under the target folder, or where that user can't go, under the
/// system's folder for temporary files.
fn data_folder() -> anyhow::Result<PathBuf> {
    let name = format!("postgres-{}", std::process::id());
    let candidates = [crate::target().join(&name), std::env::temp_dir().join(format!("wend-test-{name}"))];
    for folder in candidates {
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        if !is_root() {
            return Ok(folder);
        }
        run(Command::new("chown").arg("postgres:postgres").arg(&folder))?;
        if ask(as_server_user(Path::new("test")).arg("-w").arg(&folder)).is_some() {
            return Ok(folder);
        }
        let _ = fs::remove_dir_all(&folder);
    }
    bail!("the user `postgres` can reach neither the target folder nor the folder for temporary files")
}

fn free_port() -> anyhow::Result<u16> {
    let listener = TcpListener::bind("127.0.0.1:0").context("cannot find a free port")?;
    Ok(listener.local_addr().context("a bound socket has an address")?.port())
}

#[cfg(test)]
mod tests;
