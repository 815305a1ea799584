//! Moments as certificates, lists and signed objects write them (RFC 5280 §4.1.2.5, RFC 5652 §11.3).

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// The tag of UTCTime: two digits of the year, 1950 to 2049.
pub const UTC: u32 = 0x17;
/// The tag of GeneralizedTime: four digits of the year.
pub const GENERALIZED: u32 = 0x18;

/// A moment in UTC with seconds, the only form that the rules allow. `None` for any other.
pub fn parse(tag: u32, value: &[u8]) -> Option<Timestamp> {
    let text = std::str::from_utf8(value).ok()?.strip_suffix('Z')?;
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (year, rest) = match tag {
        UTC => {
            let (year, rest) = text.split_at_checked(2)?;
            let year: i16 = year.parse().ok()?;
            (if year < 50 { 2000 + year } else { 1900 + year }, rest)
        }
        GENERALIZED => {
            let (year, rest) = text.split_at_checked(4)?;
            (year.parse().ok()?, rest)
        }
        _ => return None,
    };
    let part = |from: usize| rest.get(from..from + 2)?.parse::<i8>().ok();
    let (month, day, hour, minute, second) = (part(0)?, part(2)?, part(4)?, part(6)?, part(8)?);
    if rest.len() != 10 {
        return None;
    }
    let moment = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    moment.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}
