//! Everything simulated.

pub mod roster_sample;
