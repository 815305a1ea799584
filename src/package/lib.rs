//! What a board gives a desk: the signed note, the sealed contents, who may sign in with which PIN.
//!
//! A package is a note by the board's keys, then contents that only their recipients open: the front (session, rules,
//! keys, operators) with the desk's key, the people (roster, exam key, portraits) with a PIN as well.
//!
//! Invariants:
//! - Nothing is taken from a package whose note the board's keys did not sign.
//! - PINs are kept as slow hashes; people and keys cannot be printed.

mod container;
pub mod contents;
pub mod note;
pub mod operators;
pub mod roles;
pub mod rules;
pub mod sealing;

pub use note::{PackageAcceptance, PackageFault, PackageNote, PackageUse};
pub use rules::Rules;
