//! The logical data structure (ICAO Doc 9303-10): the files of the application and their content.
//!
//! Invariants: every parser takes exact bytes and has limits; no parser changes or re-encodes what it reads.

pub mod com;
pub mod dg1;
pub mod dg15;
pub mod dg2;
pub mod eyes;
mod face_block;
pub mod files;
pub mod image_header;
pub mod portrait;
pub mod security_infos;
pub mod sod;
