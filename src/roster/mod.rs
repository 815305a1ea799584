//! Who is expected: the exam's list of candidates, where each belongs, and whom a card's holder is.
//!
//! Source of the headings and traps: Circular 24/2024/TT-BGDĐT and the lists that exam systems export. Left out for
//! now: Excel files, legacy TCVN3 and VNI text (reported, not converted).
//!
//! Invariants:
//! - Only equality of all twelve digits is [`Matching::Exact`].
//! - Numbers are text; a leading zero is never lost in silence, and no row is dropped without a note.
//! - No file, no clock, nothing logs a person.

mod candidate;
mod columns;
mod import;
mod lines;
mod list;
mod matching;
mod report;
mod search;
mod values;

pub use candidate::{Candidate, CandidateId, CandidateNumber, Place};
pub use columns::Column;
pub use list::Roster;
pub use matching::{HolderFacts, MatchReason, Matching, Where, match_holder};
pub use report::{ImportError, ImportNote, ImportReport, NoteKind};
