//! Who is expected: the exam's list of candidates, where each belongs, and whom a card's holder is.
//!
//! Source of the headings and traps: Circular 24/2024/TT-BGDĐT and the lists that exam systems export. A file
//! goes [`table::Table::read`] → [`Mapping::find`] → [`Intake::read`] → [`Intake::check`].
//!
//! Invariants:
//! - Only equality of all twelve digits is [`Matching::Exact`].
//! - Numbers are text; a leading zero is never lost in silence, and no row is dropped without a note.
//! - No file, no clock, nothing logs a person.

pub mod alike;
mod builder;
mod candidate;
pub mod canonical;
mod checks;
mod columns;
mod container;
mod dates;
mod digits;
pub mod finding;
pub mod identity;
mod index;
mod intake;
mod lines;
mod list;
pub mod mapping;
mod mapping_file;
mod matching;
pub mod operators;
pub mod package;
mod report;
pub mod roles;
pub mod sealing;
mod search;
pub mod table;
mod values;
mod vocabulary;

pub use alike::{Alike, Distinction, looks_alike};
pub use candidate::{Candidate, CandidateId, CandidateNumber, Place, Sex};
pub use checks::Capacity;
pub use columns::Column;
pub use finding::{Finding, Problem, Weight};
pub use intake::{Intake, Listed};
pub use list::Roster;
pub use mapping::Mapping;
pub use matching::{HolderFacts, MatchReason, Matching, Where, match_holder};
pub use report::NoteKind;
