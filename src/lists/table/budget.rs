//! What a table may weigh. Every reader puts its cells into sheets through this, and nothing is kept that was not counted.

use super::{CellValue, Limits, Sheet, TableError};

/// What a table weighs so far, over all its sheets.
#[derive(Debug, Default)]
pub(super) struct Budget {
    cells: usize,
    /// Bytes of the sheets before this one.
    before: usize,
}

impl Budget {
    /// A sheet is read: the next one weighs beside it.
    pub(super) fn close(&mut self, sheet: &mut Sheet) {
        sheet.rows.settle();
        self.before += sheet.rows.weight();
    }

    /// Puts one more cell into `sheet`.
    pub(super) fn put(
        &mut self,
        sheet: &mut Sheet,
        (line, column): (u32, u32),
        value: CellValue<'_>,
        limits: &Limits,
    ) -> Result<(), TableError> {
        check(sheet, line, column, value, limits)?;
        self.cells += 1;
        if self.cells > limits.cells {
            return Err(TableError::TooManyCells { sheet: sheet.name.clone(), line, limit: limits.cells });
        }
        sheet.rows.put(line, column, value);
        if self.before + sheet.rows.weight() > limits.table_bytes {
            let limit_mb = limits.table_bytes >> 20;
            return Err(TableError::TooHeavy { sheet: sheet.name.clone(), line, limit_mb });
        }
        Ok(())
    }
}

fn check(sheet: &Sheet, line: u32, column: u32, value: CellValue<'_>, limits: &Limits) -> Result<(), TableError> {
    let name = || sheet.name.clone();
    if column >= limits.columns {
        return Err(TableError::TooManyColumns { sheet: name(), line, column, limit: limits.columns });
    }
    if sheet.rows.len() >= limits.rows && sheet.rows.last_line().is_some_and(|last| last != line) {
        return Err(TableError::TooManyRows { sheet: name(), line, limit: limits.rows });
    }
    match value {
        CellValue::Text(text) if text.len() > limits.cell_len => {
            Err(TableError::CellTooLong { sheet: name(), line, column, limit: limits.cell_len })
        }
        _ => Ok(()),
    }
}
