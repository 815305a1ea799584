//! What importing a list had to say about it.

use super::Column;
use super::table::Legacy;

/// Why there is no roster.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportError {
    /// Larger than a list may be.
    #[error("the file is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// Neither UTF-8 nor UTF-16 with a byte-order mark, and no encoding whose words are Vietnamese.
    #[error("line {line} is not Unicode text, nor TCVN3, VNI or Windows-1258; save the list as CSV UTF-8")]
    NotUnicode {
        /// The first such line.
        line: u32,
    },
    /// A line that is no CSV.
    #[error("line {line} cannot be split into columns")]
    NotCsv {
        /// The line.
        line: u32,
    },
    /// No row of headings among the first rows.
    #[error("no row of headings within the first {searched} rows")]
    NoHeader {
        /// How many rows were searched.
        searched: usize,
    },
    /// A column that a list cannot do without.
    #[error("line {line} has no column \"{}\"", column.heading())]
    MissingColumn {
        /// The line of the headings.
        line: u32,
        /// The column.
        column: Column,
    },
    /// One SBD for two people.
    #[error("lines {first_line} and {line} have the same number in the same session")]
    DuplicateNumber {
        /// The second line.
        line: u32,
        /// The first line.
        first_line: u32,
    },
    /// Headings, and nobody below them.
    #[error("nobody is on the list")]
    Empty,
    /// More rows than a list may have.
    #[error("the list has more than {limit} rows")]
    TooManyRows {
        /// The limit.
        limit: usize,
    },
}

/// One remark about one line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ImportNote {
    /// The line of the file, from 1.
    pub line: u32,
    /// What.
    pub kind: NoteKind,
}

/// What was put right or found odd. Never holds a person's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoteKind {
    /// Leading zeros that a spreadsheet had dropped were put back.
    ZerosRestored(Column),
    /// A spreadsheet rounded the number (`1.2E+11`): its digits are lost. The row stays, without the number.
    DigitsLost(Column),
    /// The date was a spreadsheet's day number.
    DateFromSerial,
    /// The date cannot be read. The row stays, without it.
    DateUnreadable,
    /// The row has no name. It stays.
    NameMissing,
    /// The name holds characters that no name has: likely a legacy encoding.
    NameOdd,
    /// The row has no identity number. It stays: only a person can match it.
    IdNumberMissing,
    /// The identity number is no twelve digits. The row stays: only a person can match it.
    IdNumberOther,
    /// Another row of the same session has the same identity number.
    IdNumberTwice {
        /// That row's line.
        first_line: u32,
    },
    /// The row has a person and no SBD. It was left out.
    NumberMissing,
    /// Text was brought into the composed form.
    TextComposed,
}

impl NoteKind {
    /// True when the row is not on the roster.
    pub fn is_left_out(self) -> bool {
        self == Self::NumberMissing
    }
}

/// What the import found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ImportReport {
    /// Rows on the roster.
    pub rows: usize,
    /// The line of the headings, from 1.
    pub header_line: u32,
    /// The separator.
    pub separator: char,
    /// The encoding from before Unicode that the whole text was converted from.
    pub legacy: Option<Legacy>,
    /// Lines below the headings that hold nobody: blank lines, repeated headings, the signature block.
    pub ignored_lines: Vec<u32>,
    /// Remarks, by line.
    pub notes: Vec<ImportNote>,
}
