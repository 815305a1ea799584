//! The mapping as a file: written so that a clerk can read it, read so that nothing misspelt is overlooked.

use super::Column;
use super::mapping::{DateOrder, Mapping, MappingError, SheetMapping};
use super::table::{column_index, column_name};
use super::words::ListWords;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    number_width: Option<usize>,
    #[serde(default)]
    sheet: Vec<SheetEntry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SheetEntry {
    name: String,
    #[serde(rename = "use")]
    used: Option<bool>,
    header: Option<(u32, u32)>,
    last_line: Option<u32>,
    dates: Option<Dates>,
    epoch: Option<u16>,
    columns: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Dates {
    DayFirst,
    MonthFirst,
}

/// Takes over what the file says.
pub(super) fn mend(mut mapping: Mapping, text: &str) -> Result<Mapping, MappingError> {
    let file: File = toml::from_str(text).map_err(|error| form(text, &error))?;
    mapping.number_width = file.number_width.or(mapping.number_width);
    for entry in file.sheet {
        let unknown = || MappingError::UnknownSheet { name: entry.name.clone() };
        let sheet = mapping.sheets.iter_mut().find(|sheet| sheet.name == entry.name).ok_or_else(unknown)?;
        mend_sheet(sheet, entry)?;
    }
    Ok(mapping)
}

fn mend_sheet(sheet: &mut SheetMapping, entry: SheetEntry) -> Result<(), MappingError> {
    if entry.header.is_some_and(|(first, last)| first == 0 || last < first) {
        return Err(MappingError::Header { name: entry.name });
    }
    sheet.header = entry.header.or(sheet.header);
    sheet.used = entry.used.unwrap_or(sheet.used);
    sheet.last_line = entry.last_line.or(sheet.last_line);
    sheet.since_1904 = entry.epoch.map_or(sheet.since_1904, |epoch| epoch == EPOCH_1904);
    sheet.date_order = match entry.dates {
        Some(Dates::MonthFirst) => Some(DateOrder::MonthFirst),
        Some(Dates::DayFirst) => Some(DateOrder::DayFirst),
        None => sheet.date_order,
    };
    if let Some(columns) = entry.columns {
        sheet.columns = columns.iter().map(column).collect::<Result<Vec<_>, _>>()?;
        sheet.columns.sort_by_key(|(_, place)| *place);
        sheet.chosen.clear();
        let taken = |column: u32| sheet.columns.iter().any(|(_, place)| *place == column);
        sheet.unused.retain(|(_, column)| !taken(*column));
    }
    Ok(())
}

fn column((key, place): (&String, &String)) -> Result<(Column, u32), MappingError> {
    let kind = Column::of_key(key).ok_or_else(|| MappingError::UnknownColumn { key: key.clone() })?;
    let index = column_index(place).ok_or_else(|| MappingError::NoColumn { place: place.clone() })?;
    Ok((kind, index))
}

fn form(text: &str, error: &toml::de::Error) -> MappingError {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    MappingError::Form { line: before.matches('\n').count() + 1, message: error.message().to_owned() }
}

/// The whole mapping as a file.
pub(super) fn write(mapping: &Mapping, words: &ListWords) -> String {
    let mut out = words.mapping_head();
    if let Some(width) = mapping.number_width {
        let _ = writeln!(out, "number_width = {width}");
    }
    for sheet in &mapping.sheets {
        let _ = write!(out, "\n[[sheet]]\nname = {}\nuse = {}\n", toml::Value::from(sheet.name.as_str()), sheet.used);
        if let Some((first, last)) = sheet.header {
            let _ = writeln!(out, "header = [{first}, {last}]");
        }
        if let Some(line) = sheet.last_line {
            let _ = writeln!(out, "last_line = {line}");
        }
        let epoch = if sheet.since_1904 { EPOCH_1904 } else { EPOCH_1900 };
        let _ = match sheet.date_order {
            Some(DateOrder::MonthFirst) => writeln!(out, "dates = \"month-first\""),
            Some(DateOrder::DayFirst) => writeln!(out, "dates = \"day-first\""),
            None => Ok(()),
        };
        let _ = writeln!(out, "epoch = {epoch}");
        let _ = writeln!(out, "[sheet.columns]");
        for (column, place) in sheet.columns.iter().filter(|(column, _)| column.is_taken()) {
            let _ = writeln!(out, "{} = \"{}\" # {}", column.key(), column_name(*place), words.column(*column));
        }
        for unused in words.unused(sheet) {
            let _ = writeln!(out, "# {unused}");
        }
    }
    out
}

const EPOCH_1900: u16 = 1900;
const EPOCH_1904: u16 = 1904;
