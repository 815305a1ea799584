//! Workbooks, by way of `calamine`, with every count kept while they are read.

use super::archive::{Content, examine};
use super::budget::Budget;
use super::number_format::NumberFormat;
use super::ods_rows;
use super::ods_text::{self, Shown};
use super::{Cell, CellValue, Format, Limits, Row, Sheet, Table, TableError, is_fault};
use calamine::{Data, DataRef, Ods, OdsError, Range, Reader, SheetVisible, Style, Xls, XlsError, Xlsx, XlsxError};
use std::collections::HashMap;
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// XLSX and ODS.
pub(super) fn read_archive(bytes: &[u8], limits: &Limits) -> Result<Table, TableError> {
    match examine(bytes, limits)? {
        Content::Xlsx => guarded(|| xlsx(bytes, limits)),
        Content::Ods => guarded(|| ods(bytes, limits)),
    }
}

/// XLS, and XLSX under a password, which is packed the same way.
pub(super) fn read_compound(bytes: &[u8], limits: &Limits) -> Result<Table, TableError> {
    if has_stream(bytes, "EncryptedPackage") {
        return Err(TableError::Password);
    }
    if has_stream(bytes, "WordDocument") || has_stream(bytes, "PowerPoint Document") {
        return Err(TableError::Document);
    }
    guarded(|| xls(bytes, limits))
}

/// The library is somebody else's, and a file may be made to break it: that must not end the program.
fn guarded(read: impl FnOnce() -> Result<Table, TableError>) -> Result<Table, TableError> {
    catch_unwind(AssertUnwindSafe(read))
        .unwrap_or_else(|_| Err(TableError::Damaged { part: "bảng tính".to_owned() }))
}

fn xlsx(bytes: &[u8], limits: &Limits) -> Result<Table, TableError> {
    let damaged = |part: &str, error: XlsxError| match error {
        XlsxError::Password => TableError::Password,
        _ => TableError::Damaged { part: part.to_owned() },
    };
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| damaged("bảng tính", error))?;
    let named = sheets(book.sheets_metadata(), limits)?;
    let mut filling = Filling::new(limits, book.has_1904_epoch());
    for (name, hidden) in named {
        filling.begin(&name, hidden);
        let shown = formats(&mut book, &name, limits).map_err(|error| damaged(&name, error))?;
        let mut cells = book.worksheet_cells_reader(&name).map_err(|error| damaged(&name, error))?;
        while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(|error| damaged(&name, error))? {
            let value = value_of(cell.value, cell.formula.is_some(), filling.since_1904);
            filling.put(cell.pos, value.map(|value| formatted(value, shown.get(&cell.pos))))?;
        }
    }
    Ok(filling.table(Format::Xlsx))
}

/// The cells of a sheet whose number format adds digits. Most workbooks have no such format: then nothing is read twice.
fn formats(
    book: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    limits: &Limits,
) -> Result<HashMap<(u32, u32), NumberFormat>, XlsxError> {
    let mut cells = book.worksheet_cells_reader(name)?;
    let code = |style: &Style| NumberFormat::of(&style.number_format.as_ref()?.format_code);
    let known: Vec<Option<NumberFormat>> = cells.styles().iter().map(code).collect();
    let mut found = HashMap::new();
    if known.iter().all(Option::is_none) {
        return Ok(found);
    }
    while let Some((row, column, style)) = cells.next_style_id()? {
        if let Some(format) = known.get(style).and_then(Option::as_ref)
            && found.len() < limits.cells
        {
            found.insert((row, column), format.clone());
        }
    }
    Ok(found)
}

fn formatted(value: CellValue, format: Option<&NumberFormat>) -> CellValue {
    match (&value, format) {
        (CellValue::Number(number), Some(format)) => format.shown(*number).map_or(value, CellValue::Formatted),
        _ => value,
    }
}

fn ods(bytes: &[u8], limits: &Limits) -> Result<Table, TableError> {
    ods_rows::require_all(bytes, limits)?;
    let mut book = Ods::new(Cursor::new(bytes)).map_err(|error| match error {
        OdsError::Password => TableError::Password,
        _ => TableError::Damaged { part: "bảng tính".to_owned() },
    })?;
    let named = sheets(book.sheets_metadata(), limits)?;
    let mut filling = Filling::new(limits, false);
    filling.shown = ods_text::of(bytes, limits);
    for (name, hidden) in named {
        let damaged = |_| TableError::Damaged { part: name.clone() };
        let (range, formulas) = (book.worksheet_range(&name).map_err(damaged)?, book.worksheet_formula(&name));
        filling.range(&name, hidden, range, formulas.ok())?;
    }
    Ok(filling.table(Format::Ods))
}

fn xls(bytes: &[u8], limits: &Limits) -> Result<Table, TableError> {
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsError::Password => TableError::Password,
        _ => TableError::Damaged { part: "bảng tính".to_owned() },
    })?;
    let named = sheets(book.sheets_metadata(), limits)?;
    let mut filling = Filling::new(limits, book.has_1904_epoch());
    for (name, hidden) in named {
        let damaged = |_| TableError::Damaged { part: name.clone() };
        let range = book.worksheet_range(&name).map_err(damaged)?;
        filling.range(&name, hidden, range, None)?;
    }
    Ok(filling.table(Format::Xls))
}

fn sheets(found: &[calamine::Sheet], limits: &Limits) -> Result<Vec<(String, bool)>, TableError> {
    if found.len() > limits.sheets {
        return Err(TableError::TooManySheets { limit: limits.sheets });
    }
    let worksheets = found.iter().filter(|sheet| sheet.typ == calamine::SheetType::WorkSheet);
    Ok(worksheets.map(|sheet| (sheet.name.clone(), sheet.visible != SheetVisible::Visible)).collect())
}

/// Sheets on their way into a table.
struct Filling<'a> {
    limits: &'a Limits,
    sheets: Vec<Sheet>,
    budget: Budget,
    since_1904: bool,
    /// What cells of numbers show, where that is more.
    shown: Shown,
}

impl<'a> Filling<'a> {
    fn new(limits: &'a Limits, since_1904: bool) -> Self {
        Self { limits, sheets: Vec::new(), budget: Budget::default(), since_1904, shown: Shown::new() }
    }

    fn begin(&mut self, name: &str, hidden: bool) {
        self.sheets.push(Sheet::new(name, hidden));
    }

    fn range(
        &mut self,
        name: &str,
        hidden: bool,
        range: Range<Data>,
        formulas: Option<Range<String>>,
    ) -> Result<(), TableError> {
        self.begin(name, hidden);
        let Some((top, left)) = range.start() else { return Ok(()) };
        for (row, column, value) in range.used_cells() {
            let place = (top.saturating_add(index(row)), left.saturating_add(index(column)));
            let value = value_of(data_ref(value), false, self.since_1904);
            let shown = self.shown.get(&(self.sheets.len() - 1, place.0, place.1)).cloned();
            let value = match (value, shown) {
                (Some(CellValue::Number(_)), Some(text)) if is_fault(&text) => Some(CellValue::Fault(text)),
                (Some(CellValue::Number(_)), Some(text)) => Some(CellValue::Formatted(text)),
                (value, _) => value,
            };
            self.put(place, value)?;
        }
        let formulas = formulas.unwrap_or_default();
        let Some((top, left)) = formulas.start() else { return Ok(()) };
        for (row, column, _) in formulas.used_cells() {
            let place = (top.saturating_add(index(row)), left.saturating_add(index(column)));
            if range.get_value(place).is_none_or(|value| *value == Data::Empty) {
                self.put(place, Some(CellValue::Uncomputed))?;
            }
        }
        Ok(())
    }

    fn put(&mut self, (row, column): (u32, u32), value: Option<CellValue>) -> Result<(), TableError> {
        let Some(value) = value else { return Ok(()) };
        let (limits, line) = (self.limits, row.saturating_add(1));
        let Some(sheet) = self.sheets.last_mut() else { return Ok(()) };
        check(sheet, line, column, &value, limits)?;
        self.budget.take(sheet, line, &value, limits)?;
        self.budget.make_room(sheet, behind(sheet, line, column))?;
        let cell = Cell { column, value };
        match sheet.rows.last_mut() {
            Some(last) if last.line == line => match last.cells.last() {
                Some(before) if before.column >= column => insert(&mut last.cells, cell),
                _ => last.cells.push(cell),
            },
            Some(last) if last.line > line => insert_row(&mut sheet.rows, line, cell),
            _ => sheet.rows.push(Row { line, cells: vec![cell] }),
        }
        Ok(())
    }

    fn table(self, format: Format) -> Table {
        let lines = self.sheets.iter().map(|sheet| sheet.rows.len()).sum();
        Table { format, separator: None, lines, since_1904: self.since_1904, sheets: self.sheets }
    }
}

/// How many rows or cells already stand behind a new cell's place.
fn behind(sheet: &Sheet, line: u32, column: u32) -> usize {
    match sheet.rows.last() {
        Some(last) if last.line > line => sheet.rows.len() - sheet.rows.partition_point(|row| row.line < line),
        Some(last) if last.line == line => last.cells.len() - last.cells.partition_point(|cell| cell.column < column),
        _ => 0,
    }
}

/// Cells come in order from every spreadsheet; a file that somebody else wrote need not keep to it.
fn insert(cells: &mut Vec<Cell>, cell: Cell) {
    match cells.binary_search_by_key(&cell.column, |one| one.column) {
        Ok(at) => cells[at] = cell,
        Err(at) => cells.insert(at, cell),
    }
}

fn insert_row(rows: &mut Vec<Row>, line: u32, cell: Cell) {
    match rows.binary_search_by_key(&line, |row| row.line) {
        Ok(at) => insert(&mut rows[at].cells, cell),
        Err(at) => rows.insert(at, Row { line, cells: vec![cell] }),
    }
}

pub(super) fn check(
    sheet: &Sheet,
    line: u32,
    column: u32,
    value: &CellValue,
    limits: &Limits,
) -> Result<(), TableError> {
    let name = || sheet.name.clone();
    if column >= limits.columns {
        return Err(TableError::TooManyColumns { sheet: name(), line, column, limit: limits.columns });
    }
    if sheet.rows.len() >= limits.rows && sheet.rows.last().is_some_and(|last| last.line != line) {
        return Err(TableError::TooManyRows { sheet: name(), line, limit: limits.rows });
    }
    match value {
        CellValue::Text(text) if text.len() > limits.cell_len => {
            Err(TableError::CellTooLong { sheet: name(), line, column, limit: limits.cell_len })
        }
        _ => Ok(()),
    }
}

/// `None` for a cell that holds nothing: borders and colours are no content.
fn value_of(value: DataRef<'_>, has_formula: bool, since_1904: bool) -> Option<CellValue> {
    Some(match value {
        DataRef::Empty if has_formula => CellValue::Uncomputed,
        DataRef::Empty => return None,
        DataRef::SharedString(text) => return CellValue::of_text(text.to_owned()),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            return CellValue::of_text(text);
        }
        DataRef::Int(number) => whole(number),
        DataRef::Float(number) => CellValue::Number(number),
        DataRef::Bool(truth) => CellValue::Bool(truth),
        DataRef::DateTime(moment) => CellValue::Date { serial: moment.as_f64(), since_1904 },
        DataRef::Error(fault) => CellValue::Fault(fault.to_string()),
    })
}

/// A whole number that a 64-bit float cannot hold keeps its digits as text.
fn whole(number: i64) -> CellValue {
    match i32::try_from(number) {
        Ok(small) => CellValue::Number(f64::from(small)),
        Err(_) => CellValue::Text(number.to_string()),
    }
}

fn data_ref(value: &Data) -> DataRef<'_> {
    match value {
        Data::Int(number) => DataRef::Int(*number),
        Data::Float(number) => DataRef::Float(*number),
        Data::String(text) => DataRef::SharedString(text),
        Data::Bool(truth) => DataRef::Bool(*truth),
        Data::DateTime(moment) => DataRef::DateTime(*moment),
        Data::DateTimeIso(text) => DataRef::DateTimeIso(text.clone()),
        Data::DurationIso(text) => DataRef::DurationIso(text.clone()),
        Data::Error(fault) => DataRef::Error(fault.clone()),
        Data::Empty => DataRef::Empty,
    }
}

fn index(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// Whether a compound file names this stream: its directory holds names in UTF-16.
fn has_stream(bytes: &[u8], name: &str) -> bool {
    let wide: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
    bytes.chunks(SECTOR_ENTRY).any(|entry| entry.starts_with(&wide))
}

/// Directory entries of a compound file begin at multiples of this (MS-CFB 2.6.1).
const SECTOR_ENTRY: usize = 128;
