//! The exam board's side: exams and keys that it makes, logs that it checks, reports that it reads.
//!
//! Works from files alone. It shares formats with the desk (`record`), never decisions.
//!
//! Invariants:
//! - No log is called clean because something could not be checked.
//! - Everything that a member of the board might ask about is listed, never hidden.
//! - No file, no clock: the program hands over bytes and takes back text.

// The fuzzer's builds take signatures for right; none of them may be the board's work.
#[cfg(fuzzing)]
compile_error!("cfg(fuzzing) is for the fuzzer's own builds");

pub mod anchors;
mod basis;
mod cross;
pub mod exam;
pub mod finding;
pub mod paper;
pub mod proof;
pub mod proof_index;
pub mod receiving;
pub mod report;
pub mod verify;

mod arrivals;
mod collected;
mod form;
mod history;
mod late;
mod rules;
mod segment;

pub use anchors::{Outside, OutsideTime, Witnessed};
pub use basis::Basis;
pub use exam::Exam;
pub use finding::{Finding, Severity, Verdict, What};
pub use verify::{Check, Files, Verification, verify, verify_all};
