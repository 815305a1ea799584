//! Who is expected: the exam's list of candidates, where each belongs, and whom a card's holder is.
//!
//! Source of the headings and traps: Circular 24/2024/TT-BGDĐT and the lists that exam systems export.
//!
//! Invariants:
//! - Only equality of all twelve digits is [`Matching::Exact`].
//! - Numbers are text; a leading zero is never lost in silence.
//! - No file, no clock, nothing logs a person.

mod candidate;
mod matching;

pub use candidate::{Candidate, CandidateId, CandidateNumber, Place, Roster};
pub use matching::{HolderFacts, MatchReason, Matching, Where, match_holder};
