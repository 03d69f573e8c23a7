//! A broadcast from the schedule to the provider: decided, rendered, handed over. Four ways: the batch endpoint of an HTTP API,
//! SMTP without DKIM, with Ed25519, and with RSA of 2,048 bits, which is compared with what this machine signs at all.
//!
//! The sinks are processes of their own, so that their time isn't counted; they share the processors, so rates are of both.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::{Args, ValueEnum};
use wend_channels::{
    Api, ApiKind, ApiOptions, ApiWords, Carried as Went, Dkim, Email, Mailbox, NewSender, Outcome as Said,
    Provider, Senders, Smtp, SmtpOptions,
};
use wend_domain::id::Channel;
use wend_domain::input::Outcome;
use wend_domain::sending::gate::GateRule;
use wend_domain::source::SourceFile;
use wend_domain::time::{Period, Timestamp};
use wend_engine::{Carried, Clock, Courier, EngineOptions, ManualClock, Parcel, Worker};

use crate::house::{House, real};
use crate::meter::{Meter, Passed, resident_bytes};
use crate::place::{Kind, Place};
use crate::report::Report;
use crate::scale::Scale;
use crate::shop::{identify, small};
use crate::stage::Sampler;

/// When it goes out: every day at noon.
const BROADCAST: &str = "\
workflow: letter
title: Letter
category: service
trigger: { schedule: \"FREQ=DAILY\", starts: 2026-01-01, at: \"12:00\", zone: workspace }
reentry: always
steps:
  - { id: hello, send: { email: hello } }
";
/// How many messages are under way at once: several full batches.
const CONCURRENCY: usize = 2_000;
/// How many connections SMTP has.
const CONNECTIONS: usize = 64;
/// A minute: after so much of it each the schedule and its job are looked at again.
const STEP: Period = Period::from_millis(60_000);
/// A day of minutes, and some.
const STEPS_MAX: usize = 3_000;
/// How long nothing may move before it is given up.
const STILL_FOR_MAX: Duration = Duration::from_mins(1);
/// For how long the machine signs by itself.
const SIGNING_FOR: Duration = Duration::from_secs(2);
/// What part of all messages is signed by RSA: it takes a hundred times as long.
const RSA_PART: u64 = 20;

/// A way to hand messages over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Http,
    Smtp,
    SmtpEd25519,
    SmtpRsa,
}

impl Way {
    const ALL: [Self; 4] = [Self::Http, Self::Smtp, Self::SmtpEd25519, Self::SmtpRsa];

    fn name(self) -> &'static str {
        match self {
            Self::Http => "HTTP, batches of 500",
            Self::Smtp => "SMTP",
            Self::SmtpEd25519 => "SMTP, Ed25519",
            Self::SmtpRsa => "SMTP, RSA-2048",
        }
    }

    fn sink(self) -> SinkKind {
        if self == Self::Http { SinkKind::Http } else { SinkKind::Smtp }
    }
}

/// Hands messages to whichever senders are there now.
struct Switch {
    senders: Mutex<Option<Arc<Senders>>>,
    clock: Arc<dyn Clock>,
    n_accepted: AtomicU64,
}

impl Courier for Switch {
    fn honours_keys(&self, _channel: &Channel) -> bool {
        false
    }

    fn usable(&self, _channel: &Channel) -> bool {
        true
    }

    fn send<'a>(&'a self, _parcel: &'a Parcel) -> Pin<Box<dyn Future<Output = Outcome> + Send + 'a>> {
        Box::pin(std::future::ready(Outcome::Temporary { reply: "messages are carried".to_owned() }))
    }

    fn carry<'a>(&'a self, parcel: &'a Parcel) -> Pin<Box<dyn Future<Output = Carried> + Send + 'a>> {
        let senders = self.senders.lock().unwrap_or_else(PoisonError::into_inner).clone();
        Box::pin(async move {
            let Some(senders) = senders else {
                return Carried::Wait { until: self.clock.now() + STEP, why: "nobody carries".to_owned() };
            };
            let now = || self.clock.now();
            match senders.carry(parcel.message, email(parcel, self.clock.now()), &now).await {
                Went::Wait { until, why } => Carried::Wait { until, why },
                Went::Made { outcome: Said::Accepted { reply, .. }, .. } => {
                    self.n_accepted.fetch_add(1, Ordering::Relaxed);
                    Carried::Made(Outcome::Accepted { reply }, None)
                }
                Went::Made { outcome, .. } => {
                    Carried::Made(Outcome::Permanent { reply: format!("{outcome:?}"), suppress: false }, None)
                }
            }
        })
    }
}

fn email(parcel: &Parcel, at: Timestamp) -> Email {
    let content = &parcel.content;
    Email {
        message_key: parcel.message.to_string(),
        from: Mailbox::bare("shop@example.com"),
        return_path: None,
        to: Mailbox::bare(parcel.address.clone()),
        reply_to: None,
        subject: content.subject.clone().unwrap_or_default(),
        html: content.html.clone(),
        text: content.text.clone(),
        headers: Vec::new(),
        date: at.as_millis().div_euclid(1_000),
    }
}

/// Measures all ways, one day each.
pub fn measure(kind: Kind, scale: &Scale, report: &mut Report) -> anyhow::Result<()> {
    crate::block_on(async {
        let place = Place::new(kind).await?;
        let clock = Arc::new(ManualClock::at(real().now()));
        let switch = Arc::new(Switch {
            senders: Mutex::new(None),
            clock: Arc::clone(&clock) as _,
            n_accepted: AtomicU64::new(0),
        });
        let mut files = small("  - { id: hello, send: { email: hello } }\n");
        files.push(SourceFile { path: "workflows/letter.yaml".to_owned(), text: BROADCAST.to_owned() });
        let options = EngineOptions { outbox_concurrency: CONCURRENCY, ..EngineOptions::default() };
        let courier = Arc::clone(&switch) as Arc<dyn Courier>;
        let house =
            House::carried_by(place.options(), Arc::clone(&clock) as _, files, courier, options).await?;
        let now = house.now();
        house.fill((0..scale.n_contacts).map(|n| identify(n, now))).await?;
        house.engine.store().fold_all().await?;
        for way in Way::ALL {
            one_way(way, kind, &house, &clock, &switch, scale.n_contacts, report).await?;
        }
        house.close().await
    })
}

async fn one_way(
    way: Way,
    kind: Kind,
    house: &House,
    clock: &ManualClock,
    switch: &Switch,
    n_contacts: u64,
    report: &mut Report,
) -> anyhow::Result<()> {
    let bench = format!("sending {kind}");
    let folder = tempfile::tempdir().context("cannot make a folder")?;
    let sink = Sink::start(way.sink())?;
    let senders = Arc::new(senders(way, sink.port, folder.path())?);
    *switch.senders.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&senders));
    let n_before = switch.n_accepted.load(Ordering::Relaxed);
    let n_wanted = if way == Way::SmtpRsa { (n_contacts / RSA_PART).max(1) } else { n_contacts };
    let sampler = Sampler::start()?;
    let memory_before = resident_bytes()?;
    let meter = Meter::start();
    let (mut moved_at, mut n_last, mut n_steps, mut memory) = (Instant::now(), n_before, 0, memory_before);
    loop {
        let n_sent = switch.n_accepted.load(Ordering::Relaxed) - n_before;
        if n_sent >= n_wanted {
            break;
        }
        if n_last != n_sent {
            (n_last, moved_at) = (n_sent, Instant::now());
            memory = memory.max(resident_bytes()?);
        }
        ensure!(moved_at.elapsed() < STILL_FOR_MAX, "{}: only {n_sent} of {n_wanted} were sent", way.name());
        let mut n_done = 0;
        for worker in [Worker::Schedules, Worker::Jobs, Worker::Inbox, Worker::Alarms, Worker::Outbox] {
            n_done += house.engine.tick(worker, house.now()).await?.n_done;
        }
        if n_done == 0 && n_sent == 0 && n_steps < STEPS_MAX {
            n_steps += 1;
            clock.pass(STEP);
        } else if n_done == 0 {
            clock.pass(Period::from_millis(200));
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    let passed = meter.passed();
    note(way, &bench, n_wanted, passed, memory.saturating_sub(memory_before), report);
    sampler.note(&bench, passed, n_wanted, report)?;
    if matches!(way, Way::SmtpRsa | Way::SmtpEd25519) {
        let own = signatures_per_second(way, folder.path())?;
        report.note(&bench, &said(way, "signatures that this machine makes"), own, "/s");
        if way == Way::SmtpRsa {
            report.goal(&bench, &said(way, "of that"), passed.per_second(n_wanted) / own, "times", "0.5");
        }
    }
    senders.close().await;
    *switch.senders.lock().unwrap_or_else(PoisonError::into_inner) = None;
    Ok(())
}

/// What is measured, of one way.
fn said(way: Way, what: &str) -> String {
    format!("{}: {what}", way.name())
}

fn note(way: Way, bench: &str, n_wanted: u64, passed: Passed, n_bytes: u64, report: &mut Report) {
    let goal = match way {
        Way::Http => Some("20,000"),
        Way::Smtp => Some("10,000"),
        Way::SmtpEd25519 | Way::SmtpRsa => None,
    };
    let rate = passed.per_second(n_wanted);
    match goal {
        Some(goal) => report.goal(bench, &said(way, "decided, rendered, handed over"), rate, "/s", goal),
        None => report.note(bench, &said(way, "decided, rendered, handed over"), rate, "/s"),
    }
    report.note(bench, &said(way, "one of them"), passed.cpu_us_each(n_wanted), "us of CPU");
    report.note(bench, &said(way, "memory that it took"), n_bytes as f64 / 1e6, "MB");
}

fn senders(way: Way, port: u16, folder: &std::path::Path) -> anyhow::Result<Senders> {
    let provider: Box<dyn Provider> = match way {
        Way::Http => {
            let words = ApiWords {
                key: "bench".to_owned(),
                endpoint: format!("http://127.0.0.1:{port}"),
                ..ApiWords::default()
            };
            Box::new(Api::new(ApiOptions::new(ApiKind::Postmark, &words)?))
        }
        Way::Smtp | Way::SmtpEd25519 | Way::SmtpRsa => {
            let url = format!("smtp://127.0.0.1:{port}?tls=none&pool={CONNECTIONS}");
            Box::new(Smtp::new(url.parse::<SmtpOptions>()?, dkim(way, folder)?)?)
        }
    };
    let sender = NewSender {
        name: "bench".to_owned(),
        provider,
        tier: 1,
        weight: 1,
        from_domains: Vec::new(),
        rule: GateRule::default(),
    };
    Ok(Senders::new(vec![sender])?)
}

fn dkim(way: Way, folder: &std::path::Path) -> anyhow::Result<Option<Dkim>> {
    let arguments: &[&str] = match way {
        Way::Http | Way::Smtp => return Ok(None),
        Way::SmtpEd25519 => &["genpkey", "-algorithm", "ed25519", "-out", "key.pem"],
        Way::SmtpRsa => {
            &["genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "key.pem"]
        }
    };
    let key = folder.join("key.pem");
    if !key.exists() {
        let made = Command::new("openssl").args(arguments).current_dir(folder).output();
        ensure!(made.context("cannot run openssl")?.status.success(), "openssl made no key");
    }
    Ok(Some(Dkim::from_file("example.com", "s1", &key)?))
}

/// How many messages this machine signs a second if it does nothing else, on all of its processors.
fn signatures_per_second(way: Way, folder: &std::path::Path) -> anyhow::Result<f64> {
    let dkim = dkim(way, folder)?.context("this way signs")?;
    let n_signed = AtomicU64::new(0);
    let n_threads = std::thread::available_parallelism()?.get();
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..n_threads {
            scope.spawn(|| {
                while begun.elapsed() < SIGNING_FOR {
                    if dkim.signature_of_nothing() {
                        n_signed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            });
        }
    });
    Ok(n_signed.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64())
}

/// What a sink speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SinkKind {
    /// Postmark's batch endpoint.
    Http,
    /// SMTP with pipelining.
    Smtp,
}

/// Takes messages until it is killed
#[derive(Debug, Args)]
pub struct Sinking {
    /// What it speaks
    #[arg(long)]
    kind: SinkKind,
}

impl Sinking {
    /// Says its port on a line, then takes everything.
    pub fn run(&self) -> anyhow::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        println!("{}", listener.local_addr()?.port());
        std::io::stdout().flush()?;
        let kind = self.kind;
        for stream in listener.incoming() {
            let stream = stream?;
            stream.set_nodelay(true)?;
            std::thread::spawn(move || match kind {
                SinkKind::Http => take_http(stream),
                SinkKind::Smtp => take_smtp(stream),
            });
        }
        Ok(())
    }
}

struct Sink {
    child: Child,
    port: u16,
}

impl Sink {
    fn start(kind: SinkKind) -> anyhow::Result<Self> {
        let name = if kind == SinkKind::Http { "http" } else { "smtp" };
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["sink", "--kind", name]).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = command.spawn().context("cannot start a sink")?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("it has an output")?).read_line(&mut line)?;
        Ok(Self { child, port: line.trim().parse().context("a sink says its port")? })
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Answers each request with a line for each of its messages; ends with its connection.
fn take_http(stream: TcpStream) -> Option<()> {
    let mut reader = BufReader::with_capacity(1 << 20, stream.try_clone().ok()?);
    let mut writer = stream;
    loop {
        let mut length = 0;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).ok()? == 0 {
                return None;
            }
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().ok()?;
            }
            if line == "\r\n" {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        let is_batch = body.first() == Some(&b'[');
        let n_messages = String::from_utf8_lossy(&body).matches("\"wend_message\"").count();
        let line = r#"{"ErrorCode":0,"Message":"OK","MessageID":"b7bc2f4a-e38e-4336-af7d-e6c392c2f817"}"#;
        let answer =
            if is_batch { format!("[{}]", vec![line; n_messages].join(",")) } else { line.to_owned() };
        let head = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        writer.write_all((head + &answer).as_bytes()).ok()?;
    }
}

/// Answers each command as soon as it has no more to read; ends with its connection.
fn take_smtp(stream: TcpStream) -> Option<()> {
    let mut reader = BufReader::with_capacity(1 << 16, stream.try_clone().ok()?);
    let mut writer = stream;
    writer.write_all(b"220 sink\r\n").ok()?;
    let (mut line, mut answers) = (Vec::new(), Vec::new());
    loop {
        line.clear();
        if reader.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        match line.get(..4).unwrap_or_default() {
            b"EHLO" => answers.extend_from_slice(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"),
            b"DATA" => {
                answers.extend_from_slice(b"354 go on\r\n");
                writer.write_all(&answers).ok()?;
                answers.clear();
                while line != b".\r\n" {
                    line.clear();
                    if reader.read_until(b'\n', &mut line).ok()? == 0 {
                        return None;
                    }
                }
                answers.extend_from_slice(b"250 2.0.0 taken\r\n");
            }
            b"QUIT" => return None,
            _ => answers.extend_from_slice(b"250 2.0.0 ok\r\n"),
        }
        if reader.buffer().is_empty() {
            writer.write_all(&answers).ok()?;
            answers.clear();
        }
    }
}
