//! What a table may weigh. Every reader counts against it, cell by cell, before it keeps anything.

use super::{Cell, CellValue, Limits, Row, Sheet, TableError};

/// What a table weighs so far, over all its sheets.
#[derive(Debug, Default)]
pub(super) struct Budget {
    cells: usize,
    bytes: usize,
    moved: usize,
}

impl Budget {
    /// Counts one more cell of `sheet`.
    pub(super) fn take(
        &mut self,
        sheet: &Sheet,
        line: u32,
        value: &CellValue,
        limits: &Limits,
    ) -> Result<(), TableError> {
        let name = || sheet.name.clone();
        self.cells += 1;
        if self.cells > limits.cells {
            return Err(TableError::TooManyCells { sheet: name(), line, limit: limits.cells });
        }
        let is_new = sheet.rows.last().is_none_or(|last| last.line != line);
        let text = match value {
            CellValue::Text(text) | CellValue::Formatted(text) | CellValue::Fault(text) => text.len().max(LEAST_TEXT),
            _ => 0,
        };
        self.bytes += size_of::<Cell>() + text + if is_new { size_of::<Row>() } else { 0 };
        if self.bytes > limits.table_bytes {
            return Err(TableError::TooHeavy { sheet: name(), line, limit_mb: limits.table_bytes >> 20 });
        }
        Ok(())
    }

    /// Counts rows or cells that make room for one that comes out of its order: no spreadsheet writes them so, and few of
    /// them cost nothing.
    pub(super) fn make_room(&mut self, sheet: &Sheet, behind: usize) -> Result<(), TableError> {
        self.moved = self.moved.saturating_add(behind);
        if self.moved > MAX_MOVED { Err(TableError::Damaged { part: sheet.name.clone() }) } else { Ok(()) }
    }
}

/// The least that a text takes beside its cell.
const LEAST_TEXT: usize = 16;
/// A sheet of a hundred thousand rows whose every thousandth is out of its order.
const MAX_MOVED: usize = 10_000_000;
