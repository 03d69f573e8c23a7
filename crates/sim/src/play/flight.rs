//! Things under way: each goes on when the dice say so, and can be dropped at any of its yields.

use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use wend_engine::Worker;

use crate::faults::Faults;

/// How often what goes on beside the ticks gets its turn after each step.
const TURNS: usize = 3;

/// What is under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// The start of a node.
    Start(u64),
    /// A worker's tick of one node.
    Tick(u64, Worker),
    /// A client's request.
    Request(usize),
    /// A publication.
    Publish,
    /// A change of a workflow, by its number.
    Change(usize),
}

/// How it ended.
#[derive(Debug)]
pub enum Landed {
    /// A tick, with how much it did.
    Tick(Result<usize, String>),
    /// A request.
    Request(Result<(), String>),
    /// A new revision of the catalog was published.
    Published(u64),
    /// Anything else, with what to say of it.
    Done(Result<String, String>),
}

/// Something under way.
pub struct Flight {
    /// What it is.
    pub doing: Doing,
    /// The node that does it, and whose death is its end.
    pub node: Option<u64>,
    /// The step at which it began.
    pub since: u64,
    future: Pin<Box<dyn Future<Output = Landed>>>,
}

impl Flight {
    /// Something that has not begun.
    pub fn new(doing: Doing, since: u64, future: impl Future<Output = Landed> + 'static) -> Self {
        Self::of(None, doing, since, future)
    }

    /// Something of a node's that has not begun.
    pub fn of(
        node: Option<u64>,
        doing: Doing,
        since: u64,
        future: impl Future<Output = Landed> + 'static,
    ) -> Self {
        Self { doing, node, since, future: Box::pin(future) }
    }

    /// Lets it go on to its next yield.
    pub fn poll(&mut self) -> Option<Landed> {
        match self.future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(landed) => Some(landed),
            Poll::Pending => None,
        }
    }
}

/// Lets a future go on until it is done, or the process has ended.
pub async fn until_it_ends<T>(future: impl Future<Output = T>, faults: &Faults) -> Option<T> {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(done) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return Some(done);
        }
        if faults.has_ended() {
            return None;
        }
        tokio::task::yield_now().await;
    }
}

/// Lets attempts go on, which engines begin beside their ticks.
pub async fn let_others_go_on() {
    for _ in 0..TURNS {
        tokio::task::yield_now().await;
    }
}
