//! Who is meant: counted, sampled, found and built, on both databases.

use std::collections::BTreeSet;

use super::*;
use crate::audience::{Search, SearchPlace};
use crate::jobs::work::{JobWork, Selection};

/// How many contacts there are; more than a small page of any kind.
const CONTACTS: u32 = 60;

fn segment(rule: &str) -> Vec<SourceFile> {
    let mut files = files("- { id: hello, send: { email: hello } }");
    files.push(file("segments/meant.yaml", &format!("segment: meant\nwhere: {rule}\n")));
    files
}

/// A world of contacts of which number n ordered n % 4 times.
async fn filled(place: Place) -> World {
    let world = World::in_place(place, EngineOptions::default()).await;
    let mut events = Vec::new();
    for n in 0..CONTACTS {
        let user = format!("u{n:02}");
        let mut known = event(&user, "Seen", json!({}), world.now());
        known.traits.insert("name".to_owned(), json!(format!("Name{n:02} Common")));
        events.push(known);
        for order in 0..n % 4 {
            let mut ordered = event(&user, "Ordered", json!({ "total": n }), world.now());
            ordered.message_id = format!("{user}-{order}");
            events.push(ordered);
        }
    }
    world.ingest(events).await;
    world
}

async fn all(world: &World, typed: Option<&str>, select: &Selection, limit: usize) -> Vec<String> {
    let mut search = Search { typed: typed.map(str::to_owned), select: select.clone(), after: None, limit };
    let mut found = Vec::new();
    loop {
        let page = world.engine.search(&world.workspace, &search).await.unwrap();
        assert!(page.found.len() <= limit);
        found.extend(page.found.into_iter().filter_map(|found| found.contact.user_id));
        match page.next {
            Some(next) => search.after = Some(next),
            None => return found,
        }
    }
}

#[tokio::test]
async fn s9_5_what_is_asked_of_everybody_is_the_same_before_while_and_after_a_segment_is_built() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let world = filled(place).await;
        let rule = json!({ "event": "Ordered", "where": { "total": { "gte": 10 } }, "count": { "gte": 2 } });
        let expected: BTreeSet<String> =
            (10..CONTACTS).filter(|n| n % 4 >= 2).map(|n| format!("u{n:02}")).collect();
        let asked = async |select: Selection, id: &str| {
            let sample =
                world.engine.sample(&world.workspace, std::slice::from_ref(&select), 7).await.unwrap();
            assert_eq!((sample.counted.asked, sample.contacts), (u64::from(CONTACTS), u64::from(CONTACTS)));
            let work = JobWork::Count { of: vec![select.clone()] };
            world.engine.begin_job(&world.workspace, id.to_owned(), &work, None, None, "ada").await.unwrap();
            // Whatever else contacts are told by jobs isn't: only who counts goes on.
            let job = || async { world.engine.store().job(&world.workspace, id).await.unwrap().unwrap() };
            for _ in 0..TICKS_MAX {
                if job().await.finished {
                    break;
                }
                world.tick(Worker::Jobs).await;
            }
            let result: crate::audience::Counted =
                serde_json::from_str(&job().await.result_json.unwrap()).unwrap();
            assert_eq!(result, sample.counted);
            let found = all(&world, None, &select, 7).await;
            assert_eq!(found.len() as u64, result.with_all(1));
            found.into_iter().collect::<BTreeSet<String>>()
        };
        assert_eq!(asked(Selection::Where(rule.clone()), "before").await, expected);
        world.apply(&segment(&rule.to_string())).await;
        let meant = SegmentName::from("meant");
        let built = async || {
            let built = world.engine.built(&world.workspace).await.unwrap();
            !built.is_building(&world.engine.catalog(&world.workspace), &meant)
        };
        assert!(!built().await);
        let named = Selection::Where(json!({ "not": { "not": { "segment": "meant" } } }));
        assert_eq!(asked(named.clone(), "while").await, expected);
        world.settle_jobs().await;
        assert!(built().await);
        assert_eq!(asked(named, "after").await, expected);
        assert_eq!(asked(Selection::Segment(meant.clone()), "members").await, expected);
        let counters = world.engine.store().counters(&world.workspace).await.unwrap();
        assert_eq!(counters["segment:meant"], i64::try_from(expected.len()).unwrap());
    }
}

#[tokio::test]
async fn pages_of_a_search_stay_in_order_while_others_come_and_go() {
    for place in [Place::sqlite(), Place::postgres().await] {
        let world = filled(place).await;
        let everybody = all(&world, Some("common"), &Selection::All, 1_000).await;
        assert_eq!(everybody.len(), CONTACTS as usize);
        for limit in [1, 7, 59, 60, 61] {
            assert_eq!(all(&world, Some("COMMON"), &Selection::All, limit).await, everybody, "{limit}");
        }
        assert_eq!(all(&world, Some("name0"), &Selection::All, 3).await.len(), 10);
        let mut search =
            Search { typed: Some("common".to_owned()), select: Selection::All, after: None, limit: 20 };
        let first = world.engine.search(&world.workspace, &search).await.unwrap();
        assert!(matches!(first.next, Some(SearchPlace::Term(_))));
        let mut events = Vec::new();
        for user in ["u00", "u59", "new1", "new2"] {
            let mut renamed = event(user, "Seen", json!({}), world.now());
            renamed.message_id = format!("again-{user}");
            renamed.traits.insert("name".to_owned(), json!("Somebody Else"));
            events.push(renamed);
        }
        world.ingest(events).await;
        search.after = first.next;
        search.limit = 1_000;
        let rest = world.engine.search(&world.workspace, &search).await.unwrap();
        let shown: Vec<String> = first
            .found
            .into_iter()
            .chain(rest.found)
            .filter_map(|found| found.contact.user_id)
            .filter(|user| user != "u00" && user != "u59")
            .collect();
        let stayed: Vec<String> =
            everybody.into_iter().filter(|user| user != "u00" && user != "u59").collect();
        assert_eq!(shown, stayed);
    }
}
