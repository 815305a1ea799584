//! Everything simulated.

pub mod registry_stub;
pub mod roster_sample;
pub mod card;
pub mod issuer;
