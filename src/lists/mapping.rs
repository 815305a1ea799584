//! Which rows of a table are people and which column holds what, told from its headings, or by a person.
//!
//! Source of the headings: Circular 24/2024/TT-BGDĐT and the lists that exam systems export.

use super::columns::{Columns, fold_heading};
use super::table::{CellValue, Row, Rows, Sheet, Table};
use super::words::ListWords;
use super::{Column, mapping_file, values};
use bits::text::shown_within;
use cccd::number::PersonalNumber;

/// In which order a written date's parts stand: told by a cell that fits one order only, or by a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    /// `15/02/2008`.
    DayFirst,
    /// `02/15/2008`.
    MonthFirst,
}

/// What is known about one sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SheetMapping {
    /// The sheet's name.
    pub name: String,
    /// Its people are taken.
    pub used: bool,
    /// The first and the last line of its headings; none where they stand nowhere.
    pub header: Option<(u32, u32)>,
    /// The last line that may hold a person; behind it stand signatures.
    pub last_line: Option<u32>,
    /// How written dates are to be read, where a person said so; else the column tells it.
    pub date_order: Option<DateOrder>,
    /// Day numbers without a date format count from 1904: the workbook's own epoch, or a person's word.
    pub since_1904: bool,
    /// What stands where, from the left.
    pub columns: Vec<(Column, u32)>,
    /// Headings of columns that nobody needs, and where they stand.
    pub unused: Vec<(String, u32)>,
    /// Columns that were chosen among several of one kind, and why.
    pub chosen: Vec<(u32, Choice)>,
}

/// Why a column of identity numbers was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The columns that could be meant, from 0.
    pub columns: Vec<u32>,
    /// Cells of the chosen one with a personal number.
    pub cells: usize,
}

/// What is known about a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// Digits of every SBD, where somebody said so; else most of the numbers tell it.
    pub number_width: Option<usize>,
    /// One entry a sheet.
    pub sheets: Vec<SheetMapping>,
}

impl Mapping {
    /// Finds out by itself.
    pub fn find(table: &Table) -> Self {
        Self {
            number_width: None,
            sheets: table.sheets.iter().map(|sheet| SheetMapping::find(sheet, table.since_1904)).collect(),
        }
    }

    /// As a file that a person can mend.
    pub fn to_toml(&self, words: &ListWords) -> String {
        mapping_file::write(self, words)
    }

    /// Reads a mended file. What it does not name stays as it was found.
    ///
    /// # Errors
    /// [`MappingError`], with the name of what is wrong.
    pub fn mended_by(self, text: &str) -> Result<Self, MappingError> {
        mapping_file::mend(self, text)
    }
}

impl SheetMapping {
    fn find(sheet: &Sheet, since_1904: bool) -> Self {
        let header = find_header(&sheet.rows);
        let mut mapping = Self {
            name: sheet.name.clone(),
            used: !sheet.hidden && header.is_some(),
            header: header.as_ref().map(|found| found.lines),
            since_1904,
            ..Self::default()
        };
        if let Some(found) = header {
            mapping.columns = found.columns;
            mapping.split_name(sheet, &found.headings);
            mapping.choose_id_number(sheet, &found.id_numbers);
            let taken = |column: u32| mapping.columns.iter().any(|(kind, place)| *place == column && kind.is_taken());
            mapping.unused = found.headings.into_iter().filter(|(_, column)| !taken(*column)).collect();
        }
        mapping
    }

    /// The index of a column.
    pub fn place(&self, column: Column) -> Option<u32> {
        self.columns.iter().find(|(found, _)| *found == column).map(|(_, place)| *place)
    }

    /// The first column that a list cannot do without and this one lacks.
    pub fn missing(&self) -> Option<Column> {
        let has = |column| self.place(column).is_some();
        match () {
            () if !has(Column::Number) => Some(Column::Number),
            () if !has(Column::FullName) && !has(Column::FamilyName) => Some(Column::FullName),
            () if !has(Column::FullName) && !has(Column::GivenName) => Some(Column::GivenName),
            () if !has(Column::IdNumber) => Some(Column::IdNumber),
            () => None,
        }
    }

    /// Of several columns of identity numbers the one in which the most cells are personal numbers; of equals the one with
    /// the better heading.
    fn choose_id_number(&mut self, sheet: &Sheet, allowed: &[u32]) {
        let Some(first) = self.place(Column::IdNumber).filter(|_| allowed.len() > 1) else { return };
        let last_line = self.header.map_or(0, |(_, last)| last);
        let below = || sheet.rows.iter().filter(|row| row.line > last_line).take(SAMPLED_ROWS);
        let is_personal = |value: CellValue<'_>| {
            let number = PersonalNumber::parse(&values::id_number(&value.shown()).value);
            number.is_ok_and(|number| number.place_is_known())
        };
        let count = |column: u32| below().filter(|row| row.value(column).is_some_and(is_personal)).count();
        let best = allowed.iter().copied().max_by_key(|column| (count(*column), *column == first)).unwrap_or(first);
        self.columns.iter_mut().filter(|(kind, _)| *kind == Column::IdNumber).for_each(|(_, place)| *place = best);
        self.columns.sort_by_key(|(_, place)| *place);
        self.chosen.push((best, Choice { columns: allowed.to_vec(), cells: count(best) }));
    }

    /// One heading over two columns: family and middle names on the left, the given name on the right.
    fn split_name(&mut self, sheet: &Sheet, headings: &[(String, u32)]) {
        let Some(whole) = self.place(Column::FullName) else { return };
        let right = whole.saturating_add(1);
        let last_line = self.header.map_or(0, |(_, last)| last);
        if headings.iter().any(|(_, column)| *column == right) || self.columns.iter().any(|(_, place)| *place == right)
        {
            return;
        }
        let below = sheet.rows.iter().filter(|row| row.line > last_line && row.value(whole).is_some());
        let below: Vec<Row<'_>> = below.take(SAMPLED_ROWS).collect();
        let is_given =
            |row: &&Row<'_>| matches!(row.value(right), Some(CellValue::Text(text)) if !text.trim().contains(' '));
        if below.iter().filter(is_given).count() * 2 > below.len() {
            self.columns.retain(|(column, _)| *column != Column::FullName);
            self.columns.extend([(Column::FamilyName, whole), (Column::GivenName, right)]);
            self.columns.sort_by_key(|(_, place)| *place);
        }
    }
}

/// Why a mapping file cannot be used; [`ListWords::mapping`] says it to the clerk.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// It is no TOML, or a key is unknown.
    #[error("mapping file, line {line}: {message}")]
    Form {
        /// The line.
        line: usize,
        /// What the parser said.
        message: String,
    },
    /// It names a sheet that the table does not have.
    #[error("mapping file: no sheet {name:?} in the workbook")]
    UnknownSheet {
        /// The name.
        name: String,
    },
    /// It names something that no column can hold.
    #[error("mapping file: unknown kind of column {key:?}")]
    UnknownColumn {
        /// The name.
        key: String,
    },
    /// It names a column that no spreadsheet has.
    #[error("mapping file: {place:?} is not a column name")]
    NoColumn {
        /// The text.
        place: String,
    },
    /// Its header lines are no lines.
    #[error("mapping file, sheet {name:?}: header lines are [first, last], from 1")]
    Header {
        /// The sheet.
        name: String,
    },
}

/// Headings that were found.
struct Header {
    lines: (u32, u32),
    columns: Vec<(Column, u32)>,
    headings: Vec<(String, u32)>,
    /// Every column that may hold identity numbers.
    id_numbers: Vec<u32>,
}

/// The row, or two rows, among the first ones that name the most columns; of equals the first, and one row before two.
fn find_header(rows: &Rows) -> Option<Header> {
    let searched: Vec<Row<'_>> = rows.iter().take(MAX_TITLE_ROWS).collect();
    let mut best: Option<((usize, bool), Header)> = None;
    for (at, row) in searched.iter().copied().enumerate() {
        let below = searched.get(at + 1).copied().filter(|below| below.line == row.line + 1 && is_words(*below));
        for below in [None, below].into_iter().take(if below.is_some() { 2 } else { 1 }) {
            let Some((score, header)) = header_of(row, below) else { continue };
            let weight = (score, below.is_none());
            if best.as_ref().is_none_or(|(known, _)| weight > *known) {
                best = Some((weight, header));
            }
        }
    }
    best.map(|(_, header)| header)
}

fn header_of(upper: Row<'_>, lower: Option<Row<'_>>) -> Option<(usize, Header)> {
    let readings = readings(upper, lower);
    let folded: Vec<Vec<String>> =
        readings.iter().map(|(_, texts)| texts.iter().map(|text| fold_heading(text)).collect()).collect();
    let found = Columns::of_readings(&folded);
    if !found.is_header() {
        return None;
    }
    let column_at = |place: usize| readings.get(place).map(|(column, _)| *column);
    let mut columns: Vec<(Column, u32)> =
        found.places().iter().filter_map(|(kind, place)| Some((*kind, column_at(*place)?))).collect();
    columns.sort_by_key(|(_, place)| *place);
    let words = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let heading = |texts: &Vec<String>| shown_within(&texts.first().map(words).unwrap_or_default());
    let headings = readings.iter().map(|(column, texts)| (heading(texts), *column)).collect();
    let lines = (upper.line, lower.map_or(upper.line, |row| row.line));
    let id_numbers = found.allowed(Column::IdNumber, &folded).into_iter().filter_map(column_at).collect();
    Some((found.len(), Header { lines, columns, headings, id_numbers }))
}

/// What each column's heading may be read as. In two rows an upper cell stands over the columns up to the next one.
fn readings(upper: Row<'_>, lower: Option<Row<'_>>) -> Vec<(u32, Vec<String>)> {
    let Some(lower) = lower else {
        return upper.cells().map(|cell| (cell.column, vec![cell.value.shown()])).collect();
    };
    let mut columns: Vec<u32> = upper.cells().chain(lower.cells()).map(|cell| cell.column).collect();
    columns.sort_unstable();
    columns.dedup();
    let over = |column: u32| upper.cells().rev().find(|cell| cell.column <= column).map(|cell| cell.value.shown());
    let reading = |column: u32| {
        let own = upper.value(column).map(CellValue::shown);
        match (lower.value(column).map(CellValue::shown), over(column)) {
            (Some(sub), Some(top)) => vec![format!("{top} {sub}"), sub, own.unwrap_or_default()],
            (Some(sub), None) => vec![sub],
            (None, _) => vec![own.unwrap_or_default()],
        }
    };
    columns.into_iter().map(|column| (column, reading(column))).collect()
}

/// Words only: a second row of headings, not the first person.
fn is_words(row: Row<'_>) -> bool {
    let word = |value: CellValue<'_>| match value {
        CellValue::Text(text) => text.bytes().filter(u8::is_ascii_digit).count() <= MAX_HEADING_DIGITS,
        _ => false,
    };
    row.cells().all(|cell| word(cell.value)) && row.cells().any(|cell| cell.value.shown().len() > 1)
}

/// How many rows may stand above the headings.
pub(super) const MAX_TITLE_ROWS: usize = 40;
const SAMPLED_ROWS: usize = 50;
/// Headings have few digits: `CMND 9 số`.
const MAX_HEADING_DIGITS: usize = 2;
