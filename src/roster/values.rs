//! Single cells: what spreadsheets do to numbers and dates, undone.

use super::{Column, NoteKind, Sex};
use crate::bits::text;
use jiff::civil::{Date, date};

/// A cell's value and what had to be done to get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) value: String,
    pub(super) note: Option<NoteKind>,
}

impl Cell {
    fn plain(value: &str) -> Self {
        Self { value: value.to_owned(), note: None }
    }
}

/// Sex in words; in a column Nữ any sign means a woman or girl, which is not asked here.
pub(super) fn sex(cell: &str) -> Option<Sex> {
    match text::fold(cell).as_str() {
        "nam" | "m" | "male" | "trai" => Some(Sex::Male),
        "nu" | "f" | "female" | "gai" | "x" => Some(Sex::Female),
        _ => None,
    }
}

/// An identity number. Known widths: twelve digits (personal number, always with a leading zero today), nine (CMND).
pub(super) fn id_number(cell: &str) -> Cell {
    let text = tidy_number(cell);
    if is_rounded(&text) {
        return Cell { value: String::new(), note: Some(NoteKind::DigitsLost(Column::IdNumber)) };
    }
    let width = match text.len() {
        10 | 11 => 12,
        8 => 9,
        len => len,
    };
    pad(&text, width, Column::IdNumber)
}

/// An SBD, where the column's numbers are `width` digits wide; `None` where they have no common width.
pub(super) fn number(cell: &str, width: Option<usize>) -> Cell {
    let text = tidy_number(cell);
    if is_rounded(&text) {
        return Cell { value: String::new(), note: Some(NoteKind::DigitsLost(Column::Number)) };
    }
    pad(&text, width.unwrap_or(text.len()), Column::Number)
}

/// The width of a column of numbers: the one that most cells have, where it is a width that numbers with leading
/// zeros have.
pub(super) fn column_width<'a>(cells: impl Iterator<Item = &'a str>) -> Option<usize> {
    let mut widths: Vec<usize> = cells.map(tidy_number).filter(|text| is_digits(text)).map(|text| text.len()).collect();
    widths.sort_unstable();
    // What more than half of them have stands in the middle.
    let width = widths.get(widths.len() / 2).copied().filter(|width| *width >= MIN_PADDED_WIDTH)?;
    let of_width = widths.iter().filter(|len| **len == width).count();
    (of_width * 2 > widths.len()).then_some(width)
}

/// A date as `YYYY-MM-DD`; empty when there is none that can be read.
pub(super) fn birth_date(cell: &str) -> Cell {
    let text = cell.trim().trim_start_matches('\'');
    // A spreadsheet's time of day behind the date means nothing.
    let text = text.split([' ', 'T']).next().unwrap_or_default();
    if text.is_empty() {
        return Cell::plain("");
    }
    if let Some(found) = written_date(text) {
        return Cell::plain(&found.to_string());
    }
    match serial_date(text) {
        Some(found) => Cell { value: found.to_string(), note: Some(NoteKind::DateFromSerial) },
        None => Cell { value: String::new(), note: Some(NoteKind::DateUnreadable) },
    }
}

/// `dd/mm/yyyy` with `/`, `-` or `.`, `yyyy-mm-dd`, or `ddmmyyyy`. Month and day are never exchanged by guess.
fn written_date(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
    let (day, month, year) = match parts.as_slice() {
        [year, month, day] if year.len() == 4 => (*day, *month, *year),
        [day, month, year] if year.len() == 4 => (*day, *month, *year),
        [whole] if whole.len() == 8 => (whole.get(..2)?, whole.get(2..4)?, whole.get(4..)?),
        _ => return None,
    };
    if ![day, month, year].into_iter().all(is_digits) {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok().filter(is_plausible)
}

/// The number of days since the end of 1899, as spreadsheets count.
fn serial_date(text: &str) -> Option<Date> {
    // Five digits only: four are a year without day and month.
    let text = text.strip_suffix(".0").unwrap_or(text);
    let days: i64 = Some(text).filter(|text| text.len() == SERIAL_LEN && is_digits(text))?.parse().ok()?;
    let days = jiff::Span::new().try_days(days).ok()?;
    date(1899, 12, 30).checked_add(days).ok().filter(is_plausible)
}

fn is_plausible(found: &Date) -> bool {
    (FIRST_BIRTH_YEAR..=LAST_BIRTH_YEAR).contains(&found.year())
}

/// Without the marks that spreadsheets put around numbers.
fn tidy_number(cell: &str) -> String {
    let text = cell.trim().trim_start_matches('\'').trim_matches('"').trim();
    let text = text.strip_suffix(".0").filter(|number| is_digits(number)).unwrap_or(text);
    let closed: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    if is_digits(&closed) { closed } else { text.to_owned() }
}

/// `1.2E+11`: a spreadsheet showed a number with fewer digits than it has.
fn is_rounded(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let is_number =
        |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit() || b".,".contains(&byte));
    is_number(mantissa) && exponent.strip_prefix('+').is_some_and(is_digits)
}

/// A number that still begins with a zero has lost none.
fn pad(text: &str, width: usize, column: Column) -> Cell {
    if !is_digits(text) || text.starts_with('0') || text.len() >= width {
        return Cell::plain(text);
    }
    Cell { value: format!("{text:0>width$}"), note: Some(NoteKind::ZerosRestored(column)) }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Shorter numbers are counters, which have no leading zeros to lose.
const MIN_PADDED_WIDTH: usize = 6;
/// Digits of the day numbers of 1927 to 2173.
const SERIAL_LEN: usize = 5;
const FIRST_BIRTH_YEAR: i16 = 1900;
const LAST_BIRTH_YEAR: i16 = 2100;
