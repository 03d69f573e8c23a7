//! Debian's `OpenSMTPD` takes our mail and puts it into a maildir.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use wend_channels::Mailbox;

use super::harness::{channel, email_to, run, short};

/// The daemon in the foreground, and what it logs.
struct Daemon {
    child: Child,
    log: BufReader<ChildStderr>,
}

impl Daemon {
    fn start(configuration: &Path) -> Self {
        let binary = std::env::var("WEND_TEST_SMTPD").unwrap_or_else(|_| "/usr/sbin/smtpd".to_owned());
        let mut child = Command::new(&binary)
            .args(["-d", "-v", "-f"])
            .arg(configuration)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| {
                panic!(
                    "cannot run {binary} ({error}): run `cargo xtask test`, which installs Debian's opensmtpd"
                )
            });
        let log = BufReader::new(child.stderr.take().unwrap());
        Self { child, log }
    }

    /// Reads the log up to a line that says so.
    fn wait_for(&mut self, marker: &str) {
        let mut seen = String::new();
        loop {
            let start = seen.len();
            let n = self.log.read_line(&mut seen).unwrap();
            assert_ne!(n, 0, "OpenSMTPD ended without saying {marker:?} (it needs root); it said:\n{seen}");
            if seen[start..].contains(marker) {
                return;
            }
        }
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Asked, rather than killed, so that it sees its other processes end first.
        run(Command::new("kill").arg(self.child.id().to_string()));
        self.child.wait().unwrap();
    }
}

/// A port that nobody else is given before the daemon listens: below those that the system gives by itself.
fn lasting_port() -> u16 {
    let process = std::process::id();
    let mut candidates = (0..1_000).map(|n| 9_000 + u16::try_from((process + n) % 1_000).unwrap());
    candidates.find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap()
}

#[tokio::test]
async fn opensmtpd_delivers_our_email_and_refuses_unknown_people() {
    let folder = tempfile::tempdir().unwrap();
    let maildir = folder.path().join("maildir");
    std::fs::create_dir(&maildir).unwrap();
    // It delivers as the user `nobody`.
    std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::set_permissions(&maildir, std::fs::Permissions::from_mode(0o777)).unwrap();
    let port = lasting_port();
    let configuration = folder.path().join("smtpd.conf");
    let text = format!(
        "listen on 127.0.0.1 port {port} hostname mx.example.com\n\
         table people {{ \"zoe@example.com\" = \"nobody\" }}\n\
         action \"people\" maildir \"{0}\" virtual <people>\n\
         action \"users\" maildir \"{0}\"\n\
         match from any for domain \"example.com\" action \"people\"\n\
         match from any for domain \"users.example.com\" action \"users\"\n",
        maildir.display()
    );
    std::fs::write(&configuration, text).unwrap();
    let mut daemon = Daemon::start(&configuration);
    daemon.wait_for("will accept at most");

    let channel = channel(&format!("smtp://127.0.0.1:{port}"));
    let outcome = short(&channel.send(&email_to("zoe")).await);
    assert!(outcome.starts_with("accepted: 250 2.0.0 "), "{outcome}");
    assert!(outcome.ends_with("Message accepted for delivery"), "{outcome}");
    let mut stranger = email_to("x");
    stranger.to = Mailbox::bare("no-such-user@users.example.com");
    let outcome = short(&channel.send(&stranger).await);
    assert!(outcome.starts_with("permanent"), "{outcome}");
    stranger.to = Mailbox::bare("zoe@elsewhere.example.com");
    let outcome = short(&channel.send(&stranger).await);
    assert!(outcome.starts_with("permanent: 550"), "{outcome}");

    daemon.wait_for("stat=Delivered");
    let files: Vec<_> = std::fs::read_dir(maildir.join("new")).unwrap().collect();
    let [Ok(file)] = &files[..] else { panic!("one mail was delivered, not {files:?}") };
    let mail = std::fs::read(file.path()).unwrap();
    let mail = mail_parser::MessageParser::default().parse(&mail).unwrap();
    assert_eq!(mail.subject(), Some("Your cart misses you, Zoë"));
    assert_eq!(mail.body_text(0).unwrap().replace("\r\n", "\n"), "Hello Zoë\n.\n..dots\n");
}
