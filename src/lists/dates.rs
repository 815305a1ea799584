//! Birth dates as people and spreadsheets write them. Month and day are never exchanged by guess: a column has one order,
//! and one cell that only fits one order tells it.

use super::clock;
use super::mapping::DateOrder;
use super::table::CellValue;
use super::tidy::tidy;
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
    /// A few seconds beside midnight: a rounding.
    Rounded(Date),
    /// With a time of day, which is no part of a birth date: the likelier day and the other one.
    Timed {
        /// The day that is taken.
        likely: Date,
        /// The day that it may be as well.
        other: Date,
    },
    /// Nothing but a year.
    YearOnly,
    /// Nothing that can be read.
    Unreadable,
}

impl BirthDate {
    pub(super) fn date(self) -> Option<Date> {
        match self {
            Self::Written(found) | Self::ShortYear(found) | Self::Serial(found) | Self::Rounded(found) => Some(found),
            Self::Timed { likely, .. } => Some(likely),
            Self::YearOnly | Self::Unreadable => None,
        }
    }
}

/// What a cell says before the order of its column is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// One reading only.
    Certain(BirthDate),
    /// Two numbers and a year, each number small enough for either, or only for the day.
    Numbers {
        first: i8,
        second: i8,
        year: i16,
        short: bool,
        /// Seconds after midnight, where a time stands behind the date.
        clock: Option<u32>,
    },
}

impl Reading {
    /// The order that this cell proves: there is no such date in the other one.
    pub(super) fn proves(self) -> Option<DateOrder> {
        match (self.dated(DateOrder::DayFirst), self.dated(DateOrder::MonthFirst)) {
            (Some(_), None) => Some(DateOrder::DayFirst),
            (None, Some(_)) => Some(DateOrder::MonthFirst),
            _ => None,
        }
    }

    /// Two different dates, where both orders give one.
    pub(super) fn both(self) -> Option<(Date, Date)> {
        let both = self.dated(DateOrder::DayFirst).zip(self.dated(DateOrder::MonthFirst));
        both.filter(|(day_first, month_first)| day_first != month_first)
    }

    /// The date in this order.
    pub(super) fn in_order(self, order: DateOrder) -> BirthDate {
        match (self, self.dated(order)) {
            (Self::Certain(found), _) => found,
            (Self::Numbers { short, clock, .. }, Some(found)) => match clock.filter(|seconds| *seconds > 0) {
                Some(seconds) => with_clock(found, seconds, BirthDate::Written),
                None if short => BirthDate::ShortYear(found),
                None => BirthDate::Written(found),
            },
            (Self::Numbers { .. }, None) => BirthDate::Unreadable,
        }
    }

    fn dated(self, order: DateOrder) -> Option<Date> {
        let Self::Numbers { first, second, year, .. } = self else { return None };
        let (day, month) = if order == DateOrder::DayFirst { (first, second) } else { (second, first) };
        Date::new(year, month, day).ok().filter(is_plausible)
    }
}

/// The order of a column, and how it is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Order {
    pub(super) order: DateOrder,
    pub(super) evidence: Evidence,
}

/// What tells a column's order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Evidence {
    /// A person said so, or no cell has two readings.
    Settled,
    /// A cell that fits no other order: its line.
    Proven(u32),
    /// Cells that fit only one order, and cells that fit only the other: a line of the order that most have.
    Contradicted(u32),
    /// Cells with two readings and none that proves one: how many, and the first with both.
    Open { cells: usize, line: u32, day_first: Date, month_first: Date },
}

impl Order {
    /// Looks at every cell of a column.
    pub(super) fn of(cells: impl Iterator<Item = (u32, Reading)>, said: Option<DateOrder>) -> Self {
        if let Some(order) = said {
            return Self { order, evidence: Evidence::Settled };
        }
        let mut proofs = [(0_usize, 0_u32); 2];
        let mut open: Option<(usize, u32, Date, Date)> = None;
        for (line, reading) in cells {
            if let Some(order) = reading.proves() {
                let (count, first) = &mut proofs[usize::from(order == DateOrder::MonthFirst)];
                *first = if *count == 0 { line } else { *first };
                *count += 1;
            } else if let Some((day_first, month_first)) = reading.both() {
                let (cells, line, day_first, month_first) = open.unwrap_or((0, line, day_first, month_first));
                open = Some((cells + 1, line, day_first, month_first));
            }
        }
        let [(day, day_line), (month, month_line)] = proofs;
        let (order, evidence) = match (day, month, open) {
            (0, 0, None) => (DateOrder::DayFirst, Evidence::Settled),
            (0, 0, Some((cells, line, day_first, month_first))) => {
                (DateOrder::DayFirst, Evidence::Open { cells, line, day_first, month_first })
            }
            (_, 0, _) => (DateOrder::DayFirst, Evidence::Proven(day_line)),
            (0, _, _) => (DateOrder::MonthFirst, Evidence::Proven(month_line)),
            _ if month > day => (DateOrder::MonthFirst, Evidence::Contradicted(month_line)),
            _ => (DateOrder::DayFirst, Evidence::Contradicted(day_line)),
        };
        Self { order, evidence }
    }
}

/// Reads one cell. `since_1904` is the epoch of plain numbers; a cell that is a date knows its own.
pub(super) fn of_cell(value: CellValue<'_>, since_1904: bool) -> Reading {
    match value {
        CellValue::Date { serial, since_1904: own } => Reading::Certain(of_serial(serial, own || since_1904)),
        CellValue::Number(number) => of_number(number, since_1904),
        CellValue::Text(text) | CellValue::Formatted(text) => of_text(text, since_1904),
        CellValue::Bool(_) | CellValue::Fault(_) | CellValue::Uncomputed => Reading::Certain(BirthDate::Unreadable),
    }
}

/// Reads three cells, whose headings say what they are.
pub(super) fn of_parts(day: &str, month: &str, year: &str) -> BirthDate {
    let [day, month, year] = [day, month, year].map(|part| tidy(part).text);
    match (day.as_str(), month.as_str(), year.as_str()) {
        ("", "", year) if year.len() == FULL_YEAR => BirthDate::YearOnly,
        (day, month, year) => numbers(day, month, year, None)
            .map_or(BirthDate::Unreadable, |reading| reading.in_order(DateOrder::DayFirst)),
    }
}

fn of_number(number: f64, since_1904: bool) -> Reading {
    if number.fract() == 0.0 && (f64::from(FIRST_YEAR)..=f64::from(LAST_YEAR)).contains(&number) {
        return Reading::Certain(BirthDate::YearOnly);
    }
    // `15022008` typed without separators into a cell of numbers.
    match of_serial(number, since_1904) {
        BirthDate::Unreadable => of_text(&format!("{number:08.0}"), since_1904),
        found => Reading::Certain(found),
    }
}

fn of_serial(serial: f64, since_1904: bool) -> BirthDate {
    if !(FIRST_SERIAL..LAST_SERIAL).contains(&serial) {
        return BirthDate::Unreadable;
    }
    // The range above fits an integer; a part of a day has fewer seconds than a day.
    let (days, seconds) = (serial.floor() as i64, (serial.fract() * f64::from(clock::DAY)).round() as u32);
    let epoch = if since_1904 { date(1904, 1, 1) } else { date(1899, 12, 30) };
    let found = Span::new().try_days(days).ok().and_then(|days| epoch.checked_add(days).ok());
    match found.filter(is_plausible) {
        Some(found) => with_clock(found, seconds, BirthDate::Serial),
        None => BirthDate::Unreadable,
    }
}

/// A date with a time behind it. Exports of web pages write midnight in Việt Nam as the evening before in UTC.
fn with_clock(found: Date, seconds: u32, plain: fn(Date) -> BirthDate) -> BirthDate {
    let (before, next) = (found.yesterday().unwrap_or(found), found.tomorrow().unwrap_or(found));
    match clock::part_of(seconds) {
        clock::Part::Midnight => plain(found),
        clock::Part::NextMidnight => plain(next),
        clock::Part::JustAfter => BirthDate::Rounded(found),
        clock::Part::JustBefore => BirthDate::Rounded(next),
        clock::Part::Evening => BirthDate::Timed { likely: next, other: found },
        clock::Part::Day => {
            BirthDate::Timed { likely: found, other: if seconds < clock::DAY / 2 { before } else { next } }
        }
    }
}

fn of_text(written: &str, since_1904: bool) -> Reading {
    let tidied = tidy(written).text;
    let tidied = tidied.trim_start_matches('\'').trim_matches(['"', '=', '“', '”', ' ']);
    let unreadable = Reading::Certain(BirthDate::Unreadable);
    if let Some((day, month, year)) = in_words(tidied) {
        let found = numbers(&day, &month, &year, None);
        return found.map_or(unreadable, |found| Reading::Certain(found.in_order(DateOrder::DayFirst)));
    }
    let Some((day, seconds)) = clock::split(tidied) else { return unreadable };
    if let Some(serial) = serial_text(day) {
        return Reading::Certain(of_serial(serial, since_1904));
    }
    let parts: Vec<&str> = day.split(['/', '-', '.', ' ', '\\']).filter(|part| !part.is_empty()).collect();
    let found = match parts.as_slice() {
        // The order of ISO 8601 is no question.
        [year, month, day] if year.len() == FULL_YEAR => {
            numbers(day, month, year, seconds).map(|found| Reading::Certain(found.in_order(DateOrder::DayFirst)))
        }
        [first, second, year] => numbers(first, second, year, seconds),
        [whole] if whole.len() == CLOSED_LEN && is_digits(whole) => closed(whole),
        [year] if year.len() == FULL_YEAR && is_digits(year) => Some(Reading::Certain(BirthDate::YearOnly)),
        _ => None,
    };
    found.unwrap_or(unreadable)
}

/// `39493`, `39492.7083`: a day number that was exported as text.
fn serial_text(text: &str) -> Option<f64> {
    let (whole, part) = text.split_once(['.', ',']).unwrap_or((text, "0"));
    let is_serial = whole.len() == SERIAL_LEN && is_digits(whole) && is_digits(part);
    is_serial.then(|| format!("{whole}.{part}").parse().ok()).flatten()
}

/// `ngày 15 tháng 2 năm 2008`.
fn in_words(written: &str) -> Option<(String, String, String)> {
    let folded = text::fold(written);
    let (day, rest) = folded.trim_start_matches("ngay").split_once("thang")?;
    let (month, year) = rest.split_once("nam")?;
    Some((day.trim().to_owned(), month.trim().to_owned(), year.trim().to_owned()))
}

/// Eight digits: the year behind, in any order of the rest, else in front.
fn closed(whole: &str) -> Option<Reading> {
    let year_last = numbers(whole.get(..2)?, whole.get(2..4)?, whole.get(4..)?, None);
    let is_date = |found: &Reading| found.proves().is_some() || found.dated(DateOrder::DayFirst).is_some();
    year_last.filter(is_date).or_else(|| {
        let found = numbers(whole.get(6..)?, whole.get(4..6)?, whole.get(..4)?, None)?;
        Some(Reading::Certain(found.in_order(DateOrder::DayFirst)))
    })
}

fn numbers(first: &str, second: &str, year: &str, clock: Option<u32>) -> Option<Reading> {
    if ![first, second, year].into_iter().all(is_digits) || first.len() > 2 || second.len() > 2 {
        return None;
    }
    let (first, second, written): (i8, i8, i16) = (first.parse().ok()?, second.parse().ok()?, year.parse().ok()?);
    let century = if written < FIRST_OF_1900S { 2000 } else { 1900 };
    match year.len() {
        FULL_YEAR => Some(Reading::Numbers { first, second, year: written, short: false, clock }),
        2 => Some(Reading::Numbers { first, second, year: century + written, short: true, clock }),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn text(written: &str) -> Reading {
        of_cell(CellValue::Text(written), false)
    }

    #[test]
    fn times_of_day() {
        let (day, next) = (date(2008, 2, 14), date(2008, 2, 15));
        let evening = BirthDate::Timed { likely: next, other: day };
        let rows = [
            ("2008-02-15T00:00:00Z", BirthDate::Written(next)),
            ("2008-02-15T00:00:00.000+07:00", BirthDate::Written(next)),
            ("15/02/2008 00:00:00", BirthDate::Written(next)),
            ("15/02/2008 12:00:00 AM", BirthDate::Written(next)),
            ("15/02/2008 12:00 SA", BirthDate::Written(next)),
            ("2008-02-14T17:00:00.000Z", evening),
            ("2008-02-14 17:30", evening),
            ("14/02/2008 5:00:00 PM", evening),
            ("2008-02-14T16:00:00", evening),
            ("2008-02-14T23:59:28", BirthDate::Rounded(next)),
            ("2008-02-15T00:00:32", BirthDate::Rounded(next)),
            ("2008-02-15 07:00", BirthDate::Timed { likely: next, other: day }),
            ("39493", BirthDate::Serial(next)),
            ("39492.708333", evening),
            ("39492,99963", BirthDate::Rounded(next)),
            ("2008-02-15 soon", BirthDate::Unreadable),
        ];
        for (written, expected) in rows {
            assert_eq!(text(written).in_order(DateOrder::DayFirst), expected, "{written}");
        }
    }

    #[test]
    fn a_column_has_one_order() {
        let order = |cells: &[&str]| Order::of((2..).zip(cells.iter().map(|cell| text(cell))), None);
        let open = |cells, day_first, month_first| Evidence::Open { cells, line: 2, day_first, month_first };
        let (april, march) = (date(2008, 4, 3), date(2008, 3, 4));
        let rows: [(&[&str], DateOrder, Evidence); 7] = [
            (&["03/04/2008", "28/11/2008"], DateOrder::DayFirst, Evidence::Proven(3)),
            (&["03/04/2008", "11/28/2008"], DateOrder::MonthFirst, Evidence::Proven(3)),
            (&["28/11/2008", "11/28/2008", "19/9/2008"], DateOrder::DayFirst, Evidence::Contradicted(2)),
            (&["03/04/2008", "07/12/2008"], DateOrder::DayFirst, open(2, april, march)),
            (&["1/1/2008", "2008-04-03", "x", "39493"], DateOrder::DayFirst, Evidence::Settled),
            (&["02152008", "03042008"], DateOrder::MonthFirst, Evidence::Proven(2)),
            (&["31/04/2008"], DateOrder::DayFirst, Evidence::Settled),
        ];
        for (cells, expected, evidence) in rows {
            assert_eq!(order(cells), Order { order: expected, evidence }, "{cells:?}");
        }
        let said = Order::of([(2, text("28/11/2008"))].into_iter(), Some(DateOrder::MonthFirst));
        assert_eq!(said, Order { order: DateOrder::MonthFirst, evidence: Evidence::Settled });
    }
}
