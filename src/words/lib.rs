//! Sentences for people, in Vietnamese and English: what a clerk, a member of the board or an invigilator reads.
//!
//! The sentences stand in `assets/i18n`, one file a language; a room names those that it says with [`sentences!`], and
//! says them through a value that was made once for the language. Facts stand in slots: `{code}`.
//!
//! Invariants:
//! - A sentence that the code says and a language lacks, or the other way round, is found by [`Faults`] of the first
//!   test; at run time it is its own key and never a panic.
//! - What stands in a slot is put in as it is and is not read again as a sentence.

mod dictionary;
mod language;
mod macros;

pub use dictionary::{Dictionary, DictionaryError, Faults};
pub use language::Language;
