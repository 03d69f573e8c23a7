//! A wire between a node and its database that can be cut, or held so that nothing comes through.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex};

/// How many bytes are passed on at once.
const PIECE_BYTES: usize = 16 * 1024;

#[derive(Default)]
struct State {
    held: bool,
    open: Vec<TcpStream>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    stopped: AtomicBool,
}

impl Shared {
    /// Waits for as long as nothing may come through.
    fn pass(&self) {
        let state = self.state.lock().unwrap();
        drop(self.changed.wait_while(state, |state| state.held).unwrap());
    }
}

/// A wire; it takes no more connections when the test ends.
pub struct Wire {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

impl Wire {
    pub fn to(upstream: SocketAddr) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::<Shared>::default();
        let served = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if served.stopped.load(Ordering::Acquire) {
                    break;
                }
                let served = Arc::clone(&served);
                std::thread::spawn(move || connect(&served, upstream, &stream));
            }
        });
        Self { address, shared }
    }

    /// Cuts all connections; new ones pass.
    pub fn cut(&self) {
        for stream in self.shared.state.lock().unwrap().open.drain(..) {
            // It may have ended by itself.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Nothing comes through until it is let go; nobody is told.
    pub fn hold(&self, held: bool) {
        self.shared.state.lock().unwrap().held = held;
        self.shared.changed.notify_all();
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Release);
        self.hold(false);
        self.cut();
        // Wakes the listener; it may be gone already.
        let _ = TcpStream::connect(self.address);
    }
}

fn connect(shared: &Arc<Shared>, upstream: SocketAddr, client: &TcpStream) {
    shared.pass();
    let Ok(server) = TcpStream::connect(upstream) else {
        // Nobody is there: the client is told so by the end of its connection.
        let _ = client.shutdown(Shutdown::Both);
        return;
    };
    for stream in [client, &server] {
        // A wire that waits to gather bytes only slows the test down.
        let _ = stream.set_nodelay(true);
    }
    let (Ok(from), Ok(to)) = (client.try_clone(), server.try_clone()) else { return };
    {
        let mut state = shared.state.lock().unwrap();
        state.open.extend([client.try_clone(), server.try_clone()].into_iter().flatten());
    }
    let other_way = Arc::clone(shared);
    let back = std::thread::spawn(move || pump(&other_way, to, from));
    pump(shared, client.try_clone().unwrap(), server);
    // The other direction has ended, too, whatever became of it.
    let _ = back.join();
}

fn pump(shared: &Shared, mut from: TcpStream, mut to: TcpStream) {
    let mut piece = [0; PIECE_BYTES];
    loop {
        let n_read = from.read(&mut piece).unwrap_or(0);
        shared.pass();
        if n_read == 0 || to.write_all(&piece[..n_read]).is_err() {
            break;
        }
    }
    for stream in [from, to] {
        // It may have ended by itself.
        let _ = stream.shutdown(Shutdown::Both);
    }
}
