//! Workbooks, by way of `calamine`, with every count kept while they are read.

use super::archive::{Content, examine};
use super::budget::Budget;
use super::number_format::NumberFormat;
use super::ods_rows;
use super::ods_text::{self, Shown};
use super::{CellValue, Format, Limits, Part, Sheet, Table, TableError, is_fault};
use crate::texts::grow;
use bits::text::shown_within;
use calamine::{
    CellErrorType, Data, DataRef, Ods, OdsError, Range, Reader, SheetVisible, Style, Xls, XlsError, Xlsx, XlsxError,
};
use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// XLSX and ODS.
pub(super) fn read_archive(bytes: &[u8], limits: &Limits, tell: &mut dyn FnMut(&str)) -> Result<Table, TableError> {
    match examine(bytes, limits)? {
        Content::Xlsx => guarded(|| xlsx(bytes, limits, tell)),
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
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(TableError::Damaged { part: Part::Book }))
}

fn xlsx(bytes: &[u8], limits: &Limits, tell: &mut dyn FnMut(&str)) -> Result<Table, TableError> {
    let damaged = |part: Part, error: XlsxError| match error {
        XlsxError::Password => TableError::Password,
        _ => TableError::Damaged { part },
    };
    let mut book = Xlsx::new(Cursor::new(bytes)).map_err(|error| damaged(Part::Book, error))?;
    let named = sheets(book.sheets_metadata(), limits)?;
    let mut filling = Filling::new(limits, book.has_1904_epoch());
    for (name, hidden) in named {
        filling.begin(&name, hidden);
        tell(&shown_within(&name));
        let shown = Formats::of(&mut book, &name, limits).map_err(|error| damaged(Part::named(&name), error))?;
        let mut cells = book.worksheet_cells_reader(&name).map_err(|error| damaged(Part::named(&name), error))?;
        while let Some(cell) =
            cells.next_cell_with_formula_metadata().map_err(|error| damaged(Part::named(&name), error))?
        {
            let text = shown.text(cell.pos, &cell.value);
            filling.data(cell.pos, &cell.value, cell.formula.is_some(), text.as_deref())?;
        }
    }
    Ok(filling.table(Format::Xlsx))
}

/// The cells of a sheet whose number format adds digits. Most workbooks have no such format: then nothing is read twice.
#[derive(Default)]
struct Formats {
    known: Vec<Option<NumberFormat>>,
    /// Row, column and format, in their order.
    cells: Vec<(u32, u16, u16)>,
}

impl Formats {
    fn of(book: &mut Xlsx<Cursor<&[u8]>>, name: &str, limits: &Limits) -> Result<Self, XlsxError> {
        let mut cells = book.worksheet_cells_reader(name)?;
        let code = |style: &Style| NumberFormat::of(&style.number_format.as_ref()?.format_code);
        let mut found = Self { known: cells.styles().iter().map(code).collect(), cells: Vec::new() };
        if found.known.iter().all(Option::is_none) {
            return Ok(found);
        }
        while let Some((row, column, style)) = cells.next_style_id()? {
            let (Ok(column), Ok(format)) = (u16::try_from(column), u16::try_from(style)) else { continue };
            if found.format(format).is_some() && found.cells.len() < limits.cells {
                grow(&mut found.cells);
                found.cells.push((row, column, format));
            }
        }
        found.cells.sort_unstable();
        Ok(found)
    }

    /// What a cell of a number shows, where that is more than its digits.
    fn text(&self, (row, column): (u32, u32), value: &DataRef<'_>) -> Option<String> {
        let number = match value {
            DataRef::Float(number) => *number,
            DataRef::Int(number) => f64::from(i32::try_from(*number).ok()?),
            _ => return None,
        };
        let place = (row, u16::try_from(column).ok()?);
        let at = self.cells.binary_search_by_key(&place, |(row, column, _)| (*row, *column)).ok()?;
        self.format(self.cells.get(at)?.2)?.shown(number)
    }

    fn format(&self, format: u16) -> Option<&NumberFormat> {
        self.known.get(usize::from(format))?.as_ref()
    }
}

fn ods(bytes: &[u8], limits: &Limits) -> Result<Table, TableError> {
    ods_rows::require_all(bytes, limits)?;
    let mut book = Ods::new(Cursor::new(bytes)).map_err(|error| match error {
        OdsError::Password => TableError::Password,
        _ => TableError::Damaged { part: Part::Book },
    })?;
    let named = sheets(book.sheets_metadata(), limits)?;
    let mut filling = Filling::new(limits, false);
    filling.shown = ods_text::of(bytes, limits);
    for (name, hidden) in named {
        let damaged = |_| TableError::Damaged { part: Part::named(&name) };
        let (range, formulas) = (book.worksheet_range(&name).map_err(damaged)?, book.worksheet_formula(&name));
        filling.range(&name, hidden, &range, formulas.ok())?;
    }
    Ok(filling.table(Format::Ods))
}

fn xls(bytes: &[u8], limits: &Limits) -> Result<Table, TableError> {
    let mut book: Xls<_> = Xls::new(Cursor::new(bytes)).map_err(|error| match error {
        XlsError::Password => TableError::Password,
        _ => TableError::Damaged { part: Part::Book },
    })?;
    let named = sheets(book.sheets_metadata(), limits)?;
    let mut filling = Filling::new(limits, book.has_1904_epoch());
    for (name, hidden) in named {
        let damaged = |_| TableError::Damaged { part: Part::named(&name) };
        let range = book.worksheet_range(&name).map_err(damaged)?;
        filling.range(&name, hidden, &range, None)?;
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
        self.close();
        self.sheets.push(Sheet::new(name, hidden));
    }

    fn close(&mut self) {
        self.sheets.last_mut().into_iter().for_each(|sheet| self.budget.close(sheet));
    }

    fn range(
        &mut self,
        name: &str,
        hidden: bool,
        range: &Range<Data>,
        formulas: Option<Range<String>>,
    ) -> Result<(), TableError> {
        self.begin(name, hidden);
        let Some((top, left)) = range.start() else { return Ok(()) };
        for (row, column, value) in range.used_cells() {
            let place = (top.saturating_add(index(row)), left.saturating_add(index(column)));
            let shown = self.shown.remove(&(self.sheets.len() - 1, place.0, place.1));
            self.data(place, &data_ref(value), false, shown.as_deref())?;
        }
        let formulas = formulas.unwrap_or_default();
        let Some((top, left)) = formulas.start() else { return Ok(()) };
        for (row, column, _) in formulas.used_cells() {
            let place = (top.saturating_add(index(row)), left.saturating_add(index(column)));
            if range.get_value(place).is_none_or(|value| *value == Data::Empty) {
                self.put(place, CellValue::Uncomputed)?;
            }
        }
        Ok(())
    }

    /// A cell as the library has it. `shown` is what its number shows, where that is more than its digits.
    fn data(
        &mut self,
        place: (u32, u32),
        value: &DataRef<'_>,
        has_formula: bool,
        shown: Option<&str>,
    ) -> Result<(), TableError> {
        if let DataRef::Int(number) = value
            && i32::try_from(*number).is_err()
        {
            // A whole number that a 64-bit float cannot hold keeps its digits as text.
            return self.put(place, CellValue::Text(&number.to_string()));
        }
        match (value_of(value, has_formula, self.since_1904), shown) {
            (Some(CellValue::Number(_)), Some(text)) if is_fault(text) => self.put(place, CellValue::Fault(text)),
            (Some(CellValue::Number(_)), Some(text)) => self.put(place, CellValue::Formatted(text)),
            (Some(value), _) => self.put(place, value),
            (None, _) => Ok(()),
        }
    }

    fn put(&mut self, (row, column): (u32, u32), value: CellValue<'_>) -> Result<(), TableError> {
        let Some(sheet) = self.sheets.last_mut() else { return Ok(()) };
        self.budget.put(sheet, (row.saturating_add(1), column), value, self.limits)
    }

    fn table(mut self, format: Format) -> Table {
        self.close();
        let lines = self.sheets.iter().map(|sheet| sheet.rows.len()).sum();
        Table { format, separator: None, lines, since_1904: self.since_1904, sheets: self.sheets }
    }
}

/// `None` for a cell that holds nothing: borders and colours are no content.
fn value_of<'a>(value: &'a DataRef<'_>, has_formula: bool, since_1904: bool) -> Option<CellValue<'a>> {
    Some(match value {
        DataRef::Empty if has_formula => CellValue::Uncomputed,
        DataRef::Empty => return None,
        DataRef::SharedString(text) => return CellValue::of_text(text),
        DataRef::String(text) | DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => {
            return CellValue::of_text(text);
        }
        DataRef::Int(number) => CellValue::Number(f64::from(i32::try_from(*number).unwrap_or(i32::MAX))),
        DataRef::Float(number) => CellValue::Number(*number),
        DataRef::Bool(truth) => CellValue::Bool(*truth),
        DataRef::DateTime(moment) => CellValue::Date { serial: moment.as_f64(), since_1904 },
        DataRef::Error(fault) => CellValue::Fault(fault_word(fault)),
    })
}

/// As spreadsheets write it.
fn fault_word(fault: &CellErrorType) -> &'static str {
    match fault {
        CellErrorType::Div0 => "#DIV/0!",
        CellErrorType::NA => "#N/A",
        CellErrorType::Name => "#NAME?",
        CellErrorType::Null => "#NULL!",
        CellErrorType::Num => "#NUM!",
        CellErrorType::Ref => "#REF!",
        CellErrorType::Value => "#VALUE!",
        CellErrorType::GettingData => "#DATA!",
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
