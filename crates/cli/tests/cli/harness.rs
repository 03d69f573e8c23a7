//! An installation in a folder of its own: server, inbox and commands, all of them the real binary.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// The binary that is tested.
pub const WEND: &str = env!("CARGO_BIN_EXE_wend");
/// How long anything may take.
pub const WITHIN: Duration = Duration::from_mins(1);
/// How often something is looked at while it is waited for.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// A workflow that greets with a mail, waits for an order, and thanks with a push message.
const FILES: [(&str, &str); 4] = [
    (
        "workflows/greet.yaml",
        "workflow: greet\ntitle: Greet\ncategory: offers\ntrigger: { event: Signed Up }\nreentry: never\nsteps:\n  \
         - { id: hello, send: { email: hello } }\n  - id: order\n    wait_for:\n      - event: Order Completed\n        then:\n          \
         - { id: thanks, send: { push: thanks } }\n    timeout: 3d\n",
    ),
    (
        "templates/hello.yaml",
        "template: hello\nchannel: email\nsubject: \"Hello {{ contact.first_name }}\"\ntext: \"Good to have you.\"\n",
    ),
    (
        "templates/thanks.yaml",
        "template: thanks\nchannel: push\ntitle: Thank you\nbody: Your order is on its way.\n",
    ),
    (
        "policies.yaml",
        "timezone: UTC\nsender: The Shop <hello@shop.example>\ncategories:\n  offers: { title: Offers, default: subscribed }\n",
    ),
];

/// What a command printed and how it ended.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// The one JSON document on stdout.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("not one JSON document ({error}): {self:?}"))
    }

    /// What it printed, if it ended well.
    pub fn good(self) -> String {
        assert_eq!(self.code, 0, "{self:?}");
        self.stdout
    }

    /// Its document, if it ended well.
    pub fn good_json(self) -> Value {
        assert_eq!(self.code, 0, "{self:?}");
        self.json()
    }
}

/// A command of the binary, which knows no server and no key but those that a test names.
pub fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(WEND);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("WEND_") {
            command.env_remove(name);
        }
    }
    command.args(arguments).stdin(Stdio::null());
    command
}

/// Runs a command to its end.
pub fn run(command: &mut Command) -> Ended {
    let output = command.output().unwrap();
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Runs a command that talks to no server.
pub fn wend(arguments: &[&str]) -> Ended {
    run(&mut command(arguments))
}

/// Looks until there is something, and gives it.
pub fn eventually<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < WITHIN, "waited {WITHIN:?} in vain: {what}");
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Writes a small portfolio into a folder.
pub fn write_files(folder: &Path) {
    for (path, text) in FILES {
        let path = folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// A process that prints lines and ends when it is asked to, or with the test.
pub struct Process {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Process {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = lines_of(child.stdout.take().unwrap());
        Self { child, lines }
    }

    /// The rest of the next line that begins like this.
    pub fn expect(&mut self, prefix: &str) -> String {
        loop {
            let line =
                self.lines.recv_timeout(WITHIN).unwrap_or_else(|_| panic!("no line begins with {prefix:?}"));
            if let Some(rest) = line.strip_prefix(prefix) {
                return rest.to_owned();
            }
        }
    }

    /// Asks it to end as a supervisor does, and gives its exit code.
    pub fn stop(&mut self, signal: &str) -> i32 {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        eventually("the process ends", || self.child.try_wait().unwrap()).code().unwrap_or(-1)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Either fails if it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lines_of(stdout: ChildStdout) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stdout).lines().map_while(Result::ok) {
            // Nobody listens any more once the test is over, and the pipe must not fill up.
            let _ = sender.send(line);
        }
    });
    receiver
}

/// A server with an inbox, and a key for each kind of caller.
pub struct Installation {
    pub folder: TempDir,
    pub serve: Process,
    _inbox: Process,
    smtp: String,
    pub inbox: String,
    pub url: String,
    pub admin: String,
    set: Vec<String>,
}

impl Installation {
    pub fn start() -> Self {
        Self::start_with(&[])
    }

    /// The same with settings, such as `bounces.domain=bounces.example`.
    pub fn start_with(set: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("inbox");
        let mut process = Process::start(
            command(&["inbox", "--smtp", "127.0.0.1:0", "--http", "127.0.0.1:0", "--data"]).arg(data),
        );
        let smtp = format!("{}?tls=none", process.expect("smtp "));
        let inbox = process.expect("ready ");
        let set: Vec<String> = set.iter().map(|setting| (*setting).to_owned()).collect();
        let (serve, url) = serve(folder.path(), &smtp, &inbox, &set);
        let admin = std::fs::read_to_string(folder.path().join("data/admin.key")).unwrap().trim().to_owned();
        write_files(&folder.path().join("shop"));
        Self { folder, serve, _inbox: process, smtp, inbox, url, admin, set }
    }

    /// Stops the server in order and starts it again.
    pub fn restart(&mut self) {
        assert_eq!(self.serve.stop("-TERM"), 0, "{}", self.log());
        (self.serve, self.url) = serve(self.folder.path(), &self.smtp, &self.inbox, &self.set);
    }

    /// What the server said.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.path("serve.log")).unwrap()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A command with the admin key, in the installation's folder.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(arguments);
        command.env("WEND_URL", &self.url).env("WEND_KEY", &self.admin).current_dir(self.folder.path());
        command
    }

    pub fn wend(&self, arguments: &[&str]) -> Ended {
        run(&mut self.command(arguments))
    }

    /// A command with something on its stdin.
    pub fn wend_with(&self, arguments: &[&str], stdin: &str) -> Ended {
        let path = self.path("stdin");
        std::fs::write(&path, stdin).unwrap();
        run(self.command(arguments).stdin(std::fs::File::open(path).unwrap()))
    }

    pub fn apply(&self) {
        self.wend(&["apply", "shop"]).good();
    }

    pub fn sign_up(&self, user: &str) {
        let traits = format!("{{\"email\": \"{user}@example.com\", \"first_name\": \"Ada\"}}");
        self.wend(&["events", "send", "--user", user, "--traits", &traits]).good();
        self.wend(&["events", "send", "--user", user, "--event", "Signed Up"]).good();
    }

    /// The messages in this state, once there are so many.
    pub fn messages(&self, state: &str, n_messages: usize) -> Vec<Value> {
        eventually(&format!("{n_messages} messages are {state}"), || {
            let answer = self.wend(&["messages", "--state", state, "--json"]).good_json();
            let messages = answer["messages"].as_array().unwrap().clone();
            (messages.len() == n_messages).then_some(messages)
        })
    }

    /// What the inbox took, once there is so much.
    pub fn mails(&self, n_mails: usize) -> String {
        eventually(&format!("{n_mails} messages arrive in the inbox"), || {
            let text = get(&format!("{}/api/mails", self.inbox));
            (text.matches("\"id\"").count() == n_mails).then_some(text)
        })
    }
}

fn serve(folder: &Path, smtp: &str, inbox: &str, set: &[String]) -> (Process, String) {
    let mut command =
        command(&["serve", "--listen", "127.0.0.1:0", "--smtp", smtp, "--inbox", inbox, "--data"]);
    // Webhook steps of the tests call servers of their own on this machine.
    command.arg(folder.join("data")).args(["--set", "web.allow=127.0.0.1"]);
    for setting in set {
        command.args(["--set", setting]);
    }
    let log = std::fs::OpenOptions::new().create(true).append(true).open(folder.join("serve.log")).unwrap();
    let mut serve = Process::start(command.stderr(log));
    let url = serve.expect("ready ");
    (serve, url)
}

/// The body of what a URL on this machine gives.
pub fn get(url: &str) -> String {
    let (host, path) = url.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.0\r\nHost: {host}\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
}
