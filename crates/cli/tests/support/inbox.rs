//! `wend inbox` as a process: the mail server and the keyed channel that messages really go to.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::server::{WEND, ready_line};

/// The most messages that are kept: all.
const KEEP: &str = "1000000";

/// A running development inbox; it ends with the test.
pub struct Inbox {
    child: Child,
    folder: PathBuf,
    pub smtp: String,
    pub http: String,
}

impl Inbox {
    pub fn start(folder: &Path) -> Self {
        let folder = folder.join("inbox");
        let mut command = Command::new(WEND);
        command.args(["inbox", "--smtp", "127.0.0.1:0", "--http", "127.0.0.1:0", "--keep", KEEP, "--data"]);
        let mut child = command.arg(&folder).stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let mut line = String::new();
        // One byte at a time: what follows is for the next reader.
        BufReader::with_capacity(1, &mut stdout).read_line(&mut line).unwrap();
        let smtp = line.strip_prefix("smtp smtp://").unwrap_or_else(|| panic!("the inbox says {line:?}"));
        let http = ready_line(stdout).expect("the inbox is ready");
        Self {
            child,
            folder,
            smtp: format!("smtp://{}?tls=none", smtp.trim()),
            http: format!("http://{http}"),
        }
    }

    /// How often each message arrived as a mail, by the key in `X-Wend-Message`.
    pub fn mails(&self) -> BTreeMap<String, usize> {
        self.count("eml", |text| {
            let head = text.split("\r\n\r\n").next().unwrap_or_default();
            let key = head.lines().find_map(|line| line.strip_prefix("X-Wend-Message: "));
            key.unwrap_or_else(|| panic!("a mail without a key:\n{head}")).trim().to_owned()
        })
    }

    /// How often each message arrived over another channel.
    pub fn messages(&self) -> BTreeMap<String, usize> {
        self.count("json", |text| {
            let document: serde_json::Value = serde_json::from_str(text).unwrap();
            document["message"]["message"].as_str().expect("a message has its key").to_owned()
        })
    }

    fn count(&self, extension: &str, key: impl Fn(&str) -> String) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        for entry in std::fs::read_dir(&self.folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|found| found == extension) {
                let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                *counts.entry(key(&text)).or_insert(0) += 1;
            }
        }
        counts
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        // Either may fail because it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
