//! Whether one sender may carry one message now: breaker, warm-up, its own pace, and that of the recipient's domain.

use std::collections::BTreeMap;

use super::breaker::{Breaker, BreakerRule, BreakerState};
use super::pace::{Pace, PaceRule};
use super::warm_up::{Today, WarmUp};
use crate::time::{Period, Timestamp};

/// What stands for every domain that has no limit of its own.
pub const ANY_DOMAIN: &str = "*";

/// How many domains are kept in mind at most; idle ones go first.
const DOMAINS_MAX: usize = 10_000;

/// How long a message waits that finds all ways to its domain taken.
const TAKEN_PAUSE: Period = Period::from_millis(1_000);

/// The most messages that are asked to be let through ahead of their time, so that the store isn't asked for each.
pub const ROOM_AHEAD_MAX: u32 = 500;

/// What one sender is held to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GateRule {
    /// When it is left alone.
    pub breaker: BreakerRule,
    /// How fast it goes.
    pub pace: Option<PaceRule>,
    /// How it begins.
    pub warm_up: Option<WarmUp>,
    /// How each recipient's domain is treated; [`ANY_DOMAIN`] is for each of the others by itself.
    pub domains: BTreeMap<String, DomainRule>,
}

/// How a recipient's domain is treated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DomainRule {
    /// How fast.
    pub pace: Option<PaceRule>,
    /// How many at the same time.
    pub under_way_max: Option<u32>,
}

/// Why a message doesn't go by this sender now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shut {
    /// Until when, at the earliest.
    pub until: Timestamp,
    /// What holds it.
    pub why: &'static str,
}

/// One sender's gate.
#[derive(Debug, Clone)]
pub struct Gate {
    rule: GateRule,
    breaker: Breaker,
    pace: Pace,
    domains: BTreeMap<String, DomainState>,
    /// The room of the warm-up's day that is this node's and unused.
    room: Option<Room>,
    /// The provider asked for a pause.
    paused_until: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy)]
struct Room {
    today: Today,
    left: u32,
    /// Whether others used the rest.
    is_all: bool,
}

#[derive(Debug, Clone, Default)]
struct DomainState {
    pace: Pace,
    under_way: u32,
}

/// Room that is asked of the store, which counts for all nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoomWanted {
    /// The warm-up's day.
    pub today: Today,
    /// How many messages that day has room for, over all nodes.
    pub limit: u32,
    /// How many are wanted.
    pub n_wanted: u32,
}

impl Gate {
    /// An open one.
    pub fn new(rule: GateRule) -> Self {
        let breaker = Breaker::new(rule.breaker);
        Self {
            rule,
            breaker,
            pace: Pace::default(),
            domains: BTreeMap::new(),
            room: None,
            paused_until: None,
        }
    }

    /// Lets a message through, or says what holds it. One that was let through must be [`Gate::ended`].
    pub fn enter(&mut self, domain: &str, at: Timestamp) -> Result<(), Shut> {
        if let Some(until) = self.paused_until.filter(|until| at < *until) {
            return Err(Shut { until, why: "the provider asked for a pause" });
        }
        self.check_room(at)?;
        let domain_rule = self.domain_rule(domain);
        let kept = self.keep_in_mind(domain, domain_rule, at);
        if let (Some(kept), Some(max)) = (&kept, domain_rule.under_way_max)
            && self.domains.get(kept).is_some_and(|state| state.under_way >= max)
        {
            let until = at + TAKEN_PAUSE;
            return Err(Shut { until, why: "enough are under way to the recipient's domain" });
        }
        if let (Some(kept), Some(rule)) = (&kept, domain_rule.pace)
            && let Some(state) = self.domains.get_mut(kept)
        {
            let why = "the recipient's domain is sent to at a limited rate";
            state.pace.take(rule, at).map_err(|until| Shut { until, why })?;
        }
        let passed = self.own_pace(at);
        if let (Err(_), Some(kept), Some(rule)) = (&passed, &kept, domain_rule.pace)
            && let Some(state) = self.domains.get_mut(kept)
        {
            state.pace.give_back(rule);
        }
        passed?;
        if let Some(room) = &mut self.room {
            room.left = room.left.saturating_sub(1);
        }
        if let Some(state) = kept.and_then(|kept| self.domains.get_mut(&kept)) {
            state.under_way += 1;
        }
        Ok(())
    }

    /// The sender's pace, then its breaker, which must be last: who is let through by it may be the one that tries.
    fn own_pace(&mut self, at: Timestamp) -> Result<(), Shut> {
        if let BreakerState::Open { until } = self.breaker.state()
            && at < until
        {
            return Err(Shut { until, why: OPEN });
        }
        if let Some(rule) = self.rule.pace {
            let why = "the sender's rate is used up";
            self.pace.take(rule, at).map_err(|until| Shut { until, why })?;
        }
        self.breaker.admit(at).map_err(|until| {
            if let Some(rule) = self.rule.pace {
                self.pace.give_back(rule);
            }
            Shut { until, why: OPEN }
        })
    }

    fn check_room(&mut self, at: Timestamp) -> Result<(), Shut> {
        let Some(warm_up) = &self.rule.warm_up else { return Ok(()) };
        let today = warm_up.today(at);
        let Some(limit) = today.limit else {
            self.room = None;
            return Ok(());
        };
        let shut = |until| Err(Shut { until, why: "the sender is warming up, and today's limit is reached" });
        if limit == 0 {
            return shut(today.until);
        }
        match self.room {
            Some(room) if room.today.day == today.day && room.left > 0 => Ok(()),
            Some(room) if room.today.day == today.day && room.is_all => shut(today.until),
            // The store is asked before messages are claimed the next time.
            _ => Err(Shut { until: at + TAKEN_PAUSE, why: "the sender is warming up, and asks for room" }),
        }
    }

    /// The room of today's warm-up that should be asked for now.
    pub fn room_wanted(&self, at: Timestamp) -> Option<RoomWanted> {
        let today = self.rule.warm_up.as_ref()?.today(at);
        let limit = today.limit.filter(|limit| *limit > 0)?;
        // A hundredth at a time: a node that dies takes no more than that with it.
        let n_wanted = (limit / 100).clamp(1, ROOM_AHEAD_MAX);
        match self.room {
            Some(room) if room.today.day == today.day && (room.left > n_wanted / 2 || room.is_all) => None,
            _ => Some(RoomWanted { today, limit, n_wanted }),
        }
    }

    /// What the store gave of it; less than was wanted means that there is no more.
    pub fn room_granted(&mut self, wanted: &RoomWanted, n_granted: u32) {
        let left = match self.room {
            Some(room) if room.today.day == wanted.today.day => room.left,
            _ => 0,
        };
        let is_all = n_granted < wanted.n_wanted;
        self.room = Some(Room { today: wanted.today, left: left + n_granted, is_all });
    }

    /// A message that was let through ended, as far as this sender is concerned.
    pub fn ended(&mut self, domain: &str, how: Ended, at: Timestamp) {
        if let Some(kept) = self.kept_as(domain)
            && let Some(state) = self.domains.get_mut(&kept)
        {
            state.under_way = state.under_way.saturating_sub(1);
        }
        match how {
            Ended::Well => self.breaker.succeeded(),
            Ended::Failed => self.breaker.failed(at),
            Ended::Pause { until } => self.paused_until = self.paused_until.max(Some(until)),
            Ended::Nobody => {}
        }
    }

    /// What people are shown of the breaker.
    pub fn breaker(&self) -> BreakerState {
        self.breaker.state()
    }

    /// Until when the provider asked for a pause.
    pub fn paused_until(&self, at: Timestamp) -> Option<Timestamp> {
        self.paused_until.filter(|until| at < *until)
    }

    /// What holds today, if the sender is warming up.
    pub fn warming_up(&self, at: Timestamp) -> Option<Today> {
        self.rule.warm_up.as_ref().map(|warm_up| warm_up.today(at)).filter(|today| today.limit.is_some())
    }

    fn domain_rule(&self, domain: &str) -> DomainRule {
        let rule = self.rule.domains.get(domain).or_else(|| self.rule.domains.get(ANY_DOMAIN));
        rule.copied().unwrap_or_default()
    }

    fn kept_as(&self, domain: &str) -> Option<String> {
        (self.domain_rule(domain) != DomainRule::default()).then(|| domain.to_owned())
    }

    fn keep_in_mind(&mut self, domain: &str, rule: DomainRule, at: Timestamp) -> Option<String> {
        if rule == DomainRule::default() {
            return None;
        }
        if self.domains.len() >= DOMAINS_MAX && !self.domains.contains_key(domain) {
            self.domains.retain(|_, state| state.under_way > 0 || !state.pace.is_idle(at));
        }
        self.domains.entry(domain.to_owned()).or_default();
        Some(domain.to_owned())
    }
}

/// Why nothing goes by a sender that fails.
const OPEN: &str = "the sender failed too often and is left alone for a while";

/// How an attempt ended, as far as the sender is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It answered as it should, whatever the answer was.
    Well,
    /// It failed by its own fault.
    Failed,
    /// It asked for a pause.
    Pause {
        /// Until then.
        until: Timestamp,
    },
    /// Nobody knows: the attempt was given up here.
    Nobody,
}

#[cfg(test)]
mod tests;
