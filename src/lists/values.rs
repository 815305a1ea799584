//! Single cells: what spreadsheets and people do to numbers and dates, undone.

use super::columns::fold_heading;
use super::tidy::tidy;
use super::{Column, NoteKind};
use bits::text;
use roster::Sex;

/// A cell's value and what had to be done to get it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Cell {
    pub(super) value: String,
    pub(super) note: Option<NoteKind>,
    /// Signs, words or invisible characters stood around or between the digits and were taken away.
    pub(super) was_disguised: bool,
}

impl Cell {
    fn plain(value: &str) -> Self {
        Self { value: value.to_owned(), note: None, was_disguised: false }
    }

    fn lost(column: Column) -> Self {
        Self { value: String::new(), note: Some(NoteKind::DigitsLost(column)), was_disguised: false }
    }
}

/// Sex in words; in a column Nữ any sign means a woman or girl, which is not asked here.
pub(super) fn sex(cell: &str) -> Option<Sex> {
    match text::fold(&tidy(cell).text).as_str() {
        "nam" | "m" | "male" | "trai" => Some(Sex::Male),
        "nu" | "f" | "female" | "gai" | "x" => Some(Sex::Female),
        _ => None,
    }
}

/// Whether a column *Nữ* is marked. A program's own "no" is no mark.
pub(super) fn is_marked(cell: &str) -> bool {
    let folded = text::fold(&tidy(cell).text);
    !NO_MARKS.contains(&folded.as_str())
}

/// An identity number. Known widths: twelve digits (personal number, always with a leading zero today), nine (CMND).
pub(super) fn id_number(cell: &str) -> Cell {
    let bare = Bare::of(cell, &ID_WORDS);
    if bare.is_rounded {
        return Cell::lost(Column::IdNumber);
    }
    let (text, was_joined) = match joined_id(&bare.text) {
        Some(digits) => (digits, true),
        None => (bare.text, false),
    };
    let width = match text.len() {
        10 | 11 => 12,
        8 => 9,
        len => len,
    };
    Cell { was_disguised: bare.was_disguised || was_joined, ..pad(&text, width, Column::IdNumber) }
}

/// An SBD, where the column's numbers are `width` digits wide; `None` where they have no common width.
pub(super) fn number(cell: &str, width: Option<usize>) -> Cell {
    let bare = Bare::of(cell, &NUMBER_WORDS);
    if bare.is_rounded {
        return Cell::lost(Column::Number);
    }
    // `02.000.105` among numbers of eight digits; a dash may belong to it.
    let is_sign = |one: char| is_sign(one) && !"-_/".contains(one);
    let joined = digits_without(&bare.text, is_sign).filter(|digits| Some(digits.len()) == width);
    let (text, was_joined) = match joined {
        Some(digits) if digits != bare.text => (digits, true),
        _ => (bare.text, false),
    };
    let padded = pad(&text, width.unwrap_or(text.len()), Column::Number);
    Cell { was_disguised: bare.was_disguised || was_joined, ..padded }
}

/// The width of a column of numbers: the one that most cells have, where it is a width that numbers with leading
/// zeros have.
pub(super) fn column_width(cells: impl Iterator<Item = String>) -> Option<usize> {
    let mut widths: Vec<usize> = cells
        .map(|cell| Bare::of(&cell, &NUMBER_WORDS).text)
        .filter(|text| is_digits(text))
        .map(|text| text.len())
        .collect();
    widths.sort_unstable();
    // What more than half of them have stands in the middle.
    let width = widths.get(widths.len() / 2).copied().filter(|width| *width >= MIN_PADDED_WIDTH)?;
    let of_width = widths.iter().filter(|len| **len == width).count();
    (of_width * 2 > widths.len()).then_some(width)
}

/// `15/02/2008`, `2008-02-15`: three numbers of which one is a year.
fn is_date(text: &str) -> bool {
    let parts: Vec<&str> = text.split(['/', '-', '.']).collect();
    let lens: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    matches!(lens.as_slice(), [1 | 2, 1 | 2, 2 | 4] | [4, 1 | 2, 1 | 2]) && parts.into_iter().all(is_digits)
}

/// A number without what stands around it.
struct Bare {
    text: String,
    was_disguised: bool,
    /// A spreadsheet showed a number with fewer digits than it has: `1.2E+11`.
    is_rounded: bool,
}

impl Bare {
    fn of(cell: &str, words: &[&str]) -> Self {
        let tidied = tidy(cell);
        // A program's own marks of text are nobody's words: an apostrophe, quotes.
        let quiet = tidied.text.trim_start_matches('\'').trim_matches('"').trim();
        let loud = without_label(quiet.trim_matches(AROUND), words);
        let was_changed = tidied.had_invisible || tidied.had_lookalikes || tidied.was_wrapped;
        let was_disguised = was_changed || loud != quiet;
        let whole = [".00", ".0", ",00", ",0"].iter().find_map(|zeros| loud.strip_suffix(zeros));
        let text = whole.filter(|number| is_digits(number)).unwrap_or(loud);
        let closed: String = text.chars().filter(|character| !character.is_whitespace()).collect();
        match scientific(&closed) {
            Some(Scientific::Exact(digits)) => Self { text: digits, was_disguised: true, is_rounded: false },
            Some(Scientific::Rounded) => Self { text: text.to_owned(), was_disguised, is_rounded: true },
            None if is_digits(&closed) => Self { text: closed, was_disguised, is_rounded: false },
            None => Self { text: text.to_owned(), was_disguised, is_rounded: false },
        }
    }
}

/// `CCCD: 099…`, `Số 099…`, `099… (CCCD)`: words that say what a number is.
fn without_label<'a>(text: &'a str, words: &[&str]) -> &'a str {
    let is_label = |label: &str| {
        let folded = fold_heading(label);
        !folded.is_empty() && folded.split(' ').all(|word| words.contains(&word))
    };
    let first = text.find(|one: char| one.is_ascii_digit()).unwrap_or(0);
    let (head, rest) = text.split_at(first);
    let rest = if is_label(head) { rest } else { text };
    let last = rest.rfind(|one: char| one.is_ascii_digit()).map_or(rest.len(), |last| last + 1);
    let (number, tail) = rest.split_at(last);
    if is_label(tail) { number } else { rest }
}

enum Scientific {
    /// All digits are there.
    Exact(String),
    /// Some are not.
    Rounded,
}

/// `9.9308000101E10`, `9,9308E+10`; `None` for what is no such number. `12E3` is a code.
fn scientific(text: &str) -> Option<Scientific> {
    let (mantissa, exponent) = text.split_once(['E', 'e'])?;
    let is_signed = exponent.starts_with('+');
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent);
    let (whole, part) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, ""));
    let has_point = whole.len() < mantissa.len();
    let is_number = is_digits(whole) && (part.is_empty() || is_digits(part)) && is_digits(exponent);
    if !is_number || !has_point && !is_signed || exponent.len() > MAX_EXPONENT_LEN {
        return None;
    }
    let shift: usize = exponent.parse().ok()?;
    let behind = part.get(shift..).unwrap_or_default();
    if part.len() < shift || behind.bytes().any(|digit| digit != b'0') {
        return Some(Scientific::Rounded);
    }
    Some(Scientific::Exact(format!("{whole}{}", part.get(..shift).unwrap_or_default())))
}

/// The digits of an identity number that signs divide, where they are exactly a number's: twelve whatever the signs, nine
/// between dots and dashes, or eight, ten or eleven in groups of thousands.
fn joined_id(text: &str) -> Option<String> {
    if is_digits(text) || is_date(text) {
        return None;
    }
    let digits = digits_without(text, is_sign)?;
    let is_divided = || text.chars().all(|one| one.is_ascii_digit() || ".,-–_ ".contains(one));
    let of_thousands = || {
        let mut groups = text.split(['.', ',']);
        groups.next().is_some_and(|first| (1..=3).contains(&first.len())) && groups.all(|group| group.len() == 3)
    };
    match digits.len() {
        12 => Some(digits),
        9 if is_divided() => Some(digits),
        8 | 10 | 11 if of_thousands() => Some(digits),
        _ => None,
    }
}

/// No letter and no digit; the ordinal signs look like letters to Unicode only.
fn is_sign(character: char) -> bool {
    !character.is_alphanumeric() || "ªº".contains(character)
}

fn digits_without(text: &str, is_sign: impl Fn(char) -> bool) -> Option<String> {
    let is_whole =
        text.starts_with(|one: char| one.is_ascii_digit()) && text.ends_with(|one: char| one.is_ascii_digit());
    let digits: String = text.chars().filter(|one| !is_sign(*one)).collect();
    (is_whole && is_digits(&digits)).then_some(digits)
}

/// A number that still begins with a zero has lost none.
fn pad(text: &str, width: usize, column: Column) -> Cell {
    if !is_digits(text) || text.starts_with('0') || text.len() >= width {
        return Cell::plain(text);
    }
    Cell { note: Some(NoteKind::ZerosRestored(column)), ..Cell::plain(&format!("{text:0>width$}")) }
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// What stands around numbers and is no part of them: `="…"`, `#…`, `*`, quotes of every kind.
const AROUND: [char; 22] =
    ['=', '"', '“', '”', '„', '‟', '«', '»', '‘', '’', '‚', '\'', '`', '´', '′', '#', '*', ':', ';', '(', ')', ' '];
/// Words that say what a number is, folded.
const NUMBER_WORDS: [&str; 9] = ["sbd", "so", "bao", "danh", "bd", "ky", "ma", "thi", "sinh"];
const ID_WORDS: [&str; 21] = [
    "so", "the", "cc", "cccd", "cmnd", "cmt", "cmtnd", "can", "cuoc", "cancuoc", "cong", "dan", "ma", "dinh", "danh",
    "ca", "nhan", "ddcn", "id", "no", "sbd",
];
const NO_MARKS: [&str; 15] = ["", "0", "0.0", "false", "sai", "-", "–", "—", "khong", "no", "n", ".", "nam", "k", "/"];
/// Shorter numbers are counters, which have no leading zeros to lose.
const MIN_PADDED_WIDTH: usize = 6;
const MAX_EXPONENT_LEN: usize = 3;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cell: &Cell) -> (&str, bool, Option<NoteKind>) {
        (&cell.value, cell.was_disguised, cell.note)
    }

    #[test]
    fn identity_numbers_in_disguise() {
        let zeros = Some(NoteKind::ZerosRestored(Column::IdNumber));
        let lost = Some(NoteKind::DigitsLost(Column::IdNumber));
        let rows = [
            ("099308000101", ("099308000101", false, None)),
            ("'099308000101", ("099308000101", false, None)),
            ("\t099308000101\u{A0}", ("099308000101", false, None)),
            ("=\"099308000101\"", ("099308000101", true, None)),
            ("\u{200B}099308000101", ("099308000101", true, None)),
            ("\u{201C}099308000101\u{201D}", ("099308000101", true, None)),
            ("０９９３０８０００１０１", ("099308000101", true, None)),
            ("#099308000101*", ("099308000101", true, None)),
            ("CCCD 099308000101", ("099308000101", true, None)),
            ("Số CCCD: 099308000101", ("099308000101", true, None)),
            ("099308000101 (CCCD)", ("099308000101", true, None)),
            ("CMND123456789", ("123456789", true, None)),
            ("099.308.000.101", ("099308000101", true, None)),
            ("099308-000101", ("099308000101", true, None)),
            ("99,308,000,101", ("099308000101", true, zeros)),
            ("99308000101.0", ("099308000101", false, zeros)),
            ("9.9308000101E10", ("099308000101", true, zeros)),
            ("9,9308000101E+10", ("099308000101", true, zeros)),
            ("9.93080001010e10", ("099308000101", true, zeros)),
            ("9.9308E+10", ("", false, lost)),
            ("9.9308E10", ("", false, lost)),
            ("9.93E + 10", ("", false, lost)),
            ("15/02/2008", ("15/02/2008", false, None)),
            ("15.02.2008", ("15.02.2008", false, None)),
            ("B1234567", ("B1234567", false, None)),
            ("TS2026000015", ("TS2026000015", false, None)),
            ("099308000101/123456789", ("099308000101/123456789", false, None)),
            ("12-34", ("12-34", false, None)),
            ("CC số 099308000101", ("099308000101", true, None)),
            ("Thẻ căn cước: 099308000101", ("099308000101", true, None)),
            ("0993«08000101", ("099308000101", true, None)),
            ("0993ª08000101", ("099308000101", true, None)),
            ("123/456/789", ("123/456/789", false, None)),
            ("", ("", false, None)),
        ];
        rows.iter().for_each(|(cell, expected)| assert_eq!(read(&id_number(cell)), *expected, "{cell:?}"));
    }

    #[test]
    fn candidate_numbers_in_disguise() {
        let zeros = Some(NoteKind::ZerosRestored(Column::Number));
        let rows = [
            ("02000105", ("02000105", false, None)),
            ("SBD: 02000105", ("02000105", true, None)),
            ("*02000105", ("02000105", true, None)),
            ("02.000.105", ("02000105", true, None)),
            ("2000105", ("02000105", false, zeros)),
            ("02-0105", ("02-0105", false, None)),
            ("12E3", ("12E3", false, None)),
            ("2.000105E6", ("02000105", true, zeros)),
            ("2E+06", ("", false, Some(NoteKind::DigitsLost(Column::Number)))),
            ("TS.0001", ("TS.0001", false, None)),
            ("0200»0105", ("02000105", true, None)),
            ("0200-0105", ("0200-0105", false, None)),
            ("ID 02000105", ("ID 02000105", false, None)),
            ("Chủ tịch", ("Chủ tịch", false, None)),
        ];
        rows.iter().for_each(|(cell, expected)| assert_eq!(read(&number(cell, Some(8))), *expected, "{cell:?}"));
    }

    #[test]
    fn a_no_is_no_mark() {
        ["FALSE", "0", "-", " ", "\u{A0}", "Sai", "không", "Nam"]
            .iter()
            .for_each(|cell| assert!(!is_marked(cell), "{cell}"));
        ["x", "X", "1", "TRUE", "Nữ", "✓", "+"].iter().for_each(|cell| assert!(is_marked(cell), "{cell}"));
    }
}
