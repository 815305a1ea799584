//! Is the data what the state signed, and is the chip the one it was signed for (ICAO Doc 9303-11 §5 and §6)?
//!
//! Invariants: a type that means "checked" has private fields and one maker; "completed" is never "verified".

pub mod active;
pub mod card_security;
pub mod certificate;
pub mod chip;
pub mod cms;
pub mod country;
pub mod deviation;
pub mod master_list;
pub mod name;
pub mod passive;
pub mod profile;
pub mod public_key;
pub mod revocation;
pub mod signature;
mod signatures;
pub mod signer;
pub mod time;
pub mod trust;
pub mod trust_import;
mod verified;
