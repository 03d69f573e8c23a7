use super::*;
use crate::lane::tests::event;

fn request(n_events: usize) -> Request {
    let (answer, _) = oneshot::channel();
    Request::Events { events: vec![event(); n_events], answer }
}

fn weights(taken: Option<(WorkspaceId, Vec<Request>)>) -> Option<(String, Vec<usize>)> {
    taken.map(|(workspace, requests)| (workspace.to_string(), requests.iter().map(Request::weight).collect()))
}

#[test]
fn a_request_is_never_split_and_a_batch_is_bounded() {
    let (queue, workspace) = (Queue::new(100), WorkspaceId::from("a"));
    for n_events in [3, 3, 9, 1] {
        assert!(queue.push(&workspace, request(n_events)).is_ok());
    }
    assert_eq!(weights(queue.take(None, 6)), Some(("a".to_owned(), vec![3, 3])));
    assert_eq!(weights(queue.take(None, 6)), Some(("a".to_owned(), vec![9])));
    assert_eq!(weights(queue.take(None, 6)), Some(("a".to_owned(), vec![1])));
    assert_eq!((weights(queue.take(None, 6)), queue.len()), (None, 0));
}

#[test]
fn workspaces_take_turns() {
    let queue = Queue::new(100);
    let (a, b) = (WorkspaceId::from("a"), WorkspaceId::from("b"));
    for workspace in [&a, &a, &b, &b] {
        assert!(queue.push(workspace, request(1)).is_ok());
    }
    let mut last = None;
    let mut order = Vec::new();
    while let Some((workspace, _)) = queue.take(last.as_ref(), 1) {
        order.push(workspace.to_string());
        last = Some(workspace);
    }
    assert_eq!(order, ["a", "b", "a", "b"]);
}

#[test]
fn a_full_queue_gives_the_request_back_and_an_empty_one_takes_any() {
    let (queue, workspace) = (Queue::new(5), WorkspaceId::from("a"));
    assert!(queue.push(&workspace, request(9)).is_ok());
    assert!(queue.push(&workspace, request(1)).is_err());
    assert!(queue.push(&WorkspaceId::from("b"), request(1)).is_ok(), "each workspace has room of its own");
}
