//! A list as it lies in its file: sheets, rows, cells. Nothing is understood yet, and nothing is lost.
//!
//! Source: ECMA-376 (XLSX), MS-XLS and MS-CFB (XLS), ODF 1.2 (ODS) by way of `calamine`; RFC 4180 as spreadsheets
//! write it (CSV).
//!
//! Invariants:
//! - No size that a file announces is believed; what is unpacked is counted while it is unpacked.
//! - Every row of a table has a cell with something in it, so that every row has to be accounted for.
//! - The content of a cell is never printed by `Debug`.

mod archive;
mod budget;
mod delimited;
mod kind;
pub mod legacy;
mod number_format;
mod ods_rows;
mod ods_text;
mod packed;
mod syllable;
mod workbook;

use super::tidy::is_blank;
use bits::secret::Pii;
use bits::text::shown_within;
use kind::Kind;
use std::fmt;

pub use legacy::Legacy;
pub use packed::{Row, Rows};

/// What may be read at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Bytes that an archive (XLSX, ODS) may unpack to.
    pub unpacked_bytes: u64,
    /// Sheets of a workbook.
    pub sheets: usize,
    /// Rows of a sheet that hold something.
    pub rows: usize,
    /// Columns of a sheet.
    pub columns: u32,
    /// Cells of a file that hold something.
    pub cells: usize,
    /// Bytes of one cell's text.
    pub cell_len: usize,
    /// Bytes of memory that all cells together may take.
    pub table_bytes: usize,
}

/// A large province on one sheet, three times over.
impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 512 << 20,
            unpacked_bytes: 4 << 30,
            sheets: 256,
            rows: 2_000_000,
            columns: 256,
            cells: 60_000_000,
            cell_len: 4_096,
            table_bytes: 256 << 20,
        }
    }
}

/// What kind of file a table came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// A workbook of Excel 2007 and later.
    Xlsx,
    /// A workbook of Excel 97 to 2003.
    Xls,
    /// A workbook of LibreOffice.
    Ods,
    /// Text in columns.
    Delimited,
}

/// What stands in a cell.
#[derive(Clone, Copy, PartialEq)]
pub enum CellValue<'a> {
    /// Text.
    Text(&'a str),
    /// A number.
    Number(f64),
    /// A whole number as its number format shows it, where that gives it digits that it does not have: `00000101`.
    Formatted(&'a str),
    /// A day number that the file itself shows as a date.
    Date {
        /// Days since the epoch, and a part of a day.
        serial: f64,
        /// The epoch is 1904, not 1900.
        since_1904: bool,
    },
    /// A truth value.
    Bool(bool),
    /// A formula that came to an error, as the spreadsheet writes it: `#N/A`.
    Fault(&'a str),
    /// A formula without a stored result.
    Uncomputed,
}

impl fmt::Debug for CellValue<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Text(_) => "Text(…)",
            Self::Number(_) => "Number(…)",
            Self::Formatted(_) => "Formatted(…)",
            Self::Date { .. } => "Date(…)",
            Self::Bool(_) => "Bool(…)",
            Self::Fault(_) => "Fault(…)",
            Self::Uncomputed => "Uncomputed",
        })
    }
}

impl<'a> CellValue<'a> {
    /// Text as it was written; `None` where there is nothing to see, a fault where a spreadsheet wrote one.
    fn of_text(text: &'a str) -> Option<Self> {
        match () {
            () if is_blank(text) => None,
            () if is_fault(text.trim()) => Some(Self::Fault(text)),
            () => Some(Self::Text(text)),
        }
    }

    /// What a person reads in the cell: numbers without a decimal point where they have none, no thousands.
    pub fn shown(self) -> String {
        match self {
            Self::Text(text) | Self::Formatted(text) | Self::Fault(text) => text.to_owned(),
            Self::Number(number) | Self::Date { serial: number, .. } => shown_number(number),
            Self::Bool(true) => "TRUE".to_owned(),
            Self::Bool(false) => "FALSE".to_owned(),
            Self::Uncomputed => String::new(),
        }
    }
}

/// One cell that holds something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cell<'a> {
    /// Its column, from 0.
    pub column: u32,
    /// Its content.
    pub value: CellValue<'a>,
}

/// One sheet of a workbook; the whole of a text file.
#[derive(Debug, Clone, PartialEq)]
pub struct Sheet {
    /// Its name, what is hidden in it spelled out; empty for a text file.
    pub name: String,
    /// The spreadsheet hides it.
    pub hidden: bool,
    /// Rows that hold something, from the top.
    pub rows: Rows,
    /// The legacy encoding its text was converted from.
    pub legacy: Option<Legacy>,
    /// A few words before and after that.
    pub examples: Pii<Vec<String>>,
}

impl Sheet {
    fn new(name: &str, hidden: bool) -> Self {
        let (rows, examples) = (Rows::default(), Pii::new(Vec::new()));
        Self { name: shown_within(name), hidden, rows, legacy: None, examples }
    }
}

/// A whole file.
#[derive(Debug, Clone, PartialEq)]
pub struct Table {
    /// What it was.
    pub format: Format,
    /// The separator of a text file.
    pub separator: Option<char>,
    /// Lines of a text file that hold something; rows of a workbook.
    pub lines: usize,
    /// Plain numbers of a workbook count days from 1904.
    pub since_1904: bool,
    /// Its sheets.
    pub sheets: Vec<Sheet>,
}

impl Table {
    /// Reads a file by its content; its name is not asked.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn read(bytes: &[u8], limits: &Limits) -> Result<Self, TableError> {
        Self::read_telling(bytes, limits, &mut |_| ())
    }

    /// [`Table::read`], which tells the name of each sheet before it reads it: whoever runs under a limit of memory may
    /// end within. XLSX alone is read sheet by sheet.
    ///
    /// # Errors
    /// Those of [`Table::read`].
    pub fn read_telling(bytes: &[u8], limits: &Limits, tell: &mut dyn FnMut(&str)) -> Result<Self, TableError> {
        if bytes.len() > limits.bytes {
            return Err(TableError::FileTooLarge { limit_mb: limits.bytes >> 20 });
        }
        let mut table = match kind::of(bytes)? {
            Kind::Archive => workbook::read_archive(bytes, limits, tell)?,
            Kind::Compound => workbook::read_compound(bytes, limits)?,
            Kind::Text => delimited::read(bytes, limits)?,
        };
        table.sheets.iter_mut().filter(|sheet| sheet.legacy.is_none()).for_each(legacy::convert_sheet);
        if table.sheets.iter().all(|sheet| sheet.rows.is_empty()) {
            return Err(TableError::Empty);
        }
        Ok(table)
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.sheets.iter().map(|sheet| sheet.rows.len()).sum()
    }
}

/// Where a cell stands, as a spreadsheet names it: `B15`.
pub fn cell_name(column: u32, line: u32) -> String {
    format!("{}{line}", column_name(column))
}

/// A column as a spreadsheet names it, from 0: `A`, …, `Z`, `AA`.
pub fn column_name(column: u32) -> String {
    let (mut name, mut rest) = (Vec::new(), u64::from(column) + 1);
    while rest > 0 {
        rest -= 1;
        name.push(b'A' + u8::try_from(rest % LETTERS).unwrap_or(0));
        rest /= LETTERS;
    }
    name.iter().rev().copied().map(char::from).collect()
}

/// The column that a spreadsheet names so, from 0.
pub fn column_index(name: &str) -> Option<u32> {
    if name.is_empty() || name.len() > MAX_COLUMN_NAME_LEN || !name.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let value = |byte: u8| u32::from(byte.to_ascii_uppercase() - b'A') + 1;
    name.bytes().fold(0_u32, |index, byte| index * LETTERS_32 + value(byte)).checked_sub(1)
}

/// A part of a workbook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// The workbook as a whole.
    Book,
    /// An archive's directory.
    Directory,
    /// A sheet, or a file of the archive; what is hidden in its name is spelled out.
    Named(String),
}

impl Part {
    fn named(name: &str) -> Self {
        Self::Named(shown_within(name))
    }
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Book => "workbook",
            Self::Directory => "directory",
            Self::Named(name) => name,
        })
    }
}

/// Why a file is no table; [`ListWords::table`] says it to the clerk.
///
/// [`ListWords::table`]: super::words::ListWords::table
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TableError {
    /// Larger than a list may be.
    #[error("larger than {limit_mb} MB")]
    FileTooLarge {
        /// The limit.
        limit_mb: usize,
    },
    /// Not one byte, or no cell with anything in it.
    #[error("no data")]
    Empty,
    /// A PDF, whatever its name says.
    #[error("a PDF")]
    Pdf,
    /// A picture, whatever its name says.
    #[error("a picture")]
    Picture,
    /// A web page that was given a spreadsheet's name.
    #[error("a web page")]
    WebPage,
    /// An XML file of Excel 2003, or another one.
    #[error("an XML file")]
    Xml,
    /// An archive that holds no workbook.
    #[error("an archive without a workbook")]
    Archive,
    /// A document of Word or a presentation.
    #[error("a text document or a presentation")]
    Document,
    /// A binary workbook of Excel.
    #[error("a binary workbook")]
    BinaryWorkbook,
    /// The workbook asks for a password.
    #[error("encrypted")]
    Password,
    /// Unpacks to more than is read.
    #[error("unpacks to more than {limit_mb} MB ({part})")]
    UnpacksTooLarge {
        /// The limit.
        limit_mb: u64,
        /// The part of the archive.
        part: String,
    },
    /// The archive or workbook is broken.
    #[error("damaged ({part})")]
    Damaged {
        /// The part that cannot be read.
        part: Part,
    },
    /// More sheets than are read.
    #[error("more than {limit} sheets")]
    TooManySheets {
        /// The limit.
        limit: usize,
    },
    /// More rows than are read.
    #[error("sheet {sheet:?}, line {line}: more than {limit} rows")]
    TooManyRows {
        /// The sheet's name.
        sheet: String,
        /// The line at which the limit was passed.
        line: u32,
        /// The limit.
        limit: usize,
    },
    /// A cell too far to the right.
    #[error("sheet {sheet:?}, cell {}: more than {limit} columns", cell_name(*.column, *.line))]
    TooManyColumns {
        /// The sheet's name.
        sheet: String,
        /// The line.
        line: u32,
        /// The column, from 0.
        column: u32,
        /// The limit.
        limit: u32,
    },
    /// More cells than are read.
    #[error("sheet {sheet:?}, line {line}: more than {limit} cells")]
    TooManyCells {
        /// The sheet's name.
        sheet: String,
        /// The line at which the limit was passed.
        line: u32,
        /// The limit.
        limit: usize,
    },
    /// All cells together weigh more than a list.
    #[error("sheet {sheet:?}, line {line}: the table takes more than {limit_mb} MB")]
    TooHeavy {
        /// The sheet's name.
        sheet: String,
        /// The line at which the limit was passed.
        line: u32,
        /// The limit.
        limit_mb: usize,
    },
    /// Rows behind the last that a spreadsheet has: the library would drop them without a word.
    #[error("sheet {sheet:?}: rows behind row {limit}, or one row more than {repeated} times")]
    RowsBeyond {
        /// The sheet's name.
        sheet: String,
        /// The last line.
        limit: u64,
        /// The most times that a row with something in it is repeated.
        repeated: u64,
    },
    /// A cell's text is longer than any field of a list.
    #[error("sheet {sheet:?}, cell {}: longer than {limit} bytes", cell_name(*.column, *.line))]
    CellTooLong {
        /// The sheet's name.
        sheet: String,
        /// The line.
        line: u32,
        /// The column, from 0.
        column: u32,
        /// The limit.
        limit: usize,
    },
    /// A text file in no encoding that is known here.
    #[error("line {line}: no known encoding")]
    NotText {
        /// The first such line.
        line: u32,
    },
    /// A cell in quotes that runs over lines and holds separators: rows would be lost in it.
    #[error("lines {first}-{last}: a quoted cell holds line ends and separators")]
    QuotedRows {
        /// The line in which the cell begins.
        first: u32,
        /// The line in which it ends.
        last: u32,
    },
    /// A line of a text file that cannot be split into columns.
    #[error("line {line}: not delimited")]
    NotDelimited {
        /// The line.
        line: u32,
    },
}

/// What spreadsheets write where a formula came to an error, or where a number is wider than its column.
fn is_fault(text: &str) -> bool {
    let is_code = |code: &str| !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_digit());
    let is_wide = text.len() > 2 && text.bytes().all(|byte| byte == b'#');
    let of_office = ["Err:", "Lỗi:"].iter().find_map(|word| text.strip_prefix(word)).is_some_and(is_code);
    is_wide || of_office || FAULTS.iter().any(|fault| text.eq_ignore_ascii_case(fault))
}

fn shown_number(number: f64) -> String {
    // Whole numbers are exact up to here; above, the digits are lost anyway.
    if number.fract() == 0.0 && number.abs() < 9e15 { format!("{number:.0}") } else { format!("{number}") }
}

const LETTERS: u64 = 26;
const LETTERS_32: u32 = 26;
const MAX_COLUMN_NAME_LEN: usize = 4;
const FAULTS: [&str; 9] = ["#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"];
