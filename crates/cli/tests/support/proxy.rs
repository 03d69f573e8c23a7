//! Faults on the way from a client to the server: a small proxy that answers, cuts or waits as a plan says, one
//! request that carries events after the other, and then passes everything through.

use std::collections::VecDeque;
use std::io::{self, Read as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};

use super::http::{Message, ask, connect};

/// What happens to one request.
pub enum Fault {
    /// It never reaches the server; the client gets this status, perhaps with `Retry-After` in seconds.
    Answer { status: u16, retry_after: Option<u32> },
    /// The server takes it, and the connection is cut before the client hears so.
    CutAnswer,
    /// It is cut before the server hears of it.
    CutRequest,
    /// It is passed on, and whoever listens is told that the server has it now.
    Tell(Sender<()>),
}

/// What a request with events looked like on the wire.
#[derive(Debug, Clone)]
pub struct Seen {
    pub path: String,
    /// How many bytes its body has when it is unpacked.
    pub n_bytes: usize,
    pub is_gzip: bool,
    /// What the client was answered; none if it was cut.
    pub status: Option<u16>,
}

struct Shared {
    upstream: Mutex<SocketAddr>,
    plan: Mutex<VecDeque<Fault>>,
    seen: Mutex<Vec<Seen>>,
    stopped: AtomicBool,
}

/// A running proxy; it takes no more connections when the test ends.
pub struct Proxy {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

impl Proxy {
    pub fn start(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            upstream: Mutex::new(upstream),
            plan: Mutex::default(),
            seen: Mutex::default(),
            stopped: AtomicBool::new(false),
        });
        let served = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if served.stopped.load(Ordering::Acquire) {
                    break;
                }
                let served = Arc::clone(&served);
                std::thread::spawn(move || {
                    // A connection that breaks is the client's to mend.
                    let _ = serve(&served, stream);
                });
            }
        });
        Self { address, shared }
    }

    /// What happens to the next requests; those after them pass.
    pub fn plan(&self, faults: impl IntoIterator<Item = Fault>) {
        *self.shared.plan.lock().unwrap() = faults.into_iter().collect();
    }

    /// The server is elsewhere now.
    pub fn point_at(&self, upstream: SocketAddr) {
        *self.shared.upstream.lock().unwrap() = upstream;
    }

    /// How many planned faults haven't happened yet.
    pub fn n_planned(&self) -> usize {
        self.shared.plan.lock().unwrap().len()
    }

    /// The requests with events so far.
    pub fn seen(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Release);
        // Wakes the listener; it may be gone already.
        let _ = TcpStream::connect(self.address);
    }
}

fn serve(shared: &Shared, mut client: TcpStream) -> io::Result<()> {
    let Some(request) = Message::read(&mut client)? else { return Ok(()) };
    let carries_events = request.first_line.starts_with("POST");
    let fault = if carries_events { shared.plan.lock().unwrap().pop_front() } else { None };
    let answered = answer(shared, &request, fault);
    if carries_events {
        shared.seen.lock().unwrap().push(Seen {
            path: request.path().to_owned(),
            n_bytes: unpacked(&request.body),
            is_gzip: is_gzip(&request.body),
            status: answered.as_ref().map(Message::status),
        });
    }
    match answered {
        Some(answer) => answer.write(&mut client),
        // Dropping the stream is the cut.
        None => Ok(()),
    }
}

fn is_gzip(body: &[u8]) -> bool {
    body.starts_with(&[0x1f, 0x8b])
}

fn unpacked(body: &[u8]) -> usize {
    let mut bytes = Vec::new();
    if is_gzip(body) {
        flate2::read::MultiGzDecoder::new(body).read_to_end(&mut bytes).expect("clients pack properly");
        return bytes.len();
    }
    body.len()
}

/// What the client gets; nothing if it is cut.
fn answer(shared: &Shared, request: &Message, fault: Option<Fault>) -> Option<Message> {
    let upstream = *shared.upstream.lock().unwrap();
    match fault {
        None => ask(upstream, request).ok(),
        Some(Fault::CutRequest) => None,
        Some(Fault::CutAnswer) => {
            // If it didn't arrive either, the client has to send it again all the more.
            let _ = ask(upstream, request);
            None
        }
        Some(Fault::Answer { status, retry_after }) => {
            let first_line = format!("HTTP/1.1 {status} Fault");
            let mut answer = Message { first_line, ..Message::default() };
            if let Some(seconds) = retry_after {
                answer = answer.with("retry-after", seconds.to_string());
            }
            Some(answer.json(&serde_json::json!({ "error": { "code": "fault", "message": "of the test" } })))
        }
        Some(Fault::Tell(sender)) => {
            let reached =
                connect(upstream).and_then(|mut server| request.write(&mut server).map(|()| server));
            let Ok(mut server) = reached else {
                // Nobody is there between a death and a return: the next request is the one to tell of.
                shared.plan.lock().unwrap().push_front(Fault::Tell(sender));
                return None;
            };
            sender.send(()).expect("somebody listens");
            Message::read(&mut server).ok().flatten()
        }
    }
}
