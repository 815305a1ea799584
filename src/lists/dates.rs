//! Birth dates as people and spreadsheets write them. Month and day are never exchanged by guess.

use super::mapping::DateOrder;
use super::table::CellValue;
use bits::text;
use jiff::Span;
use jiff::civil::{Date, date};

/// How a birth date was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BirthDate {
    /// As it was written.
    Written(Date),
    /// Written with a year of two digits.
    ShortYear(Date),
    /// A day number.
    Serial(Date),
    /// Nothing but a year.
    YearOnly,
    /// Nothing that can be read.
    Unreadable,
}

impl BirthDate {
    pub(super) fn date(self) -> Option<Date> {
        match self {
            Self::Written(found) | Self::ShortYear(found) | Self::Serial(found) => Some(found),
            Self::YearOnly | Self::Unreadable => None,
        }
    }
}

/// Reads one cell. `since_1904` is what a person said about plain numbers; a cell that is a date knows by itself.
pub(super) fn of_cell(value: &CellValue, order: DateOrder, since_1904: bool) -> BirthDate {
    match value {
        CellValue::Date { serial, since_1904: own } => of_serial(*serial, *own || since_1904),
        CellValue::Number(number) => of_number(*number, since_1904),
        CellValue::Text(text) => of_text(text, order, since_1904),
        CellValue::Bool(_) | CellValue::Fault(_) | CellValue::Uncomputed => BirthDate::Unreadable,
    }
}

/// Reads three cells.
pub(super) fn of_parts(day: &str, month: &str, year: &str) -> BirthDate {
    match (day.trim(), month.trim(), year.trim()) {
        ("", "", year) if year.len() == FULL_YEAR => BirthDate::YearOnly,
        (day, month, year) => dated(day, month, year).unwrap_or(BirthDate::Unreadable),
    }
}

fn of_number(number: f64, since_1904: bool) -> BirthDate {
    if number.fract() == 0.0 && (f64::from(FIRST_YEAR)..=f64::from(LAST_YEAR)).contains(&number) {
        return BirthDate::YearOnly;
    }
    // `15022008` typed without separators into a cell of numbers.
    match of_serial(number, since_1904) {
        BirthDate::Unreadable => of_text(&format!("{number:08.0}"), DateOrder::DayFirst, since_1904),
        found => found,
    }
}

fn of_serial(serial: f64, since_1904: bool) -> BirthDate {
    if !(FIRST_SERIAL..LAST_SERIAL).contains(&serial) {
        return BirthDate::Unreadable;
    }
    // The range above fits an integer.
    let days = serial.floor() as i64;
    let epoch = if since_1904 { date(1904, 1, 1) } else { date(1899, 12, 30) };
    let found = Span::new().try_days(days).ok().and_then(|days| epoch.checked_add(days).ok());
    found.filter(is_plausible).map_or(BirthDate::Unreadable, BirthDate::Serial)
}

fn of_text(written: &str, order: DateOrder, since_1904: bool) -> BirthDate {
    let written = written.trim().trim_start_matches('\'').trim();
    let tidy = in_words(written).unwrap_or_else(|| without_time(written));
    let parts: Vec<&str> = tidy.split(['/', '-', '.', ' ', '\\']).filter(|part| !part.is_empty()).collect();
    let found = match (parts.as_slice(), order) {
        ([year, month, day], _) if year.len() == FULL_YEAR => dated(day, month, year),
        ([day, month, year], DateOrder::DayFirst) | ([month, day, year], DateOrder::MonthFirst) => {
            dated(day, month, year)
        }
        ([whole], _) if whole.len() == CLOSED_LEN && is_digits(whole) => closed(whole),
        ([year], _) if year.len() == FULL_YEAR && is_digits(year) => Some(BirthDate::YearOnly),
        ([serial], _) if serial.len() == SERIAL_LEN && is_digits(serial) => {
            serial.parse().ok().map(|serial| of_serial(serial, since_1904))
        }
        _ => None,
    };
    found.unwrap_or(BirthDate::Unreadable)
}

/// `ngày 15 tháng 2 năm 2008`.
fn in_words(written: &str) -> Option<String> {
    let folded = text::fold(written);
    let (day, rest) = folded.trim_start_matches("ngay").split_once("thang")?;
    let (month, year) = rest.split_once("nam")?;
    Some(format!("{}/{}/{}", day.trim(), month.trim(), year.trim()))
}

/// A spreadsheet's time of day behind the date means nothing.
fn without_time(written: &str) -> String {
    let date = written.split(['T']).next().unwrap_or_default();
    match date.split_once(' ') {
        Some((date, time)) if time.contains(':') => date.to_owned(),
        _ => date.to_owned(),
    }
}

fn closed(whole: &str) -> Option<BirthDate> {
    let day_first = dated(whole.get(..2)?, whole.get(2..4)?, whole.get(4..)?);
    day_first.or_else(|| dated(whole.get(6..)?, whole.get(4..6)?, whole.get(..4)?))
}

fn dated(day: &str, month: &str, year: &str) -> Option<BirthDate> {
    if ![day, month, year].into_iter().all(is_digits) || day.len() > 2 || month.len() > 2 {
        return None;
    }
    let (day, month, short): (i8, i8, i16) = (day.parse().ok()?, month.parse().ok()?, year.parse().ok()?);
    match year.len() {
        FULL_YEAR => Date::new(short, month, day).ok().filter(is_plausible).map(BirthDate::Written),
        2 => {
            let century = if short < FIRST_OF_1900S { 2000 } else { 1900 };
            Date::new(century + short, month, day).ok().map(BirthDate::ShortYear)
        }
        _ => None,
    }
}

fn is_plausible(found: &Date) -> bool {
    (FIRST_YEAR..=LAST_YEAR).contains(&found.year())
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

const FULL_YEAR: usize = 4;
const CLOSED_LEN: usize = 8;
const SERIAL_LEN: usize = 5;
/// Years of two digits from here on are of the last century.
const FIRST_OF_1900S: i16 = 30;
const FIRST_YEAR: i16 = 1900;
const LAST_YEAR: i16 = 2100;
/// Day numbers of plausible birth dates: smaller ones are years and counters.
const FIRST_SERIAL: f64 = 2_200.0;
const LAST_SERIAL: f64 = 73_051.0;
