//! The database's misfortunes: the gate through which each piece of its work goes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use wend_store::{Fate, Gate, Piece};

use crate::dice::Dice;

/// How often something goes wrong, of 1,000 pieces of work.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rates {
    /// The process ends before the piece is done.
    pub end_before: u64,
    /// The process ends when the piece is done and nobody knows.
    pub end_after: u64,
    /// The database is away.
    pub refused: u64,
    /// The answer is lost.
    pub answer_lost: u64,
}

/// The gate of all processes of one installation.
#[derive(Clone)]
pub struct Faults(Arc<Mutex<State>>);

struct State {
    dice: Dice,
    rates: Rates,
    is_disk_full: bool,
    has_ended: bool,
    pieces: u64,
    said: Vec<String>,
}

impl Faults {
    /// A gate that lets everything pass.
    pub fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(State {
            dice: Dice::new(seed, "faults"),
            rates: Rates::default(),
            is_disk_full: false,
            has_ended: false,
            pieces: 0,
            said: Vec::new(),
        })))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on things go wrong this often.
    pub fn set(&self, rates: Rates) {
        self.state().rates = rates;
    }

    /// From now on the disk is full, or isn't any more.
    pub fn fill_disk(&self, is_full: bool) {
        self.state().is_disk_full = is_full;
    }

    /// Whether the disk is full.
    pub fn is_disk_full(&self) -> bool {
        self.state().is_disk_full
    }

    /// Whether the process has ended: nothing answers any more until [`Faults::revive`].
    pub fn has_ended(&self) -> bool {
        self.state().has_ended
    }

    /// A new process begins.
    pub fn revive(&self) {
        self.state().has_ended = false;
    }

    /// How many pieces of work there were, and what went wrong since the last time this was asked.
    pub fn said(&self) -> (u64, Vec<String>) {
        let mut state = self.state();
        (state.pieces, std::mem::take(&mut state.said))
    }
}

impl Gate for Faults {
    fn fate(&self, piece: Piece) -> Fate {
        let mut state = self.state();
        state.pieces += 1;
        if state.has_ended {
            return Fate::NeverBegun;
        }
        let (rates, throw) = (state.rates, state.dice.below(1_000));
        let mut bound = 0;
        let mut falls = |rate: u64| {
            bound += rate;
            throw < bound
        };
        let fate = if falls(rates.end_before) {
            Fate::NeverBegun
        } else if falls(rates.end_after) {
            Fate::NeverAnswered
        } else if falls(rates.refused) {
            Fate::Refused
        } else if falls(rates.answer_lost) {
            Fate::AnswerLost
        } else if state.is_disk_full && piece == Piece::Write {
            Fate::DiskFull
        } else {
            Fate::Done
        };
        if matches!(fate, Fate::NeverBegun | Fate::NeverAnswered) {
            state.has_ended = true;
        }
        if fate != Fate::Done {
            let line = format!("  database: {piece:?} {} is {fate:?}", state.pieces);
            state.said.push(line);
        }
        fate
    }
}
