//! Work for the processor, away from the threads that wait for the network.

use std::sync::Arc;

use anyhow::Context;

/// Applies `work` to every item, in parallel on at most `threads` threads; the order of the items stays. With 0 it is
/// done there and then, by whoever asks.
pub(crate) async fn compute<T: Send + 'static>(
    mut items: Vec<T>,
    threads: usize,
    work: impl Fn(&mut T) + Send + Sync + 'static,
) -> anyhow::Result<Vec<T>> {
    if threads == 0 {
        items.iter_mut().for_each(work);
        return Ok(items);
    }
    let work = Arc::new(work);
    let share = items.len().div_ceil(threads.max(1)).max(1);
    let mut tasks = Vec::new();
    while !items.is_empty() {
        let mut part = items;
        items = part.split_off(share.min(part.len()));
        let work = Arc::clone(&work);
        tasks.push(tokio::task::spawn_blocking(move || {
            for item in &mut part {
                work(item);
            }
            part
        }));
    }
    let mut done = Vec::new();
    for task in tasks {
        done.extend(task.await.context("a thread that advances contacts ended early")?);
    }
    Ok(done)
}
