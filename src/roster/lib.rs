//! Who is expected at a desk: the list as the board keeps it, search, and whom a card's holder is.
//!
//! Invariants:
//! - Only equality of all twelve digits, or of a passport's number and state, is [`Matching::Exact`].
//! - Numbers are text; a leading zero is never lost.
//! - No file, no clock, nothing logs a person.

pub mod alike;
mod builder;
mod candidate;
pub mod canonical;
mod digits;
mod index;
mod list;
mod matching;
mod names;
mod passports;
mod search;

pub use alike::{Alike, Distinction, looks_alike};
pub use candidate::{Candidate, CandidateId, CandidateNumber, Place, Sex, is_personal_number};
pub use list::{Belongs, Roster};
pub use matching::{DocumentNumber, HolderFacts, MatchReason, Matching, Where, match_holder};
pub use passports::state_of;
