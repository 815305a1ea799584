//! The smallest pieces: bytes, text, secrets, dates. Nothing here knows a card, an exam or a desk.
//!
//! Invariants: no clock, no file, no randomness of its own, nothing logs.

pub mod armour;
pub mod base32;
pub mod hex;
pub mod json;
pub mod letters;
pub mod qr;
pub mod random;
pub mod secret;
pub mod spread;
pub mod spreadsheet;
pub mod stamp;
pub mod text;
pub mod tlv;
pub mod walk;
