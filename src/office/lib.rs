//! The exam board's side: exams and keys that it makes, logs that it checks, reports that it reads.
//!
//! Works from files alone. It shares formats with the desk (`record`), never decisions.
//!
//! [`work`] is what the board's program is told to do, done with the machine's files through `host`, as `desk` runs the
//! kiosk; everything else here takes bytes and gives back bytes or text.
//!
//! Invariants:
//! - No log is called clean because something could not be checked.
//! - Everything that a member of the board might ask about is listed, never hidden.
//! - No clock and no chance of its own anywhere, and no file but in [`work`].

// The fuzzer's builds take signatures for right; none of them may be the board's work.
#[cfg(fuzzing)]
compile_error!("cfg(fuzzing) is for the fuzzer's own builds");

pub mod anchors;
mod basis;
pub mod board_record;
mod cross;
pub mod exam;
pub mod finding;
pub mod forms;
pub mod index;
pub mod language;
pub mod loaded;
pub mod proof;
pub mod proof_index;
pub mod received;
pub mod receiving;
pub mod report;
mod review_answers;
pub mod review_book;
pub mod review_papers;
pub mod review_report;
mod review_rooms;
pub mod review_sheets;
pub mod verify;
pub mod work;

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
pub use exam::Files;
pub use finding::{Finding, FindingKind, Severity, Verdict};
pub use verify::{Check, Verification, verify, verify_all};
