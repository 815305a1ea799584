//! Machine-readable travel documents as ICAO Doc 9303 (8th edition, parts 3, 10, 11 and 12) describes them.
//!
//! Invariants: nothing Vietnamese and no exam in here; no clock, no file, no log; what a card says is parsed once,
//! with a limit, and hashed exactly as it was read.
//!
#![doc = include_str!("README.md")]

pub mod access;
pub mod authenticity;
pub mod evidence;
pub mod inspect;
pub mod lds;
pub mod mrz;
pub mod replay;
pub mod report;
