//! Everything simulated.

pub mod card;
