//! Everything simulated.

pub mod card;
pub mod issuer;
pub mod roster_sample;
