//! The Vietnamese chip identity card: its number, its QR, its own data group, its holder.
//!
//! Invariants: what the exam does not need of a person is wiped at once; a number is taken from the chip, never from
//! the print.

pub mod holder;
pub mod number;
