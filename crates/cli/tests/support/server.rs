//! `wend serve` as a process: started on a free port, killed without warning, started again.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use super::api::Api;

/// The binary that is tested.
pub const WEND: &str = env!("CARGO_BIN_EXE_wend");
/// The key that the first start makes.
pub const KEY: &str = "sk_for-the-tests-of-this-repository-only-0123456789";
/// How long a server may take to say that it is ready.
pub const READY_MAX: Duration = Duration::from_mins(2);
/// How long a server may take to end when it is asked to.
const STOP_MAX: Duration = Duration::from_mins(2);
/// How much of a log a failure shows.
const LOG_BYTES_SHOWN: usize = 4_000;

/// How a server is started, each time the same.
#[derive(Debug, Clone)]
pub struct Setup {
    /// The folder for data, and beside it the log.
    pub folder: PathBuf,
    /// Arguments of `wend serve` besides `--data` and `--listen`.
    pub arguments: Vec<String>,
    /// Whether a write beyond the limit on files is an error, as on a full disk, rather than a signal that ends it.
    ignores_file_limit: bool,
}

impl Setup {
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), arguments: Vec::new(), ignores_file_limit: false }
    }

    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.arguments.extend([name.to_owned(), value.into()]);
        self
    }

    pub fn set(self, setting: &str) -> Self {
        self.with("--set", setting)
    }

    pub fn ignoring_file_limit(mut self) -> Self {
        self.ignores_file_limit = true;
        self
    }

    fn command(&self) -> Command {
        let mut command = Command::new(WEND);
        if self.ignores_file_limit {
            command = Command::new("bash");
            command.args(["-c", "trap '' XFSZ; exec \"$@\"", "bash", WEND]);
        }
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(self.folder.join("data"));
        command.args(&self.arguments).env("WEND_BOOTSTRAP_KEY", KEY);
        command
    }

    /// Starts a server and waits until it is ready.
    pub fn start(&self) -> Server {
        let log = self.folder.join("server.log");
        let errors = std::fs::OpenOptions::new().create(true).append(true).open(&log).unwrap();
        let begun = Instant::now();
        let mut command = self.command();
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(errors).spawn().unwrap();
        let address = ready_line(child.stdout.take().unwrap());
        let Some(address) = address else {
            let _ = child.kill();
            let status = child.wait();
            panic!("{command:?} isn't ready after {:?} ({status:?}):\n{}", begun.elapsed(), tail(&log));
        };
        Server { child, address, ready_in: begun.elapsed(), log }
    }
}

impl Setup {
    /// Starts a server and kills it after a while, ready or not.
    pub fn start_and_kill(&self, after: Duration) {
        let mut command = self.command();
        let mut child =
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        super::wait::eventually_later(after);
        child.kill().unwrap();
        child.wait().unwrap();
    }
}

/// Reads until the line `ready http://ADDR:PORT`, on a thread of its own so that a server that hangs is a failure.
pub fn ready_line(stdout: ChildStdout) -> Option<SocketAddr> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.strip_prefix("ready http://").map(str::to_owned));
        // Nobody waits any more if it came too late.
        let _ = sender.send(address);
        lines.for_each(drop);
    });
    let line = receiver.recv_timeout(READY_MAX).ok().flatten()?;
    Some(line.parse().unwrap_or_else(|_| panic!("`ready` names an address, not {line}")))
}

/// A running server; it ends with the test.
#[derive(Debug)]
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    pub ready_in: Duration,
    log: PathBuf,
}

impl Server {
    pub fn api(&self) -> Api {
        Api::new(self.address, KEY)
    }

    /// Its process.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as a power cut would: SIGKILL.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Stops it where it is, or lets it go on: SIGSTOP, SIGCONT.
    pub fn pause(&self, paused: bool) {
        let signal = if paused { "-STOP" } else { "-CONT" };
        let status = Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap();
        assert!(status.success(), "the server had ended by itself:\n{}", self.log());
    }

    /// Asks it to end, and waits until it has.
    pub fn stop(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success(), "the server had ended before it was asked to:\n{}", self.log());
        let status = super::wait::eventually("the server ends", STOP_MAX, || self.child.try_wait().unwrap());
        assert!(status.success(), "the server ended with {status}:\n{}", self.log());
    }

    /// Whether the process still lives.
    pub fn lives(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// The end of what it logged.
    pub fn log(&self) -> String {
        tail(&self.log)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Either may fail because it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn tail(path: &Path) -> String {
    let mut text = Vec::new();
    let read = std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut text));
    read.map_or_else(
        |error| error.to_string(),
        |_| String::from_utf8_lossy(&text[text.len().saturating_sub(LOG_BYTES_SHOWN)..]).into_owned(),
    )
}

/// Runs a command of the binary against a server and gives the one document that it prints.
pub fn wend(api: &Api, arguments: &[&str]) -> serde_json::Value {
    let mut command = Command::new(WEND);
    command
        .args(arguments)
        .arg("--json")
        .env("WEND_URL", format!("http://{}", api.address))
        .env("WEND_KEY", &api.key);
    let output = command.output().unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&shown).unwrap_or_else(|error| {
        let told = String::from_utf8_lossy(&output.stderr);
        panic!("wend {arguments:?} ends with {} and prints {shown:?} {told:?}: {error}", output.status)
    })
}
