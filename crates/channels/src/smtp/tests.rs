use std::time::Duration;

use super::{IDLE_MAX, UNCHECKED_MAX, Use};

#[test]
fn a_connection_is_trusted_less_the_longer_it_was_idle() {
    let moment = Duration::from_millis(1);
    for (idle_for, dirty, expected) in [
        (Duration::ZERO, false, Use::AtOnce),
        (Duration::ZERO, true, Use::IfAlive),
        (UNCHECKED_MAX.checked_sub(moment).unwrap(), false, Use::AtOnce),
        (UNCHECKED_MAX, false, Use::IfAlive),
        (IDLE_MAX.checked_sub(moment).unwrap(), true, Use::IfAlive),
        (IDLE_MAX, false, Use::Never),
        (IDLE_MAX, true, Use::Never),
    ] {
        assert_eq!(Use::of(idle_for, dirty), expected, "{idle_for:?} {dirty}");
    }
}
