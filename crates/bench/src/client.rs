//! Who sends events: a process of its own, so that its processor time isn't the server's.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use clap::Args;
use serde_json::json;
use wend_domain::time::Timestamp;

use crate::house::{KEY, real};
use crate::shop::{Spread, Traffic, sign_up, wire};

/// How often a request is sent again that the server has no room for.
const TRIES_MAX: u32 = 1_000;

/// How long to wait before that.
const RETRY_AFTER: Duration = Duration::from_millis(5);

/// What to send.
#[derive(Debug, Args)]
pub struct Orders {
    /// Where
    #[arg(long)]
    address: String,
    /// Over how many connections
    #[arg(long, default_value_t = 16)]
    connections: u64,
    /// How many events in all
    #[arg(long)]
    events: u64,
    /// How many of them in one request
    #[arg(long, default_value_t = 100)]
    per_request: u64,
    /// How many contacts there are
    #[arg(long)]
    contacts: u64,
    /// How activity is spread over them; without it each signs up
    #[arg(long)]
    spread: Option<Spread>,
    /// Which traffic
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Events a second, whether or not the server keeps up; as fast as it takes them if it isn't said
    #[arg(long)]
    pace: Option<f64>,
}

impl Orders {
    /// Sends, and prints what came of it as JSON.
    pub fn run(&self) -> anyhow::Result<()> {
        let begun = Instant::now();
        let share = self.events.div_ceil(self.connections);
        let mut latencies_us: Vec<u64> = Vec::new();
        let mut n_bytes = 0;
        let mut n_retries = 0;
        std::thread::scope(|scope| -> anyhow::Result<()> {
            let threads: Vec<_> = (0..self.connections)
                .map(|n| scope.spawn(move || Sender::new(self, n)?.run(share, begun)))
                .collect();
            for thread in threads {
                let sent = thread.join().map_err(|_| anyhow::anyhow!("a connection's thread panicked"))??;
                latencies_us.extend(sent.latencies_us);
                n_bytes += sent.n_bytes;
                n_retries += sent.n_retries;
            }
            Ok(())
        })?;
        latencies_us.sort_unstable();
        let at = |share: f64| latencies_us.get((latencies_us.len() as f64 * share) as usize).copied();
        let said = json!({
            "events": share * self.connections, "wall_s": begun.elapsed().as_secs_f64(), "bytes": n_bytes,
            "retries": n_retries, "p50_us": at(0.5), "p99_us": at(0.99), "p999_us": at(0.999),
        });
        std::io::stdout().write_all(said.to_string().as_bytes()).context("cannot say what was done")
    }
}

#[derive(Default)]
struct Sent {
    latencies_us: Vec<u64>,
    n_bytes: u64,
    n_retries: u64,
}

struct Sender<'a> {
    orders: &'a Orders,
    number: u64,
    stream: BufReader<TcpStream>,
    traffic: Traffic,
}

impl<'a> Sender<'a> {
    fn new(orders: &'a Orders, number: u64) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(&orders.address).context("cannot reach the server")?;
        stream.set_nodelay(true)?;
        let seed = orders.seed * 1_000 + number;
        let traffic = Traffic::new(seed, orders.contacts, orders.spread.unwrap_or(Spread::Uniform));
        Ok(Self { orders, number, stream: BufReader::new(stream), traffic })
    }

    fn run(&mut self, n_events: u64, begun: Instant) -> anyhow::Result<Sent> {
        let mut sent = Sent::default();
        let clock = real();
        let mut n = 0;
        while n < n_events {
            let n_here = self.orders.per_request.min(n_events - n);
            let due = self.orders.pace.map(|pace| {
                // All connections together keep the pace, each a little after the one before.
                let place = n * self.orders.connections + self.number * n_here;
                begun + Duration::from_secs_f64(place as f64 / pace)
            });
            if let Some(due) = due {
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
            }
            let body = self.body(n, n_here, clock.now());
            let from = due.unwrap_or_else(Instant::now);
            sent.n_retries += self.send(body.as_bytes())?;
            sent.latencies_us.push(u64::try_from(from.elapsed().as_micros())?);
            sent.n_bytes += body.len() as u64;
            n += n_here;
        }
        Ok(sent)
    }

    fn body(&mut self, first: u64, n: u64, at: Timestamp) -> String {
        let mut body = String::from("{\"batch\":[");
        for i in 0..n {
            if i > 0 {
                body.push(',');
            }
            let event = match self.orders.spread {
                Some(_) => self.traffic.event(at),
                None => sign_up((first + i) * self.orders.connections + self.number, at),
            };
            body.push_str(&wire(&event).to_string());
        }
        body.push_str("]}");
        body
    }

    /// Sends until it is taken; how often that took longer.
    fn send(&mut self, body: &[u8]) -> anyhow::Result<u64> {
        for tries in 0..TRIES_MAX {
            let head = format!(
                "POST /v1/batch HTTP/1.1\r\nhost: bench\r\nauthorization: Bearer {KEY}\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n",
                body.len()
            );
            self.stream.get_mut().write_all(&[head.as_bytes(), body].concat())?;
            let (status, answer) = self.answer()?;
            if status == 200 {
                return Ok(u64::from(tries));
            }
            ensure!(matches!(status, 429 | 503), "the server answers {status}: {answer}");
            std::thread::sleep(RETRY_AFTER);
        }
        anyhow::bail!("the server has had no room {TRIES_MAX} times")
    }

    fn answer(&mut self) -> anyhow::Result<(u16, String)> {
        let mut line = String::new();
        self.stream.read_line(&mut line)?;
        let status = line.split(' ').nth(1).and_then(|text| text.parse().ok()).context("no status")?;
        let mut length = 0;
        loop {
            line.clear();
            self.stream.read_line(&mut line)?;
            let header = line.trim().to_ascii_lowercase();
            if header.is_empty() {
                break;
            }
            if let Some(value) = header.strip_prefix("content-length:") {
                length = value.trim().parse()?;
            }
        }
        let mut answer = vec![0; length];
        self.stream.read_exact(&mut answer)?;
        Ok((status, String::from_utf8_lossy(&answer).into_owned()))
    }
}
