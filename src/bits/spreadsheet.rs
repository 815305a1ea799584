//! CSV as we write it: RFC 4180 with LF, and nothing in it that a spreadsheet would compute.
//!
//! A spreadsheet takes what begins with `=`, `+`, `-` or `@` for a formula, quoted or not, and one that expects
//! semicolons or tabs divides a cell of ours there. An apostrophe in front of each such piece makes it text, for every
//! spreadsheet; [`meant`] takes it away again, so that no text is lost and none is refused for its first letter.
//!
//! Invariants:
//! - `meant(neutral(text)) == text`, for every text.
//! - However a file is divided, no cell of it begins with a formula's sign, a tab or a carriage return.

use std::borrow::Cow;

/// Rows on their way into a CSV file. Every CSV that this house writes is written by it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CsvRows(Vec<u8>);

impl CsvRows {
    /// A file without a byte-order mark, for programs and version control.
    pub fn new() -> Self {
        Self::default()
    }

    /// A file with a byte-order mark, by which spreadsheets know UTF-8.
    pub fn with_mark() -> Self {
        Self("\u{FEFF}".as_bytes().to_vec())
    }

    /// One more row.
    ///
    /// ```
    /// let mut rows = diemdanh_bits::spreadsheet::CsvRows::new();
    /// rows.row(["0901", "=1+1", "a, b"]);
    /// assert_eq!(rows.finish(), b"0901,'=1+1,\"a, b\"\n");
    /// ```
    pub fn row<T: AsRef<str>>(&mut self, cells: impl IntoIterator<Item = T>) {
        let start = self.0.len();
        self.make_room();
        for (at, cell) in cells.into_iter().enumerate() {
            if at > 0 {
                self.0.push(b',');
            }
            self.cell(&neutral(cell.as_ref()));
        }
        // An empty line would be no row.
        if self.0.len() == start {
            self.0.extend(b"\"\"");
        }
        self.0.push(b'\n');
    }

    /// The file.
    pub fn finish(self) -> Vec<u8> {
        self.0
    }

    /// Grows by an eighth, not by doubling: a national exam's list takes a third of the memory that a run may have.
    fn make_room(&mut self) {
        if self.0.capacity() - self.0.len() < LEAST_ROOM {
            self.0.reserve_exact(self.0.len() / 8 + LEAST_ROOM);
        }
    }

    fn cell(&mut self, text: &str) {
        if !text.contains([',', '"', '\n', '\r']) {
            return self.0.extend(text.as_bytes());
        }
        self.0.push(b'"');
        for (at, part) in text.split('"').enumerate() {
            self.0.extend(if at > 0 { "\"\"" } else { "" }.as_bytes());
            self.0.extend(part.as_bytes());
        }
        self.0.push(b'"');
    }
}

/// The text with an apostrophe in front of every piece that a spreadsheet would compute.
pub fn neutral(text: &str) -> Cow<'_, str> {
    if !pieces(text).any(is_computed) {
        return Cow::Borrowed(text);
    }
    let piece = |piece| [if is_computed(piece) { "'" } else { "" }, piece];
    Cow::Owned(pieces(text).flat_map(piece).collect())
}

/// The text of which [`neutral`] made this.
pub fn meant(written: &str) -> Cow<'_, str> {
    if !pieces(written).any(|piece| bare(piece).is_some()) {
        return Cow::Borrowed(written);
    }
    Cow::Owned(pieces(written).map(|piece| bare(piece).unwrap_or(piece)).collect())
}

fn bare(piece: &str) -> Option<&str> {
    piece.strip_prefix('\'').filter(|rest| is_computed(rest))
}

/// What is left where a spreadsheet divides at semicolons, tabs or line ends.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive([';', '\t', '\n', '\r'])
}

/// What a spreadsheet would compute, or would if the apostrophes in front were away.
fn is_computed(piece: &str) -> bool {
    let bare = piece.trim_start_matches('\'');
    let first = bare.trim_start_matches(|one: char| one == '"' || one.is_whitespace());
    bare.trim_start_matches('"').starts_with(['\t', '\r']) || first.starts_with(SIGNS)
}

/// Few rows are longer.
const LEAST_ROOM: usize = 1_024;
/// A formula's first sign; in full width too, which East Asian editions take for the same.
const SIGNS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
