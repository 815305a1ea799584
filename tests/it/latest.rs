//! How late it is at least: clocks that run ahead, fall back, and are confirmed by a person.

use crate::record_support::{at, code, skewed};
use diemdanh::bits::stamp::Stamp;
use diemdanh::record::latest::{LatestTimes, Now};
use diemdanh::record::{AttendanceEvent, ENTRY_VERSION, Entry};
use jiff::Timestamp;
use proptest::prelude::*;

const YEAR_MS: i64 = 365 * 86_400_000;
const DAY: i64 = 86_400;

fn entry(boot: &str, stamp: Stamp) -> Entry {
    let event = AttendanceEvent::DeviceEvent { device: code("reader"), event: code("lost") };
    Entry { v: ENTRY_VERSION, seq: 1, t: stamp.wall, bt: stamp.boot_ms, boot: boot.to_owned(), op: code("op"), event }
}

fn confirmed(boot: &str, stamp: Stamp, later: Timestamp) -> Entry {
    Entry { event: AttendanceEvent::ClockConfirmed { later }, ..entry(boot, stamp) }
}

fn told(entries: &[Entry]) -> LatestTimes {
    let mut times = LatestTimes::default();
    entries.iter().for_each(|entry| times.entry(entry, None));
    times
}

fn wall(seconds: i64) -> Timestamp {
    at(seconds).wall
}

#[test]
fn clock_that_ran_ahead_for_a_moment_and_came_back_counts_for_nothing() {
    let times = told(&[entry("a", at(0)), entry("a", skewed(10, 10 * YEAR_MS)), entry("a", at(20))]);
    assert_eq!(times.now(at(30), "later"), Now { credible: wall(30), disputed: None });
    // It came back only now, and no entry says so yet.
    let ahead = told(&[entry("a", at(0)), entry("a", skewed(10, 10 * YEAR_MS))]);
    assert_eq!(ahead.now(at(20), "a").disputed, None);
    assert_eq!(ahead.now(at(20), "b").disputed, Some(skewed(10, 10 * YEAR_MS).wall), "after another boot nobody knows");
    // Twenty jumps are no other thing.
    let jumps: Vec<Entry> = (0..40).map(|step| entry("a", skewed(step, (step % 2) * 10 * YEAR_MS))).collect();
    assert_eq!(told(&jumps[..39]).now(at(60), "later").disputed, None);
}

#[test]
fn clock_that_was_put_back_is_disputed_by_what_the_log_says() {
    let late = told(&[entry("a", at(0)), entry("a", at(10 * DAY))]);
    assert_eq!(late.now(at(DAY), "later"), Now { credible: wall(DAY), disputed: Some(wall(10 * DAY)) });
    // Within one boot the boot clock goes on, wherever the wall clock is put.
    let put_back = told(&[entry("a", at(0)), entry("a", skewed(10 * DAY, -9 * DAY * 1000))]);
    assert_eq!(put_back.now(at(DAY), "later").disputed, Some(wall(10 * DAY)));
    // Put ahead first, and further back then.
    let twice =
        told(&[entry("a", at(0)), entry("a", skewed(DAY, 86_400_000)), entry("a", skewed(2 * DAY, -86_400_000))]);
    assert_eq!(twice.now(at(DAY), "later").disputed, Some(wall(2 * DAY)));
}

#[test]
fn boot_that_was_ahead_from_its_first_entry_is_disputed_until_a_person_confirms_the_clock() {
    let ahead = [entry("a", skewed(0, 10 * YEAR_MS)), entry("a", skewed(60, 10 * YEAR_MS))];
    let later = ahead[1].t;
    assert_eq!(told(&ahead).now(at(DAY), "later"), Now { credible: wall(DAY), disputed: Some(later) });
    let settled = [ahead.as_slice(), &[confirmed("b", at(DAY), later), entry("b", at(2 * DAY))]].concat();
    assert_eq!(told(&settled).now(at(3 * DAY), "later"), Now { credible: wall(3 * DAY), disputed: None });
    // The confirmed clock is a bound again.
    assert_eq!(told(&settled).now(at(DAY), "later").disputed, Some(wall(2 * DAY)));
    // In one boot, too: the clock that was confirmed goes on, and the line of before with it.
    let later = told(&ahead).now(at(120), "a").disputed.unwrap();
    let one_boot = [ahead.as_slice(), &[entry("a", at(125)), confirmed("a", at(126), later)]].concat();
    assert_eq!(told(&one_boot).now(at(9_000), "a").disputed, None);
    // The same wrong time in the log of another session is settled with it, whichever is read first.
    for order in [[0, 1], [1, 0]] {
        let logs = [&ahead[..], &settled[..]];
        let mut times = LatestTimes::default();
        for index in order {
            times.begin_log();
            logs[index].iter().for_each(|entry| times.entry(entry, None));
        }
        assert_eq!(times.now(at(3 * DAY), "later").disputed, None);
    }
}

#[test]
fn time_that_somebody_outside_signed_is_beyond_dispute() {
    let mut times = LatestTimes::default();
    times.entry(&entry("a", at(0)), Some(wall(10 * DAY)));
    assert_eq!(times.now(at(DAY), "later"), Now { credible: wall(10 * DAY), disputed: None });
    times.entry(&confirmed("a", at(10), wall(20 * DAY)), None);
    assert_eq!(times.now(at(DAY), "later").credible, wall(10 * DAY), "no person takes that back");
}

#[test]
fn clock_that_is_set_right_upwards_after_a_dead_battery_counts() {
    let battery = [entry("a", skewed(0, -50 * YEAR_MS)), entry("a", at(60)), entry("a", at(120))];
    assert_eq!(told(&battery).now(at(DAY), "later"), Now { credible: wall(DAY), disputed: None });
    assert_eq!(told(&battery).now(skewed(0, -86_400_000), "later").disputed, Some(wall(120)));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// One boot whose clock is right at its first entry, is moved anywhere between, and is right at the last: whatever
    /// stands between, nothing is disputed at a right clock, and a clock put back by more than the tolerance is.
    #[test]
    fn excursions_within_a_boot_neither_age_nor_rejuvenate(
        skews in proptest::collection::vec(-20 * YEAR_MS..20 * YEAR_MS, 0..12),
        back_s in 700_i64..20 * DAY,
    ) {
        let mut entries = vec![entry("a", at(0))];
        entries.extend((1..).zip(&skews).map(|(step, skew)| entry("a", skewed(step * 600, *skew))));
        let end = 30 * DAY;
        entries.push(entry("a", at(end)));
        let times = told(&entries);
        prop_assert_eq!(times.now(at(end), "later"), Now { credible: wall(end), disputed: None });
        prop_assert_eq!(times.now(at(end - back_s), "later").disputed, Some(wall(end)));
    }
}
