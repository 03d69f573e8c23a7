use super::*;

#[tokio::test]
async fn a_panic_in_a_tick_is_an_error_and_not_the_end() {
    let panics = async {
        tokio::task::yield_now().await;
        panic!("the row makes no sense")
    };
    let result: Result<(), String> = guarded(panics).await;
    assert_eq!(result, Err("panic: the row makes no sense".to_owned()));
    assert_eq!(guarded(async { 7 }).await, Ok(7));
}

#[tokio::test]
async fn a_ring_while_nobody_listens_is_kept_and_only_for_whom_it_was() {
    let wakers = Wakers::default();
    wakers.wake(Worker::Outbox);
    wakers.bell(Worker::Outbox).notified().await;
    let other = wakers.bell(Worker::Inbox);
    tokio::select! {
        biased;
        () = other.notified() => panic!("nobody rang for the inbox"),
        () = tokio::task::yield_now() => {}
    }
}

#[tokio::test]
async fn work_in_parallel_keeps_the_order_of_the_items() {
    let doubled = compute::compute((0..101).collect(), 4, |n: &mut i32| *n *= 2).await.unwrap();
    assert_eq!(doubled, (0..101).map(|n| n * 2).collect::<Vec<_>>());
    assert_eq!(compute::compute(Vec::<i32>::new(), 4, |_| {}).await.unwrap(), Vec::<i32>::new());
}
