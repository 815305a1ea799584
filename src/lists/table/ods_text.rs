//! What an ODS shows in cells of numbers, where that is more than the number: zeros of a number format, and the errors that
//! older programs store as 0.
//!
//! Source: ODF 1.2 part 1, sections 9.1 (tables) and 19.385 (values). The library reads the values; this reads the text
//! beside them.

use super::{Limits, is_fault};
use std::collections::HashMap;
use std::io::{Cursor, Read as _};

/// Sheet, row and column from 0, and the text.
pub(super) type Shown = HashMap<(usize, u32, u32), String>;

/// Reads the text of a workbook that [`super::archive::examine`] has found sound; what cannot be read adds nothing.
pub(super) fn of(bytes: &[u8], limits: &Limits) -> Shown {
    let mut content = String::new();
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).ok();
    let read = archive.and_then(|mut archive| {
        archive.by_name(CONTENT).ok()?.take(limits.unpacked_bytes).read_to_string(&mut content).ok()
    });
    read.map(|_| shown(&content, limits.cells)).unwrap_or_default()
}

fn shown(content: &str, max_cells: usize) -> Shown {
    let mut reader = Reader { left: max_cells, ..Reader::default() };
    Tokens { rest: content }.for_each(|token| reader.take(&token));
    reader.shown
}

/// Where the reading stands.
#[derive(Default)]
struct Reader {
    sheets: usize,
    row: u32,
    column: u32,
    rows_repeated: u32,
    /// The number of the cell whose text is being read, and the text so far.
    cell: Option<(f64, String)>,
    columns_repeated: u32,
    /// Within a remark, whose text is not the cell's.
    in_remark: bool,
    left: usize,
    shown: Shown,
}

impl Reader {
    fn take(&mut self, token: &Token<'_>) {
        match token {
            Token::Open { name: "table:table", .. } => (self.sheets, self.row) = (self.sheets + 1, 0),
            Token::Open { name: "table:table-row", attributes, is_closed } => {
                self.rows_repeated = repeated(attributes, "table:number-rows-repeated");
                self.column = 0;
                self.row = self.row.saturating_add(if *is_closed { self.rows_repeated } else { 0 });
            }
            Token::Close("table:table-row") => self.row = self.row.saturating_add(self.rows_repeated),
            Token::Open { name: CELL | COVERED, attributes, is_closed } => {
                self.columns_repeated = repeated(attributes, "table:number-columns-repeated");
                let number = attribute(attributes, "office:value").and_then(|value| value.parse().ok());
                self.cell = number.filter(|_| !is_closed).map(|number| (number, String::new()));
                self.column = self.column.saturating_add(if *is_closed { self.columns_repeated } else { 0 });
            }
            Token::Close(CELL | COVERED) => self.end_cell(),
            Token::Open { name: REMARK, is_closed: false, .. } => self.in_remark = true,
            Token::Close(REMARK) => self.in_remark = false,
            Token::Text(text) if !self.in_remark => {
                if let Some((_, shown)) = &mut self.cell {
                    shown.push_str(text);
                }
            }
            _ => (),
        }
    }

    fn end_cell(&mut self) {
        if let Some((_, text)) = self.cell.take().filter(|(number, text)| says_more(*number, text.trim())) {
            for row in 0..self.rows_repeated.min(MAX_REPEATED) {
                for column in 0..self.columns_repeated.min(MAX_REPEATED) {
                    let place = (
                        self.sheets.saturating_sub(1),
                        self.row.saturating_add(row),
                        self.column.saturating_add(column),
                    );
                    self.left = self.left.saturating_sub(1);
                    if self.left > 0 {
                        self.shown.insert(place, text.trim().to_owned());
                    }
                }
            }
        }
        self.column = self.column.saturating_add(self.columns_repeated);
    }
}

/// Zeros in front, or an error.
fn says_more(number: f64, text: &str) -> bool {
    let is_padded = text.len() > 1 && text.starts_with('0') && text.bytes().all(|byte| byte.is_ascii_digit());
    is_fault(text) || is_padded && text.parse() == Ok(number)
}

fn repeated(attributes: &str, name: &str) -> u32 {
    attribute(attributes, name).and_then(|count| count.parse().ok()).unwrap_or(1)
}

/// The value of an attribute; entities stay as they are, which no number has.
fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut rest = attributes;
    loop {
        let (found, value) = rest.trim_start().split_once('=')?;
        let quote = value.trim_start().chars().next().filter(|one| matches!(one, '"' | '\''))?;
        let (value, behind) = value.trim_start().get(1..)?.split_once(quote)?;
        if found.trim() == name {
            return Some(value);
        }
        rest = behind;
    }
}

enum Token<'a> {
    Open { name: &'a str, attributes: &'a str, is_closed: bool },
    Close(&'a str),
    Text(&'a str),
}

/// Tags and what stands between them. A `>` within quotes ends no tag.
struct Tokens<'a> {
    rest: &'a str,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let start = self.rest.find('<').unwrap_or(self.rest.len());
        if start > 0 {
            let (text, rest) = self.rest.split_at(start);
            self.rest = rest;
            return Some(Token::Text(text));
        }
        let inside = self.rest.strip_prefix('<')?;
        let mut quote = None;
        let end = inside.find(|one: char| match (one, quote) {
            ('"' | '\'', None) => {
                quote = Some(one);
                false
            }
            (one, Some(open)) => {
                quote = quote.filter(|_| one != open);
                false
            }
            (one, None) => one == '>',
        })?;
        let (tag, rest) = inside.split_at(end);
        self.rest = rest.get(1..).unwrap_or_default();
        if let Some(name) = tag.strip_prefix('/') {
            return Some(Token::Close(name.trim_end()));
        }
        let (tag, is_closed) = tag.strip_suffix('/').map_or((tag, false), |tag| (tag, true));
        let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
        Some(Token::Open { name, attributes, is_closed })
    }
}

const CONTENT: &str = "content.xml";
const CELL: &str = "table:table-cell";
const COVERED: &str = "table:covered-table-cell";
const REMARK: &str = "office:annotation";
/// Cells that a program repeats are blank, or there are few of them.
const MAX_REPEATED: u32 = 4_096;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_and_errors_are_found_where_they_stand() {
        let cell = |value: &str, text: &str| {
            format!(
                "<table:table-cell office:value-type=\"float\" office:value=\"{value}\"><text:p>{text}</text:p></table:table-cell>"
            )
        };
        let remark = "<table:table-cell office:value=\"7\"><office:annotation><text:p>007</text:p></office:annotation><text:p>7</text:p></table:table-cell>";
        let content = format!(
            "<a b=\"x > y\"/><table:table><table:table-row table:number-rows-repeated=\"3\"/><table:table-row>\
             <table:table-cell table:number-columns-repeated=\"2\"/>{}{}{}</table:table-row></table:table>\
             <table:table><table:table-row table:number-rows-repeated=\"2\">{}{remark}</table:table-row></table:table>",
            cell("101", "00000101"),
            cell("0", "Err:502"),
            cell("102", "102"),
            cell("5", "06"),
        );
        let mut found: Vec<_> = shown(&content, 100).into_iter().collect();
        found.sort();
        assert_eq!(found, [((0, 3, 2), "00000101".to_owned()), ((0, 3, 3), "Err:502".to_owned())]);
    }
}
