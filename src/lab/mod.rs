//! Everything simulated.

pub mod card;
pub mod issuer;
