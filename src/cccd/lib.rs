//! The Vietnamese chip identity card: its number, its QR, its own data group, its holder; and the passport that a candidate
//! may bring in its place.
//!
//! The card's profile is not published; what stands here was seen on cards, and everything may be missing or otherwise
//! on the next batch without the reading failing.
//!
//! Invariants: what the exam does not need of a person is never copied and is wiped at once; a number is taken from the
//! chip, never from the print; nothing here refuses anybody.

pub mod access;
pub mod dg13;
pub mod holder;
pub mod mrz_line;
pub mod number;
pub mod passport;
pub mod qr;
