//! The time of day behind a birth date, which is none: what a program wrote it for.

/// Seconds of a day.
pub(super) const DAY: u32 = 86_400;

/// What a time of day is, as far as a birth date is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Midnight,
    NextMidnight,
    /// A rounding of the program that wrote it.
    JustAfter,
    JustBefore,
    /// Midnight in Việt Nam, told in UTC: 17:00 today, 16:00, 16:30, 17:30 or 15:00 in former decades.
    Evening,
    Day,
}

/// What so many seconds after midnight are.
pub(super) fn part_of(seconds: u32) -> Part {
    match seconds {
        0 => Part::Midnight,
        DAY.. => Part::NextMidnight,
        1..=NEAR => Part::JustAfter,
        _ if seconds >= DAY - NEAR => Part::JustBefore,
        EVENING.. => Part::Evening,
        _ => Part::Day,
    }
}

/// Divides a written date from the time behind it; `None` where what stands there is no time.
pub(super) fn split(written: &str) -> Option<(&str, Option<u32>)> {
    let Some(colon) = written.find(':') else {
        return Some((written.strip_suffix('Z').unwrap_or(written), None));
    };
    let hour = written.get(..colon)?;
    let start = hour.len() - hour.bytes().rev().take_while(u8::is_ascii_digit).count();
    let day = hour.get(..start)?.trim_end_matches(['T', ' ', ',']);
    Some((day, Some(seconds(written.get(start..)?)?)))
}

/// `17:00`, `17:00:00.000Z`, `5:00:00 PM`, `12:00 SA`, `00:00:00+07:00`. A zone says nothing more: all write their own
/// midnight.
fn seconds(written: &str) -> Option<u32> {
    let upper = written.to_ascii_uppercase();
    let (time, zone) = match upper.find(['Z', '+', '-']) {
        Some(at) => upper.split_at(at),
        None => (upper.as_str(), ""),
    };
    let is_zone = zone.len() <= MAX_ZONE_LEN && zone.chars().all(|one| one.is_ascii_digit() || "Z+-:".contains(one));
    let (time, half) = match time.trim().split_once(' ') {
        Some((time, half)) => (time, half.trim()),
        None => (time.trim(), ""),
    };
    let mut parts = time.split(':');
    let number = |part: Option<&str>| part.unwrap_or("0").split(['.', ',']).next()?.parse::<u32>().ok();
    let (hour, minute, second) = (number(parts.next())?, number(parts.next())?, number(parts.next())?);
    let hour = match half {
        "" => hour,
        "AM" | "SA" | "A.M." => hour % 12,
        "PM" | "CH" | "P.M." => hour % 12 + 12,
        _ => return None,
    };
    let is_time = is_zone && parts.next().is_none() && hour < 24 && minute < 60 && second < 60;
    is_time.then_some(hour * 3_600 + minute * 60 + second)
}

/// Two minutes: programs that know the local time of a city from before time zones are off by less.
const NEAR: u32 = 120;
const EVENING: u32 = 15 * 3_600;
const MAX_ZONE_LEN: usize = 6;
