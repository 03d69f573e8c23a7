//! Room for senders that are warming up: the store counts it for all nodes, a piece at a time.

use wend_domain::time::Timestamp;

use crate::shared::Shared;

/// Asks the store for the room that senders want.
pub(super) async fn ask(shared: &Shared, at: Timestamp) -> anyhow::Result<()> {
    for (sender, wanted) in shared.courier.room_wanted(at) {
        let day = wanted.today.day.to_string();
        let n_granted = shared.store.sender_room(&sender, &day, wanted.n_wanted, wanted.limit).await?;
        shared.courier.room_granted(&sender, &wanted, n_granted);
    }
    Ok(())
}
