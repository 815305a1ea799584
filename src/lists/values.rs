//! Single cells: what spreadsheets do to numbers and dates, undone.

use super::{Column, NoteKind};
use bits::text;
use roster::Sex;

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
