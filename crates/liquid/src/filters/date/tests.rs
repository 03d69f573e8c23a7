use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::json;

use crate::{RenderOptions, Template};

fn formatted(time: &str, format: &str) -> String {
    let mut options = RenderOptions::new("2026-03-14T12:00:00Z".parse::<Timestamp>().unwrap());
    options.time_zone = TimeZone::get("Europe/Berlin").unwrap();
    let template = Template::parse("{{ time | date: format }}").unwrap();
    template.render(&json!({"time": time, "format": format}), &options).unwrap()
}

#[test]
fn times_are_read_as_people_and_machines_write_them() {
    let times = [
        "2016-03-14T17:30:15Z",
        "2016-03-14 17:30:15 +0000",
        "2016-03-14T19:30:15.250+02:00",
        "Mon, 14 Mar 2016 17:30:15 GMT",
        "March 14, 2016 5:30:15 pm UTC",
        "14 March 2016 17:30:15 UTC",
        "14.3.2016 17:30:15 Z",
        "14/03/2016 17:30:15 Z",
        "2016/03/14 17:30:15 Z",
        "Mar 14th 2016, 05:30:15 PM UTC",
    ];
    for time in times {
        assert_eq!(formatted(time, "%s"), "1457976615", "{time}");
    }
}

#[test]
fn a_time_without_a_zone_is_in_the_zone_of_the_rendering() {
    assert_eq!(formatted("2016-07-01 10:00", "%H:%M %z %Z"), "10:00 +0200 CEST");
    assert_eq!(formatted("1467360000", "%H:%M %:z"), "10:00 +02:00");
    assert_eq!(formatted("now", "%F %T"), "2026-03-14 13:00:00");
}

#[test]
fn what_is_no_time_is_given_back_unchanged() {
    for text in
        ["", "soon", "2016-13-45", "99:99", "14 Foo 2016", "-", "+02:00", "12345678901234567890", "25 pm"]
    {
        assert_eq!(formatted(text, "%Y"), text);
    }
}

#[test]
fn every_directive_is_known() {
    let time = "2024-02-09T03:04:05.123456Z";
    let format =
        "%Y %C %y %m %B %b %h %d %e %j %H %k %I %l %M %S %L %N %3N %z %:z %p %P %A %a %u %w %G %V %U %W %%";
    insta::assert_snapshot!(formatted(time, format), @"2024 20 24 02 February Feb Feb 09  9 040 03  3 03  3 04 05 123 123456000 123 +0000 +00:00 AM am Friday Fri 5 5 2024 06 05 06 %");
    insta::assert_snapshot!(formatted(time, "%-d %_d %^B %^a %#p %5Y %c | %D | %F | %T | %R | %r | %v | %Q %"), @"9  9 FEBRUARY FRI am 02024 Fri Feb  9 03:04:05 2024 | 02/09/24 | 2024-02-09 | 03:04:05 | 03:04 | 03:04:05 AM |  9-FEB-2024 | %Q %");
}
