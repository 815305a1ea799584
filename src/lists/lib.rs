//! Strangers' lists: workbooks and text files as schools and exam systems write them, read for the board.
//!
//! Source of the headings and traps: Circular 24/2024/TT-BGDĐT and the lists that exam systems export. A file
//! goes [`table::Table::read`] → [`Mapping::find`] → [`Intake::read`] → [`Intake::check`].
//!
//! Invariants:
//! - Numbers are text; a leading zero is never lost in silence, and no row is dropped without a note.
//! - No file, no clock, nothing logs a person.

mod accounts;
mod checks;
mod clock;
mod columns;
mod dates;
pub mod finding;
pub mod identity;
mod intake;
pub mod mapping;
mod mapping_file;
mod note;
mod people;
mod reading;
mod rows;
pub mod table;
mod texts;
mod tidy;
mod values;
pub mod words;

pub use checks::Capacity;
pub use columns::Column;
pub use finding::{Content, Finding, Problem, Weight};
pub use intake::Intake;
pub use mapping::{Choice, Mapping};
pub use note::NoteKind;
pub use people::{Listed, People};
