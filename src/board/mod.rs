//! The exam board's side: exams and keys that it makes, logs that it checks, reports that it reads.
//!
//! Works from files alone. It shares formats with the desk (`record`), never decisions.
//!
//! Invariants:
//! - No log is called clean because something could not be checked.
//! - Everything that a member of the board might ask about is listed, never hidden.
//! - No file, no clock: the program hands over bytes and takes back text.

pub mod exam;
pub mod finding;
pub mod keys;
pub mod report;
pub mod sample;
pub mod verify;

mod rules;

pub use exam::Exam;
pub use finding::{Finding, Severity, Verdict, What};
pub use verify::{Files, Verification, verify, verify_all};
