//! A mail server that takes most mails, and is bad at times: it refuses for now or for good, and hangs up at the worst
//! moments. It remembers all that it took, with the instant, whatever it told the sender.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::chance::Chance;
use super::wait::eventually_later;

/// How many of a hundred mails are answered badly.
const BAD_PERCENT: u64 = 12;
/// The longest that it takes a mail server to make up its mind.
const SLOW_MS_MAX: u64 = 60;
/// The longest line.
const LINE_BYTES_MAX: usize = 64 * 1024;

/// What it was brought, took and refused, by message.
#[derive(Debug, Clone, Default)]
pub struct Taken {
    /// When each mail was brought, whatever it was answered.
    pub tries: BTreeMap<String, Vec<Instant>>,
    /// How often each mail was taken.
    pub times: BTreeMap<String, usize>,
    /// What was refused for good.
    pub refused: BTreeSet<String>,
}

/// A running mail server; it takes no more connections when the test ends.
pub struct Sink {
    /// Where it is, as a setting of `wend serve`.
    pub smtp: String,
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    taken: Mutex<Taken>,
    chance: Mutex<Chance>,
    stopped: AtomicBool,
    is_bad: AtomicBool,
}

/// What happens to one mail.
#[derive(Clone, Copy, PartialEq)]
enum Answer {
    Takes,
    RefusesForNow,
    RefusesForGood,
    /// It has taken it, and the sender doesn't hear so.
    TakesAndHangsUp,
    HangsUp,
}

impl Sink {
    pub fn start(seed: u64) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::new(Shared {
            taken: Mutex::default(),
            chance: Mutex::new(Chance::new(seed)),
            stopped: AtomicBool::new(false),
            is_bad: AtomicBool::new(true),
        });
        let served = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if served.stopped.load(Ordering::Acquire) {
                    break;
                }
                let served = Arc::clone(&served);
                // A sender that hangs up is its own affair.
                std::thread::spawn(move || drop(serve(&served, &stream)));
            }
        });
        Self { smtp: format!("smtp://127.0.0.1:{port}?tls=none"), port, shared }
    }

    /// From now on it takes every mail.
    pub fn be_good(&self) {
        self.shared.is_bad.store(false, Ordering::Release);
    }

    pub fn taken(&self) -> Taken {
        self.shared.taken.lock().unwrap().clone()
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Release);
        // Wakes the listener; it may be gone already.
        let _ = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port));
    }
}

impl Shared {
    fn answer(&self) -> Answer {
        let mut chance = self.chance.lock().unwrap();
        let pause = chance.below(SLOW_MS_MAX);
        let is_bad = self.is_bad.load(Ordering::Acquire) && chance.percent(BAD_PERCENT);
        let bad = [
            Answer::RefusesForNow,
            Answer::RefusesForNow,
            Answer::RefusesForGood,
            Answer::TakesAndHangsUp,
            Answer::HangsUp,
        ];
        let answer = if is_bad { bad[chance.below(bad.len() as u64) as usize] } else { Answer::Takes };
        drop(chance);
        eventually_later(Duration::from_millis(pause));
        answer
    }
}

fn serve(shared: &Shared, stream: &TcpStream) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut writer = stream.try_clone()?;
    let mut say = move |line: &str| writer.write_all(format!("{line}\r\n").as_bytes());
    say("220 sink.example ESMTP")?;
    loop {
        let line = line(&mut reader)?;
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        match verb.as_str() {
            "EHLO" | "HELO" => say("250 sink.example")?,
            "DATA" => {
                say("354 go on")?;
                let key = mail(&mut reader)?;
                let tried_at = Instant::now();
                let answer = shared.answer();
                let mut taken = shared.taken.lock().unwrap();
                taken.tries.entry(key.clone()).or_default().push(tried_at);
                if matches!(answer, Answer::Takes | Answer::TakesAndHangsUp) {
                    *taken.times.entry(key.clone()).or_default() += 1;
                }
                if answer == Answer::RefusesForGood {
                    taken.refused.insert(key);
                }
                drop(taken);
                match answer {
                    Answer::Takes => say("250 2.0.0 taken")?,
                    Answer::RefusesForNow => say("451 4.3.0 try again later")?,
                    Answer::RefusesForGood => say("554 5.6.0 not this one")?,
                    Answer::TakesAndHangsUp | Answer::HangsUp => {
                        return stream.shutdown(std::net::Shutdown::Both);
                    }
                }
            }
            "QUIT" => return say("221 2.0.0 bye"),
            _ => say("250 2.0.0 fine")?,
        }
    }
}

/// Reads a mail to its final dot and gives the key that it carries.
fn mail(reader: &mut impl io::BufRead) -> io::Result<String> {
    let (mut key, mut is_head) = (None, true);
    loop {
        let line = line(reader)?;
        match line.as_str() {
            "." => return Ok(key.expect("every mail carries the key of its message")),
            "" => is_head = false,
            line if is_head => {
                key = key.or_else(|| line.strip_prefix("X-Wend-Message: ").map(|key| key.trim().to_owned()));
            }
            _ => {}
        }
    }
}

fn line(reader: &mut impl io::BufRead) -> io::Result<String> {
    let mut line = Vec::new();
    let n_read = io::Read::take(reader, LINE_BYTES_MAX as u64).read_until(b'\n', &mut line)?;
    if n_read == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned())
}
