//! What was put right in a cell, or found odd in it.

use super::Column;

/// What was done to a cell's number. Never holds a person's data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NoteKind {
    /// Leading zeros that a spreadsheet had dropped were put back.
    ZerosRestored(Column),
    /// A spreadsheet rounded the number (`1.2E+11`): its digits are lost.
    DigitsLost(Column),
}
