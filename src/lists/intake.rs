//! From the rows of a table to people, and what had to be said on the way.
//!
//! Invariant: every row of the table is a person of the outcome, or is left out by a finding that names it: [`Accounts`]
//! is asked for each row once, and its sum is the table's.

use super::Column;
use super::accounts::Accounts;
use super::finding::{Content, Finding, Problem, about, finding};
use super::mapping::{Mapping, SheetMapping};
use super::reading::Reading;
use super::table::{CellValue, Table};
use super::{People, values};

/// What became of a table.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Intake {
    pub(super) accounts: Accounts,
    /// Everything that was found, in the order of the file; rows that are left out among it.
    pub findings: Vec<Finding>,
}

impl Intake {
    /// Reads everybody that `mapping` finds in `table`. `progress` is told the rows that are done.
    pub fn read(table: &Table, mapping: &Mapping, progress: &mut dyn FnMut(usize)) -> Self {
        let mut intake = Self::default();
        let number_width = mapping.number_width.or_else(|| number_width(table, mapping));
        let nothing = SheetMapping::default();
        for (index, sheet) in table.sheets.iter().enumerate() {
            let mapping = mapping.sheets.get(index).unwrap_or(&nothing);
            let mut reading = Reading::new(table.format, sheet, index, mapping, number_width, &mut intake.findings);
            reading.run(&mut intake.accounts, progress);
        }
        intake.findings.append(&mut intake.accounts.take_left_out());
        let changes = intake.findings.iter().filter(|one| one.problem.is_change()).count();
        if changes > 0 {
            intake.findings.push(about(Problem::ListChanged, 0, Content::Changed(changes)));
        }
        if intake.people().is_empty() {
            intake.findings.push(finding(Problem::NobodyListed, 0, ""));
        }
        intake
    }

    /// Everybody on the list, in the order of the file.
    pub fn people(&self) -> &People {
        self.accounts.people()
    }

    /// [`Intake::people`], taken out.
    pub fn into_people(self) -> People {
        self.accounts.into_people()
    }

    /// How many rows the list has: people and rows that are named as left out.
    pub fn rows(&self) -> usize {
        self.accounts.rows()
    }

    /// How many rows are named as left out.
    pub fn left_out(&self) -> usize {
        self.accounts.left_out()
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
    values::column_width(numbers)
}

/// Where something stands that may stand in several columns.
pub(super) fn fallback(mapping: &SheetMapping, column: Column) -> Option<u32> {
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
