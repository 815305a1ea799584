//! Text in columns: comma, semicolon or tab, in whatever encoding it was saved.

use super::budget::Budget;
use super::legacy::{self, Converted};
use super::{CellValue, Format, Limits, Sheet, Table, TableError, is_blank};
use csv::StringRecord;
use std::borrow::Cow;

/// Reads a text file.
pub(super) fn read(bytes: &[u8], limits: &Limits) -> Result<Table, TableError> {
    let (text, converted) = decode(bytes)?;
    let text = with_line_feeds(text);
    require_few_columns(&text, limits)?;
    let lines = text.lines().filter(|line| !is_blank(line)).count();
    let (separator, text, skipped) = match announced(&text) {
        Some((separator, rest)) => (separator, rest, 1),
        None => (likely(&text), &*text, 0),
    };
    let mut sheet = Sheet::new("", false);
    if let Some(converted) = converted {
        (sheet.legacy, sheet.examples) = (Some(converted.from), converted.examples);
    }
    let (mut budget, mut at) = (Budget::default(), Lines { text, at: 0, line: 1 + skipped });
    let (mut records, mut record) = (reader(text, separator), StringRecord::new());
    while records
        .read_record(&mut record)
        .map_err(|error| TableError::NotDelimited { line: at.of(error.position()) })?
    {
        let line = at.of(record.position());
        require_no_rows_within(&record, line, char::from(separator))?;
        for (column, text) in (0..).zip(&record) {
            if let Some(value) = CellValue::of_text(text) {
                budget.put(&mut sheet, (line, column), value, limits)?;
            }
        }
    }
    budget.close(&mut sheet);
    let separator = Some(char::from(separator));
    Ok(Table { format: Format::Delimited, separator, lines, since_1904: false, sheets: vec![sheet] })
}

/// One line end: old Macintosh files have CR alone, and some programs write CR CR LF.
fn with_line_feeds(text: Cow<'_, str>) -> Cow<'_, str> {
    if !text.contains('\r') {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        if character != '\r' {
            out.push(character);
            continue;
        }
        let mut ahead = rest.clone();
        while ahead.next_if_eq(&'\r').is_some() {}
        if ahead.peek() == Some(&'\n') {
            rest = ahead;
            rest.next();
        }
        out.push('\n');
    }
    Cow::Owned(out)
}

/// A quote that nobody closed takes in the rows up to the next one.
fn require_no_rows_within(record: &StringRecord, line: u32, separator: char) -> Result<(), TableError> {
    let mut first = line;
    for cell in record {
        let breaks = u32::try_from(cell.matches('\n').count()).unwrap_or(u32::MAX);
        let last = first.saturating_add(breaks);
        if breaks > 0 && cell.trim().contains(separator) {
            return Err(TableError::QuotedRows { first, last });
        }
        first = last;
    }
    Ok(())
}

/// A line of nothing but separators makes more columns than there is memory for, before anybody has counted one.
fn require_few_columns(text: &str, limits: &Limits) -> Result<(), TableError> {
    let most = usize::try_from(limits.columns).unwrap_or(usize::MAX).saturating_mul(SPARE_COLUMNS);
    for (line, row) in (1..).zip(text.split('\n')) {
        // A short line cannot hold so many.
        if row.len() > most
            && SEPARATORS.iter().any(|separator| row.bytes().filter(|one| one == separator).count() > most)
        {
            let (sheet, limit) = (String::new(), limits.columns);
            return Err(TableError::TooManyColumns { sheet, line, column: limit, limit });
        }
    }
    Ok(())
}

/// The text of a file and, where it was neither UTF-8 nor UTF-16, what it was.
fn decode(bytes: &[u8]) -> Result<(Cow<'_, str>, Option<Converted>), TableError> {
    match bytes {
        [0xFF, 0xFE, rest @ ..] => Ok((Cow::Owned(wide(rest, u16::from_le_bytes)?), None)),
        [0xFE, 0xFF, rest @ ..] => Ok((Cow::Owned(wide(rest, u16::from_be_bytes)?), None)),
        [0xEF, 0xBB, 0xBF, rest @ ..] => match std::str::from_utf8(rest) {
            Ok(text) => Ok((Cow::Borrowed(text), None)),
            Err(error) => Err(not_text(rest, error.valid_up_to())),
        },
        _ => match std::str::from_utf8(bytes) {
            Ok(text) if is_text(text) => Ok((Cow::Borrowed(text), None)),
            Ok(text) => Err(not_text(bytes, text.find(is_binary).unwrap_or_default())),
            Err(error) => legacy::decode_bytes(bytes)
                .map(|(text, converted)| (Cow::Owned(text), Some(converted)))
                .ok_or_else(|| not_text(bytes, error.valid_up_to())),
        },
    }
}

fn wide(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, TableError> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    char::decode_utf16(units).collect::<Result<String, _>>().map_err(|_| TableError::NotText { line: 1 })
}

fn is_text(text: &str) -> bool {
    !text.contains(is_binary)
}

fn is_binary(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\r' | '\t' | '\u{1a}' | '\u{c}' | '\u{b}')
}

fn not_text(bytes: &[u8], at: usize) -> TableError {
    let before = bytes.get(..at).unwrap_or_default();
    let newlines = before.iter().filter(|byte| **byte == b'\n').count();
    TableError::NotText { line: u32::try_from(newlines + 1).unwrap_or(u32::MAX) }
}

/// A first line `sep=;`, as spreadsheets understand it.
fn announced(text: &str) -> Option<(u8, &str)> {
    let (first, rest) = text.split_once('\n')?;
    let first = first.trim_start_matches('\u{FEFF}').trim_matches('"').to_ascii_lowercase();
    let separator = first.strip_prefix("sep=")?;
    let separator = *separator.as_bytes().first().filter(|byte| SEPARATORS.contains(byte))?;
    Some((separator, rest))
}

/// The separator that makes the most columns out of the first lines.
fn likely(text: &str) -> u8 {
    let columns = |separator: u8| -> usize {
        let rows = reader(text, separator).into_records().take(SAMPLED_ROWS);
        rows.map_while(Result::ok).map(|row| row.len().saturating_sub(1)).sum()
    };
    let best = SEPARATORS.into_iter().rev().max_by_key(|separator| columns(*separator));
    best.unwrap_or(b',')
}

fn reader(text: &str, separator: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(separator).from_reader(text.as_bytes())
}

/// Counts lines as an editor does. The library's own count is late by one behind CR LF.
struct Lines<'a> {
    text: &'a str,
    at: usize,
    line: u32,
}

impl Lines<'_> {
    fn of(&mut self, position: Option<&csv::Position>) -> u32 {
        let start = position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(self.at);
        let bytes = self.text.as_bytes();
        let blank = bytes.iter().skip(start).take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = bytes.get(self.at..start + blank).unwrap_or_default();
        let newlines = passed.iter().filter(|byte| **byte == b'\n').count();
        self.line = self.line.saturating_add(u32::try_from(newlines).unwrap_or(u32::MAX));
        self.at = self.at.max(start + blank);
        self.line
    }
}

const SEPARATORS: [u8; 3] = [b',', b';', b'\t'];
const SAMPLED_ROWS: usize = 200;
/// A text within quotes may hold separators too.
const SPARE_COLUMNS: usize = 16;
