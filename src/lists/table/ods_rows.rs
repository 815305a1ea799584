//! Rows of an ODS that the library would drop without a word, or make a crowd of: found before it reads.
//!
//! Source: ODF 1.2 part 1, sections 9.1.3 (`table:number-rows-repeated`) and 19.675. The library knows these names with
//! this prefix only, and so does this.

use super::{Limits, TableError};
use std::io::{Cursor, Read as _};

/// Refuses a workbook in which something stands behind the last row that a spreadsheet has, or in a row that is repeated
/// more often than anybody repeats a person.
pub(super) fn require_all(bytes: &[u8], limits: &Limits) -> Result<(), TableError> {
    let mut content = String::new();
    let archive = zip::ZipArchive::new(Cursor::new(bytes)).ok();
    // What cannot be read is the library's to name.
    let read = archive.and_then(|mut archive| {
        archive.by_name("content.xml").ok()?.take(limits.unpacked_bytes).read_to_string(&mut content).ok()
    });
    if read.is_none() {
        return Ok(());
    }
    match sheet_beyond(&content) {
        Some(sheet) => Err(TableError::RowsBeyond { sheet, limit: MAX_ROWS, repeated: MAX_REPEATED }),
        None => Ok(()),
    }
}

/// The sheet in which that is so.
fn sheet_beyond(content: &str) -> Option<String> {
    let (mut sheet, mut above, mut repeated) = ("", 0_u64, 1_u64);
    for tag in content.split('<') {
        let name = tag.split(|one: char| one.is_whitespace() || matches!(one, '>' | '/')).next().unwrap_or_default();
        let holds = match name {
            "table:table" => {
                (sheet, above) = (attribute(tag, "table:name").unwrap_or_default(), 0);
                false
            }
            "table:table-row" => {
                let count = attribute(tag, "table:number-rows-repeated").and_then(|count| count.parse().ok());
                repeated = count.unwrap_or(1);
                above = above.saturating_add(repeated);
                false
            }
            "table:table-cell" | "table:covered-table-cell" => CONTENT.iter().any(|mark| tag.contains(mark)),
            "text:p" => true,
            _ => false,
        };
        if holds && (above > MAX_ROWS || repeated > MAX_REPEATED) {
            return Some(sheet.to_owned());
        }
    }
    None
}

fn attribute<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    let value = head.split_once(name)?.1.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|one| matches!(one, '"' | '\''))?;
    value.get(1..)?.split_once(quote).map(|(value, _)| value)
}

/// A cell with any of these holds something.
const CONTENT: [&str; 6] = [
    "office:value=",
    "office:string-value",
    "office:date-value",
    "office:time-value",
    "office:boolean-value",
    "table:formula",
];
/// The last row of a spreadsheet.
const MAX_ROWS: u64 = 1_048_576;
/// Programs repeat rows that are alike; a list has no thousand of them.
const MAX_REPEATED: u64 = 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn row(head: &str, cells: &str) -> String {
        format!("<table:table-row{head}>{cells}</table:table-row>")
    }

    #[test]
    fn rows_that_would_be_dropped_or_make_a_crowd_are_found() {
        let person = "<table:table-cell office:value-type=\"string\"><text:p>Trần Mẫu</text:p></table:table-cell>";
        let blank = "<table:table-cell table:number-columns-repeated=\"16384\"/>";
        let repeated = |count: u64| format!(" table:number-rows-repeated=\"{count}\"");
        let found = |rows: &[String]| {
            let sheet = format!("<table:table\n table:name=\"Phòng 1\">{}</table:table>", rows.concat());
            sheet_beyond(&sheet)
        };
        let beyond = Some("Phòng 1".to_owned());
        let honest = [row("", person), row(&repeated(1_048_575), blank)];
        assert_eq!(found(&honest), None);
        assert_eq!(found(&[row(&repeated(2), person), "<table:table-row/>".to_owned()]), None);
        assert_eq!(found(&[honest.concat(), row("", person)]), beyond, "behind the last row");
        assert_eq!(found(&[row(&repeated(1_048_576), person)]), beyond, "a million of one person");
        assert_eq!(found(&[row(" table:number-rows-repeated = '1001'", person)]), beyond);
        assert_eq!(sheet_beyond(&[honest.concat(), "<table:table>".to_owned(), honest.concat()].concat()), None);
    }
}
