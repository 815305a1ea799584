//! Everything simulated.

pub mod roster_sample;
pub mod card;
pub mod issuer;
