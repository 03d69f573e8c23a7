//! The database goes away, the disk is full, a node more: what clients are told, and that work resumes by itself.

use crate::harness::api::{Api, send};
use crate::harness::chance::seed;
use crate::harness::http::{Message, ask};
use crate::harness::inbox::Inbox;
use crate::harness::ledger::{compare, events_known};
use crate::harness::postgres::{Database, Postgres};
use crate::harness::server::{Server, Setup};
use crate::harness::wait::{eventually, eventually_later};
use crate::workload::verdict::judge;
use crate::workload::writer::{Load, writing};
use crate::workload::{PORTFOLIO, drain};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// How long a server may take to notice that its database is gone, or is back.
const NOTICED_MAX: Duration = Duration::from_mins(2);
/// How long an outage lasts once it was noticed.
const OUTAGE: Duration = Duration::from_millis(700);
/// How many events are taken before something goes wrong, and after it is mended.
const N_EVENTS: usize = 600;
/// How often a server is asked to end under load.
const N_STOPS: usize = 5;
/// The disk that is full: small, and larger than what a new database needs.
const DISK_MB: u64 = 24;

fn setup(folder: &Path, inbox: &Inbox, node: usize) -> Setup {
    let folder = folder.join(format!("node{node}"));
    std::fs::create_dir_all(&folder).unwrap();
    Setup::new(&folder).with("--smtp", &inbox.smtp).with("--inbox", &inbox.http)
}

fn probe(address: SocketAddr, key: &str, n: usize) -> Option<Message> {
    let event =
        json!({ "type": "track", "messageId": format!("probe-{n}"), "userId": "probe", "event": "Viewed" });
    send(address, key, &[event]).ok()
}

/// Sends probes until one is answered with a status, and gives the ids of those that were acknowledged.
fn eventually_answered(
    address: SocketAddr,
    key: &str,
    status: u16,
    first: usize,
) -> (Message, BTreeSet<String>) {
    let mut acknowledged = BTreeSet::new();
    let mut n = first;
    let answer = eventually(format!("an answer with status {status}"), NOTICED_MAX, || {
        n += 1;
        let answer = probe(address, key, n)?;
        if answer.status() == 200 {
            acknowledged.insert(format!("probe-{n}"));
        }
        (answer.status() == status).then_some(answer)
    });
    (answer, acknowledged)
}

fn says_when_to_come_back(answer: &Message) {
    let seconds = answer.header("retry-after").and_then(|seconds| seconds.parse::<u32>().ok());
    assert!(seconds.is_some_and(|seconds| seconds > 0), "whole seconds in Retry-After: {answer:?}");
    let text = String::from_utf8_lossy(&answer.body).to_lowercase();
    for internal in ["sqlite", "postgres", "127.0.0.1", "os error"] {
        assert!(!text.contains(internal), "an internal text reached the client: {text}");
    }
}

fn eventually_taken(load: &Load, n_more: usize) {
    let goal = load.n_acknowledged() + n_more;
    eventually("events are taken", NOTICED_MAX, || (load.n_acknowledged() >= goal).then_some(()));
}

fn status_of(address: SocketAddr, path: &str) -> u16 {
    ask(address, &Message::request("GET", path)).unwrap().status()
}

#[test]
fn work_resumes_by_itself_when_postgresql_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::start(folder.path());
    let mut postgres = Postgres::start();
    let mut server = setup(folder.path(), &inbox, 0).with("--database", &postgres.url).start();
    let api = server.api();
    api.apply(&PORTFOLIO);
    let load = Load::new(vec![server.address], api.write_key());
    let probe_key = api.write_key();
    // The key is known from now on, so that an outage is told of as an outage.
    assert_eq!(probe(server.address, &probe_key, 0).unwrap().status(), 200);
    let sent = writing(&load, seed(), || {
        eventually_taken(&load, N_EVENTS);
        postgres.end();
        let (answer, _) = eventually_answered(server.address, &probe_key, 503, 0);
        says_when_to_come_back(&answer);
        eventually("it isn't ready", NOTICED_MAX, || {
            (status_of(server.address, "/ready") == 503).then_some(())
        });
        assert_eq!(status_of(server.address, "/health"), 200);
        eventually_later(OUTAGE);
        postgres.begin();
        eventually_answered(server.address, &probe_key, 200, 100_000);
        eventually("it is ready", NOTICED_MAX, || (status_of(server.address, "/ready") == 200).then_some(()));
        eventually_taken(&load, N_EVENTS);
    });
    assert!(server.lives(), "nobody had to start it again:\n{}", server.log());
    drain(&api, || server.log());
    let verdict = judge(&api, &inbox, &sent);
    assert_eq!(verdict.findings, Vec::<String>::new(), "{}\n{}", verdict.summary, server.log());
    server.stop();
}

/// A small disk of its own for a test, which can be filled; gone with the test.
struct Disk<'a> {
    folder: &'a Path,
}

impl<'a> Disk<'a> {
    /// Mounts it; none if this process may not.
    fn mount(folder: &'a Path) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let size = format!("size={DISK_MB}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder).output();
        mounted.is_ok_and(|output| output.status.success()).then_some(Self { folder })
    }

    fn fill(&self) {
        let mut file = File::create(self.folder.join("ballast")).unwrap();
        let block = vec![b'x'; 4_096];
        let written = std::iter::repeat_with(|| file.write_all(&block)).find_map(Result::err).unwrap();
        assert_eq!(written.kind(), std::io::ErrorKind::StorageFull);
    }

    fn free(&self) {
        std::fs::remove_file(self.folder.join("ballast")).unwrap();
    }
}

impl Drop for Disk<'_> {
    fn drop(&mut self) {
        // A mount that is left over ends with the machine.
        let _ = Command::new("umount").arg("--lazy").arg(self.folder).status();
    }
}

/// What happens around a full disk, however it is made full and mended.
fn a_full_disk_is_an_outage(server: &mut Server, fill: impl FnOnce(&Server), free: impl FnOnce(&Server)) {
    let api = server.api();
    let key = api.write_key();
    let (_, mut acknowledged) = eventually_answered(server.address, &key, 200, 0);
    fill(server);
    let (answer, taken) = eventually_answered(server.address, &key, 503, 1_000);
    acknowledged.extend(taken);
    says_when_to_come_back(&answer);
    assert_eq!(status_of(server.address, "/health"), 200);
    assert_eq!(api.get("contacts/probe")["user_id"], "probe", "what is there can be read");
    reads_what_was_taken(&api, &acknowledged);
    free(server);
    let (_, taken) = eventually_answered(server.address, &key, 200, 2_000);
    acknowledged.extend(taken);
    reads_what_was_taken(&api, &acknowledged);
    assert!(server.lives(), "nobody had to start it again:\n{}", server.log());
}

/// Probes that weren't acknowledged aren't there: a full disk takes nothing.
fn reads_what_was_taken(api: &Api, acknowledged: &BTreeSet<String>) {
    let known = events_known(api, ["probe"]);
    assert_eq!(compare(acknowledged, &BTreeSet::new(), &known), Vec::<String>::new());
}

#[test]
fn a_full_disk_refuses_events_until_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    if let Some(disk) = Disk::mount(&data) {
        let mut server = Setup::new(folder.path()).start();
        a_full_disk_is_an_outage(&mut server, |_| disk.fill(), |_| disk.free());
        server.stop();
        return;
    }
    // Without the right to mount, the next test's limit has to do.
    println!("this process may not mount a small disk");
}

#[test]
fn what_was_taken_before_the_disk_was_full_survives_a_kill_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let Some(disk) = Disk::mount(&data) else {
        println!("this process may not mount a small disk");
        return;
    };
    let setup = Setup::new(folder.path());
    let mut server = setup.start();
    let key = server.api().write_key();
    let (_, mut acknowledged) = eventually_answered(server.address, &key, 200, 0);
    disk.fill();
    acknowledged.extend(eventually_answered(server.address, &key, 503, 1_000).1);
    server.kill();
    // It may or may not get as far as being ready; it must not harm what is there.
    setup.start_and_kill(Duration::from_millis(400));
    disk.free();
    let server = setup.start();
    acknowledged.extend(eventually_answered(server.address, &key, 200, 2_000).1);
    reads_what_was_taken(&server.api(), &acknowledged);
    server.stop();
}

/// The limit concerns the log too: that it can't be written used to end the worker that wanted to log.
#[test]
fn a_limit_on_the_size_of_files_is_met_like_a_full_disk() {
    let folder = tempfile::tempdir().unwrap();
    let mut server = Setup::new(folder.path()).ignoring_file_limit().start();
    a_full_disk_is_an_outage(
        &mut server,
        |server| limit_files(server, "1"),
        |server| limit_files(server, "unlimited"),
    );
    server.stop();
}

/// Sets the largest file that a running server may write, in bytes.
fn limit_files(server: &Server, bytes: &str) {
    let (pid, limit) = (server.id().to_string(), format!("--fsize={bytes}:"));
    let status = Command::new("prlimit").args(["--pid", &pid, &limit]).status().unwrap();
    assert!(status.success(), "prlimit: {status}");
}

/// How many attempts a node has made, from its metrics.
fn n_attempts(address: SocketAddr) -> f64 {
    let answer = ask(address, &Message::request("GET", "/metrics")).unwrap();
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let values = text
        .lines()
        .filter(|line| line.starts_with("wend_attempts_total"))
        .filter_map(|line| line.rsplit(' ').next());
    values.map(|value| value.parse::<f64>().unwrap()).sum()
}

#[test]
fn two_nodes_on_one_postgresql_share_the_work_and_send_nothing_twice() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create("share");
    let inbox = Inbox::start(folder.path());
    let start = |node| setup(folder.path(), &inbox, node).with("--database", &database.url).start();
    let servers = [start(0), start(1)];
    let api = servers[0].api();
    api.apply(&PORTFOLIO);
    let load = Load::new(servers.iter().map(|server| server.address).collect(), api.write_key());
    let sent = writing(&load, seed(), || {
        for _ in 0..4 {
            eventually_taken(&load, N_EVENTS);
        }
        // Which node hands out what is nobody's promise, so the load goes on until both have.
        for server in &servers {
            eventually("a node sends something", NOTICED_MAX, || {
                (n_attempts(server.address) > 0.0).then_some(())
            });
        }
    });
    drain(&api, || servers[0].log());
    let verdict = judge(&servers[1].api(), &inbox, &sent);
    assert_eq!(verdict.findings, Vec::<String>::new(), "{}\n{}", verdict.summary, servers[0].log());
    assert_eq!((verdict.n_uncertain, verdict.n_doubled), (0, 0), "{}", verdict.summary);
    servers.into_iter().for_each(Server::stop);
}

#[test]
fn a_catalog_that_one_node_says_is_published_holds_on_the_other_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create("publish");
    let inbox = Inbox::start(folder.path());
    let start = |node| setup(folder.path(), &inbox, node).with("--database", &database.url).start();
    let servers = [start(0), start(1)];
    let (api, key) = (servers[0].api(), servers[0].api().write_key());
    for revision in 1..=3 {
        let files =
            PORTFOLIO.map(|(path, text)| (path, text.replace("Anniversary", &format!("Year {revision}"))));
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
        api.apply(&files);
        let user = format!("new-{revision}");
        let event = json!({ "type": "track", "messageId": user, "userId": user, "event": "Joined" });
        assert_eq!(send(servers[1].address, &key, &[event]).unwrap().status(), 200);
        let entries = api.why(&user);
        assert_eq!(entries[0]["catalog_revision"], revision, "{entries:?}");
        assert_eq!(api.get(&format!("contacts/{user}"))["runs"][0]["workflow"], "anniversary");
    }
    servers.into_iter().for_each(Server::stop);
}

/// The node that hadn't noticed the publication yet used to answer that there is no such workflow, to a stop, too.
#[test]
fn a_workflow_that_one_node_published_can_be_stopped_on_the_other_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::create("stop");
    let inbox = Inbox::start(folder.path());
    let start = |node| setup(folder.path(), &inbox, node).with("--database", &database.url).start();
    let servers = [start(0), start(1)];
    let (here, there) = (servers[0].api(), servers[1].api());
    for n in 1..=3 {
        let files = PORTFOLIO.map(|(path, text)| {
            let renamed = text.replace("workflow: anniversary", &format!("workflow: year-{n}"));
            (path.replace("anniversary", &format!("year-{n}")), renamed)
        });
        let files: Vec<(&str, &str)> =
            files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        here.apply(&files);
        let stopped = there.post(&format!("workflows/year-{n}/stop"), &json!({ "reason": "at once" }));
        assert_eq!(stopped["workflow"], format!("year-{n}"));
    }
    servers.into_iter().for_each(Server::stop);
}

#[test]
fn a_graceful_stop_under_load_leaves_nothing_uncertain() {
    let folder = tempfile::tempdir().unwrap();
    let inbox = Inbox::start(folder.path());
    let setup = setup(folder.path(), &inbox, 0);
    let mut server = setup.start();
    let api = server.api();
    api.apply(&PORTFOLIO);
    let load = Load::new(vec![server.address], api.write_key());
    let mut last = None;
    let sent = writing(&load, seed(), || {
        for _ in 0..N_STOPS {
            eventually_taken(&load, N_EVENTS / 3);
            load.leaves(0);
            server.stop();
            server = setup.start();
            load.returns(0, server.address);
        }
        last = Some(server);
    });
    let server = last.expect("the last server runs");
    drain(&server.api(), || server.log());
    let verdict = judge(&server.api(), &inbox, &sent);
    assert_eq!(verdict.findings, Vec::<String>::new(), "{}\n{}", verdict.summary, server.log());
    assert_eq!((verdict.n_uncertain, verdict.n_doubled), (0, 0), "{}", verdict.summary);
    server.stop();
}
