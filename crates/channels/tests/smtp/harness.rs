//! Real servers for the tests, and what the tests send them.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};

use tempfile::TempDir;
use wend_channels::{Email, Mailbox, Outcome, Smtp, SmtpOptions};

/// The interpreter that has the packages of `tests/requirements.txt`.
pub fn python() -> PathBuf {
    let set = std::env::var_os("WEND_TEST_PYTHON");
    set.map(PathBuf::from)
        .expect("WEND_TEST_PYTHON isn't set: run `cargo xtask test`, which makes its Python in target/python")
}

/// The program that runs the scripts which use the packages of `tests/clients`.
pub fn node() -> PathBuf {
    std::env::var_os("WEND_TEST_NODE").map_or_else(|| PathBuf::from("node"), PathBuf::from)
}

/// Where these packages are.
pub fn node_modules() -> PathBuf {
    let set = std::env::var_os("WEND_TEST_NODE_MODULES");
    set.map(PathBuf::from)
        .expect("WEND_TEST_NODE_MODULES isn't set: run `cargo xtask test`, which installs them")
}

/// A file of `tests/servers`.
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers").join(name)
}

/// Runs a command to its end and gives its output; a failure shows what it said.
pub fn run(command: &mut Command) -> Vec<u8> {
    let output = command.output().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"));
    assert!(output.status.success(), "{command:?} failed: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A scripted aiosmtpd; it ends with the test.
pub struct Scripted {
    child: Child,
    _stdin: ChildStdin,
    folder: TempDir,
    pub port: u16,
}

impl Scripted {
    pub fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut child = Command::new(python())
            .arg(script("scripted.py"))
            .arg("--folder")
            .arg(folder.path())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("WEND_TEST_PYTHON is no interpreter: run `cargo xtask test`");
        let stdin = child.stdin.take().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.strip_prefix("ready ").and_then(|port| port.trim().parse().ok());
        let port = port.unwrap_or_else(|| {
            panic!("the scripted server said {line:?}: are the packages of tests/requirements.txt there? Run `cargo xtask test`")
        });
        Self { child, _stdin: stdin, folder, port }
    }

    /// A channel to this server over plain TCP.
    pub fn channel(&self, parameters: &str) -> Smtp {
        channel(&format!("smtp://127.0.0.1:{}?{parameters}", self.port))
    }

    /// Waits until it has a message to which it will never answer.
    pub async fn eventually_stalled(&self) {
        while !self.folder.path().join("stalled").exists() {
            tokio::task::yield_now().await;
        }
    }

    /// The mails it took, oldest first, as they came.
    pub fn kept(&self) -> Vec<String> {
        let path = |number: usize| self.folder.path().join(format!("{number}.eml"));
        (1..).map_while(|number| std::fs::read_to_string(path(number)).ok()).collect()
    }
}

impl Drop for Scripted {
    fn drop(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

pub fn channel(url: &str) -> Smtp {
    Smtp::new(url.parse::<SmtpOptions>().unwrap(), None).unwrap()
}

/// An e-mail to somebody at example.com.
pub fn email_to(local_part: &str) -> Email {
    Email {
        message_key: "0190c5c2-8f3a-7000-8000-000000000001".to_owned(),
        return_path: None,
        from: Mailbox { name: "The Shop".to_owned(), address: "shop@example.com".to_owned() },
        to: Mailbox::bare(format!("{local_part}@example.com")),
        reply_to: Some(Mailbox::bare("help@example.com")),
        subject: "Your cart misses you, Zoë".to_owned(),
        html: Some("<p>Hello Zoë</p>".to_owned()),
        text: Some("Hello Zoë\n.\n..dots\n".to_owned()),
        headers: vec![
            ("List-Unsubscribe".to_owned(), "<https://example.com/u/1>".to_owned()),
            ("List-Unsubscribe-Post".to_owned(), "List-Unsubscribe=One-Click".to_owned()),
        ],
        date: 1_700_000_000,
    }
}

/// An outcome as one short line.
pub fn short(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Accepted { reply, .. } => format!("accepted: {reply}"),
        Outcome::Temporary { reply, .. } => format!("temporary: {reply}"),
        Outcome::Permanent { reply, suppress: false } => format!("permanent: {reply}"),
        Outcome::Permanent { reply, suppress: true } => format!("permanent and suppress: {reply}"),
        Outcome::Unknown { what } => format!("unknown: {what}"),
    }
}

/// A CA of our own and a certificate for 127.0.0.1.
pub struct Certificates {
    folder: TempDir,
}

impl Certificates {
    pub fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = Self { folder };
        let openssl = |arguments: &[&str]| {
            run(Command::new("openssl").args(arguments).current_dir(made.folder.path()));
        };
        let extensions = "subjectAltName=IP:127.0.0.1,DNS:localhost\nbasicConstraints=critical,CA:FALSE\n";
        std::fs::write(made.folder.path().join("extensions"), extensions).unwrap();
        let curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
        let mut ca =
            vec!["req", "-x509", "-subj", "/CN=Test CA", "-keyout", "ca.key", "-out", "ca.pem", "-days", "2"];
        ca.extend(curve);
        openssl(&ca);
        let mut request =
            vec!["req", "-subj", "/CN=localhost", "-keyout", "server.key", "-out", "server.csr"];
        request.extend(curve);
        openssl(&request);
        openssl(&[
            "x509",
            "-req",
            "-in",
            "server.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "2",
            "-extfile",
            "extensions",
            "-out",
            "server.pem",
        ]);
        made
    }

    pub fn path(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }

    pub fn server(&self, tls: &str, more: &[&str]) -> Scripted {
        let (certificate, key) = (self.path("server.pem"), self.path("server.key"));
        let mut arguments = vec!["--tls", tls, "--certificate", &certificate, "--key", &key];
        arguments.extend(more);
        Scripted::start(&arguments)
    }
}
