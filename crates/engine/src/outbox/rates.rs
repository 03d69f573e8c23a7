//! How many messages of each workspace may be claimed now.

use wend_domain::policy::Rate;
use wend_domain::time::Timestamp;
use wend_store::RateRoom;

use crate::catalogs::{Catalogs, Loaded};

/// The rates of all workspaces at an instant.
pub(super) fn rooms(catalogs: &Catalogs, at: Timestamp) -> Vec<RateRoom> {
    catalogs.all().iter().flat_map(|loaded| of_workspace(loaded, at)).collect()
}

fn of_workspace(loaded: &Loaded, at: Timestamp) -> Vec<RateRoom> {
    let mut rooms: Vec<RateRoom> = Vec::new();
    for rate in &loaded.catalog.policies.rates {
        let (since, until) = rate.window(at);
        let room = RateRoom {
            workspace: loaded.catalog.workspace.clone(),
            rate: key(rate),
            channels: rate.channels.clone(),
            max: rate.max,
            since,
            until,
        };
        // The same rate said twice counts once.
        if rooms.iter().all(|other| other.rate != room.rate) {
            rooms.push(room);
        }
    }
    rooms
}

/// What tells a rate from others: channels and length. Another number of messages is the same rate, so that who raises
/// it doesn't begin its window anew.
fn key(rate: &Rate) -> String {
    let channels: Vec<&str> = rate.channels.iter().map(wend_domain::id::Channel::as_str).collect();
    format!("{}/{}", channels.join("+"), rate.per.as_millis())
}
