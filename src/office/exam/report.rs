//! What an import found, for the clerk: on a terminal, as CSV, and as a workbook with the cells marked.

use crate::language::{BoardWords, ImportWords};
use ::record::Digest;
use bits::spreadsheet::CsvRows;
use bits::text::shown;
use lists::mapping::SheetMapping;
use lists::table::{CellValue, Format, Row, Sheet, Table, column_name};
use lists::words::ListWords;
use lists::{Finding, Intake, Mapping, Problem, Weight};
use rust_xlsxwriter::{Format as Look, Note, Workbook, Worksheet, XlsxError};
use sha2::{Digest as _, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

/// How many places of one problem are named on a terminal.
pub const MAX_LISTED: usize = 5;

/// Whether a list may become an exam.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Judgement {
    /// How many errors there are.
    pub errors: usize,
    /// Codes of warnings that nobody accepted.
    pub open: BTreeSet<&'static str>,
    /// Codes of warnings that somebody accepted and that are there.
    pub accepted: BTreeSet<&'static str>,
}

impl Judgement {
    /// Judges what was found. `accept` holds codes, or `all`.
    pub fn of(intake: &Intake, accept: &BTreeSet<String>) -> Self {
        let mut judgement = Self::default();
        for problem in intake.findings.iter().map(|one| one.problem) {
            let is_accepted = accept.contains(problem.code()) || accept.contains(ALL);
            match problem.weight() {
                Weight::Error => judgement.errors += 1,
                Weight::Warning if is_accepted => drop(judgement.accepted.insert(problem.code())),
                Weight::Warning => drop(judgement.open.insert(problem.code())),
                Weight::Note => (),
            }
        }
        judgement
    }

    /// True when nothing stands in the way.
    pub fn is_good(&self) -> bool {
        self.errors == 0 && self.open.is_empty()
    }
}

/// How a table is read, in words.
pub fn mapping_text(table: &Table, mapping: &Mapping, all: &BoardWords) -> String {
    let words = &all.import;
    let format = match table.format {
        Format::Xlsx => "XLSX".to_owned(),
        Format::Xls => "XLS".to_owned(),
        Format::Ods => "ODS".to_owned(),
        Format::Delimited => words.delimited(separator(table.separator, words)),
    };
    let mut out = format!("{}\n", words.format(format));
    for (sheet, mapping) in table.sheets.iter().zip(&mapping.sheets) {
        sheet_text(&mut out, sheet, mapping, all);
    }
    out
}

fn sheet_text(out: &mut String, sheet: &Sheet, mapping: &SheetMapping, all: &BoardWords) {
    let words = &all.import;
    let name = if sheet.name.is_empty() { words.text_file() } else { sheet.name.clone() };
    let _ = writeln!(out, "{}", words.sheet(name, sheet.rows.len()));
    if let Some(legacy) = sheet.legacy {
        let examples = sheet.examples.reveal().join(", ");
        let _ = writeln!(out, "{}", words.legacy(legacy.name(), examples));
    }
    match mapping.header {
        Some((first, last)) if mapping.used => drop(writeln!(out, "{}", words.header(first, last))),
        Some(_) => drop(writeln!(out, "{}", words.not_taken())),
        None => drop(writeln!(out, "{}", words.no_header())),
    }
    for (column, place) in mapping.columns.iter().filter(|(column, _)| column.is_taken()) {
        let why = mapping.chosen.iter().find(|(chosen, _)| chosen == place);
        let why = why.map(|(_, choice)| words.chosen(all.lists.chosen(choice))).unwrap_or_default();
        let _ = writeln!(out, "  {:>3}  {}{why}", column_name(*place), all.lists.column(*column));
    }
    for (heading, place) in &mapping.unused {
        let column = format!("{:>3}", column_name(*place));
        let _ = writeln!(out, "{}", words.unused(column, one_line(heading)));
    }
}

/// What was found, in words for a terminal: counted by kind, the first places of each, people masked.
pub fn text(table: &Table, intake: &Intake, all: &BoardWords) -> String {
    let (words, said) = (&all.import, &all.lists);
    let counts = words.counts(table.lines, intake.rows(), intake.people().len(), intake.left_out());
    let mut out = format!("{counts}\n");
    let mut by_problem: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
    for one in &intake.findings {
        by_problem.entry((std::cmp::Reverse(one.problem.weight()), one.problem)).or_default().push(one);
    }
    for ((weight, problem), found) in by_problem {
        let (weighs, what) = (said.weight(weight.0), said.problem(problem));
        let _ = writeln!(out, "{weighs}  {}  ×{}  {what}", problem.code(), found.len());
        // Notes are counted; what they are about is in the report's files. A change is shown before anybody accepts it.
        let is_counted = weight.0 == Weight::Note && !problem.is_change();
        let listed = if is_counted { 0 } else { MAX_LISTED };
        for one in found.iter().take(listed) {
            let _ = writeln!(out, "      {}{}", place(said, table, one), content(&one.masked(said)));
        }
        if found.len() > listed && !is_counted {
            let _ = writeln!(out, "{}", words.more_places(found.len() - listed));
        }
    }
    out
}

/// Everything that was found, one a line, with what stands in the cells. Personal data.
pub fn csv(table: &Table, intake: &Intake, all: &BoardWords) -> Vec<u8> {
    let mut file = CsvRows::with_mark();
    file.row(headings(&all.import));
    intake.findings.iter().for_each(|one| file.row(report_row(&all.lists, table, one).map(|cell| shown(&cell))));
    file.finish()
}

/// The list once more with its cells marked, behind a sheet with everything that was found. Personal data.
///
/// # Errors
/// What the library says: more rows than a sheet has.
pub fn xlsx(table: &Table, intake: &Intake, all: &BoardWords) -> Result<Vec<u8>, XlsxError> {
    let (words, said, mut book) = (&all.import, &all.lists, Workbook::new());
    let report = book.add_worksheet().set_name(words.report_sheet())?;
    for (column, heading) in (0..).zip(headings(words)) {
        report.write_string_with_format(0, column, heading, &Look::new().set_bold())?;
    }
    for (row, one) in (1..).zip(intake.findings.iter().take(MAX_REPORT_ROWS)) {
        for (column, cell) in (0..).zip(report_row(said, table, one)) {
            report.write_string_with_format(row, column, cell, &look(one.problem.weight()))?;
        }
    }
    report.set_freeze_panes(1, 0)?;
    for (at, sheet) in table.sheets.iter().enumerate() {
        let findings = intake.findings.iter().filter(|one| one.sheet == at && one.line > 0);
        let mut marks: BTreeMap<(u32, Option<u32>), Vec<Problem>> = BTreeMap::new();
        findings.for_each(|one| marks.entry((one.line, one.column)).or_default().push(one.problem));
        let copy = book.add_worksheet().set_name(sheet_name(&sheet.name, at, words))?;
        write_copy(said, copy, sheet, &marks)?;
    }
    book.save_to_buffer()
}

type Marks = BTreeMap<(u32, Option<u32>), Vec<Problem>>;

fn write_copy(said: &ListWords, copy: &mut Worksheet, sheet: &Sheet, marks: &Marks) -> Result<(), XlsxError> {
    let mut notes = 0;
    for row in sheet.rows.iter() {
        for cell in row.cells() {
            let Ok(column) = u16::try_from(cell.column) else { continue };
            let own = marks.get(&(row.line, Some(cell.column)));
            let heaviest = own.into_iter().flatten().map(|problem| problem.weight()).max();
            write_cell(copy, row.line - 1, column, cell.value, heaviest)?;
        }
        notes += write_notes(said, copy, row, marks, notes)?;
    }
    Ok(())
}

/// A mark on a cell that holds nothing colours it all the same; a mark on a row stands at its first cell.
fn write_notes(
    said: &ListWords,
    copy: &mut Worksheet,
    row: Row<'_>,
    marks: &Marks,
    written: usize,
) -> Result<usize, XlsxError> {
    let mut count = 0;
    for ((_, column), problems) in marks.range((row.line, None)..=(row.line, Some(u32::MAX))) {
        let place = column.or(row.cells().next().map(|cell| cell.column)).and_then(|place| u16::try_from(place).ok());
        let heaviest = problems.iter().map(|problem| problem.weight()).max();
        let (Some(place), Some(heaviest)) = (place, heaviest) else { continue };
        if row.value(u32::from(place)).is_none() {
            copy.write_blank(row.line - 1, place, &look(heaviest))?;
        }
        if heaviest > Weight::Note && written + count < MAX_CELL_NOTES {
            let words: Vec<&str> = problems.iter().map(|problem| said.problem(*problem)).collect();
            copy.insert_note(row.line - 1, place, &Note::new(words.join("\n")))?;
            count += 1;
        }
    }
    Ok(count)
}

fn write_cell(
    copy: &mut Worksheet,
    row: u32,
    column: u16,
    value: CellValue<'_>,
    weight: Option<Weight>,
) -> Result<(), XlsxError> {
    let look = weight.map_or_else(Look::new, look);
    match value {
        CellValue::Number(number) => copy.write_number_with_format(row, column, number, &look)?,
        CellValue::Date { serial, since_1904 } => {
            let serial = if since_1904 { serial + DAYS_TO_1904 } else { serial };
            copy.write_number_with_format(row, column, serial, &look.set_num_format("dd/mm/yyyy"))?
        }
        CellValue::Bool(truth) => copy.write_boolean_with_format(row, column, truth, &look)?,
        other => copy.write_string_with_format(row, column, other.shown(), &look)?,
    };
    Ok(())
}

/// What a list's file is known by.
pub fn digest(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

/// Which list became an exam, and what was accepted: the content of `import.toml`. `digest` is [`digest`] of its file.
pub fn record(source: &str, digest: &Digest, intake: &Intake, judgement: &Judgement, at: jiff::Timestamp) -> String {
    let accepted: Vec<toml::Value> = judgement.accepted.iter().map(|code| toml::Value::from(*code)).collect();
    format!(
        "source = {}\nsha256 = \"{}\"\nrows = {}\ncandidates = {}\nleft_out = {}\naccepted = {}\nat = \"{at:.0}\"\n",
        toml::Value::from(source),
        digest,
        intake.rows(),
        intake.people().len(),
        intake.left_out(),
        toml::Value::Array(accepted),
    )
}

fn report_row(said: &ListWords, table: &Table, one: &Finding) -> [String; 7] {
    [
        place(said, table, one),
        said.weight(one.problem.weight()).to_owned(),
        one.problem.code().to_owned(),
        said.problem(one.problem).to_owned(),
        said.content(&one.content),
        said.content(&one.becomes),
        said.other(one, |sheet| name_of(table, sheet)),
    ]
}

fn place(said: &ListWords, table: &Table, one: &Finding) -> String {
    said.place(one, name_of(table, one.sheet))
}

fn name_of(table: &Table, sheet: usize) -> &str {
    table.sheets.get(sheet).map(|sheet| sheet.name.as_str()).unwrap_or_default()
}

fn content(masked: &str) -> String {
    if masked.is_empty() { String::new() } else { format!(": {}", one_line(masked)) }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn look(weight: Weight) -> Look {
    Look::new().set_background_color(match weight {
        Weight::Error => 0x00F4_B6B6,
        Weight::Warning => 0x00FB_E3A1,
        Weight::Note => 0x00DD_EAF6,
    })
}

/// A name that every spreadsheet takes, and no sheet has already.
fn sheet_name(name: &str, at: usize, words: &ImportWords) -> String {
    let plain: String = name.chars().filter(|one| !"[]:*?/\\'".contains(*one)).take(MAX_SHEET_NAME).collect();
    let plain = if plain.trim().is_empty() { words.list_sheet() } else { plain.trim().to_owned() };
    format!("{} {plain}", at + 1)
}

fn separator(separator: Option<char>, words: &ImportWords) -> String {
    match separator {
        Some(';') => words.semicolon(),
        Some('\t') => words.tab(),
        _ => words.comma(),
    }
}

fn headings(words: &ImportWords) -> [String; 7] {
    [
        words.heading_place(),
        words.heading_weight(),
        words.heading_code(),
        words.heading_words(),
        words.heading_content(),
        words.heading_becomes(),
        words.heading_other(),
    ]
}

/// Accepts every warning.
const ALL: &str = "all";
const MAX_REPORT_ROWS: usize = 1_000_000;
/// Notes are slow to open; beyond these the colour and the report's first sheet must do.
const MAX_CELL_NOTES: usize = 5_000;
const MAX_SHEET_NAME: usize = 25;
const DAYS_TO_1904: f64 = 1_462.0;
