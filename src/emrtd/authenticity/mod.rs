//! Is the data what the state signed, and is the chip the one it was signed for (ICAO Doc 9303-11 §5 and §6)?
//!
//! Invariants: a type that means "checked" has private fields and one maker; "completed" is never "verified".

pub mod trust;
