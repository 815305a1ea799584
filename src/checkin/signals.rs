//! The signal from which the time of writing counts, room by room, and times that are entered at the desk.
//!
//! Who is late counts from the signal of that room where it was recorded, else from the session's planned time: a room that
//! starts late has nobody late in it.
//!
//! Invariant: a signal that was recorded is corrected by two people only, and so is recorded one that is far from the
//! planned time; nobody alone moves the time by which somebody is late.

use crate::context::{Context, SessionTimes};
use crate::exception::{When, WrongTime};
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;

/// Each room's signal, where it was recorded.
pub type Signals = BTreeMap<String, Timestamp>;

/// Whether it takes two people to record that the signal of `room` was given at `at`.
pub(super) fn takes_two(context: &Context, signals: &Signals, room: &str, at: Timestamp) -> bool {
    let alone = SignedDuration::from_mins(context.policy.signal_alone_minutes);
    let is_far = |times: SessionTimes| at.duration_since(times.starts).abs() > alone;
    signals.contains_key(room) || context.policy.session.is_some_and(is_far)
}

impl When {
    /// The moment, where it is known by now.
    pub(super) fn at(self, now: Timestamp) -> Self {
        if self == Self::Now { Self::At(now) } else { self }
    }
}

/// The moment of today that was typed: not later than now, not before the door opened.
pub(super) fn moment(
    text: &str,
    now: Timestamp,
    offset: Offset,
    opens: Option<Timestamp>,
) -> Result<Timestamp, WrongTime> {
    let (hour, minute) = hour_and_minute(text).ok_or(WrongTime::NotATime)?;
    let today = offset.to_datetime(now).date();
    let typed = jiff::civil::Time::new(hour, minute, 0, 0).map_err(|_| WrongTime::NotATime)?;
    let at = offset.to_timestamp(today.to_datetime(typed)).map_err(|_| WrongTime::NotATime)?;
    match () {
        () if at > now => Err(WrongTime::Later),
        () if opens.is_some_and(|opens| at < opens) => Err(WrongTime::BeforeOpening),
        () => Ok(at),
    }
}

/// `7:31`, `07.31`, `7h31`, `0731`.
fn hour_and_minute(text: &str) -> Option<(i8, i8)> {
    let text = text.trim();
    if text.len() > MAX_TIME_LEN {
        return None;
    }
    let (hour, minute) = match text.find(|letter: char| !letter.is_ascii_digit()) {
        Some(at) => (text.get(..at)?, text.get(at..)?.trim_start_matches(|letter: char| !letter.is_ascii_digit())),
        None => text.split_at_checked(text.len().checked_sub(2)?)?,
    };
    let is_written = (1..=2).contains(&hour.len()) && minute.len() == 2;
    is_written.then(|| Some((hour.parse().ok()?, minute.parse().ok()?))).flatten()
}

/// The longest time that is looked at.
const MAX_TIME_LEN: usize = 12;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_people_write_them() {
        for text in ["7:31", "07:31", "07.31", "7h31", "0731", "731", " 07 : 31 ", "7 giờ 31"] {
            assert_eq!(hour_and_minute(text), Some((7, 31)), "{text}");
        }
        for text in ["", "7", "31", ":31", "7:3", "7:311", "099208000017", "7:31:20", "a7:31", "-7:31"] {
            assert_eq!(hour_and_minute(text), None, "{text}");
        }
    }

    #[test]
    fn a_time_is_of_today_not_to_come_and_not_before_the_door() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let offset = Offset::from_hours(7).unwrap();
        let (now, opens) = (at("2027-06-11T00:45:30Z"), at("2027-06-10T23:30:00Z"));
        let read = |text| moment(text, now, offset, Some(opens));
        assert_eq!(read("7:31"), Ok(at("2027-06-11T00:31:00Z")));
        assert_eq!(read("7:45"), Ok(at("2027-06-11T00:45:00Z")));
        assert_eq!(read("7:46"), Err(WrongTime::Later));
        assert_eq!(read("6:30"), Ok(opens));
        assert_eq!(read("6:29"), Err(WrongTime::BeforeOpening));
        assert_eq!(read("24:00"), Err(WrongTime::NotATime));
        assert_eq!(read("7:60"), Err(WrongTime::NotATime));
        assert_eq!(moment("0:01", now, offset, None), Ok(at("2027-06-10T17:01:00Z")));
    }
}
