//! From the rows of a table to people, and what had to be said on the way.
//!
//! Invariant: every row of the table is a person of the outcome, or is left out by a finding that names it.

use super::dates::{self, BirthDate};
use super::finding::{Finding, Problem};
use super::mapping::{Mapping, SheetMapping};
use super::table::{CellValue, Row, Sheet, Table, column_name};
use super::values;
use super::{Column, NoteKind};
use bits::secret::Pii;
use bits::text;
use roster::{CandidateNumber, Sex};
use std::collections::HashMap;
use unicode_normalization::is_nfc;

/// One person of a list, and where she stands in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// The sheet's index.
    pub sheet: usize,
    /// The line.
    pub line: u32,
    /// SBD.
    pub number: CandidateNumber,
    /// Full name, NFC.
    pub full_name: Pii<String>,
    /// Birth date as `YYYY-MM-DD`; empty when there is none that can be read.
    pub birth_date: Pii<String>,
    /// Sex, where it is told.
    pub sex: Option<Sex>,
    /// What the identity column holds.
    pub id_number: Pii<String>,
    /// Exam site.
    pub site: String,
    /// Room.
    pub room: String,
    /// Seat.
    pub seat: String,
    /// Session; empty means every session.
    pub session: String,
    /// School or class.
    pub school: String,
}

/// What became of a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intake {
    /// Everybody on the list, in the order of the file.
    pub people: Vec<Listed>,
    /// Everything that was found, in the order of the file.
    pub findings: Vec<Finding>,
    /// Rows of the table.
    pub rows: usize,
}

impl Intake {
    /// Reads everybody that `mapping` finds in `table`. `progress` is told the rows that are done.
    pub fn read(table: &Table, mapping: &Mapping, progress: &mut dyn FnMut(usize)) -> Self {
        let mut intake = Self { rows: table.rows(), ..Self::default() };
        let number_width = mapping.number_width.or_else(|| number_width(table, mapping));
        let mut done = 0;
        for (index, (sheet, mapping)) in table.sheets.iter().zip(&mapping.sheets).enumerate() {
            let mut reading = Reading { sheet, index, mapping, number_width, out: &mut intake };
            reading.run(&mut |rows| progress(done + rows));
            done += sheet.rows.len();
        }
        if intake.people.is_empty() {
            intake.findings.push(finding(Problem::NobodyListed, 0, 0, None, ""));
        }
        intake
    }

    /// How many rows are named as left out.
    pub fn left_out(&self) -> usize {
        self.findings.iter().filter(|finding| finding.problem.leaves_out()).count()
    }
}

fn finding(problem: Problem, sheet: usize, line: u32, column: Option<u32>, content: &str) -> Finding {
    Finding { problem, sheet, line, column, other: None, content: Pii::new(content.to_owned()) }
}

/// One sheet that is being read.
struct Reading<'a> {
    sheet: &'a Sheet,
    index: usize,
    mapping: &'a SheetMapping,
    number_width: Option<usize>,
    out: &'a mut Intake,
}

impl Reading<'_> {
    fn run(&mut self, progress: &mut dyn FnMut(usize)) {
        let missing = self.mapping.missing();
        let reason = match (self.mapping.used, self.mapping.header) {
            (false, None) if !self.sheet.hidden => Some((Problem::SheetWithoutHeader, "")),
            (false, _) if self.sheet.hidden => Some((Problem::SheetHidden, "")),
            (false, _) => Some((Problem::SheetLeftOut, "")),
            (true, _) => missing.map(|column| (Problem::SheetWithoutColumn, column.heading())),
        };
        match reason {
            Some((problem, content)) if !self.sheet.rows.is_empty() => self.leave_out(problem, content),
            Some(_) => (),
            None => self.people(progress),
        }
    }

    fn leave_out(&mut self, problem: Problem, content: &str) {
        self.find(problem, 0, None, content);
        for row in &self.sheet.rows {
            self.find(Problem::RowOfSheet, row.line, None, "");
        }
    }

    fn people(&mut self, progress: &mut dyn FnMut(usize)) {
        let sheet = self.sheet;
        if let Some(legacy) = sheet.legacy {
            self.find(Problem::Converted, 0, None, legacy.name());
        }
        for (heading, column) in &self.mapping.unused {
            self.find(Problem::ColumnUnused, 0, Some(*column), heading);
        }
        let header = self.header_row().map(|row| row.cells.clone());
        let last =
            sheet.rows.iter().rev().find(|row| self.is_below(row) && self.is_person(row)).map_or(0, |row| row.line);
        for (done, row) in sheet.rows.iter().enumerate() {
            self.row(row, header.as_deref(), last);
            if done % PROGRESS_ROWS == 0 {
                progress(done);
            }
        }
        self.mixed_dates();
    }

    fn row(&mut self, row: &Row, header: Option<&[super::table::Cell]>, last: u32) {
        let (first_header, last_header) = self.mapping.header.unwrap_or((0, 0));
        let problem = match row.line {
            line if line < first_header => Problem::TitleRow,
            line if line <= last_header => Problem::HeaderRow,
            _ if header == Some(&row.cells) => Problem::HeaderAgain,
            line if line > last || !self.is_below(row) => Problem::Trailing,
            _ if is_numbering(row) => Problem::Numbering,
            _ if !self.is_person(row) => Problem::NobodysRow,
            _ => return self.person(row),
        };
        let content = row.cells.first().map(|cell| cell.value.shown()).unwrap_or_default();
        self.find(problem, row.line, None, &content);
    }

    fn header_row(&self) -> Option<&Row> {
        let (first, last) = self.mapping.header?;
        self.sheet.rows.iter().find(|row| (first..=last).contains(&row.line))
    }

    fn is_below(&self, row: &Row) -> bool {
        row.line > self.mapping.header.map_or(0, |(_, last)| last)
            && self.mapping.last_line.is_none_or(|last| row.line <= last)
    }

    /// A row of a person has a number or a document; a total or a signature has neither.
    fn is_person(&self, row: &Row) -> bool {
        [Column::Number, Column::IdNumber].into_iter().any(|column| {
            let broken = matches!(self.value(row, column), Some(CellValue::Fault(_) | CellValue::Uncomputed));
            broken || is_number(&self.shown(row, column))
        })
    }

    fn person(&mut self, row: &Row) {
        self.broken_cells(row);
        let Some(number) = self.number(row) else { return };
        let id_number = self.id_number(row);
        let listed = Listed {
            sheet: self.index,
            line: row.line,
            number,
            full_name: Pii::new(self.full_name(row)),
            birth_date: Pii::new(self.birth_date(row)),
            sex: self.sex(row),
            id_number: Pii::new(id_number),
            site: self.text(row, Column::Site),
            room: self.text(row, Column::Room),
            seat: self.text(row, Column::Seat),
            session: self.text(row, Column::Session),
            school: self.text(row, Column::School),
        };
        self.out.people.push(listed);
    }

    fn broken_cells(&mut self, row: &Row) {
        for (kind, column) in self.mapping.columns.iter().filter(|(kind, _)| kind.is_taken()) {
            let (problem, content) = match row.value(*column) {
                Some(CellValue::Fault(fault)) => (Problem::CellFault, fault.as_str()),
                Some(CellValue::Uncomputed) => (Problem::CellUncomputed, ""),
                Some(CellValue::Bool(_)) if *kind != Column::Female => (Problem::CellOdd, ""),
                _ => continue,
            };
            self.out.findings.push(finding(problem, self.index, row.line, Some(*column), content));
        }
    }

    fn number(&mut self, row: &Row) -> Option<CandidateNumber> {
        let shown = self.shown(row, Column::Number);
        let cell = values::number(&shown, self.number_width);
        match cell.note {
            Some(NoteKind::DigitsLost(_)) => {
                self.find_at(Problem::NumberRounded, row, Column::Number, &shown);
                return None;
            }
            Some(_) => self.find_at(Problem::NumberZeros, row, Column::Number, &shown),
            None => (),
        }
        let number = CandidateNumber::new(&cell.value).filter(|_| is_number(&cell.value));
        match (&number, self.number_width) {
            (None, _) => self.find_at(Problem::NumberMissing, row, Column::Number, &shown),
            (Some(number), Some(width)) if number.as_str().len() != width => {
                self.find_at(Problem::NumberOdd, row, Column::Number, &shown);
            }
            _ => (),
        }
        number
    }

    fn id_number(&mut self, row: &Row) -> String {
        let shown = self.shown(row, Column::IdNumber);
        let cell = values::id_number(&shown);
        match cell.note {
            Some(NoteKind::DigitsLost(_)) => self.find_at(Problem::IdRounded, row, Column::IdNumber, &shown),
            Some(_) => self.find_at(Problem::IdZeros, row, Column::IdNumber, &shown),
            None => (),
        }
        cell.value
    }

    fn full_name(&mut self, row: &Row) -> String {
        let whole = self.shown(row, Column::FullName);
        let written = match whole.trim().is_empty() {
            true => format!("{} {}", self.shown(row, Column::FamilyName), self.shown(row, Column::GivenName)),
            false => whole,
        };
        let name = text::nfc(&written.split_whitespace().collect::<Vec<_>>().join(" "));
        if name.is_empty() {
            self.find_at(Problem::NameMissing, row, Column::FullName, "");
        } else if !name.chars().all(is_name_character) {
            self.find_at(Problem::NameOdd, row, Column::FullName, &name);
        }
        if !is_nfc(&written) {
            self.find_at(Problem::NameComposed, row, Column::FullName, &name);
        }
        name
    }

    fn birth_date(&mut self, row: &Row) -> String {
        let SheetMapping { date_order, since_1904, .. } = *self.mapping;
        let parts = [Column::BirthDay, Column::BirthMonth, Column::BirthYear].map(|column| self.shown(row, column));
        let has_parts = self.mapping.place(Column::BirthDate).is_none() && parts.iter().any(|part| !part.is_empty());
        let found = match (self.value(row, Column::BirthDate), &parts) {
            (_, [day, month, year]) if has_parts => dates::of_parts(day, month, year),
            (Some(value), _) => dates::of_cell(value, date_order, since_1904),
            (None, _) => {
                self.find_at(Problem::BirthMissing, row, Column::BirthDate, "");
                return String::new();
            }
        };
        let problem = match found {
            BirthDate::Written(_) => None,
            BirthDate::ShortYear(_) => Some(Problem::BirthShortYear),
            BirthDate::Serial(_) => Some(Problem::BirthSerial),
            BirthDate::YearOnly => Some(Problem::BirthYearOnly),
            BirthDate::Unreadable => Some(Problem::BirthUnreadable),
        };
        if let Some(problem) = problem {
            let shown = self.shown(row, Column::BirthDate);
            self.find_at(problem, row, Column::BirthDate, &shown);
        }
        found.date().map(|date| date.to_string()).unwrap_or_default()
    }

    fn sex(&mut self, row: &Row) -> Option<Sex> {
        if self.mapping.place(Column::Female).is_some() {
            let marked = !self.shown(row, Column::Female).trim().is_empty();
            return Some(if marked { Sex::Female } else { Sex::Male });
        }
        self.mapping.place(Column::Sex)?;
        let shown = self.shown(row, Column::Sex);
        let sex = values::sex(&shown);
        if sex.is_none() {
            self.find_at(Problem::SexUnreadable, row, Column::Sex, &shown);
        }
        sex
    }

    /// Day numbers among written dates are what is left when a spreadsheet took `dd/mm` for `mm/dd` where it could.
    fn mixed_dates(&mut self) {
        let of_sheet = |problem| {
            let findings = self.out.findings.iter();
            findings.filter(|one| one.sheet == self.index && one.problem == problem).count()
        };
        let people = self.out.people.iter().filter(|one| one.sheet == self.index).count();
        let without = of_sheet(Problem::BirthMissing) + of_sheet(Problem::BirthYearOnly);
        let serials = of_sheet(Problem::BirthSerial);
        let written = people.saturating_sub(serials + without);
        if serials > 0 && written > 0 {
            let column = self.mapping.place(Column::BirthDate);
            self.find(Problem::BirthMixed, 0, column, &format!("{written} dạng chữ, {serials} dạng số"));
        }
    }

    fn value<'a>(&self, row: &'a Row, column: Column) -> Option<&'a CellValue> {
        row.value(self.mapping.place(column)?)
    }

    fn shown(&self, row: &Row, column: Column) -> String {
        match self.value(row, column) {
            Some(CellValue::Fault(_)) | None => String::new(),
            Some(value) => value.shown(),
        }
    }

    fn text(&self, row: &Row, column: Column) -> String {
        text::nfc(&self.shown(row, column).split_whitespace().collect::<Vec<_>>().join(" "))
    }

    fn find(&mut self, problem: Problem, line: u32, column: Option<u32>, content: &str) {
        self.out.findings.push(finding(problem, self.index, line, column, content));
    }

    fn find_at(&mut self, problem: Problem, row: &Row, column: Column, content: &str) {
        let column = self.mapping.place(column).or_else(|| fallback(self.mapping, column));
        self.find(problem, row.line, column, content);
    }
}

/// The width that most SBDs of all sheets have: a sheet of one council may have lost all of its zeros.
fn number_width(table: &Table, mapping: &Mapping) -> Option<usize> {
    let sheets = table.sheets.iter().zip(&mapping.sheets).filter(|(_, mapping)| mapping.used);
    let numbers = sheets.flat_map(|(sheet, mapping)| {
        let column = mapping.place(Column::Number);
        let below = mapping.header.map_or(0, |(_, last)| last);
        let rows = sheet.rows.iter().filter(move |row| row.line > below);
        rows.filter_map(move |row| row.value(column?)).map(CellValue::shown)
    });
    let numbers: Vec<String> = numbers.collect();
    values::column_width(numbers.iter().map(String::as_str))
}

/// Where something stands that may stand in several columns.
fn fallback(mapping: &SheetMapping, column: Column) -> Option<u32> {
    match column {
        Column::FullName => mapping.place(Column::GivenName),
        Column::BirthDate => mapping.place(Column::BirthDay),
        Column::Sex => mapping.place(Column::Female),
        _ => None,
    }
}

/// The place of a row's cell, for checks that look at several rows.
pub(super) fn column_of(mapping: &Mapping, sheet: usize, column: Column) -> Option<u32> {
    let mapping = mapping.sheets.get(sheet)?;
    mapping.place(column).or_else(|| fallback(mapping, column))
}

/// `(1) (2) (3)` or `1 2 3` or `A B C` below the headings.
fn is_numbering(row: &Row) -> bool {
    let expected = |at: usize, text: &str| {
        let text = text.trim_matches(['(', ')', '[', ']', ' ']);
        text == (at + 1).to_string() || u32::try_from(at).is_ok_and(|at| text == column_name(at))
    };
    row.cells.len() > 2 && row.cells.iter().enumerate().all(|(at, cell)| expected(at, &cell.value.shown()))
}

/// Digits, and no words.
fn is_number(shown: &str) -> bool {
    let of_number = |character: char| character.is_ascii_alphanumeric() || " -./_'+,".contains(character);
    let has_digit = shown.bytes().any(|byte| byte.is_ascii_digit());
    has_digit && shown.len() <= MAX_NUMBER_LEN && shown.chars().all(of_number)
}

/// Letters, and what stands between them in names.
fn is_name_character(character: char) -> bool {
    character.is_alphabetic() && !"ªºµ".contains(character) || " '’-.".contains(character)
}

/// How many people stand in each group that `key` tells.
pub(super) fn groups<'a, K: std::hash::Hash + Eq>(
    people: &'a [Listed],
    key: impl Fn(&'a Listed) -> Option<K>,
) -> HashMap<K, Vec<&'a Listed>> {
    let mut found: HashMap<K, Vec<&'a Listed>> = HashMap::new();
    for one in people {
        if let Some(key) = key(one) {
            found.entry(key).or_default().push(one);
        }
    }
    found
}

const MAX_NUMBER_LEN: usize = 24;
const PROGRESS_ROWS: usize = 1_024;
