//! What a row below the headings is: a person, or a total, a signature, a heading once more.
//!
//! Where a row may be a person it is taken for one: what is missing is then an error with its place, and nobody is left
//! out as a signature.

use super::columns::{Columns, fold_heading};
use super::dates::{self, Reading};
use super::mapping::SheetMapping;
use super::table::{CellValue, Row, column_name};
use super::tidy::{is_blank, tidy};
use super::{Column, values};

/// What a row holds of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// A person, or enough of one that somebody must be missing if it were left out.
    Somebody,
    /// Something that may be a person's: a warning.
    Something,
    /// Nothing of a person.
    Nothing,
}

/// Looks at a row below the headings. `number_width` is the column's.
pub(super) fn holds(row: Row<'_>, mapping: &SheetMapping, number_width: Option<usize>) -> Holds {
    let cells = Cells { row, mapping };
    if [Column::Number, Column::IdNumber].into_iter().any(|column| cells.is_broken(column)) {
        return Holds::Somebody;
    }
    let number = values::number(&cells.shown(Column::Number), number_width);
    let id_number = values::id_number(&cells.shown(Column::IdNumber));
    let (has_number, has_id) = (is_number(&number), is_number(&id_number));
    let is_document = digits(&id_number.value) >= MIN_DOCUMENT_DIGITS || id_number.note.is_some();
    let (has_birth, has_sex) = (cells.has_birth_date(), cells.has_sex());
    let name = cells.name();
    // `Tổng số: 6` counts people in a column of theirs; nobody is called so and has a document or a birth date.
    if is_document {
        return Holds::Somebody;
    }
    if has_birth {
        let is_somebody = is_name(&name) || has_number || has_sex;
        return if is_somebody { Holds::Somebody } else { Holds::Something };
    }
    if row.cells().any(|cell| is_of_a_total(&cell.value.shown())) {
        return Holds::Nothing;
    }
    let is_count = number_width.is_none_or(|width| digits(&cells.shown(Column::Number)) < width);
    match (is_name(&name), has_number) {
        (false, true) if !has_sex && is_count => Holds::Something,
        (_, true) => Holds::Somebody,
        (true, false) if has_id || has_sex || cells.has_digits(Column::Number) => Holds::Somebody,
        (true, false) if cells.has_more_than_a_name() => Holds::Something,
        (false, false) if has_id || name.is_empty() && has_sex => Holds::Something,
        _ => Holds::Nothing,
    }
}

/// The headings once more, spelt as they were or otherwise.
pub(super) fn is_header_again(row: Row<'_>, headers: &[Row<'_>]) -> bool {
    let has_digits = || row.cells().any(|cell| digits(&cell.value.shown()) > MAX_HEADING_DIGITS);
    let folded = || row.cells().map(|cell| vec![fold_heading(&cell.value.shown())]).collect::<Vec<_>>();
    headers.iter().any(|header| header.cells().eq(row.cells()))
        || !has_digits() && Columns::of_readings(&folded()).is_header()
}

/// `(1) (2) (3)` or `1 2 3` or `A B C` below the headings.
pub(super) fn is_numbering(row: Row<'_>) -> bool {
    let expected = |at: usize, text: &str| {
        let text = tidy(text).text;
        let text = text.trim_matches(['(', ')', '[', ']', ' ']);
        text == (at + 1).to_string() || u32::try_from(at).is_ok_and(|at| text == column_name(at))
    };
    row.cells().len() > 2 && row.cells().enumerate().all(|(at, cell)| expected(at, &cell.value.shown()))
}

/// A personal number somewhere in a row that should hold nobody.
pub(super) fn has_personal_number(row: Row<'_>) -> bool {
    row.cells().any(|cell| {
        let found = values::id_number(&cell.value.shown()).value;
        digits(&found) == PERSONAL_NUMBER_DIGITS && found.len() == PERSONAL_NUMBER_DIGITS
    })
}

/// Digits, and no words.
pub(super) fn is_number(cell: &values::Cell) -> bool {
    let of_number = |character: char| character.is_ascii_alphanumeric() || " -./_'+,".contains(character);
    let shown = cell.value.as_str();
    cell.note.is_some() || digits(shown) > 0 && shown.len() <= MAX_NUMBER_LEN && shown.chars().all(of_number)
}

/// The cells of a row by what they hold.
struct Cells<'a> {
    row: Row<'a>,
    mapping: &'a SheetMapping,
}

impl<'a> Cells<'a> {
    fn value(&self, column: Column) -> Option<CellValue<'a>> {
        self.row.value(self.mapping.place(column)?)
    }

    fn shown(&self, column: Column) -> String {
        self.value(column).map(CellValue::shown).unwrap_or_default()
    }

    fn is_broken(&self, column: Column) -> bool {
        matches!(self.value(column), Some(CellValue::Fault(_) | CellValue::Uncomputed))
    }

    fn name(&self) -> String {
        let parts = [Column::FullName, Column::FamilyName, Column::GivenName].map(|column| self.shown(column));
        tidy(&parts.join(" ")).text
    }

    /// A date in figures: `ngày 5 tháng 6 năm 2026` is when a list was signed.
    fn has_birth_date(&self) -> bool {
        let is_date = |value: CellValue<'_>| match dates::of_cell(value, self.mapping.since_1904) {
            Reading::Certain(found) => found.date().is_some(),
            numbers => numbers.proves().is_some() || numbers.both().is_some(),
        };
        let is_in_words = |value: CellValue<'_>| matches!(value, CellValue::Text(text) if text.chars().any(char::is_alphabetic) && !text.contains(':'));
        let parts = [Column::BirthDay, Column::BirthMonth, Column::BirthYear].map(|column| self.shown(column));
        let [day, month, year] = &parts;
        self.value(Column::BirthDate).is_some_and(|value| !is_in_words(value) && is_date(value))
            || dates::of_parts(day, month, year).date().is_some()
    }

    fn has_sex(&self) -> bool {
        values::sex(&self.shown(Column::Sex)).is_some()
    }

    fn has_digits(&self, column: Column) -> bool {
        digits(&self.shown(column)) > 0
    }

    fn has_more_than_a_name(&self) -> bool {
        let names = [Column::FullName, Column::FamilyName, Column::GivenName];
        let others = self.mapping.columns.iter().filter(|(kind, _)| kind.is_taken() && !names.contains(kind));
        others.clone().any(|(_, place)| self.row.value(*place).is_some_and(|value| !is_blank(&value.shown())))
    }
}

/// Words that could be a person's: not an office, not a sum. Marks count: Tống is a family name, Trương Phong a person.
fn is_name(tidied: &str) -> bool {
    let lower = lower(tidied);
    let is_office = OFFICES.iter().any(|office| begins(&lower, office));
    let has_letters = tidied.chars().filter(|one| one.is_alphabetic()).count() >= MIN_NAME_LETTERS;
    has_letters && tidied.chars().count() <= MAX_NAME_LEN && !is_office && !is_of_a_total(tidied)
}

/// `Tổng số`, `Cộng:`, `Danh sách này có …`.
fn is_of_a_total(shown: &str) -> bool {
    let lower = lower(shown);
    let sum = |word: &&str| {
        let rest = lower.strip_prefix(*word).map(str::trim_start);
        rest.is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(|one: char| one.is_ascii_digit() || ":=".contains(one))
        })
    };
    SUMS.iter().any(sum) || TOTALS.iter().any(|words| begins(&lower, words))
}

fn lower(shown: &str) -> String {
    let lower = tidy(shown).text.to_lowercase();
    lower.trim_start_matches(['(', '*', '-', ' ', '"']).to_owned()
}

fn begins(text: &str, phrase: &str) -> bool {
    text.strip_prefix(phrase).is_some_and(|rest| !rest.starts_with(char::is_alphabetic))
}

fn digits(shown: &str) -> usize {
    shown.chars().filter(|one| one.is_ascii_digit()).count()
}

const MAX_NUMBER_LEN: usize = 24;
const PERSONAL_NUMBER_DIGITS: usize = 12;
/// An old CMND that lost its zero.
const MIN_DOCUMENT_DIGITS: usize = 8;
const MAX_HEADING_DIGITS: usize = 2;
const MIN_NAME_LETTERS: usize = 1;
const MAX_NAME_LEN: usize = 80;
const SUMS: [&str; 6] = ["tổng", "cộng", "total", "sum", "tong", "count"];
const TOTALS: [&str; 14] = [
    "tổng số",
    "tổng cộng",
    "tong so:",
    "tong cong:",
    "cong:",
    "số lượng",
    "sĩ số",
    "danh sách này",
    "danh sách có",
    "danh sách gồm",
    "ấn định",
    "bằng chữ",
    "grand total",
    "ghi chú",
];
const OFFICES: [&str; 33] = [
    "người lập",
    "người kiểm tra",
    "người đối chiếu",
    "người nhập",
    "người đọc",
    "chủ tịch",
    "phó chủ tịch",
    "trưởng ban",
    "phó trưởng ban",
    "trưởng phòng",
    "trưởng điểm",
    "phó trưởng điểm",
    "trưởng đoàn",
    "hiệu trưởng",
    "phó hiệu trưởng",
    "giám đốc",
    "phó giám đốc",
    "giám thị",
    "giám khảo",
    "cán bộ",
    "thư ký",
    "xác nhận",
    "thủ trưởng",
    "ký tên",
    "ký, ghi",
    "ký ghi",
    "ký và ghi",
    "đã ký",
    "tm.",
    "kt.",
    "thí sinh",
    "học sinh",
    "người",
];
