//! The logical data structure (ICAO Doc 9303-10): the files of the application and their content.
//!
//! Invariants: every parser takes exact bytes and has limits; no parser changes or re-encodes what it reads.

pub mod files;
pub mod portrait;
