use std::path::Path;
use std::time::Duration;

use wend_engine::{Clock as _, SystemClock};

use super::{DAY_MS, Player, Position};
use crate::command::demo::shop::Shop;

fn shop() -> Shop {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/shop");
    Shop::read(&folder.join(crate::command::demo::shop::FILE)).unwrap()
}

#[test]
fn the_shops_last_day_is_today_and_a_later_start_goes_on_where_it_stopped() {
    let (folder, shop) = (tempfile::tempdir().unwrap(), shop());
    let day = Duration::from_secs(2);
    let mut player = Player::resume(folder.path()).unwrap();
    let first = player.clock(&shop, day).unwrap();
    assert_eq!(first.times_as_fast, 43_200);
    let lasts = SystemClock.now().since(first.shows_first).as_millis();
    let n_days = shop.n_days() as i64;
    assert!((n_days - 1..=n_days + 1).contains(&(lasts / DAY_MS)), "{lasts}");

    player.position.day = 3;
    player.keep().unwrap();
    let later = Player::resume(folder.path()).unwrap().clock(&shop, day).unwrap();
    assert_eq!(later.shows_first.since(first.shows_first).as_millis() / DAY_MS, 3);
}

#[test]
fn a_position_is_read_as_it_was_kept() {
    let position = Position { first_day_at: Some(5), day: 3, sent: 500 };
    let bytes = serde_json::to_vec(&position).unwrap();
    assert_eq!(serde_json::from_slice::<Position>(&bytes).unwrap(), position);
}
